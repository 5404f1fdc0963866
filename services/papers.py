"""What people put on a case themselves: uploaded statements, what official sites showed them, judgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from pydantic import ValidationError

from admission.approval.mandates import Act
from admission.approval.rounds import RoundOpening
from admission.cases import Case
from admission.errors import BadInput, Conflict, NotFound, Problem
from admission.evidence.answers import Evidence, Query, RawAnswer, latest
from admission.evidence.sources import Connector
from admission.evidence.uploads import (
    MAX_UPLOAD,
    OFFICIAL_SOURCE,
    JudgementEntry,
    KeptJudgement,
    KeptSiteRecord,
    OfficialForm,
    Preview,
    SiteRecord,
    StatedWithFile,
    attachment_of,
)
from admission.model import Record, Text, canonical_json
from admission.people import Person
from admission.policy import Policy
from admission.problems import problems_of
from admission.separation import Duty, check_independent
from connectors.financials_upload import preview as preview_statements
from connectors.financials_upload import statements_query
from connectors.manual_evidence import judgement_query, site_record_query
from services.assessing import unconfirmed_of
from services.mandates import refusal_noted, under_mandate
from wiring.house import House

CLOCK_SLACK = timedelta(minutes=10)
LONGEST_SUMMARY = 1000
FORM_NOT_TAKEN = Text(en="The record form cannot be taken.", zh="查询记录无法受理。")
SUFFIXES = {b"PK": ".xlsx"}
TYPES = {b"PK": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

__all__ = [
    "Papers",
    "add_manual_evidence",
    "add_papers",
    "add_statements",
    "brought",
    "confirm",
    "file_of",
    "preview_statements",
    "unconfirmed",
]


class Papers(Record):
    """What is handed in with an application.

    Attributes:
        statements: files of statements by name.
        forms: record forms, each with the files that its looks name.
    """

    statements: tuple[tuple[str, bytes], ...] = ()
    stated: StatedWithFile = StatedWithFile()
    forms: tuple[tuple[Any, dict[str, bytes]], ...] = ()


def add_papers(house: House, reference: str, person: Person, papers: Papers) -> list[Evidence]:
    """Put all papers on a case, in order."""
    added = [add_statements(house, reference, person, name, body, papers.stated) for name, body in papers.statements]
    for document, attachments in papers.forms:
        added += add_manual_evidence(house, reference, person, document, attachments)
    return added


def add_statements(
    house: House,
    reference: str,
    person: Person,
    filename: str,
    body: bytes,
    stated: StatedWithFile | None = None,
    reason: str = "",
) -> Evidence:
    """Put uploaded statements on a case; a newer upload takes the place of an older one.

    Args:
        house: the house.
        reference: the case; once its facts are settled, the statements open its next round.
        person: who hands them in.
        filename: as people know it; named in messages alone.
        body: the file, XLSX or CSV.
        stated: unit, currency or day, where the file leaves them out.
        reason: what voters are told where a round is opened; what was understood of the file if empty.

    Raises:
        BadInput: the file cannot be read, or a line or unit in it is not clear.
        Conflict: the case is decided, has this very file already, or a run is gathering for it right now.
    """
    stated = stated or StatedWithFile()
    read: Preview = preview_statements(body, filename, stated)
    read.require_good()
    case = house.casebook.cases.get(reference)
    policy = _may_record(house, case, person)
    raw = RawAnswer(
        status=200,
        content_type=TYPES.get(body[:2], "text/csv"),
        headers=stated.model_dump(mode="json", exclude_none=True),
        body=body,
        url="",
        fetched_at=house.clock(),
    )
    evidence = _evidence(house, statements_query(case.application.subject), raw, brought_by=person.username)
    _check_new(house, case, evidence)
    _hand_in(house, case, person, policy, [evidence], reason)
    return evidence


def add_manual_evidence(
    house: House,
    reference: str,
    person: Person,
    document: object,
    attachments: Mapping[str, bytes] | None = None,
    reason: str = "",
) -> list[Evidence]:
    """Put a record form on a case: one piece of evidence for each look at an official site and for each judgement.

    Args:
        house: the house.
        reference: the case; once its facts are settled, the looks open its next round.
        person: who looked and records it; kept with the bytes and in the history.
        document: the record form as YAML or JSON gave it (`admission.evidence.uploads.OfficialForm`).
        attachments: the files that looks name, by name.
        reason: what voters are told where a round is opened; what was looked up if empty.

    Raises:
        BadInput: the form is wrong; all problems are told at once.
        NotAllowed: the person has no mandate for it; or it judges the company, and the person asked for this customer.
        Conflict: the case is decided, or a run is gathering for it right now.
    """
    files = dict(attachments or {})
    case = house.casebook.cases.get(reference)
    form = _form(document)
    problems = [
        problem for row, look in enumerate(form.looks, 1) for problem in _problems(house, case, row, look, files)
    ]
    if problems:
        raise BadInput(FORM_NOT_TAKEN, problems=problems)
    policy = _may_record(house, case, person)
    if form.judgements:
        _may_judge(house, case, person)
    added = [_look_evidence(house, case, person, look, files) for look in form.looks]
    added += [_judgement_evidence(house, case, person, entry) for entry in form.judgements]
    _hand_in(house, case, person, policy, added, reason)
    return added


def confirm(house: House, reference: str, ids: Sequence[str], person: Person) -> RoundOpening | None:
    """Confirm what others put on a case; see `Confirmations.confirm`.

    Raises:
        NotAllowed: besides, the person has no mandate for it.
    """
    policy = under_mandate(house, Act.CONFIRM, person, reference, "confirmation.refused")
    most = policy.approval.rounds_a_day
    return house.casebook.confirmations.confirm(reference, ids, person.username, most=most)


def brought(house: House, case: Case) -> list[Evidence]:
    """Return what people put on a case, confirmed or not, as it stands in its round."""
    return [
        item for item in latest(house.casebook.evidence.of(case.reference, case.round)) if item.brought_by is not None
    ]


def file_of(house: House, reference: str, identity: str) -> tuple[str, bytes]:
    """Return name and bytes of the file that came with what a person put on a case: its picture, or the upload itself.

    Raises:
        NotFound: the case has no such evidence, or no person put it there.
    """
    found = [item for item in house.casebook.evidence.of_all_rounds(reference) if item.id == identity]
    if not found or found[0].brought_by is None or found[0].sha256 is None:
        raise NotFound(
            Text(en="There is no such file on this case.", zh="本申请单没有该文件。"),
            context={"case": reference, "evidence": identity[:40]},
        )
    item, body = found[0], house.casebook.evidence.body(str(found[0].sha256))
    attachment = attachment_of(item.source, body)
    if attachment is None:
        return f"{reference}-{identity[:8]}{SUFFIXES.get(body[:2], '.csv')}", body
    name = KeptSiteRecord.model_validate_json(body).look.file or identity[:8]
    return name, house.casebook.evidence.body(attachment)


def unconfirmed(house: House, case: Case) -> list[Evidence]:
    """Return what people put on a case and nobody has confirmed yet, as it stands in its round."""
    evidence = brought(house, case)
    waiting = unconfirmed_of(house, case, evidence)
    return [item for item in evidence if item.id in waiting]


def _may_record(house: House, case: Case, person: Person) -> Policy:
    """Return the policy under which a person may put something on a case.

    Whoever asked for the customer hands in its papers; others need a mandate.
    """
    if case.requester == person.username:
        return house.policy_in_force()
    return under_mandate(house, Act.RECORD, person, case.reference, "evidence.refused")


def _may_judge(house: House, case: Case, person: Person) -> None:
    """Whoever asks for a customer has an interest in it, and judgements raise the score."""
    with refusal_noted(house, "judgement.refused", case.reference, person):
        check_independent(Duty.JUDGE, person.username, case.requester, case=case.reference)


def _check_new(house: House, case: Case, evidence: Evidence) -> None:
    """Refuse a file that the case has in its round already: nothing would change but the round."""
    for item in latest(house.casebook.evidence.of(case.reference, case.round)):
        if (item.query, item.sha256, item.headers) == (evidence.query, evidence.sha256, evidence.headers):
            raise Conflict(
                Text(en="The case has this very file already.", zh="本申请单已有同一文件。"),
                context={"case": case.reference},
            )


def _hand_in(house: House, case: Case, person: Person, policy: Policy, added: Sequence[Evidence], reason: str) -> None:
    """Put evidence on the case, into the next round where the facts of this one are settled, and wake its run."""
    told = [item.message for item in added if item.message is not None]
    # In both languages: nobody knows yet who reads it.
    summary = "; ".join(f"{text.en} / {text.zh}" for text in told) or str(added[0].source)
    shortened = summary[:LONGEST_SUMMARY]
    most = policy.approval.rounds_a_day
    told_voters = reason.strip() or shortened
    opening = house.casebook.evidence.hand_in(case.reference, added, person.username, told_voters, most=most)
    if opening is None and house.casebook.cases.runs(case.reference):
        house.casebook.cases.request_wake(case.reference)


def _evidence(house: House, query: Query, raw: RawAnswer, *, brought_by: str | None = None) -> Evidence:
    """Keep the bytes, then read them."""
    connector: Connector = house.connectors[query.source]
    sha256 = house.casebook.evidence.keep(raw.body)
    parsed = connector.parse(query, raw)
    return Evidence(
        id=house.new_id(),
        query=query,
        answer=parsed.answer,
        fetched_at=raw.fetched_at,
        sha256=sha256,
        status=raw.status,
        content_type=raw.content_type,
        headers=raw.headers,
        url=raw.url,
        message=parsed.message,
        parser=connector.card.parser,
        brought_by=brought_by,
    )


def _look_evidence(house: House, case: Case, person: Person, look: SiteRecord, files: Mapping[str, bytes]) -> Evidence:
    attachment = house.casebook.evidence.keep(files[look.file]) if look.file else None
    kept = KeptSiteRecord(look=look, attachment=attachment, entered_by=person.username, entered_at=house.clock())
    raw = RawAnswer(
        status=200,
        content_type="application/json",
        body=canonical_json(kept.model_dump(mode="json", exclude_none=True)).encode(),
        url=look.link,
        fetched_at=look.looked_at.astimezone(UTC),
    )
    return _evidence(house, site_record_query(case.application.subject, look), raw, brought_by=person.username)


def _judgement_evidence(house: House, case: Case, person: Person, entry: JudgementEntry) -> Evidence:
    now = house.clock()
    kept = KeptJudgement(
        judgement=entry, entered_by=person.username, department=person.department, entered_at=now.astimezone(UTC)
    )
    raw = RawAnswer(
        status=200,
        content_type="application/json",
        body=canonical_json(kept.model_dump(mode="json")).encode(),
        url="",
        fetched_at=now,
    )
    return _evidence(house, judgement_query(case.application.subject, entry.aspect), raw)


def _form(document: object) -> OfficialForm:
    try:
        return OfficialForm.model_validate(document)
    except ValidationError as error:
        problems = problems_of(error, model=OfficialForm)
        raise BadInput(FORM_NOT_TAKEN, problems=problems) from None


def _problems(house: House, case: Case, row: int, look: SiteRecord, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """What is wrong with a look that its form alone does not show."""
    now = house.clock()
    oldest = now - timedelta(days=house.connectors[OFFICIAL_SOURCE].card.freshness_days)
    if look.looked_at > now + CLOCK_SLACK:
        yield Problem(
            f"looks.{row}.looked_at", str(look.looked_at), Text(en="a time that has been", zh="须为已过去的时间")
        )
    if look.looked_at < oldest:
        yield Problem(
            f"looks.{row}.looked_at",
            str(look.looked_at),
            Text(en=f"not before {oldest:%Y-%m-%d}; look again", zh=f"不早于 {oldest:%Y-%m-%d}；请重新查询"),
        )
    if look.file is None:
        expected = Text(
            en="a file: a picture or print of what the site showed", zh="须附文件：网站显示内容的截图或打印件"
        )
        yield Problem(f"looks.{row}.file", "", expected)
    elif look.file not in files:
        yield Problem(f"looks.{row}.file", look.file, Text(en="a file that is handed in too", zh="须为一并提交的文件"))
    elif look.file is not None and not 0 < len(files[look.file]) <= MAX_UPLOAD:
        yield Problem(
            f"looks.{row}.file",
            look.file,
            Text(en=f"a file of 1 to {MAX_UPLOAD:,} bytes", zh=f"1 至 {MAX_UPLOAD:,} 字节的文件"),
        )
    asked = case.application.identifiers.get("uscc")
    if look.registration is not None and asked is not None and look.registration.uscc != asked:
        yield Problem(
            f"looks.{row}.registration.uscc",
            look.registration.uscc,
            Text(en=f"the applicant's code, {asked}", zh=f"申请企业的代码 {asked}"),
        )
    days = [day for record in look.records for day in (record.listed_on, record.ended_on) if day is not None]
    if days and max(days) > look.looked_at.date() + timedelta(days=1):
        yield Problem(
            f"looks.{row}.records", str(max(days)), Text(en="no day after the look itself", zh="不得晚于查询当日")
        )
