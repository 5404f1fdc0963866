"""The people of the house, and who may sit where."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from pydantic import Field

from admission.errors import BadInput, Problem
from admission.model import Language, Record, Text

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


class ApiToken(Record):
    """What a program acts as a person with; its secret is shown once and stored nowhere.

    Attributes:
        label: what it is for, in its owner's words.
        revoked_at: None while it has not been revoked.
    """

    id: int
    username: str
    label: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


def checked_email(address: str) -> str:
    """Return an e-mail address that notices can be sent to.

    Raises:
        BadInput: it is none, or has characters that mail headers do not take.
    """
    if len(address) > 254 or not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", address):
        expected = Text(en="an address such as name@example.org", zh="邮箱地址，例如 name@example.org")
        raise BadInput(
            Text(en="The e-mail address cannot be used.", zh="该邮箱地址不可用。"),
            problems=[Problem("email", "", expected)],
        )
    return address
