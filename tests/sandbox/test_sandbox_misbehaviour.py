from __future__ import annotations

import threading

import pytest
import requests

from sandbox.misbehaviour import BEHAVIOURS
from sandbox.server import Sandbox
from sandbox.wire import SandboxError
from tests.sandbox.asking import KEY, get, log_in, post
from tests.sandbox.conftest import TODAY

PROFILE = "/uk_companies_house/company/99000001"
SDN = "/ofac_sdn/api/PublicationPreview/exports/SDN.CSV"


@pytest.mark.parametrize(
    ("behaviour", "status", "content_type", "text"),
    [
        ("empty", 200, "application/json", ""),
        ("html", 200, "text/html; charset=utf-8", "being maintained"),
        ("login", 200, "text/html; charset=utf-8", 'type="password"'),
        ("401", 401, "application/json", "Invalid Authorization"),
        ("403", 403, "application/json", "Forbidden"),
        ("404_own", 404, "application/json", "Resource not found for company profile"),
        ("404_foreign", 404, "text/html; charset=utf-8", "nginx"),
        ("429", 429, "application/json", ""),
        ("500", 500, "application/json", "Internal server error"),
        ("503", 503, "text/html; charset=utf-8", "temporarily unable"),
    ],
)
def test_wrong_answers(sandbox: Sandbox, url: str, behaviour: str, status: int, content_type: str, text: str) -> None:
    sandbox.misbehave("uk_companies_house", behaviour)
    reply = get(url + PROFILE, auth=KEY)
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, content_type)
    assert text in reply.text
    assert (reply.text == "") == (text == "")
    assert "Retry-After" not in reply.headers


def test_retry_after_is_told(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("sec_edgar", "429_retry_after", seconds=7)
    reply = get(f"{url}/sec_edgar/submissions/CIK0009900002.json")
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "7")


def test_a_rule_holds_as_often_as_told_and_for_its_path_alone(url: str) -> None:
    order = {"source": "uk_companies_house", "path": "/company/99000001", "behaviour": "503", "times": 2}
    assert post(f"{url}/_control/misbehave", order).json() == {"status": "ok"}
    assert get(f"{url}/uk_companies_house/company/99000005", auth=KEY).status_code == 200
    assert [get(url + PROFILE, auth=KEY).status_code for _ in range(3)] == [503, 503, 200]


