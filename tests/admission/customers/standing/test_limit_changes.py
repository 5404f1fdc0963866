"""Changes of a limit: what of them cannot be, what the policy allows two people, and how they are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.customers.standing.in_force import OnFile, StandingCode
from admission.customers.standing.limit_changes import LimitChange, Season, problems_of
from admission.policy.customer_rules import CustomerRules
from tests.admission.customers.standing.build import (
    DAY,
    LIMIT,
    RULES,
    TODAY,
    customer,
    limit_change,
    security,
    stands,
)

UNTIL = TODAY + 40 * DAY


def on_file(*changes: Any, open_limit: Decimal = LIMIT, **parts: Any) -> OnFile:
    return OnFile(customer=customer(), open_limit=open_limit, limit_changes=changes, **parts)


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside", "days"),
    [
        ("11-15", "01-31", ("2026-11-15", "2026-12-31", "2027-01-31"), ("2026-11-14", "2027-02-01"), 78),
        ("06-01", "06-30", ("2026-06-01", "2026-06-30"), ("2026-05-31", "2026-07-01", "2026-12-31"), 30),
        ("02-29", "03-05", ("2028-02-29", "2027-03-01"), ("2027-02-28", "2028-02-28"), 6),
        ("02-01", "02-29", ("2028-02-29", "2027-02-28"), ("2027-03-01", "2028-03-01"), 29),
        ("12-24", "12-24", ("2026-12-24",), ("2026-12-23", "2026-12-25"), 1),
    ],
)
def test_the_days_of_a_season(
    first: str, last: str, inside: tuple[str, ...], outside: tuple[str, ...], days: int
) -> None:
    season = Season(first=first, last=last)
    assert all(season.includes(date.fromisoformat(day)) for day in inside)
    assert not any(season.includes(date.fromisoformat(day)) for day in outside)
    assert (season.most_days, str(season)) == (days, f"{first}..{last}")


@pytest.mark.parametrize("day", ["02-30", "13-01", "1-1", "", "W01", "11-15-1", "1115"])
def test_a_day_that_no_year_has(day: str) -> None:
    with pytest.raises(ValueError, match="two days of the year"):
        Season(first=day, last="12-31")
    with pytest.raises(ValueError, match="two days of the year"):
        Season(first="01-01", last=day)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"kind": "raise"}, "another amount"),
        ({"amount": LIMIT}, "another amount"),
        ({"amount": LIMIT, "kind": "raise"}, "another amount"),
        ({"amount": LIMIT + 1}, "another amount"),
        ({"valid_until": TODAY - 21 * DAY}, "not before the first"),
        ({"amount": Decimal(-1)}, "greater than or equal"),
        ({"reason": ""}, "at least 1"),
    ],
)
def test_what_is_no_change(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        LimitChange.model_validate({**limit_change(20_000).model_dump(), **changes})


NEW = {"valid_from": TODAY}
AT_MOST = "at most 75,000.00 GBP; for more, ask for a higher limit (gatehouse limit ask)"
# Each line: the amount, what else is asked for, and the fields at fault.
ASKED: dict[str, tuple[int, dict[str, Any], list[str]]] = {
    "a cut": (20_000, {}, []),
    "a cut to nothing, for years": (0, {"valid_until": TODAY + 900 * DAY}, []),
    "a cut from yesterday": (20_000, {"valid_from": TODAY - DAY}, ["from"]),
    "a cut till yesterday": (20_000, {"valid_from": TODAY - 2 * DAY, "valid_until": TODAY - DAY}, ["from", "until"]),
    "half as much again, for 92 days": (75_000, {"valid_until": TODAY + 91 * DAY}, []),
    "a pound more": (75_001, {"valid_until": UNTIL}, ["amount"]),
    "for 93 days": (75_000, {"valid_until": TODAY + 92 * DAY}, ["until"]),
    "without an end": (60_000, {}, ["until"]),
    "a season": (60_000, {"season": Season(first="11-01", last="01-31")}, []),
    "a season of 93 days": (60_000, {"season": Season(first="11-01", last="02-01")}, ["season"]),
    "a long season, which ends soon": (
        60_000,
        {"season": Season(first="01-01", last="12-31"), "valid_until": UNTIL},
        [],
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_goes_beyond_what_the_policy_lets_two_people_do(name: str) -> None:
    amount, changes, fields = ASKED[name]
    found = problems_of(limit_change(amount, **{**NEW, **changes}), RULES, TODAY)
    assert [problem.field for problem in found] == fields
    for problem in found:
        if problem.field == "amount":
            assert problem.expected.en == AT_MOST


def test_what_two_people_may_do_is_the_policys_to_say() -> None:
    change = limit_change(55_000, valid_from=TODAY, valid_until=TODAY + 9 * DAY)
    for rules, fields in (
        (CustomerRules(temporary_raise_most=Decimal("0.1"), temporary_raise_days=10), []),
        (CustomerRules(temporary_raise_most=Decimal("0.09")), ["amount"]),
        (CustomerRules(temporary_raise_days=9), ["until"]),
        (CustomerRules(temporary_raise_most=Decimal(0), temporary_raise_days=0), ["amount", "until"]),
    ):
        assert [problem.field for problem in problems_of(change, rules, TODAY)] == fields


def test_what_is_added_needs_security_where_the_policy_says_so() -> None:
    rules = CustomerRules(temporary_raise_unsecured=False)
    raised = limit_change(75_000, valid_until=UNTIL)
    for open_limit, paper, with_it, without in ((50_000, 0, 50_000, 75_000), (10_000, 30_000, 40_000, 65_000)):
        papers = (security(paper),) if paper else ()
        file = on_file(raised, open_limit=Decimal(open_limit), securities=papers)
        assert stands(file, rules=rules).in_force == with_it
        assert [reason.code for reason in stands(file, rules=rules).reasons] == [StandingCode.SECURITY_SHORT]
        assert stands(file).in_force == without


def test_the_sentence_says_by_what_and_until_when() -> None:
    raised = stands(on_file(limit_change(75_000, valid_until=UNTIL)))
    assert raised.why.en == (
        "All of the limit of 75,000.00 GBP is in force: the limit granted, 50,000.00, is raised to 75,000.00 GBP "
        "until 2027-01-10 (L1, cy, dee: stock for the season)."
    )
    assert raised.why.zh == (
        "额度 75,000.00 GBP 全部生效：获批额度 50,000.00 临时调增至 75,000.00 GBP，至 2027-01-10"
        "（L1，cy, dee：stock for the season）。"
    )
    cut = stands(on_file(limit_change(75_000, valid_until=UNTIL), limit_change(20_000, id="L2", reason="paid late")))
    assert cut.why.en == (
        "20,000.00 GBP of the limit of 75,000.00 GBP are in force: the limit granted, 50,000.00, is raised to "
        "75,000.00 GBP until 2027-01-10 (L1, cy, dee: stock for the season); "
        "the limit is cut to 20,000.00 GBP (L2, cy: paid late)."
    )
    assert [reason.code for reason in cut.reasons] == [StandingCode.CUT]


def test_a_raise_counts_from_the_day_of_its_second_signature() -> None:
    late = limit_change(75_000, valid_until=UNTIL, confirmed_on=TODAY + 3 * DAY)
    found = stands(on_file(late))
    assert (found.in_force, found.until, found.then) == (LIMIT, TODAY + 2 * DAY, Decimal(75_000))
    assert late.state == "open"
    waits = limit_change(75_000, valid_until=UNTIL, confirmed_by=None, confirmed_on=None)
    assert (waits.state, waits.model_copy(update={"ended_on": TODAY}).state) == ("waits", "ended")
    assert limit_change(20_000).state == "open"
