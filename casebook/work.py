"""What was made of a round's evidence: facts, their validation, and the assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from admission.assessment.record import Assessment
from admission.customers.experience import DecisionSnapshot
from admission.errors import Conflict, NotFound
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.model import Record, Text
from casebook.database import documents, tables
from casebook.database import snapshots as snapshot_rows
from casebook.database.case_rows import no_such_case
from casebook.database.policy_tables import snapshots as _snapshots
from casebook.database.store import SYSTEM, Store, Transaction, batches

R = TypeVar("R", bound=Record)
_papers, _assessments = tables.papers, tables.assessments


class Assessed(NamedTuple):
    """The assessment of a round of a case, and what was known when it was made."""

    case: str
    round: int
    assessment: Assessment
    snapshot: DecisionSnapshot


class Work:
    """Facts, validations and assessments, by case and round.

    They may be made anew until voting opens on the round, and then no more. Assessments are only ever added; the one
    saved last is the round's.

    All `save_` methods raise NotFound where there is no such case, and Conflict where voting has opened.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def save_facts(self, reference: str, round_number: int, facts: Facts) -> None:
        """Save the facts of a round."""
        self._save([_paper(reference, round_number, "facts", facts)])

    def facts(self, reference: str, round_number: int) -> Facts | None:
        """Return the facts of a round; None before there are any."""
        return self._paper(Facts, reference, round_number, "facts")

    def save_validation(self, reference: str, round_number: int, validation: Validation) -> None:
        """Save what the expectations say of a round's facts."""
        self._save([_paper(reference, round_number, "validation", validation)])

    def validation(self, reference: str, round_number: int) -> Validation | None:
        """Return what the expectations say of a round's facts; None before they were asked."""
        return self._paper(Validation, reference, round_number, "validation")

    def save_assessment(self, assessed: Assessed) -> None:
        """Add an assessment, with what was known when it was made; the same one again changes nothing."""
        self.save_assessed([assessed])

    def assessment(self, reference: str, round_number: int) -> Assessment | None:
        """Return the assessment of a round; None before there is one."""
        chosen = (
            sa.select(_assessments)
            .join(
                _papers,
                sa.and_(
                    _papers.c.case_ref == _assessments.c.case_ref,
                    _papers.c.round == _assessments.c.round,
                    _papers.c.kind == "current_assessment",
                    _papers.c.sha256 == _assessments.c.sha256,
                ),
            )
            .where(_assessments.c.case_ref == reference, _assessments.c.round == round_number)
        )
        return self._one(Assessment, chosen)

    def assessment_sha256(self, reference: str, round_number: int) -> str | None:
        """Return the sha256 under which a round's assessment was saved; None before there is one."""
        chosen = sa.select(_papers.c.sha256).where(
            _papers.c.case_ref == reference, _papers.c.round == round_number, _papers.c.kind == "current_assessment"
        )
        with self._store.read() as connection:
            return connection.execute(chosen).scalar_one_or_none()

    def assessment_by_sha(self, sha256: str) -> Assessment:
        """Return the assessment of this sha256.

        Raises:
            NotFound: there is none.
        """
        found = self._one(Assessment, sa.select(_assessments).where(_assessments.c.sha256 == sha256).limit(1))
        if found is None:
            raise NotFound(Text(en="There is no such assessment.", zh="没有该评估。"), context={"sha256": sha256[:64]})
        return found

    def save_validated(self, rows: Sequence[tuple[str, int, Facts, Validation]]) -> None:
        """Save facts and validation of many cases in one transaction.

        Args:
            rows: reference, round, facts, validation.
        """
        papers: list[dict[str, Any]] = []
        for reference, round_number, facts, validation in rows:
            papers.append(_paper(reference, round_number, "facts", facts))
            papers.append(_paper(reference, round_number, "validation", validation))
        self._save(papers)

    def save_assessed(self, rows: Sequence[Assessed]) -> None:
        """Add the assessments of many cases in one transaction, each with what was known when it was made.

        Raises:
            Conflict: one names another case than the one it is added to.
        """
        for row in rows:
            if row.assessment.case not in ("", row.case):
                raise Conflict(
                    Text(en="This assessment was made for another case.", zh="该评估属于另一申请单。"),
                    context={"case": row.case, "assessed": row.assessment.case},
                )
        made = [(_paper(row.case, row.round, "current_assessment", row.assessment), row.snapshot) for row in rows]
        self._save([{**paper, "document": ""} for paper, _ in made], made)

    def _save(self, papers: list[dict[str, Any]], made: Sequence[tuple[dict[str, Any], DecisionSnapshot]] = ()) -> None:
        with self._store.write() as transaction:
            new = _new(transaction, papers)
            _check_not_voting(transaction, new)
            rows = [
                {name: row[name] for name in ("case_ref", "round", "sha256", "document")}
                | {"saved_at": transaction.now}
                for row, _ in made
            ]
            transaction.add_new(_assessments, rows)
            transaction.upsert(_papers, new)
            changed = {(row["case_ref"], row["round"]) for row in new if row["kind"] == "current_assessment"}
            known = [snapshot for row, snapshot in made if (row["case_ref"], row["round"]) in changed]
            transaction.upsert(_snapshots, [snapshot_rows.row_of(snapshot) for snapshot in known])
            for row in new:
                act = "assessment.saved" if row["kind"] == "current_assessment" else f"{row['kind']}.saved"
                detail = {"round": str(row["round"]), "sha256": row["sha256"]}
                transaction.event(SYSTEM, act, row["case_ref"], detail)

    def _paper(self, model: type[R], reference: str, number: int, kind: str) -> R | None:
        chosen = sa.select(_papers).where(
            _papers.c.case_ref == reference, _papers.c.round == number, _papers.c.kind == kind
        )
        return self._one(model, chosen)

    def _one(self, model: type[R], chosen: sa.Select[Any]) -> R | None:
        with self._store.read() as connection:
            row = connection.execute(chosen).one_or_none()
        return None if row is None else documents.read(model, row.document, row.sha256, row.case_ref)


