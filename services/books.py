"""The customers that the house had before: proposed from a file, confirmed by a second person, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.cases import Customer
from admission.customers.book.checks import Objection, objections, review_day, sums_of
from admission.customers.book.records import PROPOSAL_DAYS, BookImport, BookRow, BookSums
from admission.customers.standing.in_force import OnFile, standing
from admission.customers.standing.securities import Security
from admission.errors import BadInput, Problem
from admission.free_text import check_plain
from admission.lengths import characters_between
from admission.model import Text, digest
from admission.people import Person
from admission.policy import Policy
from casebook.admitting import Known, Waiting
from intake.book_files import BookFile
from intake.refused_rows import MEND_ROWS, RefusedRow
from services.customer_standing import rules_of_today
from services.mandates import check_mandate, refusal_kept
from wiring.house import House

# Customers of one transaction: others wait for a few seconds.
AT_ONCE = 1000
LONGEST_REASON = 300
_CANNOT_IMPORT = Text(en="The book cannot be imported.", zh="无法导入存量客户。")
_CANNOT_CONFIRM = Text(en="The book cannot be confirmed as it is.", zh="该导入目前无法复核通过。")
_PROPOSE_ANEW = Text(en="refuse it, and propose it anew without these rows", zh="请退回该导入，去掉这些行后重新提出")


class BookPreview(NamedTuple):
    """What a file would bring in.

    Attributes:
        rows: the customers, with the days of their next reviews.
        refused: the rows that would be refused.
        sums: what the customers come to.
    """

    rows: tuple[tuple[int, BookRow], ...]
    refused: tuple[RefusedRow, ...]
    sums: BookSums


def preview_book(house: House, file: BookFile) -> BookPreview:
    """Read a book and hold it against the policy in force and the casebook; nothing is stored.

    Raises:
        BadInput: the file cannot be read.
    """
    policy = house.policy_in_force()
    read = file.read()
    against = list(_objections(house, policy, [one.row for one in read.good]))
    refused = [file.objected(one, told) for one, told in zip(read.good, against, strict=True) if told]
    rows = tuple(
        (one.number, one.row.model_copy(update={"next_review_on": review_day(one.row, policy)}))
        for one, told in zip(read.good, against, strict=True)
        if not told
    )
    bad = tuple(sorted((*read.refused, *refused), key=lambda row: row.number))
    return BookPreview(rows, bad, sums_of((row for _, row in rows), policy, house.today()))


def propose_book(
    house: House, file: BookFile, person: Person, refused: Callable[[RefusedRow], None], *, leave_out_bad: bool = False
) -> BookImport:
    """Propose the customers of a file. None of them is a customer until a second person confirms it.

    Args:
        house: the house.
        file: of which the rows are read here.
        person: who proposes.
        refused: takes each bad row, whether or not the others are proposed.
        leave_out_bad: True to propose the good rows without the bad ones.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: a file without customers, or with bad rows that are not left out.
    """
    check_mandate(house, Act.IMPORT_BOOK, person)
    with file.path.open("rb") as whole:
        sha256 = hashlib.file_digest(whole, "sha256").hexdigest()
    found = preview_book(house, file)
    for row in found.refused:
        refused(row)
    name, count = file.path.name, len(found.refused)
    if count and not leave_out_bad:
        en = f"{name} has {count:,} bad rows; nothing was imported."
        raise BadInput(Text(en=en, zh=f"{name} 有 {count:,} 行有误；未导入任何内容。"), remedy=MEND_ROWS)
    if not found.rows:
        expected = Text(en="at least one customer", zh="至少一个客户")
        raise BadInput(_CANNOT_IMPORT, problems=[Problem("file", name, expected)])
    policy = house.policy_in_force()
    about = BookImport(
        file_name=name,
        file_sha256=sha256,
        policy=f"{policy.name} {policy.version}",
        sums=found.sums,
        refused=count,
        proposed_by=person.username,
    )
    return house.casebook.books.propose(about, found.rows)


def confirm_book(house: House, name: str, person: Person, tell: Callable[[Text], None]) -> BookImport:
    """Confirm a book as the second person, or carry on a confirmation that broke off: its companies become customers.

    Args:
        house: the house.
        name: of the import, such as `B1`.
        person: who confirms.
        tell: is told how far it is.

    Raises:
        NotFound: there is no such import.
        NotAllowed: the person has no mandate for it, or proposed the book.
        BadInput: a customer of it fits the policy no more, or has become known here meanwhile.
        Conflict: it is settled already.
    """
    check_mandate(house, Act.CONFIRM_BOOK, person)
    _check_confirmable(house, house.casebook.books.waiting(name))
    with refusal_kept(house, "book.confirmation_refused", person, {"book": name}):
        book = house.casebook.books.admit(name, person.username, AT_ONCE, _in_force(house))
    while book.state == "confirming":
        admitted, all_of = f"{book.admitted:,}", f"{book.sums.customers:,}"
        tell(Text(en=f"{admitted} of {all_of} customers", zh=f"客户 {admitted}/{all_of}"))
        book = house.casebook.books.admit(name, person.username, AT_ONCE, _in_force(house))
    return book


def refuse_book(house: House, name: str, because: str, person: Person) -> BookImport:
    """Refuse a book, or what is left of one; whoever proposed it may take it back.

    Args:
        house: the house.
        name: of the import, such as `B1`.
        because: why; without names of persons, for it is kept.
        person: who refuses it.

    Raises:
        NotFound: there is no such import.
        NotAllowed: the person neither has a mandate for it nor proposed the book.
        BadInput: no reason, or one that is too long.
        Conflict: it is settled already.
    """
    cannot = Text(en="The book cannot be refused.", zh="无法退回该导入。")
    check_plain(cannot, {"because": because})
    if not because.strip() or len(because) > LONGEST_REASON:
        raise BadInput(cannot, problems=[Problem("because", because[:40], characters_between(1, LONGEST_REASON))])
    if house.casebook.books.get(name).proposed_by != person.username:
        check_mandate(house, Act.CONFIRM_BOOK, person)
    return house.casebook.books.refuse(name, person.username, because.strip())


def expire_books(house: House) -> int:
    """Drop the books that nobody settled in time; return how many."""
    return house.casebook.books.expire(house.clock() - timedelta(days=PROPOSAL_DAYS))


def _check_confirmable(house: House, waiting: Sequence[Waiting]) -> None:
    against = _objections(house, house.policy_in_force(), [one.row for one in waiting])
    problems = [
        Problem(told.column, told.value, told.expected, one.number)
        for one, found in zip(waiting, against, strict=True)
        for told in found
    ]
    if problems:
        raise BadInput(_CANNOT_CONFIRM, problems=problems, remedy=_PROPOSE_ANEW)


def _objections(house: House, policy: Policy, rows: Sequence[BookRow]) -> Iterator[list[Objection]]:
    """Yield what keeps each row from coming in: by the policy, and by what the casebook has already."""
    known = house.casebook.books.known(rows)
    exchange = rules_of_today(house)[1]
    for row in rows:
        yield [*objections(row, policy, exchange), *_known_otherwise(row, known)]


def _known_otherwise(row: BookRow, known: Known) -> Iterator[Objection]:
    name = row.application.legal_name
    reference, is_open = known.cases.get(row.company_key, ("", False))
    if is_open:
        expected = Text(
            en=f"a company without an open case; {reference} is open", zh=f"没有未办结申请单的企业；{reference} 未办结"
        )
        yield Objection("legal_name", name, expected)
    elif reference:
        expected = Text(
            en=f"a company that was not judged here yet; {reference} decided on it",
            zh=f"本系统尚未审批过的企业；该企业已有 {reference}",
        )
        yield Objection("legal_name", name, expected)
    if row.security is not None and (number := known.papers.get(digest(row.security.paper))) is not None:
        expected = Text(
            en=f"a paper that is not on file yet; it is {number}", zh=f"尚未登记的担保文件；已登记为 {number}"
        )
        yield Objection("security_document", row.security.document, expected)
    other = known.accounts.get(row.account)
    if other not in (None, row.company_key):
        expected = Text(en="a customer number that is nobody else's", zh="未对应其他企业的客户编号")
        yield Objection("account", row.account, expected)


def _in_force(house: House) -> Callable[[Customer, Security | None], Decimal]:
    rules = rules_of_today(house)

    def in_force(customer: Customer, security: Security | None) -> Decimal:
        held = () if security is None else (security,)
        return standing(OnFile(customer, customer.open_limit or Decimal(0), securities=held), *rules).in_force

    return in_force
