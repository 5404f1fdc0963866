"""A company's name made comparable; see `admission.company_names`, which what compares names of registers uses, too."""

from admission.company_names.normal import NormalName, differ_in_form, equal_names, normalise

__all__ = ["NormalName", "differ_in_form", "equal_names", "normalise"]
