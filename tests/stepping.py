"""The steps of a case one by one, each in the case's current round, for tests that look at what stands in between."""

from __future__ import annotations

from admission.approval.votes import Poll
from admission.assessment.record import Assessment
from services import asking, assessing, deciding, voting
from wiring import House


def ask_source(house: House, reference: str, source: str) -> None:
    """Ask one source about a case."""
    asking.ask_patiently(house, house.casebook.cases.get(reference), source)


def ask_all(house: House, reference: str) -> None:
    """Ask every source about a case."""
    for source in house.connectors:
        ask_source(house, reference, source)


def validate(house: House, reference: str) -> None:
    """Read the facts of a case and run the expectations over them."""
    assessing.validate_cases(house, [house.casebook.cases.get(reference)])


def assess(house: House, reference: str) -> Assessment:
    """Assess a case on its validated facts."""
    return assessing.assess_case(house, house.casebook.cases.get(reference))


def open_voting(house: House, reference: str) -> Poll | None:
    """Open the vote on a case."""
    return voting.open_voting(house, reference, house.casebook.cases.get(reference).round)


def decide_by_machine(house: House, reference: str) -> bool:
    """Let the system decide where it may."""
    return deciding.decide_by_machine(house, reference, house.casebook.cases.get(reference).round)
