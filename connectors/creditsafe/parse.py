"""Reading the report that Creditsafe Connect sent: pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import AnyFact, CompanyProfile, CompanyStatus, CreditReport, FinancialStatement
from admission.identifiers import checked
from admission.model import Text
from admission.money import CURRENCIES, Money
from connectors.creditsafe.search import SOURCE, STATUSES
from connectors.kit import Fields, read_json, require_ok
from connectors.kit.words import ANOTHER_COMPANY, CHECK_FORMAT

STANDARD = "creditsafe-ggs"

# What the free description says goes before the status: a company in liquidation can be Active still.
_STANDINGS = tuple(
    (re.compile(words, re.IGNORECASE), standing)
    for words, standing in (
        (r"dissolved|struck[ -]off|closed|ceased|deregistered|removed from", CompanyStatus.DISSOLVED),
        (r"liquidat|\badministrat(ion|or)\b|insolven|receiver|bankrupt", CompanyStatus.IN_INSOLVENCY),
        (r"strik(e|ing)[ -]off", CompanyStatus.STRIKE_OFF_PROPOSED),
    )
)
_UNRATED = re.compile(r"not (rated|scored)|no (credit )?(rating|score)|unrated", re.IGNORECASE)
_AMOUNT = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?")
_BANDS = {letter: letter for letter in "ABCDE"}
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
        "totalLiabilities": "total_liabilities",
        "totalCurrentLiabilities": "current_liabilities",
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
        "landAndBuildings plantAndMachinery otherTangibleAssets totalTangibleAssets totalIntangibleAssets investments "
        "loansToGroup otherLoans miscellaneousFixedAssets totalOtherFixedAssets totalFixedAssets rawMaterials "
        "workInProgress finishedGoods otherInventories groupReceivables receivablesDueAfter1Year "
        "miscellaneousReceivables totalReceivables otherCurrentAssets tradePayables bankLiabilities "
        "otherLoansOrFinance groupPayables miscellaneousLiabilities tradePayablesDueAfter1Year "
        "bankLiabilitiesDueAfter1Year otherLoansOrFinanceDueAfter1Year groupPayablesDueAfter1Year "
        "miscellaneousLiabilitiesDueAfter1Year totalLongTermLiabilities calledUpShareCapital sharePremium "
        "otherReserves"
    ).split(),
}


def parse_report(
    query: Query, raw: RawAnswer, ignored: Collection[str] = (), payment_fields: Sequence[str] = ()
) -> Parsed:
    """Read a company report.

    Args:
        query: what was asked; its parameter `connect_id` must be the company in the answer.
        raw: what came.
        ignored: dotted names of fields left out on purpose.
        payment_fields: dotted places within `report` where days beyond terms may be found; the first found counts.

    Raises:
        SourceChanged: the shape is not one we know, or the report is of another company.
        CouldNotAsk: a page came in place of an answer.
    """
    require_ok(raw)
    content = read_json(raw)
    document = Fields(content)
    connect_id = document.need_text("companyId")
    if connect_id != query.params["connect_id"]:
        raise SourceChanged(ANOTHER_COMPANY, context={"source": SOURCE, "field": "companyId"}, remedy=CHECK_FORMAT)
    failed = document.pop_texts("failedSections")
    ordered_on = document.pop_date("dateOfOrder")
    report = document.need_fields("report")
    beyond = _days_beyond_terms(content["report"], payment_fields)
    statements = [_statement(row) for row in report.pop_rows("financialStatements")]
    without = statements.count(None)
    facts: list[AnyFact] = [
        _profile(report, connect_id),
        _credit(report, connect_id, ordered_on, failed, beyond),
        *(statement for statement in statements if statement is not None),
    ]
    return Parsed(
        answer=Answer.FOUND,
        facts=tuple(facts),
        leftover=document.leftover(ignored),
        message=_shortfall(failed, without),
    )


def _shortfall(failed: Sequence[str], without: int) -> Text | None:
    """Say what the report should have and has not."""
    english, chinese = [], []
    if failed:
        names = ", ".join(failed)
        english.append(f"The report came without these sections: {names}.")
        chinese.append(f"报告缺少以下部分：{names}。")
    if without:
        english.append(f"{without} set(s) of accounts without a currency were left out.")
        chinese.append(f"{without} 份未注明币种的财务报表未予采用。")
    return Text(en=" ".join(english), zh="".join(chinese)) if english else None


def _profile(report: Fields, connect_id: str) -> CompanyProfile:
    identification = report.need_fields("companyIdentification")
    basic = identification.need_fields("basicInformation")
    country = basic.need_text("country")
    activity = basic.pop_fields("principalActivity")
    address = basic.pop_fields("contactAddress")
    legal_form = basic.pop_fields("legalForm")
    incorporated = basic.pop_date("companyRegistrationDate")
    trading = basic.pop_date("operationsStartDate")
    status, status_text = _standing(basic)
    return CompanyProfile(
        source=SOURCE,
        legal_name=basic.need_text("registeredCompanyName"),
        country=country,
        identifiers={"creditsafe": connect_id, **_numbers(basic, country)},
        status=status,
        status_text=status_text,
        legal_form=(legal_form and legal_form.pop_text("description")) or "",
        incorporated_on=incorporated,
        trading_since=trading if trading != incorporated else None,
        industry_code=activity and _industry_code(activity, country),
        industry_text=(activity and activity.pop_text("description")) or "",
        address=(address and address.pop_text("simpleValue")) or "",
        former_names=tuple(row.need_text("name") for row in identification.pop_rows("previousNames")),
        headcount=_headcount(report),
        paid_in_capital=_issued_capital(report),
    )


def _numbers(basic: Fields, country: str) -> dict[str, str]:
    """The official numbers that pass their check; others cannot be compared with an application's."""
    kinds = {"GB": "uk_company_number", "CN": "uscc"}
    written = {
        kinds.get(country): basic.pop_text("companyRegistrationNumber"),
        "vat": basic.pop_text("vatRegistrationNumber"),
    }
    numbers: dict[str, str] = {}
    for kind, number in written.items():
        if kind is None or number is None:
            continue
        try:
            numbers[kind] = checked(kind, number)
        except ValueError:
            continue
    return numbers


