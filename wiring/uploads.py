"""What people put on a case themselves: uploaded statements, what official sites showed them, judgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import Any

from pydantic import ValidationError

from admission.application import problems_of
from admission.cases import Case, CaseStatus, Step
from admission.errors import BadInput, Conflict, NotAllowed, Problem
from admission.evidence import Evidence, Query, RawAnswer
from admission.model import Record, canonical_json
from admission.people import Person
from admission.sources import Connector
from admission.uploads import (
    MAX_UPLOAD,
    OFFICIAL_SOURCE,
    JudgementEntry,
    KeptJudgement,
    KeptLook,
    Look,
    OfficialForm,
    Preview,
    StatedWithFile,
)
from connectors.financials_upload import preview as preview_statements
from connectors.financials_upload import statements_query
from connectors.manual_evidence import judgement_query, look_query
from wiring.house import House

HOLD_SECONDS = 60
CLOCK_SLACK = timedelta(minutes=10)
TYPES = {b"PK": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

__all__ = ["Papers", "add_manual_evidence", "add_papers", "add_statements", "preview_statements"]


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
) -> Evidence:
    """Put uploaded statements on a case; a newer upload takes the place of an older one.

    Args:
        house: the house.
        reference: the case, which must still be gathering evidence.
        person: who hands them in.
        filename: as people know it; named in messages alone.
        body: the file, XLSX or CSV.
        stated: unit, currency or day, where the file leaves them out.

    Raises:
        BadInput: the file cannot be read, or a line or unit in it is not clear.
        Conflict: the case is past gathering, or a run is moving it right now.
    """
    stated = stated or StatedWithFile()
    read: Preview = preview_statements(body, filename, stated)
    read.require_good()
    with _open_for_evidence(house, reference) as case:
        raw = RawAnswer(
            status=200,
            content_type=TYPES.get(body[:2], "text/csv"),
            headers=stated.model_dump(mode="json", exclude_none=True),
            body=body,
            url="",
            fetched_at=house.clock(),
        )
        return _put(house, case, person, statements_query(case.application.subject), raw)


def add_manual_evidence(
    house: House, reference: str, person: Person, document: object, attachments: Mapping[str, bytes] | None = None
) -> list[Evidence]:
    """Put a record form on a case: one piece of evidence for each look at an official site and for each judgement.

    Args:
        house: the house.
        reference: the case, which must still be gathering evidence.
        person: who looked and records it; kept with the bytes and in the history.
        document: the record form as YAML or JSON gave it (`admission.uploads.OfficialForm`).
        attachments: the files that looks name, by name.

    Raises:
        BadInput: the form is wrong; all problems are told at once.
        NotAllowed: it judges the company, and the person asked for this customer.
        Conflict: the case is past gathering, or a run is moving it right now.
    """
    files = dict(attachments or {})
    case = house.casebook.cases.get(reference)
    form = _form(document)
    problems = [
        problem for row, look in enumerate(form.looks, 1) for problem in _problems(house, case, row, look, files)
    ]
    if problems:
        raise BadInput("The record form cannot be taken.", problems=problems)
    if form.judgements:
        _may_judge(house, case, person)
    with _open_for_evidence(house, reference) as held:
        added = [_put_look(house, held, person, look, files) for look in form.looks]
        return added + [_put_judgement(house, held, person, entry) for entry in form.judgements]


def _may_judge(house: House, case: Case, person: Person) -> None:
    """Whoever asks for a customer has an interest in it, and judgements raise the score."""
    if person.username == case.requester:
        refusal = NotAllowed(
            "You asked for this customer; somebody else judges it.",
            context={"case": case.reference},
            remedy="another person enters it: gatehouse judge REF ...",
        )
        house.casebook.history.add(person.username, "judgement.refused", case.reference, {"reason": refusal.message})
        raise refusal


@contextmanager
def _open_for_evidence(house: House, reference: str) -> Iterator[Case]:
    """Hold the case while evidence is put on it, so that no run reads half of it; wake its run afterwards."""
    cases = house.casebook.cases
    holder = f"evidence {house.new_id()}"
    if not cases.acquire_lease(reference, holder, HOLD_SECONDS):
        raise Conflict(
            "A run is moving this case right now.",
            context={"case": reference},
            remedy="hand papers in with the application (`gatehouse onboard FILE --statements ... --evidence ...`)",
        )
    try:
        case = cases.get(reference)
        validated = cases.step_result(reference, case.round, Step.VALIDATE) is not None
        if case.status is not CaseStatus.GATHERING or validated:
            raise Conflict(
                f"This case is past gathering evidence: it is {case.status}, and its facts are settled.",
                context={"case": reference},
                remedy="new evidence needs a new round of the case",
            )
        yield case
    finally:
        cases.release_lease(reference, holder)
    if cases.runs(reference):
        cases.request_wake(reference)


def _put(house: House, case: Case, person: Person, query: Query, raw: RawAnswer) -> Evidence:
    """Keep the bytes, then put the evidence on the case."""
    connector: Connector = house.connectors[query.source]
    sha256 = house.casebook.evidence.keep(raw.body)
    parsed = connector.parse(query, raw)
    evidence = Evidence(
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
    )
    house.casebook.evidence.add(case.reference, case.round, evidence, actor=person.username)
    return evidence


def _put_look(house: House, case: Case, person: Person, look: Look, files: Mapping[str, bytes]) -> Evidence:
    attachment = house.casebook.evidence.keep(files[look.file]) if look.file else None
    kept = KeptLook(look=look, attachment=attachment, entered_by=person.username, entered_at=house.clock())
    raw = RawAnswer(
        status=200,
        content_type="application/json",
        body=canonical_json(kept.model_dump(mode="json", exclude_none=True)).encode(),
        url=look.link,
        fetched_at=look.looked_at.astimezone(UTC),
    )
    return _put(house, case, person, look_query(case.application.subject, look), raw)


def _put_judgement(house: House, case: Case, person: Person, entry: JudgementEntry) -> Evidence:
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
    return _put(house, case, person, judgement_query(case.application.subject, entry.aspect), raw)


def _form(document: object) -> OfficialForm:
    try:
        return OfficialForm.model_validate(document)
    except ValidationError as error:
        problems = problems_of(error, model=OfficialForm)
        raise BadInput("The record form cannot be taken.", problems=problems) from None


def _problems(house: House, case: Case, row: int, look: Look, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """What is wrong with a look that its form alone does not show."""
    now = house.clock()
    oldest = now - timedelta(days=house.connectors[OFFICIAL_SOURCE].card.freshness_days)
    if look.looked_at > now + CLOCK_SLACK:
        yield Problem(f"looks.{row}.looked_at", str(look.looked_at), "a time that has been")
    if look.looked_at < oldest:
        yield Problem(f"looks.{row}.looked_at", str(look.looked_at), f"not before {oldest:%Y-%m-%d}; look again")
    if look.file is not None and look.file not in files:
        yield Problem(f"looks.{row}.file", look.file, "a file that is handed in too")
    elif look.file is not None and not 0 < len(files[look.file]) <= MAX_UPLOAD:
        yield Problem(f"looks.{row}.file", look.file, f"a file of 1 to {MAX_UPLOAD:,} bytes")
    asked = case.application.identifiers.get("uscc")
    if look.registration is not None and asked is not None and look.registration.uscc != asked:
        yield Problem(f"looks.{row}.registration.uscc", look.registration.uscc, f"the applicant's code, {asked}")
    days = [day for record in look.records for day in (record.listed_on, record.ended_on) if day is not None]
    if days and max(days) > look.looked_at.date() + timedelta(days=1):
        yield Problem(f"looks.{row}.records", str(max(days)), "no day after the look itself")
