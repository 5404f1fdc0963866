"""Names of companies, made comparable: what is said in two ways of one company becomes equal.

Registers, lists and applicants write one name in many ways: with and without accents, with the legal form short,
spelled out or left out, in traditional or simplified characters, with the region in front or in brackets, with
numbers in digits or words, and with letters of another alphabet that look the same.
"""

from admission.company_names.lookalikes import mixed_words
from admission.company_names.normal import NormalName, normalise, same_name

__all__ = ["NormalName", "mixed_words", "normalise", "same_name"]
