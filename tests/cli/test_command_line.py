from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from admission.errors import GatehouseError
from cli.commands import COMMANDS
from cli.main import gatehouse, main
from tests.cli.conftest import PASSWORD, Run, application, written
from tests.languages import plain
from wiring import House


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize("path", [(), *every_command(gatehouse)], ids=" ".join)
def test_each_command_explains_itself_with_an_example(run: Run, path: tuple[str, ...]) -> None:
    for flag in ("--help", "-h"):
        said = run(*path, flag)
        assert (said.status, said.err) == (0, "")
        assert "Example" in said.out
        command = " ".join(("gatehouse", *path))
        assert said.out.startswith(f"Usage: {command} ")
        assert command in " ".join(said.out.partition("Example")[2].split())


def test_the_summary_lists_every_command_without_loading_it() -> None:
    code = "import sys; from cli.main import gatehouse; import click; gatehouse.get_help(click.Context(gatehouse));"
    code += "print([name for name in ('cli.running.up', 'wiring', 'sqlalchemy', 'prefect') if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "[]\n"


def test_what_is_no_command_is_a_usage_error(run: Run) -> None:
    said = run("nonsense")
    assert (said.status, said.out) == (2, "")
    assert said.error == "Error: No such command 'nonsense'."
    assert run("cases", "--nonsense").status == 2
    assert run("case").error == "Error: Missing argument 'REFERENCE'."


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out.startswith("gatehouse, version ")


@click.command()
@click.argument("how")
def failing(how: str) -> None:
    """Fail in some way. Example: gatehouse failing x."""
    if how == "expected":
        raise GatehouseError(plain("It is\nbroken."), context={"case": "GH-1"}, remedy=plain("mend it"))
    if how == "stopped":
        raise KeyboardInterrupt
    raise RuntimeError("a bug\nof ours")


@pytest.fixture
def _failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "failing", (__name__, "Fail."))


@pytest.mark.usefixtures("_failing")
def test_errors_are_one_plain_line_with_the_remedy(run: Run) -> None:
    assert run("failing", "expected") == (1, "", "error: It is broken. (case GH-1) - mend it\n")
    bug = run("failing", "bug")
    assert bug == (1, "", "error: unexpected RuntimeError: a bug of ours - set GATEHOUSE_DEBUG=1 to see where\n")
    stopped = run("failing", "stopped")
    assert (stopped.status, stopped.err.strip()) == (130, "stopped")


@pytest.mark.usefixtures("_failing")
def test_a_bug_can_be_looked_into(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DEBUG", "1")
    with pytest.raises(RuntimeError, match="a bug"):
        main(["failing", "bug"])


def installed(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command as people do."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **settings},
    )


def test_the_installed_command_keeps_a_case_that_nothing_moves_yet(real: House, tmp_path: Path) -> None:
    opened = installed("onboard", str(written(tmp_path, "one.json", application())))
    assert opened.returncode == 1
    assert "gathering evidence" in opened.stdout
    assert opened.stderr.startswith("error: 1 case(s) are kept")
    assert opened.stderr.count("\n") == 1
    assert [case.requester for case in real.casebook.cases.list()] == ["ada"]


def test_a_password_is_read_from_a_pipe(real: House) -> None:
    assert installed("login", "lena", stdin=f"{PASSWORD}\n").stdout == "signed in as lena\n"


def test_a_broken_setting_and_a_missing_file_end_with_status_1_and_one_line(tmp_path: Path) -> None:
    for ended in (installed("cases", GATEHOUSE_LANGUAGE="fr"), installed("assess", str(tmp_path / "gone.yaml"))):
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.count("\n") == 1
        assert ended.stderr.startswith("error: ")
