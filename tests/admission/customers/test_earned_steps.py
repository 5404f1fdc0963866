"""Steps of a limit that are earned by paying on time: golden cases, and that lateness or ignorance never help."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.application import Requested
from admission.assessment.exposure import ExposureLedger
from admission.assessment.record import Limit, LimitBound
from admission.cases import Customer, DecidedBy, Decision
from admission.customers import earned_steps as steps_module
from admission.customers.earned_steps import Seen, Steps, earned_steps, fits_caps, supported
from admission.customers.ledger.imports import CompanyAccounts, LedgerImport
from admission.customers.ledger.records import Coverage, CustomerLedger, LedgerItem
from admission.customers.standing.holds import Hold
from admission.customers.standing.in_force import OnFile, standing
from admission.customers.standing.limit_changes import Earned, LimitChange, raised_limit
from admission.model import Text
from admission.money import Exchange
from admission.policy import Caps
from admission.policy.customer_rules import CustomerRules
from admission.policy.earned_steps import EarnedSteps
from tests.admission.build import application
from tests.admission.customers.ledger.build import item
from tests.admission.customers.standing.build import KEY, RATES, TODAY, limit_change
from tests.admission.customers.standing.build import customer as some_customer
from tests.casebook.build import assessment

DAY = timedelta(days=1)
DECIDED = TODAY - 300 * DAY
LEDGER_DAYS = 36
RULES = EarnedSteps(invoices=6, step=Decimal("0.1"), most=Decimal("0.25"), rest_months=6, late_days=10, worst_grade="B")
WHOLE = Coverage(complete_since=date(2020, 1, 1))
EXCHANGE = Exchange(RATES, "GBP", TODAY)
SAY = Text(en="so", zh="如此")


def customer(**changes: Any) -> Customer:
    asked = Requested(limit=Decimal(50_000), currency="GBP", terms_days=30)
    return some_customer(**{"application": application().model_copy(update={"requested": asked}), **changes})


def limit(binding: str = "need", **bounds: int | None) -> Limit:
    given = {"need": 50_000, "net_worth": 90_000, "turnover": 80_000, "starter_cap": 5000, **bounds}
    found = tuple(
        LimitBound(name=name, amount=None if amount is None else Decimal(amount), reason=SAY)
        for name, amount in given.items()
    )
    return Limit(amount=Decimal(50_000), currency="GBP", binding=binding, bounds=found)


def paid(number: int, late: int = 0, ago: int = 0, **changes: Any) -> LedgerItem:
    """An invoice that was paid so many days ago, so many days late."""
    settled = TODAY - (ago or 20 + number) * DAY
    due = settled - late * DAY
    values = {"due": str(due), "settled": str(settled), "currency": "GBP", **changes}
    return item(f"I{number}", "100", str(due - 30 * DAY), **values)


def unpaid(late: int, **changes: Any) -> LedgerItem:
    due = TODAY - late * DAY
    return item("X1", "100", str(due - 30 * DAY), str(due), currency="GBP", **changes)


SIX = tuple(paid(number) for number in range(6))


def accounts(
    *items: LedgerItem, coverage: Coverage = WHOLE, whole: bool = True, as_of: date = TODAY, known: bool = True
) -> CompanyAccounts:
    about = LedgerImport(
        as_of=as_of,
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=coverage,
        entries=len(items),
        customers=1,
        loaded_by="otto",
    )
    ledger = CustomerLedger.of("C1", as_of, coverage, items)
    return CompanyAccounts(about, (), ("C1",) if known else (), ledger, whole)


def step(level: int = 1, ago: int = 100, amount: int | None = None, **changes: Any) -> LimitChange:
    raised = 50_000 + 5000 * level if amount is None else amount
    earned = Earned(level=level, invoices=6, late_days=10, first=DECIDED, last=TODAY - ago * DAY)
    values = {
        "id": f"L{level}",
        "asked_by": "system",
        "confirmed_by": None,
        "confirmed_on": None,
        "valid_from": TODAY - ago * DAY,
        "earned": earned,
        **changes,
    }
    return limit_change(raised, **values)


def seen(
    held: CompanyAccounts | None,
    *changes: LimitChange,
    of: Customer | None = None,
    open_limit: int = 50_000,
    found: Limit | None = None,
    by: DecidedBy = "people",
    holds: tuple[Hold, ...] = (),
    decided_on: date = DECIDED,
    assessed: bool = True,
    grades: tuple[str, ...] = ("A", "B", "C"),
) -> Seen:
    who = of or customer()
    file = OnFile(customer=who, open_limit=Decimal(open_limit), limit_changes=changes, holds=holds)
    made = assessment().model_copy(update={"limit": found or limit()})
    decision = Decision(
        outcome="kept",
        decided_by=by,
        assessment="",
        limit=who.limit,
        currency="GBP",
        terms_days=30,
        reason=SAY,
        decided_at=datetime(decided_on.year, decided_on.month, decided_on.day, 9, tzinfo=UTC),
    )
    stands = standing(file, CustomerRules(), EXCHANGE)
    return Seen(file, stands, decision, made if assessed else None, held, grades, LEDGER_DAYS)


def judged(case: Seen, rules: EarnedSteps = RULES) -> Steps:
    return earned_steps(case, rules, EXCHANGE)


HOLD = Hold(id="H1", company_key=KEY, reason="so", placed_by="bo", placed_on=TODAY)
LATER = Coverage(complete_since=TODAY - 100 * DAY)
DISPUTED: dict[str, Any] = {"disputed": Decimal(1)}
# Each line: what is known, and to what limit the customer has a right by steps; None where by none.
GOLDEN: dict[str, tuple[Seen, int | None]] = {
    "six paid on time": (seen(accounts(*SIX)), 55_000),
    "five": (seen(accounts(*SIX[:5])), None),
    "twelve at once are one step": (seen(accounts(*(paid(number) for number in range(12)))), 55_000),
    "six, all ten days late": (seen(accounts(*(paid(number, 10) for number in range(6)))), 55_000),
    "six, and one eleven days late": (seen(accounts(*SIX, paid(9, 11))), None),
    "six, and one is open ten days": (seen(accounts(*SIX, unpaid(10))), 55_000),
    "six, and one is open eleven days": (seen(accounts(*SIX, unpaid(11))), None),
    "six, and one is open and contested": (seen(accounts(*SIX, unpaid(99, disputed=Decimal(100)))), 55_000),
    "six, and one is open and contested in part": (seen(accounts(*SIX, unpaid(99, **DISPUTED))), None),
    "five, and one that was contested": (seen(accounts(*SIX[:5], paid(9, **DISPUTED))), None),
    "five, and one on the day of a credit note": (
        seen(
            accounts(
                *SIX[:5],
                paid(9),
                item(
                    "C", "100", str(TODAY - 29 * DAY), kind="credit_note", currency="GBP", settled=str(TODAY - 29 * DAY)
                ),
            )
        ),
        None,
    ),
    "five, and half of one": (
        seen(
            accounts(
                *SIX[:5], paid(9, line="1"), item("I9", "100", "2026-11-01", "2026-11-20", line="2", currency="GBP")
            )
        ),
        None,
    ),
    "five, and one of two parts": (seen(accounts(*SIX[:5], paid(9, line="1"), paid(9, line="2"))), 55_000),
    "six, and a payment came back": (
        seen(accounts(*SIX, item("R", "100", str(TODAY - 5 * DAY), kind="returned_payment", currency="GBP"))),
        None,
    ),
    "five since the decision": (seen(accounts(*SIX[:5], paid(9, ago=300))), None),
    "six the day after the decision": (seen(accounts(*SIX[:5], paid(9, ago=299))), 55_000),
    "paid late six months ago": (seen(accounts(*SIX, paid(9, 20, 183))), None),
    "paid late a day before that": (seen(accounts(*SIX, paid(9, 20, 184))), 55_000),
    "on time before it was late counts no more": (seen(accounts(*SIX[:5], paid(9, 20, 184), paid(8, ago=190))), None),
    "no ledger": (seen(None), None),
    "no account in it": (seen(accounts(*SIX, known=False)), None),
    "rows were left out": (seen(accounts(*SIX, whole=False)), None),
    "the ledger is 36 days old": (
        seen(accounts(*(paid(number, ago=40 + number) for number in range(6)), as_of=TODAY - 36 * DAY)),
        55_000,
    ),
    "the ledger is 37 days old": (
        seen(accounts(*(paid(number, ago=40 + number) for number in range(6)), as_of=TODAY - 37 * DAY)),
        None,
    ),
    "complete for the rest alone": (seen(accounts(*SIX, coverage=Coverage(complete_since=date(2026, 6, 1)))), 55_000),
    "complete for a day less": (seen(accounts(*SIX, coverage=Coverage(complete_since=date(2026, 6, 2)))), None),
    "open documents alone": (seen(accounts(*SIX, coverage=Coverage())), None),
    "grade C": (seen(accounts(*SIX), of=customer(grade="C")), None),
    "a grade that the policy has no more": (seen(accounts(*SIX), of=customer(grade="Z")), None),
    "on hold": (seen(accounts(*SIX), holds=(HOLD,)), None),
    "cut": (seen(accounts(*SIX), limit_change(20_000)), None),
    "cut until yesterday": (seen(accounts(*SIX), limit_change(20_000, valid_until=TODAY - DAY)), 55_000),
    "the review is due": (seen(accounts(*SIX), of=customer(next_review_on=TODAY)), None),
    "security is needed": (seen(accounts(*SIX), open_limit=49_999), None),
    "never assessed": (seen(accounts(*SIX), assessed=False), None),
    "the figures support 52,000": (seen(accounts(*SIX), found=limit(net_worth=52_000)), 52_000),
    "the figures support no more": (seen(accounts(*SIX), found=limit(net_worth=50_000)), None),
    "the figures bind already": (seen(accounts(*SIX), found=limit("net_worth")), None),
    "a figure is not known": (seen(accounts(*SIX), found=limit(turnover=None)), None),
    "six since the first step": (seen(accounts(*SIX), step()), 60_000),
    "five since the first step": (seen(accounts(*SIX[:5], paid(9, ago=100)), step()), 55_000),
    "the last step is up to the most": (seen(accounts(*SIX), step(2)), 62_500),
    "no step is above the most": (seen(accounts(*SIX), step(3, amount=62_500)), 62_500),
    "a step falls back for lateness": (seen(accounts(*SIX, paid(9, 11)), step()), None),
    "a step falls back where nothing is known": (seen(accounts(*SIX, whole=False), step()), None),
    "a step stays on hold": (seen(accounts(), step(), holds=(HOLD,)), 55_000),
    "a step stays while the review is due": (seen(accounts(), step(), of=customer(next_review_on=TODAY)), 55_000),
    "a step is lowered to what is supported": (seen(accounts(), step(), found=limit(net_worth=52_000)), 52_000),
    "a step falls back with its grade": (seen(accounts(), step(), of=customer(grade="C")), None),
    "a step of before people decided anew": (seen(accounts(*SIX[:5]), step(ago=300)), None),
    "a step of before a renewal stays": (seen(accounts(*SIX[:5]), step(ago=301), by="renewal"), 55_000),
    "a step that the system ended returns": (seen(accounts(), step(ended_on=TODAY - 9 * DAY)), 55_000),
    "a step that a person ended does not": (seen(accounts(), step(ended_on=TODAY - 9 * DAY, ended_by="mira")), None),
    "after it was ended the count begins anew": (
        seen(accounts(*SIX), step(ended_on=TODAY - 22 * DAY, ended_by="mira")),
        None,
    ),
    "one that lateness ended does not return": (
        seen(accounts(paid(9, 20, 190)), step(ago=200, ended_on=TODAY - 180 * DAY)),
        None,
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_earned(name: str) -> None:
    case, amount = GOLDEN[name]
    found = judged(case)
    assert found.amount == (None if amount is None else Decimal(amount))
    assert (found.earned is None) is (amount is None)
    assert found.told.en
    assert found.told.zh


@pytest.mark.parametrize(
    ("case", "why", "told"),
    [
        (seen(accounts(*SIX)), None, "6 invoices paid, none more than 10 days late, from 2026-11-06 to 2026-11-11"),
        (seen(accounts(*SIX[:4])), "policy", "next step, to 55,000.00 GBP, after 2 more invoices paid on time"),
        (seen(accounts(*SIX[:4]), step()), None, "next step, to 60,000.00 GBP, after 2 more invoices paid on time"),
        (seen(accounts(*SIX, paid(9, 11, 30))), "late", "late on 2026-11-01: no step until 2027-05-01"),
        (seen(None), "unknown", steps_module.NO_LEDGER.en),
        (seen(accounts(), assessed=False), "policy", steps_module.NOT_ASSESSED.en),
        (seen(accounts(), step(3, amount=62_500)), None, steps_module.AT_MOST.en),
        (seen(accounts(), holds=(HOLD,)), "policy", steps_module.ON_HOLD.en),
    ],
)
def test_it_is_told_what_earns_the_next_step_or_why_there_is_none(case: Seen, why: str | None, told: str) -> None:
    found = judged(case)
    assert found.why == why
    assert told in found.told.en


INVOICES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 280), st.booleans()), max_size=14
)  # days late, days ago, open still


def drawn(invoices: list[tuple[int, int, bool]]) -> list[LedgerItem]:
    found = []
    for number, (late, ago, still) in enumerate(invoices):
        one = paid(number, late, ago)
        found.append(one.model_copy(update={"settled": None}) if still else one)
    return found


def amount_of(case: Seen) -> Decimal:
    return judged(case).amount or case.file.customer.limit


@given(invoices=INVOICES, place=st.integers(0, 13), more=st.integers(1, 60), stepped=st.sampled_from((None, 1, 2)))
def test_more_lateness_never_gives_more(
    invoices: list[tuple[int, int, bool]], place: int, more: int, stepped: int | None
) -> None:
    changes = () if stepped is None else (step(stepped),)
    before = amount_of(seen(accounts(*drawn(invoices)), *changes))
    if place < len(invoices):
        late, ago, still = invoices[place]
        worse = [*invoices[:place], (late + more, ago, still), *invoices[place + 1 :]]
        assert amount_of(seen(accounts(*drawn(worse)), *changes)) <= before
    added = [*drawn(invoices), unpaid(10 + more)]
    assert amount_of(seen(accounts(*added), *changes)) == Decimal(50_000)


@given(
    invoices=INVOICES,
    stepped=st.sampled_from((None, 1, 2)),
    known=st.booleans(),
    whole=st.booleans(),
    since=st.none() | st.integers(0, 400),
    assessed=st.booleans(),
    figure=st.none() | st.integers(0, 90_000),
)
def test_less_that_is_known_never_gives_more(
    invoices: list[tuple[int, int, bool]],
    stepped: int | None,
    known: bool,
    whole: bool,
    since: int | None,
    assessed: bool,
    figure: int | None,
) -> None:
    changes = () if stepped is None else (step(stepped),)
    items = drawn(invoices)
    most = amount_of(seen(accounts(*items), *changes))
    assert Decimal(50_000) <= most <= Decimal(62_500)
    coverage = Coverage(complete_since=None if since is None else TODAY - since * DAY)
    less = accounts(*items, coverage=coverage, whole=whole, known=known)
    found = limit(net_worth=figure)
    assert amount_of(seen(less, *changes, assessed=assessed, found=found)) <= most
    assert amount_of(seen(None, *changes)) == Decimal(50_000)


def test_an_earned_raise_counts_without_a_second_person_and_others_do_not() -> None:
    earned = step(ago=0)
    assert (earned.state, earned.counts_on(TODAY), earned.counts_on(TODAY - DAY)) == ("open", True, False)
    assert raised_limit(customer(), (earned,), TODAY)[0] == 55_000
    assert raised_limit(customer(limit=Decimal(40_000)), (earned,), TODAY)[0] == 40_000
    assert "as earned (L1: 6 invoices paid" in earned.words(TODAY).en
    asked = limit_change(55_000, confirmed_by=None, confirmed_on=None)
    assert not asked.counts_on(TODAY)
    for changes in (
        {"asked_by": "mira"},
        {"earned": None},
        {"kind": "cut", "amount": Decimal(1)},
    ):
        with pytest.raises(ValidationError):
            LimitChange.model_validate({**earned.model_dump(), **changes})
    assert "earned" not in asked.model_dump(mode="json")


@pytest.mark.parametrize(
    ("found", "amount"),
    [
        (limit(), 80_000),
        (limit(concentration_cap=70_000), 70_000),
        (limit(concentration_cap=None), None),
        (limit(group_limit=60_000), 60_000),
        (limit(bureau_limit=55_000), 55_000),
        (limit(bureau_limit=None), None),
        (limit(net_worth=1000), 5000),
        (limit(trade_references=95_000), 95_000),
        (limit(cover=95_000), None),
        (limit(need=40_000), None),
        (limit("turnover"), 50_000),
        (limit().model_copy(update={"currency": "EUR"}), None),
    ],
)
def test_what_an_assessment_supports_beyond_what_was_asked(found: Limit, amount: int | None) -> None:
    assert supported(found, customer()) == (None if amount is None else Decimal(amount))


def test_sales_that_bound_the_need_support_nothing_beyond_it() -> None:
    asked = customer().application.requested.model_copy(update={"annual_sales": Decimal(900_000)})
    who = customer(application=customer().application.model_copy(update={"requested": asked}))
    assert supported(limit(), who) is None


@pytest.mark.parametrize(
    ("caps", "fits"),
    [
        (Caps(), True),
        (Caps(total=Decimal(95_000)), True),
        (Caps(total=Decimal(94_999)), False),
        (Caps(country={"GB": Decimal(95_000), "FR": Decimal(1)}), True),
        (Caps(grade={"B": Decimal(94_999)}), False),
        (Caps(industry={"uk-sic:41": Decimal(999_999)}), True),
        (Caps(industry={"uk-sic:41": Decimal(60_000)}), False),
        (Caps(group=Decimal(999_999)), False),
    ],
)
def test_a_step_is_within_the_caps_for_certain(caps: Caps, fits: bool) -> None:
    who = customer(country="GB")
    other = some_customer(company_key="uk:2", country="GB", limit=Decimal(40_000))
    assert fits_caps(who, Decimal(55_000), ExposureLedger([who, other]), caps, EXCHANGE) is fits


@pytest.mark.parametrize(
    "changes", [{"invoices": 0}, {"step": "0"}, {"step": "0.6"}, {"most": "1.1"}, {"rest_months": 0}, {"late_days": -1}]
)
def test_what_a_policy_cannot_say(changes: dict[str, Any]) -> None:
    given = {"invoices": 6, "step": "0.1", "most": "0.5", "rest_months": 6, "late_days": 10}
    assert EarnedSteps.model_validate(given).worst_grade is None
    with pytest.raises(ValidationError):
        EarnedSteps.model_validate({**given, **changes})


def test_a_policy_without_the_rule_is_written_as_ever() -> None:
    assert "earned_steps" not in CustomerRules().model_dump(mode="json")
