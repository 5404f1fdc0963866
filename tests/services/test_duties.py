"""Separation of duties for every act: who edits, takes, records, confirms, rules and overrides, and how often."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.application import Application, parse_application
from admission.approval.mandates import Act, Mandate, Mandates
from admission.approval.votes import Ballot, Choice
from admission.cases import Case, CaseKind
from admission.errors import BadInput, GatehouseError, NotAllowed
from admission.evidence.facts import Facts, WatchlistHit
from admission.memo import labels
from admission.people import DEPARTMENTS, ROLES, Person
from services import rounds
from services.mandates import check_mandate, under_mandate
from services.opening import Asked, open_case, take
from services.papers import add_manual_evidence, confirm, unconfirmed
from services.replay import replay_one
from tests import stepping
from tests.casebook.build import signed_in
from wiring import House, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = (
    Person(username="ada", name="Ada Invented", department="sales"),
    Person(username="sam", name="Sam Invented", department="sales"),
    Person(username="mira", name="Mira Invented", department="credit", roles=("analyst",)),
    Person(username="cleo", name="Cleo Invented", department="credit"),
    Person(username="manu", name="Manu Invented", department="credit", roles=("credit_manager",)),
    Person(username="feng", name="Feng Invented", department="finance"),
    Person(username="lena", name="Lena Invented", department="legal"),
    Person(username="audrey", name="Audrey Invented", department="credit", roles=("auditor",)),
)
PICTURE = {"site.png": b"\x89PNG invented"}


@pytest.fixture
def at(created: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(created, tmp_path, dirs_exist_ok=True)
    house = House(Settings(data=tmp_path, database_url=None), clock=lambda: NOW)
    for person in PEOPLE:
        house.casebook.people.add(person, "a long enough password")
    yield house
    told = {event.act for case in house.casebook.cases.list() for event in house.casebook.history.of(case.reference)}
    assert told - set(labels.ACTS) == set()
    house.casebook.close()


def person(at: House, username: str) -> Person:
    return at.casebook.people.get(username)


def application(limit: str = "1000000", **changes: Any) -> Application:
    requested = {"limit": limit, "currency": "CNY", "terms_days": 30}
    document = {
        "legal_name": "云杉岭示例机械有限公司",
        "country": "CN",
        "identifiers": {"uscc": "91990000MA9X000702"},
        "requested": requested,
    }
    return parse_application({**document, **changes})


def opened(at: House, requester: str | None = "ada", kind: CaseKind = CaseKind.ONBOARDING) -> Case:
    case, _ = at.casebook.cases.open(application(), kind=kind, requester=requester, channel="cli")
    return case


def prepared(at: House, case: Case) -> str:
    """Bring a case to its vote in its current round; return the sha256 of its assessment."""
    stepping.validate(at, case.reference)
    made = stepping.assess(at, case.reference)
    stepping.open_voting(at, case.reference)
    return made.sha256


def cast(at: House, case: Case, voter: Person, sha256: str, ballot: Ballot) -> None:
    credential = signed_in(at.casebook, voter.username)
    at.casebook.voting.cast(case.reference, voter, sha256, ballot, channel="desk", credential=credential)


def look(topic: str = "dishonest_debtor", **changes: Any) -> dict[str, Any]:
    record = {
        "topic": topic,
        "site": "中国执行信息公开网",
        "searched_by": "name",
        "query": "云杉岭示例机械有限公司",
        "looked_at": "2026-11-22T10:00:00+08:00",
        "link": "https://zxgk.court.gov.cn/shixin/",
        "file": "site.png",
    }
    return {"looks": [{**record, **(changes or {"no_record": True})}]}


def verdicts(at: House, case: Case) -> dict[str, str]:
    assessment = at.casebook.work.assessment(case.reference, at.casebook.cases.get(case.reference).round)
    assert assessment is not None
    return {result.id: result.verdict.value for result in assessment.criteria}


def listed(at: House, case: Case, **changes: Any) -> None:
    """Let the screening of a case bring up one entry."""
    hit = WatchlistHit(
        source="ofac_sdn",
        evidence="ev",
        list_name="OFAC SDN",
        entry="90001",
        listed_name="X",
        matched_name="X",
        basis="name",
        score=Decimal(1),
        content="aa" * 32,
    )
    at.casebook.work.save_facts(case.reference, 1, Facts(hits=(hit.model_copy(update=changes),)))


@pytest.mark.parametrize("kind", [CaseKind.REVIEW, CaseKind.ONBOARDING])
def test_who_edits_a_request_that_nobody_has_taken_has_no_vote_on_it(at: House, kind: CaseKind) -> None:
    case = opened(at, requester=None, kind=kind)
    with pytest.raises(NotAllowed, match="You may not edit a request that nobody has taken"):
        rounds.edit(at, case.reference, application("5000000"), "more", person(at, "feng"))
    rounds.edit(at, case.reference, application("5000000"), "more", person(at, "cleo"))
    assert at.casebook.cases.get(case.reference).requester == "cleo"
    sha256 = prepared(at, at.casebook.cases.get(case.reference))
    poll = at.casebook.voting.poll(case.reference, 2)
    assert poll is not None
    assert "cleo" not in {seat.username for seat in poll.electorate}
    ballot = Ballot(choice=Choice.APPROVE)
    with pytest.raises(NotAllowed, match="You asked for this customer"):
        cast(at, case, person(at, "cleo"), sha256, ballot)
    with pytest.raises(GatehouseError, match="somebody's already"):
        take(at, case.reference, person(at, "mira"))


def test_who_has_voted_on_a_review_does_not_become_its_requester(at: House) -> None:
    case = opened(at, requester=None, kind=CaseKind.REVIEW)
    sha256 = prepared(at, case)
    voters = [one for one in PEOPLE if one.department == "credit" and at.casebook.voting.inbox(one)]
    others = [one for one in PEOPLE if at.casebook.voting.inbox(one)]
    voter = (voters or others)[0]
    cast(at, case, voter, sha256, Ballot(choice=Choice.ASK, comment="why?"))
    mandated = voter.model_copy(update={"department": "credit"})
    with pytest.raises(NotAllowed, match="You have voted on it"):
        take(at, case.reference, mandated)
    with pytest.raises(NotAllowed, match="You have voted on it"):
        rounds.edit(at, case.reference, application("7000000"), "more", mandated)
    taken = take(at, case.reference, person(at, "mira"))
    assert taken.requester == "mira"


def test_a_request_that_was_taken_while_its_vote_is_open_is_not_voted_on_by_its_new_requester(at: House) -> None:
    case = opened(at, requester=None, kind=CaseKind.REVIEW)
    sha256 = prepared(at, case)
    seated = next(one for one in PEOPLE if at.casebook.voting.inbox(one))
    at.casebook.cases.take(case.reference, seated.username)
    with pytest.raises(NotAllowed, match="You asked for this customer"):
        cast(at, case, seated, sha256, Ballot(choice=Choice.APPROVE))


def test_a_look_of_one_person_leaves_the_unknown_until_a_second_confirms_it(at: House) -> None:
    case = opened(at)
    (found,) = add_manual_evidence(at, case.reference, person(at, "ada"), look(), PICTURE)
    prepared(at, case)
    before = verdicts(at, case)
    assert before["dishonest_debtor"] == "unknown"
    assert replay_one(at, case.reference).result == "same"
    for username, why in (
        ("ada", "You may not confirm"),
        ("sam", "You may not confirm"),
        ("audrey", "You may not confirm"),
    ):
        with pytest.raises(NotAllowed, match=why):
            confirm(at, case.reference, [found.id], person(at, username))
    opening = confirm(at, case.reference, [found.id], person(at, "feng"))
    assert opening is not None
    assert (opening.round, opening.kind, opening.opened_by) == (2, "confirmation", "feng")
    again = at.casebook.cases.get(case.reference)
    rounds.carry_over(at, again)
    prepared(at, again)
    assert verdicts(at, case)["dishonest_debtor"] == "pass"
    assert unconfirmed(at, again) == []
    assert replay_one(at, case.reference).result == "same"


def test_a_look_that_tells_against_the_company_counts_at_once(at: House) -> None:
    case = opened(at)
    add_manual_evidence(at, case.reference, person(at, "mira"), look(records=[{"listed_on": "2026-10-01"}]), PICTURE)
    prepared(at, case)
    assert verdicts(at, case)["dishonest_debtor"] == "fail"


def test_who_put_it_there_does_not_confirm_it_and_may_still_vote(at: House) -> None:
    case = opened(at)
    (found,) = add_manual_evidence(at, case.reference, person(at, "feng"), look(), PICTURE)
    with pytest.raises(NotAllowed, match="another person's"):
        confirm(at, case.reference, [found.id], person(at, "feng"))
    assert confirm(at, case.reference, [found.id], person(at, "lena")) is None
    prepared(at, case)
    assert verdicts(at, case)["dishonest_debtor"] == "pass"
    poll = at.casebook.voting.poll(case.reference, 1)
    assert poll is not None
    assert "feng" in {seat.username for seat in poll.electorate}


def test_people_of_sales_put_nothing_on_the_request_of_another(at: House) -> None:
    case = opened(at)
    with pytest.raises(NotAllowed, match="You may not put statements and site records on a case"):
        add_manual_evidence(at, case.reference, person(at, "sam"), look(), PICTURE)
    assert at.casebook.history.of(case.reference)[-1].act == "evidence.refused"


def test_clearing_an_equal_name_takes_a_mandate_and_two_people(at: House) -> None:
    case = opened(at)
    listed(at, case)
    with pytest.raises(NotAllowed, match="You may not rule on a list entry"):
        rounds.rule(at, case.reference, "90001", "not_same", "another country", person(at, "sam"))
    with pytest.raises(NotAllowed, match="You may not rule"):
        rounds.rule(at, case.reference, "90001", "not_same", "another country", person(at, "ada"))
    assert rounds.rule(at, case.reference, "90001", "not_same", "another country", person(at, "cleo")) is None
    assert at.casebook.cases.get(case.reference).round == 1
    for username in ("cleo", "feng", "sam", "ada", "audrey"):
        with pytest.raises(NotAllowed):
            rounds.confirm_ruling(at, case.reference, "90001", person(at, username))
    opening = rounds.confirm_ruling(at, case.reference, "90001", person(at, "lena"))
    assert (opening.round, opening.kind) == (2, "ruling")
    (ruling,) = at.casebook.watchlists.rulings(case.company_key)
    assert (ruling.by, ruling.confirmed_by, ruling.counts) == ("cleo", "lena", True)


def test_a_name_that_only_resembles_takes_one_person_with_the_mandate_and_a_reason(at: House) -> None:
    case = opened(at)
    listed(at, case, basis="near_name", score=Decimal("0.9"))
    with pytest.raises(BadInput):
        rounds.rule(at, case.reference, "90001", "not_same", " ", person(at, "lena"))
    opening = rounds.rule(at, case.reference, "90001", "not_same", "another country", person(at, "lena"))
    assert opening is not None
    assert opening.round == 2


def test_an_override_lasts_no_longer_than_the_policy_says_and_takes_a_mandate(at: House) -> None:
    case = opened(at)
    prepared(at, case)
    open_ids = [name for name, verdict in verdicts(at, case).items() if verdict != "pass"]
    effects = {criterion.id: criterion.effect for criterion in at.policy_in_force().all_criteria}
    criterion = next(name for name in open_ids if effects.get(name) not in (None, "reject"))
    day = NOW.date() + timedelta(days=365)

    def proposed(username: str, until: date) -> None:
        rounds.propose_override(at, case.reference, criterion, "dispute settled", until, person(at, username))

    with pytest.raises(BadInput, match=f"a day from 2026-11-23 to {day}"):
        proposed("feng", date(2036, 1, 1))
    with pytest.raises(NotAllowed, match="You may not propose an override"):
        proposed("sam", day)
    proposed("feng", day)
    for username in ("feng", "lena", "sam", "audrey"):
        with pytest.raises(NotAllowed):
            rounds.confirm_override(at, case.reference, criterion, person(at, username))
    assert rounds.confirm_override(at, case.reference, criterion, person(at, "manu")).kind == "override"


def test_one_person_opens_so_many_rounds_of_a_case_a_day_and_others_are_not_held_up(at: House) -> None:
    case = opened(at)
    prepared(at, case)
    most = at.policy_in_force().approval.rounds_a_day
    for number in range(most):
        stepping.validate(at, case.reference)
        document = look("enforcement", records=[{"listed_on": f"2026-10-{number + 1:02}"}])
        add_manual_evidence(at, case.reference, person(at, "cleo"), document, PICTURE)
    assert at.casebook.cases.get(case.reference).round == most + 1
    stepping.validate(at, case.reference)
    with pytest.raises(NotAllowed, match=f"You have opened {most} rounds of this case within a day"):
        add_manual_evidence(at, case.reference, person(at, "cleo"), look("penalties", no_record=True), PICTURE)
    add_manual_evidence(at, case.reference, person(at, "lena"), look("penalties", no_record=True), PICTURE)
    assert at.casebook.cases.get(case.reference).round == most + 2
    at.casebook.rounds.open(case.reference, "the calendar", "system")


def test_a_request_is_asked_for_by_people_with_the_mandate(at: House) -> None:
    with pytest.raises(NotAllowed, match="You may not ask for a customer"):
        open_case(at, application(), Asked("audrey", "cli"))
    assert open_case(at, application(), Asked("ada", "cli")).requester == "ada"


ACTS: dict[str, Callable[[House, Case, Person], object]] = {
    "request": lambda at, _, one: open_case(at, application(), Asked(one.username, "cli")),
    "take": lambda at, case, one: take(at, case.reference, one),
    "edit": lambda at, case, one: rounds.edit(at, case.reference, application("9"), "less", one),
    "record": lambda at, case, one: add_manual_evidence(at, case.reference, one, look(), PICTURE),
    "confirm": lambda at, case, one: confirm(at, case.reference, ["x"], one),
    "rule": lambda at, case, one: rounds.rule(at, case.reference, "90001", "same", "so", one),
    "second_ruling": lambda at, case, one: rounds.confirm_ruling(at, case.reference, "90001", one),
    "override": lambda at, case, one: rounds.propose_override(at, case.reference, "x", "so", NOW.date(), one),
    "second_override": lambda at, case, one: rounds.confirm_override(at, case.reference, "x", one),
    "reopen": lambda at, case, one: rounds.spot_check(at, case.reference, "agreed", "so", one),
}
OF_THE_HOUSE = (
    Act.RECORD_PERFORMANCE,
    Act.LOAD_LEDGER,
    Act.IMPORT_BOOK,
    Act.CONFIRM_BOOK,
    Act.LIMIT_GROUP,
    Act.CONFIRM_GROUP,
    Act.PROPOSE_BULK,
    Act.CONFIRM_BULK,
    Act.LOAD_LIST,
    Act.RELEASE_CALL,
    Act.RETRY_DELIVERY,
    Act.ROTATE_KEYS,
    Act.ISSUE_FOR_SERVICE,
    Act.ERASE,
    Act.ACCESS_REPORT,
)


# What a customer is needed for; tests/services/test_customer_files.py and test_orders.py do it.
OF_A_CUSTOMER = (
    Act.SETTLE_CONDITION,
    Act.WAIVE_CONDITION,
    Act.RECORD_SECURITY,
    Act.CONFIRM_SECURITY,
    Act.RECORD_COVER,
    Act.HOLD,
    Act.RELEASE,
    Act.CUT_LIMIT,
    Act.RAISE_LIMIT,
    Act.CONFIRM_LIMIT,
    Act.LIFT_CUT,
    Act.CHECK_ORDER,
    Act.RELEASE_ORDER,
)


def tried(at: House, case: Case, act: Act, one: Person) -> object:
    if act in OF_THE_HOUSE:
        check_mandate(at, act, one)
        return None
    if act in OF_A_CUSTOMER:
        return under_mandate(at, act, one, case.reference, "customer.refused")
    return ACTS[act](at, case, one)


def test_each_act_is_tried() -> None:
    assert {*ACTS, *OF_THE_HOUSE, *OF_A_CUSTOMER} == set(Act)


@pytest.mark.parametrize("act", list(Act))
def test_an_auditor_reads_all_and_changes_nothing(at: House, act: Act) -> None:
    case = opened(at, requester=None)
    listed(at, case)
    before = at.casebook.cases.get(case.reference)
    auditor = person(at, "audrey")
    with pytest.raises(NotAllowed, match="You may not"):
        tried(at, case, act, auditor)
    assert at.casebook.cases.get(case.reference) == before
    assert auditor.sees_all


@pytest.mark.parametrize("act", list(Act))
def test_nobody_without_the_mandate_of_the_policy_does_it(at: House, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not hold it is refused, and whoever does is not, for the policy as shipped and one that differs."""
    case = opened(at, requester=None)
    listed(at, case)
    shipped = at.policy_in_force()
    narrowed = shipped.model_copy(
        update={"mandates": Mandates.model_validate({act.value: {"departments": ["management"]}})}
    )
    for policy in (shipped, narrowed):
        monkeypatch.setattr(at, "policy_in_force", lambda policy=policy: policy)
        for one in PEOPLE:
            if policy.mandates.of(act).held_by(one):
                continue
            with pytest.raises(NotAllowed, match="You may not"):
                tried(at, case, act, one)
    assert not any(narrowed.mandates.of(act).held_by(one) for one in PEOPLE)


@pytest.mark.parametrize("department", DEPARTMENTS)
@pytest.mark.parametrize("role", ROLES)
def test_what_a_mandate_by_department_takes(department: Any, role: Any) -> None:
    one = Person(username="x", name="X", department=department, roles=(role,))
    asides = {"requester", "auditor", "operator", "policy_owner", "policy_publisher"}
    assert Mandate(departments=(department,)).held_by(one) is (role not in asides)
    assert Mandate(roles=(role,)).held_by(one) is (role != "auditor")
    assert not Mandate(roles=(role,), departments=(department,)).held_by(one.model_copy(update={"active": False}))
