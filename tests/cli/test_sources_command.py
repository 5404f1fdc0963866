"""`gatehouse sources parse`: what a saved answer tells, without network or casebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import connectors
from connectors.creditsafe import Creditsafe
from tests.cli.conftest import Run
from tests.connectors.test_examples import CASES

ROOM = Path(connectors.__file__).parent
AS_OF = ("--as-of", "2026-11-23")


def body_of(source: str, case: str) -> str:
    (path,) = (ROOM / source / "examples").glob(f"{case}.raw.*")
    return str(path)


def parsed(run: Run, *arguments: str) -> Any:
    said = run("sources", "parse", *arguments, *AS_OF, "--json")
    assert (said.status, said.err) == (0, "")
    return json.loads(said.out)


def values(told: dict[str, Any], name: str) -> list[Any]:
    return [fact["value"] for fact in told["facts"] if name in (fact.get("metric"), fact.get("name"))]


# A saved answer counts as one with status 200.
GOOD = [path for path in CASES if json.loads(path.read_text(encoding="utf-8")).get("status", 200) == 200]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: f"{path.parts[-3]}: {path.name.removesuffix('.query.json')}")
def test_every_example_is_read_as_its_connector_reads_it(run: Run, path: Path) -> None:
    query = json.loads(path.read_text(encoding="utf-8"))["query"]
    given = [f"--query={name}={value}" for name, value in query.get("params", {}).items()]
    stem = path.name.removesuffix(".query.json")
    told = parsed(run, query["source"], body_of(query["source"], stem), f"--query=kind={query['kind']}", *given)
    assert set(told) == {"answer", "message", "facts", "remarks"}
    expected = json.loads(path.with_name(f"{stem}.expected.json").read_text(encoding="utf-8"))
    if query["source"] == "ofac_sdn" and expected["answer"] == "no_record":
        # An excerpt: that nobody like the company is in it tells nothing of the list.
        assert (told["answer"], told["facts"]) == ("unavailable", [])
        assert "too few entries" in told["message"]
    elif "error" not in expected:
        assert told["answer"] == expected["answer"]
        tables = {fact["table"] for fact in expected["facts"]} - {"untold"}
        assert {fact["table"] for fact in told["facts"]} == tables
    else:
        assert told["answer"] in ("changed", "unavailable", "challenged")
        assert told["facts"] == []
        assert told["message"]


def test_what_is_not_given_is_filled_in(run: Run) -> None:
    report = parsed(run, "creditsafe", body_of("creditsafe", "report_sound"))
    assert values(report, "legal_name") == ["NORTHAVEN METALS LIMITED"]
    accounts = parsed(run, "sec_edgar", body_of("sec_edgar", "accounts_us_gaap"))
    assert values(accounts, "total_assets")
    notice = parsed(run, "uk_gazette", body_of("uk_gazette", "notice_petition"), "--query=company_number=99999901")
    assert notice["facts"][0]["reference"] == "9900001"
    charges = parsed(run, "uk_companies_house", body_of("uk_companies_house", "charges"))
    assert charges["answer"] == "found"


def test_figures_are_flat_and_in_whole_units(run: Run) -> None:
    told = parsed(run, "financials_upload", body_of("financials_upload", "english"))
    for fact in told["facts"]:
        assert not [value for value in fact.values() if isinstance(value, dict | list)]
        assert {"metric", "value", "currency", "period_end"} <= set(fact)
    assert told["answer"] == "found"


def test_refused_accounts_are_changed_with_a_remark_a_problem(run: Run) -> None:
    path = body_of("financials_upload", "without_unit")
    told = parsed(run, "financials_upload", path)
    assert (told["answer"], told["facts"]) == ("changed", [])
    assert any("the unit of the amounts" in remark for remark in told["remarks"])
    assert parsed(run, "financials_upload", path, "--query=unit=thousand")["answer"] == "found"


def test_many_files_are_a_list(run: Run) -> None:
    paths = [body_of("uk_gazette", name) for name in ("search_nothing", "search_by_name")]
    told = parsed(run, "uk_gazette", *paths, "--kind", "search", "--query=name=Larkfield Instruments Limited")
    assert [item["answer"] for item in told] == ["no_record", "found"]


def test_a_name_that_the_source_does_not_know_is_ignored_with_a_remark(run: Run) -> None:
    told = parsed(run, "creditsafe", body_of("creditsafe", "report_sound"), "--query=colour=blue")
    assert told["remarks"][-1] == "colour is no part of such a question; it was ignored"


def test_rubbish_is_changed_and_not_a_crash(run: Run, tmp_path: Path) -> None:
    for name, kinds in {
        "sec_edgar": ("submissions", "companyfacts", "older_filings"),
        "uk_companies_house": ("profile", "charges", "officers", "insolvency", "filing_history"),
        "uk_gazette": ("search", "notice"),
        "creditsafe": ("search", "report"),
        "manual_evidence": ("judgement", "penalties"),
    }.items():
        for number, body in enumerate((b"[]", b"{}", b"null", b"\xff\xfe", b"<![", b'"text"', b"[[[[", b"1e999999")):
            path = tmp_path / f"{number}.json"
            path.write_bytes(body)
            for kind in kinds:
                assert parsed(run, name, str(path), "--kind", kind)["answer"] in ("changed", "unavailable")


def test_bad_usage_ends_with_2(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text("{}")
    assert run("sources", "parse", "nowhere", str(path)).status == 2
    assert run("sources", "parse", "creditsafe").status == 2
    assert run("sources", "parse", "creditsafe", str(path), "--query", "name").status == 2
    assert run("sources", "parse", "creditsafe", str(path), "--as-of", "yesterday").status == 2
    said = run("sources", "parse", "creditsafe", str(path))
    assert (said.status, said.error.splitlines()[-1]) == (
        2,
        "Error: Say with --kind what answer.json is an answer to: search, report.",
    )
    assert run("sources", "parse", "creditsafe", str(path), "--kind", "wish").status == 2


def test_an_error_that_no_parser_may_raise_ends_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Creditsafe, "parse", broken)
    said = run("sources", "parse", "creditsafe", body_of("creditsafe", "report_sound"))
    assert (said.status, said.out) == (1, "")
    assert "ZeroDivisionError" in said.error


def test_a_person_reads_a_table_and_remarks(run: Run) -> None:
    said = run("sources", "parse", "financials_upload", body_of("financials_upload", "interim"), *AS_OF)
    assert said.status == 0
    assert said.out.splitlines()[0] == "found"
    assert "- " in said.out
