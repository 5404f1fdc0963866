"""What changed on a case, at the desk: rulings on list entries, answers, and votes that lapsed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from admission.approval.votes import Ballot, Choice
from admission.assessment.record import Override
from admission.cases import CaseStatus
from admission.evidence.facts import Facts, WatchlistHit
from tests.casebook.build import signed_in
from tests.desk.conftest import NOW, PASSWORD, Bench, form_key

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


def test_an_equal_number_has_no_form(bench: Bench) -> None:
    reference = listed(bench, basis="identifier")
    page = bench.sign_in("lena").get(f"/cases/{reference}").text
    assert "equal official number: confirmed" in page
    assert f'action="/cases/{reference}/rulings"' not in page


def test_the_requester_answers_and_the_asker_is_told_that_the_vote_lapsed(bench: Bench) -> None:
    reference = bench.open_case()
    book = bench.house.casebook
    book.voting.cast(
        reference,
        book.people.get("lena"),
        bench.sha256(reference),
        Ballot(choice=Choice.ASK, comment="what of the loan?"),
        channel="desk",
        credential=signed_in(book, "lena", PASSWORD),
    )
    page = bench.sign_in("ada").get(f"/cases/{reference}").text
    assert "what of the loan?" in page
    assert f'action="/cases/{reference}/answer"' in page
    assert f'action="/cases/{reference}/answer"' not in bench.sign_in("feng").get(f"/cases/{reference}").text

    assert send(bench, "ada", reference, "answer", answer="repaid in May")[0] == 303

    assert book.cases.get(reference).status is CaseStatus.GATHERING
    asker = bench.sign_in("lena")
    inbox = asker.get("/").text
    assert "Votes of yours that lapsed" in inbox
    assert "an answer to a question: repaid in May" in inbox
    case = asker.get(f"/cases/{reference}").text
    assert "Your earlier vote has lapsed" in case
    assert "Lapsed votes of earlier rounds" in case
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


LOOK = {
    "topic": "enforcement",
    "site": "中国执行信息公开网",
    "searched_by": "name",
    "query": "Harbour Lane Tools Ltd",
    "looked_at": "2026-11-20T10:00:00+08:00",
    "link": "https://zxgk.court.gov.cn/zhixing/",
}


def recorded(bench: Bench, username: str, reference: str, **fields: str) -> tuple[int, str]:
    """Record a look of an hour ago."""
    an_hour_ago = (bench.house.clock() - timedelta(hours=1)).isoformat()
    return send(bench, username, reference, "evidence", **{**LOOK, "looked_at": an_hour_ago, **fields})


def test_a_look_recorded_on_the_case_page_opens_the_next_round_and_tells_whose_vote_lapsed(bench: Bench) -> None:
    reference = bench.open_case()
    vote = Ballot(choice=Choice.APPROVE, accepted={"open_insolvency": "by phone"})
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
