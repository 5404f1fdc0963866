"""Shadows: a policy that runs beside the one in force, and what it would have decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from admission.errors import Conflict, NotFound
from admission.governance.versions import Shadow, ShadowResult
from admission.model import Text
from casebook.database import documents, tables
from casebook.database.policy_tables import policy_versions as _versions
from casebook.database.policy_tables import shadow_results as _results
from casebook.database.policy_tables import shadows as _shadows
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.policies import NO_SUCH_VERSION, check_actor


class Shadows:
    """The shadows that run or ran, one at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, version: int, until: date, username: str, on: date) -> Shadow:
        """Let a version of the policy run in the shadow; one whose last day is past makes way.

        Args:
            version: id of the policy's version.
            until: its last day.
            username: who starts it.
            on: today.

        Raises:
            NotAllowed: the person may not.
            Conflict: another one runs.
        """
        with self._store.write() as transaction:
            check_actor(transaction, username)
            before = _running(transaction)
            if before is not None and before.runs_on(on):
                raise Conflict(
                    Text(en="A policy runs in the shadow already.", zh="已有准入政策在影子运行。"),
                    context={"policy": before.title, "until": str(before.until)},
                    remedy=Text(
                        en="stop it first: gatehouse policy shadow stop", zh="请先停止：gatehouse policy shadow stop"
                    ),
                )
            if before is not None:
                _end(transaction, before, SYSTEM)
            row = {
                "policy_version": version,
                "until": until,
                "started_by": username,
                "started_at": transaction.now,
                "running": 1,
            }
            transaction.add(_shadows, row)
            made = _running(transaction)
            if made is None:
                raise NotFound(NO_SUCH_VERSION)
            detail = {"policy": made.title, "sha256": made.sha256, "until": until.isoformat()}
            transaction.event(username, "policy.shadow_started", detail=detail)
            return made

    def stop(self, username: str) -> Shadow:
        """End the shadow that runs.

        Raises:
            NotAllowed: the person may not.
            NotFound: none runs.
        """
        with self._store.write() as transaction:
            check_actor(transaction, username)
            running = _running(transaction)
            if running is None:
                raise NotFound(Text(en="No policy runs in the shadow.", zh="没有准入政策在影子运行。"))
            _end(transaction, running, username)
            return _one(transaction.connection, running.id)

    def running(self, on: date) -> Shadow | None:
        """Return the shadow that runs on a day; None where none does."""
        with self._store.read() as connection:
            row = connection.execute(_all().where(_shadows.c.running == 1)).one_or_none()
        shadow = None if row is None else _shadow_of(row)
        return shadow if shadow is not None and shadow.runs_on(on) else None

    def all(self) -> list[Shadow]:
        """Return all shadows, oldest first."""
        with self._store.read() as connection:
            return [_shadow_of(row) for row in connection.execute(_all().order_by(_shadows.c.id))]

    def keep(self, shadow: int, result: ShadowResult) -> None:
        """Keep what a shadow made of an assessment; the first result stays."""
        text, sha256 = documents.written(result)
        row = {
            "shadow": shadow,
            "case_ref": result.case,
            "round": result.round,
            "assessment": result.assessment,
            "document": text,
            "sha256": sha256,
        }
        with self._store.write() as transaction:
            if transaction.insert_new(_results, row):
                act = "shadow.failed" if result.shadow is None else "shadow.assessed"
                transaction.event(SYSTEM, act, result.case, {"round": str(result.round), "sha256": sha256})

    def results(self, shadow: int) -> list[ShadowResult]:
        """Return what a shadow made of the cases, by case and round: of each round the assessment that counts."""
        papers = tables.papers
        counts = sa.and_(
            papers.c.case_ref == _results.c.case_ref,
            papers.c.round == _results.c.round,
            papers.c.kind == "current_assessment",
            papers.c.sha256 == _results.c.assessment,
        )
        chosen = sa.select(_results).join(papers, counts).where(_results.c.shadow == shadow)
        with self._store.read() as connection:
            rows = connection.execute(chosen.order_by(_results.c.case_ref, _results.c.round))
            return [documents.read(ShadowResult, row.document, row.sha256, row.case_ref) for row in rows]


def _all() -> sa.Select[Any]:
    columns = [_versions.c.name, _versions.c.version, _versions.c.sha256]
    return sa.select(_shadows, *columns).join(_versions, _versions.c.id == _shadows.c.policy_version)


def _running(transaction: Transaction) -> Shadow | None:
    row = transaction.connection.execute(_all().where(_shadows.c.running == 1)).one_or_none()
    return None if row is None else _shadow_of(row)


def _one(connection: sa.Connection, number: int) -> Shadow:
    return _shadow_of(connection.execute(_all().where(_shadows.c.id == number)).one())


def _end(transaction: Transaction, shadow: Shadow, actor: str) -> None:
    transaction.change(_shadows, {"id": shadow.id}, running=None, ended_by=actor, ended_at=transaction.now)
    transaction.event(actor, "policy.shadow_ended", detail={"policy": shadow.title, "sha256": shadow.sha256})


def _shadow_of(row: sa.Row[Any]) -> Shadow:
    return Shadow(
        id=row.id,
        version=row.policy_version,
        title=f"{row.name} {row.version}",
        sha256=row.sha256,
        until=row.until,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
