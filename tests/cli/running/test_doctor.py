from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.workers.process import ProcessWorker

from admission.evidence.answers import Query
from cli.running.deployments import template_file, wanted
from cli.running.door import make_auth
from tests.cli.conftest import NO_PREFECT, Run
from wiring import House

ORDER = [
    *(
        "settings",
        "data folder",
        "access",
        "casebook",
        "signing key",
        "audit heads",
        "users",
        "approvers",
        "accounts",
        "outbox",
        "keep-house",
        "paid calls",
        "policy",
        "rates",
        "industry tables",
        "Prefect",
        "Prefect password",
        "work pool",
        "deployments",
    ),
    *(
        "ofac_sdn",
        "sec_edgar",
        "uk_companies_house",
        "uk_gazette",
        "creditsafe",
        "financials_upload",
        "cn_paper_overdue",
        "manual_evidence",
        "own_ledger",
    ),
]
NEEDS_CASEBOOK = ("signing key", "audit heads", "users", "approvers", "accounts", "outbox", "keep-house", "paid calls")
NEEDS_PREFECT = ("Prefect password", "work pool", "deployments")


def by_name(run: Run) -> dict[str, dict[str, Any]]:
    return {check["what"]: check for check in run("doctor", "--json").document}


def as_deployed() -> list[dict[str, Any]]:
    """The deployments of prefect.yaml as Prefect's API shows them."""
    return [
        {
            "name": name,
            "paused": False,
            "entrypoint": entry["entrypoint"],
            "pull_steps": [],
            "job_variables": {},
            "parameters": {},
            "work_pool_name": "gatehouse",
            "work_queue_name": entry["work_pool"]["work_queue_name"],
            "global_concurrency_limit": entry.get("concurrency_limit"),
            "schedules": [
                {
                    "slug": item["slug"],
                    "active": item["active"],
                    "schedule": {"cron": item["cron"], "timezone": "UTC"},
                }
                for item in entry.get("schedules", ())
            ],
        }
        for name, entry in wanted().items()
    ]


@dataclass
class Api:
    """What answers where Prefect's API is asked for.

    Attributes:
        password: what it wants to be told; None where it answers everybody.
        deployments: what it shows.
        pool: the work pool; None where there is none.
        queues: its work queues.
    """

    url: str = ""
    password: str | None = "gatehouse:of-the-house-itself"
    deployments: list[dict[str, Any]] = field(default_factory=as_deployed)
    pool: dict[str, Any] | None = field(
        default_factory=lambda: {
            "is_paused": False,
            "concurrency_limit": None,
            "base_job_template": json.loads(template_file().read_text(encoding="utf-8")),
        }
    )
    queues: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            name: {"is_paused": False, "concurrency_limit": None, "priority": priority}
            for priority, name in enumerate(("house-keeping", "default"), start=1)
        }
    )

    def answer(self, path: str, authorization: str | None) -> tuple[int, Any]:
        if path == "/api/health":
            return 200, True
        if self.password and authorization != f"Basic {base64.b64encode(self.password.encode()).decode()}":
            return 401, {}
        found = {
            "/api/deployments/filter": self.deployments,
            "/api/work_pools/gatehouse": self.pool,
            **{f"/api/work_pools/gatehouse/queues/{name}": queue for name, queue in self.queues.items()},
        }.get(path)
        return (404, {}) if found is None else (200, found)


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A stand-in for a Prefect API that asks for a password, which the command knows."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, found = api.answer(self.path, self.headers["Authorization"])
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}/api"
    monkeypatch.setenv("PREFECT_API_URL", api.url)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", str(api.password))
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_new_machine_is_told_each_thing_that_is_missing(run: Run) -> None:
    said = run("doctor", "--json")
    checks = {check["what"]: check for check in said.document}
    assert said.status == 1
    assert [name for name in ORDER if name not in (*NEEDS_CASEBOOK, *NEEDS_PREFECT)] == list(checks)
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


def test_a_working_house_is_all_ready(run: Run, real: House, prefect: Api) -> None:
    said = run("doctor", "--json")
    assert said.status == 0
    assert [check["what"] for check in said.document] == ORDER
    assert [check["detail"] for check in said.document if check["what"] in ("users", "Prefect", *NEEDS_PREFECT)] == [
        "6 active",
        f"{prefect.url} answers 200",
        "asked for",
        "lets no run choose what is executed",
        "all 10 as in prefect.yaml",
    ]
    table = run("doctor").out.splitlines()
    assert table[0].split() == ["what", "state", "to", "mend", "it"]
    assert len(table) == len(ORDER) + 1


@pytest.mark.usefixtures("real")
def test_the_doctor_speaks_chinese_and_keeps_its_codes_for_programs(run: Run) -> None:
    heading, *lines = run("doctor", "--lang", "zh").out.splitlines()
    assert heading.split() == ["项目", "状态", "处理办法"]
    assert lines[6].split() == ["用户", "正常", "启用", "6", "人"]
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


