"""A pytest plugin for the proof: takes the tests of the table alone, plants a fault, and writes how each test ended.

It is loaded with `-p`, before any code of the product, so that what it plants is what that code imports.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchmarks.security.plants import PLANTS

PLAN = "SECURITY_PROOF"
# xdist names the group of a test behind its id.
_GROUP = re.compile(r"@(?:prefect|tests/[^@\[\]]*\.py)$")
PASSED, LEFT_OUT = "passed", "left out"
# The worst of setup, test and teardown counts.
_ORDER = (PASSED, "skipped", "failed")


class Plan(NamedTuple):
    """What the run is to do.

    Attributes:
        wanted: ids of tests without parameters, or files.
        without: markers whose tests are left out.
        plant: name of the fault to plant, or empty.
        told: file for how each test ended.
    """

    wanted: tuple[str, ...]
    without: tuple[str, ...]
    plant: str
    told: Path

    def written(self) -> str:
        """Return it as text for the environment."""
        return json.dumps({**self._asdict(), "told": str(self.told)})


def plan() -> Plan:
    """Return what this run is to do."""
    given: dict[str, Any] = json.loads(os.environ[PLAN])
    return Plan(tuple(given["wanted"]), tuple(given["without"]), given["plant"], Path(given["told"]))


def without_parameters(test: str) -> str:
    """Return the id of a test without its parameters."""
    return test.partition("[")[0]


def plain_id(test: str) -> str:
    """Return the id of a test without the group that xdist put behind it."""
    return _GROUP.sub("", test)


_LEFT_OUT_KEY = "security_left_out"
_plan = plan() if PLAN in os.environ else Plan((), (), "", Path(os.devnull))
_ends: dict[str, str] = {}
if _plan.plant:
    PLANTS[_plan.plant].do()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, Sequence[object], Sequence[object]]:
    """Keep the tests that the table names, and leave out those that this run has no time or server for."""
    kept, others = [], []
    for item in items:
        test = without_parameters(item.nodeid)
        if test not in _plan.wanted and test.partition("::")[0] not in _plan.wanted:
            others.append(item)
        elif any(item.get_closest_marker(marker) for marker in _plan.without):
            _ends[item.nodeid] = LEFT_OUT
            others.append(item)
        else:
            kept.append(item)
    items[:] = kept
    if others:
        config.hook.pytest_deselected(items=others)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test ended; an expected failure is none that was held off."""
    end = "failed" if hasattr(report, "wasxfail") else str(report.outcome)
    test = plain_id(report.nodeid)
    _ends[test] = max(_ends.get(test, PASSED), end, key=_ORDER.index)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process of xdist's has left out; how its tests ended it has told."""
    for test in getattr(node, "workeroutput", {}).get(_LEFT_OUT_KEY, ()):
        _ends.setdefault(plain_id(test), LEFT_OUT)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down how all ended, once: in the process that started xdist's others, or the only one."""
    handed_on = getattr(session.config, "workeroutput", None)
    if handed_on is None:
        _plan.told.write_text(json.dumps(_ends), encoding="utf-8")
    else:
        handed_on[_LEFT_OUT_KEY] = [test for test, end in _ends.items() if end == LEFT_OUT]
