from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from admission.errors import AccessRefused, Challenged, CouldNotAsk, RateLimited, SourceChanged, SourceUnavailable
from admission.evidence.answers import Answer, Evidence, Parsed, Query, RawAnswer, coverage, latest
from admission.evidence.gathering import ANSWER_WORDS, facts_of, gather, raw_of
from tests.admission.asking import REPORT, SEARCH, SUBJECT, Source, Store, desk
from tests.admission.build import NOW, evidence, say
from tests.languages import plain

DAY = timedelta(days=1)
TIME_OUT = SourceUnavailable(
    plain("The bureau did not answer."), context={"source": "bureau"}, remedy=plain("try again later")
)
SERVER_ERROR = SourceUnavailable(plain("The bureau is down."), context={"source": "bureau", "status": "503"})
NOT_SENT = SourceUnavailable(plain("No connection."), context={"source": "bureau", "sent": "no"})
TWICE = Query(source="bureau", kind="other", params={"name": "alder"})


def asked(
    source: Source,
    store: Store,
    *,
    case: str = "GH-1",
    number: int = 1,
    later: timedelta = timedelta(0),
    buy: bool = True,
    again: bool = False,
) -> list[Evidence]:
    given = desk(store, later=later, buy=buy)
    return gather(source, SUBJECT, given, reference=case, round_number=number, again=lambda _: again)


def answers(items: list[Evidence]) -> list[tuple[str, str]]:
    return [(item.query.kind, str(item.answer)) for item in items]


def leading(source: Source) -> Source:
    """A source whose search leads to a paid report."""
    source.follows["search"] = (REPORT,)
    return source


def test_an_answer_is_kept_with_its_bytes_before_it_is_read() -> None:
    store = Store()
    (item,) = asked(Source(SEARCH).says("search", b"Alder Mills"), store)
    assert (item.answer, item.id, item.parser, item.reused) == (Answer.FOUND, "ev-1", "3", False)
    assert (item.status, item.content_type, item.url, item.fetched_at) == (200, "text/plain", "http://127.0.0.1/x", NOW)
    assert item.sha256 is not None
    assert store.body(item.sha256) == b"Alder Mills"
    assert store.of("GH-1", 1) == [item]
    assert raw_of(item, store).body == b"Alder Mills"


