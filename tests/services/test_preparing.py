"""The sequence of a round: the same, whoever executes it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from admission.cases import Case, Step
from intake.applications import read_applications
from services import chunks, preparing
from services.opening import Asked, open_case
from services.trial import MemoryExecutor
from tasks.rounds import TaskExecutor
from tests.conftest import ROOT
from tests.services.conftest import STORY
from wiring import House

ANALYST = Asked("analyst", "desk")


def opened(at: House, story: str = STORY) -> Case:
    (application,) = read_applications(ROOT / "sandbox" / "applicants" / f"{story}.yaml").applications
    return open_case(at, application, ANALYST)


class Recorder:
    """Executes nothing, and writes down what it was asked to do."""

    def __init__(self, knocked_out: bool) -> None:
        self.told: list[str] = []
        self._knocked_out = knocked_out

    def due(self, cases: Sequence[Case], step: Step) -> list[Case]:
        self.told.append(f"due {step}")
        return list(cases)

    def knocked_out(self, cases: Sequence[Case]) -> list[Case]:
        self.told.append("knocked out?")
        return list(cases) if self._knocked_out else []

    def ask(self, cases: Sequence[Case], stage: str) -> None:
        self.told.append(f"ask {stage} of {len(cases)}")

    def complete(self, cases: Sequence[Case], step: Step) -> None:
        self.told.append(f"done {step}")

    def carry_over(self, cases: Sequence[Case]) -> None:
        self.told.append("carry over")

    def skip_paid_sources(self, cases: Sequence[Case]) -> None:
        self.told.append(f"skip paid of {len(cases)}")

    def validate(self, cases: Sequence[Case]) -> None:
        self.told.append("validate")

    def assess(self, cases: Sequence[Case]) -> None:
        self.told.append("assess")


@pytest.mark.parametrize("knocked_out", [False, True])
def test_the_sequence_of_a_round(at: House, knocked_out: bool) -> None:
    recorder = Recorder(knocked_out)
    preparing.prepare(recorder, [opened(at)])
    assert recorder.told == [
        "due prescreen",
        "carry over",
        "ask prescreen of 1",
        "done prescreen",
        "due investigate",
        "knocked out?",
        f"skip paid of {int(knocked_out)}",
        f"ask investigate of {int(not knocked_out)}",
        "done investigate",
        "due validate",
        "validate",
        "due assess",
        "assess",
    ]


def test_every_executor_has_the_steps_of_the_sequence() -> None:
    steps = {name for name in vars(preparing.Executor) if not name.startswith("_")}
    for executor in (TaskExecutor, chunks.ChunkExecutor, MemoryExecutor):
        assert steps <= set(dir(executor)), executor
