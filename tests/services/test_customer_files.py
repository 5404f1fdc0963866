"""From a decision to a limit in force: conditions settled, securities confirmed, deliveries held, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.application import Application
from admission.approval.mandates import Act
from admission.assessment.record import Assessment
from admission.cases import Case, Condition, Customer, Decision
from admission.customers.standing.in_force import StandingCode
from admission.customers.standing.securities import Security
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.evidence.facts import Facts, Officer
from admission.memo import labels
from admission.people import Person, same_person
from admission.policy.customer_rules import SecurityKind
from casebook.customer_files import Settling
from desk import create_app
from services import concluding, customer_files, customer_standing
from services.customer_files import Paper
from services.customer_standing import customer_of, seen_customer, seen_customers, standing_of, standings
from tests.admission.customers.standing import build as papers
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, PEOPLE, Bench, application, assessment, both, browser_of
from wiring import House, Settings

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
SEEN = Settling("met", "clause 4 of contract 17")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def at(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    house = House(Settings(data=tmp_path, sandbox_url=None), clock=clock)
    house.casebook.create()
    for username, name, department, roles in (*PEOPLE, ("sam", "Sam Reyes", "sales", ())):
        person = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(person, PASSWORD)
    yield house
    told = {event.act for event in house.casebook.history.tail(1000) if event.case is not None}
    assert told - set(labels.ACTS) == set()
    assert house.casebook.audit.verify(house.casebook.keys.all(), (), lambda _: None).flaws == ()
    house.casebook.close()


def person(at: House, username: str) -> Person:
    return at.casebook.people.get(username)


def secured() -> Assessment:
    made = assessment()
    return made.model_copy(update={"terms": made.terms.model_copy(update={"secured": True})})


def admitted(
    at: House,
    name: str = "Harbour Lane Tools Ltd",
    number: str = "09876543",
    made: Assessment | None = None,
    asked: Application | None = None,
) -> Customer:
    """Let the system admit a company, with an assessment; carry the decision out."""
    bench = Bench(at, browser_of(create_app(at, deliver=lambda: None)))
    reference = bench.open_case(asked or application(name, number), kind="gathering")
    view = (made or assessment()).model_copy(update={"case": reference})
    bench.assess(reference, view)
    _decide(at, reference, view)
    return customer_of(at, concluding.conclude(at, reference).company_key)


def _decide(at: House, reference: str, view: Assessment, **changes: Any) -> None:
    values = {
        "outcome": "admitted",
        "decided_by": "fast_track",
        "assessment": view.sha256,
        "limit": Decimal(150_000),
        "currency": "GBP",
        "terms_days": 30,
        "reason": both("all is well", "全部通过"),
        "decided_at": at.clock(),
    }
    decision = Decision.model_validate({**values, **changes})
    at.casebook.cases.decide(reference, decision, actor="system", round_number=1)


def conditions(at: House, customer: Customer) -> list[Condition]:
    return at.casebook.cases.conditions(customer.last_case)


def in_force(at: House, customer: Customer) -> Decimal:
    return standing_of(at, customer).in_force


def paper(amount: int = 200_000, kind: SecurityKind = SecurityKind.BANK_GUARANTEE, **changes: Any) -> Paper:
    given = Paper(kind, "Example Bank", "LG 17", Decimal(amount), "GBP", date(2026, 11, 1))
    return given._replace(**changes)


def recorded(at: House, *customers: Customer, amount: int = 200_000, **changes: Any) -> Security:
    parts = {customer.company_key: Decimal(amount) / len(customers) for customer in customers}
    return customer_files.record_security(at, paper(amount, **changes), parts, person(at, "mira"))


def test_what_the_policy_demands_is_a_condition_with_its_clause_and_its_day(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    (condition,) = conditions(at, customer)
    assert condition.clause is not None
    assert (condition.id, condition.text, condition.proposed_by) == (
        f"{customer.last_case}-1",
        "Shorter terms",
        "system",
    )
    assert (condition.clause.id, condition.clause.version, condition.clause.language) == (
        "short_terms",
        "default 2026.1",
        "en",
    )
    assert condition.due == date(2026, 12, 20)
    assert customer.limit_in_force == in_force(at, customer) == 150_000
    assert standing_of(at, customer).until == date(2026, 12, 20)
    clock.forward(31 * DAY)
    stands = standing_of(at, customer)
    assert stands.in_force == 0
    assert [reason.code for reason in stands.reasons] == [StandingCode.CONDITION]
    customer_files.settle_condition(at, customer.company_key, condition.id, SEEN, person(at, "lena"))
    assert in_force(at, customer) == 150_000


def test_a_condition_before_delivery_stops_the_limit_until_it_is_met(at: House) -> None:
    made = assessment()
    first = made.treatments[0].model_copy(update={"before_delivery": True})
    customer = admitted(at, made=made.model_copy(update={"treatments": (first,)}))
    assert customer.limit_in_force == in_force(at, customer) == 0
    (condition,) = conditions(at, customer)
    met = customer_files.settle_condition(at, customer.company_key, condition.id, SEEN, person(at, "lena"))
    assert (met.state, met.settled_by, met.settled_on) == ("met", "lena", date(2026, 11, 20))
    assert in_force(at, customer) == 150_000


@pytest.mark.parametrize(
    ("who", "settling", "error"),
    [
        ("ada", SEEN, NotAllowed),  # of sales, and asked for the customer
        ("sam", SEEN, NotAllowed),
        ("lena", Settling("waived", "pays before delivery"), NotAllowed),  # decides nothing
        ("mira", Settling("waived", "pays before delivery"), None),
        ("lena", SEEN._replace(proof=" "), BadInput),
        ("lena", SEEN._replace(proof="a\u202eb"), BadInput),
        ("lena", SEEN._replace(valid_until=date(2026, 11, 19)), BadInput),
        ("lena", SEEN._replace(valid_until=date(2026, 11, 20)), None),
    ],
)
def test_who_may_settle_a_condition_and_with_what(
    at: House, who: str, settling: Settling, error: type[Exception] | None
) -> None:
    customer = admitted(at)
    (condition,) = conditions(at, customer)

    def settle() -> Condition:
        return customer_files.settle_condition(at, customer.company_key, condition.id, settling, person(at, who))

    if error is None:
        assert settle().state == settling.state
    else:
        with pytest.raises(error):
            settle()
        assert conditions(at, customer) == [condition]


def test_a_secured_limit_is_in_force_as_far_as_security_is_in_hand(at: House, clock: HandClock) -> None:
    customer = admitted(at, made=secured())
    assert customer.open_limit == customer.limit_in_force == 0
    made = recorded(at, customer, amount=120_000, valid_until=date(2026, 12, 10))
    assert in_force(at, customer) == 0
    with pytest.raises(NotAllowed, match="another person's"):
        customer_files.confirm_security(at, made.id, person(at, "mira"))
    with pytest.raises(NotAllowed, match="You may not confirm a security"):
        customer_files.confirm_security(at, made.id, person(at, "sam"))
    customer_files.confirm_security(at, made.id, person(at, "feng"))
    stands = standing_of(at, customer)
    assert (stands.in_force, stands.until, stands.then) == (Decimal(120_000), date(2026, 12, 10), Decimal(0))
    customer_files.revoke_security(at, made.id, date(2026, 11, 25), "given back", person(at, "lena"))
    assert standing_of(at, customer).until == date(2026, 11, 24)
    clock.forward(5 * DAY)
    assert in_force(at, customer) == 0


def test_one_security_for_two_customers_counts_once(at: House) -> None:
    one, two = admitted(at, made=secured()), admitted(at, "Other Tools Ltd", "09876544", made=secured())
    made = recorded(at, one, two, amount=150_000)
    customer_files.confirm_security(at, made.id, person(at, "feng"))
    assert in_force(at, one) == in_force(at, two) == 75_000
    with pytest.raises(Conflict, match="counts once"):
        recorded(at, two, amount=150_000)
    parts = {one.company_key: Decimal(2), two.company_key: Decimal(3)}
    with pytest.raises(ValueError, match="no more than the amount"):
        customer_files.record_security(at, paper(4, document="LG 18"), parts, person(at, "mira"))
    with pytest.raises(NotFound, match="no customer"):
        customer_files.record_security(at, paper(), {"uk:1": Decimal(1)}, person(at, "mira"))


def test_customers_who_guarantee_for_each_other_secure_nothing(at: House) -> None:
    one, two = admitted(at, made=secured()), admitted(at, "Other Tools Ltd", "09876544", made=secured())
    for customer, giver, document in ((one, two, "G 1"), (two, one, "G 2")):
        made = recorded(
            at, customer, kind=SecurityKind.PARENT_GUARANTEE, giver_key=giver.company_key, document=document
        )
        customer_files.confirm_security(at, made.id, person(at, "feng"))
        if customer is one:
            assert in_force(at, one) == 100_000
    assert [in_force(at, one), in_force(at, two)] == [0, 0]
    assert "rely on each other" in standing_of(at, one).why.en


def test_credit_insurance_secures_a_limit(at: House) -> None:
    customer = admitted(at, made=secured())
    contract = papers.contract(valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 10))
    with pytest.raises(NotAllowed):
        customer_files.record_insurance(at, contract, person(at, "lena"))
    customer_files.record_insurance(at, contract, person(at, "feng"))
    granted = papers.cover(company_key=customer.company_key, amount=100_000, valid_from=date(2026, 11, 1))
    customer_files.record_cover(at, granted, person(at, "mira"))
    stands = standing_of(at, customer)
    assert (stands.in_force, stands.until, stands.then) == (Decimal(90_000), date(2026, 12, 10), Decimal(0))
    with pytest.raises(NotAllowed):
        customer_files.record_cover(at, granted, person(at, "sam"))


def test_a_hold_stops_everything_until_somebody_who_may_releases_it(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    key = customer.company_key
    with pytest.raises(NotAllowed):
        customer_files.hold(at, key, "cheque returned", None, person(at, "ada"))
    with pytest.raises(BadInput):
        customer_files.hold(at, key, " ", None, person(at, "otto"))
    with pytest.raises(BadInput):
        customer_files.hold(at, key, "x", date(2026, 11, 19), person(at, "otto"))
    held = customer_files.hold(at, key, "cheque returned", None, person(at, "feng"))
    assert standing_of(at, customer).hold
    assert in_force(at, customer) == 0
    with pytest.raises(NotAllowed, match="let deliveries to a customer go on"):
        customer_files.release(at, key, held.id, person(at, "lena"))
    clock.forward(DAY)
    released = customer_files.release(at, key, held.id, person(at, "mira"))
    assert released.released_on == date(2026, 11, 21)
    assert in_force(at, customer) == 150_000


def test_many_customers_stand_as_each_of_them_does(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [admitted(at, f"Company {place} Ltd", f"0987650{place}", made=secured()) for place in range(6)]
    found.append(admitted(at, "Open Ltd", "09876510"))
    customer_files.record_insurance(at, papers.contract(valid_from=date(2026, 1, 1)), person(at, "feng"))
    word = papers.cover(company_key=found[0].company_key, amount=10_000, valid_from=date(2026, 11, 1))
    customer_files.record_cover(at, word, person(at, "mira"))
    customer_files.confirm_security(at, recorded(at, found[1], found[2]).id, person(at, "feng"))
    recorded(at, found[2], document="LG 18")
    for customer, giver, document in ((found[3], found[4], "a"), (found[4], found[3], "b"), (found[5], found[4], "c")):
        kind, key = SecurityKind.PARENT_GUARANTEE, giver.company_key
        made = recorded(at, customer, kind=kind, giver_key=key, document=document)
        customer_files.confirm_security(at, made.id, person(at, "feng"))
    customer_files.hold(at, found[1].company_key, "late", None, person(at, "feng"))
    # In chunks or one by one, in any order.
    monkeypatch.setattr(customer_standing, "AT_ONCE", 2)
    together = standings(at, found)
    assert standings(at, found[::-1]) == together[::-1]
    assert together == [standing_of(at, customer) for customer in found]
    assert [int(item.in_force) for item in together] == [9_000, 0, 100_000, 0, 0, 100_000, 150_000]


def test_a_customer_of_an_earlier_release_stands_as_its_decision_said(
    at: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Customer] = []
    for made, name, number in ((assessment(), "One Ltd", "09876501"), (secured(), "Two Ltd", "09876502")):
        customer = admitted(at, name, number, made=made)
        assert customer.open_limit is not None
        kept.append(customer.model_copy(update={"open_limit": None}))
    assert [in_force(at, customer) for customer in kept] == [150_000, 0]


def test_a_renewal_by_the_system_leaves_what_was_settled(at: House) -> None:
    customer = admitted(at)
    (condition,) = conditions(at, customer)
    customer_files.settle_condition(at, customer.company_key, condition.id, SEEN, person(at, "lena"))
    renewed = _again(at, customer, decided_by="renewal", outcome="kept")
    assert renewed.last_case != customer.last_case
    (carried,) = conditions(at, renewed)
    assert (carried.id, carried.state, carried.proof) == (f"{renewed.last_case}-1", "met", SEEN.proof)
    assert in_force(at, renewed) == 150_000


def test_people_ask_anew_but_for_a_clause_that_is_in_the_contract(at: House) -> None:
    customer = admitted(at)
    (condition,) = conditions(at, customer)
    customer_files.settle_condition(at, customer.company_key, condition.id, SEEN, person(at, "lena"))
    other = assessment().treatments[0].model_copy(update={"id": "other"})
    both_now = assessment().model_copy(update={"treatments": (*assessment().treatments, other)})
    again = _again(at, customer, made=both_now, decided_by="people", outcome="kept")
    assert [(item.clause and item.clause.id, item.state) for item in conditions(at, again)] == [
        ("short_terms", "met"),
        ("other", "open"),
    ]


def _again(at: House, customer: Customer, made: Assessment | None = None, **changes: Any) -> Customer:
    """Decide on a review of a customer, and carry it out."""
    from services.opening import open_review

    bench = Bench(at, browser_of(create_app(at, deliver=lambda: None)))
    case: Case = open_review(at, customer.company_key)
    view = (made or assessment()).model_copy(update={"case": case.reference})
    bench.assess(case.reference, view)
    _decide(at, case.reference, view, **changes)
    concluding.conclude(at, case.reference)
    return customer_of(at, customer.company_key)


def test_people_of_sales_see_their_own_customers(at: House) -> None:
    customer = admitted(at)
    for username, sees in (("ada", True), ("sam", False), ("lena", True)):
        assert [found.company_key for found, _ in seen_customers(at, person(at, username))] == (
            [customer.company_key] if sees else []
        )
    assert seen_customer(at, person(at, "ada"), customer.company_key) == customer
    with pytest.raises(NotAllowed):
        seen_customer(at, person(at, "sam"), customer.company_key)


@pytest.mark.parametrize(
    ("officers", "said"),
    [
        ((), "no register told the officers"),
        ((("NOVAK, Mira Anna", None),), "named as director of Harbour Lane Tools Ltd, in office"),
        ((("NOVAK, Mira", date(2020, 1, 1)),), "named as director of Harbour Lane Tools Ltd, resigned"),
        ((("NOVAK, Milan", None),), "not among the officers that registers name"),
    ],
)
def test_a_guarantor_is_looked_for_among_the_officers(
    at: House, officers: tuple[tuple[str, date | None], ...], said: str
) -> None:
    customer = admitted(at, made=secured())
    facts = tuple(
        Officer(name=name, role="director", resigned_on=resigned, evidence="e", source="uk_companies_house")
        for name, resigned in officers
    )
    at.casebook.work.facts = lambda *_: Facts(officers=facts)  # type: ignore[method-assign]
    made = recorded(at, customer, kind=SecurityKind.PERSONAL_GUARANTEE, giver="Mira Novak")
    assert customer_files.known_as_officer(at, made).en == said


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mira Novak", "NOVAK, Mira", True),
        ("Mira Novak", "NOVAK, Mira Anna", True),
        ("Dr Mira Novák", "novak mira", True),
        ("Mira Novak", "NOVAK, Milan", False),
        ("Novak", "NOVAK, Mira", False),
        ("Novak", "novak", True),
        ("张伟", "张伟", True),
        ("张伟", "张伟明", False),
        ("", "", False),
        ("Mr", "Mr", False),
    ],
)
def test_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same_person(other, one) is same


def test_every_act_on_a_customers_file_has_words() -> None:
    from admission.approval.mandates import ACT_WORDS

    assert set(ACT_WORDS) == set(Act)
