"""Lines of statements that no field of ours takes, and lines of which nobody can tell what they are."""

from __future__ import annotations

import re

# Lines of the official formats that no field of ours takes, so that a reader sees them as known.
_UNUSED = """
流动资产 非流动资产 流动负债 非流动负债 所有者权益 股东权益 负债 资产 负债和所有者权益 结算备付金 拆出资金
交易性金融资产 短期投资 衍生金融资产 应收票据 应收款项融资 预付款项 预付账款 应收保费 应收股利 应收利息 其他应收款
合同资产 持有待售资产 原材料 在产品 库存商品 周转材料 消耗性生物资产 一年内到期的非流动资产 其他流动资产
非流动资产合计 债权投资 其他债权投资 长期债券投资 长期应收款 长期股权投资 其他权益工具投资 其他非流动金融资产
可供出售金融资产 持有至到期投资 投资性房地产 固定资产 固定资产原价 固定资产原值 累计折旧 固定资产净值 固定资产净额
固定资产账面价值 固定资产清理 在建工程 工程物资 生产性生物资产 油气资产 使用权资产 开发支出 长期待摊费用
递延所得税资产 其他非流动资产 短期借款 交易性金融负债 衍生金融负债 应付票据
预收款项 预收账款 合同负债 应付职工薪酬 应交税费 应付利息 应付股利 应付利润 其他应付款 持有待售负债
一年内到期的非流动负债 其他流动负债 长期借款 应付债券 租赁负债 长期应付款 长期应付职工薪酬 预计负债 递延收益
递延所得税负债 其他非流动负债 非流动负债合计 实收资本 股本 其他权益工具 优先股 永续债 资本公积 库存股 其他综合收益
专项储备 盈余公积 一般风险准备 外币报表折算差额 归属于母公司所有者权益合计 归属于母公司股东权益合计 少数股东权益
负债和所有者权益总计 负债和股东权益总计 负债及所有者权益总计 负债及股东权益总计 营业总成本
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
经营性应收项目的减少 经营性应付项目的增加 应收关联方 应付关联方
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
    *("total non-current assets", "total fixed assets", "other payables"),
    *("borrowings", "bank loans", "short-term borrowings", "long-term borrowings", "deferred tax", "provisions"),
    *("total non-current liabilities", "share capital", "share premium", "reserves", "non-controlling interests"),
    *("total equity and liabilities", "total liabilities and equity"),
    *("gross profit", "selling expenses", "administrative expenses", "other income", "income tax", "tax"),
    *("profit before tax", "taxation", "income tax expense", "net cash from investing activities"),
    *("net cash from financing activities", "total liabilities and shareholders equity", "distribution costs"),
    *(
        "interest income",
        "finance income",
        "interest receivable",
        "gross loss",
        "loss before tax",
        "non-current assets held for sale",
    ),
    *(
        "total reserves",
        "called up share capital",
        "capital and reserves",
        "creditors",
        "debtors",
        "operating expenses",
    ),
    *("total current assets less current liabilities", "total assets less current liabilities", "net current assets"),
    *("net current liabilities", "total non-current assets", "provision for liabilities", "other comprehensive income"),
    *("total comprehensive income for the year", "amortisation", "amortization", "accumulated depreciation"),
)
UNUSED = frozenset((*_UNUSED, *_UNUSED_ENGLISH))

# Labels that say plainly what a line is, though no field takes it: it is no goodwill and no intangible asset.
_PLAIN_WORDS = re.compile(
    "投资|应收|应付|预收|预付|款|税|借|债|存货|材料|商品|产品|工程|房|设备|车|物|租|押|保|准备|资本|股|公积|利润|权益|收益|现金|银行|存款|票据|费用"
    "|折旧|减值|基金|合计|小计|总计|流动"
    "|other|receiv|payab|loan|borrow|debt|bank|tax|prepay|prepaid|deposit|invest|property|plant|equipment|building|land|vehicle"
    "|furniture|lease|right-of-use|inventor|stock|accru|provision|reserve|capital|share|equity|liabilit|current|cash|depreciat"
    "|construction|work in progress|contract|dividend|surplus|total|creditor|debtor|overdraft|pension|employee|trade"
    "|associat|joint|subsidiar|financial|deferred|machin|fixed asset|tangible fixed"
)
_INTANGIBLE = re.compile(
    "商誉|无形|土地使用权|专利|商标|特许|著作权|软件|goodwill|(?<!t)intangib|patent|trademark|licen[cs]e|software|brand|franchise"
)
_INTEREST = re.compile(
    "利息(?!收入)|财务费用|融资成本|interest(?! income| receiv)|financ\\w+ (?:cost|charge|expens)|borrowing cost"
)


def speaks_of_intangibles(label: str) -> bool:
    """True where a bare label that is not understood has a word of goodwill or intangible assets."""
    return bool(_INTANGIBLE.search(label))


def speaks_of_interest(label: str) -> bool:
    """True where a bare label that is not understood has a word of interest."""
    return bool(_INTEREST.search(label))


def may_be_anything(label: str) -> bool:
    """True where a bare label, such as none or one that was misprinted, does not say what the line is."""
    return not _PLAIN_WORDS.search(label)


# The assets that are not current, other than goodwill and intangibles, by which it is seen whether these are all told.
NON_CURRENT = frozenset(
    """债权投资 其他债权投资 长期债券投资 长期应收款 长期股权投资 其他权益工具投资 其他非流动金融资产
    可供出售金融资产 持有至到期投资 投资性房地产 固定资产 固定资产净值 固定资产净额 固定资产账面价值 固定资产清理
    在建工程 工程物资 生产性生物资产 油气资产 使用权资产 开发支出 长期待摊费用 递延所得税资产 其他非流动资产""".split()
) | {
    *(
        "property plant and equipment",
        "property plant & equipment",
        "fixed assets",
        "tangible assets",
        "tangible fixed assets",
    ),
    *(
        "right-of-use assets",
        "investment property",
        "investments",
        "investments in associates",
        "investments in subsidiaries",
    ),
    *(
        "long-term investments",
        "deferred tax assets",
        "other non-current assets",
        "non-current receivables",
        "deferred tax",
    ),
}
NET_FIXED_ASSETS = ("固定资产账面价值", "固定资产净额", "固定资产净值")
TOTAL_NON_CURRENT = frozenset(
    {
        "非流动资产合计",
        "非流动资产总计",
        "非流动资产总额",
        "total non-current assets",
        "total fixed assets",
        "total long-term assets",
    }
)
