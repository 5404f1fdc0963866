"""The people of the house, and who may sit where."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from admission.model import Language, Record

Department = Literal["credit", "finance", "legal", "sales", "management"]
Role = Literal["analyst", "credit_manager", "controller", "cfo", "president", "committee", "risk_manager", "auditor"]
DEPARTMENTS: tuple[Department, ...] = ("credit", "finance", "legal", "sales", "management")
ROLES: tuple[Role, ...] = (
    "analyst",
    "credit_manager",
    "controller",
    "cfo",
    "president",
    "committee",
    "risk_manager",
    "auditor",
)


class Person(Record):
    """A user who can sign in.

    Attributes:
        username: what the person signs in with; used in histories and votes.
        department: where the person works; a seat of the approval matrix may ask for it.
        roles: what the person may act as.
    """

    username: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    name: str = Field(min_length=1, max_length=200)
    department: Department
    roles: tuple[Role, ...] = ()
    language: Language = "en"
    active: bool = True
