"""Acts on many customers, as people propose them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from admission.customers.bulk.acts import BulkAct, BulkSums
from admission.customers.bulk.selecting import Selection
from tests.admission.customers.standing.build import TODAY

RUSSIA = Selection(countries=("RU",))
HALF = Decimal("0.5")


def act(kind: str = "hold", **changes: Any) -> BulkAct:
    values: dict[str, Any] = {
        "id": "M3",
        "kind": kind,
        "selection": RUSSIA,
        "reason": "sanctions of today",
        "sums": BulkSums(currency="GBP"),
        "proposed_by": "lena",
        "proposed_on": TODAY,
    }
    if kind == "cut":
        values["share"] = HALF
    if kind == "undo":
        values |= {"selection": Selection(), "of": "M1"}
    return BulkAct.model_validate({**values, **changes})
