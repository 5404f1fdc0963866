from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from admission.evidence.answers import Query
from tests.cli.conftest import NO_PREFECT, Run
from wiring import House

ORDER = [
    *(
        "settings",
        "data folder",
        "casebook",
        "signing key",
        "audit heads",
        "users",
        "approvers",
        "outbox",
        "paid calls",
        "policy",
        "rates",
        "industry tables",
        "Prefect",
    ),
    *(
        "ofac_sdn",
        "sec_edgar",
        "uk_companies_house",
        "uk_gazette",
        "creditsafe",
        "financials_upload",
        "manual_evidence",
    ),
]


def by_name(run: Run) -> dict[str, dict[str, Any]]:
    return {check["what"]: check for check in run("doctor", "--json").document}


@pytest.fixture
def health() -> Iterator[str]:
    """Something that answers where Prefect's health is asked for."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/health" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_new_machine_is_told_each_thing_that_is_missing(run: Run) -> None:
    said = run("doctor", "--json")
    checks = {check["what"]: check for check in said.document}
    assert said.status == 1
    within = ("signing key", "audit heads", "users", "approvers", "outbox", "paid calls")
    assert [name for name in ORDER if name not in within] == list(checks)
    assert (checks["casebook"]["state"], checks["casebook"]["remedy"]) == ("broken", "create it: gatehouse init")
    assert checks["Prefect"]["detail"].startswith(f"Prefect does not answer at {NO_PREFECT}")
    assert checks["Prefect"]["remedy"].startswith("start it with `gatehouse up`")
    assert (checks["creditsafe"]["state"], checks["ofac_sdn"]["state"]) == ("not set up", "ready")
    assert "GATEHOUSE_CREDITSAFE_USERNAME" in checks["creditsafe"]["remedy"]


def test_heads_that_stay_in_the_data_folder_are_told(
    run: Run, real: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = by_name(run)["audit heads"]
    assert (told["state"], told["remedy"].partition(":")[0]) == ("to look at", "choose a place elsewhere")
    assert told["detail"].startswith("heads of the audit chain stay in the data folder")
    monkeypatch.setenv("GATEHOUSE_AUDIT_HEAD_FILE", str(tmp_path / "data" / "inside.jsonl"))
    assert by_name(run)["audit heads"]["state"] == "to look at"
    monkeypatch.setenv("GATEHOUSE_AUDIT_HEAD_FILE", str(tmp_path / "elsewhere.jsonl"))
    assert by_name(run)["audit heads"]["state"] == "ready"


def test_a_working_house_is_all_ready(run: Run, real: House, health: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", health)
    said = run("doctor", "--json")
    assert said.status == 0
    assert [check["what"] for check in said.document] == ORDER
    assert [check["detail"] for check in said.document if check["what"] in ("users", "Prefect")] == [
        "6 active",
        f"{health} answers 200",
    ]
    table = run("doctor").out.splitlines()
    assert table[0].split() == ["what", "state", "to", "mend", "it"]
    assert len(table) == len(ORDER) + 1


@pytest.mark.usefixtures("real")
def test_the_doctor_speaks_chinese_and_keeps_its_codes_for_programs(run: Run) -> None:
    heading, *lines = run("doctor", "--lang", "zh").out.splitlines()
    assert heading.split() == ["项目", "状态", "处理办法"]
    assert lines[5].split() == ["用户", "正常", "启用", "6", "人"]
    users = next(check for check in run("doctor", "--lang", "zh", "--json").document if check["what"] == "users")
    assert users == {"what": "users", "state": "ready", "detail": "启用 6 人", "remedy": ""}


def test_a_setting_that_nothing_reads_is_named_with_the_nearest(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DESKPORT", "80")
    check = by_name(run)["settings"]
    assert (check["state"], check["detail"]) == ("to look at", "nothing reads GATEHOUSE_DESKPORT")
    assert check["remedy"] == "unset them; did you mean GATEHOUSE_DESK_PORT?"


def test_a_setting_that_cannot_be_is_one_line_for_every_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DESK_PORT", "80000")
    said = run("cases")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("error: A setting cannot be used.")
    assert "GATEHOUSE_DESK_PORT: '80000': at most 65535" in said.error
    (check,) = run("doctor", "--json").document
    assert (check["what"], check["state"]) == ("settings", "broken")
    assert "GATEHOUSE_DESK_PORT" in check["detail"]


def test_a_wrong_setting_of_a_source_names_its_variable(run: Run, real: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_CREDITSAFE_PRICE", "cheap")
    check = by_name(run)["sources"]
    assert check["state"] == "broken"
    assert "GATEHOUSE_CREDITSAFE_PRICE: 'cheap'" in check["detail"]


def test_broken_files_are_told_with_what_is_wrong_in_them(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policy.yaml").write_text("name: mine\n", encoding="utf-8")
    (tmp_path / "rates.csv").write_text("currency,to,on,per_unit\nGBP,USD,2026-11-20,-1\n", encoding="utf-8")
    monkeypatch.setenv("GATEHOUSE_POLICY", str(tmp_path / "policy.yaml"))
    monkeypatch.setenv("GATEHOUSE_RATES", str(tmp_path / "rates.csv"))
    checks = by_name(run)
    assert checks["policy"]["state"] == "broken"
    assert "version: this field is required" in checks["policy"]["detail"]
    assert checks["rates"]["detail"].startswith("rates.csv is not a table of rates. row 1: 'GBP,USD,2026-11-20,-1'")


def test_a_paid_call_in_doubt_is_broken_until_released(run: Run, demo: House, voting: str) -> None:
    query = Query(source="creditsafe", kind="report", params={"id": "x"}, paid=True)
    demo.casebook.evidence.book_call(voting, query, Decimal(5), "EUR")
    check = by_name(run)["paid calls"]
    assert (check["state"], check["remedy"]) == ("broken", "run `gatehouse calls`")


def test_prefect_is_looked_for_where_gatehouse_up_runs(
    run: Run, real: House, health: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL")
    state = {"pid": os.getpid(), "prefect": health.removesuffix("/api"), "desk": "", "children": {}}
    (real.settings.folder / "up.json").write_text(json.dumps(state), encoding="utf-8")
    assert by_name(run)["Prefect"]["detail"] == f"{health} answers 200"


def test_the_port_of_the_settings_is_the_last_place_to_look(
    run: Run, real: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.setenv("GATEHOUSE_PREFECT_PORT", "9")
    (real.settings.folder / "up.json").write_text("{", encoding="utf-8")
    assert "http://127.0.0.1:9/api" in by_name(run)["Prefect"]["detail"]


def approvers(run: Run) -> dict[str, str]:
    found: dict[str, str] = next(check for check in run("doctor", "--json").document if check["what"] == "approvers")
    return found


@pytest.mark.usefixtures("real")
def test_stages_that_nobody_can_fill_are_told_with_their_line(run: Run) -> None:
    check = approvers(run)
    assert check["state"] == "not set up"
    assert "people who can fill it: with those there are this quorum cannot be reached" in check["detail"]
    assert re.search(r"line \d+, approval.bands.> 1m USD.stages.committee.require", check["detail"])
    assert check["remedy"].startswith("run `gatehouse user add`")


@pytest.mark.usefixtures("real")
def test_who_alone_can_decide_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    document = yaml.safe_load(files("policies").joinpath("default.yaml").read_text(encoding="utf-8"))
    document["approval"]["bands"] = [
        document["approval"]["bands"][0],
        document["approval"]["bands"][1] | {"up_to": None},
    ]
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("GATEHOUSE_POLICY", str(path))
    check = approvers(run)
    assert check["state"] == "ready"
    assert check["detail"].startswith("every stage can be filled; lena, mira need somebody to stand in for each")
