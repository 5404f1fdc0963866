"""Sources that are asked somewhere else than at their own addresses, by whoever can change a setting of the house."""

from __future__ import annotations

from pathlib import Path

from admission.evidence.addresses import OTHER_ADDRESS
from admission.memo.memo import credit_memo, escape
from admission.people import Person
from sandbox.server import Sandbox
from services.casefile import case_file
from services.replay import replay_one
from tests import stepping
from tests.casebook.build import PASSWORD
from tests.services.conftest import assessed, house_in
from wiring import House

ASKED = ["ofac_sdn", "uk_companies_house", "uk_gazette", "creditsafe"]


def route_of(at: House, reference: str) -> str:
    made = at.casebook.work.assessment(reference, 1)
    assert made is not None
    return made.route.kind


def test_a_casebook_of_real_companies_admits_nobody_on_what_a_sandbox_says(
    running_sandbox: Sandbox, tmp_path: Path
) -> None:
    with house_in(tmp_path, running_sandbox) as at:
        at.casebook.create()
        at.casebook.people.add(Person(username="analyst", name="Ana Lyst", department="credit"), PASSWORD)
        reference = assessed(at)

        assert route_of(at, reference) == "desk"
        assert stepping.decide_by_machine(at, reference) is False
        file = case_file(at, reference)
        elsewhere = {item.source for item in file.evidence if item.other_address == running_sandbox.base_url}
        assert elsewhere == set(ASKED)
        assert {finding.source for finding in file.findings if finding.code == OTHER_ADDRESS} == elsewhere
        for language in ("en", "zh"):
            head = credit_memo(file, language).partition("## ")[0]
            assert [source for source in ASKED if f"**{source} " not in head.replace("\\", "")] == []
            assert head.count(escape(running_sandbox.base_url)) == len(ASKED)
        assert replay_one(at, reference).result == "same"


def test_a_demonstration_asks_its_sandbox_as_it_is_meant_to(at: House) -> None:
    reference = assessed(at)
    assert route_of(at, reference) == "fast_track"
    assert {item.other_address for item in case_file(at, reference).evidence} == {None}
    assert credit_memo(case_file(at, reference), "en").partition("## ")[0].count("A demonstration") == 1
    assert stepping.decide_by_machine(at, reference) is True
