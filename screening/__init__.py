"""Is this name on a list: normalise, index, score.

Only companies are screened here, so only entries that are, or may be, entities are looked at; people, vessels and
aircraft are left out when the index is built.
"""

from screening.match import CompanyMatcher
from screening.normalise import NormalName, normalise

__all__ = ["CompanyMatcher", "NormalName", "normalise"]
