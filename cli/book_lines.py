"""What a book comes to, as lines and as rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from admission.customers.book.records import STATE_WORDS, BookImport, BookRow, BookSums
from admission.memo.phrases import amount_words
from admission.model import Text
from cli.language import to_reader

IMPORTS = {
    "id": None,
    "state": Text(en="state", zh="状态"),
    "customers": Text(en="customers", zh="客户数"),
    "limits": Text(en="limits", zh="额度合计"),
    "proposed_by": Text(en="proposed by", zh="提出人"),
    "proposed_on": Text(en="on", zh="提出日期"),
    "settled_by": Text(en="settled by", zh="办结人"),
    "file_name": Text(en="file", zh="文件"),
}
CUSTOMERS = {
    "number": Text(en="row", zh="行"),
    "legal_name": Text(en="company", zh="企业名称"),
    "company": Text(en="company key", zh="企业键"),
    "grade": Text(en="grade", zh="等级"),
    "limit": Text(en="limit", zh="额度"),
    "terms_days": Text(en="terms", zh="账期"),
    "next_review": Text(en="review", zh="下次复审"),
}


def import_row(book: BookImport) -> dict[str, Any]:
    """Return an import as one row of a table."""
    limits = [to_reader(amount_words(amount, currency)) for currency, amount in book.sums.limits.items()]
    return {
        "id": book.id,
        "state": to_reader(STATE_WORDS[book.state]),
        "customers": f"{book.sums.customers:,}",
        "limits": ", ".join(limits),
        "proposed_by": book.proposed_by,
        "proposed_on": None if book.proposed_at is None else book.proposed_at.date(),
        "settled_by": book.settled_by,
        "file_name": book.file_name,
    }


def customer_row(number: int, row: BookRow) -> dict[str, Any]:
    """Return a customer of a book as one row of a table."""
    return {
        "number": number,
        "legal_name": row.application.legal_name,
        "company": row.company_key,
        "grade": row.grade,
        "limit": f"{row.limit:,} {row.currency}",
        "terms_days": row.application.requested.terms_days,
        "next_review": row.next_review_on,
    }


def sums_lines(sums: BookSums) -> Iterator[Text]:
    """Yield what a book comes to: customers by grade and country, limits, reviews by month."""
    yield Text(en=f"customers: {sums.customers:,}", zh=f"客户：{sums.customers:,}")
    yield _counted(Text(en="by grade", zh="按等级"), sums.grades)
    yield _counted(Text(en="by country", zh="按国家"), sums.countries)
    for currency, amount in sums.limits.items():
        said = amount_words(amount, currency)
        yield Text(en=f"limits: {said.en}", zh=f"额度合计：{said.zh}")
    yield _counted(Text(en="reviews due by month", zh="各月到期复审"), sums.reviews)
    if sums.overdue:
        yield Text(
            en=f"reviews due already: {sums.overdue:,}, of which for so long that nothing of the limit is in force: "
            f"{sums.lapsed:,}",
            zh=f"已到期复审：{sums.overdue:,}，其中逾期过久、额度不生效：{sums.lapsed:,}",
        )
    if sums.securities:
        yield Text(en=f"securities: {sums.securities:,}", zh=f"担保：{sums.securities:,}")
    if sums.accounts:
        yield Text(en=f"customer numbers of the ledger: {sums.accounts:,}", zh=f"台账客户编号：{sums.accounts:,}")


def _counted(what: Text, counts: Mapping[str, int]) -> Text:
    en = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    zh = "，".join(f"{name} {count:,}" for name, count in counts.items())
    return Text(en=f"{what.en}: {en}", zh=f"{what.zh}：{zh}")
