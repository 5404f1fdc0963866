"""Reading the report that Creditsafe Connect sent: pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import AnyFact, CompanyProfile, CreditReport, Untold
from admission.identifiers import taken
from admission.model import Text
from admission.money import Money
from connectors.creditsafe.accounts import Accounts, left_open, read_accounts, require_currency
from connectors.creditsafe.judgments import is_read, read_judgments
from connectors.creditsafe.search import SOURCE
from connectors.creditsafe.standing import Standing, read_standing
from connectors.kit import Fields, read_json, require_ok
from connectors.kit.words import ANOTHER_COMPANY, CHECK_FORMAT

# How far a section of free form is looked through.
_DEPTH, _ROWS = 6, 50
_UNRATED = re.compile(r"not (rated|scored)|no (credit )?(rating|score)|unrated", re.IGNORECASE)
_AMOUNT = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?")
_BANDS = {letter: letter for letter in "ABCDE"}


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
    content, today = read_json(raw), raw.fetched_at.date()
    document = Fields(content)
    connect_id = document.need_text("companyId")
    failed, states_failed = _failed_sections(document)
    ordered_on = document.pop_date("dateOfOrder")
    report = document.need_fields("report")
    beyond = _days_beyond_terms(content["report"], payment_fields)
    _require_ours(query, connect_id, report.pop_text("companyId"))
    summary = report.pop_fields("companySummary")
    profile, standing = _profile(report, connect_id, summary)
    accounts = _accounts(report, failed, today)
    credit = _credit(report, connect_id, ordered_on if ordered_on and ordered_on <= today else None, failed, beyond)
    negative = content["report"].get("negativeInformation")
    judgments = read_judgments(negative, profile.country or "", connect_id, today)
    remarks = (*_negative_remarks(negative), *accounts.remarks)
    unsaid = Text(en="The report does not say whether sections of it failed.", zh="报告未说明是否有部分章节缺失。")
    renamed = _renamed(report, ignored) if not accounts.statements and not accounts.untold else ()
    facts: list[AnyFact] = [
        profile,
        credit if states_failed else credit.model_copy(update={"complete": False}),
        *accounts.statements,
        *judgments.records,
        *judgments.untold,
        *standing.untold,
        *accounts.untold,
        *renamed,
    ]
    _leave_summary_unread(summary)
    return Parsed(
        answer=Answer.FOUND,
        facts=tuple(facts),
        leftover=document.leftover(ignored),
        message=_shortfall(failed, accounts),
        remarks=remarks if states_failed else (*remarks, unsaid),
    )


def _require_ours(query: Query, connect_id: str, again: str | None) -> None:
    """Stop at the report of another company; the report may say twice whose it is.

    Raises:
        SourceChanged: it is another's.
    """
    for field, given in (("companyId", connect_id), ("report.companyId", again or connect_id)):
        if given != query.params["connect_id"]:
            raise SourceChanged(ANOTHER_COMPANY, context={"source": SOURCE, "field": field}, remedy=CHECK_FORMAT)


def _failed_sections(document: Fields) -> tuple[tuple[str, ...], bool]:
    """The sections that failed, and whether the report says so at all."""
    stated = document.has("failedSections") and document.pop("failedSections", None)
    if not isinstance(stated, list):
        return (), False
    return Fields({"failedSections": stated}).pop_texts("failedSections"), True


def _accounts(report: Fields, failed: Sequence[str], today: date) -> Accounts:
    """The report's accounts; where their section failed or is empty of all, it does not say that there are none."""
    emptied = report.has("financialStatements")
    rows = report.pop("financialStatements")
    if rows is None and (emptied or "financialStatements" in failed):
        remark = Text(en="The report came without its section of accounts.", zh="报告缺少财务报表部分。")
        return Accounts(untold=left_open(remark), remarks=(remark,))
    read = Fields({"financialStatements": rows}, "report")
    accounts = read_accounts(read.pop_rows("financialStatements"), today)
    report.adopt(read)
    return accounts


def _renamed(report: Fields, ignored: Collection[str]) -> tuple[Untold, ...]:
    """Leave accounts open where the report has none, but has a section that is not known: they may be in it."""
    unknown = [name for name in report.names if f"report.{name}" not in ignored]
    if not unknown:
        return ()
    names = ", ".join(unknown)[:120]
    return left_open(
        Text(
            en=f"The report has no accounts under their name, and sections that are not known: {names}.",
            zh=f"报告中没有财务报表部分，但有未知部分：{names}。",
        )
    )


