"""The figures of a customer's ledger on its day, in one currency. What is unknown is None, and its reason is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from pydantic import Field

from admission.customers.ledger.counted import Counted, Window
from admission.customers.ledger.owed import DIGITS
from admission.customers.ledger.paying import (
    find_bounced,
    find_broken_promises,
    find_lateness,
    find_means,
    find_returned,
)
from admission.customers.ledger.receivables import (
    Ageing,
    find_ageing,
    find_disputed,
    find_highest_exposure,
    find_overdue,
    find_overdue_days,
    find_overdue_documents,
    find_overdue_share,
    find_unallocated,
)
from admission.customers.ledger.records import CustomerLedger, Means
from admission.customers.ledger.trading import (
    HALF_YEAR,
    find_last_trade,
    find_open_orders,
    find_relation_months,
    find_sales_outstanding,
    find_sales_trend,
)
from admission.model import Record, Text
from admission.money import Currency, Exchange
from admission.policy.order_rules import OrderStage

YEAR_MONTHS = 12


class LedgerFigures(Record):
    """What a customer's ledger tells on its day. Amounts are in `currency`, shares are ratios, not percent.

    A figure that is not known is None, and `unknown` says why; zero is always known to be zero. Figures of 12 months
    are known only where the ledger is complete for them.

    Attributes:
        balance: all that is open; negative where credits exceed invoices. `ageing.total` and `unallocated_credits` sum
            to it exactly.
        ageing: what is open of invoices and returned payments, by days overdue; contested amounts too.
        unallocated_credits: open payments and credit notes, zero or negative.
        disputed: the contested part of what is open.
        overdue: what is open beyond its due day and not contested.
        overdue_share: of all that is open of invoices and returned payments.
        own_overdue_days: days by which the oldest overdue document is late; what is contested is not late.
        overdue_documents: how many documents are overdue now.
        average_days_late: of invoices settled in 12 months, weighted by amount; early payment counts as 0.
        days_beyond_terms: the same with early payment below 0.
        late_payments_12m: invoices settled after their due day in 12 months.
        late_invoice_share: of invoices settled in 12 months or overdue now, those that were late or are.
        dso, dso_count_back, dso_best_possible: days of sales outstanding, see `SalesOutstanding`.
        highest_exposure_12m: the highest balance at the end of a day of 12 months, at least 0.
        broken_promises_12m: promises to pay that were not kept, by the promised day.
        returned_payments_12m: payments that were returned in 12 months.
        bounced_payment_12m: whether there was one.
        means, means_before: by what most was paid in the last six months, and in the six before.
        relation_months: whole months since the first document or order: at least so many.
        sales_trend: net sales of the last six months / those of the six before - 1.
        dormant_since: day of the last invoice or order.
        open_orders: what is ordered and not invoiced, by stage; a stage without orders is left out.
        not_counted: documents, promises and orders of a day after that of the ledger, which count in no figure.
        missing_rates: currencies in the ledger without a rate into `currency`.
        unknown: why a figure is None, by its name.
    """

    customer: str
    as_of: date
    currency: Currency
    balance: Decimal | None = None
    ageing: Ageing | None = None
    unallocated_credits: Decimal | None = None
    disputed: Decimal | None = None
    overdue: Decimal | None = None
    overdue_share: Decimal | None = None
    own_overdue_days: int | None = None
    overdue_documents: int | None = None
    average_days_late: Decimal | None = None
    days_beyond_terms: Decimal | None = None
    late_payments_12m: int | None = None
    late_invoice_share: Decimal | None = None
    dso: Decimal | None = None
    dso_count_back: Decimal | None = None
    dso_best_possible: Decimal | None = None
    highest_exposure_12m: Decimal | None = None
    broken_promises_12m: int | None = None
    returned_payments_12m: int | None = None
    bounced_payment_12m: bool | None = None
    means: Means | None = None
    means_before: Means | None = None
    relation_months: int | None = None
    sales_trend: Decimal | None = None
    dormant_since: date | None = None
    open_orders: dict[OrderStage, Decimal] | None = None
    not_counted: int = 0
    missing_rates: tuple[str, ...] = ()
    unknown: dict[str, Text] = Field(default_factory=dict)

    @property
    def means_changed(self) -> bool | None:
        """True where the customer now mostly pays by something else, such as bills; None where that is not known."""
        return None if self.means is None or self.means_before is None else self.means != self.means_before


FIGURES: tuple[str, ...] = tuple(
    name
    for name in LedgerFigures.model_fields
    if name not in ("customer", "as_of", "currency", "not_counted", "missing_rates", "unknown")
)
"""The names of all figures, in order."""


def reckon_ledger(ledger: CustomerLedger, exchange: Exchange) -> LedgerFigures:
    """Derive all figures from what the ledger has on one customer.

    Args:
        ledger: of the customer; figures are as of its day.
        exchange: the currency of the figures (that of the house), and the rates by which amounts of others count.
    """
    with localcontext() as context:
        context.prec = DIGITS
        counted = Counted(ledger, exchange)
        found = _find(counted)
    known = {name: value for name, value in found.items() if not isinstance(value, Text)}
    about = {
        "customer": ledger.customer,
        "as_of": ledger.as_of,
        "currency": exchange.house_currency,
        "not_counted": counted.later,
        "missing_rates": counted.missing_rates(),
        "unknown": {name: why for name, why in found.items() if isinstance(why, Text)},
    }
    return LedgerFigures.model_validate({**known, **about})


def unknown_figures(customer: str, as_of: date, currency: str, why: Text) -> LedgerFigures:
    """Return the figures of a customer of whom the ledger tells nothing: each is unknown, for one reason."""
    return LedgerFigures(customer=customer, as_of=as_of, currency=currency, unknown=dict.fromkeys(FIGURES, why))


def _find(counted: Counted) -> dict[str, object]:
    """Return each figure by its name, or why it is not known."""
    year, half = counted.last(YEAR_MONTHS), counted.last(HALF_YEAR)
    ageing, unallocated, overdue = find_ageing(counted), find_unallocated(counted), find_overdue(counted)
    balance = _balance(ageing, unallocated)
    lateness = find_lateness(counted, year)
    outstanding = find_sales_outstanding(counted, balance, ageing)
    return {
        "balance": balance,
        "ageing": ageing,
        "unallocated_credits": unallocated,
        "disputed": find_disputed(counted),
        "overdue": overdue,
        "overdue_share": find_overdue_share(ageing, overdue),
        "own_overdue_days": find_overdue_days(counted),
        "overdue_documents": find_overdue_documents(counted),
        "average_days_late": lateness.average_days_late,
        "days_beyond_terms": lateness.days_beyond_terms,
        "late_payments_12m": lateness.late_payments,
        "late_invoice_share": lateness.late_share,
        "dso": outstanding.simple,
        "dso_count_back": outstanding.count_back,
        "dso_best_possible": outstanding.best_possible,
        "highest_exposure_12m": find_highest_exposure(counted, year),
        "broken_promises_12m": find_broken_promises(counted, year),
        "returned_payments_12m": find_returned(counted, year),
        "bounced_payment_12m": find_bounced(counted, year),
        "means": find_means(counted, half),
        "means_before": find_means(counted, Window(year.after, half.after)),
        "relation_months": find_relation_months(counted),
        "sales_trend": find_sales_trend(counted),
        "dormant_since": find_last_trade(counted),
        "open_orders": find_open_orders(counted),
    }


def _balance(ageing: Ageing | Text, unallocated: Decimal | Text) -> Decimal | Text:
    if isinstance(ageing, Text):
        return ageing
    return unallocated if isinstance(unallocated, Text) else ageing.total + unallocated
