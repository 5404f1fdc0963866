"""Bringing in the house's book: by whom, what is refused, and the first review of who came with it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from admission.cases import Customer
from admission.customers.book.records import PROPOSAL_DAYS, BookImport
from admission.customers.renewal import FROM_BOOK
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.memo.documents import case_document
from admission.model import Text
from intake.book_files import BookFile
from intake.refused_rows import RefusedRow
from services import books, retention, reviews
from services.books import confirm_book, preview_book, propose_book, refuse_book
from services.casefile import case_file
from services.concluding import conclude
from services.customer_standing import standing_of
from services.ledgers import set_accounts
from services.opening import Asked, open_case, open_review
from services.performance import DebtReport, record
from services.replay import replay, replay_one
from services.reviews import open_due_reviews, review_chunk
from tests import stepping
from tests.casebook.build import HandClock, application
from tests.policies import shipped_policy, with_own_ledger_outside
from tests.services.test_renewing import half_a_year_later, house, under, vote_all  # noqa: F401 - a fixture
from wiring import House

HEADER = (
    "legal_name,country,uk_company_number,grade,limit,currency,terms_days,last_review,next_review,account,"
    "security_kind,security_amount,security_giver,security_document"
)
# The company of the first story of the sandbox, with what its assessment there would give it.
SOUND = {"legal_name": "Thistlewick Tea Blenders Limited", "limit": "18000", "last_review": "2026-05-20"}
NUMBER = 99000001
TODAY = date(2026, 11, 23)


def plain(number: int, **cells: str) -> str:
    named = {
        "legal_name": f"Old Friend {number} Ltd",
        "country": "GB",
        "uk_company_number": f"{number:08}",
        "grade": "B",
        "limit": "5000",
        "currency": "GBP",
        "terms_days": "30",
        "last_review": "2026-09-01",
        **cells,
    }
    return ",".join(named.get(name, "") for name in HEADER.split(","))


def file_of(folder: Path, *rows: str) -> BookFile:
    path = folder / "book.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return BookFile(path)


def propose(at: House, folder: Path, *rows: str, by: str = "analyst", leave_out_bad: bool = False) -> BookImport:
    person = at.casebook.people.get(by)
    return propose_book(at, file_of(folder, *rows), person, lambda _: None, leave_out_bad=leave_out_bad)


def confirm(at: House, name: str, by: str = "cfo") -> BookImport:
    return confirm_book(at, name, at.casebook.people.get(by), lambda _: None)


def brought(at: House, folder: Path, *rows: str) -> list[Customer]:
    propose(at, folder, *rows)
    confirm(at, "B1")
    return at.casebook.customers.all()


def acts(at: House) -> list[str]:
    return [event.act for event in at.casebook.history.tail(100)]


def test_one_proposes_and_another_confirms(house: House, tmp_path: Path) -> None:  # noqa: F811
    made = propose(house, tmp_path, plain(1), plain(2, account="10023", grade="A"))
    assert (made.id, made.state, made.proposed_by) == ("B1", "proposed", "analyst")
    assert (made.sums.customers, made.sums.grades, made.sums.limits) == (2, {"A": 1, "B": 1}, {"GBP": Decimal(10_000)})
    assert made.policy == f"{house.policy_in_force().name} {house.policy_in_force().version}"
    assert house.casebook.customers.all() == []
    told: list[Text] = []
    done = confirm_book(house, "B1", house.casebook.people.get("cfo"), told.append)
    assert (done.state, done.admitted, done.confirmed_by) == ("confirmed", 2, "cfo")
    first, second = house.casebook.customers.all()
    assert (first.limit_in_force, standing_of(house, first).in_force) == (Decimal(5000), Decimal(5000))
    assert house.casebook.ledgers.accounts() == {"10023": second.company_key}
    assert first.next_review_on == date(2027, 3, 1)


@pytest.mark.parametrize("by", ["sales", "legal", "president"])
def test_who_may_not_propose(house: House, tmp_path: Path, by: str) -> None:  # noqa: F811
    with pytest.raises(NotAllowed, match="You may not propose customers"):
        propose(house, tmp_path, plain(1), by=by)
    assert house.casebook.books.all() == []
    assert acts(house)[-1] == "mandate.refused"


@pytest.mark.parametrize("by", ["analyst", "finance", "committee1"])
def test_who_may_not_confirm(house: House, tmp_path: Path, by: str) -> None:  # noqa: F811
    propose(house, tmp_path, plain(1), by="credit")
    with pytest.raises(NotAllowed, match="You may not confirm or refuse customers"):
        confirm(house, "B1", by=by)
    with pytest.raises(NotAllowed, match="You may not confirm or refuse customers"):
        refuse_book(house, "B1", "no", house.casebook.people.get(by))
    assert house.casebook.customers.all() == []


def test_nobody_confirms_what_they_proposed_though_they_may_decide(house: House, tmp_path: Path) -> None:  # noqa: F811
    propose(house, tmp_path, plain(1), by="manager")
    with pytest.raises(NotAllowed, match="confirm the book it is in"):
        confirm(house, "B1", by="manager")
    assert house.casebook.customers.all() == []
    assert acts(house)[-1] == "book.confirmation_refused"


def test_bad_rows_leave_nothing_unless_they_are_left_out(house: House, tmp_path: Path) -> None:  # noqa: F811
    rows = (plain(1), plain(2, grade="A1"), plain(3, limit="0"))
    refused: list[RefusedRow] = []
    person = house.casebook.people.get("analyst")
    with pytest.raises(BadInput, match="2 bad rows; nothing was imported"):
        propose_book(house, file_of(tmp_path, *rows), person, refused.append)
    assert [(row.number, row.customer) for row in refused] == [(2, "Old Friend 2 Ltd"), (3, "Old Friend 3 Ltd")]
    assert house.casebook.books.all() == []
    made = propose(house, tmp_path, *rows, leave_out_bad=True)
    assert (made.sums.customers, made.refused) == (1, 2)
    with pytest.raises(BadInput, match="cannot be imported"):
        propose(house, tmp_path, plain(2, grade="A1"), leave_out_bad=True)


def test_a_company_that_is_known_here_is_a_bad_row(house: House, tmp_path: Path) -> None:  # noqa: F811
    held = {"security_kind": "bill", "security_amount": "9", "security_giver": "X", "security_document": "7"}
    brought(house, tmp_path, plain(1, **held))
    customer = house.casebook.customers.all()[0]
    asked = application().model_copy(update={"identifiers": {"uk_company_number": "00000002"}})
    case = open_case(house, asked, Asked("analyst", "cli"))
    set_accounts(house, {"10": "uk_company_number:00000009"}, house.casebook.people.get("analyst"))
    paper = {**held, "security_amount": "5", "security_giver": "x"}
    found = preview_book(
        house, file_of(tmp_path, plain(1), plain(2), plain(3, account="10"), plain(4, **paper), plain(5))
    )
    assert [number for number, _ in found.rows] == [5]
    told = [row.reason.en for row in found.refused]
    assert f"{customer.last_case} decided on it" in told[0]
    assert f"{case.reference} is open" in told[1]
    assert "a customer number that is nobody else's" in told[2]
    assert "it is S1" in told[3]


def test_a_preview_stores_nothing(house: House, tmp_path: Path) -> None:  # noqa: F811
    before = house.casebook.audit.end()
    found = preview_book(house, file_of(tmp_path, plain(1), plain(2, terms_days="99")))
    assert (found.sums.customers, len(found.refused)) == (1, 1)
    assert "the policy's longest terms" in found.refused[0].reason.en
    assert found.rows[0][1].next_review_on == date(2027, 3, 1)
    assert house.casebook.audit.end() == before


def test_what_changed_since_the_proposal_stops_the_confirmation(house: House, tmp_path: Path) -> None:  # noqa: F811
    propose(house, tmp_path, plain(1), plain(2))
    asked = application().model_copy(update={"identifiers": {"uk_company_number": "00000002"}})
    open_case(house, asked, Asked("analyst", "cli"))
    with pytest.raises(BadInput, match="cannot be confirmed as it is") as refused:
        confirm(house, "B1")
    assert [problem.row for problem in refused.value.problems] == [2]
    assert house.casebook.customers.all() == []
    taken_back = refuse_book(house, "B1", " proposed anew ", house.casebook.people.get("analyst"))
    assert (taken_back.state, taken_back.settled_by, taken_back.because) == ("refused", "analyst", "proposed anew")
    with pytest.raises(Conflict, match="settled already"):
        confirm(house, "B1")


@pytest.mark.parametrize("because", ["", "  ", "x" * 301, "a\x00b"])
def test_a_refusal_has_a_reason(house: House, tmp_path: Path, because: str) -> None:  # noqa: F811
    propose(house, tmp_path, plain(1))
    with pytest.raises(BadInput, match="cannot be refused"):
        refuse_book(house, "B1", because, house.casebook.people.get("cfo"))
    with pytest.raises(NotFound):
        refuse_book(house, "B2", "no", house.casebook.people.get("cfo"))


def test_a_large_book_becomes_several_transactions(
    house: House,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(books, "AT_ONCE", 2)
    propose(house, tmp_path, *(plain(number) for number in range(1, 6)))
    told: list[Text] = []
    done = confirm_book(house, "B1", house.casebook.people.get("cfo"), told.append)
    assert (done.state, done.admitted) == ("confirmed", 5)
    assert [text.en for text in told] == ["2 of 5 customers", "4 of 5 customers"]
    assert acts(house).count("book.admitted") == 3


def test_what_nobody_settles_is_erased(house: House, tmp_path: Path) -> None:  # noqa: F811
    propose(house, tmp_path, plain(1))
    assert isinstance(house.clock, HandClock)
    house.clock.forward(timedelta(days=PROPOSAL_DAYS - 1))
    assert retention.erase_due(house).books == 0
    house.clock.forward(timedelta(days=2))
    assert retention.erase_due(house).books == 1
    assert house.casebook.books.get("B1").state == "expired"


def test_a_security_of_the_book_bounds_the_limit_in_force(house: House, tmp_path: Path) -> None:  # noqa: F811
    paper = {"security_kind": "parent_guarantee", "security_amount": "4000", "security_giver": "Parent plc"}
    (customer,) = brought(house, tmp_path, plain(1, **paper, security_document="G 2"))
    # A guarantee of a parent company counts by half, and the rest of the limit needs none.
    assert (customer.open_limit, customer.limit_in_force) == (Decimal(1000), Decimal(3000))
    assert standing_of(house, customer).in_force == 3000


def test_a_case_of_the_book_says_what_it_rests_on(house: House, tmp_path: Path) -> None:  # noqa: F811
    (customer,) = brought(house, tmp_path, plain(1))
    file = case_file(house, customer.last_case)
    document = case_document(file, "en")
    assert document["decision"]["decided_by"] == "import"
    assert "nobody has assessed it here" in document["decision"]["reason"]
    assert (file.assessment, file.obstacles) == (None, ())
    with pytest.raises(NotFound, match="not been assessed"):
        replay_one(house, customer.last_case)
    assert list(replay(house, [customer.last_case], lambda _: None)) == []
    assert reviews.rescore(house, [customer]) == []
    assert house.casebook.audit.verify(house.casebook.keys.all(), (), lambda _: None).flaws == ()
    kept = record(house, customer.company_key, DebtReport("paid", house.today()), house.casebook.people.get("cfo"))
    assert kept.case == customer.last_case


def reviewed_first(at: House, folder: Path, **cells: str) -> tuple[Customer, str]:
    """Bring the sound company in, let its day come, and take its first review up to the assessment."""
    (customer,) = brought(at, folder, plain(NUMBER, **{**SOUND, **cells}))
    assert isinstance(at.clock, HandClock)
    at.clock.forward(timedelta(days=60))
    assert [case.company_key for case in map(at.casebook.cases.get, open_due_reviews(at))] == [customer.company_key]
    review = open_review(at, customer.company_key).reference
    stepping.ask_all(at, review)
    stepping.validate(at, review)
    stepping.assess(at, review)
    return customer, review


def by_system(at: House, folder: Path) -> House:
    policy = with_own_ledger_outside(shipped_policy())
    return under(at, folder, {**policy, "customers": {"first_review": "system"}})


def test_the_first_review_goes_to_people_who_read_why(house: House, tmp_path: Path) -> None:  # noqa: F811
    customer, review = reviewed_first(house, tmp_path)
    assert not stepping.decide_by_machine(house, review)
    poll = stepping.open_voting(house, review)
    assert poll is not None
    assert poll.reasons == case_file(house, review).obstacles == (FROM_BOOK,)
    vote_all(house, review)
    decision = conclude(house, review).decision
    after = house.casebook.customers.get(customer.company_key)
    assert decision is not None
    assert after is not None
    assert (decision.decided_by, after.assessed, after.last_case) == ("people", True, review)
    assert (after.admitted_by, after.admitted_on) == (customer.last_case, customer.admitted_on)


def test_the_system_keeps_who_is_no_worse_than_in_the_book_where_the_policy_lets_it(
    house: House,  # noqa: F811
    tmp_path: Path,
) -> None:
    at = by_system(house, tmp_path)
    customer, review = reviewed_first(at, tmp_path, grade="C", limit="17000")
    assert stepping.decide_by_machine(at, review)
    decision = conclude(at, review).decision
    after = at.casebook.customers.get(customer.company_key)
    assert decision is not None
    assert after is not None
    assert (decision.outcome, decision.decided_by, decision.limit) == ("kept", "renewal", Decimal(17_000))
    assert decision.reason.en.startswith("first assessment of a customer of the book")
    # Limit and terms stay, and the grade is that of the assessment from here on.
    assert (after.limit, after.terms_days, after.grade, after.assessed) == (Decimal(17_000), 30, "B", True)
    # What the policy demands of it is a condition now, with its day, and deliveries go on meanwhile.
    (condition,) = at.casebook.cases.conditions(review)
    assert (condition.text, condition.state, condition.due is None) == ("Retention of title", "open", False)
    assert standing_of(at, after).in_force == 17_000
    half_a_year_later(at)
    again = open_review(at, customer.company_key).reference
    assert review_chunk(at, [again], "run").renewed == (again,)


@pytest.mark.parametrize("cells", [{"limit": "90000"}, {"grade": "A"}, {"terms_days": "60"}])
def test_who_has_more_than_the_assessment_gives_goes_to_people_all_the_same(
    house: House,  # noqa: F811
    tmp_path: Path,
    cells: dict[str, str],
) -> None:
    at = by_system(house, tmp_path)
    _, review = reviewed_first(at, tmp_path, **cells)
    assert not stepping.decide_by_machine(at, review)
    assert FROM_BOOK not in case_file(at, review).obstacles


def test_a_chunk_of_reviews_takes_customers_of_the_book_too(house: House, tmp_path: Path) -> None:  # noqa: F811
    brought(house, tmp_path, plain(NUMBER, **SOUND))
    assert isinstance(house.clock, HandClock)
    house.clock.forward(timedelta(days=60))
    due = open_due_reviews(house)
    found = review_chunk(house, due, "run")
    assert (found.renewed, found.exceptions, found.problems) == ((), tuple(due), {})


def test_whoever_asked_for_a_customer_of_the_book_is_who_proposed_it(house: House, tmp_path: Path) -> None:  # noqa: F811
    (customer,) = brought(house, tmp_path, plain(1))
    with pytest.raises(NotAllowed, match="record how its debt went"):
        record(house, customer.company_key, DebtReport("paid", house.today()), house.casebook.people.get("analyst"))
