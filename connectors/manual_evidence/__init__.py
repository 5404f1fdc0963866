"""What people recorded: what official Chinese sites showed them (captchas are not got around), and their judgements.

What it tells, each with site, time, link, the file kept and who entered it:

- `registration`: name, code, standing, founding day, registered and paid-in capital, insured staff, days on which the
  legal representative or the owners changed (国家企业信用信息公示系统 gsxt.gov.cn).
- `abnormal_operations`, `penalties`: entries with the day of listing and of removal (the same site).
- `dishonest_debtor`, `enforcement`, `consumption_limit`: 失信被执行人, 被执行人, 限制消费
  (中国执行信息公开网 zxgk.court.gov.cn).
- `lawsuits`: suits in which the company is the defendant (中国裁判文书网 wenshu.court.gov.cn, court notices).
- `insolvency`: 全国企业破产重整案件信息网 pccz.court.gov.cn.
- that a site showed nothing, for each topic by itself.
- `judgement`: what a named person of the house thinks of a company of any country, in one respect, and why.

What it cannot tell:

- What nobody searched for. A topic is covered by a record of that topic alone, searched by the company's code or name;
  consumption limits on the legal representative are covered only by a search for the representative.
- Whether the person read the site right; the file that was kept with the record shows what was there.
- What nobody could notice: an entry that the person left out, for the sites do not say how many there are.
- Names of persons outside the house: whom a record concerns is told by role. What was typed in and masked names stay
  with the bytes.

An entry ends on the day that the site showed, if that was not ahead when the person searched. A day that means none,
such as 0001-01-01, ends nothing and founds nothing; as the day of listing it makes the record one to be entered again.

A newer record of the same topic and site, searched in the same way, takes the place of an older one; so does a newer
judgement of the same aspect.

History of the layout:

- 2026-11: format 1 of the record form (`admission.evidence.uploads.OfficialForm`); judgements were added to it.
- 2026-11, parser 2: a field that is told twice, and days that mean none, are refused.
- 2026-11, parser 3: lawsuits; registered capital, insured staff and changes of a registration.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from admission.application import Subject
from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import AnyFact, CompanyProfile, CompanyStatus, LegalKind, LegalRecord, LegalStatus
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.evidence.uploads import (
    OFFICIAL_SOURCE,
    OFFICIAL_TOPICS,
    KeptSiteRecord,
    OfficialTopic,
    Registration,
    SiteEntry,
    SiteRecord,
)
from admission.model import Text
from connectors.kit import Kit, load_card, means_none
from connectors.manual_evidence.judgements import KIND, judgement_query, parse_judgement
from connectors.manual_evidence.unreadable import RECORD_AGAIN, require_one_value_each, wrong_fields

__all__ = ["TOPICS", "TOPIC_WORDS", "ManualEvidence", "connector", "judgement_query", "site_record_query"]

TOPICS = OFFICIAL_TOPICS
TOPIC_WORDS: Mapping[OfficialTopic, Text] = MappingProxyType(
    {
        "registration": Text(en="registration", zh="登记信息"),
        "dishonest_debtor": Text(en="dishonest debtors", zh="失信被执行人"),
        "enforcement": Text(en="enforcement", zh="被执行人"),
        "consumption_limit": Text(en="consumption limits", zh="限制消费"),
        "abnormal_operations": Text(en="abnormal operations", zh="经营异常名录"),
        "penalties": Text(en="administrative penalties", zh="行政处罚"),
        "insolvency": Text(en="insolvency", zh="破产重整"),
        "lawsuits": Text(en="lawsuits", zh="涉诉案件"),
    }
)
_KINDS: Mapping[OfficialTopic, LegalKind] = MappingProxyType(
    {
        "dishonest_debtor": LegalKind.DISHONEST_DEBTOR,
        "enforcement": LegalKind.ENFORCEMENT,
        "consumption_limit": LegalKind.CONSUMPTION_LIMIT,
        "abnormal_operations": LegalKind.ABNORMAL_OPERATIONS,
        "penalties": LegalKind.PENALTY,
        "insolvency": LegalKind.INSOLVENCY,
        "lawsuits": LegalKind.LAWSUIT,
    }
)
_STANDINGS = {
    "存续": CompanyStatus.ACTIVE,
    "在业": CompanyStatus.ACTIVE,
    "开业": CompanyStatus.ACTIVE,
    "正常": CompanyStatus.ACTIVE,
    "吊销": CompanyStatus.REVOKED,
    "吊销未注销": CompanyStatus.REVOKED,
    "吊销已注销": CompanyStatus.DISSOLVED,
    "注销": CompanyStatus.DISSOLVED,
}


def site_record_query(subject: Subject, record: SiteRecord) -> Query:
    """Return the question that a record of an official site answers, with the topic that it covers."""
    by_person = record.searched_by == "legal_representative"
    covers = by_person == (record.topic == "consumption_limit")
    # What the register shows besides identity: capital, insured staff, changes.
    more = (Topic.REGISTRATION,) if record.topic == "registration" else ()
    return Query(
        source=OFFICIAL_SOURCE,
        kind=record.topic,
        params={"company": subject.company_key, "site": record.site, "searched_by": record.searched_by},
        topics=(TOPICS[record.topic], *more) if covers else (),
    )


class ManualEvidence:
    """The connector to what people recorded: nobody is asked; `services.papers` puts the record on the case."""

    def __init__(self) -> None:
        self.card: SourceCard = load_card(Path(__file__).parent)

    @property
    def configured(self) -> bool:
        """Always true: nothing needs to be set."""
        return True

    @property
    def setup_hint(self) -> Text:
        """How records come in."""
        return Text(
            en="Record what a site showed with `gatehouse evidence add REF FILE`.",
            zh="使用 gatehouse evidence add REF FILE 录入官方网站查询结果。",
        )

    def plan(self, subject: Subject) -> Plan:  # noqa: ARG002 - the protocol's
        """There is nobody to ask."""
        return Plan()

    def fetch(self, query: Query) -> RawAnswer:  # noqa: ARG002 - the protocol's
        """There is nobody to ask.

        Raises:
            AccessRefused: always.
        """
        message = Text(en="Official sites are read by a person.", zh="官方网站须由人工查询。")
        raise AccessRefused(message, remedy=self.setup_hint)

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Read the facts of one record of an official site, or of one judgement.

        Raises:
            SourceChanged: the record is not of a form that we know, or of another topic than it was stored under.
        """
        if query.kind == KIND:
            return parse_judgement(query, raw)
        unknown = Text(en="The record is not of a known form.", zh="官方网站查询记录的格式无法识别。")
        require_one_value_each(raw, unknown)
        try:
            record = KeptSiteRecord.model_validate_json(raw.body).look
        except ValidationError as error:
            raise SourceChanged(unknown, context=wrong_fields(error), remedy=RECORD_AGAIN) from None
        if record.topic != query.kind:
            message = Text(en="The record is of another topic.", zh="官方网站查询记录的事项与所存事项不符。")
            context = {"topic": record.topic, "asked": query.kind}
            raise SourceChanged(message, context=context, remedy=RECORD_AGAIN)
        return Parsed(
            answer=Answer.NO_RECORD if record.no_record else Answer.FOUND,
            facts=tuple(_facts(record, min(record.looked_at.date(), raw.fetched_at.date()))),
            message=_summary(record),
        )

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:  # noqa: ARG002 - the protocol's
        """Nothing follows."""
        return ()


