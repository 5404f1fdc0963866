"""One prepared casebook with a case for everything that can be tried; each try works on a copy of its own."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from admission.application import Application, parse_application
from admission.approval.votes import Ballot, Choice
from admission.cases import Case, Condition, Customer, Decision
from admission.customers.book.records import BookImport, BookRow, BookSums
from admission.customers.bulk.acts import BulkAct, BulkMember, BulkSums
from admission.customers.bulk.selecting import Selection
from admission.customers.orders.asked import OrderAsked
from admission.customers.orders.check import BlockCode, BlockReason, Figures, OrderCheck
from admission.customers.standing.group_limits import GroupLimit
from admission.customers.standing.holds import Hold
from admission.customers.standing.insurance import InsurancePolicy
from admission.customers.standing.limit_changes import LimitChange
from admission.customers.standing.securities import Allotment, Security
from admission.evidence.answers import Query
from admission.evidence.facts import Facts, WatchlistHit
from admission.people import SCOPES
from admission.policy.customer_rules import SecurityKind
from casebook.credentials import Credential
from desk import create_app
from services import policies, rounds
from services.papers import add_manual_evidence
from tests.authorisation.people import PEOPLE
from tests.connectors.test_ofac_sdn_versions import WHOLE as LIST_FILES
from tests.desk.conftest import PASSWORD, Bench, application, both, browser_of
from tests.services.policy_files import policy_file
from wiring import House, Settings

DESK = "http://desk.test"
ENTRY = "90001"
CRITERION = "declared_contradictions"
PICTURE = b"\x89PNG invented"
STATEMENT = "资产负债表\n2025年12月31日,单位：万元\n项目,期末余额\n资产总计,5\n"
A_WHILE = timedelta(days=30)
# What a refused try may leave behind: the refusal itself, signed into the history; and the key of a file that was
# stored before it was refused, which no case names.
NOTES = {"history", "counters", "sqlite_sequence", "answer_keys"}
# What signing in and out, and one's own tokens, besides write.
OWN_ACCESS = {"sessions", "devices", "api_tokens", "sign_in_delays", "sign_in_refusals"}


Rows = dict[str, frozenset[tuple[object, ...]]]
Cell = Literal["yes", "no", "sign in"]


@dataclass
class Prepared:
    """The prepared casebook, and how things in it are called.

    Attributes:
        folder: its data folder; nobody writes there any more.
        requester: who asked for the customers of its cases.
        names: cases and other things by what they are there for.
        sessions: a sign-in of each person.
        tokens: an API token of each person, with all scopes; of the program, for reading.
    """

    folder: Path
    requester: str
    names: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def house_at(folder: Path) -> House:
    """Return the house of a data folder, whose desk has the address of the tries."""
    return House(Settings(data=folder, public_url=DESK, sandbox_url=None))


def contents(folder: Path) -> Rows:
    """Return the rows of every table of a casebook, without what a refused try may leave behind."""
    found = {}
    with sqlite3.connect(folder / "casebook.sqlite") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in NOTES:
                found[name] = frozenset(connection.execute(f'SELECT * FROM "{name}"'))
    connection.close()
    return found


def prepare(folder: Path, *, requester: str = "ada", turned_auditor: Sequence[str] = ()) -> Prepared:
    """Make the casebook of the tries.

    Args:
        folder: where to; made.
        requester: who asks for the customers of all cases.
        turned_auditor: who becomes an auditor once everything is prepared.
    """
    house = house_at(folder)
    house.casebook.create()
    for person in PEOPLE:
        house.casebook.people.add(person, PASSWORD)
    made = Prepared(folder, requester)
    _open_cases(house, made)
    _put_things_aside(house, made)
    for username in turned_auditor:
        house.casebook.people.change(username, roles=("auditor",))
    for person in PEOPLE:
        scopes = SCOPES[:1] if person.service else SCOPES
        token, secret = house.casebook.tokens.issue(person.username, "matrix", A_WHILE, scopes=scopes)
        made.tokens[person.username] = secret
        made.names[f"token of {person.username}"] = str(token.id)
        if not person.service:
            signed_in = house.casebook.sessions.sign_in(person.username, PASSWORD, lifetime=A_WHILE)
            made.sessions[person.username] = signed_in
    house.casebook.close()
    return made


def _open_cases(house: House, made: Prepared) -> None:
    app = create_app(house, deliver=lambda: None)
    bench = Bench(house, browser_of(app))
    numbers = iter(range(1, 100))

    def opened(kind: str, *, requester: str | None = made.requester) -> str:
        number = next(numbers)
        return bench.open_case(_company(number), requester=requester, kind=kind)

    lena = house.casebook.people.get("lena")
    made.names["voting"] = opened("voting")
    made.names["nobody's"] = opened("unattributed", requester=None)
    made.names["asked"] = opened("voting")
    asks = Ballot(choice=Choice.ASK, comment="what of the loan?")
    session = house.casebook.sessions.sign_in("lena", PASSWORD, lifetime=A_WHILE)
    house.casebook.voting.cast(
        made.names["asked"],
        lena,
        bench.sha256(made.names["asked"]),
        asks,
        channel="desk",
        credential=Credential.session(session),
    )
    made.names["listed"] = opened("gathering")
    _list(house, made.names["listed"], "near_name")
    made.names["ruled"] = opened("gathering")
    _list(house, made.names["ruled"], "identifier")
    assert rounds.rule(house, made.names["ruled"], ENTRY, "not_same", "a misprint", lena) is None
    made.names["overridden"] = opened("voting")
    until = house.today() + A_WHILE
    rounds.propose_override(house, made.names["overridden"], CRITERION, "settled", until, lena)
    made.names["brought"] = opened("gathering")
    (look,) = add_manual_evidence(house, made.names["brought"], lena, {"looks": [look_of(house)]}, {"a.png": PICTURE})
    made.names["evidence"] = look.id
    made.names["open"] = opened("gathering")
    made.names["decided"] = opened("gathering")
    _decide(house, made.names["decided"])
    made.names["customer of"] = opened("gathering")
    _decide(house, made.names["customer of"], _customer)
    _put_on_file(house, made)
    made.names["sha256"] = bench.sha256(made.names["voting"])


def _company(number: int) -> Application:
    return application(f"Harbour Lane Tools {number} Ltd", f"098765{number:02}")


def _list(house: House, reference: str, basis: str) -> None:
    hit = WatchlistHit.model_validate(
        {
            "source": "ofac_sdn",
            "list_name": "OFAC SDN",
            "entry": ENTRY,
            "listed_name": "HARBOR LANE TOOLS",
            "matched_name": "HARBOR LANE TOOLS",
            "basis": basis,
            "score": Decimal("0.95"),
            "content": "aa" * 32,
        }
    )
    house.casebook.work.save_facts(reference, 1, Facts(hits=(hit,)))


# Of the customer.
GROUP = "Northgroup"


def _customer(case: Case) -> Customer:
    """Return a customer all of whose limit needs security."""
    return Customer(
        company_key=case.company_key,
        legal_name=case.application.legal_name,
        country=case.application.country,
        application=case.application.model_copy(update={"group": GROUP}),
        grade="B",
        limit=Decimal(1000),
        limit_in_force=Decimal(0),
        open_limit=Decimal(0),
        currency="GBP",
        terms_days=30,
        admitted_by=case.reference,
        last_case=case.reference,
        admitted_on=date(2026, 11, 1),
        next_review_on=date(2099, 1, 1),
    )


def _put_on_file(house: House, made: Prepared) -> None:
    """Put on a customer's file what others confirm, release and revoke; Lena does, who is no column."""
    reference = made.names["customer of"]
    made.names["customer"] = key = house.casebook.cases.get(reference).company_key
    today, book = house.today(), house.casebook
    paper = Security(
        id="",
        kind=SecurityKind.BANK_GUARANTEE,
        giver="Example Bank",
        document="LG 17",
        amount=Decimal(1000),
        currency="GBP",
        allotted=(Allotment(company_key=key, amount=Decimal(1000)),),
        valid_from=today,
        recorded_by="lena",
    )
    made.names["security"] = book.securities.add(paper, [reference]).id
    hold = Hold(id="", company_key=key, reason="late", placed_by="lena", placed_on=today, until=today + A_WHILE)
    made.names["hold"] = book.customer_files.place_hold(hold, reference).id
    for kind, amount in (("cut", 900), ("raise", 1100)):
        change = LimitChange(
            id="",
            company_key=key,
            kind=kind,
            amount=Decimal(amount),
            currency="GBP",
            granted=Decimal(1000),
            reason="season",
            asked_by="lena",
            valid_from=today,
            valid_until=today + A_WHILE,
        )
        made.names[kind] = book.limit_changes.add(change, reference).id
    together = GroupLimit(
        id="", group=GROUP, amount=Decimal(5000), currency="GBP", reason="one risk", asked_by="lena", valid_from=today
    )
    made.names["group_limit"] = book.group_limits.propose(together).id
    contract = InsurancePolicy(
        number="P-1",
        insurer="Example Insurer",
        insured_share=Decimal("0.9"),
        currency="GBP",
        longest_terms_days=90,
        reporting_days=60,
        valid_from=today,
        valid_until=today + A_WHILE,
    )
    book.customer_files.put_insurance(contract, "lena")
    order = OrderAsked(order="SO-1", amount=Decimal(5000), currency="GBP", deliver_on=today)
    made.names["block"] = str(book.orders.check(key, order, "lena", lambda _: _not_covered(order, today)).block)
    made.names["insurance"] = contract.number
    made.names["undone"] = _act_on_many(house, key, reference, "cut")
    book.bulk_acts.carry(made.names["undone"], "otis", 10, today)
    made.names["bulk"] = _act_on_many(house, key, reference, "hold")


