"""The house's appetite for credit risk: what it wants, and how much of what it bears."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from admission.metrics.industry_metrics import Exclusions
from admission.model import Record, Text, left_out

CapAmount = Annotated[Decimal, Field(gt=0)]


class Caps(Record):
    """Most exposure the house bears, in the house currency; a case that would pass a cap goes to the committee.

    Attributes:
        total: to all customers together.
        group: to one group of companies.
        grade, segment, country: to all customers of one.
        industry: to all customers whose industry code begins so, such as `uk-sic:41`.
    """

    total: CapAmount | None = left_out(None)
    group: CapAmount | None = left_out(None)
    grade: dict[str, CapAmount] = left_out({})
    segment: dict[str, CapAmount] = left_out({})
    country: dict[str, CapAmount] = left_out({})
    industry: dict[str, CapAmount] = left_out({})


class Appetite(Record):
    """What the house is after.

    Attributes:
        target_bad_rate: share of admitted customers that may turn bad.
        target_approval_rate: share of applicants that should be admitted.
        excluded_countries: countries whose companies are not wanted; the metric `country_excluded` tells.
        excluded_industries: beginnings of industry codes that are not wanted; the metric `industry_excluded` tells.
    """

    objective: Text | None = left_out(None)
    target_bad_rate: Decimal | None = Field(default=None, ge=0, le=1, exclude_if=lambda rate: rate is None)
    target_approval_rate: Decimal | None = Field(default=None, ge=0, le=1, exclude_if=lambda rate: rate is None)
    caps: Caps = left_out(Caps())
    excluded_countries: tuple[str, ...] = left_out(())
    excluded_industries: tuple[str, ...] = left_out(())

    @property
    def exclusions(self) -> Exclusions:
        """What the house does not want, as the metrics of exclusion ask."""
        return Exclusions(self.excluded_countries, self.excluded_industries)
