"""The demo's customers of before: their book and ledger, an order that is blocked and released, a condition met."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from admission.cases import Customer
from admission.customers.orders.asked import OrderAsked
from admission.customers.orders.blocks import Settled
from admission.errors import GatehouseError
from admission.memo.order_documents import block_line, order_line
from admission.model import Text
from admission.people import Person
from casebook.customer_files import Settling
from casebook.orders import Checked
from cli.output import progress
from intake.book_files import BookFile
from intake.ledger_files import LedgerFile
from sandbox import customers
from services.books import confirm_book, propose_book
from services.customer_files import settle_condition
from services.customer_standing import standing_of
from services.ledgers import LedgerDay, load_ledger
from services.limit_changes import NewLimit, change_limit, confirm_raise
from services.orders import check_order, release_order
from wiring import House

# Whose limit is raised for a time.
RAISED = 7
PROGRAM = Person(username="erp", name="Order entry", department="credit", service=True)


def bring_in(house: House) -> None:
    """Bring in the book, proposed by one person and confirmed by another, and load the ledger."""
    today, people = house.today(), house.casebook.people
    book, ledger = house.settings.folder / "book.csv", house.settings.folder / "ledger.csv"
    book.write_text(customers.book_csv(today), encoding="utf-8")
    ledger.write_text(customers.ledger_csv(today), encoding="utf-8")
    made = propose_book(house, BookFile(book), people.get("analyst"), _none_refused)
    confirm_book(house, made.id, people.get("manager"), progress)
    day = LedgerDay(today, today - timedelta(days=365))
    loaded = load_ledger(house, LedgerFile(ledger), day, people.get("credit"), _none_refused)
    progress(
        Text(
            en=f"book {made.id} of {customers.CUSTOMERS} customers, ledger {loaded.id} of {loaded.entries} documents",
            zh=f"导入 {made.id}：{customers.CUSTOMERS} 个存量客户；台账 {loaded.id}：{loaded.entries} 张单据",
        )
    )


def let_orders_through(house: House, password: str) -> list[Checked]:
    """Check an order that fits, one above the limit that the manager then releases, and one of who pays late.

    Returns:
        What came of each; the last one waits at the desk.
    """
    house.casebook.people.add(PROGRAM, password)
    fits = _order(house, 1, "SO-1001", Decimal(100))
    full = _order(house, customers.FULL, "SO-1002", Decimal(customers.limit_of(customers.FULL)) / 4)
    if full.block is not None:
        asked = full.check.asked
        settled = Settled(
            because="paid by bank transfer today",
            ceiling=asked.amount,
            currency=asked.currency,
            until=asked.deliver_on,
        )
        progress(block_line(release_order(house, full.block, settled, house.casebook.people.get("manager"))))
        full = _order(house, customers.FULL, "SO-1002", asked.amount)
    return [fits, full, _order(house, customers.LATE, "SO-1003", Decimal(50))]


def orders_as_expected(checked: list[Checked]) -> bool:
    """True where one order was free, one released, and one is blocked for lateness alone."""
    fits, full, late = (item.check for item in checked)
    released = full.result == "free" and full.release is not None
    return fits.result == "free" and released and late.codes == ("oldest_overdue",)


def raise_for_a_time(house: House) -> bool:
    """Raise a limit for two weeks, with two people; tell whether it will return to what was granted by itself."""
    people = house.casebook.people
    customer = _customer(house, RAISED)
    until = house.today() + timedelta(days=14)
    new = NewLimit(customer.limit * Decimal("1.2"), "harvest season", valid_until=until)
    proposed = change_limit(house, customer.company_key, new, people.get("credit"))
    confirm_raise(house, proposed.id, people.get("manager"))
    stands = standing_of(house, customer)
    progress(
        Text(
            en=f"{customer.legal_name}: {stands.why.en} Until {stands.until}, then {stands.then}.",
            zh=f"{customer.legal_name}：{stands.why.zh}至 {stands.until}，此后为 {stands.then}。",
        )
    )
    return (stands.in_force, stands.until, stands.then) == (new.amount, until, customer.limit)


def meet_a_condition(house: House, references: list[str]) -> bool:
    """Let the legal department find one condition of a story met; tell whether one was open."""
    legal = house.casebook.people.get("legal")
    for reference in references:
        case = house.casebook.cases.get(reference)
        for condition in house.casebook.cases.conditions(reference):
            if condition.state == "open" and condition.proposed_by != legal.username:
                settling = Settling("met", "clause 9 of the signed contract")
                settle_condition(house, case.company_key, condition.id, settling, legal)
                progress(Text(en=f"met: {condition.text}", zh=f"已落实：{condition.text}"))
                return True
    return False


def _order(house: House, number: int, order: str, amount: Decimal) -> Checked:
    asked = OrderAsked(order=order, amount=amount, currency="GBP", deliver_on=house.today() + timedelta(days=10))
    checked = check_order(house, _customer(house, number).company_key, asked, PROGRAM)
    progress(order_line(checked.check, checked.block))
    return checked


def _customer(house: House, number: int) -> Customer:
    name = customers.name_of(number)
    return next(one for one in house.casebook.customers.page(text=name) if one.legal_name == name)


def _none_refused(row: object) -> None:
    raise GatehouseError(
        Text(en="A row of the demo's own files cannot be read.", zh="演示文件中有无法读取的行。"),
        context={"row": str(row)[:300]},
    )
