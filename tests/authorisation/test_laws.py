"""What no office lifts: a requester with every office, people who became auditors, tokens, and lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import create_app
from desk.session import SESSION
from services.notices import awaited
from tests.authorisation import command_tries, desk_tries
from tests.authorisation.people import Column
from tests.authorisation.scenes import OWN_ACCESS, Outcome, Prepared, Trials, house_at, prepare
from tests.desk.conftest import both, browser_of

OF_THE_CASE = {
    "answer",
    "edit",
    "evidence add",
    "evidence confirm",
    "judge",
    "look",
    "override",
    "rule",
    "upload",
    "vote",
    "code",
    "customer settle",
    "customer waive",
    "customer confirm",
    "customer cover",
    "customer release",
    "customer limit-confirm",
    # Holds and cuts are against the own interest; what is given back, and refusing an act on own customers, is not.
    "bulk release",
    "bulk undo",
    "bulk refuse",
    # Who asked for a customer may end a raise of its limit, which is against the own interest.
    "customer limit-end a cut",
    "group confirm",
    "group end",
}
OF_THE_REQUESTER = {"answer", "edit own request · 本人申请", "evidence add", "upload"}
# By way of their own sign-in people change their own sign-ins and tokens.
OWN = {"POST /sign-in", "POST /sign-out", "token new", "token revoke"}


def prepared_in(folder: Path, **changes: Any) -> Trials:
    data = folder / "data"
    data.mkdir()
    return Trials(prepare(data, **changes), folder)


def tried_by(trials: Trials, username: str) -> dict[str, Outcome]:
    """Try all that changes something, by the desk, by a token that votes, and by command line."""
    page = Column(username, username, both("", ""))
    token = Column(f"token of {username}", username, both("", ""), token=True)
    desk, command_line = desk_tries.DeskTrials(trials), command_tries.CommandTrials(trials)
    found = {}
    for one in desk_tries.TRIES:
        if one.changes and one.route not in OWN:
            found[f"{one.route} {one.what}".strip()] = desk.tried(one, page)
            found[f"{one.route} {one.what} token".strip()] = desk.tried(one, token)
    for call in command_tries.TRIES:
        if call.changes and (call.command not in OWN or call.what):
            found[f"{call.command} {call.what}".strip()] = command_line.tried(call.command, call.call, username)
    return found


def test_a_requester_with_every_office_has_no_say_in_the_own_request(tmp_path: Path) -> None:
    found = tried_by(prepared_in(tmp_path, requester="boss"), "boss")
    through = {name for name, outcome in found.items() if outcome.cell == "yes"}
    # To stop deliveries and to cut a limit is against the own interest; a raise counts once somebody else confirms it.
    own = {f"POST /customers/{{key:path}}/{act}" for act in ("holds", "limits cut", "limits raise")}
    bulk = "POST /bulk-acts/{name}/confirm"
    at_the_desk = {"POST /cases/{reference}/answer", "POST /cases/{reference}/evidence", bulk} | own
    assert {name for name in through if name.startswith("POST ")} == at_the_desk
    of_cases = {name for name in through if any(name.startswith(command) for command in OF_THE_CASE)}
    assert of_cases == OF_THE_REQUESTER


def test_who_holds_no_request_and_every_office_does_the_same_for_others(tmp_path: Path) -> None:
    """The refusals above come from the request alone."""
    trials = prepared_in(tmp_path)
    command_line = command_tries.CommandTrials(trials)
    refused = {"answer", "edit own request · 本人申请", "edit nobody's request · 无人认领"}
    for call in command_tries.TRIES:
        name = f"{call.command} {call.what}".strip()
        if call.command in OF_THE_CASE:
            cell = command_line.tried(call.command, call.call, "boss").cell
            assert cell == ("no" if name in refused else "yes"), name


@pytest.mark.parametrize("username", ["ada", "feng", "otis"])
def test_who_became_an_auditor_changes_nothing_whatever_they_began(username: str, tmp_path: Path) -> None:
    """The requester, who has a seat in an open vote, and who proposed a policy."""
    trials = prepared_in(tmp_path, turned_auditor=[username])
    found = tried_by(trials, username)
    assert {name for name, outcome in found.items() if outcome.cell == "yes"} == set()
    assert {table for outcome in found.values() for table in outcome.changed} <= OWN_ACCESS


def test_a_seat_of_who_became_an_auditor_is_neither_offered_nor_waited_for(tmp_path: Path) -> None:
    for turned, offered in (([], True), (["feng"], False)):
        folder = tmp_path / str(offered)
        folder.mkdir()
        prepared = prepared_in(folder, turned_auditor=turned).prepared
        house = house_at(prepared.folder)
        case = prepared.names["voting"]
        poll = house.casebook.voting.poll(case, 1)
        assert poll is not None
        assert ("feng" in {person.username for person in awaited(house, poll)}) is offered
        client = browser_of(create_app(house, deliver=lambda: None))
        client.cookies.set(SESSION, prepared.sessions["feng"], domain="desk.test")
        assert (f'action="/cases/{case}/votes"' in client.get(f"/cases/{case}").text) is offered
        house.casebook.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    return prepare(folder)


Reader = Callable[[str, str], str]


@pytest.fixture
def read(prepared: Prepared) -> Reader:
    """Return what a person reads at an address."""
    app = create_app(house_at(prepared.folder), deliver=lambda: None)

    def text(username: str, path: str) -> str:
        client = browser_of(app)
        client.cookies.set(SESSION, prepared.sessions[username], domain="desk.test")
        answer = client.get(path)
        assert answer.status_code == 200
        return str(answer.text)

    return text


@pytest.mark.parametrize("path", ["/", "/cases", "/api/cases"])
def test_the_lists_of_sales_name_only_what_nobody_has_taken(path: str, prepared: Prepared, read: Reader) -> None:
    references = {name: text for name, text in prepared.names.items() if text.startswith("GH-")}
    seen = {name for name, reference in references.items() if reference in read("sam", path)}
    assert seen == {"nobody's"}
    # Whoever has a seat reads of the case besides, so the page does show what there is.
    assert "voting" in {name for name, text in references.items() if text in read("feng", path)}


def test_an_api_token_is_no_sign_in_at_the_command_line(tmp_path: Path) -> None:
    trials = prepared_in(tmp_path)
    trials.prepared.sessions["feng"] = trials.prepared.tokens["feng"]
    command_line = command_tries.CommandTrials(trials)
    cells = {command_line.tried(one.command, one.call, "feng").cell for one in command_tries.TRIES}
    assert cells == {"sign in"}
