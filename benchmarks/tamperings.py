"""What somebody with a casebook's files in hand can do to a copy of it, each kind with what verify has to find."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseStatus
from admission.errors import GatehouseError
from admission.model import digest
from benchmarks.races import PEOPLE
from casebook.credentials import Credential
from casebook.database import tables
from casebook.database.binding import bound_row
from casebook.database.chain import GENESIS, Link, link_of
from casebook.database.documents import written
from casebook.database.sealing import key_text, new_key
from casebook.database.signing import KeyRing, PublicKey, written_keys
from casebook.database.store import Store
from casebook.passwords import code_hash
from casebook.proof.verification import Head
from wiring.house import House, system_clock
from wiring.settings import Settings

CASE_BUNDLE = "case.zip"
ANSWER = b'{"company": "Race 1 Inc", "insolvent": false}'
SCREENSHOT = b"what an official site showed: nothing"
EARLIER = "earlier.sqlite"
TAKEN = "taken"
MADE_UP, MADE_UP_CODE = "gatehouse_made-up", "AAAA-BBBB-CCCC"
LONG_TIME = ("2026-01-01T00:00:00.000000+00:00", "2099-01-01T00:00:00.000000+00:00")


@dataclass
class Copy:
    """A copy of the casebook in the hands of somebody who owns the machine.

    Attributes:
        folder: its data folder.
        database: its database, without a trigger left; they are put back when the tampering is done.
        head: what was published before.
    """

    folder: Path
    database: sqlite3.Connection
    head: Head
    triggers: dict[str, str]
    tried: str = ""

    def sql(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """Change or read the database."""
        return self.database.execute(statement, values).fetchall()

    def seq(self, act: str) -> int:
        """Return the number of the last event of a kind."""
        return int(self.sql("SELECT max(seq) AS seq FROM history WHERE act = ?", act)[0]["seq"])

    def stored(self, body: bytes) -> Path:
        """Return the file in which these bytes are stored."""
        return next((self.folder / "answers").rglob(hashlib.sha256(body).hexdigest()))

    def links(self) -> list[Link]:
        """Return the chain as it stands."""
        store = Store(f"sqlite:///{self.folder / 'casebook.sqlite'}", system_clock)
        with store.read() as connection:
            rows = connection.execute(sa.select(tables.history).order_by(tables.history.c.seq)).all()
        store.close()
        return [link_of(row) for row in rows]

    def rebuild(self, ring: KeyRing, key: str, public: str | None = None) -> None:
        """Write the whole history anew with another person in it, every event signed and chained.

        Args:
            ring: holds the key.
            key: its id.
            public: its public half, where it takes the place of the house's own key in the casebook.
        """
        if public is not None:
            self.sql("UPDATE keys SET id = ?, public = ?", key, public)
        prev = GENESIS
        for link in self.links():
            event, content = link.event, link.content
            if event.act == "case.opened":
                event = event.model_copy(update={"actor": PEOPLE[1].username})
            if public is not None and event.seq == 1:
                event = event.model_copy(update={"detail": {**event.detail, "key": key, "public_key": public}})
                others = tuple(entry for entry in content if entry[0] != "keys")
                (row,) = self.sql("SELECT * FROM keys")
                content = (*others, ("keys", (key,), bound_row("keys", dict(row)).sha256))
            again = link.model_copy(update={"event": event, "content": content, "prev": prev, "key": key}).signed(ring)
            prev = again.sha256
            written_anew = {name: again.row[name] for name in ("detail", "content")}
            self.sql(
                "UPDATE history SET actor = ?, detail = ?, content = ?, prev = ?, key_id = ?, sha256 = ?, "
                "signature = ? WHERE seq = ?",
                *(event.actor, *written_anew.values(), again.prev, key, again.sha256, again.signature, event.seq),
            )


def changed_row(copy: Copy) -> None:
    copy.sql("UPDATE votes SET choice = 'decline'")


def changed_byte_in_a_row(copy: Copy) -> None:
    copy.sql("UPDATE assessments SET document = substr(document, 1, 99) || 'x' || substr(document, 101)")


def row_with_a_fitting_fingerprint(copy: Copy) -> None:
    (row,) = copy.sql("SELECT document FROM decisions")
    document = json.loads(row["document"]) | {"limit": "900000"}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    copy.sql("UPDATE decisions SET document = ?, sha256 = ?", text, digest(document))


def removed_row(copy: Copy) -> None:
    copy.sql("DELETE FROM votes")


def inserted_row(copy: Copy) -> None:
    columns = "case_ref, round, assessment, choice, document, sha256, cast_at"
    copy.sql(f"INSERT INTO votes (id, voter, {columns}) SELECT 900, 'ben', {columns} FROM votes")


def changed_byte_in_an_evidence_file(copy: Copy) -> None:
    copy.stored(ANSWER).write_bytes(ANSWER.replace(b"false", b"frlse"))


def changed_byte_in_a_screenshot(copy: Copy) -> None:
    copy.stored(SCREENSHOT).write_bytes(SCREENSHOT.replace(b"nothing", b"nothinG"))


def removed_evidence_file(copy: Copy) -> None:
    copy.stored(ANSWER).unlink()


def changed_event(copy: Copy) -> None:
    copy.sql("UPDATE history SET actor = 'ben' WHERE seq = ?", copy.seq("vote.cast"))


def event_with_a_fitting_fingerprint(copy: Copy) -> None:
    seq = copy.seq("vote.cast")
    link = next(link for link in copy.links() if link.event.seq == seq)
    document = link.document | {"actor": "ben"}
    copy.sql("UPDATE history SET actor = 'ben', sha256 = ? WHERE seq = ?", digest(document), seq)


def swapped_signatures(copy: Copy) -> None:
    one, other = copy.seq("vote.cast"), copy.seq("voting.opened")
    kept = {row["seq"]: row["signature"] for row in copy.sql("SELECT seq, signature FROM history")}
    for seq, signature in ((one, kept[other]), (other, kept[one])):
        copy.sql("UPDATE history SET signature = ? WHERE seq = ?", signature, seq)


def removed_event(copy: Copy) -> None:
    copy.sql("DELETE FROM history WHERE seq = ?", copy.seq("voting.opened"))


def inserted_event(copy: Copy) -> None:
    columns = "at, act, case_ref, detail, content, prev, key_id, sha256, signature"
    last = copy.sql("SELECT max(seq) AS seq FROM history")[0]["seq"]
    copy.sql(
        f"INSERT INTO history (seq, actor, {columns}) SELECT {last + 1}, 'ben', {columns} FROM history WHERE seq = ?",
        copy.seq("vote.cast"),
    )


def reordered_events(copy: Copy) -> None:
    seq = copy.seq("vote.cast")
    for before, after in ((seq, 9000), (seq - 1, seq), (9000, seq - 1)):
        copy.sql("UPDATE history SET seq = ? WHERE seq = ?", after, before)


def cut_tail(copy: Copy) -> None:
    """Take the last events away with all they wrote that still can be, and set the counter back."""
    copy.sql("DELETE FROM history WHERE seq >= ?", copy.head.seq - 1)
    copy.sql("UPDATE counters SET value = ? WHERE name = 'history'", copy.head.seq - 2)


def chain_rebuilt_with_the_stolen_key(copy: Copy) -> None:
    copy.rebuild(KeyRing(copy.folder / "keys"), copy.links()[0].key)


def chain_rebuilt_with_another_key(copy: Copy) -> None:
    """Sign everything anew with a key of one's own, and put that in place of the house's in table and file."""
    ring = KeyRing(copy.folder / "thief")
    name, public = ring.make()
    copy.rebuild(ring, name, public)
    at = datetime.fromisoformat(copy.sql("SELECT valid_from FROM keys")[0]["valid_from"])
    own = PublicKey(id=name, public=public, valid_from=at)
    (copy.folder / "keys" / "public.json").write_text(written_keys([own]), encoding="utf-8")


def changed_key(copy: Copy) -> None:
    _, public = KeyRing(copy.folder / "thief").make()
    copy.sql("UPDATE keys SET public = ?", public)


def forged_head(copy: Copy) -> None:
    copy.head = copy.head.model_copy(update={"sha256": "0" * 64})


def forged_bundle(copy: Copy) -> None:
    """Put another decision into an exported bundle, as a lawyer of the other side might."""
    path = copy.folder / CASE_BUNDLE
    with zipfile.ZipFile(path) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    parts["case.en.json"] = parts["case.en.json"].replace(b'"admitted"', b'"declined"')
    with zipfile.ZipFile(path, "w") as bundle:
        for name, body in parts.items():
            bundle.writestr(name, body)


def row_in_sessions(copy: Copy) -> None:
    """Sign in as somebody without a password, and try to vote with it."""
    sha256 = hashlib.sha256(MADE_UP.encode()).hexdigest()
    copy.sql("INSERT INTO sessions VALUES (?, 'ben', ?, ?)", sha256, *LONG_TIME)
    copy.tried = _vote(copy, Credential.session(MADE_UP))


def row_in_api_tokens(copy: Copy) -> None:
    """Make a token of somebody, and try to vote with it."""
    columns = "token_sha256, username, label, issued_at, expires_at"
    sha256 = hashlib.sha256(MADE_UP.encode()).hexdigest()
    copy.sql(f"INSERT INTO api_tokens ({columns}) VALUES (?, 'ben', 'x', ?, ?)", sha256, *LONG_TIME)
    copy.tried = _vote(copy, Credential.token(MADE_UP))


def row_in_codes(copy: Copy) -> None:
    """Make a code of somebody that carries a decline, and try to use it."""
    text, sha256 = written(Ballot(choice=Choice.DECLINE, comment="flipped"))
    columns = "code_sha256, username, case_ref, assessment, round, selector, ballot, sha256, expires_at"
    (poll,) = copy.sql("SELECT case_ref, assessment FROM polls WHERE case_ref NOT IN (SELECT case_ref FROM decisions)")
    sealed = code_hash(MADE_UP_CODE, poll["case_ref"])
    values = (sealed, "ben", poll["case_ref"], poll["assessment"], 1, MADE_UP_CODE[:4], text, sha256, LONG_TIME[1])
    copy.sql(f"INSERT INTO codes ({columns}) VALUES ({', '.join('?' * len(values))})", *values)
    copy.tried = _by_code(copy, poll["case_ref"])


def votes_credential_taken_away(copy: Copy) -> None:
    """Vote with a real session, then remove its row as if it had never been."""
    copy.sql("DELETE FROM sessions")


def triggers_dropped(copy: Copy) -> None:
    """Leave the triggers away."""
    copy.triggers.clear()


def one_trigger_that_does_nothing(copy: Copy) -> None:
    """Put a trigger of the same name in place of the one that protects votes."""
    (name,) = (name for name in copy.triggers if name == "votes_refuse_update")
    copy.triggers[name] = f"CREATE TRIGGER {name} BEFORE UPDATE ON votes BEGIN SELECT 1; END"


def rolled_back_to_a_copy(copy: Copy) -> None:
    """Put the casebook back to what it was before the last vote, from a backup."""
    with closing(sqlite3.connect(copy.folder / EARLIER)) as earlier:
        earlier.backup(copy.database)
    for (name,) in copy.database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copy.database.execute(f"DROP TRIGGER {name}")


def removed_key_of_a_case(copy: Copy) -> None:
    """Make what a case says unreadable, as if it had been erased."""
    copy.sql("DELETE FROM case_keys")


def removed_key_of_an_answer(copy: Copy) -> None:
    copy.sql("DELETE FROM answer_keys WHERE sha256 = ?", hashlib.sha256(ANSWER).hexdigest())


def another_key_of_a_case(copy: Copy) -> None:
    copy.sql("UPDATE case_keys SET key = ?", key_text(new_key()))


def made_up_erasure(copy: Copy) -> None:
    """Take a key away, and say that a rule of the policy erased the case."""
    copy.sql("DELETE FROM case_keys")
    copy.sql(
        "INSERT INTO erasures SELECT reference, 'personal', 'documents kept 3650 days', 'system', ? FROM cases",
        LONG_TIME[0],
    )


def untouched(copy: Copy) -> None:
    """Do nothing."""


# Each kind with what verify has to find among the flaws.
KINDS: dict[Callable[[Copy], None], str] = {
    changed_row: "row.changed",
    changed_byte_in_a_row: "row.changed",
    row_with_a_fitting_fingerprint: "row.changed",
    removed_row: "row.removed",
    inserted_row: "row.added",
    changed_byte_in_an_evidence_file: "answer.changed",
    changed_byte_in_a_screenshot: "answer.changed",
    removed_evidence_file: "answer.missing",
    changed_event: "event.changed",
    event_with_a_fitting_fingerprint: "event.forged",
    swapped_signatures: "event.forged",
    removed_event: "event.missing",
    inserted_event: "event.added",
    reordered_events: "event.moved",
    cut_tail: "chain.cut",
    chain_rebuilt_with_the_stolen_key: "chain.rebuilt",
    chain_rebuilt_with_another_key: "key.unknown",
    changed_key: "row.changed",
    forged_head: "head.forged",
    forged_bundle: "bundle.forged",
    row_in_sessions: "row.added",
    row_in_api_tokens: "row.added",
    row_in_codes: "row.added",
    votes_credential_taken_away: "row.removed",
    triggers_dropped: "trigger.missing",
    one_trigger_that_does_nothing: "trigger.changed",
    rolled_back_to_a_copy: "chain.cut",
    removed_key_of_a_case: "key.missing",
    removed_key_of_an_answer: "key.missing",
    another_key_of_a_case: "seal.broken",
    made_up_erasure: "row.added",
}
# What nobody can see without what was kept outside: verify says so, and exits with 3.
NEEDS_OUTSIDE = (chain_rebuilt_with_the_stolen_key, chain_rebuilt_with_another_key, rolled_back_to_a_copy)


def _vote(copy: Copy, credential: Credential) -> str:
    """Try to decline the case whose vote is open, with a credential that was put in; return what was said."""
    copy.database.commit()
    house = House(Settings(data=copy.folder, database_url=None))
    voting = house.casebook.voting
    (case,) = house.casebook.cases.list(status=CaseStatus.VOTING)
    poll = voting.poll(case.reference, case.round)
    assert poll is not None
    ballot = Ballot(choice=Choice.DECLINE, comment="flipped")
    try:
        voting.cast(case.reference, PEOPLE[1], poll.assessment, ballot, channel="api", credential=credential)
    except GatehouseError as error:
        return error.message.en
    finally:
        house.casebook.close()
    return TAKEN


def _by_code(copy: Copy, case: str) -> str:
    """Try to use a code that was put in; return what was said."""
    copy.database.commit()
    house = House(Settings(data=copy.folder, database_url=None))
    try:
        house.casebook.codes.cast(MADE_UP_CODE, case)
    except GatehouseError as error:
        return error.message.en
    finally:
        house.casebook.close()
    return TAKEN
