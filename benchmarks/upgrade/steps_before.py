"""What is done under the code of the release before: executed there by its own Python, and not imported here.

Applications come as JSON on stdin, with how many people vote on each before the upgrade; what stands comes out as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from uuid import UUID

from prefect import get_client

from admission.application import parse_application
from admission.cases import CaseStatus
from benchmarks.recovery.voters import Voters
from cli.running.waking import deliver_now
from services.heads import publish_head
from services.opening import Asked, open_case
from wiring import House, Settings

PATIENCE = 400.0


def suspended(house: House, reference: str) -> bool:
    """True where a case waits for votes and its run has left its process."""
    if house.casebook.cases.get(reference).status is not CaseStatus.VOTING:
        return False
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(UUID(house.casebook.cases.runs(reference)[-1])).state
    return state is not None and state.name == "Suspended"


def main() -> None:
    """Open the cases, wait until all are suspended, let the first votes be cast, and publish a head."""
    house = House(Settings())
    voters = Voters(house)
    asked = json.load(sys.stdin)
    references = [
        open_case(house, parse_application(one["application"]), Asked("analyst", "cli")).reference for one in asked
    ]
    deliver_now(house)
    deadline = time.monotonic() + PATIENCE
    while waiting := [reference for reference in references if not suspended(house, reference)]:
        if time.monotonic() > deadline:
            raise SystemExit(f"not suspended within {PATIENCE:g} s: {', '.join(waiting)}")
        time.sleep(0.5)
    for reference, one in zip(references, asked, strict=True):
        for _ in range(one["votes"]):
            if not voters.vote_once(reference):
                raise SystemExit(f"{reference}: nobody could vote")
    publish_head(house)
    deliver_now(house)
    book = house.casebook
    stands = [
        {
            "reference": reference,
            "runs": book.cases.runs(reference),
            "votes": [vote.voter for vote in book.voting.votes(reference, 1)],
        }
        for reference in references
    ]
    print(json.dumps(stands))


main()
