"""Every page, endpoint and command is tried by everybody, the page shows what came of it, and its laws hold."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from admission.approval.mandates import Act
from cli.helping import LazyGroup
from desk import case_pages
from tests.authorisation import command_tries, desk_tries
from tests.authorisation.command_tries import CommandTry
from tests.authorisation.desk_tries import DeskTry
from tests.authorisation.matrix import PAGE, Matrix, column_of, page
from tests.authorisation.people import AT_THE_COMMAND_LINE, COLUMNS
from tests.authorisation.scenes import OWN_ACCESS, Outcome


class Planted:
    """A route that stands in no row."""

    path = "/cases/{reference}"
    methods = frozenset({"DELETE"})


# What a refused sign-in leaves: how often it was tried.
TRIES_COUNTED = {"sign_in_delays", "sign_in_refusals"}


def desk(matrix: Matrix, key: str) -> dict[str, str]:
    """What came of one column at the desk, by route; of several ways to try a route the freest."""
    place = column_of(COLUMNS, key)
    found: dict[str, str] = {}
    for one, outcomes in matrix.desk.items():
        if found.get(one.route) != "yes":
            found[one.route] = outcomes[place].cell
    return found


def commands(matrix: Matrix, key: str) -> dict[str, str]:
    """What came of one column at the command line, by command and what is said of the try."""
    place = column_of(AT_THE_COMMAND_LINE, key)
    return {f"{one.command} {one.what}".strip(): got[place].cell for one, got in matrix.commands.items()}


def let_through(cells: dict[str, str]) -> set[str]:
    return {name for name, cell in cells.items() if cell == "yes"}


def test_every_route_of_the_desk_is_tried(tmp_path: Path) -> None:
    assert {one.route for one in desk_tries.TRIES} == desk_tries.routes(tmp_path)


def test_every_command_is_tried_and_only_those_with_a_person_ask_for_one() -> None:
    by_person = {one.command for one in command_tries.TRIES}
    of_the_folder = {*command_tries.OF_THE_FOLDER, *command_tries.NOT_CALLED}
    assert set(command_tries.commands()) == by_person | of_the_folder
    # These list for anybody and act for a person.
    assert by_person & of_the_folder == {
        "calls",
        "outbox",
        "ledger accounts",
        "ledger import",
        "book import",
        "bulk hold",
    }
    assert not command_tries.NOT_CALLED & set(command_tries.OF_THE_FOLDER)
    asks = {name for name, command in command_tries.commands().items() if "as_user" in {p.name for p in command.params}}
    assert asks == by_person


@pytest.mark.parametrize("kind", ["route", "command"])
def test_what_nobody_has_thought_of_is_missed(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A route or command that is new stands in no row: the comparison above notices."""
    if kind == "route":
        monkeypatch.setattr(case_pages.router, "routes", [*case_pages.router.routes, Planted()])
        assert "DELETE /cases/{reference}" in desk_tries.routes(tmp_path)
        return
    planted = click.Command("planted")
    monkeypatch.setattr(LazyGroup, "list_commands", lambda *_: ["planted"])
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: planted)
    assert command_tries.commands() == {"planted": planted}


def test_the_page_shows_what_came_of_trying(matrix: Matrix) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(matrix), "write it anew: make authorisation"


def test_whoever_is_not_signed_in_gets_nothing_but_the_way_in(matrix: Matrix) -> None:
    cells = desk(matrix, "out")
    assert let_through(cells) == desk_tries.FOR_STRANGERS - {"POST /sign-in"}
    # Without a name and a password the form is shown again.
    assert cells["POST /sign-in"] == "no"
    closed = desk_tries.FOR_STRANGERS | desk_tries.FOR_MACHINES
    assert {cell for name, cell in cells.items() if name not in closed} == {"sign in"}


def test_what_is_for_machines_no_account_opens(matrix: Matrix) -> None:
    found = {one.route: got for one, got in matrix.desk.items() if one.route in desk_tries.FOR_MACHINES}
    assert set(found) == desk_tries.FOR_MACHINES
    assert {outcome.cell for got in found.values() for outcome in got} == {"no"}
    assert set(commands(matrix, "out").values()) == {"sign in"}


def rows(matrix: Matrix) -> list[tuple[DeskTry | CommandTry, list[Outcome]]]:
    return [*matrix.desk.items(), *matrix.commands.items()]


def test_what_is_refused_changes_nothing(matrix: Matrix) -> None:
    refused = [(one, got.changed) for one, outcomes in rows(matrix) for got in outcomes if got.cell != "yes"]
    assert len(refused) > 300
    for one, changed in refused:
        counted = isinstance(one, DeskTry) and one.route == "POST /sign-in"
        assert changed <= (TRIES_COUNTED if counted else set()), one


def test_what_only_shows_changes_nothing(matrix: Matrix) -> None:
    shows = [(one, outcomes) for one, outcomes in rows(matrix) if not one.changes]
    assert len(shows) >= 14
    assert [one for one, outcomes in shows if any(got.changed for got in outcomes)] == []


def test_everything_is_done_by_somebody(matrix: Matrix) -> None:
    """A row of refusals alone would show that the try is wrong, not that the house is safe."""
    done = [one for one, _ in rows(matrix) if not (isinstance(one, DeskTry) and one.route in desk_tries.FOR_MACHINES)]
    refused = {one for one, got in rows(matrix) if not any(outcome.cell == "yes" for outcome in got)}
    assert [one for one in done if one in refused] == []
    assert {outcome.cell for outcome in matrix.folder.values()} == {"yes"}


