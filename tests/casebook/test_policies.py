"""Versions of the policy as the casebook keeps them: two people, one version in force, nothing changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from admission.errors import BadInput, Conflict, GatehouseError, NotAllowed, NotFound
from admission.governance.versions import MANDATES, version_named
from admission.people import Person
from admission.policy import Policy, load_policy
from casebook import Casebook
from tests.admission.build import policy_document
from tests.casebook.build import PASSWORD, HandClock
from tests.casebook.proof.test_verification import verified
from tests.conftest import ROOT

RunSql = Callable[[str], list[Any]]
TODAY = date(2026, 11, 2)
# A policy as it was stored by the first version that had them; it must be read for ever.
STORED = ROOT / "tests" / "casebook" / "stored_policy_2026_11.json"


@pytest.fixture
def book(casebook: Casebook) -> Casebook:
    """A casebook with a risk manager, rita, and a president, max, of its people."""
    person = Person(username="rita", name="Rita Invented", department="credit", roles=("risk_manager",))
    casebook.people.add(person, PASSWORD)
    return casebook


def policy(version: str = "2026.2", since: str = "2026-11-01", **changes: Any) -> Policy:
    return load_policy(policy_document() | {"version": version, "effective_from": date.fromisoformat(since)} | changes)


def published(book: Casebook, version: str, since: str = "2026-11-01") -> int:
    made = book.policies.propose(policy(version, since), f"# {version}", "rita")
    return book.policies.publish(made.id, "max", TODAY).id


def test_a_proposal_is_published_by_another_person_and_is_in_force_from_its_date(book: Casebook) -> None:
    made = book.policies.propose(policy(since="2026-12-01"), "name: default # mine\n", "rita")
    assert (made.state, made.proposed_by, made.text) == ("proposed", "rita", "name: default # mine\n")
    assert book.policies.in_force(date(2027, 1, 1)) is None

    version = book.policies.publish(made.id, "max", TODAY)

    assert (version.state, version.published_by, version.policy()) == ("published", "max", policy(since="2026-12-01"))
    assert book.policies.in_force(TODAY) is None
    assert book.policies.in_force(date(2026, 12, 1)) == made.id
    assert [event.act for event in book.history.tail(2)] == ["policy.proposed", "policy.published"]
    assert book.history.tail(1)[0].detail["sha256"] == made.sha256
    assert verified(book).flaws == ()


def test_the_latest_date_is_in_force_and_of_one_date_the_last_published(book: Casebook, clock: HandClock) -> None:
    first = published(book, "1", "2026-01-01")
    clock.forward(timedelta(minutes=1))
    second = published(book, "2", "2026-01-01")
    later = published(book, "3", "2026-11-03")
    assert book.policies.in_force(TODAY) == second != first
    assert book.policies.in_force(date(2026, 11, 3)) == later
    assert book.policies.in_force(date(2025, 12, 31)) is None


def test_nobody_publishes_what_they_proposed(book: Casebook, run_sql: RunSql) -> None:
    made = book.policies.propose(policy(), "text", "rita")
    with pytest.raises(NotAllowed, match="Whoever proposed a policy does not publish it"):
        book.policies.publish(made.id, "rita", TODAY)
    assert book.history.tail(1)[0].act == "policy.publish_refused"
    with pytest.raises(Exception, match="two_people"):
        run_sql("UPDATE policy_versions SET published_by = 'rita', published_at = proposed_at")


def test_who_may_is_data(book: Casebook) -> None:
    assert {act: mandate.words().en for act, mandate in MANDATES.items()} == {
        "propose": "risk manager or policy owner or management",
        "publish": "risk manager or CFO or president or policy publisher or management",
        "withdraw": "risk manager or policy owner or management",
        "shadow": "risk manager or policy owner or management",
    }
    for name in ("ana", "bo", "cy"):
        with pytest.raises(NotAllowed, match="may not propose"):
            book.policies.propose(policy(), "text", name)
    made = book.policies.propose(policy(), "text", "max")
    with pytest.raises(NotAllowed, match="may not publish"):
        book.policies.publish(made.id, "bo", TODAY)
    assert book.policies.publish(made.id, "rita", TODAY).state == "published"
    book.people.set_active("rita", False)
    with pytest.raises(NotAllowed):
        book.policies.propose(policy("2027.1"), "text", "rita")


def test_a_version_is_published_once(book: Casebook) -> None:
    ours = book.policies.propose(policy(), "text", "rita")
    other = book.policies.propose(policy(default_review_months=9), "text", "rita")
    with pytest.raises(Conflict, match="proposed already"):
        book.policies.propose(policy(), "text", "max")
    with pytest.raises(BadInput, match="Several versions are named"):
        version_named(book.policies.all(), "2026.2")
    book.policies.publish(ours.id, "max", TODAY)
    assert version_named(book.policies.all(), "2026.2") == book.policies.get(ours.id)
    with pytest.raises(Conflict, match="name and version is published already"):
        book.policies.publish(other.id, "max", TODAY)
    with pytest.raises(Conflict, match="published already") as caught:
        book.policies.propose(policy(default_review_months=12), "text", "rita")
    assert "raise `version`" in caught.value.remedy.en
    with pytest.raises(Conflict, match="is published already"):
        book.policies.publish(ours.id, "max", TODAY)
    assert version_named(book.policies.all(), other.sha256[:12]).id == other.id
    with pytest.raises(NotFound, match="no such version"):
        version_named(book.policies.all(), "2031.1")


def test_the_database_lets_one_version_be_published_once_and_changes_none(book: Casebook, run_sql: RunSql) -> None:
    published(book, "2026.2")
    other = book.policies.propose(policy("2026.3", default_review_months=9), "text", "rita")
    ends = "published_by = 'max', published_at = proposed_at"
    for statement in (
        f"UPDATE policy_versions SET version = '2026.2', {ends} WHERE id = {other.id}",
        "UPDATE policy_versions SET text = 'other'",
        "UPDATE policy_versions SET published_by = 'cy' WHERE published_by IS NOT NULL",
        "DELETE FROM policy_versions",
    ):
        with pytest.raises(Exception, match="never changed or removed"):
            run_sql(statement)


def test_a_withdrawn_proposal_is_published_no_more(book: Casebook) -> None:
    made = book.policies.propose(policy(), "text", "rita")
    assert book.policies.withdraw(made.id, "rita").state == "withdrawn"
    with pytest.raises(Conflict, match="withdrawn already"):
        book.policies.publish(made.id, "max", TODAY)
    with pytest.raises(Conflict, match="withdrawn already"):
        book.policies.withdraw(made.id, "max")
    again = book.policies.propose(policy(), "text", "rita")
    assert version_named(book.policies.all(), "2026.2").id == again.id
    with pytest.raises(NotAllowed):
        book.policies.withdraw(again.id, "bo")


def test_what_would_never_be_in_force_is_not_published(book: Casebook) -> None:
    published(book, "2026.2", "2026-11-01")
    late = book.policies.propose(policy("2026.1", "2026-10-01"), "text", "rita")
    with pytest.raises(Conflict, match="never be in force") as caught:
        book.policies.publish(late.id, "max", TODAY)
    assert "2026-11-01" in caught.value.remedy.en


def test_a_document_of_the_first_format_is_still_read() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    read = Policy.model_validate(stored)
    assert (read.name, read.version, len(read.criteria)) == ("default", "2026.1", len(stored["criteria"]))
    assert read.sha256 == "432cf2bfa0d469e85344c3a442fd88ac904042fb88d208d76eaa1f672772dd7e"


def test_a_format_that_cannot_be_read_any_more_is_named_and_its_text_shown(book: Casebook) -> None:
    made = book.policies.propose(policy(), "name: default\n", "rita")
    old = made.model_copy(update={"document": json.dumps({"name": "default", "rules": []})})
    with pytest.raises(GatehouseError, match="a format that this Gatehouse cannot read") as caught:
        old.policy()
    assert "--text" in caught.value.remedy.en
    assert old.text == "name: default\n"


def test_a_version_that_a_newer_check_finds_fault_with_is_read_but_not_used(book: Casebook) -> None:
    made = book.policies.propose(policy(), "text", "rita")
    written = json.loads(made.document)
    written["scorecard"]["missing_cap"] = "Z"
    strict = made.model_copy(update={"document": json.dumps(written)})
    assert strict.read().scorecard.missing_cap == "Z"
    with pytest.raises(BadInput, match="today's checks find mistakes") as caught:
        strict.policy()
    assert [problem.field for problem in caught.value.problems] == ["scorecard.missing_cap"]


def test_a_stored_policy_that_was_changed_is_not_used(book: Casebook, run_sql: RunSql) -> None:
    from tests.casebook.proof.test_verification import unlock

    published(book, "2026.2")
    unlock(run_sql, "policy_versions")
    run_sql("""UPDATE policy_versions SET document = replace(document, '"USD"', '"EUR"')""")
    with pytest.raises(GatehouseError, match="not what was proposed"):
        book.policies.all()
    assert {flaw.kind for flaw in verified(book).flaws} == {"row.changed", "trigger.missing"}


def test_every_version_is_signed_for_in_the_chain(book: Casebook, blobs: Path) -> None:
    published(book, "2026.2")
    book.policies.withdraw(book.policies.propose(policy("2026.3"), "text", "rita").id, "max")
    assert verified(book).flaws == ()
