"""The register's profile of a company."""

from __future__ import annotations

from datetime import date

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed
from admission.evidence.facts import AnyFact, CompanyProfile, CompanyStatus, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Fields
from connectors.kit.words import ANOTHER_COMPANY, CHECK_FORMAT
from connectors.uk_companies_house import words
from connectors.uk_companies_house.lists import SOURCE, TOPICS, Asked

_ADDRESS_PARTS = (
    "care_of",
    "po_box",
    "premises",
    "address_line_1",
    "address_line_2",
    "locality",
    "region",
    "postal_code",
    "country",
)
_STUB = Text(
    en="Companies House has only a stub of this company; officers, charges, insolvency and filings are kept elsewhere.",
    zh="英国公司注册处仅保存该公司的简要条目，其高管、抵押、破产及备案信息由其他登记机构保存。",
)
_NO_STANDING = Text(
    en="Companies House does not state this company's standing", zh="英国公司注册处未注明该公司的登记状态"
)
_HALF_STANDING = Text(
    en="Companies House says that the company is active, but leaves out whether its striking-off is proposed",
    zh="英国公司注册处注明该公司存续，但未说明是否拟除名",
)
# Flags of the profile, and the list that each speaks of.
_FLAGS = {"has_insolvency_history": "insolvency", "has_charges": "charges"}


def read_profile(asked: Asked, document: Fields) -> Parsed:
    """Read the profile; the leads are the lists of which the profile does not say that they are empty.

    Raises:
        SourceChanged: the profile is of another company, or its standing is written under another name.
    """
    found = document.need_text("company_number")
    if found != asked.number:
        raise SourceChanged(ANOTHER_COMPANY, context={"source": SOURCE, "given": found}, remedy=CHECK_FORMAT)
    form = document.pop_text("type") or ""
    standing, untold = _read_standing(document)
    accounts = document.pop_fields("accounts")
    sic_codes = document.pop_texts("sic_codes")
    profile = CompanyProfile(
        source=SOURCE,
        legal_name=document.need_text("company_name"),
        country=None if form in words.FOREIGN_FORMS else "GB",
        identifiers={"uk_company_number": asked.number},
        status=standing.status if standing and not untold else None,
        status_text=standing.text if standing else "",
        legal_form=words.LEGAL_FORMS.get(form, form),
        incorporated_on=document.pop_date("date_of_creation"),
        dissolved_on=document.pop_date("date_of_cessation"),
        industry_code=f"uk-sic:{sic_codes[0]}" if sic_codes else None,
        address=_address(document.pop_fields("registered_office_address")),
        former_names=tuple(row.need_text("name") for row in document.pop_rows("previous_company_names")),
        accounts_overdue=_read_overdue(accounts),
        last_accounts_on=_read_last_accounts(accounts),
    )
    said = tuple(kind for flag, kind in _FLAGS.items() if document.pop_bool(flag) is not False)
    facts: tuple[AnyFact, ...] = (profile, *untold)
    return Parsed(
        answer=Answer.FOUND,
        facts=facts,
        leads=said if standing else (),
        message=None if standing else _STUB,
    )


def _read_standing(document: Fields) -> tuple[words.Standing | None, tuple[Untold, ...]]:
    """The standing, and what is left open where the register does not state it, or only half of it."""
    standing = document.pop_enum("company_status", words.STANDINGS)
    # Most companies have no detail, so that none is no fault; one that is empty is.
    emptied = document.has("company_status_detail")
    detail_text = document.pop_text("company_status_detail")
    detail = Fields({"company_status_detail": detail_text}).pop_enum("company_status_detail", words.STANDING_DETAILS)
    _refuse_renamed(document)
    if standing is None:
        return None, (Untold(source=SOURCE, topics=(Topic.IDENTITY, *TOPICS.values()), why=_NO_STANDING),)
    if standing.status is not CompanyStatus.ACTIVE:
        return standing, ()
    if emptied and detail_text is None and standing.text == words.STANDINGS["active"].text:
        return standing, (Untold(source=SOURCE, topics=(Topic.IDENTITY,), why=_HALF_STANDING),)
    return detail or standing, ()


def _refuse_renamed(document: Fields) -> None:
    """Stop where a field that we do not know holds a word of the standing, such as a detail under a new name."""
    known = {*words.STANDINGS, *words.STANDING_DETAILS}
    for name, text in document.texts_left.items():
        if text in known:
            renamed = Text(
                en="A field of Companies House that is not known holds a standing.",
                zh="英国公司注册处的未知字段中含有登记状态。",
            )
            raise SourceChanged(renamed, context={"source": SOURCE, "field": name}, remedy=CHECK_FORMAT)


def _address(address: Fields | None) -> str:
    parts = [address.pop_text(part) for part in _ADDRESS_PARTS] if address else []
    return ", ".join(part for part in parts if part)


def _read_overdue(accounts: Fields | None) -> bool | None:
    """Whether accounts are late: the register says it of all and of the next ones; both must say no."""
    if accounts is None:
        return None
    with_next = accounts.has("next_accounts")
    following = accounts.pop_fields("next_accounts")
    stated = [accounts.pop_bool("overdue")]
    if with_next:
        stated.append(following.pop_bool("overdue") if following else None)
    if True in stated:
        return True
    return None if None in stated else False


def _read_last_accounts(accounts: Fields | None) -> date | None:
    last = accounts.pop_fields("last_accounts") if accounts else None
    return last.pop_date("made_up_to") if last else None
