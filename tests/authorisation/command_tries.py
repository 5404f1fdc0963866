"""Every command that asks who is there, each with a call by which it is tried; and those that ask nobody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from admission.errors import NotAllowed
from cli.main import gatehouse
from cli.session import keep_token
from tests.authorisation.people import Column
from tests.authorisation.scenes import CRITERION, ENTRY, Cell, Outcome, Prepared, Trials, house_at
from tests.desk.conftest import PASSWORD, TO_ACCEPT

# A port of this machine on which nothing may listen.
NO_PREFECT = "http://127.0.0.1:9/api"
NOBODY_IS_THERE = "Nobody is signed in."


@dataclass(frozen=True)
class CommandTry:
    """One call.

    Attributes:
        command: its name, with that of its group.
        call: what follows, with names of the prepared casebook in braces.
        what: said in the table where a command is tried in several ways.
        changes: whether it changes anything where it is let through.
    """

    command: str
    call: str = ""
    what: str = ""
    changes: bool = True


ACCEPTING = " ".join(f"--accept {name}=asked" for name in TO_ACCEPT)
TRIES = (
    CommandTry("onboard", "{files}/new.json"),
    CommandTry("limit ask", "{customer} --amount 1200 --because so"),
    CommandTry("take", "{nobody's}"),
    CommandTry("edit", "{open} {files}/{open}.json --reason less", "own request · 本人申请"),
    CommandTry("edit", "{nobody's} {files}/{nobody's}.json --reason less", "nobody's request · 无人认领"),
    CommandTry("upload", "{open} {files}/statement.csv"),
    CommandTry("upload", "{open} {files}/statement.csv --preview", "`--preview`", changes=False),
    CommandTry("evidence add", "{open} {files}/looks.json"),
    CommandTry("evidence confirm", "{brought} --all"),
    CommandTry("judge", "{open} market_position=2 --note visited"),
    CommandTry("vote", f"{{voting}} --approve {ACCEPTING}"),
    CommandTry("code", f"{{voting}} --approve {ACCEPTING}"),
    CommandTry("answer", "{asked} repaid"),
    CommandTry("rule", f"{{listed}} {ENTRY} --not-same --reason other"),
    CommandTry("rule", f"{{ruled}} {ENTRY} --confirm", "`--confirm`"),
    CommandTry("override", f"{{voting}} {CRITERION} --reason settled --until {{until}}"),
    CommandTry("override", f"{{overridden}} {CRITERION} --confirm", "`--confirm`"),
    CommandTry("look", "{decided} --agree --note so", "`--agree`"),
    CommandTry("look", "{decided} --reopen --note not", "`--reopen`"),
    CommandTry("performance", "{decided} paid --on {today}"),
    CommandTry("customer settle", "{customer} c1 --proof seen"),
    CommandTry("customer waive", "{customer} c1 --because so"),
    CommandTry(
        "customer secure",
        "{customer} --kind bill --giver Bank --document B1 --amount 5 --currency GBP --from {today}",
    ),
    CommandTry("customer confirm", "{security}"),
    CommandTry("customer revoke", "{security} --on {today} --because so"),
    CommandTry("customer cover", "{customer} --policy {insurance} --state granted --amount 5 --from {today}"),
    CommandTry("customer hold", "{customer} --because so"),
    CommandTry("customer release", "{customer} {hold}"),
    CommandTry("customer limit", "{customer} --amount 500 --because so", "below the limit · 调减"),
    CommandTry("customer limit", "{customer} --amount 1200 --because so --until {until}", "above it · 调增"),
    CommandTry("customer limit-confirm", "{raise}"),
    CommandTry("customer limit-end", "{cut}", "a cut · 调减"),
    CommandTry("customer limit-end", "{raise}", "a raise · 调增"),
    CommandTry(
        "insurance add",
        "P2 --insurer X --share 0.9 --currency GBP --terms 60 --reporting 60 --from {today} --until {until}",
    ),
    CommandTry("ledger import", "{files}/ledger.csv --on {today} --complete-since none"),
    CommandTry("ledger accounts", "10023={customer}", "`NUMBER=KEY`"),
    CommandTry("order check", "{customer} --order SO-2 --amount 5 --currency GBP --deliver {today}"),
    CommandTry("order cancel", "{customer} --order SO-1"),
    CommandTry("order list", changes=False),
    CommandTry("order release", "{block} --because paid --ceiling 5000 --currency GBP --until {today}"),
    CommandTry("order refuse", "{block} --because late"),
    CommandTry("group limit", "Northgroup --amount 5 --currency GBP --because so"),
    CommandTry("group confirm", "{group_limit}"),
    CommandTry("group end", "{group_limit}"),
    CommandTry("book import", "{files}/book.csv"),
    CommandTry("book confirm", "{book}"),
    CommandTry("book refuse", "{book} --because so"),
    CommandTry("bulk hold", "--country GB --because so"),
    CommandTry("bulk cut", "--country GB --share 0.5 --because so"),
    CommandTry("bulk release", "--country GB --because so"),
    CommandTry("bulk undo", "{undone} --because so"),
    CommandTry("bulk confirm", "{bulk}"),
    CommandTry("bulk refuse", "{bulk} --because so"),
    CommandTry("policy propose", "{files}/policy-2026.3.yaml"),
    CommandTry("policy publish", "2026.2"),
    CommandTry("policy withdraw", "2026.2"),
    CommandTry("policy shadow", "2026.2 --until {until}"),
    CommandTry("policy shadow", "stop", "`stop`"),
    CommandTry("watchlist load", "{files}/list"),
    CommandTry("watchlist load-file", "cn_paper_overdue {files}/paper.csv --on {today}"),
    CommandTry("calls", "--release {call}", "`--release`"),
    CommandTry("outbox", "--retry {message}", "`--retry`"),
    CommandTry("keys rotate"),
    CommandTry("privacy erase", "{decided} --kind answers --reason asked --yes"),
    CommandTry("privacy report", "Sam"),
    CommandTry("token new", "report"),
    CommandTry("token new", "report --service erp", "`--service`"),
    CommandTry("token list", changes=False),
    CommandTry("token revoke", "{token}"),
)
# What asks nobody who they are: whoever owns the data folder can read and write its files anyway.
OF_THE_FOLDER = {
    "backup": "{files}/backup",
    "book import": "{files}/book.csv --preview",
    "book list": "",
    "book show": "{book}",
    "bulk hold": "--country GB --because so --preview",
    "bulk list": "",
    "bulk show": "{bulk}",
    "bundle": "{voting} --out {files}/case.zip",
    "calls": "",
    "case": "{voting}",
    "cases": "",
    "coverage": "",
    "customer show": "{customer}",
    "customers": "",
    "evidence file": "{brought} {evidence} --out {files}/picture.png",
    "evidence list": "{brought}",
    "group list": "",
    "group show": "Northgroup",
    "init": "--heads none",
    "insurance list": "",
    "keys export": "",
    "keys list": "",
    "ledger accounts": "",
    "ledger import": "{files}/ledger.csv --preview",
    "ledger show": "{customer}",
    "login": "sam",
    "logout": "",
    "outbox": "",
    "policy compare": "2026.2 {files}/policy-2026.3.yaml",
    "policy check": "{files}/policy-2026.3.yaml",
    "policy diff": "2026.2 {files}/policy-2026.3.yaml",
    "policy list": "",
    "policy report": "",
    "policy route": "{files}/policy-2026.3.yaml --grade B --amount 20000 --currency USD",
    "policy show": "2026.2",
    "portfolio": "",
    "privacy due": "",
    "privacy list": "",
    "replay": "--all",
    "samples": "",
    "sources parse": "creditsafe {files}/policy-2026.3.yaml --kind report",
    "user activate": "sam",
    "user add": "new --name New --department sales --generate",
    "user change": "sam --role requester",
    "user deactivate": "sam",
    "user email": "sam sam@example.org",
    "user list": "",
    "user password": "sam",
    "verify": "",
    "watchlist list": "",
}
# These start processes, ask sources on the network, need the extra `lab` or a folder without a casebook. They
# ask nobody who they are either.
NOT_CALLED = {"assess", "demo", "desk", "doctor", "policy calibrate", "restore", "up", "worker"}


def commands() -> dict[str, click.Command]:
    """Return every command that does something, by its name with that of its group."""
    return dict(_within(gatehouse, ()))


def _within(group: click.Group, names: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from _within(found, (*names, name))
        else:
            yield " ".join((*names, name)), found


class CommandTrials:
    """The command line on copies of the prepared casebook."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    def tried(self, command: str, call: str, username: str) -> Outcome:
        """Call a command as somebody; tell how it was taken."""
        copy = self._trials.copy
        environment = _environment(copy)
        _sign_in(self._trials.prepared, copy, username)
        words = [word.format_map(_names(self._trials.prepared, copy, username)) for word in call.split()]
        result = CliRunner(env=environment).invoke(gatehouse, [*command.split(), *words], input=f"{PASSWORD}\n")
        return Outcome(
            _cell(result.exception, f"{command} {call} by {username}: {result.output}"), self._trials.changed()
        )

    def rows(self, columns: tuple[Column, ...]) -> dict[CommandTry, list[Outcome]]:
        """Try everything by everybody."""
        return {one: [self.tried(one.command, one.call, column.username) for column in columns] for one in TRIES}


