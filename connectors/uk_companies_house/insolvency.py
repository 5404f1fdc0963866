"""The register's list of insolvency cases."""

from __future__ import annotations

from datetime import date

from admission.evidence.answers import Answer, Parsed
from admission.evidence.facts import LegalRecord, LegalStatus, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Fields
from connectors.uk_companies_house import words
from connectors.uk_companies_house.lists import PEOPLES_PAGE, SOURCE, Asked, none_listed, refuse_doubles

# Each value beside what it means, because the record keeps both.
_CASE_TYPES = {name: (name, case) for name, case in words.CASE_TYPES.items()}
_CASE_DATES = {name: (name, step) for name, step in words.CASE_DATES.items()}


def read_insolvency(asked: Asked, document: Fields) -> Parsed:
    """Read all cases; where the register's own words speak of a case that none of them is, insolvency is left open."""
    standing = document.pop_list("status")
    cases = tuple(_case(asked, row) for row in document.need_rows("cases"))
    refuse_doubles(asked, [case.reference for case in cases])
    if standing and all(case.status is LegalStatus.CLOSED for case in cases):
        told = ", ".join(str(word)[:40] for word in standing)
        why = Text(
            en=f"Companies House says of its insolvency: {told}; but it lists no such case that still runs",
            zh=f"英国公司注册处注明破产状态为 {told}，但未列出仍在进行的案件",
        )
        untold = Untold(source=SOURCE, topics=(Topic.INSOLVENCY,), why=why)
        return Parsed(answer=Answer.FOUND, facts=(*cases, untold))
    return Parsed(answer=Answer.FOUND, facts=cases) if cases else none_listed(asked)


def _case(asked: Asked, row: Fields) -> LegalRecord:
    code, case = row.need_enum("type", _CASE_TYPES)
    steps = [(*step.need_enum("type", _CASE_DATES), step.need_date("date")) for step in row.pop_rows("dates")]
    starts = [on for _, about, on in steps if about is words.Step.START]
    # An end that lies ahead has not come.
    ends = [on for _, about, on in steps if about is words.Step.END and asked.has_come(on)]
    basis = [f"{name} {on}" for name, _, on in steps]
    left_on = _all_left_on(asked, row)
    inferred = case.receivership and not ends and left_on is not None
    if inferred:
        basis.append(f"all receivers ceased to act by {left_on}")
    ended_on = left_on if inferred else max(ends, default=None)
    return LegalRecord(
        source=SOURCE,
        kind=case.kind,
        status=LegalStatus.CLOSED if ended_on else case.status,
        on=min(starts, default=None),
        ended_on=ended_on,
        reference=f"{asked.number}/insolvency/{row.need_text('number')}",
        code=code,
        title=case.text,
        url=f"{PEOPLES_PAGE}/{asked.number}/insolvency",
        inferred=inferred,
        basis=", ".join(basis),
    )


def _all_left_on(asked: Asked, row: Fields) -> date | None:
    """The day on which the last practitioner ceased to act; None while one still acts, or none is named."""
    days = [practitioner.pop_date("ceased_to_act_on") for practitioner in row.pop_rows("practitioners")]
    gone = [day for day in days if day is not None and asked.has_come(day)]
    return max(gone) if gone and len(gone) == len(days) else None
