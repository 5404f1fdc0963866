"""Admission rules as the policy writes them: a metric, a comparison, a bound, and what follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from admission.cases import CaseKind
from admission.errors import Invalid
from admission.model import Record, Text, left_out

Comparison = Literal["at_most", "at_least", "between", "equals", "one_of", "is_true", "is_false"]
COMPARISONS = {
    "flag": ("is_true", "is_false"),
    "code": ("equals", "one_of"),
    "number": ("at_most", "at_least", "between", "equals"),
}

Effect = Literal["reject", "refer", "secured_only", "hold", "committee"]


class AmountRange(Record):
    """Amounts above one bound, up to and with another, in the house currency.

    A case whose amount cannot be converted is inside every range: who is not sure to be outside is judged.
    """

    above: Decimal | None = Field(default=None, ge=0)
    up_to: Decimal | None = Field(default=None, gt=0)

    def holds(self, amount: Decimal | None) -> bool:
        """True where the amount, or an unknown one, may be inside."""
        if amount is None:
            return True
        return (self.above is None or amount > self.above) and (self.up_to is None or amount <= self.up_to)


class When(Record):
    """For which cases a criterion holds; an empty field holds for all."""

    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[CaseKind, ...] = ()
    amount: AmountRange = left_out(AmountRange())

    def holds(self, segment: str, country: str, kind: CaseKind, amount: Decimal | None = None) -> bool:
        """True where the criterion is for this case.

        Args:
            segment: of the applicant.
            country: of the applicant.
            kind: of the case.
            amount: what is asked for in the house currency; None where that is not known.
        """
        return (
            (not self.segments or segment in self.segments)
            and (not self.countries or country in self.countries)
            and (not self.kinds or kind in self.kinds)
            and self.amount.holds(amount)
        )


class Quartile(Record):
    """A bound that depends on the applicant's industry: a quartile of the house's own benchmark table."""

    quartile: Literal["q1", "median", "q3"]


class Criterion(Record):
    """One admission rule.

    Attributes:
        value: the bound, the two bounds of `between`, or the names of `one_of`; none for flags.
        unit: what the bound is measured in: the metric's own unit, or for an amount the bound's currency.
        effect: what a failed criterion does.
        on_unknown: what an unknown one does; never a pass.
        on_not_asked: `note` where an unknown one is listed and asks for nothing, as long as nothing that could tell it
            is set up; what is set up and does not tell it is unknown all the same.
        best_grade: best grade of a company that fails it, or keeps it from being known.
        prescreen: True where the free sources can tell, so that who fails is not paid for.
        source: where the figure comes from.
        against_better: why the bound turns against the metric's better side, where that is meant.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    metric: str
    comparison: Comparison
    value: Decimal | tuple[Decimal, Decimal] | tuple[str, ...] | Quartile | str | None = Field(
        default=None, union_mode="left_to_right"
    )
    unit: str = left_out("")
    effect: Effect
    on_unknown: Literal["refer", "hold", "committee"] = "refer"
    on_not_asked: Literal["refer", "note"] = left_out("refer")
    best_grade: str | None = left_out(None)
    prescreen: bool = False
    reason: Text
    source: str
    against_better: str = left_out("")
    when: When = When()

    @model_validator(mode="after")
    def _value_fits(self) -> Criterion:
        value = self.value
        fits = {
            "at_most": isinstance(value, Decimal | Quartile),
            "at_least": isinstance(value, Decimal | Quartile),
            "between": _is_range(value),
            "equals": isinstance(value, Decimal | str),
            "one_of": isinstance(value, tuple) and len(value) > 0 and all(isinstance(name, str) for name in value),
            "is_true": value is None,
            "is_false": value is None,
        }
        if not fits[self.comparison]:
            raise Invalid(fitting_value(self.comparison))
        return self


def fitting_value(comparison: Comparison) -> Text:
    """Say what a value must be where it does not fit its comparison."""
    return Text(en=f"a value that fits the comparison {comparison}", zh=f"与比较方式 {comparison} 相符的界限值")


def _is_range(value: object) -> bool:
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    low, high = value
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low <= high


class CriterionChange(Record):
    """What a segment does with a criterion that it inherits; what is not given stays.

    Attributes:
        off: True where the criterion is not for this segment.
    """

    off: bool = left_out(False)
    value: Decimal | tuple[Decimal, Decimal] | tuple[str, ...] | Quartile | str | None = Field(
        default=None, union_mode="left_to_right", exclude_if=lambda value: value is None
    )
    effect: Effect | None = left_out(None)
    on_unknown: Literal["refer", "hold", "committee"] | None = left_out(None)
    on_not_asked: Literal["refer", "note"] | None = left_out(None)
    best_grade: str | None = left_out(None)
    reason: Text | None = left_out(None)
    source: str | None = left_out(None)

    def applied(self, criterion: Criterion) -> Criterion:
        """Return the criterion as this segment has it."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name != "off"}
        return criterion.model_copy(update={name: value for name, value in given.items() if value is not None})
