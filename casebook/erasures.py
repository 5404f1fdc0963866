"""What was erased, by which rule: keys of raw answers and of personal documents that were destroyed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.application import Application, Requested
from admission.cases import CaseStatus
from admission.errors import Conflict, GatehouseError
from admission.evidence.uploads import OFFICIAL_SOURCE, attachment_of
from admission.evidence.watchlists import ListVersion
from admission.model import Text
from casebook.cases import CONCLUDED
from casebook.database import documents, tables
from casebook.database.binding import CASE_COLUMNS
from casebook.database.blobs import Blobs
from casebook.database.case_rows import NOT_CONCLUDED, change_case, locked_case
from casebook.database.customer_tables import securities, security_customers
from casebook.database.erasure_tables import ANSWERS, PERSONAL, ErasureKind, answer_keys, case_keys, erasures
from casebook.database.lookup_tables import granted
from casebook.database.lookups import write_name
from casebook.database.sealing import MARK, Readable, sealed, sealed_columns
from casebook.database.store import SYSTEM, Store, Transaction, batches
from casebook.ledgers import forget_accounts

ERASED_ACT = "case.erased"
# What stands in the place of a company's name, and before the reference in the place of its key.
NAMELESS, NAMELESS_KEY = "(erased)", "erased:"
_cases, _customers, _evidence = tables.cases, tables.customers, tables.evidence


class Erasure(NamedTuple):
    """One erasure of a case.

    Attributes:
        kind: what of the case.
        rule: the rule of the policy, or on whose request.
        by: username, or `system`.
    """

    case: str
    kind: ErasureKind
    rule: str
    by: str
    at: datetime


class Erasures:
    """The erasures of the casebook."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    def all(self) -> list[Erasure]:
        """Return all erasures, oldest first."""
        return self._read(sa.select(erasures))

    def of(self, reference: str) -> list[Erasure]:
        """Return the erasures of a case, oldest first."""
        return self._read(sa.select(erasures).where(erasures.c.case_ref == reference))

    def due(self, kind: ErasureKind, concluded_before: datetime, most: int = 500) -> list[str]:
        """Return cases of which something is to be erased, oldest first.

        A case on which the limit of a customer rests keeps everything; and personal data stay as long as the company
        is a customer, has an open case, or has one that was concluded later, and as long as a security that was
        recorded under the case stands for a customer.

        Args:
            kind: what is to be erased.
            concluded_before: only cases that were concluded before this time.
            most: at most so many.
        """
        others = tables.cases.alias("others")
        over = _concluded_before(_cases, concluded_before)
        done = sa.exists().where(erasures.c.case_ref == _cases.c.reference, erasures.c.kind == kind)
        rests = sa.exists().where(_customers.c.last_case == _cases.c.reference, _customers.c.active)
        wanted = [_cases.c.status == CaseStatus.CONCLUDED, over, ~done, ~rests]
        if kind == PERSONAL:
            customer = sa.exists().where(_customers.c.company_key == _cases.c.company_key, _customers.c.active)
            later = sa.exists().where(
                others.c.company_key == _cases.c.company_key, ~_concluded_before(others, concluded_before)
            )
            wanted += [~customer, ~later, ~_secures_a_customer(_cases.c.reference)]
        chosen = sa.select(_cases.c.reference).where(*wanted).order_by(_cases.c.opened_at, _cases.c.reference)
        with self._store.read() as connection:
            return list(connection.execute(chosen.limit(most)).scalars())

    def erase_answers(self, references: Sequence[str], rule: str, actor: str = SYSTEM, *, again: bool = False) -> int:
        """Destroy the keys of the raw answers of concluded cases; return how many answers can be read no more.

        What another case or a list names as well stays. Cases whose answers were erased before are left out.

        Args:
            references: of the cases.
            rule: by which rule, or on whose request.
            actor: who erases.
            again: whether it was erased before a copy was restored, so that nothing stands against it.

        Raises:
            NotFound: no such case.
            Conflict: a case is not concluded, or a customer's limit rests on it.
        """
        with self._store.write() as transaction:
            wanted = _not_yet(transaction, references, ANSWERS)
            for reference in wanted:
                _locked(transaction, reference, again=again)
            bodies = self._bodies(transaction.connection, wanted)
            gone = sorted({body for named in bodies.values() for body in named})
            kept = self._named_elsewhere(transaction.connection, wanted, bodies)
            gone = [sha256 for sha256 in gone if sha256 not in kept]
            for some in batches(gone):
                transaction.connection.execute(sa.delete(answer_keys).where(answer_keys.c.sha256.in_(some)))
            for reference in wanted:
                count = len(bodies[reference] & set(gone))
                _note(transaction, reference, ANSWERS, rule, actor, {"answers": str(count)})
        # What is left of the files says nothing any more, unless it is from before there were keys.
        for sha256 in gone:
            self._blobs.remove(sha256)
        return len(gone)

    def erase_personal(
        self, reference: str, rule: str, actor: str = SYSTEM, *, left: Application | None = None
    ) -> bool:
        """Destroy the key of a concluded case's documents; False where that was done before.

        The decision stays, with the figures it was made on, its votes by whom and when, and the country. The name, the
        official numbers and all other documents can be read no more. Earlier rows that were not sealed yet are sealed
        first, so that copies of the database which are made from now on do not say anything either.

        Args:
            reference: of the case.
            rule: by which rule, or on whose request.
            actor: who erases.
            left: what was left of the application, where it was erased before a copy was restored.

        Raises:
            NotFound: no such case.
            Conflict: the case is not concluded, the company is a customer, or it has an open case.
        """
        with self._store.write() as transaction:
            if not _not_yet(transaction, [reference], PERSONAL):
                return False
            row = _locked(transaction, reference, again=left is not None)
            if left is None:
                _check_no_customer(transaction.connection, row)
            _seal_earlier(transaction, reference)
            _take_name(transaction, row, left or _nameless(row))
            connection = transaction.connection
            connection.execute(sa.delete(tables.outbox).where(tables.outbox.c.case_ref == reference))
            connection.execute(sa.delete(case_keys).where(case_keys.c.case_ref == reference))
            transaction.keys.forget(reference)
            _note(transaction, reference, PERSONAL, rule, actor, {})
        return True

    def repeat(self, earlier: Iterable[tuple[Erasure, Application | None]]) -> int:
        """Erase again in a restored casebook what had been erased since it was copied; return how much.

        Args:
            earlier: the erasures that are known, each with what it left of the application; those that the casebook
                knows itself, and those of cases that it does not know yet, are left out.
        """
        known = {(item.case, item.kind) for item in self.all()}
        with self._store.read() as connection:
            there = set(connection.execute(sa.select(_cases.c.reference)).scalars())
        wanted = [(item, left) for item, left in earlier if (item.case, item.kind) not in known and item.case in there]
        for item, left in wanted:
            if item.kind == ANSWERS:
                self.erase_answers([item.case], item.rule, item.by, again=True)
            else:
                self.erase_personal(item.case, item.rule, item.by, left=left)
        return len(wanted)

    def drop_messages(self, before: datetime) -> int:
        """Remove messages that were delivered, and were put before this time; return how many.

        Their events stay in the history: which message of which kind, not what it said.
        """
        box = tables.outbox
        with self._store.write() as transaction:
            old = sa.delete(box).where(box.c.state == "delivered", box.c.created_at < before)
            count = transaction.connection.execute(old).rowcount
            if count:
                transaction.event(SYSTEM, "outbox.cleared", None, {"messages": str(count)})
            return int(count)

    def _read(self, chosen: sa.Select[Any]) -> list[Erasure]:
        with self._store.read() as connection:
            rows = connection.execute(chosen.order_by(erasures.c.erased_at, erasures.c.case_ref, erasures.c.kind))
            return [Erasure(row.case_ref, row.kind, row.rule, row.erased_by, row.erased_at) for row in rows]

    def _bodies(self, connection: Connection, references: Sequence[str]) -> dict[str, set[str]]:
        """Return the sha256 of everything raw that cases name, by case; attachments of site records too."""
        found: dict[str, set[str]] = defaultdict(set)
        for some in batches(references):
            chosen = sa.select(_evidence.c.case_ref, _evidence.c.source, _evidence.c.body_sha256)
            named = chosen.where(_evidence.c.case_ref.in_(some), _evidence.c.body_sha256.is_not(None))
            for row in connection.execute(named).all():
                found[row.case_ref] |= {str(row.body_sha256), *self._attachment(row.source, str(row.body_sha256))}
        return found

    def _attachment(self, source: str, sha256: str) -> set[str]:
        if source != OFFICIAL_SOURCE:
            return set()
        try:
            attachment = attachment_of(source, self._blobs.read(sha256))
        except (GatehouseError, OSError):
            # Damaged or gone: verification says so, and what it named cannot be told any more.
            return set()
        return set() if attachment is None else {attachment}

    def _named_elsewhere(
        self, connection: Connection, references: Sequence[str], bodies: dict[str, set[str]]
    ) -> set[str]:
        """Return which of these bodies a list names, or a case that is not erased."""
        lists = connection.execute(sa.select(tables.watchlists.c.document)).scalars()
        kept = {file for text in lists for file in ListVersion.model_validate_json(text).files.values()}
        erased = sa.exists().where(erasures.c.case_ref == _evidence.c.case_ref, erasures.c.kind == ANSWERS)
        wanted = set(references)
        for some in batches(sorted({body for named in bodies.values() for body in named})):
            chosen = sa.select(_evidence.c.case_ref, _evidence.c.body_sha256).where(_evidence.c.body_sha256.in_(some))
            rows = connection.execute(chosen.where(~erased)).all()
            kept |= {str(row.body_sha256) for row in rows if row.case_ref not in wanted}
        return kept | self._attachments_elsewhere(connection, wanted)

    def _attachments_elsewhere(self, connection: Connection, wanted: set[str]) -> set[str]:
        """Return the attachments of the site records of all other cases, where these cases have any."""
        erased = sa.exists().where(erasures.c.case_ref == _evidence.c.case_ref, erasures.c.kind == ANSWERS)
        of_sites = sa.select(_evidence.c.case_ref, _evidence.c.body_sha256).where(
            _evidence.c.source == OFFICIAL_SOURCE, _evidence.c.body_sha256.is_not(None), ~erased
        )
        rows = connection.execute(of_sites).all()
        if not any(row.case_ref in wanted for row in rows):
            return set()
        others = {str(row.body_sha256) for row in rows if row.case_ref not in wanted}
        return {item for sha256 in others for item in self._attachment(OFFICIAL_SOURCE, sha256)}


