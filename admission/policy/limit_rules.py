"""The rule that gives the limit, and the published methods that it may start from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from admission.model import Record, left_out

Preset = Literal["net_worth_10", "tnw_35_turnover_5", "monthly_sales", "trade_reference_median"]
Share = Annotated[Decimal, Field(gt=0, le=1)]
Factor = Annotated[Decimal, Field(ge=0, le=10)]

PRESETS: Mapping[Preset, Mapping[str, Any]] = {
    "net_worth_10": {
        "net_worth_share": "0.10",
        "source": "[S] 10 % of net worth: bernsteinlaw.com, FAQ 23; tangible, so that goodwill bears nothing",
    },
    "tnw_35_turnover_5": {
        "net_worth_share": "0.35",
        "turnover_share": "0.05",
        "source": "[S] 35 % of tangible net worth and 5 % of turnover at grade B: My DSO Manager, help, question 34",
    },
    "monthly_sales": {
        "sales_factors": {"AAA": "1.5", "AA": "1", "A": "0.8", "B": "0.6", "C": "0"},
        "source": "[S] monthly sales x credit period x coefficient, AAA 150 to 300 %: dybbs8.com/doc/3242629",
    },
    "trade_reference_median": {
        "trade_references": 3,
        "source": "[S] median of the limits of trade references: academy.highako.com; three at least [P]",
    },
}


class LimitRule(Record):
    """How the limit is found: the least of need, caps, and the most of what methods, starter cap and cover give.

    Attributes:
        preset: the published method it started from; what it says counts where a field is not given.
        net_worth_share: of tangible net worth, times the grade's factor.
        turnover_share: of revenue, times the grade's factor.
        sales_factors: grade -> coefficient of monthly sales to the applicant times the credit period in months.
        need_not_told: what the need is where no sales are told: what is asked for, or nothing.
        vat_share: VAT on top of sales, where invoices carry it and sales are told without.
        trade_references: how many trade references there must be for the median of their limits to count beside the
            starter cap; None: references do not count.
        references_up_to: most that references can give, in the house currency; the starter cap where it is not given.
        concentration_cap: most that the house lends to any one customer, in the house currency.
        starter_cap: what the house risks on any company of a grade with credit whose figures bear less, or are not
            known, in the house currency.
    """

    preset: Preset | None = left_out(None)
    net_worth_share: Share | None = left_out(None)
    turnover_share: Share | None = left_out(None)
    sales_factors: dict[str, Factor] = left_out({})
    need_not_told: Literal["asked", "nothing"] = left_out("asked")
    vat_share: Share | None = left_out(None)
    trade_references: int | None = Field(default=None, ge=1, exclude_if=lambda number: number is None)
    references_up_to: Decimal | None = Field(default=None, gt=0, exclude_if=lambda cap: cap is None)
    bureau_limit_counts: bool = True
    concentration_cap: Decimal | None = Field(default=None, gt=0)
    starter_cap: Decimal | None = Field(default=None, ge=0, exclude_if=lambda cap: cap is None)
    source: str

    @model_validator(mode="before")
    @classmethod
    def _filled_from_preset(cls, document: Any) -> Any:
        """Write out what a preset says, so that the policy's fingerprint covers it."""
        if not isinstance(document, Mapping):
            return document
        preset = next((rule for name, rule in PRESETS.items() if name == document.get("preset")), None)
        if preset is None:
            return document
        return {**preset, **{name: value for name, value in document.items() if value is not None}}

    @property
    def has_method(self) -> bool:
        """True where something besides need and caps gives an amount."""
        return (
            self.net_worth_share is not None
            or self.turnover_share is not None
            or bool(self.sales_factors)
            or self.trade_references is not None
        )


class LimitChange(Record):
    """What a segment changes in the limit rule; what is not given stays."""

    net_worth_share: Share | None = left_out(None)
    turnover_share: Share | None = left_out(None)
    sales_factors: dict[str, Factor] | None = left_out(None)
    need_not_told: Literal["asked", "nothing"] | None = left_out(None)
    vat_share: Share | None = left_out(None)
    trade_references: int | None = Field(default=None, ge=1, exclude_if=lambda number: number is None)
    references_up_to: Decimal | None = Field(default=None, gt=0, exclude_if=lambda cap: cap is None)
    bureau_limit_counts: bool | None = left_out(None)
    concentration_cap: Decimal | None = Field(default=None, gt=0, exclude_if=lambda cap: cap is None)
    starter_cap: Decimal | None = Field(default=None, ge=0, exclude_if=lambda cap: cap is None)
    source: str | None = left_out(None)

    def applied(self, rule: LimitRule) -> LimitRule:
        """Return the limit rule as this segment has it."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return rule.model_copy(update={name: value for name, value in given.items() if value is not None})