def _paper(reference: str, round_number: int, kind: str, record: Record) -> dict[str, Any]:
    text, sha256 = documents.written(record)
    return {"case_ref": reference, "round": round_number, "kind": kind, "document": text, "sha256": sha256}


def _check_not_voting(transaction: Transaction, papers: Sequence[dict[str, Any]]) -> None:
    polls = tables.polls.c
    rounds = sorted({(paper["case_ref"], paper["round"]) for paper in papers})
    for some in batches(rounds):
        chosen = sa.select(polls.case_ref).where(sa.tuple_(polls.case_ref, polls.round).in_(some)).limit(1)
        found = transaction.connection.execute(chosen).scalar_one_or_none()
        if found is not None:
            raise Conflict(
                Text(
                    en="Voting has opened on this round, so what is voted on stays as it is.",
                    zh="本轮已进入审批环节，审批所依据的内容不再改动。",
                ),
                context={"case": found},
                remedy=Text(en="new evidence opens the next round", zh="新资料将开启下一轮"),
            )


def _new(transaction: Transaction, papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the papers that are not stored in just this form, checking that their cases exist."""
    references = sorted({paper["case_ref"] for paper in papers})
    stored: set[tuple[str, int, str, str]] = set()
    known: set[str] = set()
    for some in batches(references):
        cases = tables.cases.c.reference
        known.update(transaction.connection.execute(sa.select(cases).where(cases.in_(some))).scalars())
        columns = (_papers.c.case_ref, _papers.c.round, _papers.c.kind, _papers.c.sha256)
        found = transaction.connection.execute(sa.select(*columns).where(_papers.c.case_ref.in_(some)))
        stored.update((row.case_ref, row.round, row.kind, row.sha256) for row in found)
    missing = [reference for reference in references if reference not in known]
    if missing:
        raise no_such_case(missing[0])
    return [
        paper for paper in papers if (paper["case_ref"], paper["round"], paper["kind"], paper["sha256"]) not in stored
    ]
