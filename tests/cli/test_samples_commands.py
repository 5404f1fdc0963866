"""`gatehouse samples` and `gatehouse look`."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.application import parse_application
from admission.cases import CaseKind
from tests.cli.conftest import Run, application
from tests.desk.test_looks import REFUSED
from wiring import House


@pytest.fixture
def drawn(demo: House) -> str:
    """Reference of a knock-out that was drawn."""
    asked = parse_application(application("Struckoff Trading Corp", "9900007"))
    case, _ = demo.casebook.cases.open(asked, kind=CaseKind.ONBOARDING, requester="lena", channel="cli")
    demo.casebook.cases.decide(case.reference, REFUSED, actor="system", round_number=1, sample=Decimal(1))
    demo.casebook.cases.conclude(case.reference, customer=None, conditions=[], notices=[])
    return case.reference


def test_what_was_drawn_is_listed_with_what_was_said_of_it(run: Run, drawn: str) -> None:
    before = run("samples", "--json").document
    assert [(row["case"], row["drawn"], row["look"]) for row in before] == [(drawn, "yes", None)]
    said = run("look", drawn, "--agree", "--note", "read the register", "--as", "feng")
    assert (said.status, said.out) == (0, f"{drawn}: feng agreed\n")
    assert "feng: agreed, read the register" in run("samples").out


def test_re_opening_names_the_case_in_which_people_decide(run: Run, drawn: str, demo: House) -> None:
    said = run("look", drawn, "--reopen", "--note", "another company", "--as", "mira")
    newest = demo.casebook.cases.list(newest=1)[0].reference
    assert said.out == f"{drawn}: re-opened; people decide in {newest}, round 1\n"
    assert run("case", drawn, "--json").document["sample"]["look"]["opened"] == newest


def test_who_asked_for_the_customer_does_not_look(run: Run, drawn: str) -> None:
    said = run("look", drawn, "--agree", "--note", "fine", "--as", "lena")
    assert (said.status, said.error[:7]) == (1, "error: ")
    assert "so you cannot spot-check the decision on it" in said.error
    assert run("look", drawn, "--note", "fine", "--as", "feng").status == 2


@pytest.mark.usefixtures("drawn")
def test_the_seed_of_the_quarter_that_is_on_is_not_told(run: Run) -> None:
    [seed] = run("samples", "--seeds", "--json").document
    assert (seed["seed"], len(seed["sha256"])) == (None, 64)


@pytest.mark.usefixtures("demo")
def test_nothing_drawn_is_said_so(run: Run) -> None:
    assert run("samples").out == "nothing was drawn yet\n"
