"""A book of applicants goes through one run as far as no person is needed, whatever becomes of a row or of the run."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun

from admission.application import Application
from admission.cases import CaseStatus
from benchmarks.clones import write_small_traders
from cli.main import main
from cli.session import keep_token
from cli.users import SESSION
from flows.batch import onboard_batch
from sandbox.server import Sandbox
from services import chasing
from services.batches import FEW
from services.opening import Asked, open_book, open_case
from tasks.delivery import deliver
from tests import stepping
from tests.casebook.build import HandClock
from tests.conftest import ROOT
from tests.flows.acting import (
    INSOLVENT,
    SOUND_AND_LARGE,
    SOUND_AND_SMALL,
    SOURCE_DOWN,
    application,
    new_process,
    opened,
    started,
    taken_up,
    vote_all,
)
from wiring import House
from wiring.house import house

ANALYST = Asked("analyst", "cli")
pytestmark = pytest.mark.prefect

BOOK = (SOUND_AND_SMALL, SOUND_AND_LARGE, INSOLVENT, SOURCE_DOWN)
STANDS = ["admitted", "voting", "declined", "voting"]
WALK = """
import sys
from wiring import house
from services.batches import walk_chunk

walk_chunk(house(), sys.argv[2:], sys.argv[1])
"""
COLUMNS = ("legal_name", "country", "cik", "uk_company_number", "limit", "currency", "terms_days")


@pytest.fixture(autouse=True)
def deployed(client: SyncPrefectClient) -> None:
    """The deployment that delivery starts batches of."""
    client.create_deployment(client.create_flow(onboard_batch), name="onboard-batch")


def booked(at: House, applications: list[Application]) -> list[str]:
    """Open the cases of a book; return their references."""
    return [case.reference for case in open_book(at, applications, ANALYST) if not isinstance(case, Exception)]


def batches(client: SyncPrefectClient) -> list[FlowRun]:
    """Return the runs that carry batches."""
    return [run for run in client.read_flow_runs() if "case_refs" in run.parameters]


def results(client: SyncPrefectClient, run: FlowRun) -> list[dict[str, str]]:
    """Return the table of results of a batch."""
    key = f"batch-{str(run.id)[:8]}-results"
    (found,) = [artifact for artifact in client.read_latest_artifacts() if artifact.key == key]
    return list(json.loads(str(found.data)))


def column(rows: list[dict[str, str]], name: str) -> list[str]:
    return [row[name] for row in rows]


def write_book(path: Path, *more: str) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        for story in BOOK:
            given = application(story)
            asked = given.requested
            numbers = [given.identifiers.get(kind, "") for kind in ("cik", "uk_company_number")]
            writer.writerow([given.legal_name, given.country, *numbers, asked.limit, asked.currency, asked.terms_days])
        lines.writelines(f"{line}\n" for line in more)
    return path


@pytest.fixture
def signed_in(at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house as the command line finds it today, with the analyst signed in."""
    with Sandbox() as sandbox:
        monkeypatch.setenv("GATEHOUSE_SANDBOX_URL", sandbox.base_url)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        house.cache_clear()
        today = house()
        keep_token(today, today.casebook.sessions.sign_in("analyst", "a long enough password", lifetime=SESSION))
        yield today


