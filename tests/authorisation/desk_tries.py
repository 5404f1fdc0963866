"""Every page and endpoint of the desk, each with the request by which it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.routing import Mount

from desk import create_app
from desk.session import GUEST, SESSION, Visitor
from tests.authorisation.people import Column
from tests.authorisation.scenes import (
    CRITERION,
    ENTRY,
    GROUP,
    PICTURE,
    Cell,
    Outcome,
    Prepared,
    Trials,
    house_at,
    look_of,
)
from tests.desk.conftest import PASSWORD, TO_ACCEPT, browser_of
from wiring import House

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

Fields = Callable[[Prepared], dict[str, Any]]
STRANGER = "a guest of the desk"


def _nothing(_: Prepared) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class DeskTry:
    """One request.

    Attributes:
        route: method and path, as the application has it.
        case: name of the prepared case in the path.
        what: said in the table where a route is tried in several ways.
        fields: of the form, or of the JSON of an endpoint.
        changes: whether it changes anything where it is let through.
        as_guest: whether it is sent by a browser in which nobody has signed in, whoever tries.
    """

    route: str
    case: str = ""
    what: str = ""
    fields: Fields = field(default=_nothing)
    changes: bool = True
    as_guest: bool = False


def _sent(**fields: str) -> Fields:
    return lambda _: fields


def _settled(state: str) -> Fields:
    return _sent(condition="c1", state=state, proof="seen")


def _named(name: str) -> Fields:
    return lambda prepared: {name: prepared.names[name]}


def _change(kind: str) -> Fields:
    return lambda prepared: {"change": prepared.names[kind]}


def _raise(prepared: Prepared) -> dict[str, Any]:
    until = house_at(prepared.folder).today() + timedelta(days=9)
    return {"amount": "1001", "because": "season", "until": until.isoformat()}


def _ballot(prepared: Prepared) -> dict[str, Any]:
    reasons = {f"reason:{name}": "asked by phone" for name in TO_ACCEPT}
    return {"assessment": prepared.names["sha256"], "choice": "approve", "accept": list(TO_ACCEPT), **reasons}


def _vote(prepared: Prepared) -> dict[str, Any]:
    return {"assessment": prepared.names["sha256"], "choice": "approve", "accepted": {CRITERION: "asked by phone"}}


def _record(prepared: Prepared) -> dict[str, Any]:
    house = house_at(prepared.folder)
    look = {name: str(value) for name, value in look_of(house).items() if name not in ("no_record", "file")}
    return {**look, "result": "nothing"}


def _evidence(prepared: Prepared) -> dict[str, Any]:
    return {"evidence": prepared.names["evidence"]}


def _order(prepared: Prepared) -> dict[str, Any]:
    today = house_at(prepared.folder).today().isoformat()
    return {"order": "SO-2", "amount": "5", "currency": "GBP", "deliver_on": today}


def _released(prepared: Prepared) -> dict[str, Any]:
    today = house_at(prepared.folder).today().isoformat()
    return {"because": "paid", "ceiling": "5000", "currency": "GBP", "until": today}


TRIES = (
    DeskTry("GET /health", changes=False),
    DeskTry("GET /ready", changes=False),
    DeskTry("GET /metrics", changes=False),
    DeskTry("GET /openapi.json", changes=False),
    DeskTry("GET /static", changes=False),
    DeskTry("GET /sign-in", changes=False),
    DeskTry("POST /sign-in", as_guest=True),
    DeskTry("POST /sign-out"),
    DeskTry("GET /", changes=False),
    DeskTry("GET /cases", changes=False),
    DeskTry("GET /cases/{reference}", "voting", changes=False),
    DeskTry("GET /cases/{reference}", "nobody's", "nobody's request · 无人认领", changes=False),
    DeskTry("GET /cases/{reference}/evidence/{evidence}/file", "brought", changes=False),
    DeskTry("POST /cases/{reference}/votes", "voting", fields=_ballot),
    DeskTry("POST /cases/{reference}/code", "voting", fields=_ballot),
    DeskTry("POST /cases/{reference}/take", "nobody's"),
    DeskTry("POST /cases/{reference}/answer", "asked", fields=_sent(answer="repaid in May")),
    DeskTry("POST /cases/{reference}/evidence", "open", fields=_record),
    DeskTry("POST /cases/{reference}/confirmations", "brought", fields=_evidence),
    DeskTry("POST /cases/{reference}/rulings", "listed", fields=_sent(entry=ENTRY, ruling="not_same", reason="other")),
    DeskTry("POST /cases/{reference}/rulings/confirm", "ruled", fields=_sent(entry=ENTRY)),
    DeskTry("POST /cases/{reference}/look", "decided", "`agreed`", fields=_sent(verdict="agreed", note="as I would")),
    DeskTry("POST /cases/{reference}/look", "decided", "`reopened`", fields=_sent(verdict="reopened", note="not so")),
    DeskTry("GET /customers", changes=False),
    DeskTry("GET /customers/{key:path}", "customer", changes=False),
    DeskTry("POST /customers/{key:path}/conditions", "customer", "`met`", fields=_settled("met")),
    DeskTry("POST /customers/{key:path}/conditions", "customer", "`waived`", fields=_settled("waived")),
    DeskTry("POST /customers/{key:path}/holds", "customer", fields=_sent(because="late")),
    DeskTry("POST /customers/{key:path}/holds/release", "customer", fields=_named("hold")),
    DeskTry("POST /customers/{key:path}/securities/confirm", "customer", fields=_named("security")),
    DeskTry("POST /customers/{key:path}/limits", "customer", "cut", fields=_sent(amount="5", because="late")),
    DeskTry("POST /customers/{key:path}/limits", "customer", "raise", fields=_raise),
    DeskTry("POST /customers/{key:path}/limits/confirm", "customer", fields=_change("raise")),
    DeskTry("POST /customers/{key:path}/limits/end", "customer", "cut", fields=_change("cut")),
    DeskTry("GET /orders", changes=False),
    DeskTry("POST /orders/{name}/release", "block", fields=_released),
    DeskTry("POST /orders/{name}/refuse", "block", fields=_sent(because="late")),
    DeskTry("GET /groups", changes=False),
    DeskTry("POST /groups/{limit}/confirm", "customer"),
    DeskTry("GET /api/groups/{name:path}", changes=False),
    DeskTry("GET /bulk-acts", changes=False),
    DeskTry("GET /bulk-acts/{name}", "bulk", changes=False),
    DeskTry("POST /bulk-acts/{name}/confirm", "bulk"),
    DeskTry("POST /bulk-acts/{name}/refuse", "bulk", fields=_sent(because="so")),
    DeskTry("GET /api/bulk-acts", changes=False),
    DeskTry("GET /api/bulk-acts/{name}", "bulk", changes=False),
    DeskTry("GET /api/orders", changes=False),
    DeskTry("POST /api/customers/{key:path}/order-check", "customer", fields=_order),
    DeskTry("DELETE /api/customers/{key:path}/orders", "customer"),
    DeskTry("GET /api/customers", changes=False),
    DeskTry("GET /api/customers/{key:path}", "customer", changes=False),
    DeskTry("GET /api/customers/{key:path}/standing", "customer", changes=False),
    DeskTry("GET /api/coverage", changes=False),
    DeskTry("GET /api/portfolio", changes=False),
    DeskTry("GET /api/customers/{key:path}/ledger", "customer", changes=False),
    DeskTry("GET /api/cases", changes=False),
    DeskTry("GET /api/cases/{reference}", "voting", changes=False),
    DeskTry("GET /api/cases/{reference}", "nobody's", "nobody's request · 无人认领", changes=False),
    DeskTry("POST /api/cases/{reference}/votes", "voting", fields=_vote),
)
# A page that shows nothing of anybody's: what a stranger may have.
FOR_STRANGERS = {
    "GET /health",
    "GET /ready",
    "GET /openapi.json",
    "GET /static",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-out",
}

# What a token of the settings opens, and no account: tests/desk/test_vitals.py tries it with that token.
FOR_MACHINES = {"GET /metrics"}


def routes(folder: Path) -> set[str]:
    """Return method and path of every route that the desk has."""
    app = create_app(house_at(folder), deliver=lambda: None)
    found = {f"GET {route.path}" for route in app.routes if isinstance(route, Mount)}
    for route in (*app.routes, *(route for router in app.state.routers for route in router.routes)):
        methods = getattr(route, "methods", None) or ()
        found |= {f"{method} {route.path}" for method in methods if method != "HEAD"}
    return found


class DeskTrials:
    """The desk of a copy of the prepared casebook, opened anew when a try has changed something."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials
        self._house: House | None = None
        self._app: FastAPI | None = None

    def tried(self, one: DeskTry, column: Column) -> Outcome:
        """Send a request as whoever a column is about; tell how it was taken."""
        if self._house is None or self._app is None:
            self._house = house_at(self._trials.copy)
            self._app = create_app(self._house, deliver=lambda: None)
        client = browser_of(self._app)
        cell = _answer(client, one, column, self._trials.prepared)
        changed = self._trials.changed()
        if changed:
            self._house.casebook.close()
            self._house = self._app = None
        return Outcome(cell, changed)

    def rows(self, columns: tuple[Column, ...]) -> dict[DeskTry, list[Outcome]]:
        """Try everything by everybody."""
        made = {one: [self.tried(one, column) for column in columns] for one in TRIES}
        if self._house is not None:
            self._house.casebook.close()
        return made


