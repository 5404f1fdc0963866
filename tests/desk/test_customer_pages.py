"""The pages and endpoints of customers: what they tell, and what can be done there."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from admission.application import parse_application
from admission.policy.customer_rules import SecurityKind
from desk import customer_pages
from intake.book_files import BookFile
from intake.ledger_files import LedgerFile
from services import customer_files, limit_changes
from services.books import confirm_book, propose_book
from services.customer_files import Paper
from services.customer_standing import standing_of
from services.ledgers import LedgerDay, load_ledger
from tests.admission.customers.standing import build as papers
from tests.desk.conftest import Bench, assessment, form_key
from tests.services.test_customer_files import admitted, secured

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

    from admission.cases import Customer
    from wiring import House


@pytest.fixture
def customer(bench: Bench) -> Customer:
    first = assessment().treatments[0].model_copy(update={"before_delivery": True})
    return admitted(bench.house, made=assessment().model_copy(update={"treatments": (first,)}))


def page_of(browser: TestClient, customer: Customer, suffix: str = "") -> str:
    answer = browser.get(f"/customers/{customer.company_key}{suffix}")
    assert answer.status_code == 200, answer.text
    text: str = answer.text
    return text


def posted(browser: TestClient, customer: Customer, path: str, **fields: str) -> Any:
    page = f"/customers/{customer.company_key}"
    return browser.post(f"{page}/{path}", data={**fields, "form_key": form_key(browser, page)})


def test_the_list_tells_limit_what_is_in_force_and_why(bench: Bench, customer: Customer) -> None:
    text = bench.sign_in("lena").get("/customers").text
    assert f'href="/customers/{customer.company_key.replace(":", "%3A")}"' in text
    for said in ("Harbour Lane Tools Ltd", "150,000 GBP", "0 GBP", "is to be met before delivery"):
        assert said in text
    assert "须在发货前满足" in bench.sign_in("feng").get("/customers").text


def test_a_long_list_is_searched_and_read_page_by_page(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_pages, "PAGE", 2)
    names = ("Amber Tools Ltd", "Birch Tools Ltd", "Cedar Parts Ltd")
    keys = [admitted(bench.house, name, f"0987650{place}").company_key for place, name in enumerate(names)]
    browser = bench.sign_in("lena")
    pages, seen = ["/customers"], []
    for page in pages:
        text = browser.get(page).text.partition("<main")[2].replace("&amp;", "&")
        seen.append([name for name in names if name in text])
        pages += re.findall(r'href="(/customers\?[^"]*after[^"]*)"', text)
        assert len(pages) < 4
    assert seen == [["Amber Tools Ltd", "Birch Tools Ltd"], ["Cedar Parts Ltd"]]
    found = browser.get("/customers?search=tools").text
    assert [name for name in names if name in found] == ["Amber Tools Ltd", "Birch Tools Ltd"]
    assert "search=tools&after=" in found.replace("&amp;", "&")
    assert "No customer is found." in browser.get("/customers?search=nobody").text
    lines = browser.get("/api/customers", params={"text": "09876502"}).json()
    assert [line["company_key"] for line in lines] == [keys[2]]
    lines = browser.get("/api/customers", params={"after": keys[0], "most": 1}).json()
    assert [line["company_key"] for line in lines] == [keys[1]]
    # Ada asked for all of them; who has no part in them finds none, whatever is searched for.
    assert len(bench.sign_in("ada").get("/api/customers", params={"text": "ltd"}).json()) == 3
    bench.house.casebook.people.change("otto", department="sales")
    assert bench.sign_in("otto").get("/api/customers", params={"text": "ltd"}).json() == []


def test_who_has_no_part_in_a_customer_does_not_see_it(bench: Bench, customer: Customer) -> None:
    house = bench.house
    house.casebook.people.change("otto", department="sales")
    browser = bench.sign_in("otto")
    assert customer.legal_name not in browser.get("/customers").text
    for path in (f"/customers/{customer.company_key}", f"/api/customers/{customer.company_key}"):
        assert browser.get(path).status_code == 403
    assert browser.get(f"/api/customers/{customer.company_key}/standing").status_code == 403
    assert browser.get("/api/customers").json() == []


def test_a_customer_who_is_none_is_not_found(bench: Bench, customer: Customer) -> None:
    browser = bench.sign_in("lena")
    for path in ("/customers/uk:1", "/api/customers/uk:1", "/api/customers/uk:1/standing"):
        assert browser.get(path).status_code == 404, path


def test_a_condition_is_settled_on_the_page(bench: Bench, customer: Customer) -> None:
    browser = bench.sign_in("lena")
    (condition,) = bench.house.casebook.cases.conditions(customer.last_case)
    assert "Invoices fall due after 30 days." in page_of(browser, customer)
    empty = posted(browser, customer, "conditions", condition=condition.id, state="met", proof=" ")
    assert empty.status_code == 422
    wrong = posted(browser, customer, "conditions", condition=condition.id, state="open", proof="x")
    assert wrong.status_code == 422
    waived = posted(browser, customer, "conditions", condition=condition.id, state="waived", proof="x")
    assert waived.status_code == 403
    assert standing_of(bench.house, customer).in_force == 0
    met = posted(
        browser, customer, "conditions", condition=condition.id, state="met", proof="contract 17", until="2027-01-31"
    )
    assert met.status_code == 303
    text = browser.get(met.headers["location"]).text
    assert "The limit in force is reckoned anew." in text
    assert "contract 17" in text
    assert "until 2027-01-31" in text
    assert standing_of(bench.house, customer).in_force == 150_000


def test_only_what_a_person_may_do_is_offered(bench: Bench) -> None:
    house = bench.house
    customer = admitted(house, made=secured())
    book = house.casebook.people
    paper = Paper(SecurityKind.BANK_GUARANTEE, "Example Bank", "LG 17", Decimal(9), "GBP", house.today())
    customer_files.record_security(house, paper, {customer.company_key: Decimal(9)}, book.get("mira"))
    customer_files.hold(house, customer.company_key, "late", None, book.get("feng"))
    forms = {
        "settle": 'value="met"',
        "waive": 'value="waived"',
        "confirm": "/securities/confirm",
        "hold": '/holds"',
        "release": "/holds/release",
    }
    offered = {
        who: {name for name, part in forms.items() if part in page_of(bench.sign_in(who), customer)}
        for who in ("ada", "lena", "mira", "otto", "feng")
    }
    assert offered == {
        "ada": set(),
        "lena": {"settle", "confirm"},
        # Mira recorded the security herself.
        "mira": {"settle", "waive", "hold", "release"},
        "otto": {"settle", "confirm", "hold"},
        "feng": {"settle", "waive", "confirm", "hold", "release"},
    }


def test_deliveries_are_held_and_released_on_the_page(bench: Bench, customer: Customer) -> None:
    feng, mira = bench.sign_in("feng"), bench.sign_in("mira")
    assert posted(bench.sign_in("lena"), customer, "holds", because="late").status_code == 403
    assert posted(feng, customer, "holds", because="late", until="31.12.2026").status_code == 422
    assert posted(feng, customer, "holds", because="支票退票").status_code == 303
    assert "支票退票" in page_of(mira, customer)
    assert posted(feng, customer, "holds/release", hold="H9").status_code == 404
    assert posted(mira, customer, "holds/release", hold="H1").status_code == 303
    assert not standing_of(bench.house, customer).hold


def test_a_security_is_confirmed_by_a_second_person_on_the_page(bench: Bench) -> None:
    customer = admitted(bench.house, made=secured())
    book = bench.house.casebook.people
    paper = Paper(SecurityKind.BANK_GUARANTEE, "Example Bank", "LG 17", Decimal(99_000), "GBP", bench.house.today())
    customer_files.record_security(bench.house, paper, {customer.company_key: Decimal(99_000)}, book.get("mira"))
    first, second = bench.sign_in("mira"), bench.sign_in("feng")
    assert "待第二人签署" in page_of(second, customer)
    assert posted(first, customer, "securities/confirm", security="S1").status_code == 403
    assert posted(second, customer, "securities/confirm", security="S1").status_code == 303
    assert standing_of(bench.house, customer).in_force == 99_000


def test_what_secures_a_guarantor_is_not_on_the_file_of_the_customer(bench: Bench) -> None:
    house, mira = bench.house, bench.house.casebook.people.get("mira")
    one = admitted(house, made=secured())
    giver = admitted(house, "Parent Holdings Ltd", "09876544", made=secured())
    day = house.today()
    guarantee = Paper(SecurityKind.PARENT_GUARANTEE, giver.legal_name, "G 1", Decimal(9), "GBP", day)
    for paper, customer in (
        (guarantee._replace(giver_key=giver.company_key), one),
        (Paper(SecurityKind.BANK_GUARANTEE, "Bank of the Parent", "LG 9", Decimal(9), "GBP", day), giver),
    ):
        customer_files.record_security(house, paper, {customer.company_key: Decimal(9)}, mira)
    browser = bench.sign_in("lena")
    assert "LG 9" in page_of(browser, giver)
    assert "LG 9" not in page_of(browser, one)
    document = browser.get(f"/api/customers/{one.company_key}").json()
    assert [item["document"] for item in document["securities"]] == ["G 1"]


def test_programs_read_the_same(bench: Bench, customer: Customer) -> None:
    house = bench.house
    feng = house.casebook.people.get("feng")
    customer_files.record_insurance(house, papers.contract(), feng)
    customer_files.record_cover(house, papers.cover(company_key=customer.company_key), feng)
    customer_files.hold(house, customer.company_key, "late", None, feng)
    browser = bench.sign_in("lena")
    key = customer.company_key
    (line,) = browser.get("/api/customers").json()
    assert (line["company_key"], line["limit"], line["limit_in_force"], line["hold"]) == (key, "150000", "0", True)
    stands = browser.get(f"/api/customers/{key}/standing").json()
    assert (stands["limit"], stands["in_force"], stands["currency"], stands["until"]) == ("150000", "0", "GBP", None)
    assert [reason["code"] for reason in stands["reasons"]] == ["held", "condition"]
    assert stands["why"].startswith("0.00 GBP of the limit of 150,000.00 GBP are in force: deliveries are on hold")
    document = browser.get(f"/api/customers/{key}").json()
    assert document["standing"] == stands
    assert {name: len(document[name]) for name in ("conditions", "securities", "covers", "holds")} == {
        "conditions": 1,
        "securities": 0,
        "covers": 1,
        "holds": 1,
    }
    assert "application" not in document
    chinese = browser.get(f"/api/customers/{key}/standing?lang=zh").json()
    assert chinese["why"].startswith("额度 150,000.00 GBP 中生效 0.00 GBP：")


def test_the_page_tells_by_what_the_limit_is_raised_and_cut(bench: Bench, customer: Customer) -> None:
    house, key = bench.house, customer.company_key
    until = house.today() + timedelta(days=9)
    people = house.casebook.people
    raised = limit_changes.NewLimit(Decimal(200_000), "stock", valid_until=until)
    name = limit_changes.change_limit(house, key, raised, people.get("mira")).id
    browser = bench.sign_in("lena")
    page = page_of(browser, customer)
    assert "waits for a second signature" in page
    assert "Raised today to" not in page
    limit_changes.confirm_raise(house, name, people.get("feng"))
    limit_changes.change_limit(house, key, limit_changes.NewLimit(Decimal(9_000), "pays late"), people.get("feng"))
    page = page_of(browser, customer)
    for words in ("Raised today to", "the limit granted, 150,000.00, is raised", "the limit is cut to 9,000.00 GBP"):
        assert words in page
    chinese = page_of(browser, customer, "?lang=zh")
    assert "获批额度 150,000.00 临时调增至 200,000.00 GBP" in chinese
    document = browser.get(f"/api/customers/{key}").json()
    assert [item["kind"] for item in document["limit_changes"]] == ["raise", "cut"]
    codes = {reason["code"] for reason in document["standing"]["reasons"]}
    assert "cut" in codes


def test_a_limit_is_raised_by_two_people_and_taken_back_on_the_page(bench: Bench, customer: Customer) -> None:
    until = (bench.house.today() + timedelta(days=9)).isoformat()
    mira, feng, lena = (bench.sign_in(name) for name in ("mira", "feng", "lena"))
    asked = {"amount": "200,000", "because": "stock", "until": until}
    assert "/limits" not in page_of(lena, customer)
    assert posted(lena, customer, "limits", **asked).status_code == 403
    assert posted(mira, customer, "limits", **asked).headers["location"].endswith("said=limit_raised")
    (waiting,) = bench.house.casebook.limit_changes.of([customer.company_key])[customer.company_key]
    assert (waiting.amount, waiting.state) == (Decimal(200_000), "waits")
    assert "/limits/confirm" not in page_of(mira, customer)
    assert "/limits/confirm" in page_of(feng, customer)
    assert posted(mira, customer, "limits/confirm", change=waiting.id).status_code == 403
    assert posted(feng, customer, "limits/confirm", change=waiting.id).status_code == 303
    assert standing_of(bench.house, customer).limit == 200_000
    assert posted(feng, customer, "limits/end", change=waiting.id).status_code == 303
    assert standing_of(bench.house, customer).limit == 150_000


def test_a_limit_is_cut_on_the_page_and_what_cannot_be_is_told(bench: Bench, customer: Customer) -> None:
    feng = bench.sign_in("feng")
    for amount in ("", "much", "150,000", "1.2.3"):
        assert posted(feng, customer, "limits", amount=amount, because="late").status_code == 422
    assert posted(feng, customer, "limits", amount="60,000", because=" ").status_code == 422
    assert posted(feng, customer, "limits", amount="60,000", because="late").status_code == 303
    (cut,) = bench.house.casebook.limit_changes.of([customer.company_key])[customer.company_key]
    assert (cut.kind, cut.amount) == ("cut", Decimal(60_000))
    other = admitted(bench.house, "Parent Holdings Ltd", "09876544")
    assert posted(feng, other, "limits/end", change=cut.id).status_code == 404
    assert posted(feng, customer, "limits/end", change="L9").status_code == 404


def test_a_company_without_an_official_number_has_a_page_whatever_its_name(bench: Bench) -> None:
    document = {
        "legal_name": "A/S Nordlys & Søn?",
        "country": "DK",
        "requested": {"limit": "1000", "currency": "GBP", "terms_days": 30},
    }
    customer = admitted(bench.house, asked=parse_application(document))
    assert customer.company_key == "name:DK:a/s nordlys & søn?"
    browser = bench.sign_in("mira")
    (path,) = re.findall(r'href="(/customers/[^"]+)"', browser.get("/customers").text.partition("<main")[2])
    page = browser.get(path)
    assert page.status_code == 200
    assert "A/S Nordlys &amp; Søn?" in page.text
    key = form_key(browser, path)
    held = browser.post(f"{path}/holds", data={"because": "late", "form_key": key})
    assert held.status_code == 303
    assert browser.get(held.headers["location"]).status_code == 200
    api = path.replace("/customers/", "/api/customers/")
    assert browser.get(f"{api}/standing").json()["hold"] is True


def test_the_portfolio_is_for_who_sees_all(bench: Bench, customer: Customer) -> None:
    document = bench.sign_in("lena").get("/api/portfolio").json()
    assert (document["customers"], document["not_in_force"], document["open_conditions"]) == (1, 1, 1)
    # There is no rate for pounds where nobody gave one.
    assert document["without_rate"] == 1
    refused = bench.sign_in("ada").get("/api/portfolio")
    assert (refused.status_code, refused.json()["detail"]) == (403, "You do not see all customers.")


def test_reviews_are_accounted_for_to_who_sees_all(bench: Bench, customer: Customer) -> None:
    browser = bench.sign_in("lena")
    document = browser.get("/api/coverage").json()
    assert (document["customers"], document["due"], document["accounted"]) == (1, 0, 0)
    assert document["problems"][1] == "expire-limits has never run to its end"
    assert browser.get(f"/api/coverage?since={bench.house.today()}").json()["since"] == str(bench.house.today())
    late = browser.get("/api/coverage?since=2999-01-01")
    assert (late.status_code, late.json()["problems"][0]["field"]) == (422, "since")
    assert browser.get("/api/coverage?since=yesterday").status_code == 422
    refused = bench.sign_in("ada").get("/api/coverage")
    assert (refused.status_code, refused.json()["detail"]) == (403, "You do not see all customers.")


def loaded(house: House, folder: Path, customer: Customer) -> None:
    day = house.today()
    issued, due = day - timedelta(days=40), day - timedelta(days=9)
    path = folder / "ledger.csv"
    path.write_text(
        "customer,number,kind,amount,currency,issued,due\n"
        f"{customer.company_key},a,invoice,12000,GBP,{issued},{due}\nother,b,invoice,5,GBP,{issued},{due}\n",
        encoding="utf-8",
    )
    span = LedgerDay(day, day - timedelta(days=800))
    load_ledger(house, LedgerFile(path), span, house.casebook.people.get("feng"), lambda _: None)


def test_the_ledger_is_shown_once_one_is_loaded(bench: Bench, customer: Customer, tmp_path: Path) -> None:
    house, key = bench.house, customer.company_key
    browser = bench.sign_in("lena")
    assert "Our ledger" not in page_of(browser, customer)
    assert browser.get(f"/api/customers/{key}/ledger").json() == {"loaded": False}
    loaded(house, tmp_path, customer)
    text = page_of(browser, customer)
    assert f"Our ledger as of {house.today()}" in text
    document = browser.get(f"/api/customers/{key}/ledger").json()
    assert (document["loaded"], document["own_overdue_days"], document["overdue_documents"]) == (True, 9, 1)
    shown = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", text))
    assert shown["oldest overdue document, days"] == "9"
    assert shown["average days late, 12 months"] == "unknown: no undisputed invoice was settled in that time"
    assert {"balance", "ageing", "overdue", "days of sales outstanding (DSO)"} <= shown.keys()
    chinese = page_of(bench.sign_in("feng"), customer)
    assert "<dt>最长逾期天数</dt><dd>9</dd>" in chinese
    told = browser.get(f"/api/customers/{key}/ledger?lang=zh").json()["unknown"]
    assert told["bounced_payment_12m"] == "台账未记载退票"


def test_who_has_no_part_in_a_customer_does_not_see_its_ledger(bench: Bench, customer: Customer) -> None:
    bench.house.casebook.people.change("otto", department="sales")
    assert bench.sign_in("otto").get(f"/api/customers/{customer.company_key}/ledger").status_code == 403


def brought(house: House, folder: Path) -> Customer:
    """Bring a customer in with the book: one person proposes it, another confirms."""
    path = folder / "book.csv"
    columns = "legal_name,country,grade,limit,currency,terms_days,last_review"
    path.write_text(f"{columns}\nOld Friend Ltd,GB,B,500,USD,10,{house.today()}\n", encoding="utf-8")
    person = house.casebook.people.get
    propose_book(house, BookFile(path), person("feng"), lambda _: None)
    confirm_book(house, "B1", person("mira"), lambda _: None)
    return house.casebook.customers.all()[-1]


def test_who_came_with_the_book_is_shown_as_not_assessed(bench: Bench, tmp_path: Path) -> None:
    made = brought(bench.house, tmp_path)
    browser = bench.sign_in("lena")
    assert "not assessed here" in page_of(browser, made)
    case = browser.get(f"/cases/{made.last_case}")
    assert case.status_code == 200
    assert "came with the book B1, proposed by feng and confirmed by mira" in case.text
    assert "Old Friend Ltd" in browser.get("/customers").text
    assert browser.get("/").status_code == browser.get("/cases").status_code == 200
    assert browser.get(f"/api/customers/{made.company_key}").json()["assessed"] is False
    decision = browser.get(f"/api/cases/{made.last_case}").json()["decision"]
    assert (decision["decided_by"], decision["assessment"]) == ("import", "")
    chinese = bench.sign_in("feng")
    # It is no request of the proposer's, who would find nothing else in the inbox.
    assert "Old Friend Ltd" not in chinese.get("/").text
    assert "本系统尚未评估" in page_of(chinese, made)
    assert "随存量客户导入 B1 转入" in chinese.get(f"/cases/{made.last_case}").text
