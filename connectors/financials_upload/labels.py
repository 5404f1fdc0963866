"""The lines of statements: by which labels each field goes, best first, and the lines that are known but not used.

Chinese labels are those of the Ministry of Finance's formats for general enterprises (财会〔2019〕6号) and for small
ones (小企业会计准则), with the older and shorter forms that are met in practice.
"""

from __future__ import annotations

import functools
import re
from typing import Literal, NamedTuple

from connectors.financials_upload.characters import has_chinese, plain

StatementKind = Literal["balance", "income", "cash_flow"]

# In the two languages 'operating profit' is not the same: the Chinese one is struck after finance cost.
AFTER_FINANCE_COST = "operating_profit_after_finance_cost"

_BALANCE: dict[str, tuple[str, ...]] = {
    "total_assets": ("资产总计", "资产合计", "资产总额", "总资产", "资产总值", "total assets", "assets total"),
    "current_assets": (
        *(
            "流动资产合计",
            "流动资产总计",
            "流动资产总额",
            "流动资产总值",
            "total current assets",
            "current assets total",
        ),
    ),
    "cash": (
        *("货币资金", "现金及银行存款", "现金及现金等价物", "银行结余及现金", "现金及银行结余"),
        *("cash and cash equivalents", "cash and bank balances"),
        *("cash at bank and in hand", "cash at bank", "cash"),
    ),
    "inventory": ("存货", "存货净额", "存货净值", "inventories", "inventory", "stocks"),
    "receivables": (
        *("应收账款", "应收帐款", "应收账款净额", "应收账款净值", "应收票据及应收账款", "trade receivables"),
        *("accounts receivable", "trade debtors", "trade and other receivables", "贸易应收款项", "应收贸易账款"),
    ),
    "goodwill": ("商誉", "goodwill"),
    "intangible_assets": ("无形资产", "无形资产净值", "intangible assets", "other intangible assets"),
    "total_liabilities": ("负债合计", "负债总计", "负债总额", "总负债", "total liabilities", "liabilities total"),
    "current_liabilities": (
        *("流动负债合计", "流动负债总计", "流动负债总额", "流动负债总值", "total current liabilities"),
        "current liabilities total",
    ),
    "payables": (
        *("应付账款", "应付帐款", "应付票据及应付账款", "贸易应付款项", "应付贸易账款", "trade payables"),
        *("accounts payable", "trade creditors", "trade and other payables"),
    ),
    "equity": (
        *("所有者权益合计", "股东权益合计", "所有者权益总计", "股东权益总计", "所有者权益总额", "净资产合计", "净资产"),
        *("权益总额", "总权益", "权益合计", "资产净值", "total equity", "total shareholders equity"),
        *("total stockholders equity", "shareholders equity", "stockholders equity", "shareholders funds"),
        *("total shareholders funds", "net assets", "total net assets"),
        *("total deficit", "shareholders deficit", "stockholders deficit", "total shareholders deficit"),
        *("total stockholders deficit", "net liabilities", "capital deficiency"),
    ),
    "retained_earnings": (
        *("未分配利润", "累计亏损", "未弥补亏损", "retained earnings", "retained profits", "profit and loss account"),
        *("profit and loss reserve", "accumulated deficit", "accumulated losses", "accumulated loss"),
        *("retained deficit", "retained losses"),
    ),
}
_INCOME: dict[str, tuple[str, ...]] = {
    "revenue": (
        *("营业收入", "营业总收入", "主营业务收入", "销售收入", "revenue", "total revenue", "operating revenue"),
        *("revenues", "total revenues", "net revenue", "net revenues", "net sales", "total net sales", "turnover"),
        *("sales revenue", "sales", "营业额", "收益", "收入"),
    ),
    "cost_of_sales": (
        *("营业成本", "主营业务成本", "销售成本", "cost of sales", "cost of goods sold", "cost of revenue"),
        *("cost of revenues", "cost of products sold"),
    ),
    "operating_profit": (
        *("息税前利润", "operating profit", "operating income", "profit from operations", "ebit"),
        *("earnings before interest and tax", "profit before interest and tax", "income from operations", "经营溢利"),
        *("operating loss", "loss from operations"),
    ),
    AFTER_FINANCE_COST: ("营业利润", "营业亏损"),
    "interest_expense": (
        *("利息费用", "利息支出", "财务费用", "interest expense", "interest payable", "finance costs", "finance cost"),
        *("finance expense", "finance expenses", "融资成本", "财务成本"),
    ),
    "net_income": (
        *("净利润", "净利润合计", "税后利润", "年内溢利", "本年度溢利", "年度溢利", "本年溢利"),
        *("net income", "net profit", "net earnings", "profit for the year", "profit for the financial year"),
        *("profit after tax", "profit after taxation", "net profit after tax", "net income for the year"),
        *("net profit for the year", "profit for the period", "earnings for the year"),
        *("net loss", "loss for the year", "loss for the financial year", "net loss for the year", "loss after tax"),
        *("loss after taxation", "loss for the period", "净亏损", "本年亏损", "年内亏损", "本年度亏损", "税后亏损"),
    ),
    "depreciation": ("折旧与摊销", "折旧及摊销", "折旧摊销", "折旧费用", "折旧", "depreciation and amortisation"),
}
_CASH_FLOW: dict[str, tuple[str, ...]] = {
    "operating_cash_flow": (
        *("经营活动产生的现金流量净额", "经营活动现金流量净额", "经营活动现金净流量"),
        *("net cash from operating activities", "net cash provided by operating activities"),
        *("net cash generated from operating activities", "cash flow from operating activities"),
        *("net cash flow from operating activities", "net cash flows from operating activities"),
        *("cash flows from operating activities", "net cash used in operating activities", "经营活动所得现金净额"),
    ),
    "depreciation": (
        *("折旧与摊销", "折旧及摊销", "折旧摊销", "固定资产折旧油气资产折耗生产性生物资产折旧", "固定资产折旧"),
        *("depreciation and amortisation", "depreciation and amortization", "depreciation"),
    ),
}
FIELDS: dict[StatementKind, dict[str, tuple[str, ...]]] = {
    "balance": _BALANCE,
    "income": _INCOME,
    "cash_flow": _CASH_FLOW,
}
TITLES: dict[StatementKind, tuple[str, ...]] = {
    "balance": (
        *("资产负债表", "财务状况表", "balance sheet", "statement of financial position"),
        "statements of financial position",
    ),
    "income": (
        *("利润表", "损益表", "利润及利润分配表", "综合收益表", "income statement", "profit and loss", "profit & loss"),
        *("statement of profit or loss", "statements of profit or loss", "statement of income", "statements of income"),
        *("statement of operations", "statements of operations", "statement of comprehensive income", "p&l"),
    ),
    "cash_flow": (
        *(
            "现金流量表",
            "cash flow statement",
            "statement of cash flow",
            "statements of cash flow",
            "cashflow statement",
        ),
    ),
}
# Tables of other kinds, of which nothing is read.
_OTHER_TABLES = re.compile(
    "权益变动表|余额表$|试算|明细|封面|目录|账龄|指标说明"
    "|changes in equity|trial balance|^cover|contents|ledger|ageing|aging"
)
_NOTES = re.compile(r"附注$|^notes?\b")
# Labels that say of a positive figure that it is one below nought.
LOSSES = frozenset(
    {
        *("total deficit", "shareholders deficit", "stockholders deficit", "total shareholders deficit"),
        *("total stockholders deficit", "net liabilities", "capital deficiency"),
        *(
            "累计亏损",
            "未弥补亏损",
            "accumulated deficit",
            "accumulated losses",
            "accumulated loss",
            "retained deficit",
        ),
        *("retained losses", "operating loss", "loss from operations", "营业亏损"),
        *("net loss", "loss for the year", "loss for the financial year", "net loss for the year", "loss after tax"),
        *("loss after taxation", "loss for the period", "净亏损", "本年亏损", "年内亏损", "本年度亏损", "税后亏损"),
        "net cash used in operating activities",
    }
)
# Of these, the labels mean the same: two that differ contradict each other.
SYNONYMS = frozenset({"total_assets", "current_assets", "total_liabilities", "current_liabilities"})
VAGUE = frozenset({"合计", "总计", "小计", "total", "totals", "subtotal"})
LABEL_HEADS = frozenset(
    {
        "资产",
        "项目",
        "科目",
        "报表项目",
        "会计科目",
        "指标",
        "资产类",
        "item",
        "items",
        "assets",
        "account",
        "description",
        *(
            "line item",
            "line items",
            "particulars",
            "caption",
            "项目名称",
            "科目名称",
            "指标名称",
            "财务指标",
            "主要财务指标",
        ),
    }
)
IGNORED_HEADS = (
    "行次",
    "行号",
    "附注",
    "注释",
    "增减",
    "变动",
    "同比",
    "比例",
    "备注",
    "note",
    "notes",
    "change",
    "line",
    "%",
)

