"""`gatehouse worker`: it starts with what it needs, and refuses without, in one plain line for each thing missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence

import pytest

from tests.cli.conftest import NO_PREFECT, Run
from wiring import House

Started = list[tuple[Sequence[str], Mapping[str, str]]]


class Gone(Exception):
    """This process has become the worker."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """What this process would have become."""
    calls: Started = []

    def become(_: str, call: Sequence[str], environment: Mapping[str, str]) -> None:
        calls.append((call, environment))
        raise Gone

    monkeypatch.setattr(os, "execve", become)
    return calls


@pytest.mark.usefixtures("voting")
def test_with_all_it_needs_it_becomes_a_worker_of_prefect(run: Run, started: Started) -> None:
    run("worker", "--name", "second", "--limit", "2")
    ((call, environment),) = started
    assert call == [
        *(sys.executable, "-m", "cli.running.prefect", "worker", "start", "--pool", "gatehouse", "--type", "process"),
        *("--name", "second", "--limit", "2"),
    ]
    assert environment["PREFECT_API_URL"] == NO_PREFECT


@pytest.mark.usefixtures("voting")
@pytest.mark.parametrize(("cores", "runs"), [(1, "2"), (8, "9"), (None, "2")])
def test_it_executes_no_more_runs_at_once_than_the_machine_bears(
    run: Run, started: Started, monkeypatch: pytest.MonkeyPatch, cores: int | None, runs: str
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    run("worker")
    ((call, _),) = started
    assert call[-2:] == ["--limit", runs]


def test_without_the_signing_key_it_refuses(run: Run, demo: House, started: Started) -> None:
    shutil.rmtree(demo.settings.folder / "keys")
    said = run("worker")
    assert (said.status, started) == (1, [])
    assert said.error == (
        "error: The worker does not start, for its runs would fail: signing key. - mend what is said above"
    )
    assert "signing key: This machine does not have the casebook's signing key, so it cannot write." in said.err


@pytest.mark.usefixtures("voting")
def test_with_a_folder_of_answers_that_is_not_shared_it_refuses(run: Run, demo: House, started: Started) -> None:
    shutil.rmtree(demo.settings.folder / "answers")
    said = run("worker", "--lang", "zh")
    assert (said.status, started) == (1, [])
    assert said.error == "错误：工作进程未启动，因为其运行都会失败：留存答复。 - 请按以上提示处理"
    assert "mount" not in said.err


@pytest.mark.usefixtures("voting")
def test_a_single_lost_answer_stops_nobody(run: Run, demo: House, started: Started) -> None:
    files = [path for path in (demo.settings.folder / "answers").rglob("*") if path.is_file()]
    assert len(files) > 1
    files[0].unlink()
    run("worker")
    assert len(started) == 1


@pytest.mark.usefixtures("demo")
def test_everything_that_is_missing_is_named_at_once(
    run: Run, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_RATES", "nowhere.csv")
    monkeypatch.setenv("GATEHOUSE_REDIS_URL", "redis://127.0.0.1:9/0")
    said = run("worker")
    assert (said.status, started) == (1, [])
    assert "its runs would fail: rates, rate limits." in said.error
    assert "Redis, which holds the rate limits, does not answer." in said.err


def test_without_a_casebook_it_refuses(run: Run, started: Started) -> None:
    said = run("worker")
    assert (said.status, started) == (1, [])
    assert "There is no casebook yet." in said.err
