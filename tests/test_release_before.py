"""What the release before left behind goes on: its casebook, its cases in voting, its customers and their reviews.

The code of that release is taken from this repository's history and run as it was; it leaves a data folder, which
today's code then carries on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseKind, CaseStatus
from benchmarks.upgrade.release import NotThere, unpack
from cli.running.demo import PEOPLE
from sandbox.server import Sandbox
from services.concluding import conclude
from services.opening import open_review
from services.replay import replay
from services.reviews import review_chunk
from tests.casebook.build import HandClock, signed_in
from tests.policies import shipped_policy, with_own_ledger_outside, written
from tests.services.conftest import SETTINGS
from wiring import House, Settings

# The last commit before the rooms of the core were moved.
RELEASE = "26b49df"
STORIES = ("1_sound_and_small", "2_sound_and_large", "4_insolvent")
LEAVE_BEHIND = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from cli.demo import PEOPLE
from tests.casebook.build import HandClock
from wiring import House, Settings
from wiring.batch import open_book, walk_chunk
from wiring.files import read_applications

house = House(Settings(), clock=HandClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)))
house.casebook.create(demo=True)
for person in PEOPLE:
    house.casebook.people.add(person, "a long enough password")
applications = [read_applications(Path(f"sandbox/applicants/{story}.yaml")).applications[0] for story in sys.argv[1:]]
opened = open_book(house, applications, "analyst")
rows = walk_chunk(house, [case.reference for case in opened], "a run of the release before")
print(*(row.stands for row in rows))
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(today=date(2026, 11, 23)) as sandbox:
        yield sandbox


@pytest.fixture
def at(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Today's house on the data folder that the release before has left."""
    for name in [name for name in os.environ if name.startswith("GATEHOUSE_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "data"
    for name, value in {**SETTINGS, "DATA": str(data), "SANDBOX_URL": sandbox.base_url}.items():
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)
    before = tmp_path / "before"
    try:
        unpack(before, RELEASE)
    except NotThere as error:
        # A shallow clone is no fault of this machine, so it is skipped where all else is required too.
        pytest.skip(str(error))
    left = subprocess.run(
        [sys.executable, "-c", LEAVE_BEHIND, *STORIES], cwd=before, capture_output=True, text=True, check=False
    )
    assert left.stdout.split() == ["admitted", "voting", "declined"], left.stderr
    house = House(Settings(), clock=HandClock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)))
    house.casebook.create()
    yield house
    house.casebook.close()


def test_its_casebook_is_whole_its_assessments_are_replayed_and_its_cases_go_on(at: House, tmp_path: Path) -> None:
    book = at.casebook
    proof = book.audit.verify(book.keys.all(), (), lambda _: None)
    assert proof.flaws == ()
    references = [case.reference for case in book.cases.list()]
    results = {item.result for item in replay(at, references, lambda _: None)}
    assert results <= {"same", "explained"}
    assert "unexplained" not in results

    (waiting,) = book.cases.list(status=CaseStatus.VOTING)
    while book.cases.get(waiting.reference).status is CaseStatus.VOTING:
        poll = book.voting.poll(waiting.reference, waiting.round)
        assert poll is not None
        voter = next(
            person
            for person in PEOPLE
            if any(case.reference == waiting.reference for case, _ in book.voting.inbox(person))
        )
        ballot = Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(poll.to_accept, "accepted in a test"))
        book.voting.cast(
            waiting.reference,
            voter,
            poll.assessment,
            ballot,
            channel="desk",
            credential=signed_in(book, voter.username),
        )
    assert conclude(at, waiting.reference).status is CaseStatus.CONCLUDED
    assert len(book.customers.all()) == 2

    reviews = [open_review(at, customer.company_key).reference for customer in book.customers.all()]
    policy = with_own_ledger_outside(shipped_policy())
    # As far as the system admitted alone, and one department signed, when these customers were.
    policy["approval"]["fast_track"]["up_to"] = policy["approval"]["bands"][0]["up_to"] = "30000"
    policy["segments"] = {"standard": {}}
    at = House(Settings(policy=written(tmp_path, policy)), clock=at.clock)
    reviewed = review_chunk(at, reviews, "a run of today")
    # What the fast track admitted is renewed; the other is above it, and people decide again.
    assert (len(reviewed.renewed), len(reviewed.exceptions), reviewed.problems) == (1, 1, {})
    assert {case.decision.decided_by for case in book.cases.list(kind=CaseKind.REVIEW) if case.decision} == {"renewal"}
    assert book.audit.verify(book.keys.all(), (), lambda _: None).flaws == ()