def _act_on_many(house: House, key: str, reference: str, kind: Literal["hold", "cut"]) -> str:
    """Let Lena propose an act on the customer; return its name."""
    act = BulkAct(
        kind=kind,
        selection=Selection(countries=("GB",)),
        share=Decimal("0.8") if kind == "cut" else None,
        reason="sanctions",
        sums=BulkSums(currency="USD", customers=1),
        proposed_by="lena",
        proposed_on=house.today(),
    )
    amounts = {"limit": None, "in_force": None, "after": None, "exposure": None}
    member = BulkMember(place=1, company_key=key, legal_name="A customer", case=reference, **amounts)
    return house.casebook.bulk_acts.propose(act, [member]).id


def _not_covered(order: OrderAsked, today: date) -> OrderCheck:
    figures = Figures(currency="GBP", in_force=Decimal(0), balance=None, orders=None, taken=None, this=order.amount)
    reason = BlockReason(code=BlockCode.UNKNOWN, text=both("no ledger is loaded", "尚未载入台账"))
    return OrderCheck(asked=order, as_of=today, figures=figures, reasons=(reason,), ledger="", ledger_as_of=None)


def _decide(house: House, reference: str, customer: Callable[[Case], Customer] | None = None) -> None:
    """Let the system admit a company; the decision is drawn for a spot check."""
    decision = Decision(
        outcome="admitted",
        decided_by="fast_track",
        assessment="ab" * 32,
        limit=Decimal(1000),
        currency="GBP",
        terms_days=30,
        reason=both("all is well", "全部通过"),
        decided_at=house.clock(),
    )
    book = house.casebook.cases
    book.decide(reference, decision, actor="system", round_number=1, sample=Decimal(1))
    admitted = None if customer is None else customer(book.get(reference))
    conditions = [Condition(id="c1", text="contract signed", proposed_by="lena")]
    book.conclude(reference, customer=admitted, conditions=conditions if admitted else [], notices=[])


