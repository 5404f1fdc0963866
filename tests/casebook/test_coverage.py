"""Reviews counted from days and from cases, and sources whose last questions all failed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from admission.cases import CaseKind, CaseStatus
from admission.customers.coverage import DueCustomer, OpenCase, SourceAway
from admission.evidence.answers import Answer, Query
from casebook import Casebook
from tests.casebook.build import START, application, customer, desk_stage, evidence, opened, voting_on
from tests.casebook.test_customers import JULY, JUNE, MAY, admitted, settled

CREDIT = desk_stage().require.words()
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def review(casebook: Casebook, name: str) -> str:
    asked = application(name)
    return casebook.cases.open(asked, kind=CaseKind.REVIEW, requester=None, channel="calendar")[0].reference


def test_an_empty_casebook(casebook: Casebook) -> None:
    found = casebook.coverage.count(JUNE, SINCE)
    assert found == (0, 0, 0, [], 0)


def test_who_is_due_stands_with_the_open_case(casebook: Casebook) -> None:
    names = ("A Ltd", "B Ltd", "C Ltd", "D Ltd", "E Ltd", "F Ltd")
    made = {name: admitted(casebook, name, MAY) for name in names}
    admitted(casebook, "Later Ltd", JULY)
    admitted(casebook, "Gone Ltd", MAY, active=False)
    held, woken, lost, voting = (review(casebook, name) for name in names[1:5])
    assert casebook.cases.acquire_lease(held, "a run", 300)
    casebook.cases.request_wake(woken)
    voting_on(casebook, casebook.cases.get(voting))
    other, _ = casebook.cases.open(application("F Ltd"), kind=CaseKind.LIMIT_CHANGE, requester="ana", channel="desk")
    early = review(casebook, "Later Ltd")

    found = casebook.coverage.count(JUNE, SINCE)

    def due(name: str, *case: object) -> DueCustomer:
        return DueCustomer(made[name].company_key, MAY, OpenCase(*case) if case else None)  # type: ignore[arg-type]

    gathering = CaseStatus.GATHERING
    assert sorted(found.due) == [
        due("A Ltd"),
        due("B Ltd", held, CaseKind.REVIEW, gathering, True),
        due("C Ltd", woken, CaseKind.REVIEW, gathering, True),
        due("D Ltd", lost, CaseKind.REVIEW, gathering, False),
        due("E Ltd", voting, CaseKind.REVIEW, CaseStatus.VOTING, False, CREDIT),
        due("F Ltd", other.reference, CaseKind.LIMIT_CHANGE, gathering, False),
    ]
    assert (found.customers, found.due_now, found.done, found.open_reviews) == (7, 6, 0, 5)
    assert casebook.cases.get(early).status is gathering
    assert casebook.coverage.count(date(2027, 4, 30), SINCE)[1:4] == (0, 0, [])


def test_reviews_that_were_concluded_in_the_window_are_done(casebook: Casebook) -> None:
    admitted(casebook, "A Ltd", MAY)
    case = casebook.cases.get(review(casebook, "A Ltd"))
    settled(casebook, case, customer(case, next_review_on=JULY))
    at = casebook.history.of(case.reference)[-1].at
    assert casebook.coverage.count(JUNE, at).done == 1
    assert casebook.coverage.count(JUNE, at + timedelta(seconds=1)).done == 0


def test_a_source_is_away_once_its_last_questions_all_failed(casebook: Casebook) -> None:
    reference = opened(casebook).reference

    def ask(source: str, *answers: Answer) -> None:
        for number, answer in enumerate(answers):
            made = evidence(f"{source}{number}", answer=answer, at=START + timedelta(hours=number))
            query = Query(source=source, kind="profile", params={"number": str(number)})
            casebook.evidence.add(reference, 1, made.model_copy(update={"query": query}))

    ask("back", Answer.UNAVAILABLE, Answer.REFUSED, Answer.CHANGED, Answer.NO_RECORD)
    ask("away", Answer.FOUND, Answer.UNAVAILABLE, Answer.SKIPPED, Answer.CHALLENGED, Answer.IN_DOUBT)
    ask("never", Answer.REFUSED, Answer.REFUSED, Answer.REFUSED)
    ask("twice", Answer.REFUSED, Answer.REFUSED)
    ask("not set up", Answer.NOT_CONFIGURED, Answer.NOT_CONFIGURED, Answer.NOT_CONFIGURED)
    ask("left out", Answer.REFUSED, Answer.REFUSED, Answer.REFUSED)
    enabled = ("back", "away", "never", "twice", "not set up")

    def away(since: datetime) -> list[SourceAway]:
        return casebook.coverage.silent_sources(enabled, since, 3)

    hour = timedelta(hours=1)
    assert away(START) == [
        SourceAway(source="away", questions=3, since=START + hour),
        SourceAway(source="never", questions=3, since=START),
    ]
    # What was answered, or asked, before the window tells nothing.
    assert away(START + hour) == [SourceAway(source="away", questions=3, since=START + hour)]
    assert away(START + 2 * hour) == []
    assert casebook.coverage.silent_sources((), START, 3) == []


def test_the_last_event_of_a_name(casebook: Casebook) -> None:
    assert casebook.history.last("reviews.swept") is None
    casebook.history.add("system", "reviews.swept", None, {"due": "1"})
    casebook.history.add("system", "reviews.swept", None, {"due": "2"})
    casebook.history.add("system", "limits.swept", None, {})
    last = casebook.history.last("reviews.swept")
    assert last is not None
    assert (last.actor, last.detail) == ("system", {"due": "2"})
