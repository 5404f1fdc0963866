"""The register's filing history."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Parsed
from admission.evidence.facts import AnyFact, EventKind, Filing, FilingEvent, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT
from connectors.uk_companies_house import words
from connectors.uk_companies_house.lists import PEOPLES_PAGE, SOURCE, Asked, counts_of, page, refuse_doubles

# What may tell of distress, and can only be told by its description where the form does not say it.
_TELLING = frozenset({"dissolution", "gazette"})


class _Row(NamedTuple):
    """One filing, of which the house keeps some.

    Attributes:
        nameless: True where nothing says what the filing is, and it may be one that tells of distress.
    """

    reference: str
    filed_on: date
    filing: Filing | None
    nameless: bool


def read_filing_history(asked: Asked, document: Fields) -> Parsed:
    """Read one page of the filings.

    Raises:
        CouldNotAsk: the register does not keep them for such companies.
    """
    served = document.need_text("filing_history_status")
    if not served.startswith("filing-history-available"):
        raise CouldNotAsk(
            Text(
                en="Companies House does not serve the filing history of such companies.",
                zh="英国公司注册处不提供此类公司的备案历史。",
            ),
            context={"source": SOURCE, "filing_history_status": served},
            remedy=Text(
                en="look in the register that keeps the company's filings, such as a charity regulator",
                zh="请到保存该公司备案文件的登记机构（如慈善监管机构）查询",
            ),
        )
    counts = counts_of(asked, document, "total_count")
    rows = [_read(asked, row) for row in document.need_rows("items")]
    refuse_doubles(asked, [row.reference for row in rows])
    facts: list[AnyFact] = [row.filing for row in rows if row.filing is not None]
    if any(row.nameless for row in rows):
        why = Text(en="a filing at Companies House does not say what it is", zh="英国公司注册处有一份备案未说明其内容")
        facts.append(Untold(source=SOURCE, topics=(Topic.FILINGS,), why=why))
    oldest = min((row.filed_on for row in rows), default=None)
    return page(asked, tuple(facts), len(rows), counts, oldest)


def _read(asked: Asked, row: Fields) -> _Row:
    form, category = row.need_text("type"), row.need_text("category")
    reference, filed_on = row.need_text("transaction_id"), row.need_date("date")
    if not asked.has_come(filed_on):
        ahead = Text(
            en="A filing at Companies House is dated on a day that lies ahead.",
            zh="英国公司注册处有一份备案的日期在未来。",
        )
        raise SourceChanged(ahead, context={"source": SOURCE, "field": "items[].date"}, remedy=CHECK_FORMAT)
    description = row.pop_text("description") or ""
    # Text on one filing, a list on the next. The other values of the description hold names of people and stay unread.
    given = row.pop("subcategory")
    items = tuple(str(value) for value in (given if isinstance(given, list) else [given]) if value)
    values = row.pop("description_values")
    event = _event(form, category, description, filed_on)
    if category not in words.KEPT_CATEGORIES and event is None:
        return _Row(reference, filed_on, None, nameless=False)
    filing = Filing(
        source=SOURCE,
        reference=reference,
        form=form,
        filed_on=filed_on,
        period_on=Fields(values or {}, "items[].description_values").pop_date("made_up_date"),
        items=items,
        title=description,
        url=f"{PEOPLES_PAGE}/{asked.number}/filing-history",
        events=(event,) if event else (),
    )
    return _Row(reference, filed_on, filing, nameless=event is None and not description and category in _TELLING)


def _event(form: str, category: str, description: str, on: date) -> FilingEvent | None:
    kind = words.FILING_EVENTS.get(description) or words.FILING_EVENTS_BY_FORM.get(form)
    if kind is not None:
        return FilingEvent(kind=kind, on=on, basis=f"{form} {description}".strip())
    if category in words.INSOLVENCY_CATEGORIES:
        # Papers of a voluntary winding-up do not say by their key whether it is a solvent one; the case list does.
        return FilingEvent(
            kind=EventKind.INSOLVENCY_FILING,
            on=on,
            inferred=description.startswith("liquidation-voluntary"),
            basis=f"{form} {description}".strip(),
        )
    return None