def _standing(basic: Fields) -> tuple[CompanyStatus | None, str]:
    fields = basic.pop_fields("companyStatus")
    if fields is None:
        return None, ""
    status = fields.need_enum("status", STATUSES)
    text = fields.pop_text("description") or ""
    for words, standing in _STANDINGS:
        if words.search(text):
            return standing, text or status
    return (CompanyStatus.ACTIVE if status == "Active" else None), text or status


def _industry_code(activity: Fields, country: str) -> str | None:
    code, scheme = activity.pop_text("code"), activity.pop_text("classification")
    if code is None or scheme is None:
        return None
    if re.search(r"\bSIC\b", scheme) and country in ("GB", "US"):
        return f"{'uk' if country == 'GB' else 'us'}-sic:{code}"
    return f"{re.sub('[^a-z0-9]+', '-', scheme.lower()).strip('-')}:{code}"


def _headcount(report: Fields) -> int | None:
    """The newest year's; None where it is a range or a remark."""
    other = report.pop_fields("otherInformation")
    rows = other.pop_rows("employeesInformation") if other else []
    if not rows:
        return None
    _, text = max((row.pop_int("year") or 0, str(row.pop("numberOfEmployees", ""))) for row in rows)
    return int(text) if text.isdigit() else None


def _issued_capital(report: Fields) -> Money | None:
    structure = report.pop_fields("shareCapitalStructure")
    if structure is None:
        return None
    currency = structure.pop_text("shareCapitalCurrency")
    issued = structure.pop_fields("issuedShareCapital")
    if issued is None:
        return None
    return _money(issued.pop_decimal("value"), issued.pop_text("currency") or currency)


