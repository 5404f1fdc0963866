from __future__ import annotations

import pytest

from sandbox.server import Sandbox
from sandbox.sources.creditsafe import Creditsafe
from sandbox.stories import load_stories
from sandbox.wire import Request
from tests.sandbox.asking import get, log_in, post
from tests.sandbox.conftest import TODAY

THISTLEWICK = "GB001-0-99000001"


@pytest.fixture
def token(url: str) -> str:
    return str(log_in(url).json()["token"])


def test_search_by_number_then_order_the_report(sandbox: Sandbox, url: str, token: str) -> None:
    search = get(f"{url}/creditsafe/companies?countries=GB&regNo=99000001", token=token).json()
    assert search["totalSize"] == 1
    (hit,) = search["companies"]
    assert (hit["id"], hit["status"]) == (THISTLEWICK, "Active")
    assert hit["dateOfLatestAccounts"] == "2026-06-30T00:00:00Z"
    body = get(f"{url}/creditsafe/companies/{hit['id']}?language=en&template=full", token=token).json()
    rating = body["report"]["creditScore"]["currentCreditRating"]
    assert (body["companyId"], body["failedSections"]) == (THISTLEWICK, [])
    assert rating["providerValue"] == {"maxValue": "100", "minValue": "0", "value": "86"}
    assert rating["creditLimit"] == {"currency": "GBP", "value": "85000"}
    assert body["report"]["paymentData"] == {"dbt": 2}
    assert body["report"]["negativeInformation"]["ccjSummary"]["numberOfExact"] == 0
    assert sandbox.log()["creditsafe"] == {
        "log_ins": 1,
        "log_ins_refused": 0,
        "searches": 1,
        "reports_bought": 1,
        "bought": {THISTLEWICK: 1},
    }


def test_statements_agree_with_themselves(url: str, token: str) -> None:
    report = get(f"{url}/creditsafe/companies/{THISTLEWICK}", token=token).json()["report"]
    years = report["financialStatements"]
    assert [year["yearEndDate"][:10] for year in years] == ["2026-06-30", "2025-06-30", "2024-06-30"]
    for year in years:
        sheet, earned = year["balanceSheet"], year["profitAndLoss"]
        assert sheet["totalAssets"] == sheet["totalLiabilities"] + sheet["totalShareholdersEquity"]
        assert sheet["totalAssets"] == sheet["totalCurrentAssets"] + sheet["totalFixedAssets"]
        assert earned["profitBeforeTax"] == earned["operatingProfit"] - earned["financialExpenses"]
        assert earned["profitAfterTax"] == earned["profitBeforeTax"] - earned["tax"]
    assert (
        years[0]["profitAndLoss"]["revenue"] == report["companySummary"]["latestTurnoverFigure"]["value"] == 2_840_000
    )


def test_us_company_is_found_by_name_with_the_accounts_it_filed(url: str, token: str) -> None:
    search = get(f"{url}/creditsafe/companies?countries=US&name=Graywether+Instruments", token=token).json()
    (hit,) = search["companies"]
    report = get(f"{url}/creditsafe/companies/{hit['id']}", token=token).json()["report"]
    assert report["financialStatements"][0]["balanceSheet"]["totalAssets"] == 170_000_000
    assert report["negativeInformation"]["legalFilingSummary"]["bankruptcy"] is False


def test_insolvent_company_is_not_rated(url: str, token: str) -> None:
    report = get(f"{url}/creditsafe/companies/GB001-0-99000004", token=token).json()["report"]
    rating = report["creditScore"]["currentCreditRating"]
    assert (rating["commonValue"], rating["providerValue"]["value"]) == ("E", "Not Rated")
    assert rating["creditLimit"] == {"value": "Credit Limit not applicable"}
    assert report["companySummary"]["companyStatus"] == {"status": "NonActive", "description": "In Liquidation"}


def test_nothing_found_is_an_answer(url: str, token: str) -> None:
    for query in ("countries=GB&regNo=99000099", "countries=US&regNo=99000001", "countries=GB"):
        reply = get(f"{url}/creditsafe/companies?{query}", token=token)
        assert reply.status_code == 200
        assert (reply.json()["totalSize"], reply.json()["companies"]) == (0, [])
        assert reply.json()["messages"][0]["text"] == "No company was found"
    assert get(f"{url}/creditsafe/companies?regNo=99000001", token=token).status_code == 400


def test_an_unknown_report_is_not_billed(sandbox: Sandbox, url: str, token: str) -> None:
    assert get(f"{url}/creditsafe/companies/GB001-0-00000000", token=token).status_code == 404
    assert sandbox.log()["creditsafe"]["reports_bought"] == 0


def test_a_wrong_token_is_refused(url: str) -> None:
    assert "error" in get(f"{url}/creditsafe/companies?countries=GB&regNo=99000001", token="made-up").json()
    assert get(f"{url}/creditsafe/companies?countries=GB&regNo=99000001").status_code == 401


def test_five_bad_log_ins_lock_the_account_until_reset(sandbox: Sandbox, url: str) -> None:
    assert [log_in(url, "wrong").status_code for _ in range(5)] == [401, 401, 401, 401, 429]
    assert log_in(url).status_code == 429
    assert sandbox.log()["creditsafe"]["log_ins_refused"] == 6
    post(f"{url}/_control/reset")
    assert log_in(url).status_code == 200


def test_lock_outs_and_tokens_end_with_time() -> None:
    now = [1000.0]
    bureau = Creditsafe(load_stories(TODAY), TODAY, clock=lambda: now[0])
    right = Request("POST", "/authenticate", body=b'{"username": "a", "password": "b"}')
    wrong = Request("POST", "/authenticate", body=b'{"username": "a", "password": "wrong"}')
    assert [bureau.answer(wrong).status for _ in range(4)] == [401] * 4
    now[0] += 121
    assert bureau.answer(wrong).status == 401, "the first four are forgotten after two minutes"
    assert [bureau.answer(wrong).status for _ in range(4)] == [401, 401, 401, 429]
    now[0] += 299
    assert bureau.answer(right).status == 429
    now[0] += 2
    token = bureau.answer(right).body.decode().split('"')[3]
    search = Request("GET", "/companies", query={"countries": ["GB"]}, headers={"authorization": f"Bearer {token}"})
    assert bureau.answer(search).status == 200
    now[0] += 3601
    assert bureau.answer(search).status == 401


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 401), (b'{"username": "a"}', 401)])
def test_malformed_log_ins(body: bytes, status: int) -> None:
    bureau = Creditsafe(load_stories(TODAY), TODAY)
    assert bureau.answer(Request("POST", "/authenticate", body=body)).status == status
