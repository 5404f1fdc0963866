"""Asking the sources about a case: which are asked, again after a pause where that may help, or not at all and why."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from admission.cases import Case
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.gathering import Gathering, gather
from admission.evidence.sources import Connector, SourceStage, of_stage
from admission.model import Text
from services.retrying import RETRIED, RetryPolicy, Tries
from wiring.house import House

NOT_PAID_FOR = Text(en="not asked: the case was knocked out before", zh="未查询：已触发禁入条款")


def ask(house: House, case: Case, source: str, tries: Tries) -> list[Evidence]:
    """Ask one source about one case, once.

    Raises:
        SourceUnavailable, RateLimited: another try is worth the wait that `tries` tells.
    """
    return ask_connector(house.gathering, case, house.connectors[source], tries)


def ask_connector(gathering: Gathering, case: Case, connector: Connector, tries: Tries) -> list[Evidence]:
    """Ask a connector about one case, once, wherever its answers are kept; as `ask`."""
    return gather(
        connector,
        case.application.subject,
        gathering,
        reference=case.reference,
        round_number=case.round,
        again=tries.again,
    )


def ask_patiently(house: House, case: Case, source: str) -> list[Evidence]:
    """Ask one source about one case, and wait for it as long as the retry policy of single cases says."""
    policy = RetryPolicy(house.settings.retry_delays, house.longest_wait)
    return patiently(functools.partial(ask, house, case, source), policy, house.pause)


def patiently(
    ask: Callable[[Tries], list[Evidence]], policy: RetryPolicy, pause: Callable[[float], None]
) -> list[Evidence]:
    """Call until nothing is worth another try, with the pauses of a retry policy in between."""
    tries = Tries(policy)
    while True:
        try:
            return ask(tries)
        except RETRIED:
            pause(tries.pause)


def asked_sources(house: House) -> frozenset[str]:
    """Return the sources that the house asks, and not those that people hand papers in for."""
    return frozenset(name for name, connector in house.connectors.items() if connector.card.access != "upload")


def sources_for(house: House, case: Case, stage: SourceStage) -> list[str]:
    """Return the sources of a stage that have something to say about such a company, or would with an identifier."""
    plans = {name: house.connectors[name].plan(case.application.subject) for name in of_stage(house.connectors, stage)}
    return [name for name, plan in plans.items() if plan.queries or plan.missing is not None]


def skip_paid_sources(house: House, case: Case) -> None:
    """Record that the sources of the investigation were not asked, and why."""
    for evidence in skipped_sources(house, case):
        house.casebook.evidence.add(case.reference, case.round, evidence)


def skipped_sources(house: House, case: Case) -> Iterator[Evidence]:
    """Yield what is recorded of each paid source that is not asked about a company that is knocked out before."""
    for name in of_stage(house.connectors, "investigate"):
        connector = house.connectors[name]
        if connector.plan(case.application.subject).queries:
            yield Evidence(
                id=house.new_id(),
                query=Query(source=name, kind="plan"),
                answer=Answer.SKIPPED,
                fetched_at=house.clock(),
                message=NOT_PAID_FOR,
                parser=connector.card.parser,
            )
