"""What a failed check says to people: the row, the figures, the other row, in both languages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from admission.evidence.fact_base import Fact
from admission.evidence.facts import CompanyProfile, CreditReport, Filing, FinancialStatement, LegalRecord
from admission.evidence.ledger_facts import LedgerRecord
from admission.model import Language, Text
from admission.money import Money
from expectations.catalogue import Check, Shows
from expectations.rules import number, wrong_identifiers

LABELS = {
    "as_of": Text(en="as of", zh="截止日"),
    "cash": Text(en="cash", zh="货币资金"),
    "cost_of_sales": Text(en="cost of sales", zh="营业成本"),
    "country": Text(en="country", zh="国家或地区"),
    "currency": Text(en="currency", zh="币种"),
    "current_assets": Text(en="current assets", zh="流动资产"),
    "current_liabilities": Text(en="current liabilities", zh="流动负债"),
    "days_beyond_terms": Text(en="days beyond terms", zh="逾期天数"),
    "depreciation": Text(en="depreciation", zh="折旧"),
    "dissolved_on": Text(en="dissolved on", zh="解散日"),
    "ended_on": Text(en="ended on", zh="结束日"),
    "equity": Text(en="equity", zh="权益"),
    "events": Text(en="event", zh="事件"),
    "failed_sections": Text(en="missing sections", zh="缺失章节"),
    "filed_on": Text(en="filed on", zh="报送日"),
    "goodwill": Text(en="goodwill", zh="商誉"),
    "headcount": Text(en="employees", zh="员工人数"),
    "identifiers": Text(en="number", zh="企业识别号"),
    "incorporated_on": Text(en="incorporated on", zh="成立日"),
    "intangible_assets": Text(en="intangible assets", zh="无形资产"),
    "interest_expense": Text(en="interest expense", zh="利息费用"),
    "inventory": Text(en="inventory", zh="存货"),
    "kind": Text(en="kind", zh="类别"),
    "last_accounts_on": Text(en="last accounts to", zh="最近账目截至"),
    "late_payments_12m": Text(en="late payments", zh="逾期付款次数"),
    "overdue_documents": Text(en="overdue documents", zh="逾期单据数"),
    "own_overdue_days": Text(en="days overdue", zh="逾期天数"),
    "late_invoice_share": Text(en="share of late invoices", zh="逾期发票占比"),
    "legal_name": Text(en="name", zh="名称"),
    "limit": Text(en="limit", zh="额度"),
    "net_income": Text(en="net income", zh="净利润"),
    "on": Text(en="on", zh="日期"),
    "operating_cash_flow": Text(en="operating cash flow", zh="经营现金流"),
    "operating_profit": Text(en="operating profit", zh="营业利润"),
    "payables": Text(en="payables", zh="应付账款"),
    "period_end": Text(en="period end", zh="期末"),
    "period_on": Text(en="period", zh="所报期间"),
    "period_start": Text(en="period start", zh="期初"),
    "receivables": Text(en="receivables", zh="应收账款"),
    "reference": Text(en="reference", zh="编号"),
    "reported_on": Text(en="reported on", zh="报告日"),
    "retained_earnings": Text(en="retained earnings", zh="留存收益"),
    "revenue": Text(en="revenue", zh="营业收入"),
    "score": Text(en="score", zh="评分"),
    "score_max": Text(en="highest score", zh="最高分"),
    "score_min": Text(en="lowest score", zh="最低分"),
    "total_assets": Text(en="total assets", zh="资产总计"),
    "total_liabilities": Text(en="total liabilities", zh="负债合计"),
    "trading_since": Text(en="trading since", zh="开业日"),
}

_NOUNS = {
    "profiles": Text(en="company profiles", zh="公司概况"),
    "statements": Text(en="financial statements", zh="财务报表"),
    "filings": Text(en="filings", zh="申报文件"),
    "reports": Text(en="credit reports", zh="信用报告"),
    "legal": Text(en="legal records", zh="司法记录"),
    "ledgers": Text(en="records of our ledger", zh="我方台账记录"),
}


def message_of(check: Check, fact: Fact, *, other: Fact | None, as_of: date) -> Text:
    """Say what is wrong with a row.

    Args:
        check: the check that failed.
        fact: the row that failed it.
        other: the row that it disagrees with, where the check compares rows.
        as_of: the day after which no date may lie.
    """
    return Text(en=_sentence(check, fact, other, as_of, "en"), zh=_sentence(check, fact, other, as_of, "zh"))


def passed(table: str, rows: int) -> Text:
    """Say that all rows of a table passed all its checks."""
    noun = _NOUNS[table]
    return Text(
        en=f"{noun.en[:1].upper()}{noun.en[1:]}: {rows} checked, nothing found wrong.",
        zh=f"{noun.zh}：已核对 {rows} 条，未发现问题。",
    )


def _sentence(check: Check, fact: Fact, other: Fact | None, as_of: date, language: Language) -> str:
    colon, full_stop = ("：", "。") if language == "zh" else (": ", ".")
    said = check.says.to(language).format(
        as_of=as_of.isoformat(),
        other=_name(other, language) if other else "",
        other_figures=_figures(check, other, fact, as_of, language) if other else "",
    )
    figures = _figures(check, fact, other, as_of, language)
    shown = f" ({figures})" if language == "en" else f"（{figures}）"
    return f"{_name(fact, language)}{colon}{said}{shown if figures else ''}{full_stop}"


def _name(fact: Fact, language: Language) -> str:
    """Name a row by what tells it from its neighbours, and its source."""
    en, zh = _title(fact)
    return f"{zh}（{fact.source}）" if language == "zh" else f"{en} from {fact.source}"


def _title(fact: Fact) -> tuple[str, str]:
    match fact:
        case CompanyProfile():
            return "Company profile", "公司概况"
        case FinancialStatement():
            return f"Financial statement to {fact.period_end}", f"截至 {fact.period_end} 的财务报表"
        case Filing():
            return f"Filing {fact.reference} ({fact.form})", f"申报文件 {fact.reference}（{fact.form}）"
        case CreditReport():
            return f"Credit report {fact.reference}", f"信用报告 {fact.reference}"
        case LegalRecord():
            return f"Legal record {fact.reference}", f"司法记录 {fact.reference}"
        case LedgerRecord():
            return f"Our ledger {fact.ledger}", f"我方台账 {fact.ledger}"
    raise TypeError(f"no suite for {type(fact).__name__}")


def _figures(check: Check, fact: Fact, other: Fact | None, as_of: date, language: Language) -> str:
    """List the fields that the check concerns; fields without a value are left out."""
    shown = []
    for column in check.columns:
        label = LABELS[column].to(language)
        others = getattr(other, column, None)
        for value, text in _values(fact, column):
            if _worth_showing(check.shows, value, others, as_of):
                shown.append(f"{label} {text}".rstrip())
    return ("，" if language == "zh" else ", ").join(shown)


def _worth_showing(shows: Shows, value: object, other: object, as_of: date) -> bool:
    match shows:
        case Shows.ALL:
            return True
        case Shows.AFTER_AS_OF:
            return isinstance(value, date) and value > as_of
        case Shows.NOT_FINITE:
            return isinstance(value, Decimal) and not math.isfinite(number(value))
        case Shows.DIFFERING:
            return value != other


def _values(fact: Fact, column: str) -> Iterator[tuple[object, str]]:
    """Give the values of a field, each as it is and as it is written."""
    match column, getattr(fact, column):
        case _, None:
            return
        case "identifiers", identifiers:
            yield from ((number, f"{kind} {number}") for kind, number in wrong_identifiers(identifiers).items())
        case "events", events:
            yield from ((event.on, f"{event.kind} {event.on}") for event in events)
        case "failed_sections", sections:
            yield from ((section, section) for section in sections)
        case _, Money() as money:
            yield money.amount, f"{money.amount:,} {money.currency}".rstrip()
        case _, Decimal() as amount:
            currency = fact.currency if isinstance(fact, FinancialStatement) else ""
            yield amount, f"{amount:,} {currency}".rstrip()
        case _, value:
            yield value, str(value)
