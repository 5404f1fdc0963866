from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.cli.conftest import Run, application, written

pytestmark = pytest.mark.recorded
CIKS = {"apple": "320193", "wolfspeed": "895419", "ifrs": "1997711", "unknown": "1", "not_recorded": "4242"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not recorded is asked for again at once."""
    monkeypatch.setenv("GATEHOUSE_RETRY_DELAYS", "[0, 0]")


@pytest.fixture(scope="module")
def assessed(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Five filers, assessed in one call on what was recorded of them."""
    folder = tmp_path_factory.mktemp("five")
    files = [str(written(folder, f"{name}.json", application(f"{name} Inc", cik))) for name, cik in CIKS.items()]
    out = folder / "out.json"
    with pytest.MonkeyPatch.context() as patch, out.open("w", encoding="utf-8") as stdout:
        patch.setenv("GATEHOUSE_DATA", str(folder / "data"))
        patch.setenv("GATEHOUSE_RETRY_DELAYS", "[0, 0]")
        patch.setattr("sys.stdout", stdout)
        with pytest.raises(SystemExit) as ended:
            main(["assess", *files, "--recorded", str(recorded), "--as-of", "2026-11-20", "--json"])
    assert ended.value.code == 0
    documents = json.loads(out.read_text(encoding="utf-8"))
    yield dict(zip(CIKS, documents, strict=True))
    assert not (folder / "data").exists(), "assessing opens no casebook"


def answers(document: dict[str, Any], source: str) -> dict[str, str]:
    return {item["query"]["kind"]: item["answer"] for item in document["evidence"] if item["source"] == source}


def verdict(document: dict[str, Any], criterion: str) -> tuple[str, str]:
    (found,) = [item for item in document["assessment"]["criteria"] if item["id"] == criterion]
    return found["verdict"], found["message"]


def test_recorded_accounts_give_the_filed_figures(assessed: dict[str, dict[str, Any]]) -> None:
    metrics = assessed["apple"]["metrics"]
    figures = {name: metrics[name]["value"] for name in ("total_assets", "revenue", "net_income")}
    assert figures == {"total_assets": 359241000000, "revenue": 416161000000, "net_income": 112010000000}
    assert round(metrics["current_ratio"]["value"], 3) == 0.893
    assert metrics["revenue"]["unit"] == "USD"
    assert metrics["revenue"]["sources"] == ["sec_edgar"]
    assert metrics["revenue"]["as_of"] == "2025-09-27"
    assert verdict(assessed["apple"], "open_insolvency")[0] == "pass"


def test_each_part_of_the_document_has_its_keys(assessed: dict[str, dict[str, Any]]) -> None:
    document = assessed["apple"]
    assert list(document) == [
        *("reference", "kind", "status", "applicant", "evidence", "facts", "metrics", "findings", "assessment"),
        *("votes", "decision", "conditions", "history"),
    ]
    assert (document["reference"], document["votes"], document["decision"]) == (None, [], None)
    assert document["applicant"]["identifiers"] == {"cik": "0000320193"}
    for item in document["evidence"]:
        assert {"source", "answer", "fetched_at", "query", "sha256", "cost", "message"} <= set(item)
        assert (item["sha256"] is not None) == (item["answer"] in ("found", "no_record"))
    for metric in document["metrics"].values():
        assert {"value", "unit", "sources", "as_of"} <= set(metric)
        assert ("unknown" in metric) == (metric["value"] is None)
    for finding in document["findings"]:
        assert {"code", "verdict", "weight", "message", "source"} <= set(finding)
    view = document["assessment"]
    assert {"as_of", "grade", "score", "parts", "reasons", "terms", "treatments", "route"} <= set(view)
    assert view["as_of"] == "2026-11-20"
    assert {"id", "verdict", "effect", "not_asked", "message"} == set(view["criteria"][0])
    assert {"amount", "currency", "binding"} <= set(view["limit"])
    assert {"version", "sha256"} <= set(view["policy"])


IFRS = ("total_assets", "revenue", "net_income")


def test_an_ifrs_filer_is_read_like_any_other(assessed: dict[str, dict[str, Any]]) -> None:
    metrics, statements = assessed["ifrs"]["metrics"], assessed["ifrs"]["facts"]["statements"]
    assert answers(assessed["ifrs"], "sec_edgar") == {"companyfacts": "found", "submissions": "unavailable"}
    (newest,) = [item for item in statements if item["period_end"] == max(item["period_end"] for item in statements)]
    assert [Decimal(newest[name]) for name in IFRS] == [607019578, 43862372, -19426051]
    # Accounts of 2024 are too old in November 2026: no figure of theirs is known by then.
    assert {metrics[name]["value"] for name in IFRS} == {None}
    assert verdict(assessed["ifrs"], "open_insolvency")[0] == "unknown"


def test_bankruptcy_filings_are_dated_and_their_step_is_marked_as_inferred(assessed: dict[str, dict[str, Any]]) -> None:
    filings = [item for item in assessed["wolfspeed"]["facts"]["filings"] if "1.03" in item["items"]]
    steps = [
        (filing["filed_on"], event["kind"], event["inferred"], bool(event["basis"]))
        for filing in filings
        for event in filing["events"]
        if event["kind"].startswith("bankruptcy")
    ]
    assert steps == [
        ("2025-07-01", "bankruptcy_petition", True, True),
        ("2025-09-10", "bankruptcy_plan", True, True),
        ("2025-09-30", "bankruptcy_emergence", True, True),
    ]
    assert verdict(assessed["wolfspeed"], "open_insolvency")[0] == "unknown"
    assert verdict(assessed["wolfspeed"], "insolvency_history")[0] == "fail"


def test_a_filer_nobody_knows_is_no_record_and_never_clean(assessed: dict[str, dict[str, Any]]) -> None:
    document = assessed["unknown"]
    assert answers(document, "sec_edgar") == {"companyfacts": "no_record", "submissions": "no_record"}
    assert document["metrics"]["open_insolvency"]["value"] is None
    assert verdict(document, "open_insolvency") == (
        "unknown",
        "Running insolvency proceedings: unknown, could not be checked: sec_edgar (no_record)",
    )
    assert verdict(document, "registry_verified")[0] == "fail"
    assert document["assessment"]["route"]["kind"] != "fast_track"


def test_what_was_not_recorded_could_not_be_asked(assessed: dict[str, dict[str, Any]]) -> None:
    document = assessed["not_recorded"]
    assert answers(document, "sec_edgar") == {"companyfacts": "unavailable", "submissions": "unavailable"}
    assert {item["sha256"] for item in document["evidence"] if item["source"] == "sec_edgar"} == {None}
    for criterion in ("open_insolvency", "registry_verified", "struck_off"):
        said, message = verdict(document, criterion)
        assert said == "unknown"
        assert message.endswith("could not be checked: sec_edgar (unavailable)")


@pytest.fixture
def tree(recorded: Path, tmp_path: Path) -> Path:
    """A copy of part of the tree, into which a further company was dropped."""
    folder = tmp_path / "tree"
    for name in ("submissions", "companyfacts"):
        source = recorded / "sec_edgar" / name / "CIK0000320193.json"
        target = folder / "sec_edgar" / name / "CIK0009944444.json"
        target.parent.mkdir(parents=True)
        text = source.read_text(encoding="utf-8")
        text = text.replace('"cik":"0000320193"', '"cik":"0009944444"').replace('"cik":320193', '"cik":9944444')
        target.write_text(text, encoding="utf-8")
    return folder


def test_a_further_company_needs_no_map(run: Run, tree: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "one.json", application("Further Corp", "9944444"))
    document = run("assess", file, "--recorded", tree, "--json").document
    assert answers(document, "sec_edgar") == {"companyfacts": "found", "submissions": "found"}
    assert document["metrics"]["total_assets"]["value"] == 359241000000
    assert answers(document, "ofac_sdn")["sdn"] == "unavailable"


def test_a_map_tells_where_other_files_are(run: Run, tree: Path, recorded: Path, tmp_path: Path) -> None:
    shutil.copy(recorded / "ofac" / "sdn_2019" / "sdn.csv", tree / "list.csv")
    own = written(tmp_path, "own.yml", "- {url: /ofac_sdn/*/SDN.CSV, file: list.csv, content_type: text/csv}\n")
    file = written(tmp_path, "one.json", application("Further Corp", "9944444"))
    document = run("assess", file, "--recorded", tree, "--map", own, "--json").document
    assert answers(document, "ofac_sdn") == {"sdn": "no_record", "alt": "unavailable"}


def test_a_list_that_is_too_short_is_not_taken(run: Run, tree: Path, recorded: Path, tmp_path: Path) -> None:
    shutil.copy(recorded / "ofac" / "small_2025" / "sdn.csv", tree / "list.csv")
    own = written(tmp_path, "own.yml", "- {url: /ofac_sdn/*/SDN.CSV, file: list.csv, content_type: text/csv}\n")
    file = written(tmp_path, "one.json", application("Further Corp", "9944444"))
    document = run("assess", file, "--recorded", tree, "--map", own, "--json").document
    assert answers(document, "ofac_sdn") == {"sdn": "unavailable", "alt": "unavailable"}
    assert document["metrics"]["watchlist_hits"]["value"] is None


def test_a_listed_former_name_is_found_and_a_silent_register_leaves_it_open(
    run: Run, recorded: Path, tmp_path: Path
) -> None:
    told = tmp_path / "tree" / "sec_edgar" / "submissions" / "CIK0009994001.json"
    told.parent.mkdir(parents=True)
    shutil.copytree(recorded / "ofac" / "sdn_2021", tmp_path / "tree" / "ofac" / "sdn_2021")
    file = written(tmp_path, "one.json", application("Sunny Example Exports Inc", "9994001"))
    silent = run("assess", file, "--recorded", tmp_path / "tree", "--json").document["metrics"]["watchlist_hits"]
    assert (silent["value"], "names that registers have of it" in silent["unknown"]) == (None, True)
    shutil.copy(recorded / "cases" / "sec_submissions_listed_former_name.json", told)
    document = run("assess", file, "--recorded", tmp_path / "tree", "--json").document
    assert document["metrics"]["watchlist_hits"]["value"] == 1
    assert document["metrics"]["watchlist_hits"]["note"].endswith("ROSOBORONEXPORT JSC")


def test_messages_are_chinese_where_the_setting_says_so(
    run: Run, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    file = written(tmp_path, "one.json", application("Nobody Inc", "1"))
    document = run("assess", file, "--recorded", recorded, "--json").document
    assert verdict(document, "open_insolvency")[1].startswith("进行中的破产程序：未知")
