"""What must be true after the upgrade: every case as it was decided, and nothing asked, bought or counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from admission.approval.votes import Choice
from admission.cases import Case
from benchmarks.recovery.judge import company_number, questions, sells
from cli.running.deployments import find_astray
from cli.running.reaching import ask, own_api
from sandbox.server import Sandbox
from wiring import House

ONCE = ("case.opened", "voting.opened", "case.decided", "case.concluded")
ENDED = ("COMPLETED", "CANCELLED", "CRASHED", "FAILED")
OUTCOMES = {Choice.APPROVE: "admitted", Choice.DECLINE: "declined"}


@dataclass(frozen=True)
class Left:
    """A case as the release before left it, suspended.

    Attributes:
        reference: of the case.
        runs: Prefect's runs of it.
        votes: who had voted.
        choice: how people vote after the upgrade, and did before.
    """

    reference: str
    runs: Sequence[str]
    votes: Sequence[str]
    choice: Choice


@dataclass(frozen=True)
class Asked:
    """What the sources had been asked at a moment: how often each address, and how many reports were sold."""

    questions: Mapping[str, int]
    bought: Mapping[str, int]


def asked_so_far(sandbox: Sandbox) -> Asked:
    """Return what the sources have been asked until now."""
    return Asked(questions(sandbox), dict(sandbox.log()["creditsafe"]["bought"]))


def ended_by(house: House, left: Left) -> str:
    """Return the name of the state of a case's newest run; empty where there is none."""
    return str(_state(house, house.casebook.cases.runs(left.reference)[-1]).get("name", ""))


def resumed(house: House, cases: Sequence[Left]) -> int:
    """Return how many cases were carried on by the very run that was suspended; a busy server may need another."""
    return sum(house.casebook.cases.runs(left.reference) == list(left.runs) for left in cases)


def _state(house: House, run: str) -> Mapping[str, str]:
    found = ask(own_api(house.settings), "GET", f"/flow_runs/{run}")
    return found["state"] if found else {}


def shortcomings(house: House, sandbox: Sandbox, cases: Sequence[Left], then: Asked) -> Iterator[str]:
    """Yield what falls short, in the order of the cases, and of the house last."""
    for left in cases:
        for wrong in _of_case(house, left):
            yield f"{left.reference}: {wrong}"
    yield from _asked_since(house, sandbox, cases, then)
    yield from (f"message {one.id} was given up: {one.last_error}" for one in house.casebook.outbox.dead())
    yield from (one.words.en for one in find_astray(own_api(house.settings)))


def _of_case(house: House, left: Left) -> Iterator[str]:
    book = house.casebook
    case = book.cases.get(left.reference)
    outcome = OUTCOMES[left.choice]
    if case.decision is None or case.decision.outcome != outcome:
        yield f"{case.decision.outcome if case.decision else 'undecided'}, not {outcome}"
    acts = Counter(event.act for event in book.history.of(left.reference))
    yield from (f"{act} {acts[act]} times" for act in ONCE if acts[act] != 1)
    votes = Counter(vote.voter for vote in book.voting.votes(left.reference, case.round))
    yield from (f"{voter} counted {count} times" for voter, count in votes.items() if count != 1)
    yield from (f"the vote of {voter} is lost" for voter in left.votes if not votes[voter])
    yield from _customer(house, case, admitted=outcome == "admitted")
    if (name := ended_by(house, left)) != outcome.capitalize():
        yield f"its run is {name or 'gone'}"
    for run in book.cases.runs(left.reference):
        state = _state(house, run)
        if state and state["type"] not in ENDED:
            yield f"a run of it is left {state['name']}"


def _customer(house: House, case: Case, *, admitted: bool) -> Iterator[str]:
    customer = house.casebook.customers.get(case.company_key)
    if admitted != (customer is not None and customer.admitted_by == case.reference):
        yield "no customer" if admitted else "a customer all the same"


def _asked_since(house: House, sandbox: Sandbox, cases: Sequence[Left], then: Asked) -> Iterator[str]:
    now = asked_so_far(sandbox)
    numbers = [company_number(house.casebook.cases.get(left.reference).application) for left in cases]
    for url, count in now.questions.items():
        if count > then.questions.get(url, 0) and any(number in url for number in numbers):
            yield f"{'bought' if sells(url) else 'asked'} again after the upgrade: {url}"
    for number in numbers:
        sold = sum(count for item, count in now.bought.items() if number in item)
        if sold != 1:
            yield f"{sold} reports bought on {number}, not 1"
