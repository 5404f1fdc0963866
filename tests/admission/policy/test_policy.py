from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import yaml

from admission.errors import BadInput, Problem
from admission.policy import load_policy
from admission.policy.customer_rules import CustomerRules
from tests.admission.build import DEFAULT_POLICY, default_policy, policy_document
from tests.languages import is_chinese

Change = Callable[[dict[str, Any]], object]


def problems(change: Change) -> tuple[Problem, ...]:
    document = policy_document()
    change(document)
    with pytest.raises(BadInput) as caught:
        load_policy(document)
    return caught.value.problems


def criterion(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in document["criteria"] if item["id"] == name)
    return found


def put(*path: str | int, value: Any) -> Change:
    def change(document: Any) -> None:
        at = document
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = value

    return change


def on(name: str, **fields: Any) -> Change:
    return lambda document: criterion(document, name).update(fields)


def append(*path: str | int, value: Any) -> Change:
    def change(document: Any) -> None:
        at = document
        for part in path:
            at = at[part]
        at.append(value)

    return change


def repeat(*path: str | int) -> Change:
    """Put the first entry of a list in once more."""

    def change(document: Any) -> None:
        at = document
        for part in path:
            at = at[part]
        at.insert(1, dict(at[0]))

    return change


STAGES = ("approval", "bands", 1, "stages")
FIRST, BAND, *_, LAST = (band.name for band in default_policy().approval.bands)
AGAIN = {"name": "review", "title": {"en": "x", "zh": "x"}, "require": {"role": "cfo"}}
EARNED_STEPS = {"invoices": 6, "step": "0.1", "most": "0.5", "rest_months": 6, "late_days": 10}
MISTAKES: dict[str, tuple[Change, str, str]] = {
    "metric": (
        on("pays_late", metric="days_beyond_term"),
        "criteria.pays_late.metric",
        "did you mean days_beyond_terms?",
    ),
    "metric far off": (on("pays_late", metric="zzz"), "criteria.pays_late.metric", "one of total_assets"),
    "comparison": (on("pays_late", comparison="at_mots"), "criteria.pays_late.comparison", "did you mean at_most?"),
    "effect": (on("pays_late", effect="refuse"), "criteria.pays_late.effect", "one of reject, refer"),
    "on_unknown": (
        on("pays_late", on_unknown="pass"),
        "criteria.pays_late.on_unknown",
        "one of refer, hold, committee",
    ),
    "flag against a bound": (
        on("struck_off", comparison="at_most", value="1"),
        "criteria.struck_off.comparison",
        "a comparison for a flag, which registered_active is: is_true, is_false",
    ),
    "number as a flag": (
        on("pays_late", comparison="is_true", value=None),
        "criteria.pays_late.comparison",
        "a comparison for a days",
    ),
    "code against a bound": (
        on("pays_late", metric="industry_code"),
        "criteria.pays_late.comparison",
        "a comparison for a code, which industry_code is: equals, one_of",
    ),
    "code equal to a number": (
        on("pays_late", metric="industry_code", comparison="equals", value="3571"),
        "criteria.pays_late.value",
        "a code, which industry_code is",
    ),
    "number equal to a word": (
        on("pays_late", comparison="equals", value="thirty"),
        "criteria.pays_late.value",
        "a days, which days_beyond_terms is",
    ),
    "bound missing": (on("pays_late", value=None), "criteria.pays_late", "a value that fits the comparison at_most"),
    "range upside down": (
        on("pays_late", comparison="between", value=["3", "1"]),
        "criteria.pays_late",
        "a value that fits the comparison between",
    ),
    "one of numbers": (
        on("pays_late", comparison="one_of", value=["3", "1"]),
        "criteria.pays_late",
        "a value that fits the comparison one_of",
    ),
    "segment": (
        on("pays_late", when={"segments": ["standart"]}),
        "criteria.pays_late.when.segments.0",
        "did you mean standard?",
    ),
    "country": (on("pays_late", when={"countries": ["UK"]}), "criteria.pays_late.when.countries.0", "ISO 3166"),
    "kind of case": (
        on("pays_late", when={"kinds": ["reviews"]}),
        "criteria.pays_late.when.kinds.0",
        "did you mean review?",
    ),
    "field of a criterion": (on("pays_late", metrik="x"), "criteria.pays_late.metrik", "did you mean metric?"),
    "field of when": (
        on("pays_late", when={"segment": ["micro"]}),
        "criteria.pays_late.when.segment",
        "did you mean segments?",
    ),
    "field of the policy": (put("criterias", value=[]), "criterias", "did you mean criteria?"),
    "id twice": (repeat("criteria"), "criteria.sanctions", "nothing else here has"),
    "id in capitals": (on("pays_late", id="Pays late"), "criteria.Pays late.id", "matches the pattern ^[a-z]"),
    "house currency": (put("house_currency", value="usd"), "house_currency", "capitals"),
    "scorecard metric": (
        put("scorecard", "attributes", 0, "metric", value="altman_z3"),
        "scorecard.attributes.altman_z3.metric",
        "did you mean altman_z?",
    ),
    "scorecard of a code": (
        put("scorecard", "attributes", 0, "metric", value="industry_code"),
        "scorecard.attributes.industry_code.metric",
        "no bins",
    ),
    "scorecard twice": (
        put("scorecard", "attributes", 0, "metric", value="interest_cover"),
        "scorecard.attributes.interest_cover",
        "nothing else",
    ),
    "points": (
        put("scorecard", "attributes", 0, "bins", 3, "points", value="11"),
        "scorecard.attributes",
        "sum to 101, not to 100",
    ),
    "bins fall": (
        put("scorecard", "attributes", 0, "bins", 1, "below", value="0"),
        "scorecard.attributes.altman_z2.bins.1.below",
        "more than 1.1: the bins overlap",
    ),
    "open bin first": (
        put("scorecard", "attributes", 0, "bins", 0, value={"points": "0"}),
        "scorecard.attributes.altman_z2.bins",
        "a last bin without `below`, and only that one",
    ),
    "missing earns most": (
        put("scorecard", "attributes", 0, "missing", value="11"),
        "scorecard.attributes.altman_z2.missing",
        "missing must not earn more",
    ),
    "missing cap": (put("scorecard", "missing_cap", value="F"), "scorecard.missing_cap", "one of A, B, C, D, E"),
    "grade bounds": (put("grades", 1, "at_least", value="85"), "grades.B.at_least", "falling bounds"),
    "no lowest grade": (put("grades", 4, "at_least", value="1"), "grades.E.at_least", "0 for the last grade"),
    "grade twice": (put("grades", 1, "name", value="A"), "grades.A", "nothing else here has"),
    "treatment": (put("grades", 1, "treatments", value=["retention"]), "grades.B.treatments.0", "did you mean"),
    "no security": (
        lambda d: [d["treatments"].pop(8), d["grades"][3].update(treatments=[])],
        "treatments",
        "one of id security",
    ),
    "level down": (put("grades", 2, "level_up", value=-1), "grades.C.level_up", "by how many bands"),
    "fast-track grade": (
        put("approval", "fast_track", "grades", value=["A", "AA"]),
        "approval.fast_track.grades.1",
        "did you mean A?",
    ),
    "bands fall": (
        put("approval", "bands", 1, "up_to", value="1"),
        f"approval.bands.{BAND}.up_to",
        "the amount bands must rise",
    ),
    "no open band": (
        put("approval", "bands", 4, "up_to", value="9000000"),
        f"approval.bands.{LAST}.up_to",
        "has no route",
    ),
    "gap in bands": (
        put("approval", "bands", 1, "up_to", value=None),
        f"approval.bands.{BAND}.up_to",
        "behind one that has none",
    ),
    "stage twice": (append(*STAGES, value=AGAIN), f"approval.bands.{BAND}.stages.review", "nothing else here has"),
    "stage named hold": (
        put(*STAGES, 1, "name", value="hold"),
        f"approval.bands.{BAND}.stages.hold",
        "nothing else here has",
    ),
    "department": (
        put("approval", "bands", 0, "stages", 0, "require", value={"department": "finanse"}),
        f"approval.bands.{FIRST}.stages.review.require.department",
        "did you mean finance?",
    ),
    "role": (
        put("approval", "bands", 0, "stages", 0, "require", value={"role": "controler"}),
        f"approval.bands.{FIRST}.stages.review.require.role",
        "did you mean controller?",
    ),
    "no seat": (
        put("approval", "bands", 0, "stages", 0, "require", value={}),
        f"approval.bands.{FIRST}.stages.review.require",
        "exactly one of all_of, any_of",
    ),
    "preset that is a list": (put("limit", "preset", value=["monthly_sales"]), "limit.preset", "one of net_worth_10"),
    "share above one": (put("limit", "net_worth_share", value="10"), "limit.net_worth_share", "at most 1"),
    "unit of a ratio": (
        on("pays_late", metric="debt_ratio", unit="percent"),
        "criteria.pays_late.unit",
        "did you mean ratio?; ratios and shares are ratios, not percent",
    ),
    "amount without a currency": (on("positive_equity", unit=""), "criteria.positive_equity.unit", "a currency"),
    "currency": (on("positive_equity", unit="EURO"), "criteria.positive_equity.unit", "did you mean EUR?"),
    "never fails": (on("years_trading", value="0"), "criteria.years_trading.value", "a bound that can fail"),
    "never passes": (on("accounts_age", value="-1"), "criteria.accounts_age.value", "a bound that can pass"),
    "never fails between": (
        on("pays_late", metric="late_invoice_share", unit="share", comparison="between", value=["0", "1"]),
        "criteria.pays_late.value",
        "late_invoice_share is from 0 to 1",
    ),
    "amount range": (
        on("pays_late", when={"amount": {"above": "10", "up_to": "5"}}),
        "criteria.pays_late.when.amount.up_to",
        "more than 10",
    ),
    "words in one language": (
        put("treatments", 0, "text", "zh", value=" "),
        "treatments.retention_of_title.text.zh",
        "words in Chinese",
    ),
    "text without Chinese": (
        put("treatments", 0, "text", value={"en": "x"}),
        "treatments.retention_of_title.text.zh",
        "this field is required",
    ),
    "neutral as good as best": (
        put("scorecard", "attributes", 0, "missing", value="10"),
        "scorecard.attributes.altman_z2.missing",
        "whoever hides a bad figure gains",
    ),
    "qualitative cap": (
        lambda d: [
            d["scorecard"].update(qualitative_cap="5"),
            *(a.update(kind="qualitative") for a in d["scorecard"]["attributes"][-5:]),
        ],
        "scorecard.qualitative_cap",
        "at least 10",
    ),
    "a default rate of no grade": (
        put("customers", value={"default_rates": {"AA": "0.01"}}),
        "customers.default_rates.AA",
        "did you mean A?",
    ),
    "default rates that fall": (
        put("customers", value={"default_rates": {"A": "0.03", "C": "0.02"}}),
        "customers.default_rates.C",
        "at least 0.03, the rate of the better grade A",
    ),
    "earned steps down to no grade": (
        put("customers", value={"earned_steps": {**EARNED_STEPS, "worst_grade": "AA"}}),
        "customers.earned_steps.worst_grade",
        "did you mean A?",
    ),
    "a step above the most": (
        put("customers", value={"earned_steps": {**EARNED_STEPS, "step": "0.6"}}),
        "customers.earned_steps",
        "a step that is at most `most`",
    ),
    "earned steps without a rest": (
        put("customers", value={"earned_steps": {**EARNED_STEPS, "rest_months": 0}}),
        "customers.earned_steps.rest_months",
        "1",
    ),
    "a review of no grade": (
        put("customers", value={"reviews": {"AA": {"departments": ["finance"]}}}),
        "customers.reviews.AA",
        "did you mean A?",
    ),
    "a review that does not ask watch lists": (
        put("customers", value={"reviews": {"A": {"carry_over": ["credit", "watchlist"]}}}),
        "customers.reviews.A.carry_over",
        "watchlist is asked at every review",
    ),
    "a review that does not ask after insolvency": (
        put("customers", value={"reviews": {"A": {"carry_over": ["insolvency"]}}}),
        "customers.reviews.A.carry_over",
        "insolvency is asked at every review",
    ),
    "a review that does not ask our own ledger": (
        put("customers", value={"reviews": {"A": {"carry_over": ["own_ledger"]}}}),
        "customers.reviews.A.carry_over",
        "own_ledger is asked at every review",
    ),
    "a reserve that falls with age": (
        put("customers", value={"reserve": {"days_1_to_30": "0.2"}}),
        "customers.reserve",
        "shares that do not fall as debts grow older",
    ),
    "a loss above the whole": (
        put("customers", value={"loss_given_default": "1.2"}),
        "customers.loss_given_default",
        "1",
    ),
    "some grades by probability": (put("grades", 0, "pd_at_most", value="0.01"), "grades.B.pd_at_most", "or for none"),
    "probabilities fall": (
        lambda d: [
            g.update(pd_at_most=cut) for g, cut in zip(d["grades"], ("0.03", "0.01", "0.08", "0.2", "1"), strict=True)
        ],
        "grades.B.pd_at_most",
        "more than 0.03",
    ),
    "segment twice": (
        put("segments", value=["standard", "micro", "standard"]),
        "segments.2",
        "nothing else here has",
    ),
    "criteria that are no list": (put("criteria", value="nothing"), "criteria", "a list"),
    "segment inherits": (
        put("segments", value={"standard": {}, "micro": {"inherits": "standart"}}),
        "segments.micro.inherits",
        "did you mean standard?",
    ),
    "segments in a circle": (
        put("segments", value={"standard": {"inherits": "micro"}, "micro": {"inherits": "standard"}}),
        "segments.standard.inherits",
        "does not inherit this one",
    ),
    "segment changes nothing known": (
        put("segments", value={"standard": {"criteria": {"pays_lat": {"off": True}}}}),
        "segments.standard.criteria.pays_lat",
        "did you mean pays_late?",
    ),
    "segment changes nothing": (
        put("segments", value={"standard": {"criteria": {"pays_late": {}}}}),
        "segments.standard.criteria.pays_late",
        "a field that is different here",
    ),
    "segment bound never fails": (
        put("segments", value={"standard": {"criteria": {"years_trading": {"value": "0"}}}}),
        "segments.standard.criteria.years_trading.value",
        "a bound that can fail",
    ),
    "segment without a last band": (
        lambda d: d.update(segments={"standard": {"bands": d["approval"]["bands"][:1]}}),
        f"segments.standard.bands.{FIRST}.up_to",
        "has no route",
    ),
    "excluded country": (
        put("appetite", value={"excluded_countries": ["UK"]}),
        "appetite.excluded_countries.0",
        "a two-letter ISO 3166 country code",
    ),
    "cap on a grade": (
        put("appetite", value={"caps": {"grade": {"F": "1"}}}),
        "appetite.caps.grade.F",
        "one of A, B, C, D, E",
    ),
    "group": (
        put("approval", "bands", 0, "stages", 0, "require", value={"group": "A"}),
        f"approval.bands.{FIRST}.stages.review.require.group",
        "no such name",
    ),
    "group of groups": (
        put("approval", "groups", value={"A": [{"department": "credit"}], "B": [{"group": "A"}]}),
        "approval.groups.B.0.group",
        "a group is not made of groups",
    ),
    "office": (put("approval", "holders", value={"presidente": 1}), "approval.holders.presidente", "did you mean"),
    "quorum": (
        put("approval", "bands", 0, "stages", 0, "require", value={"role": "cfo", "votes": 2}),
        f"approval.bands.{FIRST}.stages.review.require",
        "at most 1 of CFO: the house has no more, so this quorum cannot be reached",
    ),
    "one person in two seats": (
        put("approval", "bands", 0, "stages", 0, "require", value={"all_of": [{"role": "cfo"}, {"role": "cfo"}]}),
        f"approval.bands.{FIRST}.stages.review.require",
        "one person filling two seats",
    ),
    "together from the start": (
        put("approval", "bands", 0, "stages", 0, "together", value=True),
        f"approval.bands.{FIRST}.stages.review.together",
        "false for the first stage",
    ),
    "chair without majority": (
        put("approval", "bands", 0, "stages", 0, "chair", value={"role": "cfo"}),
        f"approval.bands.{FIRST}.stages.review.chair",
        "decline: majority beside it",
    ),
    "review interval": (put("default_review_months", value=0), "default_review_months", "at least 1"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_what_would_be_right(name: str) -> None:
    change, field, expected = MISTAKES[name]
    found = problems(change)
    assert field in {problem.field for problem in found}
    told = [problem.expected.en for problem in found if problem.field == field]
    assert any(expected in text for text in told), told
    assert [problem.expected for problem in found if not is_chinese(problem.expected)] == []


def test_all_mistakes_are_told_at_once() -> None:
    def change(document: dict[str, Any]) -> None:
        criterion(document, "pays_late")["metric"] = "days"
        document["scorecard"]["missing_cap"] = "F"
        document["approval"]["fast_track"]["grades"] = ["Z"]

    assert [problem.field for problem in problems(change)] == [
        "criteria.pays_late.metric",
        "scorecard.missing_cap",
        "approval.fast_track.grades.0",
    ]


@pytest.mark.parametrize("document", [None, [], "policy"])
def test_what_is_no_table_is_no_policy(document: object) -> None:
    with pytest.raises(BadInput, match="not a policy"):
        load_policy(document)


def test_the_default_policy_loads() -> None:
    policy = default_policy()
    assert (policy.name, policy.house_currency) == ("default", "USD")
    assert [grade.name for grade in policy.grades] == ["A", "B", "C", "D", "E"]
    assert len(policy.criteria) == len(policy_document()["criteria"])
    assert len(list(policy.approval.requirements())) == 9
    assert policy.pin.sha256 == policy.sha256


def test_every_figure_of_the_default_policy_has_a_source() -> None:
    policy = default_policy()
    sources = [item.source for item in policy.criteria] + [item.source for item in policy.scorecard.attributes]
    sources += [policy.limit.source, policy.approval.source]
    assert all(source[:3] in ("[P]", "[S]", "[M]") for source in sources)


def test_every_text_of_the_default_policy_is_in_both_languages() -> None:
    policy = default_policy()
    texts = [item.reason for item in policy.criteria] + [item.title for item in policy.scorecard.attributes]
    texts += [item.text for item in policy.outside] + [item.terms_text for item in policy.grades]
    texts += [text for item in policy.treatments for text in (item.text, item.clause)]
    assert all(text.en and any("\u4e00" <= character <= "\u9fff" for character in text.zh) for text in texts)


def test_a_comment_makes_no_other_policy() -> None:
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    commented = load_policy(yaml.safe_load("# mended\n" + text.replace("\ngrades:", "\n# bounds\ngrades:")))
    assert commented.sha256 == default_policy().sha256


CHANGES: dict[str, Change] = {
    "a bound": on("pays_late", value="31"),
    "an effect": on("pays_late", effect="refer"),
    "points": put("scorecard", "attributes", 0, "bins", 1, "points", value="7"),
    "a word": put("treatments", 0, "text", "en", value="Title retained"),
    "a version": put("version", value="2026.2"),
    "a seat": put(*STAGES, 1, "require", value={"role": "cfo"}),
    "a day": put("effective_from", value="2026-02-01"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_other_content_is_another_policy(name: str) -> None:
    document = policy_document()
    CHANGES[name](document)
    assert load_policy(document).sha256 != default_policy().sha256


def test_the_order_of_the_keys_makes_no_other_policy() -> None:
    turned = dict(reversed(policy_document().items()))
    assert load_policy(turned).sha256 == default_policy().sha256


def test_a_policy_survives_its_own_writing() -> None:
    policy = default_policy()
    assert load_policy(policy.model_dump(mode="json")) == policy
    assert policy.criteria[0].value == Decimal(0)


def test_the_default_rate_is_the_bound_of_the_grade_before_the_rate_of_the_policy() -> None:
    document = policy_document()
    document["customers"] = {"default_rates": {"A": "0.01", "B": "0.04"}}
    policy = load_policy(document)
    assert [policy.default_rate(name) for name in ("A", "B", "C", "Z")] == [
        Decimal("0.01"),
        Decimal("0.04"),
        None,
        None,
    ]
    for grade, cut in zip(document["grades"], ("0.02", "0.05", "0.1", "0.2", "1"), strict=True):
        grade["pd_at_most"] = cut
    assert [load_policy(document).default_rate(name) for name in ("A", "C")] == [Decimal("0.02"), Decimal("0.1")]


def test_what_is_expected_to_be_lost_is_left_out_where_it_is_as_shipped() -> None:
    """A policy that says nothing of it keeps the fingerprint that it had before."""
    written = default_policy().model_copy(update={"customers": CustomerRules(warn_days=31)}).model_dump(mode="json")
    assert set(written["customers"]) == {"condition_days", "review_grace_days", "warn_days"}
