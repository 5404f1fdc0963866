"""What is personal goes by the days of the policy or on request; what is held about a person is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from admission.cases import CaseStatus
from admission.errors import BadInput, Conflict, Erased, NotAllowed
from admission.people import Person
from admission.policy import Retention
from sandbox.server import Sandbox
from services import audit, retention
from services.access import access_report
from services.backup import SEALED_KEYS, back_up, restore
from services.casefile import case_file
from services.concluding import conclude
from services.deciding import decide_by_machine
from services.replay import replay, replay_one
from tests.casebook.build import PASSWORD, HandClock
from tests.services.conftest import assessed, house_in
from wiring import House

LEGAL = Person(username="lena", name="Lena Invented", department="legal")
REFUSED = "4_insolvent"
YEAR = timedelta(days=366)


def concluded(at: House) -> str:
    """A case that the system declined, with all answers of the sandbox; return the reference."""
    reference = assessed(at, REFUSED)
    assert decide_by_machine(at, reference, 1)
    conclude(at, reference)
    assert at.casebook.cases.get(reference).status is CaseStatus.CONCLUDED
    return reference


def flaws(at: House) -> list[str]:
    proof = audit.verify(at, audit.trust(at, None), [], lambda _: None)
    return [flaw.line("en") for flaw in proof.flaws]


@pytest.fixture
def later(at: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[Retention], None]:
    """Let a policy with other days be in force, and ten years pass."""

    def set_days(days: Retention) -> None:
        policy = at.policy_in_force().model_copy(update={"retention": days})
        monkeypatch.setattr(House, "policy_in_force", lambda _: policy)
        assert isinstance(at.clock, HandClock)
        at.clock.forward(10 * YEAR)

    return set_days


def test_the_shipped_policy_says_for_how_long(at: House) -> None:
    days = at.policy_in_force().retention
    assert (days.answers_days, days.personal_days, days.messages_days) == (1825, 3650, 365)


def test_what_is_due_is_erased_by_the_days_of_the_policy(at: House) -> None:
    reference = concluded(at)
    assert isinstance(at.clock, HandClock)
    at.clock.forward(timedelta(days=1824))
    assert retention.erase_due(at) == (0, 0, 0, 0)
    at.clock.forward(timedelta(days=2))
    assert [(due.kind, due.cases) for due in retention.due(at)] == [("answers", (reference,)), ("personal", ())]
    assert retention.erase_due(at)[:2] == (1, 0)
    with pytest.raises(Erased):
        at.casebook.evidence.body(str(at.casebook.evidence.of(reference, 1)[0].sha256))
    assert case_file(at, reference).assessment is not None
    at.clock.forward(timedelta(days=1830))
    assert retention.erase_due(at)[:2] == (0, 1)
    assert retention.erase_due(at) == (0, 0, 0, 0)
    with pytest.raises(Erased, match="The decision is kept: declined"):
        case_file(at, reference)
    rules = [item.rule for item in at.casebook.erasures.all()]
    assert rules == [
        "retention.answers_days 1825 of policy default 2026.1",
        "retention.personal_days 3650 of policy default 2026.1",
    ]
    assert flaws(at) == []


def test_a_kind_without_days_is_kept(at: House, later: Callable[[Retention], None]) -> None:
    concluded(at)
    later(Retention())
    assert retention.due(at) == []
    assert retention.erase_due(at) == (0, 0, 0, 0)


def test_a_replay_tells_what_was_erased(at: House) -> None:
    reference = concluded(at)
    at.casebook.erasures.erase_answers([reference], "rule one")
    replayed = replay_one(at, reference)
    assert replayed.result == "explained"
    assert set(replayed.explained_by) == {"erased under rule one"}
    at.casebook.erasures.erase_personal(reference, "rule two")
    assert [(item.result, item.explained_by) for item in replay(at, [reference], lambda _: None)] == [
        ("erased", ("rule two",))
    ]


def test_who_has_the_mandate_erases_on_request(at: House) -> None:
    reference = concluded(at)
    at.casebook.people.add(LEGAL, PASSWORD)
    with pytest.raises(NotAllowed, match="erase what is personal"):
        retention.erase(at, [reference], ["answers"], "asked", at.casebook.people.get("analyst"))
    with pytest.raises(BadInput, match="without a reason"):
        retention.erase(at, [reference], ["answers"], " ", LEGAL)
    retention.erase(at, [reference], ["answers", "personal"], "GDPR article 17", LEGAL)
    assert [(item.kind, item.rule, item.by) for item in at.casebook.erasures.all()] == [
        ("answers", "on request: GDPR article 17", "lena"),
        ("personal", "on request: GDPR article 17", "lena"),
    ]
    open_case = assessed(at)
    with pytest.raises(Conflict, match="not concluded"):
        retention.erase(at, [open_case], ["personal"], "asked", LEGAL)


def test_a_report_finds_a_person_wherever_they_are_named(at: House) -> None:
    reference = assessed(at)
    at.casebook.people.add(LEGAL, PASSWORD)
    profile = at.casebook.work.facts(reference, 1)
    assert profile is not None
    officer = profile.officers[0].name if hasattr(profile, "officers") else profile.profiles[0].legal_name
    told = access_report(at, officer.upper(), LEGAL)
    places = {(item["case"], item["where"].split(" ")[0]) for item in told["found"]}
    assert {(reference, "papers"), (reference, "answer")} <= places
    assert all(
        officer.casefold() in item["says"].casefold() or item["where"].startswith("answer") for item in told["found"]
    )
    assert told["kept"]["personal_days"] == 3650
    (event,) = (event for event in at.casebook.history.tail(5) if event.act == "person.access_reported")
    assert (event.actor, event.detail) == ("lena", {"found": str(len(told["found"])), "users": "0"})
    assert officer not in str(event)


def test_a_report_on_a_user_tells_what_they_did(at: House) -> None:
    reference = concluded(at)
    at.casebook.people.add(LEGAL, PASSWORD)
    (user,) = access_report(at, "analyst", LEGAL)["users"]
    assert (user["name"], user["asked_for"], user["voted_on"]) == ("Ana Lyst", [reference], [])
    assert user["events"] > 0
    assert "password" not in user
    with pytest.raises(NotAllowed):
        access_report(at, "analyst", at.casebook.people.get("analyst"))
    with pytest.raises(BadInput):
        access_report(at, "a", LEGAL)


def test_after_an_erasure_a_report_finds_nothing(at: House) -> None:
    reference = concluded(at)
    at.casebook.people.add(LEGAL, PASSWORD)
    name = at.casebook.cases.get(reference).application.legal_name
    assert access_report(at, name, LEGAL)["found"]
    retention.erase(at, [reference], ["answers", "personal"], "asked", LEGAL)
    assert access_report(at, name, LEGAL)["found"] == []


def test_the_keys_of_cases_are_never_in_the_copy_of_the_database(at: House, tmp_path: Path) -> None:
    reference = concluded(at)
    backup, vault = tmp_path / "backup", tmp_path / "vault"
    back_up(at, backup, vault)
    keys = (vault / SEALED_KEYS).read_text(encoding="utf-8")
    key = next(line for line in keys.splitlines() if reference in line).split('"key":"')[1][:44]
    assert not (backup / "keys").exists()
    for path in (path for path in backup.rglob("*") if path.is_file()):
        assert key.encode() not in path.read_bytes()
        assert b"insolvent" not in path.read_bytes().lower() or path.suffix in (".yaml", ".csv")


def test_what_was_erased_since_a_backup_stays_erased_with_newer_keys(
    at: House, running_sandbox: Sandbox, tmp_path: Path
) -> None:
    reference = concluded(at)
    back_up(at, tmp_path / "old", tmp_path / "old_vault")
    at.casebook.erasures.erase_answers([reference], "rule one")
    at.casebook.erasures.erase_personal(reference, "rule two")
    back_up(at, tmp_path / "new", tmp_path / "new_vault")
    with house_in(tmp_path / "restored", running_sandbox) as house:
        restored = restore(house, tmp_path / "old", tmp_path / "new_vault")
        assert restored.erased_again == 2
        assert [item.rule for item in house.casebook.erasures.all()] == ["rule one", "rule two"]
        assert flaws(house) == []
        with pytest.raises(Erased):
            case_file(house, reference)
    with house_in(tmp_path / "as_it_was", running_sandbox) as house:
        assert restore(house, tmp_path / "old", tmp_path / "old_vault").erased_again == 0
        assert case_file(house, reference).case.reference == reference
        assert flaws(house) == []


def test_a_backup_without_its_keys_is_not_restored(at: House, running_sandbox: Sandbox, tmp_path: Path) -> None:
    concluded(at)
    back_up(at, tmp_path / "backup", tmp_path / "vault")
    keys = tmp_path / "vault" / SEALED_KEYS
    whole = keys.read_text(encoding="utf-8")
    for broken in (None, whole[: len(whole) // 2], whole.replace('"case":', '"cases":')):
        keys.unlink(missing_ok=True)
        if broken is not None:
            keys.write_text(broken, encoding="utf-8")
        with house_in(tmp_path / f"restored-{len(broken or '')}", running_sandbox) as house, pytest.raises(BadInput):
            restore(house, tmp_path / "backup", tmp_path / "vault")
