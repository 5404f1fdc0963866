"""The free stand-ins over HTTP: SEC, Companies House, Gazette, OFAC."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import requests
from bs4 import BeautifulSoup

from sandbox.server import Sandbox
from tests.sandbox.asking import KEY, get
from tests.sandbox.conftest import TODAY

GRAYWETHER = "CIK0009900002"


def test_sec_submissions_are_columns_of_equal_length_with_an_older_shard(url: str) -> None:
    body = get(f"{url}/sec_edgar/submissions/{GRAYWETHER}.json").json()
    recent = body["filings"]["recent"]
    assert (body["cik"], body["name"], body["fiscalYearEnd"]) == ("0009900002", "Graywether Instruments Corp", "0630")
    assert {len(column) for column in recent.values()} == {7}
    assert recent["form"] == ["10-Q", "10-K", "8-K", "8-K", "DEF 14A", "10-K", "10-K"]
    assert recent["filingDate"][:2] == ["2026-10-25", "2026-08-29"]
    (shard,) = body["filings"]["files"]
    assert shard == {
        "name": f"{GRAYWETHER}-submissions-001.json",
        "filingCount": 5,
        "filingFrom": "2006-04-11",
        "filingTo": "2012-08-24",
    }
    older = get(f"{url}/sec_edgar/submissions/{shard['name']}").json()
    assert list(older) == list(recent)
    assert older["form"] == ["10-K", "8-K", "10-K", "10-K", "S-1"]


def test_sec_facts_balance_and_are_repeated_by_the_next_report(url: str) -> None:
    body = get(f"{url}/sec_edgar/api/xbrl/companyfacts/{GRAYWETHER}.json").json()
    rows = {concept: fact["units"]["USD"] for concept, fact in body["facts"]["us-gaap"].items()}
    assert body["cik"] == 9900002
    ends = [row["end"] for row in rows["Assets"]]
    assert ends == ["2024-06-30"] * 2 + ["2025-06-30"] * 2 + ["2026-06-30", "2026-09-30"]
    for assets, liabilities, equity in zip(
        rows["Assets"], rows["Liabilities"], rows["StockholdersEquity"], strict=True
    ):
        assert assets["val"] == liabilities["val"] + equity["val"]
    assert [row.get("frame") for row in rows["Assets"]] == [
        None,
        "CY2024Q2I",
        None,
        "CY2025Q2I",
        "CY2026Q2I",
        "CY2026Q3I",
    ]
    latest = rows["NetIncomeLoss"][-2:]
    assert latest[0] == {
        "start": "2025-07-01",
        "end": "2026-06-30",
        "val": 20_580_000,
        "accn": "0009900002-26-000004",
        "fy": 2026,
        "fp": "FY",
        "form": "10-K",
        "filed": "2026-08-29",
        "frame": "CY2025",
    }
    assert latest[1] == {
        "start": "2026-07-01",
        "end": "2026-09-30",
        "val": 5_145_000,
        "accn": "0009900002-26-000005",
        "fy": 2027,
        "fp": "Q1",
        "form": "10-Q",
        "filed": "2026-10-25",
        "frame": "CY2026Q3",
    }


def test_sec_knows_no_other_company_and_no_library(url: str) -> None:
    unknown = get(f"{url}/sec_edgar/submissions/CIK0000000001.json")
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (404, "application/xml")
    assert "<Code>NoSuchKey</Code>" in unknown.text
    undeclared = requests.get(f"{url}/sec_edgar/submissions/{GRAYWETHER}.json", timeout=5)
    assert (undeclared.status_code, undeclared.headers["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_companies_house_profile_of_a_sound_company(url: str) -> None:
    body = get(f"{url}/uk_companies_house/company/99000001", auth=KEY).json()
    assert body["company_name"] == "THISTLEWICK TEA BLENDERS LIMITED"
    assert (body["company_status"], body["date_of_creation"]) == ("active", "2009-03-17")
    assert body["accounts"]["last_accounts"]["made_up_to"] == "2026-06-30"
    assert body["accounts"]["next_due"] == "2028-03-31"
    assert body["accounts"]["overdue"] is False
    assert body["confirmation_statement"]["last_made_up_to"] == "2026-03-17"


def test_companies_house_officers_charges_and_filings(url: str) -> None:
    company = f"{url}/uk_companies_house/company/99000001"
    officers = get(f"{company}/officers", auth=KEY).json()
    assert (officers["active_count"], officers["resigned_count"], officers["total_results"]) == (2, 1, 3)
    assert officers["items"][2]["officer_role"] == "secretary"
    charges = get(f"{company}/charges", auth=KEY).json()
    assert [(charge["status"], charge["satisfied_on"]) for charge in charges["items"]] == [
        ("fully-satisfied", "2019-06-12")
    ]
    accounts = get(f"{company}/filing-history?category=accounts&items_per_page=2", auth=KEY).json()
    assert accounts["total_count"] == 3
    assert [filing["action_date"] for filing in accounts["items"]] == ["2026-06-30", "2025-06-30"]
    rest = get(f"{company}/filing-history?category=accounts&items_per_page=2&start_index=2", auth=KEY).json()
    assert [filing["action_date"] for filing in rest["items"]] == ["2024-06-30"]
    search = get(f"{url}/uk_companies_house/search/companies?q=thistlewick%20tea", auth=KEY).json()
    assert [item["title"] for item in search["items"]] == ["THISTLEWICK TEA BLENDERS LIMITED"]


def test_companies_house_of_an_insolvent_company(url: str) -> None:
    company = f"{url}/uk_companies_house/company/99000004"
    profile = get(company, auth=KEY).json()
    assert (profile["company_status"], profile["has_insolvency_history"]) == ("liquidation", True)
    assert profile["accounts"]["overdue"] is True
    (case,) = get(f"{company}/insolvency", auth=KEY).json()["cases"]
    assert case["type"] == "compulsory-liquidation"
    assert case["dates"] == [
        {"type": "petitioned-on", "date": "2026-08-19"},
        {"type": "wound-up-on", "date": "2026-10-13"},
    ]
    (order,) = get(f"{company}/filing-history?category=insolvency", auth=KEY).json()["items"]
    assert (order["type"], order["subcategory"]) == ("COCOMP", ["compulsory", "court-order"])


@pytest.mark.parametrize("part", ["insolvency", "charges"])
def test_companies_house_says_404_alike_for_none_and_for_nobody(url: str, part: str) -> None:
    for number in ("99000006", "99000099"):
        reply = get(f"{url}/uk_companies_house/company/{number}/{part}", auth=KEY)
        assert reply.status_code == 404
        assert reply.json()["error"] == "Not Found"
        assert reply.json()["path"] == f"/company/{number}/{part}"


def test_companies_house_does_not_know_everybody(url: str) -> None:
    reply = get(f"{url}/uk_companies_house/company/99000099", auth=KEY)
    assert reply.status_code == 404
    assert reply.json()["message"] == '404 NOT_FOUND "Resource not found for company profile 99000099"'


@pytest.mark.parametrize("auth", [None, ("", ""), ("wrong", "")])
def test_companies_house_wants_a_key(url: str, auth: tuple[str, str] | None) -> None:
    reply = get(f"{url}/uk_companies_house/company/99000001", auth=auth)
    assert reply.status_code == 401
    assert reply.json()["type"] == "ch:service"


def test_gazette_finds_petition_and_order(url: str) -> None:
    feed = get(f"{url}/uk_gazette/insolvency/notice/data.json?text=%22Pellbrook+Joinery+Limited%22&categorycode=24")
    body = feed.json()
    assert body["f:total"] == "2"
    assert [(entry["f:notice-code"], entry["published"]) for entry in body["entry"]] == [
        ("2452", "2026-10-18T00:00:00"),
        ("2450", "2026-09-02T00:00:00"),
    ]
    assert [type(entry["category"]) for entry in body["entry"]] == [dict, list]
    by_number = get(f"{url}/uk_gazette/insolvency/notice/data.json?text=99000004&noticetypes=2452").json()
    assert by_number["f:total"] == "1"
    assert by_number["entry"]["id"].endswith("/id/notice/L-99999-9900042")


def test_gazette_has_nothing_on_a_sound_company(url: str) -> None:
    body = get(f"{url}/uk_gazette/insolvency/notice/data.json?text=Thistlewick").json()
    assert (body["f:total"], body["entry"]) == ("0", None)


def test_gazette_pages_and_dates(url: str) -> None:
    feed = f"{url}/uk_gazette/insolvency/notice/data.json?text=pellbrook"
    second = get(f"{feed}&results-page-size=1&results-page=2").json()
    assert (second["f:page-number"], second["f:total"], second["entry"]["f:notice-code"]) == ("2", "2", "2450")
    later = get(f"{feed}&start-publish-date=2026-10-01").json()
    assert (later["f:total"], later["entry"]["f:notice-code"]) == ("1", "2452")


def test_gazette_notice_is_a_page_that_tells_its_data(url: str) -> None:
    reply = get(f"{url}/uk_gazette/notice/L-99999-9900042")
    soup = BeautifulSoup(reply.text, "html.parser")
    published, code = (
        soup.select_one('[property~="gaz:hasPublicationDate"]'),
        soup.select_one('[property="gaz:hasNoticeCode"]'),
    )
    content = soup.select_one("article.notice .content")
    assert published is not None
    assert code is not None
    assert content is not None
    assert published["content"] == "2026-10-18"
    assert code.get_text() == "2452"
    assert "PELLBROOK JOINERY LIMITED" in content.get_text()
    assert "(Company Number 99000004)" in content.get_text()
    assert get(f"{url}/uk_gazette/notice/L-1-1").status_code == 404


def test_ofac_list_has_the_exact_format(url: str) -> None:
    sdn = get(f"{url}/ofac_sdn/api/PublicationPreview/exports/SDN.CSV").content
    assert sdn.startswith(
        b'99001,"UMBRAGE DEEPWATER TRADING FZE",-0- ,"SDGT] [IFSR",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Ad'
    )
    assert sdn.endswith(b"-0- \r\n\x1a")
    # Six that stories tell of, and as many invented people as make it as long as a whole list is.
    assert sdn.count(b"\r\n") == 9_006
    assert sdn.count(b'"INVENTED, Person ') == 9_000
    assert b'99003,"NOBODY, Invented Person","individual","RUSSIA-EO14024","Chairman of an invented company",' in sdn
    assert b"UK Company Number 99000090;" in sdn
    alt = get(f"{url}/ofac_sdn/api/PublicationPreview/exports/ALT.CSV")
    assert alt.content.startswith(b'99001,990010,"aka","UMBRAGE DEEP WATER TRADING",-0- \r\n')
    assert alt.content.endswith(b"-0- \r\n\x1a")
    assert alt.headers["Last-Modified"] == "Fri, 20 Nov 2026 00:00:00 GMT"
    assert get(f"{url}/ofac_sdn/api/PublicationPreview/exports/NONE.CSV").status_code == 404


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1), date(2027, 3, 31), date(2028, 2, 29), date(2031, 12, 31)])
def test_no_document_is_dated_in_the_future(today: date) -> None:
    with Sandbox(today=today) as sandbox:
        url = sandbox.base_url
        texts = [get(f"{url}/sec_edgar/submissions/CIK000990000{last}.json").text for last in (2, 3, 8)]
        texts += [get(f"{url}/sec_edgar/api/xbrl/companyfacts/CIK000990000{last}.json").text for last in (2, 3, 8)]
        texts += [get(f"{url}/uk_gazette/insolvency/notice/data.json").text]
        for number in (1, 4, 5, 6, 7):
            company = f"{url}/uk_companies_house/company/9900000{number}"
            texts += [get(f"{company}/{part}", auth=KEY).text for part in ("officers", "insolvency", "filing-history")]
    days = {date.fromisoformat(day) for text in texts for day in re.findall(r'"(\d{4}-\d{2}-\d{2})', text)}
    assert min(days) == date(2006, 4, 11)
    assert today - timedelta(days=60) < max(days) < today
