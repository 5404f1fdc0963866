"""Which credentials are good at each point of the chain, as its signed events tell; each vote is held against them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from casebook.credentials import name_of
from casebook.database.binding import RowKey
from casebook.database.chain import BEGINNINGS, CREDENTIALS_BOUND, Link

# The acts whose event may bring a row of these tables; any other only ends one that is there.
_BRING = {"sessions": "person.signed_in", "codes": "code.issued", "api_tokens": "token.issued"}
_BIND_ALL = (*BEGINNINGS, "content.bound", "credentials.bound")


class _Good(NamedTuple):
    """A credential that is good: whose, and until when."""

    username: str
    until: datetime


class Credentials:
    """The sessions, API tokens and codes that are good as the chain is walked.

    Attributes:
        demanded: whether votes must name one: from the event on that says so; votes of earlier releases named none.
    """

    def __init__(self) -> None:
        self.demanded = False
        self._good: dict[str, _Good] = {}
        self._brought: set[RowKey] = set()

    def proves(self, link: Link) -> bool:
        """Look at the next event; False where it is a vote, or a code for one, without a signed sign-in before it."""
        detail, act = link.event.detail, link.event.act
        sound = True
        if act in ("vote.cast", "code.issued") and self.demanded:
            sound = self._is_good(detail.get("by", ""), link)
        self._follow(link)
        self.demanded = self.demanded or detail.get("credentials") == CREDENTIALS_BOUND["credentials"]
        return sound

    def strays(self, link: Link) -> list[RowKey]:
        """Return the rows that an event ended or removed though no event had brought them: somebody put them in."""
        touched = [row for row in link.rows if row.table in _BRING]
        act = link.event.act
        stray = [row for row in touched if not (row in self._brought or act in _BIND_ALL or act == _BRING[row.table])]
        self._brought.update(touched)
        return stray

    def _is_good(self, name: str, link: Link) -> bool:
        good = self._good.get(name)
        return good is not None and good.username == link.event.actor and link.event.at < good.until

    def _follow(self, link: Link) -> None:
        detail, act = link.event.detail, link.event.act
        if act == "person.signed_in" and "session" in detail:
            self._begin(name_of("session", detail["session"]), link)
        elif act == "token.issued" and "token" in detail:
            self._begin(name_of("token", detail["token"]), link)
        elif act == "code.issued" and "code" in detail:
            self._begin(name_of("code", detail["code"]), link)
        elif act == "token.revoked":
            self._good.pop(name_of("token", detail.get("token", "")), None)
        elif act in ("code.ended", "code.refused"):
            self._good.pop(name_of("code", detail.get("code", "")), None)
        elif act == "vote.cast" and detail.get("by", "").startswith("code "):
            self._good.pop(detail["by"], None)
        for row, sha256 in link.rows.items():
            if row.table == "sessions" and sha256 is None:
                self._good.pop(name_of("session", row.key[0]), None)

    def _begin(self, name: str, link: Link) -> None:
        try:
            until = datetime.fromisoformat(link.event.detail["until"])
        except (KeyError, ValueError):
            return
        self._good[name] = _Good(link.event.actor, until)
