"""The lines of statements: by which labels each field goes, best first, and the lines that are known but not used.

Chinese labels are those of the Ministry of Finance's formats for general enterprises (财会〔2019〕6号) and for small
ones (小企业会计准则), with the older and shorter forms that are met in practice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

StatementKind = Literal["balance", "income", "cash_flow"]

# In the two languages 'operating profit' is not the same: the Chinese one is struck after finance cost.
AFTER_FINANCE_COST = "operating_profit_after_finance_cost"

_BALANCE: dict[str, tuple[str, ...]] = {
    "total_assets": ("资产总计", "资产合计", "资产总额", "总资产", "total assets"),
    "current_assets": ("流动资产合计", "流动资产总计", "流动资产总额", "total current assets", "current assets total"),
    "cash": (
        *("货币资金", "现金及银行存款", "cash and cash equivalents", "cash and bank balances"),
        *("cash at bank and in hand", "cash at bank", "cash"),
    ),
    "inventory": ("存货", "存货净额", "存货净值", "inventories", "inventory", "stocks"),
    "receivables": (
        *("应收账款", "应收帐款", "应收账款净额", "应收账款净值", "应收票据及应收账款", "trade receivables"),
        *("accounts receivable", "trade debtors", "trade and other receivables"),
    ),
    "goodwill": ("商誉", "goodwill"),
    "intangible_assets": ("无形资产", "无形资产净值", "intangible assets", "other intangible assets"),
    "total_liabilities": ("负债合计", "负债总计", "负债总额", "总负债", "total liabilities"),
    "current_liabilities": ("流动负债合计", "流动负债总计", "流动负债总额", "total current liabilities"),
    "equity": (
        *("所有者权益合计", "股东权益合计", "所有者权益总计", "股东权益总计", "所有者权益总额", "净资产合计", "净资产"),
        *("total equity", "total shareholders equity", "total stockholders equity", "shareholders equity"),
        "shareholders funds",
    ),
    "retained_earnings": ("未分配利润", "retained earnings", "retained profits", "accumulated deficit"),
}
_INCOME: dict[str, tuple[str, ...]] = {
    "revenue": (
        *("营业收入", "营业总收入", "主营业务收入", "销售收入", "revenue", "total revenue", "operating revenue"),
        *("net sales", "turnover", "sales"),
    ),
    "operating_profit": (
        *("息税前利润", "operating profit", "operating income", "profit from operations", "ebit"),
        *("earnings before interest and tax", "profit before interest and tax"),
    ),
    AFTER_FINANCE_COST: ("营业利润",),
    "interest_expense": (
        *("利息费用", "利息支出", "财务费用", "interest expense", "interest payable", "finance costs", "finance cost"),
    ),
    "net_income": (
        *("净利润", "净利润合计", "税后利润", "net income", "net profit", "profit for the year", "loss for the year"),
        *("profit after tax", "net loss"),
    ),
    "depreciation": ("折旧与摊销", "折旧及摊销", "折旧摊销", "折旧费用", "折旧", "depreciation and amortisation"),
}
_CASH_FLOW: dict[str, tuple[str, ...]] = {
    "operating_cash_flow": (
        *("经营活动产生的现金流量净额", "经营活动现金流量净额", "经营活动现金净流量"),
        *("net cash from operating activities", "net cash provided by operating activities"),
        *("net cash generated from operating activities", "cash flow from operating activities"),
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
    "balance": ("资产负债表", "财务状况表", "balance sheet", "statement of financial position"),
    "income": (
        "利润表",
        "损益表",
        "利润及利润分配表",
        "income statement",
        "profit and loss",
        "statement of profit or loss",
    ),
    "cash_flow": ("现金流量表", "cash flow statement", "statement of cash flows"),
}
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

# Lines of the official formats that no field of ours takes, so that a reader sees them as known.
_UNUSED = """
流动资产 非流动资产 流动负债 非流动负债 所有者权益 股东权益 负债 资产 负债和所有者权益 结算备付金 拆出资金
交易性金融资产 短期投资 衍生金融资产 应收票据 应收款项融资 预付款项 预付账款 应收保费 应收股利 应收利息 其他应收款
合同资产 持有待售资产 原材料 在产品 库存商品 周转材料 消耗性生物资产 一年内到期的非流动资产 其他流动资产
非流动资产合计 债权投资 其他债权投资 长期债券投资 长期应收款 长期股权投资 其他权益工具投资 其他非流动金融资产
可供出售金融资产 持有至到期投资 投资性房地产 固定资产 固定资产原价 固定资产原值 累计折旧 固定资产净值 固定资产净额
固定资产账面价值 固定资产清理 在建工程 工程物资 生产性生物资产 油气资产 使用权资产 开发支出 长期待摊费用
递延所得税资产 其他非流动资产 短期借款 交易性金融负债 衍生金融负债 应付票据 应付账款 应付帐款 应付票据及应付账款
预收款项 预收账款 合同负债 应付职工薪酬 应交税费 应付利息 应付股利 应付利润 其他应付款 持有待售负债
一年内到期的非流动负债 其他流动负债 长期借款 应付债券 租赁负债 长期应付款 长期应付职工薪酬 预计负债 递延收益
递延所得税负债 其他非流动负债 非流动负债合计 实收资本 股本 其他权益工具 优先股 永续债 资本公积 库存股 其他综合收益
专项储备 盈余公积 一般风险准备 外币报表折算差额 归属于母公司所有者权益合计 归属于母公司股东权益合计 少数股东权益
负债和所有者权益总计 负债和股东权益总计 负债及所有者权益总计 负债及股东权益总计 营业总成本 营业成本 主营业务成本
税金及附加 营业税金及附加 销售费用 管理费用 研发费用 利息收入 其他收益 投资收益 公允价值变动收益 信用减值损失
资产减值损失 资产处置收益 营业外收入 营业外支出 利润总额 所得税费用 持续经营净利润 终止经营净利润
归属于母公司所有者的净利润 归属于母公司股东的净利润 少数股东损益 其他综合收益的税后净额 综合收益总额 每股收益
基本每股收益 稀释每股收益 经营活动产生的现金流量 投资活动产生的现金流量 筹资活动产生的现金流量
销售商品提供劳务收到的现金 收到的税费返还 收到其他与经营活动有关的现金 经营活动现金流入小计 购买商品接受劳务支付的现金
支付给职工以及为职工支付的现金 支付的各项税费 支付其他与经营活动有关的现金 经营活动现金流出小计
投资活动产生的现金流量净额 筹资活动产生的现金流量净额 汇率变动对现金及现金等价物的影响 现金及现金等价物净增加额
期初现金及现金等价物余额 期末现金及现金等价物余额 投资活动现金流入小计 投资活动现金流出小计 筹资活动现金流入小计
筹资活动现金流出小计 无形资产摊销 长期待摊费用摊销 购建固定资产无形资产和其他长期资产支付的现金 取得借款收到的现金
偿还债务支付的现金 分配股利利润或偿付利息支付的现金 补充资料 将净利润调节为经营活动现金流量 存货的减少
经营性应收项目的减少 经营性应付项目的增加
""".split()
_UNUSED_ENGLISH = (
    *(
        "current assets",
        "non-current assets",
        "current liabilities",
        "non-current liabilities",
        "equity",
        "liabilities",
    ),
    *("property plant and equipment", "fixed assets", "prepayments", "other receivables", "other current assets"),
    *("total non-current assets", "total fixed assets", "trade payables", "accounts payable", "other payables"),
    *("borrowings", "bank loans", "short-term borrowings", "long-term borrowings", "deferred tax", "provisions"),
    *("total non-current liabilities", "share capital", "share premium", "reserves", "non-controlling interests"),
    *("total equity and liabilities", "total liabilities and equity", "cost of sales", "cost of goods sold"),
    *("gross profit", "selling expenses", "administrative expenses", "other income", "income tax", "tax"),
    *("profit before tax", "taxation", "income tax expense", "net cash from investing activities"),
    *("net cash from financing activities", "total liabilities and shareholders equity", "distribution costs"),
)
UNUSED = frozenset((*_UNUSED, *_UNUSED_ENGLISH))

_ORDINAL = re.compile(r"^([(]?[一二三四五六七八九十]+[)]?[、.．:]|[(][一二三四五六七八九十\d]+[)]|\d{1,2}[、.．)])")
_LEAD = re.compile(r"^(其中|加|减|less|add|including)[::]")
_MARKS = "*△☆★▲#·•-—"


class Match(NamedTuple):
    """Which field a label stands for; the lower the rank, the better the label."""

    field: str
    rank: int


def bare(label: str) -> str:
    """Bring a label into its plain form: one width, no blanks (in Chinese), ordinals, lead-ins, brackets and marks."""
    text = unicodedata.normalize("NFKC", label).strip()
    text = re.sub(r"\([^()]*\)", "", text) if not re.fullmatch(r"\(.*\)", text) else text
    text = text.replace("“", "").replace("”", "").replace('"', "").replace("'", "").replace("’", "")
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
        text = text.replace(",", "")
    return text.rstrip(": .").casefold()


def has_chinese(text: str) -> bool:
    """True where a text has Chinese characters."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def match(label: str, kind: StatementKind | None) -> Match | None:
    """Find the field of a bare label in one kind of statement, or in any where the kind is not known."""
    kinds = (kind,) if kind is not None else tuple(FIELDS)
    for some in kinds:
        for name, aliases in FIELDS[some].items():
            if label in aliases:
                return Match(name, aliases.index(label))
    return None


def elsewhere(label: str) -> bool:
    """True where a bare label is a field of another kind of statement."""
    return match(label, None) is not None


def title_of(text: str) -> StatementKind | None:
    """Tell which statement a title names."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"\s+", "" if has_chinese(plain) else " ", plain)
    found = [kind for kind, titles in TITLES.items() if any(title in plain for title in titles)]
    return found[0] if len(found) == 1 else None