def _credit(
    report: Fields, connect_id: str, ordered_on: date | None, failed: tuple[str, ...], beyond: Decimal | None
) -> CreditReport:
    credit = report.pop_fields("creditScore")
    rating = credit.pop_fields("currentCreditRating") if credit else None
    plain = CreditReport(
        source=SOURCE,
        reference=connect_id,
        reported_on=ordered_on,
        rated=False,
        days_beyond_terms=beyond,
        complete=not failed and rating is not None,
        failed_sections=failed if rating is not None else tuple(dict.fromkeys((*failed, "creditScore"))),
    )
    if rating is None:
        return plain
    description = rating.pop_text("commonDescription") or ""
    provider = rating.pop_fields("providerValue")
    score = None if provider is None else _figure(provider.pop("value"), "providerValue.value")
    # E is both the worst band and the band of the unrated; only the words tell them apart.
    rated = provider is not None and score is not None and not _UNRATED.search(description)
    return plain.model_copy(
        update={
            "rated": rated,
            "score": score if rated else None,
            "score_min": provider.pop_decimal("minValue") if provider and rated else None,
            "score_max": provider.pop_decimal("maxValue") if provider and rated else None,
            "band": rating.pop_enum("commonValue", _BANDS) or "",
            "band_text": description,
            "limit": _limit(rating),
        }
    )


def _limit(rating: Fields) -> Money | None:
    fields = rating.pop_fields("creditLimit")
    if fields is None:
        return None
    amount = _figure(fields.pop("value"), "creditLimit.value")
    return None if amount is None else _money(amount, fields.pop_text("currency"))


def _figure(value: object, field: str) -> Decimal | None:
    """Return a figure, or None for words such as "Not Rated" and "Credit Limit not applicable".

    Raises:
        SourceChanged: there is a digit in the words, so that they may be a figure after all.
    """
    text = "" if value is None else str(value).strip()
    if _AMOUNT.fullmatch(text):
        return Decimal(text)
    if isinstance(value, bool | dict | list) or re.search(r"\d", text):
        message = Text(en=f"The figure {field} is written in an unknown form.", zh=f"数值 {field} 的写法无法识别。")
        raise SourceChanged(message, context={"field": field}, remedy=CHECK_FORMAT)
    return None


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    """An amount without a currency is no amount."""
    if amount is None or currency is None:
        return None
    return Money(amount=amount, currency=_require_known(currency))


def _require_known(currency: str) -> str:
    if currency not in CURRENCIES:
        given = currency[:10]
        message = Text(en=f"The currency {given} is not known.", zh=f"币种 {given} 无法识别。")
        raise SourceChanged(message, context={"given": given}, remedy=CHECK_FORMAT)
    return currency


def _days_beyond_terms(report: object, places: Sequence[str]) -> Decimal | None:
    for place in places:
        value = report
        for name in place.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        figure = _figure(value, f"report.{place}")
        if figure is not None:
            return figure
    return None


def _statement(row: Fields) -> FinancialStatement | None:
    row.need_enum("type", {"GlobalFinancialsGGS": STANDARD})
    year_end, weeks = row.need_date("yearEndDate"), row.pop_int("numberOfWeeks")
    consolidated, currency = row.pop_bool("consolidatedAccounts"), row.pop_text("currency")
    figures: dict[str, Decimal | None] = {}
    for part, lines in _FIGURES.items():
        fields = row.pop_fields(part)
        if fields is None:
            continue
        figures.update({ours: fields.pop_decimal(theirs) for theirs, ours in lines.items()})
        for line in _OTHER_LINES[part]:
            fields.pop(line)
    if currency is None:
        return None
    return FinancialStatement.model_validate(
        {
            "source": SOURCE,
            "period_start": year_end - timedelta(weeks=weeks) + timedelta(days=1) if weeks else None,
            "period_end": year_end,
            "currency": _require_known(currency),
            "standard": STANDARD,
            "consolidated": consolidated,
            **figures,
        }
    )
