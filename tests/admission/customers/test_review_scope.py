"""What a review takes over, when it is widened, and who votes in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.customers.renewal import NOT_ALONE, REOPENED
from admission.customers.review_scope import OLDEST_DAYS, is_light, narrowed, stands_worse, to_carry
from admission.customers.since.comparing import Now, Since, Then, compare
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import CompanyStatus, Facts
from admission.evidence.topics import Topic
from admission.metrics.ages import MaxAge
from admission.model import Text
from admission.people import Department
from admission.policy.review_rules import CARRIED_TOPICS, ReviewScope
from tests.admission.build import AS_OF, NOW, evidence, profile, say
from tests.admission.customers.since.build import FACTS, answered, without
from tests.admission.customers.since.test_comparing import SOUND, decision
from tests.admission.customers.since.test_records import JUDGMENT

LIGHT = ReviewScope(carry_over=(Topic.ACCOUNTS, Topic.CREDIT, Topic.PAYMENT))
REGISTER = evidence("register", topics=(Topic.IDENTITY,), unlocks=(Topic.INSOLVENCY,))
BUREAU = evidence("bureau", topics=(Topic.CREDIT, Topic.ACCOUNTS), kind="report")
FACTS_OF_BOTH = Facts.of([profile(status=CompanyStatus.ACTIVE), profile(source="bureau", status=CompanyStatus.ACTIVE)])
NO_BOUND = MaxAge()


def carried(*items: Evidence, scope: ReviewScope = LIGHT, facts: Facts = FACTS_OF_BOTH) -> list[str]:
    return [item.source for item in to_carry(items, facts, scope, NO_BOUND, AS_OF)]


def old(days: int) -> datetime:
    return NOW - timedelta(days=days)


def bureau(**changes: Any) -> Evidence:
    return BUREAU.model_copy(update=changes)


def test_what_the_scope_names_is_taken_over() -> None:
    assert carried(REGISTER, BUREAU) == ["bureau"]


TOPICS_ASKED = [topic for topic in Topic if topic not in CARRIED_TOPICS]
ASKED: dict[str, Evidence] = {
    **{str(topic): evidence("bureau", topics=(Topic.CREDIT, topic)) for topic in TOPICS_ASKED},
    **{f"unlocks {topic}": evidence("bureau", topics=(Topic.CREDIT,), unlocks=(topic,)) for topic in TOPICS_ASKED},
    "a subject that the scope does not name": evidence("bureau", topics=(Topic.CREDIT, Topic.OFFICERS)),
    "no subject at all": evidence("bureau", topics=()),
    "no answer": evidence("bureau", Answer.UNAVAILABLE, topics=(Topic.CREDIT,)),
    "taken over before": bureau(carried_from="GH-2026-000001"),
    "brought by a person": bureau(brought_by="mira"),
    "without bytes": bureau(sha256=None),
    "older than a year": bureau(fetched_at=old(OLDEST_DAYS + 1)),
}


@pytest.mark.parametrize("name", ASKED)
def test_everything_else_is_asked(name: str) -> None:
    assert carried(REGISTER, ASKED[name]) == []


def test_a_source_is_taken_over_whole_or_not_at_all() -> None:
    failed = evidence("bureau", Answer.UNAVAILABLE, topics=(Topic.CREDIT,), kind="search")
    assert carried(REGISTER, BUREAU, failed) == []


@pytest.mark.parametrize(
    ("days", "bound", "expected"),
    [(366, {}, ["bureau"]), (180, {"legal": 180}, ["bureau"]), (181, {"legal": 180}, []), (31, {"profiles": 30}, [])],
)
def test_nothing_older_than_the_policy_lets_facts_be(days: int, bound: dict[str, int], expected: list[str]) -> None:
    told = to_carry([REGISTER, bureau(fetched_at=old(days))], FACTS_OF_BOTH, LIGHT, MaxAge(**bound), AS_OF)
    assert [item.source for item in told] == expected


def test_who_alone_tells_the_standing_in_the_register_is_asked() -> None:
    alone = Facts.of([profile(), profile(source="bureau", status=CompanyStatus.ACTIVE)])
    assert carried(REGISTER, BUREAU, facts=alone) == []


@given(
    st.lists(
        st.builds(
            evidence,
            st.sampled_from(["register", "bureau", "lists"]),
            st.sampled_from(Answer),
            topics=st.lists(st.sampled_from(Topic), max_size=3).map(tuple),
            unlocks=st.lists(st.sampled_from(Topic), max_size=2).map(tuple),
            kind=st.sampled_from(["a", "b"]),
        ),
        max_size=6,
    ),
    st.lists(st.sampled_from(CARRIED_TOPICS)),
)
def test_nothing_that_is_asked_always_is_ever_taken_over(items: list[Evidence], topics: list[Topic]) -> None:
    scope = ReviewScope(carry_over=tuple(topics))
    for item in to_carry(items, FACTS_OF_BOTH, scope, NO_BOUND, AS_OF):
        assert {*item.query.topics, *item.query.unlocks} <= set(topics)
        assert item.answer.answered


def test_a_round_is_light_by_what_it_took_over() -> None:
    assert not is_light([REGISTER, bureau(reused=True)])
    assert is_light([REGISTER, bureau(carried_from="GH-2026-000001")])


def since(**changes: Any) -> Since:
    then = Then("GH-2026-000001", decision(), SOUND, answered())._replace(**changes)
    return compare(then, Now(SOUND, answered(), None))


@pytest.mark.parametrize(
    ("obstacles", "told", "worse"),
    [
        ((), since(), False),
        ((NOT_ALONE,), since(), False),
        ((REOPENED,), since(), True),
        ((NOT_ALONE, say("grade B, last time A")), since(), True),
        ((), since(told=answered(without("legal_record"))), True),
        ((), since(told=answered((*FACTS, JUDGMENT))), False),
        ((), None, True),
        ((), since(assessment=None, told=None), True),
    ],
    ids=["nothing", "amount", "spot check", "grade", "new record", "record gone", "no decision", "book"],
)
def test_what_stands_worse(obstacles: tuple[Text, ...], told: Since | None, worse: bool) -> None:
    assert stands_worse(obstacles, told) is worse


def stage(name: str, *seats: Requirement, **changes: Any) -> Stage:
    require = seats[0] if len(seats) == 1 else Requirement(all_of=seats)
    return Stage(name=name, title=say(name), require=require, **changes)


FINANCE, LEGAL, SALES = (Requirement(department=name) for name in ("finance", "legal", "sales"))
OFFICE = Requirement(role="controller")
DETAILED, DECIDING = stage("review", FINANCE, LEGAL, SALES), stage("decision", OFFICE)


@pytest.mark.parametrize(
    ("stages", "departments", "seats"),
    [
        ((DETAILED, DECIDING), ("finance",), [(FINANCE,), ()]),
        ((DETAILED, DECIDING), ("legal", "finance"), [(FINANCE, LEGAL), ()]),
        ((DETAILED, DECIDING), (), [(FINANCE, LEGAL, SALES), ()]),
        # Nobody would be left.
        ((DETAILED, DECIDING), ("credit",), [(FINANCE, LEGAL, SALES), ()]),
        # It decides by itself.
        ((DETAILED,), ("finance",), [(FINANCE, LEGAL, SALES)]),
        # Offices stay, and so does what is no list of departments.
        ((stage("review", FINANCE, OFFICE), DECIDING), ("finance",), [(FINANCE, OFFICE), ()]),
        ((stage("review", LEGAL), DECIDING), ("finance",), [(), ()]),
        ((DECIDING, DETAILED), ("finance",), [(), (FINANCE, LEGAL, SALES)]),
    ],
)
def test_whose_seats_vote(
    stages: tuple[Stage, ...], departments: tuple[Department, ...], seats: list[tuple[Requirement, ...]]
) -> None:
    made = narrowed(stages, departments)
    assert [one.require.all_of for one in made] == seats
    assert [one.name for one in made] == [one.name for one in stages]
