"""What the decision on a request for another limit does to the customer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.application import NOT_IN_A_FILE, Application, AskedChange, Granted, Requested, parse_application
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus, Customer, DecidedBy, Decision
from admission.customers.asked_change import (
    asked_words,
    changed_application,
    edited_change,
    problems_of_request,
    result_words,
)
from admission.customers.concluded import customer_after
from admission.customers.reviews import next_review
from admission.errors import BadInput
from admission.model import Text
from tests.admission.build import application_document
from tests.admission.customers.standing.build import TODAY, customer
from tests.casebook.build import assessment

DAY = timedelta(days=1)
REFERENCE = "GH-2026-000009"


def asking(
    amount: int, terms_days: int = 30, because: str = "larger orders", *, has: Customer | None = None
) -> Application:
    before = has or customer()
    open_part = before.limit if before.open_limit is None else before.open_limit
    today = Granted(limit=before.limit, currency="GBP", terms_days=before.terms_days, open_limit=open_part)
    asked = Requested(limit=Decimal(amount), currency="GBP", terms_days=terms_days)
    return changed_application(before.application, asked, AskedChange(today=today, because=because))


def judged(limit: int, days: int = 30, *, secured: bool = False, **changes: Any) -> Assessment:
    made = assessment(days=days)
    return made.model_copy(
        update={
            "limit": made.limit.model_copy(update={"amount": Decimal(limit), "currency": "GBP"}),
            "terms": made.terms.model_copy(update={"secured": secured}),
            **changes,
        }
    )


def decided(
    application: Application,
    limit: int | None,
    terms_days: int = 30,
    *,
    by: DecidedBy = "people",
    on: date = TODAY,
    currency: str = "GBP",
) -> Case:
    decision = Decision(
        outcome="declined" if limit is None else "kept",
        decided_by=by,
        assessment="",
        limit=None if limit is None else Decimal(limit),
        currency=currency,
        terms_days=None if limit is None else terms_days,
        reason=Text(en="so", zh="如此"),
        decided_at=datetime.combine(on, time(9), UTC),
    )
    return Case(
        reference=REFERENCE,
        kind=CaseKind.LIMIT_CHANGE,
        status=CaseStatus.DECIDED,
        round=1,
        application=application,
        company_key=customer().company_key,
        requester="ada",
        channel="cli",
        opened_at=datetime(2026, 12, 1, tzinfo=UTC),
        decision=decision,
    )


def outcome_of(case: Case, made: Assessment, before: Customer | None) -> Customer | None:
    assert case.decision is not None
    due = next_review(case.decision.decided_at.date(), made.review_months, case.reference)
    return customer_after(case, made, before, due)


def test_an_approved_request_gives_limit_and_terms_and_puts_no_review_off() -> None:
    before = customer(admitted_by="GH-2026-000001")
    after = outcome_of(decided(asking(80_000, 45), 80_000, 45), judged(80_000, 45), before)
    assert after is not None
    assert (after.limit, after.terms_days, after.last_case) == (Decimal(80_000), 45, REFERENCE)
    assert (after.admitted_by, after.admitted_on) == (before.admitted_by, before.admitted_on)
    assert after.next_review_on == before.next_review_on
    assert after.application.change is None
    # A review that falls due sooner by the policy counts.
    sooner = outcome_of(decided(asking(80_000), 80_000), judged(80_000, review_months=1), before)
    assert sooner is not None
    assert sooner.next_review_on == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("amount", "terms", "granted", "days", "secured", "kept"),
    [
        (80_000, 30, 80_000, 30, False, False),
        (80_000, 30, 60_000, 30, False, False),
        (80_000, 30, 50_000, 30, False, False),
        (80_000, 30, 49_999, 30, False, True),
        (80_000, 30, 0, 0, False, True),
        (80_000, 30, 80_000, 14, False, True),
        (80_000, 45, 80_000, 30, False, False),
        (80_000, 45, 80_000, 29, False, True),
        (80_000, 30, 80_000, 30, True, True),
        (50_000, 14, 50_000, 14, False, False),
        (50_000, 14, 40_000, 14, False, True),
        (50_000, 14, 50_000, 7, False, True),
        (20_000, 30, 20_000, 30, False, False),
        (20_000, 30, 10_000, 7, True, False),
    ],
)
def test_what_gives_less_than_asked_for_changes_nothing_and_is_reviewed(
    amount: int, terms: int, granted: int, days: int, secured: bool, kept: bool
) -> None:
    before = customer()
    case, made = decided(asking(amount, terms), granted, days, by="fast_track"), judged(granted, days, secured=secured)
    after = outcome_of(case, made, before)
    assert after is not None
    told = [text.en for text in result_words(case, made)]
    if kept:
        assert after == before.model_copy(update={"next_review_on": TODAY})
        assert told[0].startswith("less than the customer has: ")
        assert told[1:] == ["the customer keeps what it has", f"its review is due on {TODAY} at the latest"]
    else:
        assert (after.limit, after.terms_days) == (Decimal(granted), days)
        assert told == [f"the customer has a limit of {granted:,.2f} GBP and terms of {days} days"]


@pytest.mark.parametrize("by", get_args(DecidedBy))
def test_a_declined_request_leaves_the_customer_as_it_was(by: DecidedBy) -> None:
    before = customer()
    case = decided(asking(80_000), None, by=by)
    after = outcome_of(case, judged(0), before)
    told = [text.en for text in result_words(case, judged(0))]
    if by == "knock_out":
        assert after == before.model_copy(update={"next_review_on": TODAY})
        assert told == ["the customer keeps what it has", f"its review is due on {TODAY} at the latest"]
    else:
        assert after is None
        assert told == ["the customer keeps what it has"]


def test_a_review_that_was_due_before_stays_due_since_then() -> None:
    """To be brought forward to today would give an overdue customer its limit back."""
    before = customer(next_review_on=TODAY - 100 * DAY)
    for case in (decided(asking(80_000), None, by="knock_out"), decided(asking(80_000), 10)):
        after = outcome_of(case, judged(10), before)
        assert after == before
    after = outcome_of(decided(asking(80_000), 80_000), judged(80_000), before)
    assert after is not None
    assert after.next_review_on == before.next_review_on


def test_who_is_no_customer_any_more_becomes_none_by_it() -> None:
    for before in (None, customer(active=False)):
        assert outcome_of(decided(asking(80_000), 80_000), judged(80_000), before) is None
        assert outcome_of(decided(asking(80_000), None, by="knock_out"), judged(0), before) is None


def test_a_case_that_says_not_what_the_customer_has_changes_nothing() -> None:
    before = customer()
    case = decided(before.application, 80_000)
    assert outcome_of(case, judged(80_000), before) == before.model_copy(update={"next_review_on": TODAY})


AMOUNTS = st.integers(1, 120_000)


@given(
    has=AMOUNTS,
    has_days=st.integers(0, 90),
    open_part=st.integers(0, 120_000),
    asked=AMOUNTS,
    asked_days=st.integers(0, 90),
    granted=st.none() | st.integers(0, 120_000),
    days=st.integers(0, 90),
    secured=st.booleans(),
    by=st.sampled_from(get_args(DecidedBy)),
    due=st.integers(-200, 200),
    currency=st.sampled_from(("GBP", "EUR")),
)
def test_no_decision_lowers_or_ends_what_a_customer_has_that_did_not_ask_for_less(
    has: int,
    has_days: int,
    open_part: int,
    asked: int,
    asked_days: int,
    granted: int | None,
    days: int,
    secured: bool,
    by: DecidedBy,
    due: int,
    currency: str,
) -> None:
    before = customer(
        limit=Decimal(has),
        terms_days=has_days,
        open_limit=Decimal(min(open_part, has)),
        next_review_on=TODAY + due * DAY,
    )
    case = decided(asking(asked, asked_days, has=before), granted, days, by=by, currency=currency)
    after = outcome_of(case, judged(granted or 0, days, secured=secured), before) or before
    assert after.active
    assert after.next_review_on <= before.next_review_on
    if asked >= has:
        assert after.limit >= before.limit
        assert after.currency == before.currency
        assert after.terms_days >= min(before.terms_days, asked_days)
        assert after.open_limit is not None
        assert before.open_limit is not None
        assert after.open_limit >= before.open_limit
    if granted is None:
        assert (after.limit, after.terms_days, after.last_case) == (before.limit, has_days, before.last_case)


def test_what_is_asked_is_said_beside_what_the_customer_has() -> None:
    words = asked_words(asking(80_000, 45))
    assert words == Text(
        en="limit today 50,000.00 GBP; asked 80,000.00 GBP (+30,000.00, +60%); terms today 30 days; asked 45 days: "
        "larger orders",
        zh="现有额度 50,000.00 GBP；申请 80,000.00 GBP（+30,000.00, +60%）；现有账期 30 天；申请 45 天：larger orders",
    )
    same = asked_words(asking(50_000, 14))
    assert same is not None
    assert same.en == (
        "limit today 50,000.00 GBP; asked 50,000.00 GBP; terms today 30 days; asked 14 days: larger orders"
    )
    assert asked_words(customer().application) is None


def test_before_the_decision_it_is_told_where_an_approval_would_change_nothing() -> None:
    waits = decided(asking(80_000), None).model_copy(update={"decision": None, "status": CaseStatus.VOTING})
    assert result_words(waits, judged(80_000)) == ()
    assert result_words(waits, None) == ()
    told = [text.en for text in result_words(waits, judged(30_000))]
    assert told == [
        "less than the customer has: a limit of 30,000.00 GBP instead of 50,000.00; "
        "30,000.00 GBP without security instead of 50,000.00",
        "so approved, the customer would keep what it has, and its review would be due at once",
    ]
    knocked = judged(0)
    knocked = knocked.model_copy(update={"route": knocked.route.model_copy(update={"kind": "knock_out"})})
    assert result_words(waits, knocked) == ()


@pytest.mark.parametrize(
    ("amount", "terms", "because", "fields"),
    [
        (80_000, 30, "so", []),
        (50_000, 45, "so", []),
        (20_000, 30, "so", []),
        (50_000, 30, "so", ["amount"]),
        (80_000, 30, "  ", ["because"]),
    ],
)
def test_what_can_be_asked_for(amount: int, terms: int, because: str, fields: list[str]) -> None:
    application = asking(amount, terms, because)
    assert application.change is not None
    found = problems_of_request(application.requested, application.change)
    assert [problem.field for problem in found] == fields


def test_no_file_says_what_a_customer_has() -> None:
    given = asking(80_000).model_dump(mode="json")
    with pytest.raises(BadInput) as refused:
        parse_application({**application_document(), "change": given["change"]})
    assert [(problem.field, problem.expected) for problem in refused.value.problems] == [("change", NOT_IN_A_FILE)]
    assert "change" not in Application.model_json_schema()["properties"]
    # Applications without it are written as ever.
    assert "change" not in customer().application.model_dump(mode="json")


def test_an_edited_request_keeps_what_the_customer_has_and_its_currency() -> None:
    before = asking(80_000)
    edited = before.model_copy(update={"requested": before.requested.model_copy(update={"limit": Decimal(70_000)})})
    without = edited.model_copy(update={"change": None})
    assert edited_change(before, without) == edited
    other = without.model_copy(update={"requested": without.requested.model_copy(update={"currency": "USD"})})
    with pytest.raises(BadInput) as refused:
        edited_change(before, other)
    assert [problem.field for problem in refused.value.problems] == ["requested.currency"]
    assert edited_change(without, other) == other