def _concluded_before(cases: Any, moment: datetime) -> sa.ColumnElement[bool]:
    """Select cases of which the last conclusion was before a moment."""
    history = tables.history
    last = sa.select(sa.func.max(history.c.at)).where(
        history.c.case_ref == cases.c.reference, history.c.act == CONCLUDED
    )
    return sa.and_(cases.c.status == CaseStatus.CONCLUDED, last.scalar_subquery() < moment)


def _secures_a_customer(reference: Any) -> sa.ColumnElement[bool]:
    """Select cases under which a security was recorded that stands for somebody who is a customer."""
    other = _cases.alias("secured")
    chosen = (
        sa.select(securities.c.id)
        .join(security_customers, security_customers.c.security == securities.c.id)
        .join(other, other.c.reference == security_customers.c.case_ref)
        .join(_customers, _customers.c.company_key == other.c.company_key)
        .where(securities.c.case_ref == reference, securities.c.revoked_on.is_(None), _customers.c.active)
    )
    return chosen.exists()


def _not_yet(transaction: Transaction, references: Sequence[str], kind: str) -> list[str]:
    chosen = sa.select(erasures.c.case_ref).where(erasures.c.kind == kind, erasures.c.case_ref.in_(references))
    done = set(transaction.connection.execute(chosen).scalars())
    return [reference for reference in dict.fromkeys(references) if reference not in done]


