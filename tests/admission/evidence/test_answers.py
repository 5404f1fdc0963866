from __future__ import annotations

from itertools import combinations

import pytest

from admission.evidence.answers import Answer, Coverage, Gap, Query, coverage
from admission.evidence.topics import Topic
from tests.admission.build import evidence

UNANSWERED = [answer for answer in Answer if answer not in (Answer.FOUND, Answer.NO_RECORD)]


@pytest.mark.parametrize("answer", list(Answer))
def test_only_found_and_no_record_are_answers(answer: Answer) -> None:
    assert answer.answered == (answer in (Answer.FOUND, Answer.NO_RECORD))


@pytest.mark.parametrize("answer", UNANSWERED)
def test_what_did_not_answer_leaves_gaps_in_its_topics_and_those_it_would_have_unlocked(answer: Answer) -> None:
    seen = coverage([evidence(answer=answer, topics=(Topic.IDENTITY,), unlocks=(Topic.CHARGES,))])
    assert seen.answered == {}
    assert [(gap.topic, gap.source, gap.answer) for gap in seen.gaps] == [
        (Topic.IDENTITY, "register", answer),
        (Topic.CHARGES, "register", answer),
    ]


def test_a_register_that_does_not_know_the_company_answered_on_its_identity_alone() -> None:
    topics = (Topic.IDENTITY, Topic.INSOLVENCY)
    seen = coverage([evidence(answer=Answer.NO_RECORD, topics=topics, unlocks=(Topic.CHARGES,))])
    assert seen.complete(Topic.IDENTITY)
    assert not seen.complete(Topic.INSOLVENCY)
    assert [gap.topic for gap in seen.gaps] == [Topic.INSOLVENCY, Topic.CHARGES]


def test_a_list_without_a_record_has_answered() -> None:
    assert coverage([evidence(answer=Answer.NO_RECORD, topics=(Topic.WATCHLIST,))]).complete(Topic.WATCHLIST)


def test_a_topic_is_complete_only_if_every_source_of_it_answered() -> None:
    good = evidence("register", topics=(Topic.INSOLVENCY,))
    bad = evidence("gazette", Answer.UNAVAILABLE, topics=(Topic.INSOLVENCY,))
    assert coverage([good]).complete(Topic.INSOLVENCY)
    assert not coverage([good, bad]).complete(Topic.INSOLVENCY)
    assert not coverage([bad]).complete(Topic.INSOLVENCY)


def test_a_topic_nobody_was_asked_about_is_not_complete() -> None:
    assert not coverage([]).complete(Topic.IDENTITY)
    assert not Coverage(answered={Topic.IDENTITY: ()}).complete(Topic.IDENTITY)
    assert not Coverage(
        answered={Topic.IDENTITY: ("register",)},
        gaps=(Gap(topic=Topic.IDENTITY, source="bureau", answer=Answer.REFUSED),),
    ).complete(Topic.IDENTITY)


def test_the_key_leaves_out_what_is_not_sent() -> None:
    query = Query(source="lists", kind="sdn", params={"match_name": "Alder", "part": "2", "file": "1"})
    assert query.key == "lists/sdn?file=1&part=2"


def test_different_questions_have_different_keys() -> None:
    crafted = [
        Query(source="s", kind="k", params={"name": "A", "country": "GB"}),
        Query(source="s", kind="k", params={"country": "GB&name=A"}),
        Query(source="s", kind="k", params={"country": "GB%26name=A"}),
        Query(source="s", kind="k", params={"country=GB&name": "A"}),
        Query(source="s", kind="k", params={}),
    ]
    assert all(first.key != second.key for first, second in combinations(crafted, 2))
