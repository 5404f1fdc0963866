"""The page of a case, and voting there."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from admission.approval.votes import Ballot, Choice
from admission.assessment.record import CriterionResult
from admission.cases import CaseStatus
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import (
    EventKind,
    Facts,
    Filing,
    FilingEvent,
    Judgement,
    LegalKind,
    LegalRecord,
    LegalStatus,
    WatchlistHit,
)
from admission.evidence.findings import Verdict
from admission.model import Text
from desk import case_pages
from tests import stepping
from tests.casebook.build import signed_in
from tests.desk.conftest import NOW, PASSWORD, TO_ACCEPT, Bench, application, assessment, form_key

ACCEPT: dict[str, Any] = {
    "accept": ["open_insolvency", "declared_contradictions"],
    "reason:open_insolvency": "asked the court by phone",
    "reason:declared_contradictions": "they explained it",
}


def vote(browser: TestClient, bench: Bench, reference: str, **fields: str) -> Response:
    path = f"/cases/{reference}"
    data = {"form_key": form_key(browser, path), "assessment": bench.sha256(reference), **fields}
    answer: Response = browser.post(f"{path}/votes", data=data)
    return answer


def aside(text: str) -> str:
    return text.partition("<aside")[2].partition("</aside>")[0]


def test_what_would_change_it_is_made_on_demand(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = bench.open_case()
    told = Text(en="Equity of 2 instead of 1 would give grade A.", zh="所有者权益合计由 1 变为 2，则为等级 A。")
    monkeypatch.setattr(case_pages, "what_would_change", lambda _, asked: (told,) if asked == reference else ())
    browser = bench.sign_in("lena")
    page = browser.get(f"/cases/{reference}").text
    assert told.en not in page
    assert f'href="/cases/{reference}?what_if=1#what-if"' in page
    assert told.en in browser.get(f"/cases/{reference}?what_if=1").text


def test_what_nobody_was_asked_stands_apart_and_needs_no_acceptance(bench: Bench) -> None:
    reference = bench.open_case(kind="gathering")
    noted = CriterionResult(
        id="pays_late",
        verdict=Verdict.UNKNOWN,
        effect="secured_only",
        message=Text(en="Days paid beyond terms: not asked, no source for it is set up", zh="平均逾期天数：未查询"),
        not_asked=True,
    )
    made = assessment()
    bench.assess(reference, made.model_copy(update={"criteria": (*made.criteria, noted)}))
    poll = stepping.open_voting(bench.house, reference)
    assert poll is not None
    assert "pays_late" not in poll.to_accept
    page = bench.sign_in("lena").get(f"/cases/{reference}").text
    unknown, _, apart = page.partition("Not asked: no source for it is set up")
    assert '<strong class="code">open_insolvency</strong>' in unknown
    assert '<strong class="code">pays_late</strong>' not in unknown
    assert apart.index('<strong class="code">pays_late</strong>') < apart.index("</section>")
    assert 'name="accept" value="pays_late"' not in page


def test_the_page_shows_everything_a_voter_needs(bench: Bench) -> None:
    reference = bench.open_case()
    text = bench.sign_in("lena").get(f"/cases/{reference}").text
    for part in (
        "UK company number",
        "09876543",
        "Ada Brandt",
        "score 61 of 100",
        "bound by turnover",
        "30 days from invoice",
        "Invoices fall due after 30 days.",
        "Running insolvency proceedings: unknown",
        "the source timed out",
        "Bank account not verified: no source",
        "9,000,000 GBP",
        "6,200,000 GBP",
        "2009-04-03",
        "17.6 years",
        "no source told it",
        "Assets equal liabilities and equity",
        "limit the bureau recommends: no source was asked",
        "25% of the points rest on missing data.",
        "statement.balance_identity",
        "voting opened",
    ):
        assert part in text, part
    assert re.search(r'<td data-label="SHA-256" class="code fine">[0-9a-f]{12}</td>', text)


def test_the_page_says_whose_votes_are_missing(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("lena")
    before = aside(browser.get(f"/cases/{reference}").text)
    assert "1 x finance: can be filled by 冯静" in before
    assert "1 x legal: can be filled by Lena Ortiz" in before
    vote(browser, bench, reference, choice="approve")
    after = aside(browser.get(f"/cases/{reference}").text)
    assert "1 x finance: can be filled by 冯静" in after
    assert "1 x legal" not in after.replace("asks for 1 x finance and 1 x legal", "")
    assert "You have voted on this assessment already." in after


def test_votes_of_all_stages_decide_and_wake_the_run_at_once(bench: Bench) -> None:
    reference = bench.open_case()
    finance = vote(bench.sign_in("feng"), bench, reference, choice="approve", limit="120,000", conditions="预付 20%\n")
    assert finance.headers["location"] == f"/cases/{reference}?said=vote"
    legal = vote(bench.sign_in("lena"), bench, reference, choice="approve", conditions="parent guarantee", **ACCEPT)
    assert legal.status_code == 303
    manager = bench.sign_in("mira")
    outlook = aside(manager.get(f"/cases/{reference}").text)
    assert "Your approval would decide this case." in outlook
    assert "120,000 GBP" in outlook
    assert outlook.index("预付 20%") < outlook.index("parent guarantee")
    assert "accepted by Lena Ortiz: asked the court by phone" in outlook
    assert "accepted by Lena Ortiz: they explained it" in outlook
    last = vote(manager, bench, reference, choice="approve")
    assert last.headers["location"] == f"/cases/{reference}?said=decided"
    case = bench.house.casebook.cases.get(reference)
    assert case.status is CaseStatus.DECIDED
    assert case.decision is not None
    assert (case.decision.outcome, str(case.decision.limit)) == ("admitted", "120000")
    assert len(bench.delivered) == 3
    page = manager.get(last.headers["location"]).text
    assert "the case is decided" in page
    assert "approved by feng, lena, mira" in page
    assert 'name="choice"' not in page


def test_without_an_acceptance_the_page_names_what_is_missing(bench: Bench) -> None:
    reference = bench.open_case()
    for username in ("feng", "lena", "mira"):
        vote(bench.sign_in(username), bench, reference, choice="approve")
    assert bench.house.casebook.cases.get(reference).status is CaseStatus.VOTING
    browser = bench.sign_in("mira")
    page = aside(browser.get(f"/cases/{reference}").text)
    assert "To be accepted by name, by nobody yet" in page
    assert page.index("Accept what could not be checked") < page.index("Accept what was not met")
    half = {"accept": "open_insolvency", "reason:open_insolvency": "asked the court by phone"}
    assert vote(browser, bench, reference, choice="approve", **half).headers["location"].endswith("said=vote")
    page = aside(browser.get(f"/cases/{reference}").text)
    assert "Accept what could not be checked" not in page
    assert 'name="reason:declared_contradictions"' in page
    decided = vote(browser, bench, reference, choice="approve", **ACCEPT)
    assert decided.headers["location"].endswith("said=decided")


def test_the_requester_cannot_vote(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("ada")
    page = browser.get(f"/cases/{reference}").text
    assert 'name="choice"' not in page
    assert "You asked for this customer, so you cannot vote on it." in page
    answer = vote(browser, bench, reference, choice="approve")
    assert answer.status_code == 403
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []
    assert bench.delivered == []


def test_a_vote_on_an_outdated_assessment_is_refused_with_what_to_do(bench: Bench) -> None:
    reference = bench.open_case()
    answer = vote(bench.sign_in("lena"), bench, reference, choice="approve", assessment="f" * 64)
    assert answer.status_code == 403
    assert "This vote is for an assessment that is no longer the current one." in answer.text
    assert "open the case again, read what changed, and vote on the current assessment" in answer.text
    assert f'href="/cases/{reference}"' in answer.text
    assert 'name="choice"' not in answer.text
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []


def test_accepting_something_that_is_no_open_unknown_is_refused(bench: Bench) -> None:
    reference = bench.open_case()
    fields = {"choice": "approve", "accept": "years_trading", "reason:years_trading": "surely"}
    answer = vote(bench.sign_in("lena"), bench, reference, **fields)
    assert answer.status_code == 403
    assert "Not an unknown or failed criterion of this case: years_trading." in answer.text
    assert "to be accepted by name are: open_insolvency, declared_contradictions" in answer.text


def test_a_vote_that_cannot_be_taken_is_shown_again_as_it_was_typed(bench: Bench) -> None:
    reference = bench.open_case()
    fields = {
        "choice": "approve",
        "limit": "plenty",
        "comment": "see <b>file</b>",
        "reason:open_insolvency": "asked by phone",
        "conditions": "x" * 301,
    }
    answer = vote(bench.sign_in("lena"), bench, reference, **fields)
    assert answer.status_code == 422
    assert "an amount such as 250000 or 250,000.50" in answer.text
    assert "at most 300 characters a line" in answer.text
    assert "a tick in its box to accept it, or no reason" in answer.text
    assert "see &lt;b&gt;file&lt;/b&gt;</textarea>" in answer.text
    assert 'value="plenty"' in answer.text
    assert 'value="approve" required checked' in answer.text


def test_a_decline_without_a_comment_and_a_choice_that_is_none_are_refused(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("lena")
    silent = vote(browser, bench, reference, choice="decline")
    assert silent.status_code == 403
    assert "A decline or a question needs a comment." in silent.text
    nothing = vote(browser, bench, reference)
    assert nothing.status_code == 422
    assert "Your decision" in nothing.text
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []


def test_a_question_can_be_followed_by_a_vote(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("lena")
    vote(browser, bench, reference, choice="ask", comment="Who owns it?")
    page = aside(browser.get(f"/cases/{reference}").text)
    assert "Who owns it?" in page
    declined = vote(browser, bench, reference, choice="decline", comment="No answer came.")
    assert declined.headers["location"].endswith("said=decided")
    decision = bench.house.casebook.cases.get(reference).decision
    assert decision is not None
    assert (decision.outcome, decision.limit) == ("declined", None)


def test_a_code_is_shown_once_and_votes_for_its_person(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("lena")
    path = f"/cases/{reference}"
    key = form_key(browser, path)
    chosen = {"choice": "decline", "comment": "too young <b>", "conditions": "", "limit": ""}
    data = {"form_key": key, "assessment": bench.sha256(reference), **chosen}
    answer = browser.post(f"{path}/code", data=data)
    assert answer.status_code == 200
    assert "too young &lt;b&gt;" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    shown = re.search(r'id="code">([^<]+)<', answer.text)
    assert shown is not None
    assert shown.group(1) not in browser.get(path).text
    without_a_choice = browser.post(f"{path}/code", data={**data, "choice": ""})
    assert without_a_choice.status_code == 422
    outdated = browser.post(f"{path}/code", data={**data, "assessment": "f" * 64})
    assert outdated.status_code == 403
    bench.house.casebook.codes.cast(shown.group(1), reference)
    (vote,) = bench.house.casebook.voting.votes(reference, 1)
    assert (vote.voter, vote.ballot.choice, vote.assessment) == ("lena", Choice.DECLINE, bench.sha256(reference))


def test_who_has_no_seat_gets_no_code(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("ada")
    path = f"/cases/{reference}"
    data = {"form_key": form_key(browser, path), "assessment": bench.sha256(reference), "choice": "approve"}
    assert browser.post(f"{path}/code", data=data).status_code == 403
    waiting = bench.open_case(application("Copper Mill Foods Ltd", "01234567"), kind="gathering")
    assert browser.post(f"/cases/{waiting}/code", data=data).status_code == 403


def test_a_case_that_is_not_assessed_yet_has_a_page(bench: Bench) -> None:
    reference = bench.open_case(kind="gathering")
    answer = bench.sign_in("ada").get(f"/cases/{reference}")
    assert answer.status_code == 200
    assert "Not assessed yet" in answer.text
    assert "Voting has not opened." in answer.text


def test_a_decided_case_shows_decision_and_conditions(bench: Bench) -> None:
    from services import concluding

    reference = bench.open_case()
    book = bench.house.casebook
    for username in ("feng", "lena", "mira"):
        ballot = Ballot(
            choice=Choice.APPROVE,
            conditions=("deposit 20 %",),
            accepted=dict.fromkeys(TO_ACCEPT, "asked by phone"),
        )
        book.voting.cast(
            reference,
            book.people.get(username),
            bench.sha256(reference),
            ballot,
            channel="cli",
            credential=signed_in(book, username, PASSWORD),
        )
    concluding.conclude(bench.house, reference)
    text = aside(bench.sign_in("otto").get(f"/cases/{reference}").text)
    assert "admitted" in text
    assert "150,000 GBP, 30 days" in text
    assert "deposit 20 %" in text
    assert "proposed by Mira Novak" in text


def test_list_entries_court_records_and_filings_are_shown_to_who_must_judge_them(bench: Bench) -> None:
    reference = bench.open_case(kind="gathering")
    hit = WatchlistHit(
        source="ofac_sdn",
        list_name="SDN",
        entry="SDN-77",
        listed_name="HARBOUR LANE TRADING",
        matched_name="HARBOUR LANE TOOLS",
        basis="near_name",
        score=Decimal("0.91"),
    )
    petition = LegalRecord(
        source="uk_gazette",
        kind=LegalKind.WINDING_UP_PETITION,
        status=LegalStatus.UNCLEAR,
        on=date(2026, 3, 2),
        reference="4400001",
        title="Petition <b>to wind up</b>",
    )
    late = Filing(
        source="sec_edgar",
        reference="0001",
        form="NT 10-K",
        filed_on=date(2026, 4, 1),
        events=(FilingEvent(kind=EventKind.LATE_FILING, on=date(2026, 4, 1), inferred=True, basis="form type"),),
    )
    bench.house.casebook.work.save_facts(reference, 1, Facts.of([hit, petition, late]))
    text = bench.sign_in("lena").get(f"/cases/{reference}").text
    for part in ("HARBOUR LANE TRADING", "resembling name", "91%", "winding-up petition", "unclear", "late filing"):
        assert part in text
    assert "Petition &lt;b&gt;to wind up&lt;/b&gt;" in text
    assert "inferred: form type" in text


def test_judgements_are_shown_with_who_made_them_and_why(bench: Bench) -> None:
    reference = bench.open_case(kind="gathering")
    judgement = Judgement(
        source="manual_evidence",
        aspect="market_position",
        points=2,
        note="second of <b>its</b> trade",
        by="mira",
        department="credit",
        on=date(2026, 4, 1),
    )
    bench.house.casebook.work.save_facts(reference, 1, Facts.of([judgement]))
    text = bench.sign_in("lena").get(f"/cases/{reference}").text
    for part in ("Judged market position", "second of &lt;b&gt;its&lt;/b&gt; trade", "Mira Novak", "2026-04-01"):
        assert part in text


def test_the_page_shows_where_a_source_was_asked_if_not_at_its_own_address(bench: Bench) -> None:
    reference = bench.open_case()
    asked = Evidence(
        id="forged",
        query=Query(source="creditsafe", kind="report"),
        answer=Answer.NO_RECORD,
        fetched_at=NOW,
        other_address="http://127.0.0.1:5399",
    )
    bench.house.casebook.evidence.add(reference, 1, asked)
    browser = bench.sign_in("lena")
    for language, caution in (
        ("en", "creditsafe was asked at http://127.0.0.1:5399, which is not its own address"),
        ("zh", "creditsafe 是在 http://127.0.0.1:5399 查询的，并非该来源自身的地址"),
    ):
        page = browser.get(f"/cases/{reference}?lang={language}", follow_redirects=True).text
        assert page.count(caution) == 1
        assert page.count("5399") == 1
