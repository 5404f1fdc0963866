"""The house's own customer ledger: loaded from a file, and what it tells of a company."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from admission.approval.mandates import Act
from admission.customers.ledger.accounts import NOT_WHOLE
from admission.customers.ledger.figures import LedgerFigures, unknown_figures
from admission.customers.ledger.imports import LedgerImport
from admission.customers.ledger.records import Key
from admission.errors import BadInput, Problem
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person
from casebook.ledgers import Loaded
from intake.ledger_files import LedgerFile
from intake.refused_rows import MEND_ROWS, RefusedRow
from services.mandates import check_mandate
from wiring.house import House

NO_ACCOUNT = Text(en="the ledger has no account of this company", zh="台账中没有该企业的账户")
_CANNOT = Text(en="The ledger cannot be loaded.", zh="台账无法载入。")
_NUMBER: TypeAdapter[str] = TypeAdapter(Key)


class LedgerDay(NamedTuple):
    """Of which time a ledger speaks.

    Attributes:
        as_of: the day of the export.
        complete_since: from when on every document is in it, settled ones too; None where open documents alone are.
    """

    as_of: date
    complete_since: date | None


def load_ledger(
    house: House,
    file: LedgerFile,
    day: LedgerDay,
    person: Person,
    refused: Callable[[RefusedRow], None],
    *,
    leave_out_bad: bool = False,
) -> LedgerImport:
    """Load the house's ledger; it is the one that counts from then on.

    Args:
        house: the house.
        file: of which the rows are read here.
        day: of which time it speaks.
        person: who loads it.
        refused: takes each bad row, whether or not the others are loaded.
        leave_out_bad: True to load the good rows without the bad ones. Of a customer of whom one is left out, all
            figures are unknown then.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: a day that cannot be, a file without entries, or with bad rows that are not left out; or one that
            names no customer: it may be anybody's, so that no ledger of any customer would be whole.
        Conflict: a ledger as of a later day is loaded.
    """
    check_mandate(house, Act.LOAD_LEDGER, person)
    _check_day(day, house.today())
    with file.path.open("rb") as whole:
        sha256 = hashlib.file_digest(whole, "sha256").hexdigest()
    customers: set[str] = set()
    nobodys: list[Problem] = []

    def note(row: RefusedRow) -> None:
        refused(row)
        try:
            customers.add(_NUMBER.validate_python(row.customer))
        except ValidationError:
            expected = Text(en="a row that says whose it is", zh="须注明客户编号")
            nobodys.append(Problem(file.mapping.columns.get("customer", "customer"), "", expected, row.number))

    def told() -> Loaded:
        tally = file.tally
        if tally.refused and not leave_out_bad:
            raise BadInput(_bad_rows(file.path.name, tally.refused), remedy=MEND_ROWS)
        if nobodys:
            raise BadInput(_CANNOT, problems=nobodys, remedy=Text(en="mend these rows", zh="请更正这些行"))
        if not tally.good:
            raise BadInput(Text(en=f"{file.path.name} has no entries.", zh=f"{file.path.name} 没有任何台账记录。"))
        about = LedgerImport(
            as_of=day.as_of,
            file_name=file.path.name,
            file_sha256=sha256,
            coverage=file.coverage(day.complete_since),
            entries=tally.good,
            kinds=dict(tally.kinds),
            customers=tally.customers,
            balances=tally.balances,
            refused=tally.refused,
            refused_customers=len(customers),
            loaded_by=person.username,
        )
        return Loaded(about, customers)

    return house.casebook.ledgers.load(file.entries(note), told)


def set_accounts(house: House, companies: Mapping[str, str], person: Person) -> None:
    """Say which company a customer number of the ledger is.

    Args:
        house: the house.
        companies: by customer number, the company key; an empty one takes it back.
        person: who says so.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: a number that no ledger can have, or a key that no company has.
    """
    check_mandate(house, Act.LOAD_LEDGER, person)
    cannot = Text(en="The customer numbers cannot be assigned.", zh="无法设置客户编号对应的企业。")
    check_plain(cannot, companies)
    problems = []
    for number, key in companies.items():
        try:
            _NUMBER.validate_python(number)
        except ValidationError:
            expected = Text(en="a customer number of 1 to 80 characters", zh="1 至 80 个字符的客户编号")
            problems.append(Problem("number", number[:40], expected))
        if key and ":" not in key:
            expected = Text(en="a company key, such as uk:00000001", zh="企业键，如 uk:00000001")
            problems.append(Problem(number[:40], key[:60], expected))
    if problems:
        raise BadInput(cannot, problems=problems)
    house.casebook.ledgers.set_accounts(companies, person.username)


def figures_of(house: House, company_key: str) -> LedgerFigures | None:
    """Return what the house's ledger tells of a company, in the currency of the house; None where none was loaded.

    Figures are as of the day of the ledger, at the rates of that day. Where the ledger has no account of the company,
    or rows of it were left out, all are unknown, with the reason.
    """
    found = house.own_account(company_key)
    if found is None:
        return None
    if found.figures is not None:
        return found.figures
    why = NOT_WHOLE if found.accounts else NO_ACCOUNT
    return unknown_figures(company_key[:80], found.as_of, house.policy_in_force().house_currency, why)


def _check_day(day: LedgerDay, today: date) -> None:
    problems = []
    if day.as_of > today:
        problems.append(Problem("on", str(day.as_of), Text(en=f"a day up to {today}", zh=f"不晚于 {today} 的日期")))
    if day.complete_since is not None and day.complete_since > day.as_of:
        expected = Text(en="a day that is not after that of the ledger", zh="不晚于台账截止日的日期")
        problems.append(Problem("complete-since", str(day.complete_since), expected))
    if problems:
        raise BadInput(_CANNOT, problems=problems)


def _bad_rows(name: str, count: int) -> Text:
    return Text(
        en=f"{name} has {count:,} bad rows; nothing was loaded.", zh=f"{name} 有 {count:,} 行有误；未载入任何内容。"
    )