def _locked(transaction: Transaction, reference: str, *, again: bool) -> sa.Row[Any]:
    """Return a case's row, locked, where it may be erased at all."""
    row = locked_case(transaction, reference)
    if again:
        return row
    rests = sa.select(_customers.c.last_case).where(_customers.c.last_case == reference, _customers.c.active)
    if row.status != CaseStatus.CONCLUDED:
        said = Text(en="This case is not concluded.", zh="该申请单尚未办结。")
    elif transaction.connection.execute(rests).first() is not None:
        said = Text(
            en="The limit of a customer rests on this case.", zh="现有客户的授信额度以该申请单为依据，不能删除。"
        )
    else:
        return row
    raise Conflict(said, context={"case": reference})


def _check_no_customer(connection: Connection, row: sa.Row[Any]) -> None:
    of_company = _cases.c.company_key == row.company_key
    customer = sa.select(_customers.c.last_case).where(_customers.c.company_key == row.company_key, _customers.c.active)
    still_open = sa.select(_cases.c.reference).where(of_company, NOT_CONCLUDED)
    secured = sa.select(_cases.c.reference).where(
        _cases.c.reference == row.reference, _secures_a_customer(_cases.c.reference)
    )
    for chosen, said in (
        (customer, Text(en="This company is a customer.", zh="该企业是现有客户。")),
        (secured, Text(en="A security of this case stands for a customer.", zh="该申请单项下的担保仍为现有客户担保。")),
        (still_open, Text(en="This company has an open case.", zh="该企业有未办结的申请单。")),
    ):
        found = connection.execute(chosen.limit(1)).scalar_one_or_none()
        if found is not None:
            raise Conflict(said, context={"case": row.reference, "other": str(found)})