def _answer(client: TestClient, one: DeskTry, column: Column, prepared: Prepared) -> Cell:
    method, _, path = one.route.partition(" ")
    path = _filled(path, one, prepared)
    key = _dressed(client, one, column, prepared)
    if method == "GET":
        answer = client.get(path)
    elif method == "DELETE":
        answer = client.delete(path, params={"order": "SO-1"})
    elif path.startswith("/api/"):
        answer = client.post(path, json=one.fields(prepared))
    else:
        fields = {**one.fields(prepared), "form_key": key}
        if path == "/sign-in":
            fields |= {"username": column.username, "password": PASSWORD}
        files = {"file": ("a.png", PICTURE)} if path.endswith("/evidence") else None
        answer = client.post(path, data=fields, files=files)
    return _cell(answer.status_code, answer.headers.get("location", ""), f"{one.route} by {column.key}: {answer.text}")


def _filled(path: str, one: DeskTry, prepared: Prepared) -> str:
    if path == "/static":
        return "/static/desk.css"
    path = path.replace("{key:path}", prepared.names["customer"]).replace("{name:path}", GROUP)
    names = {"evidence": prepared.names["evidence"], "name": prepared.names.get(one.case, "")}
    names["limit"] = prepared.names["group_limit"]
    return path.format(reference=prepared.names.get(one.case, ""), **names)


def _dressed(client: TestClient, one: DeskTry, column: Column, prepared: Prepared) -> str:
    """Give a client what the column acts with; return the key that the desk puts into forms for it."""
    if column.token:
        client.headers["authorization"] = f"Bearer {prepared.tokens[column.username]}"
    if not column.username or column.token or one.as_guest:
        client.cookies.set(GUEST, STRANGER, domain="desk.test")
        return Visitor(None, STRANGER).form_key
    session = prepared.sessions[column.username]
    client.cookies.set(SESSION, session, domain="desk.test")
    return Visitor(None, session).form_key


def _cell(status: int, location: str, told: str) -> Cell:
    if status == 401 or (status == 303 and location.partition("?next=")[0] == "/sign-in"):
        return "sign in"
    if status == 403:
        return "no"
    # Anything else is neither let in nor shut out: the try itself is wrong, or the desk broke.
    assert status in (200, 201, 303), f"{status}: {told[-1500:]}"
    return "yes"
