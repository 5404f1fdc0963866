"""Versions of the policy: proposals, publications, and which one is in force on a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from admission.errors import Conflict, GatehouseError, NotAllowed, NotFound
from admission.governance.versions import PolicyVersion, check_mandate, check_publication
from admission.model import Text, canonical_json
from admission.people import Person
from admission.policy import Policy, Surroundings
from casebook.database import documents
from casebook.database.policy_tables import policy_versions as _versions
from casebook.database.store import Store, Transaction
from casebook.people import acting_person_named, person_named

NO_SUCH_VERSION = Text(en="There is no such version of the policy.", zh="没有该版本的准入政策。")
_ENDED = {
    "published": Text(en="This version of the policy is published already.", zh="该版本的准入政策已发布。"),
    "withdrawn": Text(en="This version of the policy is withdrawn already.", zh="该版本的准入政策已撤回。"),
}


class PolicyVersions:
    """All versions of the policy; none is ever changed or removed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, policy: Policy, text: str, username: str) -> PolicyVersion:
        """Keep a proposal.

        Args:
            policy: as it was read, so that it is sound.
            text: of the file it was read from.
            username: who proposes it.

        Raises:
            NotAllowed: the person may not propose a policy.
            Conflict: this version is published, or the same content is proposed already.
        """
        document = canonical_json(policy.model_dump(mode="json"))
        with self._refusals_noted("policy.propose_refused", username), self._store.write() as transaction:
            _lock(transaction)
            check_mandate(person_named(transaction.connection, username), "propose")
            _check_new(transaction, policy)
            row = {
                "name": policy.name,
                "version": policy.version,
                "effective_from": policy.effective_from,
                "document": document,
                "sha256": documents.fingerprint(document),
                "text": text,
                "proposed_by": username,
                "proposed_at": transaction.now,
            }
            transaction.add(_versions, row)
            newest = sa.select(_versions).order_by(_versions.c.id.desc()).limit(1)
            made = _version_of(transaction.connection.execute(newest).one())
            transaction.event(username, "policy.proposed", detail=_detail(made))
            return made

    def publish(self, number: int, username: str, on: date) -> PolicyVersion:
        """Publish a proposal; it is in force from its date on.

        Args:
            number: id of the version.
            username: who publishes it: another person than the one who proposed it.
            on: today.

        Raises:
            NotAllowed: the person may not publish, or proposed it.
            Conflict: it is no open proposal any more, the same name and version is published, or a later one is in
                force, so that this one never would be.
            GatehouseError: it cannot be read by this version of Gatehouse.
            BadInput: a check that is newer than the proposal finds a mistake in it.
        """
        with self._refusals_noted("policy.publish_refused", username), self._store.write() as transaction:
            _lock(transaction)
            version = _open_proposal(transaction, number)
            check_publication(version, person_named(transaction.connection, username))
            version.policy(Surroundings(today=on))
            _check_publishable(transaction, version, on)
            transaction.change(_versions, {"id": number}, published_by=username, published_at=transaction.now)
            detail = {**_detail(version), "proposed_by": version.proposed_by}
            transaction.event(username, "policy.published", detail=detail)
            return _version_in(transaction, number)

    def withdraw(self, number: int, username: str) -> PolicyVersion:
        """Withdraw a proposal; who proposed it may, and whoever has the mandate.

        Raises:
            NotAllowed: the person may not.
            Conflict: it is no open proposal any more.
        """
        with self._refusals_noted("policy.withdraw_refused", username), self._store.write() as transaction:
            _lock(transaction)
            version = _open_proposal(transaction, number)
            acting_person_named(transaction.connection, username)
            if username != version.proposed_by:
                check_mandate(person_named(transaction.connection, username), "withdraw")
            transaction.change(_versions, {"id": number}, withdrawn_by=username, withdrawn_at=transaction.now)
            transaction.event(username, "policy.withdrawn", detail=_detail(version))
            return _version_in(transaction, number)

    def all(self) -> list[PolicyVersion]:
        """Return all versions, oldest first, whether this Gatehouse can read their format or not."""
        with self._store.read() as connection:
            return [_version_of(row) for row in connection.execute(sa.select(_versions).order_by(_versions.c.id))]

    def get(self, number: int) -> PolicyVersion:
        """Return one version.

        Raises:
            NotFound: there is none of this id.
        """
        with self._store.read() as connection:
            row = connection.execute(sa.select(_versions).where(_versions.c.id == number)).one_or_none()
        if row is None:
            raise NotFound(NO_SUCH_VERSION)
        return _version_of(row)

    def in_force(self, on: date) -> int | None:
        """Return the id of the published version in force on a day; None where none is. Cheap: asked at every step."""
        with self._store.read() as connection:
            row = connection.execute(_IN_FORCE, {"day": on}).one_or_none()
        return None if row is None else int(row.id)

    @contextmanager
    def _refusals_noted(self, act: str, username: str) -> Iterator[None]:
        try:
            yield
        except (NotAllowed, Conflict) as refusal:
            with self._store.write() as transaction:
                transaction.event(username, act, detail={"reason": refusal.message.en})
            raise


