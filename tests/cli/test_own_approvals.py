"""Approving one's own work at the command line, as it was once done; and changing the keys that prove who did."""

from __future__ import annotations

import json
from pathlib import Path

from admission.application import parse_application
from admission.cases import CaseKind
from tests import stepping
from tests.cli.conftest import Run, application, written
from wiring import House


def unowned(at: House) -> str:
    """A request that came through Prefect: assessed, and nobody's."""
    asked = parse_application(application("Copper Mill Foods Ltd", "9900005"))
    case, _ = at.casebook.cases.open(asked, kind=CaseKind.ONBOARDING, requester=None, channel="prefect")
    at.casebook.cases.wait_for_owner(case.reference)
    return case.reference


def test_a_request_through_prefect_is_not_edited_and_then_voted_on_by_one_person(
    run: Run, demo: House, tmp_path: Path
) -> None:
    """20,000 became 90,000 by finance's edit, and was approved with finance's vote."""
    reference = unowned(demo)
    more = application("Copper Mill Foods Ltd", "9900005")
    more["requested"]["limit"] = "900000"
    file = written(tmp_path, "a.json", more)

    said = run("edit", reference, file, "--reason", "more", "--as", "feng")
    assert (said.status, said.error.startswith("error: You may not edit a request that nobody has taken.")) == (1, True)
    assert demo.casebook.cases.get(reference).application.requested.limit == 400_000

    assert run("edit", reference, file, "--reason", "more", "--as", "mira").status == 0
    case = demo.casebook.cases.get(reference)
    assert (case.requester, int(case.application.requested.limit), case.round) == ("mira", 900_000, 2)
    stepping.ask_all(demo, reference)
    stepping.validate(demo, reference)
    stepping.assess(demo, reference)
    assert stepping.open_voting(demo, reference) is not None
    refused = run("vote", reference, "--approve", "--as", "mira")
    assert (refused.status, "You asked for this customer, so you cannot vote on it." in refused.error) == (1, True)
    assert demo.casebook.voting.votes_of_all_rounds(reference) == []


def test_the_signing_key_is_rotated_by_nobody_without_the_mandate(run: Run, demo: House) -> None:
    before = run("keys", "list", "--json").out
    for username in ("ada", "sam", "feng", "lena", "mira"):
        said = run("keys", "rotate", "--as", username)
        assert (said.status, "You may not rotate the signing key." in said.error) == (1, True)
    assert run("keys", "list", "--json").out == before
    assert len(json.loads(before)) == 1
    told = [(event.actor, event.act) for event in demo.casebook.history.tail(20) if event.act == "mandate.refused"]
    assert told == [(username, "mandate.refused") for username in ("ada", "sam", "feng", "lena", "mira")]
