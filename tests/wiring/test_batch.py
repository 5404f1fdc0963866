from __future__ import annotations

from pathlib import Path

import pytest

from cli.demo import PEOPLE
from cli.onboard import open_case
from sandbox.server import Sandbox
from tests.conftest import ROOT
from wiring import House, Settings
from wiring.batch import walk_chunk
from wiring.files import read_applications

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
            open_case(at, read_applications(ROOT / f"sandbox/applicants/{story}.yaml").applications[0], "analyst")
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
