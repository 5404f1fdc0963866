"""Faults planted in the product, each as somebody might let it in again; the proof must name the row that is open then.

They are planted before any other code of the product is imported, in the process that runs the tests and nowhere else.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple


class Plant(NamedTuple):
    """One fault.

    Attributes:
        do: plants it.
        breaks: the rows of the table that it opens.
    """

    do: Callable[[], None]
    breaks: tuple[str, ...]

    @property
    def words(self) -> str:
        """What is wrong with the product then."""
        return " ".join((self.do.__doc__ or "").split())


def _put(module: str, name: str, planted: Any) -> None:
    """Put something in the place of a name, wherever it has been imported to."""
    right = getattr(importlib.import_module(module), name)
    for found in list(sys.modules.values()):
        if getattr(found, "__dict__", {}).get(name) is right:
            setattr(found, name, planted)


def _put_method(module: str, owner: str, name: str, planted: Any) -> None:
    setattr(getattr(importlib.import_module(module), owner), name, planted)


def own_requests() -> None:
    """Everybody is independent: who asked for a customer judges the request too."""
    _put("admission.separation", "is_independent", lambda *_: True)


def unsigned_sign_ins() -> None:
    """Sessions, tokens and codes count without the signed event that brought them."""
    _put("casebook.credentials", "is_brought", lambda *_: True)
    _put("casebook.credentials", "person_is_signed", lambda *_: True)


def other_ballot() -> None:
    """A code casts another vote than the one that it was issued for."""
    codes = importlib.import_module("casebook.codes")
    right = codes.record_vote

    def turned(transaction: Any, judged: Any, ballot: Any, *others: Any) -> Any:
        changed = ballot.model_copy(update={"choice": "decline", "comment": "flipped", "limit": None})
        return right(transaction, judged, changed, *others)

    setattr(codes, "record_vote", turned)  # noqa: B010 - mypy refuses a plain assignment


def no_throttle() -> None:
    """Nobody waits after a failed sign-in."""
    _put_method("casebook.throttle", "Pace", "pause", lambda *_: timedelta(0))


def locked_names() -> None:
    """Whoever fails with a name slows it down for everybody, from whatever address."""
    _put("casebook.throttle", "_place", lambda *_: "everywhere")


def noisy_sign_ins() -> None:
    """Each failed sign-in is an event of its own."""

    def note(transaction: Any, username: str) -> None:
        transaction.event("system", "sign_in.refused", detail={"username": username, "count": "1"})

    _put("casebook.throttle", "note_refusal", note)


def commands_from_runs() -> None:
    """The work pool's template takes command and environment from a run, as Prefect's own does."""
    values = {"command": "{{ command }}", "env": "{{ env }}", "stream_output": True}
    properties = {"command": {"type": "string"}, "env": {"type": "object"}}
    file = Path(tempfile.mkdtemp(prefix="gatehouse-planted-")) / "work_pool.json"
    template = {"job_configuration": values, "variables": {"type": "object", "properties": properties}}
    file.write_text(json.dumps(template), encoding="utf-8")
    _put("cli.running.deployments", "template_file", lambda: file)


def own_addresses() -> None:
    """Nobody is told that a source was asked at another address than its own."""
    _put("admission.evidence.addresses", "address_findings", lambda *_: [])


def blind_to_triggers() -> None:
    """Verify does not look at the database's triggers."""
    _put("casebook.proof.triggers", "trigger_flaws", lambda *_: iter(()))


def any_key() -> None:
    """Whatever signed an event, verify takes it for the house's."""
    _put("casebook.database.signing", "signed_by", lambda *_: True)


def all_known() -> None:
    """Verify claims to know everything without keys and heads from outside."""
    _put("services.audit", "limits", lambda *_: [])


def declared_counts() -> None:
    """What one person put on a case counts at once."""
    _put("services.assessing", "unconfirmed_of", lambda *_: frozenset())


def one_signature() -> None:
    """A ruling never waits for a second person."""
    _put("admission.evidence.watchlists", "needs_two", lambda *_: False)


