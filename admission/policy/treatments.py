"""Treatments: what makes a risk bearable, in the policy's words and figures."""

from __future__ import annotations

import re
from decimal import Decimal

from pydantic import Field

from admission.model import Record, Text, left_out

# What a treatment may state as a figure, to be filled into its words.
PARAMETERS = ("share", "days", "months")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names between braces in a text."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


class Treatment(Record):
    """What makes the risk bearable: a deposit, a guarantee, shorter terms; with the clause it asks for.

    Attributes:
        text, clause: `{share}`, `{days}` and `{months}` in them stand for the figures below.
        share: of the limit or the price, for a deposit or a prepayment.
        days: longest terms with this treatment.
        months: longest interval between reviews with this treatment.
        before_delivery: whether nothing is delivered on credit until it is found met; otherwise it is to be met within
            `customers.condition_days`.
    """

    id: str
    text: Text
    clause: Text
    share: Decimal | None = Field(default=None, gt=0, le=1, exclude_if=lambda share: share is None)
    days: int | None = Field(default=None, ge=0, le=365, exclude_if=lambda days: days is None)
    months: int | None = Field(default=None, ge=1, le=36, exclude_if=lambda months: months is None)
    before_delivery: bool = left_out(False)

    def filled(self) -> Treatment:
        """Return the treatment with its figures in its words."""
        return self.model_copy(update={"text": self._said(self.text), "clause": self._said(self.clause)})

    def _said(self, text: Text) -> Text:
        figures = {name: str(value) for name in PARAMETERS if (value := getattr(self, name)) is not None}
        if self.share is not None:
            figures["share"] = f"{(self.share * 100).normalize():f}"

        def put(language: str) -> str:
            def figure(place: re.Match[str]) -> str:
                unit = {"en": " %", "zh": "%"}[language] if place[1] == "share" else ""
                return figures[place[1]] + unit if place[1] in figures else place[0]

            return _PLACEHOLDER.sub(figure, getattr(text, language))

        return Text(en=put("en"), zh=put("zh"))