def _environment(copy: Path) -> dict[str, str | None]:
    """Return the environment of a call: that of whoever runs the tests does not count."""
    away = {name: None for name in os.environ if name.startswith(("GATEHOUSE_", "PREFECT_API", "LC_", "LANG"))}
    ours = {"GATEHOUSE_DATA": str(copy), "XDG_CONFIG_HOME": str(copy / "config"), "PREFECT_API_URL": NO_PREFECT}
    return {**away, **ours, "LC_ALL": "C.UTF-8"}


def _sign_in(prepared: Prepared, copy: Path, username: str) -> None:
    """Keep the person's sign-in where the command line looks for it; nobody's where nobody is."""
    shutil.rmtree(copy / "config", ignore_errors=True)
    if username:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CONFIG_HOME", str(copy / "config"))
            keep_token(house_at(copy), prepared.sessions[username])


def _names(prepared: Prepared, copy: Path, username: str) -> dict[str, str]:
    today = datetime.now(UTC).date()
    return {
        **prepared.names,
        "files": str(copy / "files"),
        "today": today.isoformat(),
        "until": (today + timedelta(days=30)).isoformat(),
        "token": prepared.names.get(f"token of {username}", "1"),
    }


def _cell(error: BaseException | None, told: str) -> Cell:
    if error is None:
        return "yes"
    # Anything else is neither let in nor shut out: the try itself is wrong, or the command broke.
    assert isinstance(error, NotAllowed), f"{error!r}: {told[-1500:]}"
    return "sign in" if error.message.en == NOBODY_IS_THERE else "no"
