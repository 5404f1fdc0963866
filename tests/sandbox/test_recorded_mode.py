from __future__ import annotations

from pathlib import Path

import pytest
import requests

from sandbox.server import Sandbox
from sandbox.wire import SandboxError
from tests.sandbox.asking import KEY, get

MAPPED = [
    ("/sec_edgar/submissions/CIK0000000001.json", "sec_edgar/errors/submissions_404.body", 404),
    ("/sec_edgar/api/xbrl/companyfacts/CIK0000000001.json", "sec_edgar/errors/submissions_404.body", 404),
    ("/sec_edgar/submissions/CIK0000320193.json", "sec_edgar/submissions/CIK0000320193.json", 200),
    (
        "/sec_edgar/submissions/CIK0000749647-submissions-001.json",
        "sec_edgar/submissions/CIK0000749647-submissions-001.json",
        200,
    ),
    ("/sec_edgar/api/xbrl/companyfacts/CIK0000320193.json", "sec_edgar/companyfacts/CIK0000320193.json", 200),
    ("/sec_edgar/api/xbrl/companyfacts/CIK0001997711.json", "sec_edgar/companyfacts/lpa_facts.json", 200),
    ("/uk_companies_house/company/00445790", "companies_house/profile_00445790_tesco.json", 200),
    ("/uk_companies_house/company/00445790/charges", "companies_house/charges_00445790_part.json", 200),
    ("/uk_companies_house/company/00445790/insolvency", "companies_house/404_insolvency_00445790.json", 404),
    ("/uk_companies_house/company/04374209/insolvency", "companies_house/insolvency_04374209.json", 200),
    (
        "/uk_companies_house/company/04374209/filing-history?items_per_page=100",
        "companies_house/filing_history_04374209_head.json",
        200,
    ),
    ("/uk_companies_house/company/99999999", "companies_house/404_profile.json", 404),
    (
        "/uk_gazette/insolvency/notice/data.json?text=%22Wells+Fargo+Securities+Limited%22",
        "gazette/search_wells_fargo_trimmed.json",
        200,
    ),
    ("/uk_gazette/insolvency/notice/data.json?text=zzqx+no+such+company", "gazette/search_empty.json", 200),
    ("/uk_gazette/notice/L-58635-471825", "gazette/notice_L-58635-471825_trimmed.html", 200),
    ("/ofac_sdn/api/PublicationPreview/exports/SDN.CSV", "ofac/sdn_2021/sdn.csv", 200),
    ("/ofac_sdn/api/PublicationPreview/exports/ALT.CSV", "ofac/sdn_2021/alt.csv", 200),
]
NOT_RECORDED = [
    "/uk_companies_house/company/00445790/officers",
    "/uk_gazette/insolvency/notice/data.json?text=tesco",
    "/sec_edgar/api/xbrl/companyfacts/CIK0000895419.json",
    "/sec_edgar/submissions/..%2f..%2fMANIFEST.md",
    "/creditsafe/companies/GB001-0-00445790",
]


@pytest.mark.recorded
@pytest.mark.parametrize(("path", "file", "status"), MAPPED)
def test_recorded_bytes_are_served_unchanged(real: Sandbox, recorded: Path, path: str, file: str, status: int) -> None:
    reply = get(real.base_url + path, auth=KEY)
    assert reply.status_code == status
    assert reply.content == (recorded / file).read_bytes()


@pytest.mark.recorded
@pytest.mark.parametrize("path", NOT_RECORDED)
def test_what_is_not_recorded_is_unavailable_and_never_missing(real: Sandbox, path: str) -> None:
    reply = get(real.base_url + path, auth=KEY)
    assert (reply.status_code, reply.headers["X-Sandbox"]) == (503, "not-recorded")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.recorded
def test_a_bad_key_gets_the_recorded_refusal(real: Sandbox, recorded: Path) -> None:
    for auth in (None, ("wrong", "")):
        reply = get(f"{real.base_url}/uk_companies_house/company/00445790", auth=auth)
        assert reply.status_code == 401
        assert reply.content == (recorded / "companies_house/401_bad_key.json").read_bytes()


