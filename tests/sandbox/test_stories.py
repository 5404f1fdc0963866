from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from admission.application import parse_application
from admission.errors import BadInput
from admission.identifiers import checked
from sandbox.accounts import Accounts
from sandbox.stories import STORIES, Story, load_stories
from sandbox.wire import SandboxError
from tests.sandbox.conftest import TODAY

APPLICANTS = STORIES.parent / "applicants"
STORY = STORIES / "1_sound_and_small.yml"
SOUND = {
    "1_sound_and_small",
    "2_sound_and_large",
    "5_source_down",
    "6_declared_contradicts_register",
    "book_brindlecote",
    "book_ostermark",
}


@pytest.fixture(scope="module")
def told() -> dict[str, Story]:
    return {story.name: story for story in load_stories(TODAY)}


def z_double_prime(year: Accounts) -> float:
    """Altman Z'' of 1995."""
    working_capital = year.current_assets - year.current_liabilities
    return (
        6.56 * working_capital + 3.26 * year.retained + 6.72 * year.operating_profit
    ) / year.total_assets + 1.05 * year.equity / year.total_liabilities


def test_the_sound_companies_are_sound_by_every_ratio(told: dict[str, Story]) -> None:
    for name in SOUND:
        for year in told[name].accounts:
            assert z_double_prime(year) > 4.1, name
            assert year.operating_profit / year.interest > 3, name
            assert year.current_assets / year.current_liabilities > 1.1, name
        assert told[name].sources["creditsafe"]["dbt"] == 2


def test_the_over_indebted_company_owes_more_than_it_has(told: dict[str, Story]) -> None:
    latest = told["3_over_indebted"].accounts[0]
    assert latest.equity == -12_600_000
    assert latest.operating_profit / latest.interest < 1
    assert z_double_prime(latest) < 1.1


def test_each_year_carries_on_from_the_year_before(told: dict[str, Story]) -> None:
    for story in told.values():
        for year, before in zip(story.accounts, story.accounts[1:], strict=False):
            assert year.retained == before.retained + year.net_income - year.dividends, story.name
            assert year.period_start == before.period_end + timedelta(days=1)


def test_invented_numbers_are_well_formed(told: dict[str, Story]) -> None:
    for story in told.values():
        if house := story.sources.get("uk_companies_house"):
            assert checked("uk_company_number", house["number"]) == house["number"]
        if sec := story.sources.get("sec_edgar"):
            assert checked("cik", sec["cik"]) == sec["cik"]
            assert checked("ein", sec["ein"]) == sec["ein"]


def test_each_story_has_an_applicant_of_its_name_and_number_and_an_expectation(told: dict[str, Story]) -> None:
    expected = yaml.safe_load((STORIES.parent / "expected.yml").read_text())
    names = [name for name in told if not name.startswith("book_")]
    assert sorted(expected) == sorted(path.stem for path in APPLICANTS.glob("*.yaml")) == sorted(names)
    for name in names:
        application = parse_application(yaml.safe_load((APPLICANTS / f"{name}.yaml").read_text()))
        sources = told[name].sources
        assert (application.legal_name, application.country) == (told[name].legal_name, told[name].country)
        numbers = {"uk_company_number": ("uk_companies_house", "number"), "cik": ("sec_edgar", "cik")}
        for kind, number in application.identifiers.items():
            if kind == "uscc":
                shown = [look["registration"] for look in told[name].official if "registration" in look]
                assert [registration["uscc"] for registration in shown] == [number]
                continue
            source, field = numbers[kind]
            assert number == sources[source][field]


def test_only_one_applicant_declares_what_its_accounts_do_not_bear_out(told: dict[str, Story]) -> None:
    contradicting = []
    for path in sorted(APPLICANTS.glob("*.yaml")):
        declared = parse_application(yaml.safe_load(path.read_text())).declared
        assert declared.annual_revenue is not None
        if declared.annual_revenue.amount != told[path.stem].accounts[0].revenue:
            contradicting.append((path.stem, declared.founded))
    assert contradicting == [("6_declared_contradicts_register", date(1996, 2, 1))]


def test_the_book_has_four_good_rows_and_a_bad_one() -> None:
    outcomes = {}
    with (APPLICANTS / "book.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            kinds = {kind: row[kind] for kind in ("cik", "uk_company_number") if row[kind]}
            requested = {"limit": row["limit"], "currency": row["currency"], "terms_days": int(row["terms_days"])}
            document = {
                "legal_name": row["legal_name"],
                "country": row["country"],
                "segment": row["segment"],
                "identifiers": kinds,
                "requested": requested,
            }
            try:
                outcomes[number] = parse_application(document, row=number).legal_name
            except BadInput as error:
                outcomes[number] = ", ".join(sorted({problem.field for problem in error.problems}))
    assert outcomes == {
        1: "Brindlecote Lamps Limited",
        2: "Ostermark Pump Works Inc",
        3: "Corvane Freight Systems Inc",
        4: "Nobody Heard Of Us Limited",
        5: "country, identifiers.uk_company_number, requested.limit",
    }


def changed(folder: Path, old: str, new: str) -> Path:
    text = STORY.read_text(encoding="utf-8")
    assert old in text
    (folder / "changed.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cash: 420000", "cash: 420001", "changed.yml: accounts of 0 years ago: assets exceed .* by 1$"),
        ("cash: 420000", "gold: 420000", "changed.yml: accounts of 0 years ago: missing or unknown: cash, gold"),
        ("cash: 420000", "cash: lots", "changed.yml: accounts of 0 years ago: amounts are whole numbers"),
        ("country: GB", "nation: GB", "changed.yml: a table of accounts, country"),
        ("country: GB", "", "changed.yml: country is missing"),
        ("story: A", "story: [A", "changed.yml: "),
    ],
)
def test_a_malformed_story_is_told_with_its_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        load_stories(TODAY, changed(tmp_path, old, new))
