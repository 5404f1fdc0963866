"""`gatehouse policy ...` and `gatehouse performance` as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.people import Person
from tests.cli.conftest import Run
from tests.services.policy_files import in_a_format_of_old, only_grade_a, policy_file
from wiring import House


@pytest.fixture
def at(demo: House) -> House:
    """The demo's house with a risk manager and a president."""
    for username, roles in (("rita", ("risk_manager",)), ("max", ("president",))):
        department = "management" if username == "max" else "credit"
        person = Person.model_validate(
            {"username": username, "name": username.title(), "department": department, "roles": roles}
        )
        demo.casebook.people.add(person, "correct horse battery")
    return demo


def test_a_policy_goes_from_file_to_force(run: Run, at: House, tmp_path: Path) -> None:
    file = policy_file(tmp_path)
    said = run("policy", "propose", file, "--as", "rita")
    assert said.out.startswith("default 2026.2 (sha256 ")
    assert "proposed; another person adds: gatehouse policy publish " in said.out
    assert "does not publish it" in run("policy", "publish", "2026.2", "--as", "rita").error
    assert "published; in force from 2026-11-01\n" in run("policy", "publish", "2026.2", "--as", "max").out

    listed = run("policy", "list", "--json").document
    assert [(item["version"], item["state"], item["in_force"]) for item in listed] == [("2026.2", "published", True)]
    table = run("policy", "list").out.splitlines()
    assert table[1].split()[:4] == ["default", "2026.2", "in", "force"]
    assert run("policy", "show", "2026.2", "--text").out == file.read_text(encoding="utf-8")
    assert "published by max" in run("policy", "show", "2026.2").out


def test_what_is_not_signed_for_is_not_done(run: Run, real: House, tmp_path: Path) -> None:
    said = run("policy", "propose", policy_file(tmp_path))
    assert said.status == 1
    assert "You may not propose a policy" in said.error
    assert "who may: risk manager or policy owner or management" in said.error
    assert "--as works only" in run("policy", "withdraw", "2026.2", "--as", "max").error


def test_a_file_with_mistakes_names_them(run: Run, at: House, tmp_path: Path) -> None:
    said = run("policy", "propose", policy_file(tmp_path, default_review_months=99), "--as", "rita")
    assert said.status == 1
    assert "default_review_months" in said.error
    assert run("policy", "list", "--json").document == []
    assert "no version was proposed yet" in run("policy", "list").out