def _summary(record: SiteRecord) -> Text:
    topic = TOPIC_WORDS[record.topic]
    en = "nothing" if record.no_record else f"{len(record.records) or 1} record(s)"
    zh = "无记录" if record.no_record else f"{len(record.records) or 1} 条记录"
    return Text(
        en=f"recorded by hand from {record.site}: {topic.en}: {en}", zh=f"人工录入（{record.site}）：{topic.zh}：{zh}"
    )


def _facts(record: SiteRecord, seen_on: date) -> list[AnyFact]:
    if record.registration is not None:
        return [_profile(record.registration)]
    return [_legal_record(record, entry, seen_on) for entry in record.records]


def _day(day: date | None) -> date | None:
    """A day, or None for one that means none."""
    return None if day is None or means_none(day) else day


def _profile(shown: Registration) -> CompanyProfile:
    return CompanyProfile(
        source=OFFICIAL_SOURCE,
        legal_name=shown.legal_name,
        country="CN",
        identifiers={"uscc": shown.uscc},
        status=_STANDINGS[shown.status],
        status_text=shown.status,
        legal_form=shown.legal_form,
        incorporated_on=_day(shown.founded),
        dissolved_on=_day(shown.dissolved_on),
        industry_text=shown.industry,
        address=shown.address,
        former_names=shown.former_names,
        paid_in_capital=shown.paid_in_capital.money if shown.paid_in_capital else None,
        registered_capital=shown.registered_capital.money if shown.registered_capital else None,
        insured_staff=shown.insured_staff,
        legal_representative_changed_on=_changes(shown.legal_representative_changed_on),
        owners_changed_on=_changes(shown.owners_changed_on),
    )


def _changes(days: tuple[date, ...] | None) -> tuple[date, ...] | None:
    """Days of changes; not known at all where one of them means none."""
    return None if days is None or any(means_none(day) for day in days) else days


def _legal_record(record: SiteRecord, entry: SiteEntry, seen_on: date) -> LegalRecord:
    kind, ended_on = _KINDS[record.topic], _day(entry.ended_on)
    if means_none(entry.listed_on):
        dayless = Text(en="An entry of the record has no usable day of listing.", zh="查询记录中有条目的列入日期无效。")
        raise SourceChanged(dayless, context={"topic": record.topic}, remedy=RECORD_AGAIN)
    # A penalty is decided once and for all; all else stands until it is removed, lifted or closed. A day that lay
    # ahead when the site was searched has ended nothing yet.
    over = (ended_on is not None and ended_on <= seen_on) or kind is LegalKind.PENALTY
    return LegalRecord(
        source=OFFICIAL_SOURCE,
        kind=kind,
        status=LegalStatus.CLOSED if over else LegalStatus.OPEN,
        on=entry.listed_on,
        ended_on=ended_on,
        reference=entry.reference or f"{record.topic} {entry.listed_on}",
        title="; ".join(part for part in (entry.title, entry.authority) if part),
        url=record.link,
        role="" if entry.role == "company" else entry.role,
        amount=entry.amount.money if entry.amount else None,
    )


def connector(kit: Kit) -> ManualEvidence:
    """Return the connector to records of people; it needs nothing of the kit."""
    del kit
    return ManualEvidence()
