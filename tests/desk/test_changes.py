"""What changed on a case, at the desk: rulings on list entries, answers, and votes that lapsed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from admission.approval.votes import Ballot, Choice
from admission.assessment.record import Override
from admission.cases import CaseKind, CaseStatus
from admission.evidence.facts import Facts, WatchlistHit
from admission.evidence.uploads import MAX_UPLOAD
from desk.guard import MAX_BODY
from tests import stepping
from tests.casebook.build import signed_in
from tests.desk.conftest import NOW, PASSWORD, TO_ACCEPT, Bench, application, assessment, form_key
from tests.desk.test_lists import section

SEEN = "aa" * 32


def listed(bench: Bench, *, basis: str = "near_name") -> str:
    """Open a case whose company resembles a listed one."""
    reference = bench.open_case(kind="gathering")
    hit = WatchlistHit.model_validate(
        {
            "source": "ofac_sdn",
            "list_name": "OFAC SDN",
            "entry": "90001",
            "listed_name": "HARBOR LANE TOOLS",
            "matched_name": "HARBOR LANE TOOLS",
            "basis": basis,
            "score": Decimal("0.95"),
            "content": SEEN,
        }
    )
    bench.house.casebook.work.save_facts(reference, 1, Facts(hits=(hit,)))
    return reference


def send(bench: Bench, username: str, reference: str, page: str, **fields: str) -> tuple[int, str]:
    browser = bench.sign_in(username)
    path = f"/cases/{reference}"
    answer = browser.post(f"{path}/{page}", data={"form_key": form_key(browser, path), **fields})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_ruling_is_made_on_the_case_page_and_shown(bench: Bench) -> None:
    reference = listed(bench)
    page = bench.sign_in("lena").get(f"/cases/{reference}").text
    assert "not ruled yet" in page
    assert f'action="/cases/{reference}/rulings"' in page

    fields = {"entry": "90001", "ruling": "not_same", "reason": "another country"}
    status, target = send(bench, "lena", reference, "rulings", **fields)

    assert (status, target) == (303, f"/cases/{reference}?said=ruling")
    book = bench.house.casebook
    case = book.cases.get(reference)
    (ruling,) = book.watchlists.rulings(case.company_key)
    assert (ruling.ruling, ruling.by, ruling.contents) == ("not_same", "lena", (SEEN,))
    assert case.round == 2
    facts = book.work.facts(reference, 1)
    assert facts is not None
    book.work.save_facts(reference, 2, facts)
    text = bench.sign_in("feng").get(f"/cases/{reference}").text
    assert "非同一企业" in text
    assert "进入第 2 轮的原因" in text
    assert "another country" in text


def test_a_ruling_of_an_entry_that_changed_is_shown_as_lapsed(bench: Bench) -> None:
    reference = listed(bench)
    send(bench, "lena", reference, "rulings", entry="90001", ruling="not_same", reason="another country")
    work = bench.house.casebook.work
    facts = work.facts(reference, 1)
    assert facts is not None
    changed = facts.hits[0].model_copy(update={"content": "bb" * 32})
    work.save_facts(reference, 2, Facts(hits=(changed,)))
    assert "lapsed: the entry has changed since" in bench.sign_in("lena").get(f"/cases/{reference}").text


def test_nobody_rules_on_an_own_request_or_an_equal_number(bench: Bench) -> None:
    reference = listed(bench)
    assert f'action="/cases/{reference}/rulings"' not in bench.sign_in("ada").get(f"/cases/{reference}").text
    fields = {"entry": "90001", "ruling": "not_same", "reason": "mine"}
    assert send(bench, "ada", reference, "rulings", **fields)[0] == 403
    assert send(bench, "lena", reference, "rulings", **{**fields, "entry": "1"})[0] == 403
    assert send(bench, "lena", reference, "rulings", **{**fields, "ruling": "maybe"})[0] == 422
    assert bench.house.casebook.cases.get(reference).round == 1


def test_clearing_an_equal_number_waits_for_the_form_of_a_second_person(bench: Bench) -> None:
    reference = listed(bench, basis="identifier")
    assert "equal official number: confirmed" in bench.sign_in("lena").get(f"/cases/{reference}").text
    fields = {"entry": "90001", "ruling": "not_same", "reason": "a misprint in the list"}
    status, target = send(bench, "lena", reference, "rulings", **fields)
    assert (status, target) == (303, f"/cases/{reference}?said=signature")
    assert bench.house.casebook.cases.get(reference).round == 1
    form = f'action="/cases/{reference}/rulings/confirm"'
    mine = bench.sign_in("lena").get(target).text
    assert "waits for a second signature" in mine
    assert form not in mine
    assert form in bench.sign_in("mira").get(f"/cases/{reference}").text
    assert reference in section(bench.sign_in("mira").get("/").text, "to-confirm")
    assert "to-confirm" not in bench.sign_in("lena").get("/").text
    assert send(bench, "lena", reference, "rulings/confirm", entry="90001")[0] == 403
    assert send(bench, "otto", reference, "rulings/confirm", entry="90001")[0] == 403
    assert send(bench, "mira", reference, "rulings/confirm", entry="90001")[0] == 303
    (ruling,) = bench.house.casebook.watchlists.rulings(bench.house.casebook.cases.get(reference).company_key)
    assert (ruling.by, ruling.confirmed_by, ruling.counts) == ("lena", "mira", True)
    assert bench.house.casebook.cases.get(reference).round == 2


def test_the_requester_answers_and_the_voters_are_told_that_their_votes_stay(bench: Bench) -> None:
    reference = bench.open_case()
    book = bench.house.casebook
    for username, ballot in (
        ("feng", Ballot(choice=Choice.APPROVE)),
        ("lena", Ballot(choice=Choice.ASK, comment="what of the loan?")),
    ):
        credential = signed_in(book, username, PASSWORD)
        voter = book.people.get(username)
        book.voting.cast(reference, voter, bench.sha256(reference), ballot, channel="desk", credential=credential)
    page = bench.sign_in("ada").get(f"/cases/{reference}").text
    assert "what of the loan?" in page
    assert f'action="/cases/{reference}/answer"' in page
    assert f'action="/cases/{reference}/answer"' not in bench.sign_in("feng").get(f"/cases/{reference}").text

    assert send(bench, "ada", reference, "answer", answer="repaid in <b>May</b>")[0] == 303

    assert (book.cases.get(reference).status, book.cases.get(reference).round) == (CaseStatus.VOTING, 1)
    assert f'action="/cases/{reference}/answer"' not in bench.sign_in("ada").get(f"/cases/{reference}").text
    inbox = bench.sign_in("lena").get("/").text
    assert "Questions that were answered" in inbox
    assert "repaid in &lt;b&gt;May&lt;/b&gt;" in inbox
    assert "Votes of yours that lapsed" not in inbox
    for username in ("lena", "mira"):
        case = bench.sign_in(username).get(f"/cases/{reference}").text
        assert "Ada Brandt answered: repaid in &lt;b&gt;May&lt;/b&gt;" in case
        assert "the votes of this round stay" in case
        assert "Your earlier vote has lapsed" not in case
    page = bench.sign_in("feng").get(f"/cases/{reference}").text
    assert "Ada Brandt 答复：repaid in &lt;b&gt;May&lt;/b&gt;" in page
    assert bench.delivered


def test_overrides_are_listed_with_their_signatures(bench: Bench) -> None:
    reference = bench.open_case()
    book = bench.house.casebook
    case = book.cases.get(reference)
    override = Override(
        company_key=case.company_key,
        criterion="declared_contradictions",
        reason="explained",
        until=NOW.date().replace(year=2099),
        by="lena",
        at=NOW,
        case=reference,
    )
    book.overrides.propose(override)
    assert "waits for a second signature" in bench.sign_in("feng").get(f"/cases/{reference}?lang=en").text


SHOT = b"\x89PNG invented"
LOOK = {
    "topic": "enforcement",
    "site": "中国执行信息公开网",
    "searched_by": "name",
    "query": "Harbour Lane Tools Ltd",
    "looked_at": "2026-11-20T10:00:00+08:00",
    "link": "https://zxgk.court.gov.cn/zhixing/",
}


def recorded(bench: Bench, username: str, reference: str, **fields: str) -> tuple[int, str]:
    """Record a look of an hour ago, with a picture of the site."""
    an_hour_ago = (bench.house.clock() - timedelta(hours=1)).isoformat()
    browser = bench.sign_in(username)
    path = f"/cases/{reference}"
    sent = {"form_key": form_key(browser, path), **LOOK, "looked_at": an_hour_ago, **fields}
    answer = browser.post(f"{path}/evidence", data=sent, files={"file": ("site.png", SHOT)})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_what_one_person_put_on_the_case_is_read_and_confirmed_by_another(bench: Bench) -> None:
    reference = bench.open_case()
    assert recorded(bench, "lena", reference, result="nothing")[0] == 303
    book, path = bench.house.casebook, f"/cases/{reference}"
    (evidence,) = book.evidence.of(reference, 2)
    assert evidence.brought_by == "lena"
    reader = bench.sign_in("feng")
    waiting = {name: "to-confirm" in bench.sign_in(name).get("/").text for name in ("lena", "ada", "feng", "mira")}
    assert waiting == {"lena": False, "ada": False, "feng": True, "mira": True}
    assert f'action="{path}/confirmations"' not in bench.sign_in("lena").get(path).text
    page = reader.get(path).text
    assert f'action="{path}/confirmations"' in page
    assert "未经第二人复核" in page
    shown = reader.get(f"{path}/evidence/{evidence.id}/file")
    assert shown.content == SHOT
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["content-disposition"] == "attachment; filename*=UTF-8''site.png"
    assert send(bench, "lena", reference, "confirmations", evidence=evidence.id)[0] == 403
    assert send(bench, "ada", reference, "confirmations", evidence=evidence.id)[0] == 403
    assert send(bench, "feng", reference, "confirmations", evidence="another")[0] == 404
    assert send(bench, "feng", reference, "confirmations", evidence=evidence.id) == (303, f"{path}?said=confirm")
    assert book.confirmations.of(reference, 3) == {evidence.id: "feng"}
    assert "to-confirm" not in bench.sign_in("mira").get("/").text
    assert send(bench, "feng", reference, "confirmations", evidence=evidence.id)[0] == 404


def test_a_look_without_its_picture_or_with_a_huge_one_is_refused(bench: Bench) -> None:
    reference = bench.open_case()
    path, browser = f"/cases/{reference}", bench.sign_in("lena")
    sent = {"form_key": form_key(browser, path), **LOOK, "result": "nothing"}
    without = browser.post(f"{path}/evidence", data=sent)
    assert without.status_code == 422
    assert "a picture or print of what the site showed" in without.text
    huge = browser.post(f"{path}/evidence", data=sent, files={"file": ("a.png", bytes(MAX_UPLOAD + 1))})
    assert huge.status_code == 422
    over = browser.post(f"{path}/evidence", data=sent, files={"file": ("a.png", bytes(MAX_UPLOAD + MAX_BODY))})
    assert over.status_code in (400, 413, 422)
    assert bench.house.casebook.cases.get(reference).round == 1


def test_a_look_recorded_on_the_case_page_opens_the_next_round_and_tells_whose_vote_lapsed(bench: Bench) -> None:
    reference = bench.open_case()
    vote = Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(TO_ACCEPT, "by phone"))
    book = bench.house.casebook
    book.voting.cast(
        reference,
        book.people.get("lena"),
        bench.sha256(reference),
        vote,
        channel="desk",
        credential=signed_in(book, "lena", PASSWORD),
    )

    fields = {"result": "found", "listed_on": "2026-10-01", "title": "unpaid invoice", "reason": "found this morning"}
    status, target = recorded(bench, "feng", reference, **fields)

    assert (status, target) == (303, f"/cases/{reference}?said=evidence")
    (opening,) = book.rounds.of(reference)
    assert (opening.kind, opening.opened_by, opening.lapsed) == ("evidence", "feng", ("lena",))
    (evidence,) = book.evidence.of(reference, 2)
    assert (evidence.source, evidence.query.kind) == ("manual_evidence", "enforcement")
    text = bench.sign_in("lena").get(f"/cases/{reference}").text
    assert "new evidence, by" in text
    assert "found this morning" in text
    assert "Your earlier vote" in text
    assert bench.delivered


def test_a_look_with_a_time_to_come_or_without_a_result_is_refused_in_the_readers_language(bench: Bench) -> None:
    reference = bench.open_case()
    status, text = recorded(bench, "feng", reference, result="nothing", looked_at="2099-01-01T10:00:00+08:00")
    assert status == 422
    assert "查询记录无法受理。" in text
    assert "须为已过去的时间" in text
    assert recorded(bench, "lena", reference)[0] == 422
    assert bench.house.casebook.cases.get(reference).round == 1


def test_a_decided_case_offers_no_form_for_looks_and_takes_none(bench: Bench) -> None:
    reference = bench.open_case()
    form = f'action="/cases/{reference}/evidence"'
    assert form in bench.sign_in("lena").get(f"/cases/{reference}").text
    book = bench.house.casebook
    ballot = Ballot(choice=Choice.DECLINE, comment="not sound")
    book.voting.cast(
        reference,
        book.people.get("lena"),
        bench.sha256(reference),
        ballot,
        channel="desk",
        credential=signed_in(book, "lena", PASSWORD),
    )
    assert book.cases.get(reference).status is CaseStatus.DECIDED
    assert form not in bench.sign_in("lena").get(f"/cases/{reference}").text
    status, text = recorded(bench, "lena", reference, result="nothing")
    assert status == 409
    assert "what is new counts in the company&#39;s next case or review" in text
    assert book.evidence.of(reference, 2) == []


@pytest.mark.parametrize(
    ("username", "title", "reason"),
    [
        ("lena", "Why people decide this review", "no earlier decision to compare with"),
        ("feng", "本次复审转人工审批的原因", "没有可比较的上次决定"),
    ],
)
def test_the_page_of_a_review_says_why_people_decide(bench: Bench, username: str, title: str, reason: str) -> None:
    book = bench.house.casebook
    case, _ = book.cases.open(application(), kind=CaseKind.REVIEW, requester=None, channel="calendar")
    bench.assess(case.reference, assessment())
    assert stepping.open_voting(bench.house, case.reference) is not None
    page = bench.sign_in(username).get(f"/cases/{case.reference}").text
    assert page.index(title) < page.index(reason)
    assert (
        title
        not in bench.sign_in(username).get(f"/cases/{bench.open_case(application('Another Ltd', '01234567'))}").text
    )