def check_actor(transaction: Transaction, username: str) -> Person:
    """Return a person who may run shadows.

    Raises:
        NotAllowed: the person may not.
    """
    person = person_named(transaction.connection, username)
    check_mandate(person, "shadow")
    return person


def _lock(transaction: Transaction) -> None:
    if transaction.connection.dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext("policy_versions"))
        transaction.connection.execute(sa.select(lock))


# Of the versions whose date has come the latest, of one date the last one published.
_IN_FORCE = (
    sa.select(_versions.c.id, _versions.c.effective_from, _versions.c.version)
    .where(_versions.c.published_by.is_not(None), _versions.c.effective_from <= sa.bindparam("day"))
    .order_by(_versions.c.effective_from.desc(), _versions.c.published_at.desc(), _versions.c.id.desc())
    .limit(1)
)


def _check_new(transaction: Transaction, policy: Policy) -> None:
    of_name = sa.select(_versions).where(_versions.c.name == policy.name, _versions.c.version == policy.version)
    for row in transaction.connection.execute(of_name):
        version = _version_of(row)
        context = {"policy": version.title, "by": version.published_by or version.proposed_by}
        if version.state == "published":
            raise Conflict(
                _ENDED["published"],
                context=context,
                remedy=Text(
                    en="raise `version` in the file: what was published stays as it is",
                    zh="请提高文件中的 `version`：已发布的版本不再改动",
                ),
            )
        if version.state == "proposed" and version.sha256 == policy.sha256:
            raise Conflict(
                Text(en="This policy is proposed already.", zh="该准入政策已提出，待发布。"),
                context=context,
                remedy=Text(en="let another person publish it", zh="请由另一人发布"),
            )


def _check_publishable(transaction: Transaction, version: PolicyVersion, on: date) -> None:
    same = sa.select(_versions.c.id).where(
        _versions.c.name == version.name,
        _versions.c.version == version.version,
        _versions.c.published_by.is_not(None),
    )
    if transaction.connection.execute(same).first() is not None:
        raise Conflict(
            Text(en="A policy of this name and version is published already.", zh="同名同版本的准入政策已发布。"),
            context={"policy": version.title},
        )
    row = transaction.connection.execute(_IN_FORCE, {"day": on}).one_or_none()
    if row is not None and row.effective_from > version.effective_from:
        raise Conflict(
            Text(en="This version would never be in force: a later one is.", zh="该版本不会生效：已有更晚的版本生效。"),
            context={"effective_from": str(version.effective_from), "in_force": f"{row.version}, {row.effective_from}"},
            remedy=Text(
                en=f"propose it anew with effective_from on {row.effective_from} or later",
                zh=f"请将 effective_from 改为 {row.effective_from} 或之后，重新提出",
            ),
        )


def _open_proposal(transaction: Transaction, number: int) -> PolicyVersion:
    version = _version_in(transaction, number)
    if version.state != "proposed":
        by = str(version.published_by or version.withdrawn_by)
        raise Conflict(_ENDED[version.state], context={"policy": version.title, "by": by})
    return version


def _version_in(transaction: Transaction, number: int) -> PolicyVersion:
    chosen = sa.select(_versions).where(_versions.c.id == number).with_for_update()
    row = transaction.connection.execute(chosen).one_or_none()
    if row is None:
        raise NotFound(NO_SUCH_VERSION)
    return _version_of(row)


def _version_of(row: sa.Row[Any]) -> PolicyVersion:
    if documents.fingerprint(row.document) != row.sha256:
        raise GatehouseError(
            Text(en="A stored policy is not what was proposed.", zh="已存储的准入政策与提出时的内容不符。"),
            context={"policy": f"{row.name} {row.version}", "sha256": row.sha256},
            remedy=documents.CHANGED_FROM_OUTSIDE,
        )
    return PolicyVersion.model_validate(dict(row._mapping))


def _detail(version: PolicyVersion) -> dict[str, str]:
    return {
        "policy": version.title,
        "sha256": version.sha256,
        "effective_from": version.effective_from.isoformat(),
    }
