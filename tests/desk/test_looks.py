"""What the machine decided, in the inbox and on the case of whoever looks at it; stages that vote side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from admission.cases import Decision
from tests import stepping
from tests.desk.conftest import MANAGER, REVIEW, Bench, assessment, both, form_key
from tests.desk.test_lists import section

REFUSED = Decision(
    outcome="declined",
    decided_by="knock_out",
    assessment="ab" * 32,
    limit=None,
    currency="GBP",
    terms_days=None,
    reason=both("struck off", "已注销"),
    decided_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
)


def knocked_out(bench: Bench) -> str:
    """Let the machine refuse a request of ada's; everything is drawn."""
    reference = bench.open_case(kind="gathering")
    book = bench.house.casebook.cases
    book.decide(reference, REFUSED, actor="system", round_number=1, sample=Decimal(1))
    book.conclude(reference, customer=None, conditions=[], notices=[])
    return reference


def test_what_was_drawn_waits_for_everybody_but_the_requester(bench: Bench) -> None:
    reference = knocked_out(bench)
    assert reference in section(bench.sign_in("otto").get("/").text, "to-look")
    requester = bench.sign_in("ada")
    assert "to-look" not in requester.get("/").text
    page = requester.get(f"/cases/{reference}").text
    assert "Drawn for a spot check." in page
    assert f'action="/cases/{reference}/look"' not in page


def test_a_person_agrees_at_the_desk(bench: Bench) -> None:
    reference = knocked_out(bench)
    browser = bench.sign_in("otto")
    where = f"/cases/{reference}"
    sent = {"form_key": form_key(browser, where), "verdict": "agreed", "note": "the register says so"}
    answer = browser.post(f"{where}/look", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{where}?said=look")
    page = browser.get(answer.headers["location"]).text
    assert "Your spot check is recorded." in page
    assert "Otto Lind: the register says so" in page
    assert "to-look" not in browser.get("/").text


def test_a_person_re_opens_at_the_desk_and_finds_the_new_case(bench: Bench) -> None:
    reference = knocked_out(bench)
    browser = bench.sign_in("mira")
    where = f"/cases/{reference}"
    sent = {"form_key": form_key(browser, where), "verdict": "reopened", "note": "another company"}
    browser.post(f"{where}/look", data=sent)
    sampled = bench.house.casebook.samples.of(reference, 1)
    assert sampled is not None
    assert sampled.look is not None
    assert f'href="/cases/{sampled.look.opened}"' in browser.get(where).text
    assert bench.delivered == ["all"]


def test_a_look_without_a_word_is_refused_in_the_reader_s_language(bench: Bench) -> None:
    reference = knocked_out(bench)
    browser = bench.sign_in("feng")
    sent = {"form_key": form_key(browser, f"/cases/{reference}"), "verdict": "agreed", "note": ""}
    answer = browser.post(f"/cases/{reference}/look", data=sent)
    assert answer.status_code == 422
    assert "抽检须填写意见。" in answer.text


def test_stages_side_by_side_are_in_both_inboxes_and_both_open_on_the_page(bench: Bench) -> None:
    reference = bench.open_case(kind="gathering")
    beside = MANAGER.model_copy(update={"together": True})
    bench.assess(reference, assessment((REVIEW, beside), unknown=False))
    assert stepping.open_voting(bench.house, reference) is not None
    for username in ("lena", "mira"):
        assert reference in section(bench.sign_in(username).get("/").text, "to-vote")
    page = bench.sign_in("mira").get(f"/cases/{reference}").text
    assert page.count('<li class="stage now">') == 2
    assert "at the same time as the stage before it" in page


def test_a_stage_by_majority_tells_who_has_not_voted_yet(bench: Bench) -> None:
    reference = bench.open_case(kind="gathering")
    by_majority = REVIEW.model_copy(update={"decline": "majority"})
    bench.assess(reference, assessment((by_majority,), unknown=False))
    assert stepping.open_voting(bench.house, reference) is not None
    page = bench.sign_in("mira").get(f"/cases/{reference}").text
    assert "by majority" in page
    assert "not voted yet: 冯静, Lena Ortiz" in page
