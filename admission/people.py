"""The people of the house, and who may sit where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, get_args
from unicodedata import combining, normalize

from pydantic import Field

from admission.errors import BadInput, Problem
from admission.model import Language, Record, Text, left_out

Department = Literal["credit", "finance", "legal", "sales", "management"]
Role = Literal[
    "requester",
    "analyst",
    "approver",
    "credit_manager",
    "controller",
    "cfo",
    "president",
    "committee",
    "chair",
    "risk_manager",
    "policy_owner",
    "policy_publisher",
    "auditor",
    "operator",
]
DEPARTMENTS: tuple[Department, ...] = ("credit", "finance", "legal", "sales", "management")
ROLES: tuple[Role, ...] = get_args(Role)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "herr", "frau"})
# Roles that alone give no voice in a department's approval: their people prepare, run or read.
NO_VOICE: frozenset[Role] = frozenset(
    {"requester", "analyst", "policy_owner", "policy_publisher", "auditor", "operator"}
)
# Roles of people whose department says which cases they see; all others see all.
STAFF: frozenset[Role] = frozenset({"requester", "analyst", "approver"})


class Person(Record):
    """A user who can sign in.

    Attributes:
        username: what the person signs in with; used in histories and votes.
        department: where the person works; a seat of the approval matrix may ask for it.
        roles: what the person may act as. Who has none is an approver of their department.
        service: whether this is the account of a program, which signs in by API token alone and fills no seat.
    """

    username: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    name: str = Field(min_length=1, max_length=200)
    department: Department
    roles: tuple[Role, ...] = ()
    language: Language = "en"
    active: bool = True
    service: bool = left_out(False)

    @property
    def acts(self) -> bool:
        """True where the person may change anything at all: an auditor reads everything and changes nothing."""
        return self.active and "auditor" not in self.roles

    @property
    def approves(self) -> bool:
        """True where the person speaks for a department, or as an office, when a request is approved."""
        return self.acts and not self.service and (not self.roles or any(role not in NO_VOICE for role in self.roles))

    @property
    def sees_all(self) -> bool:
        """True where the person sees all cases; others see those they asked for, or have a seat in.

        People of sales see their own, and so does who only requests, unless they hold an office besides.
        """
        own = self.department == "sales" or set(self.roles) == {"requester"}
        return not own or any(role not in STAFF for role in self.roles)


Scope = Literal["read", "vote", "order"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


class ApiToken(Record):
    """What a program acts as a person with; its secret is shown once and stored nowhere.

    Attributes:
        scopes: what it may be used for; a token votes only where this says so.
        label: what it is for, in its owner's words.
        revoked_at: None while it has not been revoked.
    """

    id: int
    username: str
    label: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    scopes: tuple[Scope, ...] = ("read",)


def alike(people: Iterable[Person], emails: Mapping[str, str]) -> list[tuple[Person, ...]]:
    """Return people who may be one and the same person with several accounts: equal names, or equal addresses.

    Args:
        people: everybody; case and blanks of names do not matter.
        emails: addresses by username.
    """
    same: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        if person.active and not person.service:
            name = "".join(normalize("NFKC", person.name).casefold().split())
            same.setdefault(("name", name), []).append(person)
            if person.username in emails:
                same.setdefault(("email", emails[person.username].casefold()), []).append(person)
    return list(dict.fromkeys(tuple(found) for found in same.values() if len(found) > 1))


def check_roles(person: Person) -> None:
    """Refuse roles that cannot stand together.

    Raises:
        BadInput: an auditor has another role besides, or the account of a program has any.
    """
    if "auditor" in person.roles and len(person.roles) > 1:
        expected = Text(en="auditor alone: an auditor changes nothing", zh="审计员不得兼任其他角色：审计员不作任何更改")
    elif person.service and person.roles:
        expected = Text(en="none: the account of a program has no role", zh="程序账户不得有角色")
    else:
        return
    problem = Problem("roles", ", ".join(person.roles), expected)
    raise BadInput(Text(en="These roles cannot be given.", zh="不能赋予这些角色。"), problems=[problem])


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


def same_person(one: str, other: str) -> bool:
    """True where two names may be of one person: registers put the family name first, in capitals, with a comma.

    Each word of the shorter name stands in the longer one, and there are two at least; names without blanks, such as
    Chinese ones, must be equal.
    """
    words, others = _name_words(one), _name_words(other)
    shorter, longer = sorted((words, others), key=len)
    return bool(shorter) and shorter <= longer and (len(shorter) > 1 or words == others)


def _name_words(name: str) -> frozenset[str]:
    plain = "".join(sign for sign in normalize("NFKD", name) if not combining(sign)).casefold()
    return frozenset(re.findall(r"[^\W\d_]+", plain)) - _TITLES