_ORDINAL = re.compile(r"^([(]?[一二三四五六七八九十]+[)]?[、.．:]|[(][一二三四五六七八九十\d]+[)]|\d{1,2}[、.．)])")
_LEAD = re.compile(r"^(其中|加|减|less|add|including)[::]")
_MARKS = "*△☆★▲#·•-—"
_GAIN = "profits?|income|earnings|surplus|retained earnings|retained profits|净利润|利润|溢利|盈利|净资产|assets"
_LOSS = "loss(?:es)?|deficit|accumulated deficit|accumulated losses|净亏损|亏损|liabilities"
# "Profit/(loss)": the sign counts. In "loss/(profit)" a loss is written without a sign.
_GAIN_FIRST = re.compile(rf"\(?({_GAIN})\)?\s*(?:/|or)\s*\(?(?:{_LOSS})\)?")
_LOSS_FIRST = re.compile(rf"\(?(?:{_LOSS})\)?\s*(?:/|or)\s*\(?({_GAIN})\)?")
_REVERSED = re.compile(rf"(?<!\()\b(?:{_LOSS})\s*/\s*\((?:{_GAIN})\)|\((?:{_GAIN})\)\s*/\s*(?:{_LOSS})(?!\))")
_CASH_SIGN = re.compile(
    r"\(used in\)\s*/\s*(?:generated |provided )?(?:from|by)|(?:generated |provided )?(?:from|by)\s*/\s*\(used in\)"
)