def _negative_remarks(section: object) -> tuple[Text, ...]:
    """Name what the bureau counts against the company and is not read as a judgment, so that a person looks at it."""
    nothing: tuple[object, ...] = (None, "", 0, False, [], {}, "0", "No", "no", "N")
    told = [name for name, value in _leaves(section) if value not in nothing and not is_read(name)]
    if not told:
        return ()
    names = ", ".join(dict.fromkeys(told))[:300]
    return (
        Text(
            en=f"The report has negative information that is not read; a person has to look at it: {names}.",
            zh=f"报告含有系统未读取的负面信息，须由人工查看：{names}。",
        ),
    )


def _leaves(section: object, path: str = "", depth: int = 0) -> list[tuple[str, object]]:
    """The figures and words of a section with their places; not below some depth, for nobody knows its form."""
    if depth > _DEPTH or not isinstance(section, dict | list):
        return [(path, section)]
    children = section.items() if isinstance(section, dict) else [("", child) for child in section[:_ROWS]]
    return [
        leaf
        for name, child in children
        for leaf in _leaves(child, ".".join(part for part in (path, str(name)[:60]) if part), depth + 1)
    ]


def _leave_summary_unread(summary: Fields | None) -> None:
    """All else of the summary is said again, and better, elsewhere in the report."""
    if summary is not None:
        for name in summary.names:
            summary.pop(name)


def _shortfall(failed: Sequence[str], accounts: Accounts) -> Text | None:
    """Say what the report should have and has not."""
    english, chinese = [], []
    if failed:
        names = ", ".join(failed)
        english.append(f"The report came without these sections: {names}.")
        chinese.append(f"报告缺少以下部分：{names}。")
    if accounts.without_currency:
        english.append(f"{accounts.without_currency} set(s) of accounts without a currency were left out.")
        chinese.append(f"{accounts.without_currency} 份未注明币种的财务报表未予采用。")
    if accounts.untold:
        english.append("Accounts may be newer than those that could be read.")
        chinese.append("可能有比所读报表更新的财务报表。")
    return Text(en=" ".join(english), zh="".join(chinese)) if english else None


def _profile(report: Fields, connect_id: str, summary: Fields | None) -> tuple[CompanyProfile, Standing]:
    identification = report.need_fields("companyIdentification")
    basic = identification.need_fields("basicInformation")
    country = basic.need_text("country")
    activity = basic.pop_fields("principalActivity")
    address = basic.pop_fields("contactAddress")
    legal_form = basic.pop_fields("legalForm")
    incorporated = basic.pop_date("companyRegistrationDate")
    trading = basic.pop_date("operationsStartDate")
    standing = read_standing(basic, summary)
    profile = CompanyProfile(
        source=SOURCE,
        legal_name=basic.need_text("registeredCompanyName"),
        country=country,
        identifiers={"creditsafe": connect_id, **_numbers(basic, country)},
        status=standing.status,
        status_text=standing.text,
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
    return profile, standing


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
            numbers[kind] = taken(kind, number)
        except ValueError:
            continue
    return numbers


def _industry_code(activity: Fields, country: str) -> str | None:
    code, scheme = activity.pop_text("code"), activity.pop_text("classification")
    if code is None or scheme is None:
        return None
    if re.search(r"\bSIC\b", scheme) and country in ("GB", "US"):
        return f"{'uk' if country == 'GB' else 'us'}-sic:{code}"
    return f"{re.sub('[^a-z0-9]+', '-', scheme.lower()).strip('-')}:{code}"


def _headcount(report: Fields) -> int | None:
    """The newest year's; None where it is a range or a remark, or that year has two."""
    other = report.pop_fields("otherInformation")
    rows = other.pop_rows("employeesInformation") if other else []
    if not rows:
        return None
    told = [(row.pop_int("year") or 0, str(row.pop("numberOfEmployees", ""))) for row in rows]
    newest = {text for year, text in told if year == max(told)[0]}
    text = newest.pop()
    return int(text) if not newest and re.fullmatch(r"[0-9]{1,9}", text) else None


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
    # E is both the worst band and the band of the unrated; only the words tell them apart, and none tell nothing.
    rated = provider is not None and score is not None and bool(description) and not _UNRATED.search(description)
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
    return Money(amount=amount, currency=require_currency(currency))


def _days_beyond_terms(report: object, places: Sequence[str]) -> Decimal | None:
    """The figure at the first of the places that has one; None where two places have different ones."""
    figures = []
    for place in places:
        value = report
        for name in place.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        figure = _figure(value, f"report.{place}")
        if figure is not None:
            figures.append(figure)
    return figures[0] if len(set(figures)) == 1 else None