def no_mandates() -> None:
    """Everybody who may act at all holds every mandate."""
    _put_method("admission.approval.mandates", "Mandate", "held_by", lambda _, person: person.acts)


def rounds_without_end() -> None:
    """Nobody counts how many rounds of a case one person opens."""
    _put("admission.approval.rounds", "check_rounds_left", lambda *_, **__: None)


def unnamed_assessments() -> None:
    """An assessment names neither its case nor its company."""
    engine = importlib.import_module("admission.assessment.record").ENGINE
    _put("admission.assessment.record", "UNNAMED", ("1", "2", engine))


def lasting_codes() -> None:
    """A voting code outlives its person's password."""
    _put("casebook.people", "end_codes", lambda *_: None)


def no_namesakes() -> None:
    """Nobody is told of two accounts of one name."""
    _put("admission.people", "alike", lambda *_: [])


def all_hosts() -> None:
    """The desk answers to every name."""
    _put_method("desk.hosts", "KnownHosts", "_is_own", lambda *_: True)


def foreign_links() -> None:
    """The link to the other language keeps whatever path was asked for."""
    _put("desk.language", "switched", lambda request, language: f"{request.url.path}?lang={language}")


def hidden_text() -> None:
    """Control characters are text like any other."""
    _put("admission.free_text", "is_plain", lambda *_, **__: True)


def open_folder() -> None:
    """The data folder keeps the rights it had."""
    _put("wiring.data_folder", "_narrow", lambda *_: None)


def followed_links() -> None:
    """A link is read as the file that it leads to."""
    _put("admission.files", "read_file", lambda path, _: path.read_bytes())


def large_parts() -> None:
    """Nobody counts the cells of a workbook, or how large its parts are unpacked."""
    _put("admission.workbooks", "_check_sizes", lambda *_: None)
    _put("admission.workbooks", "_check_cells", lambda *_: None)


def foreign_forms() -> None:
    """A form counts whoever wrote it."""
    right = importlib.import_module("hmac")
    _put("desk.session", "hmac", SimpleNamespace(new=right.new, digest=right.digest, compare_digest=lambda *_: True))


# Rows that hold whatever is planted: where they do not either, the run itself broke, and the proof has told nothing.
CONTROL = ("24", "seat")
PLANTS = {
    "commands-from-runs": Plant(commands_from_runs, ("1", "3")),
    "other-ballot": Plant(other_ballot, ("2",)),
    "own-addresses": Plant(own_addresses, ("3",)),
    "own-requests": Plant(own_requests, ("4", "own vote", "own ruling")),
    "no-mandates": Plant(no_mandates, ("4", "5", "10", "17", "mandates")),
    "one-signature": Plant(one_signature, ("5",)),
    "unsigned-sign-ins": Plant(unsigned_sign_ins, ("6",)),
    "declared-counts": Plant(declared_counts, ("7",)),
    "no-throttle": Plant(no_throttle, ("8", "web guessing")),
    "locked-names": Plant(locked_names, ("9",)),
    "rounds-without-end": Plant(rounds_without_end, ("11",)),
    "all-known": Plant(all_known, ("12",)),
    "open-folder": Plant(open_folder, ("13",)),
    "large-parts": Plant(large_parts, ("14",)),
    "lasting-codes": Plant(lasting_codes, ("15",)),
    "no-namesakes": Plant(no_namesakes, ("16",)),
    "noisy-sign-ins": Plant(noisy_sign_ins, ("18",)),
    "all-hosts": Plant(all_hosts, ("20",)),
    "foreign-links": Plant(foreign_links, ("21",)),
    "hidden-text": Plant(hidden_text, ("22",)),
    "unnamed-assessments": Plant(unnamed_assessments, ("23",)),
    "followed-links": Plant(followed_links, ("25",)),
    "foreign-forms": Plant(foreign_forms, ("web forgery",)),
    "blind-to-triggers": Plant(blind_to_triggers, ("chain triggers",)),
    "any-key": Plant(any_key, ("chain rebuilt",)),
}
