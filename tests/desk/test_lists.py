"""The inbox and the list of cases."""

from __future__ import annotations

import pytest

from admission.approval.votes import Ballot, Choice
from desk import views
from tests.casebook.build import signed_in
from tests.desk.conftest import PASSWORD, TO_ACCEPT, Bench, application


def section(text: str, name: str) -> str:
    return text.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


def test_the_inbox_shows_who_may_vote_now_what_waits_with_its_figures(bench: Bench) -> None:
    reference = bench.open_case()
    shown = section(bench.sign_in("lena").get("/").text, "to-vote")
    for part in (
        reference,
        "Harbour Lane Tools Ltd",
        "GB",
        "200,000 GBP",
        "150,000 GBP",
        "<dd>B</dd>",
        "desk: people approve in stages",
        "Detailed review by finance and legal",
        "UTC</time>",
    ):
        assert part in shown


def test_the_inbox_is_empty_for_the_requester_and_for_whom_it_is_not_yet_the_turn(bench: Bench) -> None:
    reference = bench.open_case()
    for username in ("ada", "mira", "otto"):
        text = bench.sign_in(username).get("/").text
        assert "Nothing waits for your vote." in section(text, "to-vote")
        assert reference not in section(text, "to-vote")
    assert reference in section(bench.sign_in("ada").get("/").text, "requested")


def test_the_next_stage_finds_the_case_when_the_first_is_done(bench: Bench) -> None:
    reference = bench.open_case()
    book = bench.house.casebook
    for username in ("feng", "lena"):
        ballot = Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(TO_ACCEPT, "asked the court by phone"))
        book.voting.cast(
            reference,
            book.people.get(username),
            bench.sha256(reference),
            ballot,
            channel="cli",
            credential=signed_in(book, username, PASSWORD),
        )
    assert reference in section(bench.sign_in("mira").get("/").text, "to-vote")
    assert reference not in section(bench.sign_in("lena").get("/").text, "to-vote")


def test_recent_decisions_show_outcome_and_limit(bench: Bench) -> None:
    reference = bench.open_case()
    book = bench.house.casebook
    ballot = Ballot(choice=Choice.DECLINE, comment="too many contradictions")
    book.voting.cast(
        reference,
        book.people.get("lena"),
        bench.sha256(reference),
        ballot,
        channel="cli",
        credential=signed_in(book, "lena", PASSWORD),
    )
    shown = section(bench.sign_in("otto").get("/").text, "decided")
    assert reference in shown
    assert "declined" in shown


def test_a_request_without_an_owner_can_be_taken_once(bench: Bench) -> None:
    reference = bench.open_case(requester=None, kind="unattributed")
    browser, late = bench.sign_in("ada"), bench.sign_in("otto")
    page = browser.get("/").text
    assert reference in section(page, "unowned")
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    answer = browser.post(f"/cases/{reference}/take", data={"form_key": key})
    assert answer.headers["location"] == f"/cases/{reference}?said=take"
    assert "The request is yours now." in browser.get(answer.headers["location"]).text
    assert bench.house.casebook.cases.get(reference).requester == "ada"
    assert bench.delivered == ["all"]
    page = late.get("/").text
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    second = late.post(f"/cases/{reference}/take", data={"form_key": key})
    assert second.status_code == 409
    assert "This request is somebody&#39;s already." in second.text


def test_the_list_of_cases_filters_by_status(bench: Bench) -> None:
    voting = bench.open_case()
    gathering = bench.open_case(application("Copper Mill Foods Ltd", "01234567"), kind="gathering")
    browser = bench.sign_in("otto")
    everything = browser.get("/cases").text
    assert voting in everything
    assert gathering in everything
    some = browser.get("/cases?status=gathering").text
    assert gathering in some
    assert voting not in some
    assert "Ada Brandt" in some
    wrong = browser.get("/cases?status=sleeping")
    assert wrong.status_code == 422
    assert "one of gathering, unattributed, voting, decided, concluded" in wrong.text


def test_a_hostile_company_name_stays_text_everywhere(bench: Bench) -> None:
    name = '<script>alert("x")</script>&{{ 7 * 7 }}'
    reference = bench.open_case(application(name))
    browser = bench.sign_in("lena")
    for path in ("/", "/cases", f"/cases/{reference}"):
        text = browser.get(path).text
        assert "<script" not in text
        assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;&amp;{{ 7 * 7 }}" in text


def test_cases_are_searched_by_company_reference_and_number(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("otto")
    for text in ("harbour lane", reference.lower(), "09876543"):
        shown = browser.get("/cases", params={"search": text}).text
        assert reference in shown
        assert f'value="{text}"' in shown
    for params in ({"search": "nobody"}, {"search": "harbour", "status": "concluded"}):
        assert "There are no such cases." in browser.get("/cases", params=params).text
    hostile = browser.get("/cases", params={"search": '"><script>', "status": "voting"}).text
    assert "<script>" not in hostile
    assert 'href="/cases?status=voting&amp;search=%22%3E%3Cscript%3E"' in hostile


def test_my_requests_are_shown_however_many_the_house_opened_since(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = bench.open_case()
    monkeypatch.setattr(views, "MOST_CASES", 1)
    bench.open_case(requester="otto", kind="unassessed", asked=application("Later Ltd", "09876544"))
    assert reference in section(bench.sign_in("ada").get("/").text, "requested")


def test_the_inbox_shows_so_many_and_counts_the_rest(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = bench.open_case()
    monkeypatch.setattr(views, "MOST_IN_INBOX", 0)
    text = bench.sign_in("lena").get("/").text
    assert reference not in section(text, "to-vote")
    assert 'href="/cases?status=voting"' in section(text, "to-vote")
