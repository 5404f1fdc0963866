"""`gatehouse coverage`: the account of all reviews, and an exit status by which a monitor knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casebook.book import Casebook
from services.coverage import note_sweep
from services.opening import open_review
from tests.cli.conftest import Run
from tests.cli.test_portfolio_command import at  # noqa: F401 - a fixture
from wiring.house import House

DAY = timedelta(days=1)


def swept(house: House) -> None:
    note_sweep(house, "review-due-customers", {"due": 0})
    note_sweep(house, "expire-limits", {"customers": 1})


def due(book: Casebook, house: House, days: int) -> str:
    """Let the review of the one customer have fallen due some days ago; return its key."""
    (customer,) = book.customers.all()
    book.customers.reschedule(customer.company_key, house.today() - days * DAY, "system")
    return customer.company_key


def test_all_is_well(run: Run, at: House) -> None:  # noqa: F811
    swept(at)
    said = run("coverage")
    since = at.today() - 30 * DAY
    lines = said.out.splitlines()
    assert (said.status, lines[0]) == (
        0,
        f"1 customers; reviews since {since}: due 0 = done 0 + waiting 0 + failed 0 + not opened 0",
    )
    assert [line.split(": ")[0] for line in lines[1:3]] == ["review-due-customers", "expire-limits"]
    assert lines[3:] == ["every review is accounted for"]


def test_a_sweep_that_never_ran_ends_with_status_1(run: Run, at: House) -> None:  # noqa: F811
    said = run("coverage", "--since", str(at.today()))
    assert said.status == 1
    assert said.out.splitlines()[-2:] == [
        "review-due-customers has never run to its end",
        "expire-limits has never run to its end",
    ]


@pytest.mark.parametrize(("days", "status"), [(0, 0), (1, 1), (40, 1)])
def test_a_review_that_is_not_opened_is_named_in_the_last_line(
    run: Run,
    at: House,  # noqa: F811
    days: int,
    status: int,
) -> None:
    swept(at)
    key = due(at.casebook, at, days)
    said = run("coverage")
    day = at.today() - days * DAY
    assert said.status == status
    assert "due 1 = done 0 + waiting 0 + failed 0 + not opened 1" in said.out
    named = f"1 reviews are not opened for more than a day; the first: {key}, due {day}"
    assert (said.out.splitlines()[-1] == named) is bool(status)


def test_a_review_that_no_run_has_is_told_by_its_case(run: Run, at: House) -> None:  # noqa: F811
    swept(at)
    key = due(at.casebook, at, 2)
    reference = open_review(at, key).reference
    said = run("coverage")
    assert f"failed: {key}, due {at.today() - 2 * DAY}: no run has it {reference}" in said.out.splitlines()
    assert said.status == 0
    document = run("coverage", "--json").document
    (row,) = document["reviews"]
    assert (row["state"], row["why"], row["reason"], row["case"]) == ("failed", "no_run", "no run has it", reference)
    assert (document["due"], document["accounted"], document["problems"]) == (1, 1, [])


def test_it_is_told_in_chinese(run: Run, at: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # noqa: F811
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    key = due(at.casebook, at, 3)
    lines = run("coverage").out.splitlines()
    assert lines[0].startswith("客户 1 家；")
    assert lines[1] == f"未发起：{key}，{at.today() - 3 * DAY} 到期：到期后每日复审任务未运行"
    assert lines[-1] == f"1 项复审到期超过一天仍未发起；最早一项：{key}，{at.today() - 3 * DAY} 到期"


def test_a_day_to_come_or_none_is_misuse(run: Run, at: House) -> None:  # noqa: F811
    late = run("coverage", "--since", "2999-01-01")
    assert late.status == 1
    assert "since" in late.err
    assert run("coverage", "--since", "soon").status != 0