def test_an_auditor_reads_everything_and_changes_nothing(matrix: Matrix) -> None:
    place = column_of(COLUMNS, "aud")
    for one, got in matrix.desk.items():
        own = one.route in desk_tries.FOR_STRANGERS
        closed = (one.changes and not own) or one.route in desk_tries.FOR_MACHINES
        assert got[place].cell == ("no" if closed else "yes"), one.route
        assert got[place].changed <= OWN_ACCESS, one.route
    place = column_of(AT_THE_COMMAND_LINE, "aud")
    for call, outcomes in matrix.commands.items():
        own = call.command.startswith("token ") and "service" not in call.what
        assert outcomes[place].cell == ("no" if call.changes and not own else "yes"), call
        assert outcomes[place].changed <= OWN_ACCESS, call


def test_the_requester_has_no_say_in_the_own_request(matrix: Matrix) -> None:
    asked = {"answer", "edit own request · 本人申请", "evidence add", "limit ask", "onboard", "take"}
    asked |= {"upload", "upload `--preview`"}
    own = {"token list", "token new", "token revoke"}
    # To ask whether an order is covered decides nothing.
    orders = {"order check", "order cancel", "order list"}
    assert let_through(commands(matrix, "req")) == asked | own | orders
    pages = {"POST /cases/{reference}/answer", "POST /cases/{reference}/evidence", "POST /cases/{reference}/take"}
    pages |= {"POST /api/customers/{key:path}/order-check"}
    posted = {name for name in let_through(desk(matrix, "req")) if name.startswith("POST ")}
    assert posted == pages | {"POST /sign-in", "POST /sign-out"}


def test_people_of_sales_without_a_part_in_a_case_see_nothing_of_it(matrix: Matrix) -> None:
    place = column_of(COLUMNS, "sales")
    about = ("{reference}", "{key:path}")
    of_cases = {
        one: got
        for one, got in matrix.desk.items()
        if any(name in one.route for name in about) and one.case != "nobody's"
    }
    assert {got[place].cell for got in of_cases.values()} == {"no"}
    assert len(of_cases) >= 21


def test_a_program_reads_and_does_nothing_else(matrix: Matrix) -> None:
    cells = desk(matrix, "svc")
    customers = {"GET /api/customers", "GET /api/customers/{key:path}", "GET /api/customers/{key:path}/standing"}
    customers |= {"GET /api/customers/{key:path}/ledger", "GET /api/coverage", "GET /api/portfolio", "GET /api/orders"}
    customers |= {"GET /api/groups/{name:path}"}
    customers |= {"GET /api/bulk-acts", "GET /api/bulk-acts/{name}"}
    shown = {"GET /api/cases", "GET /api/cases/{reference}"} | customers
    assert let_through(cells) == shown | desk_tries.FOR_STRANGERS - {"POST /sign-in"}
    assert cells["POST /api/cases/{reference}/votes"] == "no"


def test_a_token_for_votes_and_orders_does_just_that(matrix: Matrix) -> None:
    beyond = let_through(desk(matrix, "tok")) - let_through(desk(matrix, "svc"))
    orders = {"POST /api/customers/{key:path}/order-check", "DELETE /api/customers/{key:path}/orders"}
    assert beyond == {"POST /sign-in", "POST /api/cases/{reference}/votes"} | orders


def test_only_who_has_a_seat_whose_turn_it_is_votes(matrix: Matrix) -> None:
    place = {column.key: number for number, column in enumerate(AT_THE_COMMAND_LINE)}
    for one, got in matrix.commands.items():
        if one.command in ("vote", "code"):
            assert {key for key, number in place.items() if got[number].cell == "yes"} == {"seat"}


def test_each_mandate_stands_behind_a_command() -> None:
    """Whoever adds an act adds the try that shows who may."""
    acts = {
        Act.REQUEST: "onboard",
        Act.TAKE: "take",
        Act.EDIT: "edit",
        Act.RECORD: "evidence add",
        Act.CONFIRM: "evidence confirm",
        Act.RULE: "rule",
        Act.SECOND_RULING: "rule",
        Act.OVERRIDE: "override",
        Act.SECOND_OVERRIDE: "override",
        Act.REOPEN: "look",
        Act.RECORD_PERFORMANCE: "performance",
        Act.LOAD_LIST: "watchlist load",
        Act.RELEASE_CALL: "calls",
        Act.RETRY_DELIVERY: "outbox",
        Act.ROTATE_KEYS: "keys rotate",
        Act.ISSUE_FOR_SERVICE: "token new",
        Act.ERASE: "privacy erase",
        Act.ACCESS_REPORT: "privacy report",
        Act.SETTLE_CONDITION: "customer settle",
        Act.WAIVE_CONDITION: "customer waive",
        Act.RECORD_SECURITY: "customer secure",
        Act.CONFIRM_SECURITY: "customer confirm",
        Act.RECORD_COVER: "customer cover",
        Act.HOLD: "customer hold",
        Act.RELEASE: "customer release",
        Act.CUT_LIMIT: "customer limit",
        Act.RAISE_LIMIT: "customer limit",
        Act.CONFIRM_LIMIT: "customer limit-confirm",
        Act.LIFT_CUT: "customer limit-end",
        Act.LOAD_LEDGER: "ledger import",
        Act.CHECK_ORDER: "order check",
        Act.RELEASE_ORDER: "order release",
        Act.IMPORT_BOOK: "book import",
        Act.CONFIRM_BOOK: "book confirm",
        Act.LIMIT_GROUP: "group limit",
        Act.CONFIRM_GROUP: "group confirm",
        Act.PROPOSE_BULK: "bulk hold",
        Act.CONFIRM_BULK: "bulk confirm",
    }
    assert set(acts) == set(Act)
    assert set(acts.values()) <= {one.command for one in command_tries.TRIES}