def _seal_earlier(transaction: Transaction, reference: str) -> None:
    """Seal what was written before documents were sealed, and bind it anew."""
    key = transaction.keys.made_for(reference)
    for table in tables.metadata.sorted_tables:
        names = [name for name in sealed_columns(table) if (table.name, name) != ("cases", "application")]
        if not names:
            continue
        case = table.c[CASE_COLUMNS.get(table.name, "case_ref")]
        raw = [sa.type_coerce(table.c[name], sa.Text).label(name) for name in names]
        plain = sa.or_(*(sa.not_(sa.type_coerce(table.c[name], sa.Text).startswith(MARK)) for name in names))
        rows = transaction.connection.execute(sa.select(*table.primary_key, *raw).where(case == reference, plain)).all()
        for row in rows:
            where = {column.name: row._mapping[column.name] for column in table.primary_key}
            said = {name: row._mapping[name] for name in names if row._mapping[name] is not None}
            texts = {name: sealed(text, reference, key) for name, text in said.items()}
            transaction.change(table, where, **texts)


def _nameless(row: sa.Row[Any]) -> Application:
    """Return of an application what tells nobody who it is: the country, and what was asked for."""
    before = documents.read(Application, row.application, row.application_sha256, row.reference)
    asked = before.requested
    return Application(
        legal_name=NAMELESS,
        country=before.country,
        segment=before.segment,
        requested=Requested(limit=asked.limit, currency=asked.currency, terms_days=asked.terms_days),
    )


def _take_name(transaction: Transaction, row: sa.Row[Any], left: Application) -> None:
    reference = row.reference
    text, sha256 = documents.written(left)
    nameless = f"{NAMELESS_KEY}{reference}"
    change_case(
        transaction,
        reference,
        application=Readable(text),
        application_sha256=sha256,
        company_key=nameless,
        idempotency_key=None,
        submitted_sha256=None,
    )
    write_name(transaction.connection, reference, text)
    for table in (tables.rulings, tables.overrides):
        numbers = transaction.connection.execute(sa.select(table.c.id).where(table.c.case_ref == reference)).scalars()
        for number in numbers.all():
            transaction.change(table, {"id": number}, company_key=nameless)
    transaction.connection.execute(sa.delete(granted).where(granted.c.company_key == row.company_key))
    forget_accounts(transaction, row.company_key)
    transaction.remove(_customers, _customers.c.company_key == row.company_key, _customers.c.last_case == reference)


def _note(transaction: Transaction, reference: str, kind: str, rule: str, actor: str, detail: dict[str, str]) -> None:
    row = {
        "case_ref": reference,
        "kind": kind,
        "rule": rule,
        "erased_by": actor,
        "erased_at": transaction.now,
    }
    transaction.add(erasures, row)
    transaction.event(actor, ERASED_ACT, reference, {"kind": kind, "rule": rule, **detail})
