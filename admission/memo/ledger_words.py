"""The figures of the customer ledger in words, and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from admission.customers.ledger.figures import FIGURES, LedgerFigures
from admission.customers.ledger.receivables import Ageing
from admission.customers.ledger.records import MEANS, ORDER_STAGES
from admission.memo.phrases import amount_words
from admission.model import Language, Text

FIGURE_WORDS: dict[str, Text] = {
    "balance": Text(en="balance", zh="应收余额"),
    "ageing": Text(en="ageing", zh="账龄"),
    "unallocated_credits": Text(en="unallocated credits", zh="未核销贷项"),
    "disputed": Text(en="disputed", zh="争议金额"),
    "overdue": Text(en="overdue", zh="逾期金额"),
    "overdue_share": Text(en="overdue share", zh="逾期占比"),
    "own_overdue_days": Text(en="oldest overdue document, days", zh="最长逾期天数"),
    "overdue_documents": Text(en="overdue documents", zh="逾期单据数"),
    "average_days_late": Text(en="average days late, 12 months", zh="近12个月平均逾期天数"),
    "days_beyond_terms": Text(en="days beyond terms, 12 months", zh="近12个月超账期天数"),
    "late_payments_12m": Text(en="late payments, 12 months", zh="近12个月逾期付款次数"),
    "late_invoice_share": Text(en="share of invoices late, 12 months", zh="近12个月逾期发票占比"),
    "dso": Text(en="days of sales outstanding (DSO)", zh="应收账款周转天数（DSO）"),
    "dso_count_back": Text(en="DSO by count-back", zh="倒推法 DSO"),
    "dso_best_possible": Text(en="best possible DSO", zh="最佳 DSO"),
    "highest_exposure_12m": Text(en="highest exposure, 12 months", zh="近12个月最高应收余额"),
    "broken_promises_12m": Text(en="broken promises to pay, 12 months", zh="近12个月未兑现付款承诺"),
    "returned_payments_12m": Text(en="returned payments, 12 months", zh="近12个月退票次数"),
    "bounced_payment_12m": Text(en="a payment was returned, 12 months", zh="近12个月有退票"),
    "means": Text(en="mostly pays by", zh="主要付款方式"),
    "means_before": Text(en="mostly paid by, six months before", zh="此前6个月主要付款方式"),
    "relation_months": Text(en="months of trade", zh="往来月数"),
    "sales_trend": Text(en="trend of sales", zh="销售趋势"),
    "dormant_since": Text(en="last invoice or order", zh="最近开票或下单日"),
    "open_orders": Text(en="open orders", zh="未完成订单"),
}
AGEING_WORDS: dict[str, Text] = {
    "not_due": Text(en="not due", zh="未到期"),
    "days_1_to_30": Text(en="1-30 days overdue", zh="逾期1-30天"),
    "days_31_to_60": Text(en="31-60 days overdue", zh="逾期31-60天"),
    "days_61_to_90": Text(en="61-90 days overdue", zh="逾期61-90天"),
    "over_90_days": Text(en="over 90 days overdue", zh="逾期90天以上"),
}
_AMOUNTS = frozenset({"balance", "unallocated_credits", "disputed", "overdue", "highest_exposure_12m"})
_SHARES = frozenset({"overdue_share", "late_invoice_share", "sales_trend"})
_YES, _NO = Text(en="yes", zh="是"), Text(en="no", zh="否")
_NONE = Text(en="none", zh="无")


def figure_words(figures: LedgerFigures, name: str) -> Text:
    """Say one figure; of an unknown one, why it is."""
    value = getattr(figures, name)
    if value is None:
        why = figures.unknown[name]
        return Text(en=f"unknown: {why.en}", zh=f"未知：{why.zh}")
    if name in _AMOUNTS:
        return amount_words(value, figures.currency)
    if name in _SHARES:
        return _same(f"{value * 100:.1f}%")
    return _other(value, figures.currency)


def figure_lines(figures: LedgerFigures, names: Sequence[str] = FIGURES) -> list[tuple[Text, Text]]:
    """Return figures, each with its name: those named, in their order, or all of them."""
    return [(FIGURE_WORDS[name], figure_words(figures, name)) for name in names]


def ledger_document(figures: LedgerFigures | None, language: Language) -> dict[str, Any]:
    """Return the figures as a JSON document; `loaded` is false where no ledger was ever loaded."""
    if figures is None:
        return {"loaded": False}
    document = figures.model_dump(mode="json", exclude={"unknown"})
    return {"loaded": True, **document, "unknown": {name: why.to(language) for name, why in figures.unknown.items()}}


def _other(value: object, currency: str) -> Text:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, Decimal):
        return _same(f"{value:.1f}")
    if isinstance(value, Ageing):
        return _listed(((AGEING_WORDS[name], getattr(value, name)) for name in AGEING_WORDS), currency)
    if isinstance(value, dict):
        return _listed(((ORDER_STAGES[stage], amount) for stage, amount in value.items()), currency)
    if isinstance(value, str):
        return MEANS[value]  # type: ignore[index]
    return _same(value.isoformat() if isinstance(value, date) else str(value))


def _listed(parts: Iterator[tuple[Text, Decimal]], currency: str) -> Text:
    said = [(name, amount_words(amount, currency)) for name, amount in parts]
    if not said:
        return _NONE
    return Text(
        en=", ".join(f"{name.en} {amount.en}" for name, amount in said),
        zh="，".join(f"{name.zh} {amount.zh}" for name, amount in said),
    )


def _same(text: str) -> Text:
    return Text(en=text, zh=text)
