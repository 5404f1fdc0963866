"""The bureau's accounts, in its standard layout of all countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.errors import SourceChanged
from admission.evidence.facts import Doubt, FinancialStatement, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from admission.money import CURRENCIES
from connectors.creditsafe.search import SOURCE
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT

STANDARD = "creditsafe-ggs"
_FIGURES = {
    "profitAndLoss": {
        "revenue": "revenue",
        "operatingProfit": "operating_profit",
        "financialExpenses": "interest_expense",
        "profitAfterTax": "net_income",
        "depreciation": "depreciation",
    },
    "balanceSheet": {
        "totalAssets": "total_assets",
        "totalCurrentAssets": "current_assets",
        "cash": "cash",
        "totalInventories": "inventory",
        "tradeReceivables": "receivables",
        "goodwill": "goodwill",
        # Not totalIntangibleAssets, which has the goodwill in it: net worth would be short of it twice.
        "otherIntangibleAssets": "intangible_assets",
        "totalIntangibleAssets": "all_intangibles",
        "totalLiabilities": "total_liabilities",
        "totalCurrentLiabilities": "current_liabilities",
        "tradePayables": "payables",
        "totalShareholdersEquity": "equity",
        "revenueReserves": "retained_earnings",
    },
}
# Lines of the standard layout that have no place in our statement; a line that is not here is reported.
_OTHER_LINES = {
    "profitAndLoss": (
        "operatingCosts wagesAndSalaries pensionCosts amortisation financialIncome extraordinaryIncome "
        "extraordinaryCosts profitBeforeTax tax dividends minorityInterests otherAppropriations retainedProfit"
    ).split(),
    "balanceSheet": (
        "landAndBuildings plantAndMachinery otherTangibleAssets totalTangibleAssets investments "
        "loansToGroup otherLoans miscellaneousFixedAssets totalOtherFixedAssets totalFixedAssets rawMaterials "
        "workInProgress finishedGoods otherInventories groupReceivables receivablesDueAfter1Year "
        "miscellaneousReceivables totalReceivables otherCurrentAssets bankLiabilities "
        "otherLoansOrFinance groupPayables miscellaneousLiabilities tradePayablesDueAfter1Year "
        "bankLiabilitiesDueAfter1Year otherLoansOrFinanceDueAfter1Year groupPayablesDueAfter1Year "
        "miscellaneousLiabilitiesDueAfter1Year totalLongTermLiabilities calledUpShareCapital sharePremium "
        "otherReserves"
    ).split(),
}
# Two years and a half; what is longer is no period of accounts, and far longer ones leave the calendar.
_MOST_WEEKS = 130
_NO_INTANGIBLES = Text(
    en="the bureau's accounts leave out goodwill or other intangibles, and a line left out is not zero",
    zh="征信机构报表未列示商誉或其他无形资产，未列示不等于零",
)
_INTANGIBLES_DIFFER = Text(
    en="goodwill and other intangibles in the bureau's accounts do not add up to their total",
    zh="征信机构报表中商誉与其他无形资产之和与无形资产合计不符",
)


class Accounts(NamedTuple):
    """The accounts of a report.

    Attributes:
        untold: what is left open where those that cannot be read may be the newest.
        remarks: a sentence on each that is left out.
        without_currency: how many are left out for want of a currency.
    """

    statements: tuple[FinancialStatement, ...] = ()
    untold: tuple[Untold, ...] = ()
    remarks: tuple[Text, ...] = ()
    without_currency: int = 0


class _LeftOut(NamedTuple):
    """Accounts that cannot be read.

    Attributes:
        day: end of their year; None where that is not known.
    """

    day: date | None
    why: Text


def read_accounts(rows: Sequence[Fields], today: date) -> Accounts:
    """Read all accounts of a report.

    Args:
        rows: the report's statements.
        today: day on which the report came; accounts do not end after it.
    """
    read = [_statement(row, today) for row in rows]
    statements = tuple(item for item in read if isinstance(item, FinancialStatement))
    left_out = [item for item in read if isinstance(item, _LeftOut)]
    newest = max((statement.period_end for statement in statements), default=date.min)
    doubtful = [item.why for item in left_out if item.day is None or item.day >= newest]
    twice = [*_told_twice(statements, left_out), *_one_under_two_days(statements)]
    doubtful.extend(twice)
    return Accounts(
        statements,
        left_open(doubtful[0]) if doubtful else (),
        (*(item.why for item in left_out), *twice),
        sum(item.day is not None for item in left_out),
    )


def left_open(remark: Text) -> tuple[Untold, ...]:
    """Leave accounts open for a reason that is a sentence."""
    why = Text(en=remark.en[0].lower() + remark.en[1:].rstrip("."), zh=remark.zh.rstrip("。"))
    return (Untold(source=SOURCE, topics=(Topic.ACCOUNTS,), why=why),)


def _one_under_two_days(statements: Sequence[FinancialStatement]) -> list[Text]:
    """One set of accounts under two days: no two years are alike in every figure."""
    alike: dict[str, set[date]] = {}
    for statement in statements:
        figures = statement.model_dump_json(exclude={"period_start", "period_end"})
        alike.setdefault(figures, set()).add(statement.period_end)
    return [
        Text(
            en=f"The report has the same accounts under {min(days)} and {max(days)}.",
            zh=f"报告中 {min(days)} 与 {max(days)} 的财务报表完全相同。",
        )
        for days in alike.values()
        if len(days) > 1
    ]


def _told_twice(statements: Sequence[FinancialStatement], left_out: Sequence[_LeftOut]) -> list[Text]:
    """Two sets of one day and one kind: nobody can say which of them counts. Those of a group are of another kind."""
    days: dict[date, list[bool | None]] = {item.day: [None] for item in left_out if item.day is not None}
    for statement in statements:
        days.setdefault(statement.period_end, []).append(statement.consolidated)
    return [
        Text(
            en=f"The report has more than one set of accounts of {day}, and does not tell them apart.",
            zh=f"报告中有多份 {day} 的财务报表，无法区分。",
        )
        for day, kinds in days.items()
        if len(kinds) > 1 and (None in kinds or max(Counter(kinds).values()) > 1)
    ]


def _statement(row: Fields, today: date) -> FinancialStatement | _LeftOut:
    """One set of accounts, or why it is left out."""
    row.need_enum("type", {"GlobalFinancialsGGS": STANDARD})
    year_end, weeks = row.pop_date("yearEndDate"), row.pop_int("numberOfWeeks")
    consolidated, currency = row.pop_bool("consolidatedAccounts"), row.pop_text("currency")
    figures: dict[str, Decimal | None] = {}
    for part, lines in _FIGURES.items():
        fields = row.pop_fields(part) or Fields({})
        figures.update({ours: fields.pop_decimal(theirs) for theirs, ours in lines.items()})
        for line in _OTHER_LINES[part]:
            fields.pop(line)
    if year_end is None or year_end > today:
        why = Text(
            en="Accounts without a usable year-end date were left out.",
            zh="有财务报表未注明有效的截止日期，未予采用。",
        )
        return _LeftOut(None, why)
    if currency is None:
        why = Text(
            en=f"Accounts of {year_end} without a currency were left out.",
            zh=f"{year_end} 的财务报表未注明币种，未予采用。",
        )
        return _LeftOut(year_end, why)
    intangibles, doubts = _intangibles(figures)
    length = timedelta(weeks=weeks) - timedelta(days=1) if weeks and 0 < weeks <= _MOST_WEEKS else None
    return FinancialStatement.model_validate(
        {
            "source": SOURCE,
            "period_start": year_end - length if length else None,
            "period_end": year_end,
            "currency": require_currency(currency),
            "standard": STANDARD,
            "consolidated": consolidated,
            **figures,
            **intangibles,
            "doubts": doubts,
        }
    )


def _intangibles(figures: dict[str, Decimal | None]) -> tuple[dict[str, Decimal | None], tuple[Doubt, ...]]:
    """Goodwill and other intangibles, one of them out of the total where it is left out; doubts where that fails.

    Takes the total out of the figures.
    """
    goodwill, other, both = (figures.pop(name) for name in ("goodwill", "intangible_assets", "all_intangibles"))
    if both is not None:
        if goodwill is None:
            # Where only the total is stated, it has the goodwill in it.
            goodwill, other = (both - other, other) if other is not None else (Decimal(0), both)
        elif other is None:
            other = both - goodwill
    stated = {"goodwill": goodwill, "intangible_assets": other}
    if goodwill is None or other is None:
        missing = [name for name, value in stated.items() if value is None]
        return stated, tuple(Doubt(figure=name, why=_NO_INTANGIBLES) for name in missing)
    if (both is not None and abs(goodwill + other - both) > 1) or min(goodwill, other) < 0:
        return dict.fromkeys(stated), tuple(Doubt(figure=name, why=_INTANGIBLES_DIFFER) for name in stated)
    return stated, ()


def require_currency(currency: str) -> str:
    """Return a currency's code.

    Raises:
        SourceChanged: it is none that the house knows.
    """
    if currency not in CURRENCIES:
        given = currency[:10]
        message = Text(en=f"The currency {given} is not known.", zh=f"币种 {given} 无法识别。")
        raise SourceChanged(message, context={"given": given}, remedy=CHECK_FORMAT)
    return currency
