"""SEC accounts: goodwill and intangible assets, however they are split or joined."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.sec_answers import (
    accounts,
    day,
    judged,
)

G, X, F, L, J = (
    "Goodwill",
    "IntangibleAssetsNetExcludingGoodwill",
    "FiniteLivedIntangibleAssetsNet",
    "IndefiniteLivedIntangibleAssetsExcludingGoodwill",
    "IntangibleAssetsNetIncludingGoodwill",
)
IFRS = {
    G: "Goodwill",
    X: "IntangibleAssetsOtherThanGoodwill",
    F: "IntangibleAssetsWithFiniteUsefulLife",
    L: "IntangibleAssetsWithIndefiniteUsefulLife",
    J: "IntangibleAssetsAndGoodwill",
}


@pytest.mark.parametrize("standard", ["us-gaap", "ifrs-full"])
@pytest.mark.parametrize(
    ("stated", "worth"),
    [
        ({}, 1_000),
        ({G: 500}, 500),
        ({X: 400}, 600),
        ({F: 300}, 700),
        ({L: 100}, 900),
        ({F: 300, L: 100}, 600),
        ({X: 400, F: 300, L: 100}, 600),
        ({X: 400, F: 300}, 600),
        ({G: 500, X: 400}, 100),
        ({G: 500, F: 300, L: 100}, 100),
        ({J: 900}, 100),
        ({J: 900, G: 500}, 100),
        ({J: 900, X: 400}, 100),
        ({J: 900, F: 300}, 100),
        ({J: 900, G: 500, X: 400}, 100),
        ({J: 900, G: 500, F: 300, L: 100}, 100),
        ({J: 900, G: 950}, None),
        ({J: 900, G: 500, X: 300}, None),
        ({J: 300, X: 400}, None),
        ({X: 300, F: 400}, None),
        ({"GoodwillNet": 700}, None),
        ({"OtherIntangibleAssetsNet": 700}, None),
        ({X: 400, "OtherIntangibleAssetsNet": 300}, 600),
        ({X: 400, "OtherIntangibleAssetsNet": 500}, None),
        ({X: 400, "GoodwillAndOtherIntangibleAssetsNet": 900}, None),
        ({J: 900, "GoodwillNet": 500}, 100),
        ({"FiniteLivedIntangibleAssetsGross": 700, "GoodwillImpairedAccumulatedImpairmentLoss": 9}, 1_000),
    ],
)
def test_tangible_net_worth_takes_off_all_that_is_intangible(
    standard: str, stated: dict[str, int], worth: int | None
) -> None:
    names = IFRS if standard == "ifrs-full" else {}
    equity = "Equity" if standard == "ifrs-full" else "StockholdersEquity"
    concepts = {names.get(concept, concept): [day(amount)] for concept, amount in stated.items()}
    document = accounts(standard, Assets=[day(2_000)], **{equity: [day(1_000)]}, **concepts)
    metric = judged(document).metrics["tangible_net_worth"]
    assert metric.value == worth
    assert (metric.note is not None) == (worth == 1_000)


@pytest.mark.parametrize("concept", [G, X, F, L, J])
def test_what_the_year_before_has_and_the_newest_lacks_is_not_known(concept: str) -> None:
    newest: dict[str, Any] = {"filed": "2026-02-28"}
    balance = {"Assets": [day(2_000), day(1_900, 2024, **newest)], "StockholdersEquity": [day(1_000)]}
    known = judged(accounts(**balance, **{concept: [day(300), day(310, 2024, **newest)]})).known("tangible_net_worth")
    assert known == [700]
    lost = judged(accounts(**balance, **{concept: [day(310, 2024, **newest)]})).metrics["tangible_net_worth"]
    assert lost.value is None
    assert lost.unknown is not None
    assert concept in lost.unknown.en
    # Long written off, or written off and told so.
    assert judged(accounts(**balance, **{concept: [day(310, 2023)]})).known("tangible_net_worth") == [1_000]
    assert judged(accounts(**balance, **{concept: [day(0), day(310, 2024, **newest)]})).known("equity") == [1_000]
