"""Rulings on list entries, and overrides of criteria: what counts, until when, and what nobody can lift."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from admission.assessment.assessing import Dossier, assess
from admission.assessment.overrides import check_override, in_force
from admission.assessment.record import Assessment, CriterionResult, Override
from admission.assessment.routing import choose_route
from admission.cases import Case, CaseKind, CaseStatus
from admission.errors import BadInput, NotAllowed, NotFound
from admission.evidence.answers import Evidence
from admission.evidence.facts import Facts, WatchlistHit
from admission.evidence.findings import Validation, Verdict
from admission.evidence.topics import Topic
from admission.evidence.watchlists import Ruling, RulingWord, hits_to_rule, needs_two
from admission.memo.documents import CaseFile
from admission.memo.memo import credit_memo
from admission.money import RateTable
from tests.admission.build import AS_OF, NOW, application, default_policy, evidence, hit, requested, route_inputs, say

SEEN = "aa" * 32
KEY = "uk_company_number:00123456"


def ruling(word: RulingWord, contents: tuple[str, ...] = (SEEN,), **changes: Any) -> Ruling:
    made = Ruling(
        company_key=KEY,
        list_name="List one",
        entry="1",
        contents=contents,
        ruling=word,
        reason="looked into it",
        by="lena",
        at=NOW,
        case="GH-2026-000001",
    )
    return made.model_copy(update=changes)


def override(criterion: str, **changes: Any) -> Override:
    made = Override(
        company_key=KEY,
        criterion=criterion,
        reason="taken care of",
        until=AS_OF + timedelta(days=30),
        by="lena",
        at=NOW,
        case="GH-2026-000001",
        confirmed_by="omar",
        confirmed_at=NOW,
    )
    return made.model_copy(update=changes)


def assessed(
    *hits: WatchlistHit, rulings: tuple[Ruling, ...] = (), overrides: tuple[Override, ...] = (), on: date = AS_OF
) -> Assessment:
    answers: tuple[Evidence, ...] = (evidence(topics=(Topic.WATCHLIST,), kind="list"),)
    validation = Validation(findings=(), usable=Facts(hits=hits), spoiled=())
    dossier = Dossier(application(), CaseKind.ONBOARDING, answers, validation, rulings, overrides)
    return assess(dossier, default_policy(), RateTable(), as_of=on)


def figures(made: Assessment) -> tuple[object, object]:
    values = {metric.name: metric.value for metric in made.metrics}
    return values["watchlist_hits"], values["watchlist_confirmed"]


@pytest.mark.parametrize(
    ("word", "hits", "confirmed", "knocked_out"),
    [(None, 1, 0, False), ("unclear", 1, 0, False), ("not_same", 0, 0, False), ("same", 1, 1, True)],
)
def test_only_a_ruling_of_the_same_company_knocks_out(
    word: RulingWord | None, hits: int, confirmed: int, knocked_out: bool
) -> None:
    rulings = () if word is None else (ruling(word),)
    made = assessed(hit("1", content=SEEN), rulings=rulings)
    assert figures(made) == (hits, confirmed)
    assert (made.route.kind == "knock_out") is knocked_out
    assert made.rulings == rulings


def test_a_ruling_lapses_when_the_entry_says_something_else() -> None:
    made = assessed(hit("1", content="bb" * 32), rulings=(ruling("not_same"),))
    assert figures(made) == (1, 0)
    assert made.rulings == ()


def test_a_ruling_covers_all_that_was_seen_of_an_entry_and_nothing_more() -> None:
    both = hit("1", content=SEEN), hit("1", content="bb" * 32, matched_name="ALDER")
    assert figures(assessed(*both, rulings=(ruling("not_same"),))) == (1, 0)
    assert figures(assessed(*both, rulings=(ruling("not_same", (SEEN, "bb" * 32)),))) == (0, 0)


def test_the_last_ruling_counts() -> None:
    later = ruling("same", at=NOW + timedelta(days=1))
    assert figures(assessed(hit("1", content=SEEN), rulings=(later, ruling("not_same")))) == (1, 1)


def test_an_equal_official_number_is_ruled_out_by_two_people_alone() -> None:
    identified = hit("1", content=SEEN, basis="identifier")
    alone, unsigned = ruling("not_same"), ruling("not_same", two_sign=True)
    for said in (alone, unsigned, ruling("unclear", two_sign=True, confirmed_by="omar")):
        assert figures(assessed(identified, rulings=(said,))) == (1, 1)
    signed = unsigned.model_copy(update={"confirmed_by": "omar"})
    assert figures(assessed(identified, rulings=(signed,))) == (0, 0)
    assert hits_to_rule([identified, hit("1")], "1") == [identified, hit("1")]


@pytest.mark.parametrize(
    ("basis", "word", "two"),
    [
        ("identifier", "not_same", True),
        ("name", "not_same", True),
        ("near_name", "not_same", False),
        ("name", "same", False),
        ("name", "unclear", False),
        ("identifier", "same", False),
    ],
)
def test_clearing_an_equal_number_or_an_equal_name_takes_two_signatures(
    basis: str, word: RulingWord, two: bool
) -> None:
    assert needs_two(word, [hit("1", basis=basis)]) is two
    assert needs_two(word, [hit("1", basis="near_name"), hit("1", basis=basis)]) is two


def test_a_ruling_that_waits_for_its_second_signature_changes_nothing() -> None:
    named = hit("1", content=SEEN, basis="name")
    assert figures(assessed(named)) == (1, 0)
    waiting = ruling("not_same", two_sign=True)
    assert figures(assessed(named, rulings=(waiting,))) == (1, 0)
    assert figures(assessed(named, rulings=(waiting.model_copy(update={"confirmed_by": "omar"}),))) == (0, 0)


def test_an_entry_that_the_screening_does_not_have_is_not_ruled_on() -> None:
    identified = hit("1", content=SEEN, basis="identifier")
    with pytest.raises(NotAllowed, match="no such entry") as caught:
        hits_to_rule([identified], "2")
    assert caught.value.remedy.en == "entries to rule on: 1"


def test_without_rulings_and_overrides_an_assessment_is_what_it_was() -> None:
    document = assessed().model_dump(mode="json")
    assert "rulings" not in document
    assert "overrides" not in document
    assert all("overridden" not in result for result in document["criteria"])


def test_an_override_counts_when_it_is_confirmed_and_not_over() -> None:
    kept = override("a"), override("b", confirmed_by=None), override("c", until=AS_OF - timedelta(days=1))
    newer = override("a", reason="again", confirmed_at=NOW + timedelta(days=1))
    assert in_force((newer, *kept), AS_OF) == (newer,)
    assert in_force(kept, AS_OF + timedelta(days=31)) == ()


def test_an_override_covers_an_unknown_and_a_failure_and_asks_for_the_next_band_up() -> None:
    plain = assessed(hit("1", content=SEEN))

    unknown = next(name for name in plain.unknowns if _effect(name) not in ("reject", "committee", "hold"))
    made = assessed(hit("1", content=SEEN), overrides=(override("watchlist_names"), override(unknown)))
    results = {result.id: result for result in made.criteria}
    assert (results["watchlist_names"].verdict, results["watchlist_names"].open) == (Verdict.FAIL, False)
    assert results[unknown].verdict is Verdict.UNKNOWN
    assert unknown in plain.unknowns
    assert unknown not in made.unknowns
    assert [item.criterion for item in made.overrides] == sorted(["watchlist_names", unknown])
    assert made.route.kind in ("desk", "committee")


def _effect(criterion: str) -> str:
    return next(item.effect for item in default_policy().criteria if item.id == criterion)


def test_more_people_look_where_a_rule_is_departed_from() -> None:
    policy = default_policy()
    low = [band.name for band in policy.approval.bands]
    result = CriterionResult(id="watchlist_names", verdict=Verdict.FAIL, effect="refer", message=say("listed"))

    def band(*results: CriterionResult) -> str:
        return choose_route(route_inputs(policy, policy.grades[0].name, requested("20000"), results=results)).band

    signed = result.model_copy(update={"overridden": override("watchlist_names")})
    assert low.index(band(signed)) == low.index(band(result)) + 1


def test_the_memo_lists_rulings_and_overrides_without_naming_persons() -> None:
    made = assessed(hit("1", content=SEEN), rulings=(ruling("not_same"),), overrides=(override("years_trading"),))
    case = Case(
        reference="GH-2026-000001",
        kind=CaseKind.REVIEW,
        status=CaseStatus.VOTING,
        round=2,
        application=application(),
        company_key=KEY,
        requester=None,
        channel="calendar",
        opened_at=NOW,
    )
    file = CaseFile(case=case, assessment=made)
    english, chinese = (credit_memo(file, language) for language in ("en", "zh"))
    assert f"- List one 1: not the same company ({NOW.date()})" in english
    assert f"- **years_trading**: overridden until {AS_OF + timedelta(days=30)}" in english
    assert "附五、裁定与例外" in chinese
    assert "非同一企业" in chinese
    assert "lena" not in english + chinese
    assert "Rulings and overrides" not in credit_memo(CaseFile(case=case, assessment=assessed()), "en")


def test_a_rejection_is_not_overridden() -> None:
    with pytest.raises(NotAllowed, match="A criterion that rejects"):
        check_override(default_policy(), (), override("sanctions"), AS_OF)
    made = assessed(hit("1", content=SEEN), rulings=(ruling("same"),), overrides=(override("sanctions"),))
    assert made.route.kind == "knock_out"
    assert all(result.overridden is None for result in made.criteria if result.id == "sanctions")


def test_an_override_needs_a_known_criterion_a_reason_and_a_day_to_come() -> None:
    policy = default_policy()
    with pytest.raises(NotFound, match="no such criterion") as caught:
        check_override(policy, (), override("watchlist_name"), AS_OF)
    assert "watchlist_names" in caught.value.remedy.en
    with pytest.raises(BadInput) as wrong:
        check_override(policy, (), override("watchlist_names", reason=" ", until=date(2026, 1, 1)), AS_OF)
    assert [problem.field for problem in wrong.value.problems] == ["reason", "until"]
    passed = next(item for item in assessed().criteria if item.verdict is Verdict.PASS and item.effect != "reject")
    with pytest.raises(NotAllowed, match="nothing to override"):
        check_override(policy, (passed,), override(passed.id), AS_OF)