def onboarded(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[Any, str, str]:
    """Run `gatehouse onboard`; return its exit status and what it said."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["onboard", *map(str, arguments)])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_a_book_goes_through_one_run_and_its_bad_row_comes_back(
    signed_in: House, client: SyncPrefectClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = write_book(tmp_path / "book.csv", "Bad Co,XX,,,1,USD,1")

    status, out, err = onboarded(capsys, book)

    assert status == 1
    assert "1 row(s) of book.csv refused" in err
    assert "Bad Co" in (tmp_path / "book.refused.csv").read_text(encoding="utf-8")
    assert out.count("GH-") == len(BOOK)
    (run,) = client.read_flow_runs()
    references = [case.reference for case in signed_in.casebook.cases.list()][::-1]
    assert run.parameters == {"case_refs": references}

    assert taken_up(client, run.id, onboard_batch).name == "AwaitingDecision"

    rows = results(client, run)
    assert column(rows, "case") == references
    assert column(rows, "stands") == STANDS
    assert column(rows, "route") == ["fast_track", "desk", "knock_out", "desk"]
    assert column(rows, "problem") == [""] * len(BOOK)
    (progress,) = [item for item in client.read_latest_artifacts() if item.type == "progress"]
    assert float(str(progress.data)) == 100.0
    assert signed_in.casebook.outbox.pending() == 0

    status, out, err = onboarded(capsys, write_book(tmp_path / "again.csv"), "--follow", "--json")
    assert status == 0
    assert [case["reference"] for case in json.loads(out)] == references
    assert f"{references[1]} Graywether Instruments Corp: voting" in err
    assert len(client.read_flow_runs()) == 1


def test_a_decision_on_a_case_of_a_batch_starts_a_run_of_its_own(at: House, client: SyncPrefectClient) -> None:
    _, large = booked(at, [application(SOUND_AND_SMALL), application(SOUND_AND_LARGE)])
    deliver(at)
    taken_up(client, batches(client)[0].id, onboard_batch)

    vote_all(at, large)
    assert deliver(at) == 1

    (run,) = [run for run in client.read_flow_runs() if run.name == large]
    assert taken_up(client, run.id).name == "Admitted"


def test_what_could_not_be_woken_one_by_one_is_carried_on_by_one_run(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    """As after a power cut: some had not begun, one waited for a vote that is over by now."""
    large, suspended = started(at, client, SOUND_AND_LARGE)
    taken_up(client, suspended)
    small, scheduled = started(at, client, SOUND_AND_SMALL)
    at.casebook.cases.request_wake(small)
    vote_all(at, large)
    unknown = application(INSOLVENT).model_copy(update={"identifiers": {}})
    others = [
        open_case(at, unknown.model_copy(update={"legal_name": f"Example {number} Ltd"}), ANALYST).reference
        for number in range(FEW)
    ]
    clock.forward(timedelta(seconds=61))

    assert chasing.chase(at).woken == FEW + 2
    deliver(at)

    (run,) = batches(client)
    assert sorted(run.parameters["case_refs"]) == sorted([large, small, *others])
    assert [state.is_cancelled() for one in (suspended, scheduled) if (state := client.read_flow_run(one).state)] == [
        True,
        True,
    ]
    taken_up(client, run.id, onboard_batch)
    stands = dict(zip(*(column(results(client, run), name) for name in ("case", "stands")), strict=True))
    assert (stands[large], stands[small]) == ("admitted", "admitted")


def test_run_from_the_deployment_with_references(at: House, client: SyncPrefectClient) -> None:
    references = [opened(at, SOUND_AND_SMALL), "GH-2026-999999", opened(at, INSOLVENT)]
    deployment = client.read_deployment_by_name("onboard-batch/onboard-batch")
    parameters = {"case_refs": [*references, references[0]]}
    run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)

    ended = taken_up(client, run.id, onboard_batch)

    assert (ended.name, ended.message) == ("PartlyOnboarded", "1 admitted, 1 declined, 1 failed")
    rows = results(client, run)
    assert column(rows, "case") == references
    assert column(rows, "problem") == ["", "there is no such case", ""]


def test_a_case_that_cannot_be_carried_on_stops_no_other(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    references = booked(at, [application(story) for story in BOOK])
    lost = references[0]
    stepping.ask_all(at, lost)
    _lose_an_answer(at, lost, "uk_companies_house")
    deliver(at)

    ended = taken_up(client, batches(client)[0].id, onboard_batch)

    assert ended.name == "PartlyOnboarded"
    rows = results(client, batches(client)[0])
    assert column(rows, "stands") == ["failed", *STANDS[1:]]
    assert rows[0]["problem"].startswith("Stored bytes are missing.")
    assert at.casebook.history.of(lost)[-1].act == "batch.failed"
    assert at.casebook.cases.get(lost).status is CaseStatus.GATHERING
    assert chasing.chase(at).woken == 0
    clock.forward(timedelta(seconds=at.settings.lease_seconds + 1))
    assert chasing.chase(at).woken == 1


def _lose_an_answer(at: House, reference: str, source: str) -> None:
    evidence = next(
        item for item in at.casebook.evidence.of_all_rounds(reference) if item.source == source and item.sha256
    )
    (file,) = (at.settings.folder / "answers").rglob(str(evidence.sha256))
    file.unlink()


def test_where_nothing_can_be_carried_on_the_run_failed(at: House, client: SyncPrefectClient) -> None:
    ended: Any = onboard_batch(["GH-2026-999998", "GH-2026-999999"], return_state=True)

    assert (ended.name, ended.message) == ("Failed", "2 failed")


def test_a_source_that_is_busy_once_is_asked_again_before_people_are(
    at: House, client: SyncPrefectClient, sandbox: Sandbox
) -> None:
    sandbox.misbehave("uk_companies_house", "503", times=2)
    references = booked(at, [application(SOUND_AND_SMALL), application(INSOLVENT)])

    ended: Any = onboard_batch(references, return_state=True)

    assert (ended.name, ended.message) == ("Onboarded", "1 admitted, 1 declined")


def test_a_batch_leaves_alone_what_another_run_is_moving(at: House, client: SyncPrefectClient) -> None:
    references = booked(at, [application(SOUND_AND_SMALL), application(INSOLVENT)])
    assert at.casebook.cases.acquire_lease(references[0], "another run", 60)

    some: Any = onboard_batch(references, return_state=True)
    none: Any = onboard_batch(references[:1], return_state=True)

    assert (some.name, some.message) == ("Onboarded", "1 declined, 1 held_elsewhere")
    assert none.name == "HeldElsewhere"


def test_killed_in_the_middle_what_is_left_goes_through_one_more_run(
    at: House, client: SyncPrefectClient, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications = write_small_traders(tmp_path / "stories", 12)
    with Sandbox(stories=tmp_path / "stories") as sandbox:
        monkeypatch.setenv("GATEHOUSE_SANDBOX_URL", sandbox.base_url)
        at = new_process(clock)
        references = booked(at, applications)
        deliver(at)
        (first,) = batches(client)
        assert all(item.moving for item in at.casebook.batches.progress(references).values())
        _walk_and_kill(sandbox, references, str(first.id))
        asked = sandbox.log()["creditsafe"]["reports_bought"]
        assert 0 < asked < len(references)

        clock.now = datetime.now(UTC)
        assert chasing.chase(at).woken == 0
        clock.forward(timedelta(seconds=at.settings.lease_seconds + 1))
        assert chasing.chase(at).woken == len(references)
        assert chasing.chase(at).woken == 0
        deliver(at)
        (second,) = [run for run in batches(client) if run.id != first.id]
        ended = taken_up(client, second.id, onboard_batch)

        stands = column(results(client, second), "stands")
        # The report that was being bought when the power went may have been billed: its case is for people.
        doubts = len(at.casebook.evidence.calls_in_doubt())
        assert stands.count("voting") == doubts
        assert stands.count("admitted") == len(references) - doubts
        assert ended.name == ("AwaitingDecision" if doubts else "Onboarded")
        assert sandbox.log()["creditsafe"]["reports_bought"] <= len(references)
        twice = [line for line in sandbox.log()["requests"] if line["count"] > 1 and line["source"] == "creditsafe"]
        assert [line for line in twice if "/reports" in line["url"]] == []


def _walk_and_kill(sandbox: Sandbox, references: list[str], holder: str) -> None:
    """Carry a batch on in a process of its own, as a worker does, and kill it when some reports are bought."""
    child = subprocess.Popen([sys.executable, "-c", WALK, holder, *references], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while sandbox.log()["creditsafe"]["reports_bought"] == 0 and time.monotonic() < deadline:
            time.sleep(0.002)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