@pytest.mark.recorded
def test_misbehaviour_works_on_recorded_answers_too(real: Sandbox) -> None:
    real.misbehave("uk_companies_house", "missing_field", field="company_status", times=1)
    body = get(f"{real.base_url}/uk_companies_house/company/00445790", auth=KEY).json()
    assert (body["company_name"], "company_status" in body) == ("TESCO PLC", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sec_edgar" / "submissions").mkdir(parents=True)
    (tmp_path / "sec_edgar" / "submissions" / "CIK0009911111.json").write_text('{"cik": "0009911111"}')
    (tmp_path / "page.html").write_text("<p>invented</p>")
    return tmp_path


def test_further_files_answer_without_an_entry(folder: Path) -> None:
    with Sandbox(recorded=folder) as sandbox:
        found = get(f"{sandbox.base_url}/sec_edgar/submissions/CIK0009911111.json")
        assert found.json() == {"cik": "0009911111"}
        assert get(f"{sandbox.base_url}/sec_edgar/submissions/CIK0009922222.json").status_code == 503
        stories_rest = get(f"{sandbox.base_url}/uk_companies_house/company/99000001", auth=KEY)
        assert stories_rest.status_code == 503


def test_the_folders_own_map_comes_first_and_may_ask_for_a_query(folder: Path) -> None:
    (folder / "recorded_map.yml").write_text(
        "- {url: /uk_gazette/notice/L-1-1, file: page.html, content_type: text/html, query: {view: Linked}}\n"
        "- {url: /uk_gazette/notice/L-1-2, file: gone.html, status: 404}\n"
    )
    with Sandbox(recorded=folder) as sandbox:
        notice = f"{sandbox.base_url}/uk_gazette/notice/L-1-1"
        assert get(f"{notice}?view=linked-data").text == "<p>invented</p>"
        assert get(notice).status_code == 503
        missing = get(f"{sandbox.base_url}/uk_gazette/notice/L-1-2")
        assert (missing.status_code, missing.headers["X-Sandbox"]) == (503, "not-recorded")


def test_a_map_of_ones_own_replaces_the_shipped_one(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text("- {url: /creditsafe/page, file: page.html, status: 200}\n")
    with Sandbox(recorded=folder, map_file=own) as sandbox:
        assert get(f"{sandbox.base_url}/creditsafe/page").text == "<p>invented</p>"


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.json"
    outside.write_text("{}")
    (folder / "sec_edgar" / "submissions" / "CIK0009933333.json").symlink_to(outside)
    with Sandbox(recorded=folder) as sandbox:
        assert get(f"{sandbox.base_url}/sec_edgar/submissions/CIK0009933333.json").status_code == 503


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {url: /a, file: ../../etc/passwd}", r"m.yml: entry 1: file: '../../etc/passwd': leads out of the folder"),
        ("- {url: /a, file: /etc/passwd}", r"m.yml: entry 1: file: '/etc/passwd': leads out of the folder"),
        ("- {url: /a, file: b}\n- {url: a, file: b}", r"m.yml: entry 2: url: 'a': a path that starts with a slash"),
        ("- {url: /a}", "m.yml: entry 1: file: None"),
        ("- {url: /a, file: b, status: ok}", "m.yml: entry 1: status: 'ok'"),
        ("- {url: /a, file: b, stauts: 404}", "m.yml: entry 1: stauts: known are "),
        ("- {url: /a, file: b, query: [text]}", r"m.yml: entry 1: query: \['text'\]"),
        ("- {url: /a, file: b, basic_user: me}", "m.yml: entry 1: basic_user: 'me'"),
        ("- just text", "m.yml: entry 1: 'just text'"),
        ("url: /a", "m.yml: a list of entries"),
        ("- [", "m.yml: while parsing"),
    ],
)
def test_a_malformed_map_is_told_with_file_and_entry(folder: Path, text: str, message: str) -> None:
    (folder / "m.yml").write_text(text)
    with pytest.raises(SandboxError, match=message):
        Sandbox(recorded=folder, map_file=folder / "m.yml")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no such folder"):
        Sandbox(recorded=tmp_path / "gone")


def test_a_name_in_the_url_cannot_climb_out(folder: Path) -> None:
    with Sandbox(recorded=folder) as sandbox:
        request = requests.Request("GET", f"{sandbox.base_url}/x").prepare()
        for path in ("/sec_edgar/submissions/../../page.html", "/sec_edgar/submissions/%2e%2e%2f%2e%2e%2fpage.html"):
            request.url = sandbox.base_url + path
            with requests.Session() as session:
                assert session.send(request, timeout=5).status_code == 503
