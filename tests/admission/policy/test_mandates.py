"""Mandates of a policy: what they say, what is a mistake in them, and what the house should know."""

from __future__ import annotations

from typing import Any

import pytest

from admission.approval.mandates import Act, Mandates
from admission.people import Department, Person, Role
from admission.policy import load_policy, single_points
from tests.admission.policy.test_quorums import CONTROL, REVIEW, mistakes, policy_of, stage

EVERYBODY: tuple[tuple[str, Department, tuple[Role, ...]], ...] = (
    ("cred", "credit", ()),
    ("carl", "credit", ()),
    ("fina", "finance", ()),
    ("lega", "legal", ()),
    ("leo", "legal", ()),
    ("sala", "sales", ()),
    ("manu", "credit", ("credit_manager",)),
    ("pres", "management", ("president",)),
)


def people(*rows: tuple[str, Department, tuple[Role, ...]]) -> list[Person]:
    return [Person(username=name, name=name, department=where, roles=roles) for name, where, roles in rows]


def cautions(document: dict[str, Any], *who: Person) -> dict[str, str]:
    found = single_points(document, {}, who)
    return {item.field: item.expected.en for item in found if item.field.startswith("mandates")}


def test_a_policy_that_names_no_mandates_is_written_as_before_and_has_the_usual_ones() -> None:
    policy = load_policy(policy_of(REVIEW))
    assert "mandates" not in policy.model_dump(mode="json")
    assert policy.mandates == Mandates()
    changed = load_policy(policy_of(REVIEW) | {"mandates": {"rule": {"departments": ["legal"]}}})
    assert changed.model_dump(mode="json")["mandates"] == {"rule": {"roles": [], "departments": ["legal"]}}
    assert changed.mandates.of(Act.RULE).words().en == "legal"
    assert changed.mandates.of(Act.CONFIRM) == Mandates().of(Act.CONFIRM)
    assert changed.sha256 != policy.sha256


@pytest.mark.parametrize(
    ("mandates", "field"),
    [
        ({"rule": {}}, "mandates.rule"),
        ({"rule": {"departments": ["law"]}}, "mandates.rule.departments.0"),
        ({"ruel": {"departments": ["legal"]}}, "mandates.ruel"),
    ],
)
def test_a_mandate_of_nobody_or_of_a_name_that_is_none_is_a_mistake(mandates: Any, field: str) -> None:
    assert field in [where for where, _ in mistakes(policy_of(REVIEW) | {"mandates": mandates})]


def test_a_mandate_whose_use_leaves_a_seat_empty_is_a_mistake_that_names_the_seat() -> None:
    manager = stage("decision", {"role": "credit_manager"})
    document = policy_of(REVIEW, manager, holders={"credit_manager": 1})
    document["mandates"] = {"edit": {"roles": ["credit_manager"]}}
    ((field, expected),) = mistakes(document)
    assert field == "mandates.edit"
    assert "has no vote then, and these seats stay empty" in expected
    assert "1 x credit manager" in expected
    two = policy_of(REVIEW, manager, holders={"credit_manager": 2}) | {"mandates": document["mandates"]}
    assert mistakes(two) == []
    others = document | {"mandates": {"edit": {"roles": ["credit_manager"], "departments": ["credit"]}}}
    assert mistakes(others) == []


def test_what_the_people_there_are_cannot_do_is_told() -> None:
    document = policy_of(REVIEW, CONTROL)
    assert cautions(document, *people(("fina", "finance", ()))) | {
        "mandates.take": "people who may take a request that nobody has taken: requester or credit or sales",
        "mandates.confirm": "a second person who may confirm what somebody else put on a case: "
        "credit or finance or legal; the first may not do both",
    } == cautions(document, *people(("fina", "finance", ())))
    whole = cautions(document, *people(*EVERYBODY))
    assert "mandates.confirm" not in whole
    assert "mandates.take" not in whole


def test_that_the_only_one_who_edits_is_needed_for_the_vote_is_told() -> None:
    document = policy_of(stage("decision", {"department": "credit"}))
    only = people(("cred", "credit", ()), ("lega", "legal", ()), ("fina", "finance", ()))
    assert "these seats stay empty: 1 x credit" in cautions(document, *only)["mandates.edit"]
    assert "mandates.edit" not in cautions(document, *only, *people(("carl", "credit", ())))