def look_of(house: House) -> dict[str, object]:
    """Return a look at an official site, an hour ago, with a picture."""
    return {
        "topic": "dishonest_debtor",
        "site": "中国执行信息公开网",
        "searched_by": "name",
        "query": "Harbour Lane Tools",
        "looked_at": (house.clock() - timedelta(hours=1)).isoformat(),
        "link": "https://zxgk.court.gov.cn/shixin/",
        "no_record": True,
        "file": "a.png",
    }


def _put_things_aside(house: House, made: Prepared) -> None:
    """Put there what commands work on: files, a proposal, a call in doubt, a message that was given up."""
    files = made.folder / "files"
    files.mkdir()
    otis = house.casebook.people.get("otis")
    proposal = policies.propose(house, policy_file(files, "2026.2", "2026-01-01"), otis)
    # One whose day is past: it may be stopped, and another one started in its place.
    house.casebook.shadows.start(proposal.id, house.today() - timedelta(days=1), "otis", house.today())
    policy_file(files, "2026.3", "2026-01-01")
    query = Query(source="creditsafe", kind="report", params={"id": "1"})
    made.names["call"] = house.casebook.evidence.book_call(made.names["open"], query, Decimal("12.50"), "EUR")
    number = house.casebook.outbox.put("notice", None, {"to": "x", "text": "y"})
    for _ in range(12):
        house.casebook.outbox.failed(number, "no answer")
    made.names["message"] = str(number)
    for _ in range(50):
        for message in house.casebook.outbox.claim():
            house.casebook.outbox.delivered(message.id)
    _write_files(house, files, made)


