"""`gatehouse policy route`: who must approve, in what order, which band it is and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run
from tests.conftest import ROOT

DEFAULT = ROOT / "policies" / "default.yaml"


def routed(run: Run, *arguments: str, file: Path = DEFAULT) -> dict[str, Any]:
    said = run("policy", "route", file, *arguments, "--json")
    assert said.status == 0, said.err
    document: dict[str, Any] = said.document
    return document


def test_a_route_is_told_with_its_band_its_reasons_and_its_stages(run: Run) -> None:
    said = run("policy", "route", DEFAULT, "--grade", "C", "--amount", "250000")
    assert said.out.splitlines() == [
        "default 2026.1, grade C, 250,000 USD, segment standard",
        "desk: people approve in stages, ≤ 500k USD",
        "  by the amount: ≤ 250k USD",
        "  grade C: 1 band up",
        "why not by the system: grade C; more than 25,000 USD",
        "1. Detailed review by finance, legal and sales: 1 x finance and 1 x legal and 1 x sales",
        "2. Decision by the controller: 1 x controller",
    ]


def test_the_same_in_chinese(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    said = run("policy", "route", DEFAULT, "--grade", "C", "--amount", "250000")
    assert said.out.splitlines()[1:4] == ["分级审批，≤ 500k USD", "  按金额：≤ 250k USD", "  等级 C：上调1档"]


@pytest.mark.usefixtures("real")
def test_who_could_fill_each_seat_is_named_where_there_is_a_casebook(run: Run) -> None:
    document = routed(run, "--grade", "C", "--amount", "250000")
    seats = {seat["asks"]: [one["username"] for one in seat["people"]] for seat in document["stages"][0]["seats"]}
    assert seats == {"1 x finance": ["cora", "feng"], "1 x legal": ["lena"], "1 x sales": ["ada", "sam"]}
    said = run("policy", "route", DEFAULT, "--grade", "E", "--amount", "250001")
    assert "   1 x president: nobody can fill it" in said.out.splitlines()


WHYS: dict[str, tuple[tuple[str, ...], str, str | None, list[str]]] = {
    "fast track": (("--grade", "A", "--amount", "25000"), "fast_track", None, []),
    "more than the fast track takes": (("--grade", "A", "--amount", "25000.01"), "desk", "≤ 250k USD", ["≤ 250k USD"]),
    "knock-out": (("--grade", "A", "--amount", "10", "--fails", "sanctions"), "knock_out", None, []),
    "an unknown knock-out": (("--grade", "A", "--amount", "10", "--unknown", "sanctions"), "desk", "≤ 25k USD", []),
    "an override": (("--grade", "A", "--amount", "10", "--override"), "desk", "≤ 250k USD", ["an override: 1 band up"]),
    "grade and override": (
        ("--grade", "D", "--amount", "10", "--override"),
        "desk",
        "≤ 500k USD",
        ["grade D: 1 band up", "an override: 1 band up"],
    ),
    "the worst grade": (("--grade", "E", "--amount", "10"), "desk", "≤ 500k USD", ["grade E: 2 bands up"]),
    "no rate": (
        ("--grade", "A", "--amount", "10", "--currency", "CNY"),
        "committee",
        "> 1m USD",
        ["the amount is not known: the highest band"],
    ),
}


@pytest.mark.parametrize("name", WHYS)
def test_why_a_band_was_chosen_is_told(run: Run, name: str) -> None:
    arguments, kind, band, why = WHYS[name]
    document = routed(run, *arguments)
    assert (document["route"], document["band"]) == (kind, band)
    assert all(any(text in told for told in document["why"]) for text in why)


def test_a_hold_comes_first(run: Run) -> None:
    document = routed(run, "--grade", "A", "--amount", "100000", "--fails", "own_overdue")
    assert [stage["name"] for stage in document["stages"]] == ["hold", "review", "decision"]


def test_a_segment_with_a_matrix_of_its_own_has_that(run: Run, tmp_path: Path) -> None:
    document = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    title = {"en": "Sales and finance at once", "zh": "销售与财务同时审批"}
    stages = [
        {"name": "sales", "title": title, "require": {"department": "sales"}},
        {"name": "finance", "title": title, "require": {"department": "finance"}, "together": True},
    ]
    segments: dict[str, Any] = {name: {} for name in document["segments"]}
    document["segments"] = segments | {"distributor": {"bands": [{"name": "Any amount", "stages": stages}]}}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    arguments = ("--grade", "C", "--amount", "250000")
    own = routed(run, *arguments, "--segment", "distributor", file=file)
    assert (own["band"], [stage["together"] for stage in own["stages"]]) == ("Any amount", [False, True])
    assert own["stages"][1]["asks"] == "1 x finance, at the same time as the stage before it"
    assert routed(run, *arguments, file=file)["band"] == "≤ 500k USD"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--grade", "F", "--amount", "10"), 1, "grade: 'F': no such name; one of A, B, C, D, E"),
        (("--grade", "A", "--amount", "10", "--segment", "mikro"), 1, "did you mean micro?"),
        (("--grade", "A", "--amount", "10", "--fails", "pays_lat"), 1, "did you mean pays_late?"),
        (("--grade", "A", "--amount", "ten"), 2, "'ten' is not an amount"),
        (("--grade", "A", "--amount", "-1"), 2, "'-1' is not an amount of more than zero"),
        (("--grade", "A", "--amount", "NaN"), 2, "'NaN' is not an amount of more than zero"),
        (("--grade", "A", "--amount", "10", "--currency", "XXX"), 2, "'XXX' is no ISO 4217 code"),
    ],
)
def test_what_the_policy_does_not_know_is_refused(run: Run, arguments: tuple[str, ...], status: int, told: str) -> None:
    said = run("policy", "route", DEFAULT, *arguments)
    assert said.status == status
    assert told in said.err