def test_a_path_may_be_a_regular_expression_over_the_query(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("uk_gazette", "500", path="text=.*joinery")
    feed = f"{url}/uk_gazette/insolvency/notice/data.json"
    assert get(f"{feed}?text=pellbrook+joinery").status_code == 500
    assert get(f"{feed}?text=thistlewick").status_code == 200


def test_a_cut_off_body_breaks_the_connection(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("ofac_sdn", "cut_off")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        get(url + SDN)


def test_a_timeout_holds_until_the_client_leaves_and_the_report_is_bought_all_the_same(
    sandbox: Sandbox, url: str
) -> None:
    token = log_in(url).json()["token"]
    sandbox.misbehave("creditsafe", "timeout", path="/companies/", times=1)
    report = f"{url}/creditsafe/companies/GB001-0-99000001"
    with pytest.raises(requests.exceptions.ReadTimeout):
        get(report, token=token, timeout=0.2)
    assert sandbox.log()["creditsafe"]["reports_bought"] == 1
    assert get(report, token=token).status_code == 200
    assert [line["statuses"] for line in sandbox.log()["requests"]][-1] == {"0": 1, "200": 1}


def test_stopping_ends_a_held_request() -> None:
    sandbox = Sandbox(today=TODAY)
    url = sandbox.start()
    sandbox.misbehave("ofac_sdn", "timeout")
    caught: list[Exception] = []

    def ask() -> None:
        try:
            get(url + SDN, timeout=30)
        except requests.exceptions.ConnectionError as error:
            caught.append(error)

    client = threading.Thread(target=ask)
    client.start()
    while not sandbox.log()["counts"]:
        client.join(0.01)
    sandbox.stop()
    client.join(10)
    assert len(caught) == 1


def test_slow_is_slow_but_right(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("uk_companies_house", "slow", seconds=0.2)
    reply = get(url + PROFILE, auth=KEY)
    assert reply.json()["company_number"] == "99000001"
    assert reply.elapsed.total_seconds() >= 0.2


def test_missing_field_by_default_and_by_name(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("uk_companies_house", "missing_field", times=1)
    assert "company_name" not in get(url + PROFILE, auth=KEY).json()
    sandbox.misbehave("uk_companies_house", "missing_field", field="accounts.last_accounts.made_up_to")
    assert list(get(url + PROFILE, auth=KEY).json()["accounts"]["last_accounts"]) == [
        "period_end_on",
        "period_start_on",
        "type",
    ]


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/company/99000004", lambda body: body["company_status"]),
        ("/company/99000004/insolvency", lambda body: body["cases"][0]["type"]),
        ("/company/99000004/charges", lambda body: body["items"][0]["status"]),
        ("/company/99000004/filing-history", lambda body: body["items"][0]["category"]),
    ],
)
def test_unknown_enumeration_values(sandbox: Sandbox, url: str, path: str, read: object) -> None:
    assert callable(read)
    sandbox.misbehave("uk_companies_house", "unknown_enum")
    assert read(get(f"{url}/uk_companies_house{path}", auth=KEY).json()) == "unheard-of"


def test_altered_lists_and_pages(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("ofac_sdn", "missing_field", times=1)
    assert get(url + SDN).text.startswith('"UMBRAGE DEEPWATER TRADING FZE",-0- ,')
    sandbox.misbehave("ofac_sdn", "unknown_enum", times=1)
    assert get(url + SDN).text.startswith('99001,"UMBRAGE DEEPWATER TRADING FZE","unheard-of","SDGT] [IFSR",')
    notice = f"{url}/uk_gazette/notice/L-99999-9900042"
    sandbox.misbehave("uk_gazette", "missing_field", times=1)
    assert "property=" not in get(notice).text
    sandbox.misbehave("uk_gazette", "unknown_enum", times=1)
    assert "2452-unheard-of</dd>" in get(notice).text


def test_a_field_the_answer_has_not_is_told_and_not_answered_rightly(sandbox: Sandbox, url: str) -> None:
    sandbox.misbehave("uk_companies_house", "missing_field", field="accounts.last_accounts.no_such")
    reply = get(url + PROFILE, auth=KEY)
    assert (reply.status_code, reply.headers["X-Sandbox"]) == (500, "misbehaviour-not-applicable")


def test_the_story_of_the_source_that_is_down(url: str) -> None:
    token = log_in(url).json()["token"]
    by_number = f"{url}/creditsafe/companies?countries=GB&regNo=99000005"
    by_name = f"{url}/creditsafe/companies?countries=GB&name=LARKHOLLOW+PACKAGING"
    report = f"{url}/creditsafe/companies/GB001-0-99000005"
    assert [get(address, token=token).status_code for address in (by_number, by_name, report)] == [500, 500, 500]
    assert get(f"{url}/uk_companies_house/company/99000005", auth=KEY).json()["company_status"] == "active"
    post(f"{url}/_control/recover", {"source": "creditsafe"})
    assert get(by_number, token=token).json()["totalSize"] == 1
    post(f"{url}/_control/reset")
    token = log_in(url).json()["token"]
    assert get(by_number, token=token).status_code == 500


def test_the_log_counts_requests_and_keeps_no_secret(sandbox: Sandbox, url: str) -> None:
    get(url + PROFILE, auth=("a-secret-key", ""))
    get(url + PROFILE, auth=KEY)
    get(f"{url}/uk_gazette/insolvency/notice/data.json?text=tea")
    log_in(url, "a-secret-password")
    body = get(f"{url}/_control/log").json()
    assert body["counts"] == {"uk_companies_house": 2, "uk_gazette": 1, "creditsafe": 1}
    assert body["requests"][0] == {
        "source": "uk_companies_house",
        "method": "GET",
        "url": "/company/99000001",
        "count": 2,
        "statuses": {"200": 2},
    }
    assert body["requests"][1]["url"] == "/insolvency/notice/data.json?text=tea"
    assert "secret" not in str(body)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"source": "nobody", "behaviour": "500"}, "source: 'nobody': one of sec_edgar, "),
        ({"source": "creditsafe", "behaviour": "sulk"}, "behaviour: 'sulk': one of html, login"),
        ({"source": "creditsafe", "behaviour": "500", "times": 0}, "times: 0: a whole number from 1"),
        ({"source": "creditsafe", "behaviour": "slow", "seconds": "long"}, "seconds: 'long': a number from 0"),
        ({"source": "creditsafe", "behaviour": "500", "path": "("}, "path: '(': "),
        ({"source": "creditsafe", "behaviour": "500", "often": 1}, "often: known are behaviour, "),
        ([], "the body is a table"),
    ],
)
def test_a_malformed_order_is_refused(sandbox: Sandbox, url: str, order: object, message: str) -> None:
    reply = post(f"{url}/_control/misbehave", order)
    assert reply.status_code == 400
    assert reply.json()["error"].startswith(message)
    assert get(url + PROFILE, auth=KEY).status_code == 200


def test_a_malformed_order_in_process_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="behaviour: 'sulk'"):
        sandbox.misbehave("creditsafe", "sulk")


def test_all_behaviours_of_the_contract_are_there() -> None:
    contract = "empty html login 401 403 404_own 404_foreign 429 429_retry_after 500 503 timeout cut_off slow"
    assert sorted(BEHAVIOURS) == sorted([*contract.split(), "missing_field", "unknown_enum"])