def _write_files(house: House, files: Path, made: Prepared) -> None:
    def asked(reference: str | None, limit: str) -> None:
        known = application() if reference is None else house.casebook.cases.get(reference).application
        document = known.model_dump(mode="json", exclude_none=True)
        document["requested"]["limit"] = limit
        name = "new" if reference is None else reference
        (files / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")

    asked(None, "200000")
    asked(made.names["open"], "5000")
    asked(made.names["nobody's"], "5000")
    (files / "looks.json").write_text(json.dumps({"looks": [look_of(house)]}), encoding="utf-8")
    (files / "a.png").write_bytes(PICTURE)
    (files / "statement.csv").write_text(STATEMENT, encoding="utf-8")
    (files / "paper.csv").write_text("企业名称\n云杉岭示例贸易有限公司\n", encoding="utf-8")
    ledger = "customer,number,kind,amount,currency,issued,due\n10023,1,invoice,5,GBP,2026-01-05,2026-02-05\n"
    (files / "ledger.csv").write_text(ledger, encoding="utf-8")
    made.names["book"] = _propose_book(house, files)
    (files / "list").mkdir()
    for name, body in LIST_FILES.items():
        (files / "list" / name).write_bytes(body)


def _propose_book(house: House, files: Path) -> str:
    """Write a book, and let Lena propose another one; she is no column. Return the name of hers."""
    header = "legal_name,country,grade,limit,currency,terms_days,last_review"
    (files / "book.csv").write_text(f"{header}\nOld Friend Ltd,GB,B,500,USD,10,2026-05-01\n", encoding="utf-8")
    named = {"legal_name": "Other Friend Ltd", "country": "GB"}
    asked = {"limit": "500", "currency": "USD", "terms_days": 10}
    row = BookRow(
        application=parse_application({**named, "requested": asked}),
        grade="B",
        last_review_on=date(2026, 5, 1),
        next_review_on=date(2026, 11, 1),
    )
    about = BookImport(
        file_name="old.csv",
        file_sha256="0" * 64,
        policy="default",
        sums=BookSums(customers=1),
        proposed_by="lena",
    )
    return house.casebook.books.propose(about, [(1, row)]).id


class Trials:
    """Copies of a prepared casebook, one after the other: each serves until a try has changed something in it.

    Args:
        prepared: what is copied.
        folder: where copies are made; it must exist.
    """

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self.prepared = prepared
        self._folder = folder
        self._number = 0
        self._copy: Path | None = None
        self._contents: Rows = {}

    @property
    def copy(self) -> Path:
        """The data folder of the next try: as it was prepared, but for refusals in its history."""
        if self._copy is None:
            self._number += 1
            self._copy = self._folder / f"try-{self._number}"
            shutil.copytree(self.prepared.folder, self._copy)
            self._contents = contents(self._copy)
        return self._copy

    def changed(self) -> frozenset[str]:
        """Return the tables that the last try has changed, beside the history; a changed copy is not used again."""
        after = contents(self.copy)
        found = frozenset(name for name in after if self._contents.get(name) != after[name])
        if found:
            shutil.rmtree(self.copy)
            self._copy = None
        return found


class Outcome(NamedTuple):
    """How a try was taken.

    Attributes:
        cell: whether the person was let through.
        changed: the tables in which something is otherwise afterwards.
    """

    cell: Cell
    changed: frozenset[str]