def test_differences_are_told_in_words_between_versions_and_files(
    run: Run, at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("policy", "propose", policy_file(tmp_path), "--as", "rita")
    run("policy", "publish", "2026.2", "--as", "max")
    other = policy_file(tmp_path, "2026.3", default_review_months=9)
    said = run("policy", "diff", "2026.2", other)
    assert said.out.splitlines() == ["  version: 2026.2 -> 2026.3", "  months between reviews: 6 -> 9"]
    told = run("policy", "diff", other, "2026.2", "--json").document
    assert (told["old"]["version"], told["new"]["version"]) == ("2026.3", "2026.2")
    assert {
        "place": "default_review_months",
        "en": "months between reviews: 9 -> 6",
        "zh": "复审间隔（月）：9 -> 6",
    } in told["differences"]
    assert "nothing differs" in run("policy", "diff", other, other).out
    run("policy", "propose", other, "--as", "rita")
    assert "against default 2026.2:" in run("policy", "show", "2026.3").out
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    assert "复审间隔（月）：6 -> 9" in run("policy", "show", "2026.3").out
    assert "已撤回" in run("policy", "withdraw", "2026.3", "--as", "rita").out
    assert "准入政策没有这个版本" in run("policy", "diff", "2026.2", "2031.1").error


def test_a_version_in_a_format_of_old_is_shown_as_text_and_named_as_such(run: Run, at: House) -> None:
    in_a_format_of_old(at)
    shown = run("policy", "show", "2020.1")
    assert shown.status == 0
    assert "a format that this Gatehouse cannot read any more. This is its text:\nrules: []\n" in shown.out
    assert run("policy", "show", "2020.1", "--json").document["readable"] is False
    assert run("policy", "list", "--json").document[0]["version"] == "2020.1"
    assert "cannot read any more" in run("policy", "diff", "2020.1", "2020.1").error


def test_a_shadow_is_started_reported_and_stopped(run: Run, at: House, tmp_path: Path) -> None:
    assert "No policy has run" in run("policy", "shadow", "report").error
    run("policy", "propose", policy_file(tmp_path, **only_grade_a()), "--as", "rita")
    assert run("policy", "shadow", "2026.2", "--as", "rita").status == 2
    started = run("policy", "shadow", "2026.2", "--until", "2099-12-31", "--as", "rita")
    assert started.out == "default 2026.2 runs in the shadow until 2099-12-31\n"
    assert (
        "runs in the shadow already" in run("policy", "shadow", "2026.2", "--until", "2099-12-31", "--as", "max").error
    )
    report = run("policy", "shadow", "report", "--json").document
    assert (report["title"], report["assessed"], report["otherwise"], report["failed"]) == ("default 2026.2", 0, [], [])
    assert "0 of 0 assessments would have come out otherwise; 0 failed" in run("policy", "shadow", "report").out
    assert "runs in the shadow no more" in run("policy", "shadow", "stop", "--as", "max").out
    assert "ended" in run("policy", "shadow", "report").out


def test_performance_of_a_case_without_credit_is_refused(run: Run, demo: House, voting: str) -> None:
    said = run("performance", voting, "paid", "--on", "2026-11-20", "--as", "mira")
    assert "No credit was granted by this case" in said.error
    assert run("performance", voting, "lost", "--on", "2026-11-20").status == 2
    assert "This is not a day" in run("performance", voting, "paid", "--on", "yesterday", "--as", "mira").error
    late = run("performance", voting, "late", "--on", "2026-11-20", "--as", "mira")
    assert "late asks for the number of days" in late.error


def test_performance_is_recorded_and_shown_with_the_case(run: Run, demo: House, voting: str) -> None:
    for voter in ("feng", "lena", "sam", "mira", "cora"):
        run("vote", voting, "--approve", "--comment", "sound", *accepts(demo, voting), "--as", voter)
    assert demo.casebook.cases.get(voting).decision is not None
    day = demo.today().isoformat()
    said = run(
        "performance",
        voting,
        "late",
        "--on",
        day,
        "--days-late",
        12,
        "--amount",
        "900.50",
        "--currency",
        "USD",
        "--as",
        "mira",
    )
    assert said.out == f"1. {day} {voting} paid late, 12 days late, 900.50 USD, mira\n"
    made = run("performance", voting, "defaulted", "--on", day, "--corrects", 1, "--as", "mira", "--json").document
    assert (made["id"], made["corrects"], made["by"]) == (2, 1, "mira")
    shown = run("case", voting).out
    assert f"2. {day} {voting} defaulted, mira (corrects 1)" in shown
    assert [item["outcome"] for item in run("case", voting, "--json").document["performance"]] == ["late", "defaulted"]
    report = run("policy", "report", "--json").document
    assert (report["bad_rate"]["bad"]["count"], report["bad_rate"]["bad"]["of"]) == (1, 1)
    told = run("policy", "report").out
    assert "1/1 100.0%" in told
    assert "Stability of the score: unknown, a window has no scores (0 -> 1" in told


def accepts(house: House, reference: str) -> list[str]:
    poll = house.casebook.voting.poll(reference, 1)
    assert poll is not None
    return [part for name in poll.to_accept for part in ("--accept", f"{name}=known to us")]


def test_the_report_of_an_empty_house_says_so(run: Run, real: House) -> None:
    said = run("policy", "report", "--from", "2026-01-01", "--to", "2026-06-30")
    assert said.out.startswith("Assessed from 2026-01-01 to 2026-06-30; policies: none\n")
    assert "Exposure: 0 USD in limits of 0 customers" in said.out
    assert "ends before it begins" in run("policy", "report", "--from", "2027-01-01", "--to", "2026-06-30").error