class Match(NamedTuple):
    """Which field a label stands for; the lower the rank, the better the label."""

    field: str
    rank: int


@functools.lru_cache(maxsize=8192)
def bare(label: str) -> str:
    """Bring a label into its plain form: one width, no blanks (in Chinese), ordinals, lead-ins, brackets and marks."""
    text = plain(label).casefold()
    text = _CASH_SIGN.sub("from", _LOSS_FIRST.sub(r"\1", _GAIN_FIRST.sub(r"\1", text)))
    whole = re.fullmatch(r"\(([^()]*)\)", text)
    text = whole[1] if whole else re.sub(r"\([^()]*\)", "", text)
    text = re.sub("[“”\"'’‘]", "", text)
    chinese = has_chinese(text)
    text = re.sub(r"\s+", "" if chinese else " ", text).strip()
    for _ in range(2):
        text = _LEAD.sub("", _ORDINAL.sub("", text.lstrip(_MARKS), count=1), count=1).strip()
    if chinese:
        text = re.sub(r"[、,.;/。]", "", text)
        # The older forms name the same totals with 或: 所有者权益或股东权益合计.
        text = text.replace("所有者权益或股东权益", "所有者权益").replace(
            "负债及所有者权益或股东权益", "负债及所有者权益"
        )
    else:
        text = text.replace(",", "").replace(" & ", " and ")
    return text.rstrip(": .")


def sign_of(label: str) -> Literal["as_written", "loss", "reversed"]:
    """Tell what the words of a label say of the sign of its figures.

    Returns:
        `loss` where a figure without a sign is one below nought, `reversed` where each figure means its opposite.
    """
    if _REVERSED.search(plain(label).casefold()):
        return "reversed"
    return "loss" if bare(label) in LOSSES else "as_written"


@functools.lru_cache(maxsize=8192)
def match(label: str, kind: StatementKind | None) -> Match | None:
    """Find the field of a bare label in one kind of statement, or in any where the kind is not known."""
    kinds = (kind,) if kind is not None else tuple(FIELDS)
    for some in kinds:
        for name, aliases in FIELDS[some].items():
            if label in aliases:
                return Match(name, aliases.index(label))
    return None


def kind_of(field: str) -> StatementKind:
    """Tell in which kind of statement a field stands."""
    return next(kind for kind in FIELDS if field in FIELDS[kind])


def elsewhere(label: str) -> bool:
    """True where a bare label is a field of another kind of statement."""
    return match(label, None) is not None


@functools.lru_cache(maxsize=8192)
def title_of(text: str) -> StatementKind | None:
    """Tell which statement a title names."""
    told = plain(text).casefold()
    told = re.sub(r"\s+", "" if has_chinese(told) else " ", told)
    found = [kind for kind, titles in TITLES.items() if any(title in told for title in titles)]
    return found[0] if len(found) == 1 else None


def is_other_table(text: str) -> bool:
    """True for the title of a table of which nothing is read, such as notes or a trial balance."""
    told = re.sub(r"\s+", " ", plain(text).casefold())
    return bool(_NOTES.search(told)) or (title_of(text) is None and bool(_OTHER_TABLES.search(told)))


def same_title_goes_on(text: str) -> bool:
    """True for a title of what still belongs to the table above it: 现金流量表补充资料, 资产负债表（续）."""
    told = re.sub(r"\s+", "", plain(text).casefold())
    return bool(re.search(r"补充资料|\(续\)|续表|\(continued\)|\bcont'd", told))
