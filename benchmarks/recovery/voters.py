"""The people of the house, who vote over the desk's API and remember which of their votes the desk has taken."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections import Counter
from datetime import timedelta

from admission.approval.votes import Choice, Poll
from admission.cases import CaseStatus
from admission.people import Person
from cli.running.demo import PEOPLE
from wiring import House

PASSWORD = "a proof needs no secret"
SESSION = timedelta(hours=12)
SECONDS = 10.0
WHY = "proof"


class Voters:
    """Signs everybody in once; a desk that was killed meanwhile is asked again, as a person would.

    Args:
        house: where they are to be known.
        known: whether they are already.
    """

    def __init__(self, house: House, *, known: bool = False) -> None:
        self._house = house
        self._tokens: dict[str, str] = {}
        # By case and round: how often the desk said that it took the vote of a person.
        self.taken: dict[tuple[str, int], Counter[str]] = {}
        for person in PEOPLE:
            if not known:
                house.casebook.people.add(person, PASSWORD)
            self._tokens[person.username] = house.casebook.sessions.sign_in(person.username, PASSWORD, lifetime=SESSION)

    def vote_once(self, reference: str, choice: Choice = Choice.APPROVE) -> bool:
        """Let the next person vote; False where nobody can now, or the desk did not answer."""
        case = self._house.casebook.cases.get(reference)
        poll = self._house.casebook.voting.poll(reference, case.round)
        if poll is None or case.status is not CaseStatus.VOTING:
            return False
        voter = self._next_voter(reference)
        return voter is not None and self._sent(poll, voter, choice)

    def _next_voter(self, reference: str) -> Person | None:
        inbox = self._house.casebook.voting.inbox
        for person in PEOPLE:
            if any(case.reference == reference for case, _ in inbox(person)):
                return person
        return None

    def _sent(self, poll: Poll, voter: Person, choice: Choice) -> bool:
        accepted = dict.fromkeys(poll.to_accept, WHY) if choice is Choice.APPROVE else {}
        body = {"assessment": poll.assessment, "choice": choice.value, "comment": WHY, "accepted": accepted}
        request = urllib.request.Request(
            f"{self._house.settings.desk_url}/api/cases/{poll.case}/votes",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._tokens[voter.username]}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):
                self.taken.setdefault((poll.case, poll.round), Counter())[voter.username] += 1
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return False
        except (OSError, http.client.HTTPException):
            return False
        return True
