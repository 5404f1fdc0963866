"""People: what their roles let them be, who sees what, and who may be one person with two accounts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from admission.errors import BadInput
from admission.people import ROLES, Department, Person, Role, alike, check_roles


def person(username: str = "x", department: Department = "credit", *roles: Role, name: str = "X") -> Person:
    return Person(username=username, name=name, department=department, roles=roles)


@pytest.mark.parametrize("role", ROLES)
def test_who_speaks_for_a_department(role: Role) -> None:
    aside = {"requester", "analyst", "policy_owner", "policy_publisher", "auditor", "operator"}
    assert person("x", "finance", role).approves is (role not in aside)
    assert person("x", "finance").approves
    assert not person("x", "finance").model_copy(update={"service": True}).approves
    assert not person("x", "finance").model_copy(update={"active": False}).approves


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_all_cases(role: Role) -> None:
    assert person("x", "sales", role).sees_all is (role not in ("requester", "analyst", "approver"))
    assert person("x", "credit", role).sees_all is (role != "requester")
    assert not person("x", "sales").sees_all
    assert person("x", "legal").sees_all


def test_an_auditor_and_a_program_have_no_other_role() -> None:
    check_roles(person("x", "credit", "auditor"))
    check_roles(person("x", "credit", "analyst", "credit_manager"))
    with pytest.raises(BadInput, match="auditor alone"):
        check_roles(person("x", "credit", "auditor", "analyst"))
    with pytest.raises(BadInput, match="the account of a program has no role"):
        check_roles(person("x", "credit", "analyst").model_copy(update={"service": True}))


@pytest.mark.parametrize(
    "username",
    ["Ana", "ana ", " ana", "a\u200bna", "\u0430na", "ａna", "ana\n", "ana\x00", "", "-ana"],
    ids=ascii,
)
def test_a_username_that_looks_like_another_is_refused(username: str) -> None:
    with pytest.raises(ValidationError, match="username"):
        person(username)


def test_equal_addresses_are_told() -> None:
    everybody = [person("ana", name="Ana"), person("bo", name="Bo"), person("cy", name="Cy")]
    emails = {"ana": "desk@example.org", "bo": "Desk@example.org", "cy": "cy@example.org"}
    assert [[one.username for one in same] for same in alike(everybody, emails)] == [["ana", "bo"]]


def test_equal_names_are_told_whatever_their_case_and_blanks() -> None:
    everybody = [
        person("ana", name="Ana  Lyst"),
        person("ana2", name="ana lyst"),
        person("ana3", name="Ａna LYST"),
        person("li", name="李伟"),
        person("li2", name="李 伟"),
        person("bo", name="Bo"),
        person("bo2", name="Bo").model_copy(update={"active": False}),
        person("bot", name="Bo").model_copy(update={"service": True}),
    ]
    assert [[one.username for one in same] for same in alike(everybody, {})] == [["ana", "ana2", "ana3"], ["li", "li2"]]
