"""What people hand in themselves: statements as they were understood, what an official site showed, judgements."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationError, model_validator

from admission.application import Day, DeclaredAmount, Line, no_bool
from admission.errors import BadInput, Invalid, Problem
from admission.evidence.facts import Aspect, FinancialStatement
from admission.evidence.topics import Topic
from admission.free_text import is_plain
from admission.identifiers import taken
from admission.model import Record, Text, left_out
from admission.money import Currency
from admission.people import Department
from admission.problems import problems_of

STATEMENTS_SOURCE = "financials_upload"
OFFICIAL_SOURCE = "manual_evidence"
MAX_UPLOAD = 10_000_000

Understood = Literal["used", "not_used", "not_understood", "ambiguous"]


class UploadedLine(Record):
    """One line of an uploaded sheet and what was made of it.

    Attributes:
        sheet: name of the sheet; a CSV file has one, named after nothing.
        row: its row in the sheet, from 1.
        label: as it is written there.
        field: of `FinancialStatement`, where the line is used.
        alias: the label that it was recognised by.
        factor: whole currency units in one unit of the sheet.
        values: by the last day of the year, in whole currency units.
        note: what a reader needs to know of it, such as why it is not used.
    """

    sheet: str
    row: int
    label: str
    understood: Understood
    field: str | None = None
    alias: str = ""
    factor: Decimal = Decimal(1)
    values: dict[date, Decimal] = Field(default_factory=dict)
    note: Text | None = None


class PreviewProblem(Record):
    """Something in an uploaded file that must be mended before the file is taken.

    Attributes:
        place: name of the sheet, or of the option that was stated with the file; empty for the file as a whole.
        row: of the sheet, from 1; None where no single row is wrong.
        expected: what would be right.
    """

    place: str = ""
    row: int | None = None
    expected: Text

    @property
    def problem(self) -> Problem:
        """It as a problem of an input."""
        return Problem(self.place, "", self.expected, row=self.row)


class Preview(Record):
    """How an uploaded file was understood, line by line.

    Attributes:
        statements: one for each year, by day; empty where something is wrong.
        remarks: what was left out of the file and why (a hidden sheet, an interim column).
        problems: what must be mended before the file is taken.
        untold: why the newest accounts of the file are not known, where those that are read are older.
    """

    filename: str
    lines: tuple[UploadedLine, ...] = ()
    statements: tuple[FinancialStatement, ...] = ()
    remarks: tuple[Text, ...] = ()
    problems: tuple[PreviewProblem, ...] = ()
    untold: Text | None = None

    def require_good(self) -> None:
        """Stop where the file cannot be taken.

        Raises:
            BadInput: with every problem at once.
        """
        if self.problems:
            raise BadInput(
                Text(
                    en=f"{self.filename} cannot be taken as statements.", zh=f"{self.filename} 无法作为财务报表受理。"
                ),
                problems=[found.problem for found in self.problems],
                remedy=Text(
                    en="mend the file, or say what it leaves out, such as --unit 万元",
                    zh="请更正文件，或补充说明其未注明的内容，例如 --unit 万元",
                ),
            )


class StatedWithFile(Record):
    """What the person says about a file that the file itself leaves out.

    Attributes:
        unit: word for the unit of all amounts, such as 万元.
        currency: ISO 4217 code.
        period_end: last day of the current year, where the sheets do not tell it.
    """

    unit: str | None = None
    currency: Currency | None = None
    period_end: Day | None = None

    @classmethod
    def read(cls, stated: Mapping[str, str | None]) -> Self:
        """Read what a person states beside a file; None is nothing stated.

        Raises:
            BadInput: no such currency, or no day.
        """
        try:
            return cls.model_validate({name: value for name, value in stated.items() if value is not None})
        except ValidationError as error:
            raise BadInput(
                Text(en="What is stated with the file cannot be taken.", zh="随文件注明的内容有误。"),
                problems=problems_of(error, model=cls),
            ) from None


OfficialTopic = Literal[
    "registration",
    "dishonest_debtor",
    "enforcement",
    "consumption_limit",
    "abnormal_operations",
    "penalties",
    "insolvency",
    "lawsuits",
]
OFFICIAL_TOPICS: Mapping[OfficialTopic, Topic] = MappingProxyType(
    {
        "registration": Topic.IDENTITY,
        "dishonest_debtor": Topic.DISHONEST_DEBTORS,
        "enforcement": Topic.ENFORCEMENT,
        "consumption_limit": Topic.CONSUMPTION_LIMITS,
        "abnormal_operations": Topic.ABNORMAL_OPERATIONS,
        "penalties": Topic.PENALTIES,
        "insolvency": Topic.INSOLVENCY,
        "lawsuits": Topic.LAWSUITS,
    }
)
"""The subject that a look at an official site covers."""
Standing = Literal["存续", "在业", "开业", "正常", "吊销", "吊销未注销", "吊销已注销", "注销"]


def _check_web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", value, re.ASCII):
        raise Invalid(
            Text(en="a web address that starts with https:// or http://", zh="以 https:// 或 http:// 开头的网址")
        )
    return value


def _check_file_name(value: str) -> str:
    if value in (".", "..") or re.search(r"[/\\:]", value) or not is_plain(value, layout=""):
        raise Invalid(Text(en="the bare name of a file beside this one", zh="与本文件同一文件夹的文件名，不含路径"))
    return value


def _check_masked(value: str) -> str:
    if not re.search(r"[*＊某]", value):
        raise Invalid(
            Text(
                en="a masked name such as 张*; whole names of persons are not kept",
                zh="打码姓名，例如“张*”；系统不保存完整的个人姓名",
            )
        )
    return value


class SiteEntry(Record):
    """One entry that an official site showed of a company.

    Attributes:
        reference: number of the case, entry or decision.
        listed_on: day it was listed, filed, published or decided. (`on` would be a truth value in YAML.)
        ended_on: day it was removed, lifted or closed; none while it stands.
        title: reason or subject; no names of persons.
        authority: court or office.
        role: whom it concerns.
        masked_name: of the person concerned, masked; kept with the bytes and nowhere else.
        amount: sum to be enforced, or fined.
    """

    reference: Line = ""
    listed_on: Day
    ended_on: Day | None = None
    title: Line = ""
    authority: Line = ""
    role: Literal["company", "legal_representative", "controller"] = "company"
    masked_name: Annotated[Line, AfterValidator(_check_masked)] | None = None
    amount: DeclaredAmount | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.ended_on is not None and self.ended_on < self.listed_on:
            raise Invalid(
                Text(en="ended_on is not before listed_on", zh="ended_on（移出日期）不早于 listed_on（列入日期）")
            )
        return self


class Registration(Record):
    """What the register of companies (国家企业信用信息公示系统) shows of a company.

    Attributes:
        insured_staff: 参保人数 of the newest yearly report; the most that any of its five kinds of insurance has.
        legal_representative_changed_on, owners_changed_on: days of such changes under 变更信息; an empty list where the
            person looked and there was none, left out where nobody looked.
    """

    legal_name: Annotated[Line, Field(min_length=1)]
    uscc: Annotated[str, AfterValidator(lambda number: taken("uscc", number))]
    status: Standing
    founded: Day | None = None
    dissolved_on: Day | None = None
    paid_in_capital: DeclaredAmount | None = None
    legal_form: Line = ""
    industry: Line = ""
    address: Line = ""
    former_names: tuple[Line, ...] = ()
    registered_capital: DeclaredAmount | None = left_out(None)
    insured_staff: Annotated[int, BeforeValidator(no_bool), Field(ge=0, le=10_000_000)] | None = left_out(None)
    legal_representative_changed_on: Annotated[tuple[Day, ...], Field(max_length=50)] | None = left_out(None)
    owners_changed_on: Annotated[tuple[Day, ...], Field(max_length=50)] | None = left_out(None)


class SiteRecord(Record):
    """A record of an official site: what a person searched for there, when, and what it showed.

    Attributes:
        searched_by: what was typed in: the company's code, its name, or its legal representative.
        query: the words typed in; kept with the bytes and nowhere else, since they may name a person.
        looked_at: when the person searched, with a time zone.
        file: name of a screenshot or print beside the record form.
        no_record: True where the site said that there is nothing.
    """

    topic: OfficialTopic
    site: Annotated[Line, Field(min_length=1, max_length=80)]
    searched_by: Literal["uscc", "name", "legal_representative"]
    query: Annotated[Line, Field(min_length=1, max_length=200)]
    looked_at: AwareDatetime
    link: Annotated[str, Field(max_length=1000), AfterValidator(_check_web_address)]
    file: Annotated[str, Field(max_length=200), AfterValidator(_check_file_name)] | None = None
    no_record: bool = False
    registration: Registration | None = None
    records: Annotated[tuple[SiteEntry, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _check_one_thing_said(self) -> Self:
        found = bool(self.records) or self.registration is not None
        if found == self.no_record:
            raise Invalid(
                Text(
                    en="either what was found, or no_record: true", zh="填写查到的记录，或写明无记录（no_record: true）"
                )
            )
        if self.registration is not None and self.topic != "registration":
            raise Invalid(
                Text(
                    en="registration belongs to the topic registration",
                    zh="registration（登记信息）只用于事项 registration",
                )
            )
        if self.records and self.topic == "registration":
            raise Invalid(
                Text(
                    en="the topic registration has a registration, not records",
                    zh="事项 registration 填写 registration（登记信息），不填写 records",
                )
            )
        if self.topic == "dishonest_debtor" and any(record.role != "company" for record in self.records):
            raise Invalid(
                Text(
                    en="entries of persons go under the topic consumption_limit",
                    zh="涉及个人的记录填在事项 consumption_limit（限制消费）下",
                )
            )
        return self


class JudgementEntry(Record):
    """What a person thinks of the company in one respect, and why.

    Attributes:
        points: 0 weak, 1 fair, 2 strong.
        note: the reason, for those who vote.
    """

    aspect: Aspect
    points: Annotated[int, BeforeValidator(no_bool), Field(ge=0, le=2)]
    note: Annotated[Line, Field(min_length=1, max_length=1000)]


class OfficialForm(Record):
    """The record form: records of official sites and judgements of the company, as a person writes them in one file.

    Attributes:
        looks: the records of official sites; the word of the file.
    """

    looks: Annotated[tuple[SiteRecord, ...], Field(max_length=50)] = ()
    judgements: Annotated[tuple[JudgementEntry, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _check_something_said(self) -> Self:
        if not self.looks and not self.judgements:
            raise Invalid(
                Text(
                    en="looks or judgements, at least one",
                    zh="至少一项 looks（官方网站查询记录）或 judgements（人工评价）",
                )
            )
        aspects = [entry.aspect for entry in self.judgements]
        if len(set(aspects)) < len(aspects):
            raise Invalid(Text(en="each aspect judged once", zh="每个方面只评价一次"))
        return self


class KeptJudgement(Record):
    """A judgement as it is stored: with who entered it."""

    format: Literal[1] = 1
    judgement: JudgementEntry
    entered_by: str
    department: Department
    entered_at: datetime


class KeptSiteRecord(Record):
    """A record of an official site as it is stored: with who entered it and the sha256 of the file that came with it.

    Attributes:
        look: the record; the word of the stored document.
    """

    format: Literal[1] = 1
    look: SiteRecord
    attachment: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    entered_by: str
    entered_at: datetime


def attachment_of(source: str, body: bytes) -> str | None:
    """Return the sha256 of the file that came with the record of an official site; None where there was none.

    Args:
        source: of the evidence; only records of official sites have attachments.
        body: the stored bytes of the evidence.
    """
    if source != OFFICIAL_SOURCE:
        return None
    try:
        attachment = json.loads(body).get("attachment")
    except (ValueError, AttributeError):
        return None
    return attachment if isinstance(attachment, str) else None