def test_no_record_is_an_answer_with_its_own_words() -> None:
    (item,) = asked(Source(SEARCH).says("search", b"none"), Store())
    assert (item.answer, item.message) == (Answer.NO_RECORD, say("nobody of this name"))


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (AccessRefused(plain("The key is refused."), remedy=plain("renew it")), Answer.REFUSED),
        (Challenged(plain("A captcha came."), remedy=plain("renew it")), Answer.CHALLENGED),
        (SourceChanged(plain("Another shape."), remedy=plain("renew it")), Answer.CHANGED),
        (RateLimited(plain("Slow down."), retry_after=9, remedy=plain("renew it")), Answer.UNAVAILABLE),
        (CouldNotAsk(plain("No answer."), remedy=plain("renew it")), Answer.UNAVAILABLE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_becomes_evidence_of_how_asking_ended(error: CouldNotAsk | SourceChanged, answer: Answer) -> None:
    (item,) = asked(Source(SEARCH).says("search", error), Store())
    assert (item.answer, item.sha256, item.cost) == (answer, None, Decimal(0))
    assert item.message is not None
    assert item.message.en == f"{error.message.en} - renew it"
    assert item.message.zh.startswith(ANSWER_WORDS[answer].zh)
    assert [gap.answer for gap in coverage([item]).gaps] == [answer, answer]


def test_an_unknown_shape_is_kept_with_its_bytes() -> None:
    store = Store()
    (item,) = asked(Source(SEARCH).says("search", b"junk"), store)
    assert (item.answer, item.status) == (Answer.CHANGED, 200)
    assert item.sha256 is not None
    assert store.body(item.sha256) == b"junk"


def test_where_the_caller_tries_again_an_unavailable_source_is_raised() -> None:
    store = Store()
    source = Source(SEARCH).says("search", TIME_OUT, b"Alder Mills")
    with pytest.raises(SourceUnavailable, match="did not answer"):
        asked(source, store, again=True)
    assert store.rows == []
    assert answers(asked(source, store, again=True)) == [("search", "found")]


def test_an_unavailable_source_that_is_given_up_is_recorded_and_the_others_are_asked() -> None:
    source = Source(SEARCH, TWICE).says("search", TIME_OUT).says("other", b"Alder Mills")
    assert answers(asked(source, Store())) == [("search", "unavailable"), ("other", "found")]


def test_a_cut_off_body_is_worth_another_try_too() -> None:
    class CutOff(Source):
        def parse(self, query: Query, raw: RawAnswer) -> Parsed:
            raise SourceUnavailable(plain("The body is cut off."))

    store = Store()
    with pytest.raises(SourceUnavailable, match="cut off"):
        asked(CutOff(SEARCH).says("search", b"Al"), store, again=True)
    assert list(store.bodies.values()) == [b"Al"]


def test_what_a_source_tells_of_a_company_is_stored_together_where_that_was_asked_for() -> None:
    alone, together = Store(), Store()
    for store in (alone, together):
        source = Source(SEARCH, TWICE).says("search", b"Alder Mills").says("other", b"none")
        given = desk(store)._replace(together=store is together)
        gather(source, SUBJECT, given, reference="GH-1", round_number=1)
    assert (alone.additions, together.additions) == ([1, 1], [2])
    assert alone.rows == together.rows


def test_what_was_told_before_a_source_failed_is_stored_too() -> None:
    store = Store()
    source = Source(SEARCH, TWICE).says("search", b"Alder Mills").says("other", TIME_OUT, b"none")
    given = desk(store)._replace(together=True)
    with pytest.raises(SourceUnavailable):
        gather(source, SUBJECT, given, reference="GH-1", round_number=1, again=lambda _: True)
    assert answers(store.of("GH-1", 1)) == [("search", "found")]


def test_what_was_paid_for_is_stored_at_once_with_all_before_it() -> None:
    store = Store()
    source = leading(Source(SEARCH)).says("search", b"Alder Mills").says("report", b"Alder Mills")
    gather(source, SUBJECT, desk(store)._replace(together=True), reference="GH-1", round_number=1)
    assert (store.additions, store.endings) == ([2], ["answered"])


def test_a_retry_asks_only_what_has_no_answer_yet() -> None:
    store = Store()
    source = Source(SEARCH, TWICE).says("search", b"Alder Mills").says("other", TIME_OUT, b"none")
    with pytest.raises(SourceUnavailable):
        asked(source, store, again=True)
    assert answers(asked(source, store, again=True)) == [("search", "found"), ("other", "no_record")]
    assert source.asked == [SEARCH.key, TWICE.key, TWICE.key]
    assert len(store.rows) == 2


def test_a_retry_still_asks_what_follows_from_stored_answers() -> None:
    store = Store()
    source = leading(Source(SEARCH)).says("search", b"Alder Mills").says("report", SERVER_ERROR, b"Alder Report")
    with pytest.raises(SourceUnavailable):
        asked(source, store, again=True)
    assert answers(asked(source, store)) == [("search", "found"), ("report", "found")]
    assert source.asked == [SEARCH.key, REPORT.key, REPORT.key]


def test_a_new_round_asks_again_what_is_no_longer_fresh_and_reuses_the_rest() -> None:
    store = Store()
    source = Source(SEARCH).says("search", b"Alder Mills", b"Alder Works")
    (first,) = asked(source, store)
    (reused,) = asked(source, store, number=2, later=30 * DAY)
    assert (reused.reused, reused.sha256, reused.fetched_at, reused.id) == (True, first.sha256, NOW, "ev-2")
    (renewed,) = asked(source, store, number=3, later=31 * DAY)
    assert (renewed.reused, len(source.asked)) == (False, 2)
    assert store.body(str(renewed.sha256)) == b"Alder Works"


def test_fresh_evidence_of_another_case_is_reused_and_costs_nothing() -> None:
    store = Store()
    source = leading(Source(SEARCH)).says("search", b"Alder Mills").says("report", b"Alder Report")
    asked(source, store, case="GH-1")
    again = asked(source, store, case="GH-2", later=DAY, buy=False)
    assert [(item.query.kind, item.reused, item.cost) for item in again] == [
        ("search", True, Decimal(0)),
        ("report", True, Decimal(0)),
    ]
    assert (len(source.asked), store.endings) == (2, ["answered"])


def test_a_source_that_is_not_set_up_is_not_asked() -> None:
    source = Source(SEARCH, REPORT, configured=False)
    items = asked(source, Store())
    assert answers(items) == [("search", "not_configured"), ("report", "not_configured")]
    assert {item.message for item in items} == {source.setup_hint}
    assert source.asked == []


def test_a_missing_identifier_leaves_its_topics_uncovered() -> None:
    source = Source(missing=say("no number"))
    (item,) = asked(source, Store())
    assert (item.answer, item.message, source.asked) == (Answer.SKIPPED, say("no number"), [])
    assert [str(gap.topic) for gap in coverage([item]).gaps] == ["credit"]


def test_a_source_for_other_companies_leaves_nothing() -> None:
    store = Store()
    assert asked(Source(), store) == []
    assert store.rows == []


def test_equal_questions_are_asked_once() -> None:
    alike = SEARCH.model_copy(update={"params": {"name": "alder", "match_name": "Alder Mills"}})
    source = Source(SEARCH, alike, SEARCH).says("search", b"Alder Mills")
    source.follows["search"] = (SEARCH, alike)
    assert answers(asked(source, Store())) == [("search", "found")]
    assert source.asked == [SEARCH.key]


@pytest.mark.parametrize("body", [b"none", b"junk"], ids=["no-record", "unreadable"])
def test_without_a_finding_nothing_follows(body: bytes) -> None:
    source = leading(Source(SEARCH)).says("search", body)
    assert len(asked(source, Store())) == 1


def test_a_paid_call_is_booked_before_and_closed_after() -> None:
    store = Store()

    class Watching(Source):
        def fetch(self, query: Query) -> RawAnswer:
            booked.append(list(store.calls.values()))
            return super().fetch(query)

    booked: list[object] = []
    source = Watching(REPORT).says("report", b"Alder Report")
    (item,) = asked(source, store)
    assert booked == [[(REPORT.key, Decimal("2.50"), "GBP", None)]]
    assert (item.cost, item.cost_currency) == (Decimal("2.50"), "GBP")
    assert store.endings == ["answered"]


def test_nothing_is_bought_where_buying_was_not_asked_for() -> None:
    store = Store()
    source = leading(Source(SEARCH)).says("search", b"Alder Mills")
    assert answers(asked(source, store, buy=False)) == [("search", "found"), ("report", "skipped")]
    assert store.calls == {}


@pytest.mark.parametrize(
    "error", [SERVER_ERROR, NOT_SENT, AccessRefused(plain("The key is refused.")), RateLimited(plain("Slow down."))]
)
def test_a_paid_call_that_surely_failed_may_be_made_again(error: Exception) -> None:
    store = Store()
    source = Source(REPORT).says("report", error, b"Alder Report")
    assert not asked(source, store)[0].answer.answered
    (item,) = asked(source, store)
    assert (item.answer, item.cost, store.endings) == (Answer.FOUND, Decimal("2.50"), ["failed", "answered"])


def test_a_paid_call_of_unknown_end_is_in_doubt_and_not_made_again() -> None:
    store = Store()
    source = Source(REPORT).says("report", TIME_OUT, b"Alder Report")
    (item,) = asked(source, store, again=True)
    assert (item.answer, item.cost, store.endings) == (Answer.IN_DOUBT, Decimal(0), [None])
    assert item.message is not None
    assert "may have been billed" in item.message.en
    (again,) = asked(source, store)
    (elsewhere,) = asked(source, store, case="GH-2")
    assert {again.answer, elsewhere.answer} == {Answer.IN_DOUBT}
    assert len(source.asked) == 1
    store.close_call("1", "released")
    assert answers(asked(source, store)) == [("report", "found")]


def test_a_crash_in_a_paid_call_leaves_it_in_doubt() -> None:
    store = Store()
    source = Source(REPORT).says("report", KeyError("a bug"), b"Alder Report")
    with pytest.raises(KeyError):
        asked(source, store)
    assert answers(asked(source, store)) == [("report", "in_doubt")]
    assert len(source.asked) == 1


def test_a_crash_after_a_paid_answer_never_buys_twice() -> None:
    store = Store()
    store.full = True
    source = Source(REPORT).says("report", b"Alder Report", b"Alder Report")
    with pytest.raises(OSError, match="no space"):
        asked(source, store)
    assert store.endings == [None]
    store.full = False
    assert answers(asked(source, store)) == [("report", "in_doubt")]
    assert len(source.asked) == 1


def test_a_paid_answer_of_unknown_shape_was_paid_for_and_is_read_again_not_bought_again() -> None:
    store = Store()
    source = Source(REPORT).says("report", b"junk")
    (item,) = asked(source, store)
    assert (item.answer, item.cost, store.endings) == (Answer.CHANGED, Decimal("2.50"), ["answered"])
    assert asked(source, store) == [item]
    source.mended = True
    (read,) = asked(source, store)
    assert (read.answer, read.cost, read.reused, read.sha256) == (Answer.FOUND, Decimal(0), True, item.sha256)
    assert asked(source, store) == [read]
    assert len(source.asked) == 1


class Stumbling(Source):
    """A source whose parser has a fault of its own, until it is mended."""

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        if not self.mended:
            raise OverflowError(f"date value out of range in {raw.body.decode()}")
        return super().parse(query, raw)


def test_a_fault_of_the_parser_after_a_paid_call_closes_it_and_keeps_its_bytes() -> None:
    store = Store()
    source = Stumbling(REPORT).says("report", b"Alder Report")
    (paid,) = asked(source, store)
    assert paid.answer is Answer.CHANGED
    assert (paid.cost, store.endings) == (Decimal("2.50"), ["answered"])
    assert store.body(str(paid.sha256)) == b"Alder Report"
    assert paid.message is not None
    assert "could not read the answer: OverflowError" in paid.message.en
    assert "gatehouse sources parse bureau FILE --kind report" in paid.message.en
    assert "OverflowError" in paid.message.zh
    assert "Alder" not in paid.message.en
    assert asked(source, store) == [paid]
    source.mended = True
    (read,) = asked(source, store)
    assert (read.answer, read.cost, read.sha256, len(source.asked)) == (Answer.FOUND, Decimal(0), paid.sha256, 1)


def test_a_fault_of_the_parser_does_not_stop_the_other_questions() -> None:
    source = Stumbling(SEARCH, TWICE).says("search", b"Alder Mills").says("other", b"Alder Mills")
    assert answers(asked(source, Store(), again=True)) == [("search", "changed"), ("other", "changed")]


def test_an_answer_that_was_read_and_cannot_be_read_any_more_stops_with_a_declared_error() -> None:
    store = Store()
    source = Stumbling(SEARCH).says("search", b"Alder Mills")
    source.mended = True
    asked(source, store)
    source.mended = False
    with pytest.raises(SourceChanged, match="OverflowError"):
        asked(source, store)


def test_facts_are_read_from_the_bytes_and_tied_to_their_evidence() -> None:
    store = Store()
    source = leading(Source(SEARCH)).says("search", b"Alder Mills").says("report", b"Alder Report")
    items = asked(source, store)
    facts = facts_of(items, {"bureau": source}, store)
    assert [(fact.legal_name, fact.evidence) for fact in facts.profiles] == [
        ("Alder Mills", "ev-1"),
        ("Alder Report", "ev-2"),
    ]


def test_evidence_without_an_answer_gives_no_facts() -> None:
    store = Store()
    source = Source(SEARCH, TWICE).says("search", b"none").says("other", b"junk")
    assert facts_of(asked(source, store), {"bureau": source}, store).rows() == ()


def test_evidence_without_bytes_cannot_be_read() -> None:
    with pytest.raises(SourceChanged, match="no bytes"):
        raw_of(evidence(sha256=None), Store())


def test_of_each_question_the_last_answer_counts() -> None:
    down = evidence("b", Answer.UNAVAILABLE, id="1")
    found = evidence("b", id="2")
    refused = evidence("b", Answer.REFUSED, id="3")
    newer = evidence("b", Answer.NO_RECORD, id="4")
    other = evidence("a", Answer.CHANGED, id="5")
    assert latest([down]) == [down]
    assert latest([down, refused]) == [refused]
    assert latest([down, found, refused]) == [found]
    assert latest([found, newer, other]) == [other, newer]


def test_every_answer_has_its_words() -> None:
    assert set(ANSWER_WORDS) == set(Answer)
