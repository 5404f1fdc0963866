"""Acts on many customers: a preview that adds up, two people, the list as it was proposed, and undoing as one act."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from admission.approval.mandates import Act, Mandate
from admission.cases import Customer
from admission.customers.bulk.acts import BulkAct
from admission.customers.bulk.selecting import Selection
from admission.customers.ledger.imports import LedgerImport
from admission.customers.ledger.records import Coverage
from admission.customers.orders.asked import OrderAsked
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.memo import labels
from admission.money import Rate, RateTable
from casebook.customers import store_customer
from casebook.ledgers import Loaded
from casebook.proof.bundles import checked
from services import customer_files
from services.audit import make_bundle
from services.bulk_acts import Drift, confirm_bulk, drift_of, may_confirm, may_refuse, propose_bulk, refuse_bulk
from services.bulk_lists import BulkAsked, preview_bulk
from services.customer_standing import customer_of, standing_of
from services.limit_changes import end_change
from services.orders import check_order
from tests.admission.customers.book.build import about, due
from tests.admission.customers.orders.build import invoice
from tests.casebook.build import HandClock
from tests.services import test_customer_files as customers
from tests.services.test_customer_files import NOW, admitted, person
from wiring import House

TODAY = NOW.date()
DAY = timedelta(days=1)
BRITAIN, DEALERS = Selection(countries=("GB",)), Selection(countries=("GB",), grades=("C",))
HOLD = BulkAsked("hold", "sanctions of today", BRITAIN)
CUT = BulkAsked("cut", "the insurer withdraws", BRITAIN, share=Decimal("0.5"))
at, clock = customers.at, customers.clock


@pytest.fixture
def book(at: House) -> list[Customer]:
    """Three customers that otto brought in: limits of 5,000 GBP (grade B), 9,000 GBP and 700 USD (grade C)."""
    rows = [
        due(1, next_review_on=date(2027, 5, 1)),
        due(2, limit="9000", grade="C"),
        due(3, limit="700", grade="C", currency="USD", industry_code="uk-sic:47110"),
    ]
    at.casebook.books.propose(about(3, "otto"), list(enumerate(rows, 1)))
    at.casebook.books.admit("B1", "mira", 10, lambda customer, _: customer.limit)
    at.rates = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 1, 1), per_unit=Decimal("1.5"))])
    return at.casebook.customers.all()


def proposed(at: House, asked: BulkAsked = HOLD, by: str = "otto") -> BulkAct:
    return propose_bulk(at, asked, person(at, by))


def confirmed(at: House, name: str, by: str = "mira") -> BulkAct:
    return confirm_bulk(at, name, person(at, by), lambda _: None)


def in_force(at: House, book: list[Customer]) -> list[Decimal]:
    return [standing_of(at, customer_of(at, one.company_key)).in_force for one in book]


def results(at: House, name: str) -> dict[str, str | None]:
    return {one.legal_name: one.left_out or one.result for one in at.casebook.bulk_acts.members(name)}


def load_ledger(at: House, **owed: int) -> None:
    """Load a ledger of today in which companies owe an invoice each, by the last digit of their number."""
    entries = [
        invoice(f"R-{key[-1]}", amount=amount, customer=f"1000{key[-1]}", due=TODAY + 20 * DAY, issued=TODAY - DAY)
        for key, amount in owed.items()
    ]
    loaded = LedgerImport(
        as_of=TODAY,
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=Coverage(complete_since=date(2020, 1, 1), tells=frozenset({"order"})),
        entries=len(entries),
        customers=len(entries),
        loaded_by="otto",
    )
    at.casebook.ledgers.load(entries, lambda: Loaded(loaded, set()))
    keys = {f"1000{key[-1]}": f"uk_company_number:0000000{key[-1]}" for key in owed}
    at.casebook.ledgers.set_accounts(keys, "otto")


def test_a_preview_adds_up_and_stores_nothing(at: House, book: list[Customer]) -> None:
    load_ledger(at, c1=1000, c2=3000)
    order = OrderAsked(order="SO-1", amount=Decimal(200), currency="GBP", deliver_on=TODAY + DAY)
    assert check_order(at, book[0].company_key, order, person(at, "otto")).check.result == "free"
    found = preview_bulk(at, CUT, "otto")
    sums = found.act.sums
    # In dollars: 7,500 + 13,500 + 700, of which half would be in force.
    assert (sums.currency, sums.customers, sums.limits) == ("USD", 3, Decimal(21_700))
    assert (sums.in_force, sums.after) == (Decimal(21_700), Decimal(10_850))
    # 1,000 and an order of 200 for the first, 3,000 for the second, in pounds. Of the third no ledger tells.
    assert (sums.exposure, sums.exposure_unknown) == (Decimal(6_300), 1)
    assert [(one.legal_name, one.exposure) for one in found.members] == [
        ("Old Friend 2 Ltd", Decimal(4_500)),
        ("Old Friend 1 Ltd", Decimal(1_800)),
        ("Old Friend 3 Ltd", None),
    ]
    assert at.casebook.bulk_acts.all() == []
    assert in_force(at, book) == [5000, 9000, 700]


def test_the_exposure_of_many_is_that_of_each_alone(at: House, book: list[Customer]) -> None:
    load_ledger(at, c1=1000, c2=3000)
    keys = [customer.company_key for customer in book]
    many = at.casebook.ledgers.of_all(keys, open_only=True)
    assert {key: many[key] for key in keys} == {key: at.casebook.ledgers.of(key) for key in keys}
    # A key that is another company's number, and several numbers of one company.
    at.casebook.ledgers.set_accounts({keys[0]: keys[1], "10002": keys[0]}, "otto")
    many = at.casebook.ledgers.of_all(keys, open_only=True)
    assert {key: many[key] for key in keys} == {key: at.casebook.ledgers.of(key) for key in keys}
    first = many[keys[0]]
    assert first is not None
    assert first.numbers == ("10001", "10002")
    for key in keys:
        assert at.casebook.orders.taken_by(keys)[key] == at.casebook.orders.taken(key)


def test_without_a_ledger_no_exposure_is_known(at: House, book: list[Customer]) -> None:
    sums = preview_bulk(at, HOLD, "otto").act.sums
    assert (sums.exposure, sums.exposure_unknown, sums.after) == (Decimal(0), 3, Decimal(0))


def test_without_a_rate_a_limit_is_counted_and_not_guessed(at: House, book: list[Customer]) -> None:
    at.rates = RateTable()
    sums = preview_bulk(at, HOLD, "otto").act.sums
    assert (sums.customers, sums.without_rate, sums.limits) == (3, 2, Decimal(700))


def test_two_people_hold_a_country_and_undo_it_as_one_act(at: House, book: list[Customer]) -> None:
    made = proposed(at)
    assert (made.id, made.state) == ("M1", "proposed")
    assert in_force(at, book) == [5000, 9000, 700]
    with pytest.raises(NotAllowed, match="may not confirm or refuse an act on many"):
        confirmed(at, "M1", "lena")
    done = confirmed(at, "M1")
    assert (done.state, done.carried, done.confirmed_by) == ("confirmed", 3, "mira")
    assert in_force(at, book) == [0, 0, 0]
    why = standing_of(at, book[0]).why
    assert f"on hold since {TODAY} by otto, bulk act M1: sanctions of today" in why.en
    assert "（批量操作 M1）" in why.zh
    # Somebody releases one of them alone, and places a hold of their own.
    key = book[1].company_key
    customer_files.release(at, key, "H1", person(at, "feng"))
    customer_files.hold(at, key, "pays late", None, person(at, "feng"))
    undo = proposed(at, BulkAsked("undo", "a mistake", of="M1"), "feng")
    assert (undo.id, undo.sums.customers, undo.sums.left_out) == ("M2", 2, {"nothing": 1})
    assert confirmed(at, "M2").state == "confirmed"
    assert in_force(at, book) == [5000, 0, 700]
    assert results(at, "M2") == {
        "Old Friend 1 Ltd": "done",
        "Old Friend 2 Ltd": "nothing",
        "Old Friend 3 Ltd": "done",
    }
    (hold,) = at.casebook.customer_files.of([book[0].company_key]).holds[book[0].company_key]
    assert (hold.bulk_act, hold.ended_by_act, hold.released_by) == ("M1", "M2", "mira")
    bundle = make_bundle(at, book[0].last_case)
    assert checked(bundle, at.casebook.keys.all())[1] == []
    told = {event.act for event in at.casebook.history.tail(1000) if event.act.startswith("bulk.")}
    assert told - set(labels.ACTS) == set()


def test_limits_are_cut_to_a_share_and_lifted_as_one(at: House, book: list[Customer]) -> None:
    proposed(at, CUT)
    confirmed(at, "M1", "feng")
    assert in_force(at, book) == [2500, 4500, 350]
    assert "bulk act M1: the insurer withdraws" in standing_of(at, book[0]).why.en
    # Cut to as little already: nobody is touched by the same again.
    with pytest.raises(BadInput) as refused:
        proposed(at, CUT)
    assert [problem.field for problem in refused.value.problems] == ["customers"]
    end_change(at, "L2", person(at, "mira"))
    proposed(at, BulkAsked("undo", "cover is back", of="M1"), "feng")
    confirmed(at, "M2")
    assert in_force(at, book) == [5000, 9000, 700]


def test_who_asked_for_a_customer_gives_it_nothing_back(at: House, book: list[Customer]) -> None:
    proposed(at, by="feng")
    confirmed(at, "M1")
    # Otto brought them in.
    at.casebook.people.change("otto", roles=("credit_manager",))
    asked = BulkAsked("release", "settled", BRITAIN)
    found = preview_bulk(at, asked, "otto")
    assert (found.act.sums.customers, found.act.sums.left_out) == (0, {"own": 3})
    with pytest.raises(NotAllowed, match="You asked for all customers"):
        proposed(at, asked)
    proposed(at, asked, "feng")
    with pytest.raises(NotAllowed, match="You asked for all customers"):
        confirmed(at, "M2", "otto")
    with pytest.raises(NotAllowed, match="You asked for all customers"):
        refuse_bulk(at, "M2", "so", person(at, "otto"))
    # With a customer whom somebody else asked for.
    other = admitted(at)
    customer_files.hold(at, other.company_key, "late", None, person(at, "feng"))
    proposed(at, asked, "feng")
    assert confirmed(at, "M3", "otto").state == "confirmed"
    assert results(at, "M3") == {
        other.legal_name: "done",
        "Old Friend 1 Ltd": "own",
        "Old Friend 2 Ltd": "own",
        "Old Friend 3 Ltd": "own",
    }
    assert in_force(at, book) == [0, 0, 0]
    assert not standing_of(at, other).hold
    # Nothing keeps another person from giving back what they asked for.
    assert confirmed(at, "M2", "mira").state == "confirmed"
    assert in_force(at, book) == [5000, 9000, 700]


def test_the_list_stays_as_it_was_and_what_changed_is_told(at: House, book: list[Customer]) -> None:
    made = proposed(at, HOLD._replace(selection=DEALERS))
    assert drift_of(at, made) == Drift()
    later = admitted(at, "Newcomer Ltd", "00000009")
    with at.casebook.bulk_acts._store.write() as transaction:
        store_customer(transaction, later.model_copy(update={"grade": "C"}))
        store_customer(transaction, book[1].model_copy(update={"grade": "A", "limit": Decimal(10_000)}))
        store_customer(transaction, book[2].model_copy(update={"limit": Decimal(800)}))
        for one in (later, *book[1:]):
            transaction.event("mira", "case.concluded", one.last_case, {})
    drift = drift_of(at, made)
    assert [name for _, name in drift.new] == ["Newcomer Ltd"]
    assert [name for _, name in drift.gone] == ["Old Friend 2 Ltd"]
    assert [name for _, name in drift.limits] == ["Old Friend 3 Ltd"]
    confirmed(at, "M1")
    assert results(at, "M1") == {"Old Friend 2 Ltd": "done", "Old Friend 3 Ltd": "done"}
    assert standing_of(at, customer_of(at, later.company_key)).hold is False
    assert drift_of(at, at.casebook.bulk_acts.get("M1")) == Drift()


def test_an_insurer_withdraws(at: House, book: list[Customer]) -> None:
    contract = InsurancePolicy(
        number="P-1",
        insurer="North Cover",
        insured_share=Decimal("0.9"),
        currency="USD",
        longest_terms_days=60,
        reporting_days=60,
        valid_from=TODAY,
        valid_until=TODAY + 100 * DAY,
    )
    customer_files.record_insurance(at, contract, person(at, "mira"))
    for one, state, amount in ((book[0], "granted", 10), (book[1], "refused", None)):
        word = {"id": "", "company_key": one.company_key, "policy": "P-1", "state": state, "amount": amount}
        cover = Cover.model_validate({**word, "valid_from": TODAY, "recorded_by": "mira"})
        customer_files.record_cover(at, cover, person(at, "mira"))
    found = preview_bulk(at, CUT._replace(selection=Selection(insurers=("north cover",))), "otto")
    assert [one.legal_name for one in found.members] == ["Old Friend 1 Ltd"]


def test_what_is_not_known_and_what_is_misspelt_is_told(at: House, book: list[Customer]) -> None:
    selection = Selection(countries=("GB", "BY"), industries=("uk-sic:47",))
    sums = preview_bulk(at, HOLD._replace(selection=selection), "otto").act.sums
    assert (sums.customers, sums.unknown, sums.without) == (1, {"industries": 2}, (("countries", "BY"),))


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (HOLD._replace(because=" "), ["because"]),
        (HOLD._replace(because="x" * 301), ["because"]),
        (HOLD._replace(because="a\u202eb"), ["because"]),
        (HOLD._replace(until=TODAY - DAY), ["until"]),
        (HOLD._replace(selection=Selection(countries=("BY",))), ["customers"]),
    ],
)
def test_what_cannot_be(at: House, book: list[Customer], asked: BulkAsked, fields: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        proposed(at, asked)
    assert [problem.field for problem in refused.value.problems] == fields
    assert at.casebook.bulk_acts.all() == []


def test_what_can_be_undone(at: House, book: list[Customer]) -> None:
    undo = BulkAsked("undo", "so", of="M1")
    with pytest.raises(NotFound, match="no such act"):
        proposed(at, undo)
    proposed(at, HOLD, "feng")
    with pytest.raises(Conflict, match="M1 is still open"):
        proposed(at, undo, "feng")
    confirmed(at, "M1")
    proposed(at, BulkAsked("release", "so", of="M1"), "feng")
    confirmed(at, "M2")
    assert in_force(at, book) == [5000, 9000, 700]
    with pytest.raises(Conflict, match="M2 has placed nothing"):
        proposed(at, undo._replace(of="M2"), "feng")


def test_nobody_does_to_many_what_they_may_not_do_to_one(at: House, book: list[Customer]) -> None:
    policy = at.policy_in_force()
    narrow = policy.mandates.model_copy(
        update={"hold": Mandate(departments=("legal",)), "release": Mandate(roles=("cfo",))}
    )
    proposed(at, CUT)
    proposed(at, HOLD, "feng")
    confirmed(at, "M2")
    proposed(at, BulkAsked("undo", "so", of="M2"), "feng")
    at.policy_in_force = lambda: policy.model_copy(update={"mandates": narrow})  # type: ignore[method-assign]
    with pytest.raises(NotAllowed, match="may not stop deliveries"):
        proposed(at)
    assert not may_confirm(at, at.casebook.bulk_acts.get("M3"), person(at, "mira"))
    with pytest.raises(NotAllowed, match="may not let deliveries"):
        confirmed(at, "M3")
    assert may_confirm(at, at.casebook.bulk_acts.get("M1"), person(at, "mira"))
    refused = [event for event in at.casebook.history.tail(20) if event.act == "mandate.refused"]
    assert {event.detail["act"] for event in refused} == {Act.HOLD.value, Act.RELEASE.value}


def test_an_act_is_refused_by_who_may_confirm_and_taken_back_by_who_proposed_it(
    at: House, book: list[Customer]
) -> None:
    proposed(at)
    with pytest.raises(NotAllowed):
        refuse_bulk(at, "M1", "no", person(at, "lena"))
    with pytest.raises(BadInput):
        refuse_bulk(at, "M1", " ", person(at, "otto"))
    assert refuse_bulk(at, "M1", "too wide", person(at, "otto")).because == "too wide"
    made = proposed(at)
    who = {name: (may_confirm(at, made, person(at, name)), may_refuse(at, made, person(at, name))) for name in WHO}
    assert who == {"otto": (False, True), "mira": (True, True), "lena": (False, False), "sam": (False, False)}
    with pytest.raises(Conflict, match="settled already"):
        refuse_bulk(at, "M1", "again", person(at, "mira"))


WHO = ("otto", "mira", "lena", "sam")


def test_one_person_alone_does_nothing(at: House, book: list[Customer]) -> None:
    proposed(at, by="mira")
    with pytest.raises(NotAllowed, match="another person's"):
        confirmed(at, "M1", "mira")
    assert in_force(at, book) == [5000, 9000, 700]
    assert [event.actor for event in at.casebook.history.tail(9) if event.act == "bulk.confirmation_refused"] == [
        "mira"
    ]


def test_a_proposal_lapses_and_is_no_longer_confirmed(at: House, book: list[Customer], clock: HandClock) -> None:
    made = proposed(at)
    clock.forward(8 * DAY)
    assert not may_confirm(at, made, person(at, "mira"))
    with pytest.raises(Conflict, match="too old"):
        confirmed(at, "M1")


def test_a_broken_confirmation_goes_on(at: House, book: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.bulk_acts.AT_ONCE", 1)
    proposed(at)
    said: list[Any] = []

    def stop(text: Any) -> None:
        said.append(text.en)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        confirm_bulk(at, "M1", person(at, "mira"), stop)
    assert said == ["1 of 3 customers"]
    with pytest.raises(NotAllowed):
        refuse_bulk(at, "M1", "own", person(at, "otto"))
    assert confirmed(at, "M1", "feng").confirmed_by == "mira"
    assert in_force(at, book) == [0, 0, 0]