def test_house_keeping_that_has_stopped_is_told(run: Run, real: House) -> None:
    assert by_name(run)["keep-house"]["state"] == "not set up"
    real.casebook.standing.beat("keep-house")
    assert by_name(run)["keep-house"]["state"] == "ready"
    earlier = House(real.settings, clock=lambda: datetime.now(UTC) - timedelta(minutes=20))
    earlier.casebook.standing.beat("keep-house")
    earlier.casebook.close()
    check = by_name(run)["keep-house"]
    assert check["state"] == "to look at"
    assert check["detail"].startswith("last sign of life 12")


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
    run: Run, real: House, prefect: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.delenv("PREFECT_API_AUTH_STRING")
    state = {"pid": os.getpid(), "prefect": prefect.url.removesuffix("/api"), "desk": "", "children": {}}
    (real.settings.folder / "up.json").write_text(json.dumps(state), encoding="utf-8")
    prefect.password = make_auth(real.settings)
    checks = by_name(run)
    assert checks["Prefect"]["detail"] == f"{prefect.url} answers 200"
    assert checks["deployments"]["state"] == "ready"


def test_a_prefect_that_answers_without_a_password_is_bad(run: Run, real: House, prefect: Api) -> None:
    prefect.password = None
    assert run("doctor").status == 1
    check = by_name(run)["Prefect password"]
    assert check["state"] == "broken"
    assert check["detail"].startswith("Prefect answers without a password: whoever reaches it runs commands")
    assert "PREFECT_SERVER_API_AUTH_STRING" in check["remedy"]


def test_a_prefect_whose_password_is_not_known_is_told(
    run: Run, real: House, prefect: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "gatehouse:wrong")
    checks = by_name(run)
    assert checks["Prefect password"]["state"] == "ready"
    assert checks["deployments"]["state"] == "broken"
    assert checks["deployments"]["detail"] == f"Prefect at {prefect.url} did not let us in."
    assert checks["deployments"]["remedy"].startswith("set PREFECT_API_AUTH_STRING")


def test_deployments_that_are_missing_or_paused_are_bad(run: Run, real: House, prefect: Api) -> None:
    audit = next(item for item in prefect.deployments if item["name"] == "publish-audit-head")
    audit["paused"] = True
    prefect.deployments = [item for item in prefect.deployments if item["name"] != "onboard-applicant"]
    assert run("doctor").status == 1
    check = by_name(run)["deployments"]
    assert (check["state"], check["detail"]) == (
        "broken",
        "onboard-applicant is missing; publish-audit-head is paused",
    )
    assert "prefect --no-prompt deploy --all" in check["remedy"]


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"base_job_template": ProcessWorker.get_default_base_job_template()}, "(command, env, working_dir)"),
        ({"is_paused": True}, "the work pool is paused"),
        (None, "the work pool is missing"),
    ],
    ids=["takes", "paused", "missing"],
)
def test_a_work_pool_that_is_not_as_it_was_made_is_bad(
    run: Run, real: House, prefect: Api, changed: dict[str, Any] | None, detail: str
) -> None:
    prefect.pool = None if changed is None else {**(prefect.pool or {}), **changed}
    check = by_name(run)["work pool"]
    assert check["state"] == "broken"
    assert detail in check["detail"]
    assert "--base-job-template work_pool.json --overwrite" in check["remedy"]


@pytest.mark.parametrize(
    ("queue", "detail"),
    [
        (None, "the work queue house-keeping is missing"),
        ({"is_paused": True}, "the work queue house-keeping is paused"),
        ({"concurrency_limit": 0}, "the work queue house-keeping may run nothing at once"),
        ({"priority": 3}, "the work queue house-keeping does not go before default"),
        ({"priority": 2}, "the work queue house-keeping does not go before default"),
    ],
    ids=["missing", "paused", "limited", "last", "beside"],
)
def test_house_keeping_that_would_wait_in_a_jam_is_bad(
    run: Run, real: House, prefect: Api, queue: dict[str, Any] | None, detail: str
) -> None:
    before = prefect.queues.pop("house-keeping")
    if queue is not None:
        prefect.queues["house-keeping"] = before | queue
    check = by_name(run)["deployments"]
    assert (check["state"], check["detail"]) == ("broken", detail)
    assert "prefect --no-prompt deploy --all" in check["remedy"]


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
    for segment in document["segments"].values():
        segment.pop("bands", None)
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    monkeypatch.setenv("GATEHOUSE_POLICY", str(path))
    check = approvers(run)
    assert check["state"] == "ready"
    assert check["detail"].startswith("every stage can be filled; lena, mira need somebody to stand in for each")
