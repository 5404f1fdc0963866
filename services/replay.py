"""Deriving assessments again from stored bytes, and telling what a newer version explains from what nothing explains.

Each stage is made anew from what the stage before had stored, so that a difference is named where it arises: facts from
the bytes, the validation from the stored facts, the assessment from the stored validation.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any, Literal, NamedTuple

from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import ENGINE, Assessment
from admission.cases import Case, Event, Step
from admission.errors import CouldNotAsk, Erased, GatehouseError, NotFound, SourceChanged
from admission.evidence.answers import Answer, Evidence, is_screening, latest
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.evidence.gathering import facts_of
from admission.model import Record, Text, canonical_json
from admission.money import RateTable
from admission.policy import Policy
from casebook.database.erasure_tables import ANSWERS, PERSONAL, ErasureKind
from services.assessing import unconfirmed_of
from wiring.house import House
from wiring.settings import Settings

CHUNK = 250
# A book of cases shares a policy and its rates; reading them takes longer than judging one case.
READ_BEFORE = 8


class Replayed(Record):
    """What came of deriving an assessment again.

    Attributes:
        result: `erased` where the documents of the case were.
        explained_by: what is of another version now, such as `parser sec_edgar 2 -> 3`, or was erased by which rule.
        differs: what came out otherwise, such as `facts of sec_edgar` or `assessment.limit`.
    """

    case: str
    round: int
    assessment: str
    result: Literal["same", "explained", "unexplained", "erased"]
    explained_by: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


class _Stored(NamedTuple):
    """What the casebook has of the round that is derived again."""

    case: Case
    sha256: str
    assessment: Assessment
    validation: Validation
    facts: Facts
    validated_on: date
    read: list[Evidence]
    assessed: list[Evidence]
    rates: str | None


class AssessedWith(NamedTuple):
    """A stored assessment, and all that it was made with."""

    assessment: Assessment
    dossier: Dossier
    policy: Policy
    rates: RateTable


class _Difference(NamedTuple):
    what: str
    why: str | None


def replay(house: House, references: Sequence[str], tell: Callable[[Text], None]) -> Iterator[Replayed]:
    """Derive the assessment of the current round of each case again; cases without one are left out.

    Very many are spread over all cores, each with a house of its own on the same casebook.

    Raises:
        NotFound: no such case; or the only case that was asked for has no assessment.
    """
    chunks = [references[start : start + CHUNK] for start in range(0, len(references), CHUNK)]
    done = 0
    with _all_cores(house, len(chunks)) as replayed_of:
        for chunk, replayed in zip(chunks, replayed_of(chunks), strict=True):
            yield from replayed
            done += len(chunk)
            if len(chunks) > 1:
                count = len(references)
                tell(Text(en=f"{done} of {count} cases", zh=f"申请单 {done}/{count}"))


@contextmanager
def _all_cores(
    house: House, chunks: int
) -> Iterator[Callable[[Iterable[Sequence[str]]], Iterable[Sequence[Replayed]]]]:
    """Give what derives chunks of cases again, in their order: by processes of their own where there are several."""
    processes = min(os.cpu_count() or 1, chunks)
    if processes <= 1:
        yield lambda some: (_replay_chunk(house, chunk) for chunk in some)
        return
    # Started anew, not forked: a copy of an open database connection serves neither of the two.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _open_house, (house.settings,)) as pool:
        yield lambda some: pool.map(_replay_here, some)


def _open_house(settings: Settings) -> None:
    global _house  # noqa: PLW0603 - what a process of the pool has for all its chunks
    _house = House(settings)


_house: House | None = None


def _replay_here(references: Sequence[str]) -> Sequence[Replayed]:
    assert _house is not None  # noqa: S101 - the process began with it
    return _replay_chunk(_house, references)


def _replay_chunk(house: House, references: Sequence[str]) -> Sequence[Replayed]:
    erased, stored = list[Replayed](), list[_Stored]()
    for reference in references:
        try:
            item = _read_stored(house, reference)
        except Erased:
            erased.append(_erased(house, reference))
        else:
            if item is not None:
                stored.append(item)
    validations = _validate(stored)
    return [*erased, *(_compare(house, item, validations[item.case.reference]) for item in stored)]


def _erased(house: House, reference: str) -> Replayed:
    """Return what is left of a case to replay, where its documents were erased: nothing, and by which rule."""
    case = house.casebook.cases.get(reference)
    rule = _rule(house, case, PERSONAL)
    assessed = case.decision.assessment if case.decision is not None else ""
    return Replayed(case=reference, round=case.round, assessment=assessed, result="erased", explained_by=(rule,))


def _rule(house: House, case: Case, kind: ErasureKind) -> str:
    return next((item.rule for item in house.casebook.erasures.of(case.reference) if item.kind == kind), "")


def replay_one(house: House, reference: str) -> Replayed:
    """Derive one case's assessment again.

    Raises:
        NotFound: no such case, or it has no assessment.
    """
    for replayed in replay(house, [reference], lambda _: None):
        return replayed
    raise _not_assessed(reference)


def read_assessed(house: House, reference: str) -> AssessedWith:
    """Return the assessment of a case's current round with what it was made with, as far as that is kept.

    Raises:
        NotFound: no such case, or it has no assessment.
    """
    stored = _read_stored(house, reference)
    if stored is None:
        raise _not_assessed(reference)
    policy, rates = _policy(house, stored.assessment)[0], _rates(house, stored.rates)[0]
    return AssessedWith(stored.assessment, _dossier(house, stored), policy, rates)


def _not_assessed(reference: str) -> NotFound:
    return NotFound(Text(en="This case has not been assessed.", zh="本申请单尚未评估。"), context={"case": reference})


def _read_stored(house: House, reference: str) -> _Stored | None:
    book = house.casebook
    case = book.cases.get(reference)
    assessment = book.work.assessment(reference, case.round)
    validation = book.work.validation(reference, case.round)
    facts = book.work.facts(reference, case.round)
    sha256 = book.work.assessment_sha256(reference, case.round)
    if assessment is None or validation is None or facts is None or sha256 is None:
        return None
    evidence = book.evidence.of(reference, case.round)
    history = book.history.of(reference)
    validated = book.cases.step_result(reference, case.round, Step.VALIDATE) or {}
    assessed = book.cases.step_result(reference, case.round, Step.ASSESS) or {}
    day = validated.get("as_of")
    return _Stored(
        case=case,
        sha256=sha256,
        assessment=assessment,
        validation=validation,
        facts=facts,
        validated_on=date.fromisoformat(day) if day else assessment.as_of,
        read=_known_by(evidence, history, case.round, "facts.saved"),
        assessed=_known_by(evidence, history, case.round, "assessment.saved"),
        rates=assessed.get("rates"),
    )


def _known_by(evidence: Sequence[Evidence], history: Sequence[Event], number: int, act: str) -> list[Evidence]:
    """Return the evidence that was on the case when something was saved; later answers had no part in it."""
    of_round = [event for event in history if event.detail.get("round") == str(number)]
    end = max((event.seq for event in of_round if event.act == act), default=0)
    known = {event.detail.get("id") for event in of_round if event.act == "evidence.added" and event.seq < end}
    return [item for item in evidence if item.id in known]


def _validate(stored: Sequence[_Stored]) -> Mapping[str, Validation]:
    """Run the expectations over all cases of a day at once."""
    from expectations import validate

    ordered = sorted(stored, key=lambda item: item.validated_on)
    made: dict[str, Validation] = {}
    for day, items in groupby(ordered, key=lambda item: item.validated_on):
        made.update(validate({item.case.reference: item.facts for item in items}, as_of=day))
    return made


def _compare(house: House, stored: _Stored, validation: Validation) -> Replayed:
    differences = [*_facts_differ(house, stored)]
    if _written(validation) != _written(stored.validation):
        differences.append(_Difference("validation", _engine(stored.assessment)))
    differences += _assessment_differs(house, stored)
    why = tuple(dict.fromkeys(item.why for item in differences if item.why is not None))
    unexplained = any(item.why is None for item in differences)
    return Replayed(
        case=stored.case.reference,
        round=stored.case.round,
        assessment=stored.sha256,
        result="unexplained" if unexplained else "explained" if differences else "same",
        explained_by=why,
        differs=tuple(item.what if item.why else f"{item.what} (unexplained)" for item in differences),
    )


def _facts_differ(house: House, stored: _Stored) -> Iterator[_Difference]:
    kept = _by_evidence(stored.facts)
    # A list is held against the names that registers gave, too; as each stage, it is made anew from what was stored.
    profiles = stored.facts.profiles
    for item in latest(stored.read):
        if item.answer is not Answer.FOUND and not is_screening(item):
            continue
        connector = house.connectors.get(item.source)
        now = connector.card.parser if connector else "none"
        why = None if now == item.parser else f"parser {item.source} {item.parser or 'none'} -> {now}"
        try:
            made = _by_evidence(facts_of([item], house.connectors, house.casebook.evidence, profiles))
        except Erased:
            yield _Difference(f"stored bytes of {item.source}", f"erased under {_rule(house, stored.case, ANSWERS)}")
        except (CouldNotAsk, SourceChanged, KeyError):
            yield _Difference(f"facts of {item.source} cannot be read again", why)
        except GatehouseError as error:
            yield _Difference(f"stored bytes of {item.source}: {error.message.en}", None)
        else:
            if made.get(item.id) != kept.get(item.id):
                yield _Difference(f"facts of {item.source}", why)
    strays = set(kept) - {item.id for item in latest(stored.read)}
    if strays:
        yield _Difference("facts without evidence", None)


def _by_evidence(facts: Facts) -> dict[str, list[str]]:
    """Return facts in a form that can be compared, by the evidence they came from."""
    found: dict[str, list[str]] = {}
    for table, rows in facts.model_dump(mode="json").items():
        for row in rows:
            found.setdefault(str(row["evidence"]), []).append(canonical_json([table, row]))
    return {name: sorted(rows) for name, rows in found.items()}


def _dossier(house: House, stored: _Stored) -> Dossier:
    case, before = stored.case, stored.assessment
    return Dossier(
        case.application,
        case.kind,
        latest(stored.assessed),
        stored.validation,
        before.rulings,
        before.overrides,
        before.reopened,
        before.group_exposure,
        before.industry,
        before.exposure,
        unconfirmed_of(house, case, latest(stored.assessed)),
        case.reference,
        # In the form of then; where only the form has changed since, the bytes are the same.
        before.engine,
    )


def _assessment_differs(house: House, stored: _Stored) -> Iterator[_Difference]:
    before = stored.assessment
    policy, policy_why = _policy(house, before)
    rates, rates_why = _rates(house, stored.rates)
    made = assess(_dossier(house, stored), policy, rates, as_of=before.as_of)
    if made.sha256 == stored.sha256:
        return
    why = "; ".join(reason for reason in (_engine(before), policy_why, rates_why) if reason) or None
    then, now = before.model_dump(mode="json"), made.model_dump(mode="json")
    parts = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    for name in parts or ["form"]:
        yield _Difference(f"assessment.{name}", why)


def _policy(house: House, assessment: Assessment) -> tuple[Policy, str | None]:
    kept = house.casebook.pins.document("policy", assessment.policy.sha256)
    if kept is not None:
        return _read_policy(kept), None
    now = house.policy_in_force()
    if now.sha256 == assessment.policy.sha256:
        return now, None
    return now, f"policy {assessment.policy.version}, which was not kept -> {now.version}"


def _rates(house: House, sha256: str | None) -> tuple[RateTable, str | None]:
    kept = house.casebook.pins.document("rates", sha256) if sha256 else None
    if kept is None:
        return house.rates, "rates, which were not kept"
    return _read_rates(kept), None


@functools.lru_cache(maxsize=READ_BEFORE)
def _read_policy(document: str) -> Policy:
    return Policy.model_validate_json(document)


@functools.lru_cache(maxsize=READ_BEFORE)
def _read_rates(document: str) -> RateTable:
    return RateTable.read(document)


def _engine(assessment: Assessment) -> str | None:
    return None if assessment.engine == ENGINE else f"engine {assessment.engine} -> {ENGINE}"


def _written(record: Record) -> Any:
    return canonical_json(record.model_dump(mode="json"))
