"""Versions of watch lists, and rulings on their entries, as the casebook keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admission.errors import BadInput, Conflict, NotAllowed
from admission.evidence.watchlists import ListVersion, Ruling
from casebook import Casebook
from tests.casebook.build import CREDIT, START, desk_stage, opened, voting_on
from tests.casebook.test_voting import cast

RunSql = Callable[[str], list[Any]]


def version(name: str = "ab", entries: int = 3) -> ListVersion:
    return ListVersion(
        list_name="OFAC SDN", version=name * 32, files={"SDN.CSV": "cd" * 32}, listed_on=None, entries=entries
    )


def ruling(case: str, company_key: str, by: str = "bo", reason: str = "another country") -> Ruling:
    return Ruling(
        company_key=company_key,
        list_name="OFAC SDN",
        entry="90001",
        contents=("ef" * 32,),
        ruling="not_same",
        reason=reason,
        by=by,
        at=START,
        case=case,
    )


def test_a_version_is_noted_once_while_it_is_the_newest(casebook: Casebook) -> None:
    assert casebook.watchlists.add(version(), "bo")
    assert not casebook.watchlists.add(version(), "bo")
    assert casebook.watchlists.add(version("cd", 4), "bo")
    assert casebook.watchlists.add(version(), "bo")
    assert [one.entries for one in casebook.watchlists.versions("OFAC SDN")] == [3, 4, 3]
    assert casebook.watchlists.versions("another list") == []


def test_a_ruling_is_kept_for_the_company_and_opens_the_next_round(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    made = ruling(case.reference, case.company_key)

    opening = casebook.watchlists.rule(made)

    assert opening is not None
    assert (opening.round, opening.kind, opening.opened_by) == (2, "ruling", "bo")
    assert opening.reason == "OFAC SDN 90001: not the same company. another country"
    assert casebook.watchlists.rulings(case.company_key) == [made]
    assert casebook.watchlists.rulings("another:company") == []
    acts = [event.act for event in casebook.history.of(case.reference)]
    assert acts[-2:] == ["watchlist.ruled", "round.opened"]


def test_the_requester_does_not_rule_and_the_refusal_is_in_the_history(casebook: Casebook) -> None:
    case = opened(casebook)
    casebook.people.set_active("bea", False)
    with pytest.raises(NotAllowed, match="has been deactivated"):
        casebook.watchlists.rule(ruling(case.reference, case.company_key, by="bea"))
    with pytest.raises(NotAllowed, match="You asked for this customer, so you cannot rule"):
        casebook.watchlists.rule(ruling(case.reference, case.company_key, by="ana"))
    last = casebook.history.of(case.reference)[-1]
    assert (last.actor, last.act) == ("ana", "ruling.refused")
    assert casebook.watchlists.rulings(case.company_key) == []


def test_a_ruling_without_a_reason_is_not_kept(casebook: Casebook) -> None:
    case = opened(casebook)
    with pytest.raises(BadInput):
        casebook.watchlists.rule(ruling(case.reference, case.company_key, reason=" "))
    assert casebook.watchlists.rulings(case.company_key) == []
    assert casebook.cases.get(case.reference).round == 1


def test_a_decided_case_is_not_ruled_on(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo")
    with pytest.raises(Conflict, match="decided"):
        casebook.watchlists.rule(ruling(case.reference, case.company_key))
    assert casebook.watchlists.rulings(case.company_key) == []


def test_rulings_are_never_changed(casebook: Casebook, run_sql: RunSql) -> None:
    case = opened(casebook)
    casebook.watchlists.rule(ruling(case.reference, case.company_key))
    for statement in ("UPDATE rulings SET ruling = 'same'", "DELETE FROM rulings", "DELETE FROM rounds"):
        with pytest.raises(Exception, match="never changed or removed"):
            run_sql(statement)
