from __future__ import annotations

from pathlib import Path

import pytest

from admission.application import parse_application
from admission.cases import Case
from admission.errors import GatehouseError
from cli.running.demo import PEOPLE
from intake.applications import read_applications
from sandbox.server import Sandbox
from services.batches import FEW, wake, walk_chunk
from services.opening import Asked, open_book, open_case
from tests.conftest import ROOT
from wiring import House, Settings

ANALYST = Asked("analyst", "cli")
STORIES = ("1_sound_and_small", "3_over_indebted", "4_insolvent")


def test_a_chunk_goes_as_far_as_no_person_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("UK_COMPANIES_HOUSE_KEY", "sandbox"),
        ("CREDITSAFE_USERNAME", "sandbox"),
        ("CREDITSAFE_PASSWORD", "sandbox"),
        ("CREDITSAFE_PAYMENT_FIELDS", "paymentData.dbt"),
        ("RATES", str(ROOT / "sandbox" / "rates.csv")),
    ):
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)
    with Sandbox() as sandbox:
        at = House(Settings(data=tmp_path, contact="t, t@localhost", sandbox_url=sandbox.base_url))
        at.casebook.create(demo=True)
        at.casebook.people.add(PEOPLE[0], "a long password")
        references = [
            open_case(
                at, read_applications(ROOT / f"sandbox/applicants/{story}.yaml").applications[0], ANALYST
            ).reference
            for story in STORIES
        ]

        rows = walk_chunk(at, references, "one run")
        again = walk_chunk(at, references, "another run")

        assert [(row.stands, row.route) for row in rows] == [
            ("admitted", "fast_track"),
            ("voting", "desk"),
            ("declined", "knock_out"),
        ]
        assert again == rows
        # One each for the two that the free sources do not knock out, and none for walking the chunk again.
        assert sandbox.log()["creditsafe"]["reports_bought"] == 2
        assert all(at.casebook.cases.acquire_lease(reference, "a third run", 10) for reference in references)
        at.casebook.close()


def test_many_stuck_cases_go_through_one_run_and_a_few_through_theirs(at: House) -> None:
    applications = [
        parse_application(
            {
                "legal_name": f"Example {number} Ltd",
                "country": "GB",
                "requested": {"limit": "1", "currency": "GBP", "terms_days": 1},
            }
        )
        for number in range(FEW + 2)
    ]
    references = [case.reference for case in open_book(at, applications, ANALYST) if isinstance(case, Case)]
    _delivered(at)
    at.casebook.cases.note_run(references[0], "a run of its own")

    wake(at, references)
    assert [(kind, len(cases)) for kind, cases in _delivered(at)] == [("batch", FEW + 2)]
    wake(at, references[:FEW])
    assert [kind for kind, _ in _delivered(at)] == ["wake"] * FEW


def _delivered(at: House) -> list[tuple[str, list[str]]]:
    """Deliver what is in the outbox; return the kind and the cases of each message."""
    messages = at.casebook.outbox.claim()
    for message in messages:
        at.casebook.outbox.delivered(message.id)
    return [(item.kind, item.payload.get("references", item.case or "").split()) for item in messages]


def test_a_row_of_an_unknown_segment_is_refused_and_the_others_are_opened(at: House) -> None:
    given = {
        "legal_name": "Example Ltd",
        "country": "GB",
        "requested": {"limit": "1", "currency": "GBP", "terms_days": 1},
    }
    odd, even = open_book(at, [parse_application({**given, "segment": "no such"}), parse_application(given)], ANALYST)
    assert isinstance(odd, GatehouseError)
    assert "segment" in str(odd)
    assert isinstance(even, Case)
