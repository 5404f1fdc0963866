"""`gatehouse case` tells of a review what changed since the last decision."""

from __future__ import annotations

import pytest

from services.opening import open_review
from tests import stepping
from tests.cli.conftest import Run
from tests.cli.test_portfolio_command import at  # noqa: F401 - a fixture
from wiring.house import House


def reviewed(house: House) -> str:
    (customer,) = house.casebook.customers.all()
    review = open_review(house, customer.company_key).reference
    stepping.ask_all(house, review)
    stepping.validate(house, review)
    stepping.assess(house, review)
    return review


def test_a_review_tells_was_and_now(run: Run, at: House) -> None:  # noqa: F811
    review = reviewed(at)
    text = run("case", review).out
    assert "## Since the last decision" in text
    assert "| item | was | now |" in text
    document = run("case", review, "--json").document
    keys = list(document)
    assert keys[keys.index("obstacles") + 1] == "since"
    assert document["since"]["case"] == document["previous"]


def test_it_is_chinese_where_the_setting_says_so(
    run: Run,
    at: House,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    review = reviewed(at)
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    text = run("case", review).out
    assert "## 与上次决定相比" in text
    assert "| 项目 | 上次 | 本次 |" in text
