"""What must be true of a case at its end, whatever was done on its way there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from admission.application import Application
from admission.cases import Case
from admission.evidence.answers import Answer
from benchmarks.recovery.live import SAFETY_NETS, LiveHouse
from benchmarks.recovery.voters import Voters
from cli.running.deployments import Astray, find_astray
from cli.running.reaching import own_api
from sandbox.server import Sandbox
from services import audit

VOTES = 4
OUTCOME = "admitted"
LIMIT = "400000"


@dataclass
class Harm:
    """What was done to a case.

    Attributes:
        told: what is worth telling about it.
        wrong: what went otherwise than it should have on the way.
        under_way: free questions that were sent and whose answers died with the process that waited for them.
        bought: how many reports may be bought: one more for each call that a person released.
    """

    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    under_way: set[str] = field(default_factory=set)
    bought: int = 1


def company_number(application: Application) -> str:
    """Return the number that is in every address of this company."""
    return application.identifiers["cik"].removeprefix("0099")


def asked(live: LiveHouse, number: str) -> dict[str, int]:
    """Return how often each address of a company was asked; log-ins are no questions."""
    return questions(live.sandbox, number)


def questions(sandbox: Sandbox, part: str = "") -> dict[str, int]:
    """Return how often each address that has this part was asked."""
    return {
        line["url"]: line["count"]
        for line in sandbox.log()["requests"]
        if part in line["url"] and line["method"] == "GET"
    }


def bought(live: LiveHouse, number: str) -> int:
    """Return how many reports on a company the bureau has sold."""
    return sum(count for item, count in live.sandbox.log()["creditsafe"]["bought"].items() if number in item)


def in_doubt(live: LiveHouse, number: str) -> list[str]:
    """Return the paid calls about a company whose end is not known."""
    return [call for call, question, _ in live.house.casebook.evidence.calls_in_doubt() if number in question]


def unanswered(live: LiveHouse, reference: str, number: str) -> set[str]:
    """Return the free questions about a company that were sent and whose answers the casebook does not have."""
    kept = {item.url for item in live.house.casebook.evidence.of_all_rounds(reference)}
    free = {url for url in asked(live, number) if not sells(url)}
    return {url for url in free if not any(address.endswith(url) for address in kept)}


def judge(live: LiveHouse, voters: Voters, reference: str, harm: Harm) -> tuple[str, list[str]]:
    """Return how a case ended, and what is wrong with that."""
    case = live.house.casebook.cases.get(reference)
    number = company_number(case.application)
    doubts = in_doubt(live, number)
    outcome = case.decision.outcome if case.decision else "undecided"
    votes = [vote.voter for vote in live.house.casebook.voting.votes(reference, case.round)]
    reports = bought(live, number)
    end = [f"{outcome}, {len(votes)} votes, {reports} report{'s' * (reports != 1)} bought", *harm.told]
    if doubts:
        end.append("paid call in doubt, shown")
    again = sum(asked(live, number).get(url, 0) > 1 for url in harm.under_way)
    if again:
        end.append(f"{again} free question(s) without an answer asked again")
    wrong = [*harm.wrong, *_wrong_votes(voters, case, votes, in_doubt=bool(doubts))]
    suspended = [run for run in live.runs(reference)[:-1] if live.state_name(run) == "Suspended"]
    if suspended:
        wrong.append(f"{len(suspended)} earlier run(s) left suspended")
    wrong += [*_wrong_end(live, case, in_doubt=bool(doubts)), *_wrong_asking(live, case, number, harm)]
    return "; ".join(end), wrong


def _wrong_votes(voters: Voters, case: Case, votes: list[str], *, in_doubt: bool) -> list[str]:
    wrong = []
    if not in_doubt and len(votes) != VOTES:
        wrong.append(f"{len(votes)} votes, not {VOTES}")
    counted = Counter(votes)
    wrong += [f"{voter} counted {count} times" for voter, count in counted.items() if count != 1]
    taken = voters.taken.get((case.reference, case.round), Counter())
    wrong += [f"the vote of {voter} was taken and lost" for voter in taken if not counted[voter]]
    return wrong


def _wrong_end(live: LiveHouse, case: Case, *, in_doubt: bool) -> list[str]:
    """A report in doubt leaves an unknown, with which people may grant another limit."""
    wrong = []
    if case.decision is None or case.decision.outcome != OUTCOME:
        wrong.append("not admitted")
    elif not in_doubt and f"{case.decision.limit:f}" != LIMIT:
        wrong.append(f"limit {case.decision.limit}, not {LIMIT}")
    acts = Counter(event.act for event in live.house.casebook.history.of(case.reference))
    wrong += [f"{act} {acts[act]} times" for act in ("case.opened", "case.decided", "case.concluded") if acts[act] != 1]
    customer = live.house.casebook.customers.get(case.company_key)
    if customer is None or customer.admitted_by != case.reference:
        wrong.append("not a customer")
    return wrong


def _wrong_asking(live: LiveHouse, case: Case, number: str, harm: Harm) -> list[str]:
    wrong = [
        f"{url} asked {count} times"
        for url, count in asked(live, number).items()
        if count > (harm.bought if sells(url) else 1 + (url in harm.under_way))
    ]
    reports = bought(live, number)
    if in_doubt(live, number):
        answers = {item.answer for item in live.house.casebook.evidence.of(case.reference, case.round)}
        if reports > harm.bought:
            wrong.append(f"{reports} reports bought")
        if Answer.IN_DOUBT not in answers:
            wrong.append("a paid call in doubt is not shown on the case")
    elif reports != harm.bought:
        wrong.append(f"{reports} reports bought, not {harm.bought}")
    return wrong


def sells(url: str) -> bool:
    """True for the address of a report; searches are free."""
    return url.startswith(("/companies/US001-X-", "/companies/GB001-0-"))


def _still_astray(live: LiveHouse) -> list[Astray]:
    """Return what is not as it was deployed, but for the safety nets, which are paused on purpose."""
    nets = {f"{net.partition('/')[0]} is paused" for net in SAFETY_NETS}
    return [item for item in find_astray(own_api(live.settings)) if item.words.en not in nets]


def judge_house(live: LiveHouse) -> tuple[str, list[str]]:
    """Return how the house stands after all cells, and what is wrong with that."""
    proof = audit.verify(live.house, audit.trust(live.house, None), (), lambda _: None)
    wrong = [f"the chain: {flaw}" for flaw in proof.flaws]
    dead = live.house.casebook.outbox.dead()
    wrong += [f"message {message.id} was given up: {message.last_error}" for message in dead]
    wrong += [f"not put back: {item.words.en}" for item in _still_astray(live)]
    ours = {company_number(case.application) for case in live.house.casebook.cases.list(newest=1000)}
    shared = [
        line
        for line in live.sandbox.log()["requests"]
        if line["method"] == "GET" and not any(number in line["url"] for number in ours)
    ]
    wrong += [f"{line['url']} asked {line['count']} times" for line in shared if line["count"] > 1]
    return f"{proof.events} events verified, {len(dead)} messages given up, {len(shared)} lists asked once", wrong
