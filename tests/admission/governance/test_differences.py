"""What differs between two policies, in words; nothing that differs goes unsaid."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import BadInput
from admission.governance.differences import differences
from admission.policy import Policy, load_policy
from tests.admission.build import default_policy, policy_document
from tests.conftest import TIMES

Document = dict[str, Any]
CURRENT_RATIO = {
    "id": "current_ratio",
    "metric": "current_ratio",
    "comparison": "at_least",
    "value": "1.0",
    "effect": "refer",
    "reason": {"en": "Current ratio", "zh": "流动比率"},
    "source": "[P]",
}


CFO_OR_LEGAL = {"any_of": [{"role": "cfo"}, {"department": "legal", "votes": 2}]}


def with_ratio(value: str = "1.0", **changes: Any) -> Document:
    document = policy_document()
    document["criteria"].append({**copy.deepcopy(CURRENT_RATIO), "value": value, **changes})
    return document


def said(old: Document, new: Document) -> list[tuple[str, str]]:
    found = differences(load_policy(old), load_policy(new))
    return [(item.text.en, item.text.zh) for item in found]


def changed(change: Callable[[Document], Any], old: Document | None = None) -> list[str]:
    """The English of what differs when the default policy is changed like this."""
    before = old or policy_document()
    after = copy.deepcopy(before)
    change(after)
    return [en for en, _ in said(before, after)]


def test_a_bound_is_said_as_people_would() -> None:
    distributors = {"segments": ["distributor"]}
    assert said(with_ratio("1.0", when=distributors), with_ratio("1.2", when=distributors)) == [
        (
            "current ratio: at least 1.0 -> 1.2 for distributors",
            "流动比率：不低于 1.0 -> 1.2（适用于经销商）",
        )
    ]


def test_a_segment_that_changes_an_inherited_bound_is_said_against_what_it_asked_before() -> None:
    own = {"distributor": {"criteria": {"current_ratio": {"value": "1.2"}}}, "standard": {}, "micro": {}}
    old = with_ratio()
    old["segments"] = {name: {} for name in own}
    new = with_ratio()
    new["segments"] = own
    assert said(old, new) == [
        ("current ratio: at least 1.0 -> 1.2 for distributors", "流动比率：不低于 1.0 -> 1.2（适用于经销商）")
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda p: p["criteria"][-1].update(comparison="at_most", value="3"),
            "current ratio: at least 1.0 -> at most 3",
        ),
        (
            lambda p: p["criteria"][-1].update(effect="reject"),
            "current ratio, if failed: refers to approvers -> rejects",
        ),
        (
            lambda p: p["criteria"][-1].update(on_unknown="committee"),
            "current ratio, if unknown: refers to approvers -> goes to the committee",
        ),
        (
            lambda p: p["criteria"][-1].update(when={"countries": ["GB"], "kinds": ["review"]}),
            "current ratio, holds for: all cases -> GB and review",
        ),
        (lambda p: p["criteria"][-1].update(prescreen=True), "current ratio, part of the prescreen: no -> yes"),
        (
            lambda p: p["criteria"][-1]["reason"].update(zh="流动性"),
            "current ratio, reason, in Chinese: 流动比率 -> 流动性",
        ),
        (lambda p: p["grades"][2].update(terms_days=10), "grade C, longest terms, days: 14 -> 10"),
        (lambda p: p["grades"][3].update(level_up="top"), "grade D, bands up: 1 -> top"),
        (lambda p: p["grades"][0].update(treatments=["deposit_25"]), "grade A, treatment: none -> deposit_25"),
        (lambda p: p["limit"].update(starter_cap="7000"), "limit rule, starter cap: 5000 -> 7000"),
        (
            lambda p: p["treatments"][1]["text"].update(en="A deposit"),
            "treatment deposit_25, text, in English: Deposit of {share} of",
        ),
        (lambda p: p.update(default_review_months=12), "months between reviews: 6 -> 12"),
        (lambda p: p["time_limits"].update(expire_days=90), "time limits, days until expired: 60 -> 90"),
        (
            lambda p: p["scorecard"].update(max_missing_share="0.30"),
            "scorecard, share that may be missing: 0.40 -> 0.30",
        ),
        (
            lambda p: p["scorecard"]["attributes"][0]["bins"][0].update(below="1.2"),
            "scorecard, attribute altman z2, points: 0 below 1.1, 6 below 2.6, 8 below 4.1, 10 above"
            " -> 0 below 1.2, 6 below 2.6, 8 below 4.1, 10 above",
        ),
        (
            lambda p: p["approval"]["bands"][0]["stages"][0].update(
                require={"all_of": [{"department": "credit"}, CFO_OR_LEGAL]}
            ),
            "approval, amount band ≤ 25k USD, stage review, asks for:"
            " 1 x credit -> 1 x credit and (1 x CFO or 2 x legal)",
        ),
        (lambda p: p["approval"]["fast_track"].update(up_to="50000"), "approval, fast track, up to: 25000 -> 50000"),
        (
            lambda p: p["criteria"].reverse(),
            "criterion: other order:",
        ),
        (
            lambda p: p["criteria"].pop(),
            "criterion current_ratio removed: current ratio at least 1.0; if failed refers to approvers",
        ),
    ],
)
def test_each_part_has_words(change: Callable[[Document], Any], expected: str) -> None:
    (told,) = changed(change, with_ratio())
    assert told.startswith(expected)


def test_the_order_of_segments_that_are_names_alone_has_words() -> None:
    names = policy_document() | {"segments": ["standard", "micro"]}
    (told,) = changed(lambda p: p["segments"].reverse(), names)
    assert told == "segments: other order: micro, standard"


NEW_KEYS: list[tuple[Callable[[Document], Any], str, str]] = [
    (
        lambda p: p["criteria"][0].update(best_grade="C"),
        "watchlist confirmed (sanctions), best grade: none -> C",
        "名单企业识别号命中数（sanctions），最高等级：无 -> C",
    ),
    (
        lambda p: next(c for c in p["criteria"] if c["id"] == "own_overdue").update(on_not_asked="refer"),
        "own overdue days (own_overdue), if no source is set up: only listed -> refers to approvers",
        "我方账上最长逾期天数（own_overdue），未配置来源时：仅作记录 -> 转人工审批",
    ),
    (
        lambda p: p["limit"].update(need_not_told="nothing"),
        "limit rule, need where no sales are told: what is asked for -> nothing",
        "额度规则，未申报年销售额时的需求：申请额度 -> 零",
    ),
    (
        lambda p: p["limit"].update(references_up_to="9000"),
        "limit rule, most that trade references give: 10000 -> 9000",
        "额度规则，同业授信证明最高额度：10000 -> 9000",
    ),
    (
        lambda p: p["scorecard"]["attributes"][0].update(on_missing="neutral"),
        "scorecard, attribute altman z2, if missing, the grade is read with: the lowest points -> the neutral points",
        "评分卡，评分项Altman Z''值（非制造业及新兴市场），缺失时评级依据：最低分 -> 中性分",
    ),
    (
        lambda p: p["scorecard"]["not_asked_caps"].pop(),
        "scorecard, best grade where nobody was asked: B without days beyond terms, late invoice share; C without"
        " altman z2, cash flow to debt, equity ratio -> B without days beyond terms, late invoice share",
        "评分卡，未查询时最高等级：无平均逾期天数、逾期发票占比时B；无Altman Z''值（非制造业及新兴市场）、"
        "现金流负债比（净利润加折旧/负债）、权益比率时C -> 无平均逾期天数、逾期发票占比时B",
    ),
    (
        lambda p: p["segments"]["newly_founded"].update(not_scored=["years_trading"]),
        "segment newly founded companies, not scored: altman z2, interest cover, cash flow to debt, current ratio,"
        " equity ratio, years trading -> years trading",
        "客户类别新设企业，不计分项：Altman Z''值（非制造业及新兴市场）、利息保障倍数、"
        "现金流负债比（净利润加折旧/负债）、流动比率、权益比率、经营年限 -> 经营年限",
    ),
    (
        lambda p: p["segments"]["key_account"]["criteria"]["pays_slowly"].update(on_not_asked="note"),
        "segment key accounts, criterion pays_slowly, if no source is set up: refers to approvers -> only listed",
        "客户类别重点客户，准入标准pays_slowly，未配置来源时：转人工审批 -> 仅作记录",
    ),
]


@pytest.mark.parametrize(("change", "en", "zh"), NEW_KEYS)
def test_what_a_policy_says_of_silence_has_words(change: Callable[[Document], Any], en: str, zh: str) -> None:
    before, after = policy_document(), policy_document()
    change(after)
    assert said(before, after) == [(en, zh)]


def test_what_a_segment_has_of_its_own_is_said_against_what_it_inherits() -> None:
    old = with_ratio()
    old["segments"] = {"standard": {}, "distributor": {}}
    new = copy.deepcopy(old)
    new["segments"]["distributor"] = {
        "inherits": "standard",
        "criteria": {"pays_late": {"off": True}, "current_ratio": {"effect": "reject"}},
        "limit": {"starter_cap": "0"},
        "max_terms_days": 30,
    }
    assert [en for en, _ in said(old, new)] == [
        "segment distributors, criterion pays_late, does not hold: as inherited -> yes",
        "segment distributors, criterion current_ratio, if failed: as inherited -> rejects",
        "segment distributors, inherits from: none -> standard",
        "segment distributors, limit rule, starter cap: as inherited -> 0",
        "segment distributors, longest terms, days: as inherited -> 30",
    ]


def test_appetite_is_said() -> None:
    document = policy_document()
    document["appetite"] = {"target_bad_rate": "0.02", "caps": {"grade": {"C": "100000"}}}
    later = copy.deepcopy(document)
    later["appetite"] = {"target_bad_rate": "0.03", "caps": {"grade": {"C": "80000"}, "total": "900000"}}
    told = [en for en, _ in said(document, later)]
    assert "appetite, target bad rate: 0.02 -> 0.03" in told
    assert "appetite, caps on exposure, grade C: 100000 -> 80000" in told
    assert "appetite, caps on exposure, total: none -> 900000" in told
    assert len(told) == 3


def test_one_change_of_a_group_of_approvers_is_one_difference() -> None:
    document = policy_document()
    document["approval"]["groups"] = {"a": [{"role": "cfo"}, {"role": "controller"}]}
    document["approval"]["bands"][0]["stages"][0]["require"] = {"group": "a", "votes": 2}
    told = changed(lambda p: p["approval"]["groups"]["a"].append({"role": "president"}), document)
    assert told == ["approval, group of approvers a: 1 x CFO, 1 x controller -> 1 x CFO, 1 x controller, 1 x president"]


def test_equal_policies_do_not_differ() -> None:
    assert differences(default_policy(), load_policy(policy_document())) == ()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything in a document that is no table and no list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


LEAVES = list(leaves(with_ratio()))
NEW_VALUES = st.sampled_from(
    ["7", "0.5", "A", "C", "credit", "legal", "committee", "zzz", 3, 12, True, False, None, "2026-05-01"]
)


def usable(document: Document) -> Policy | None:
    try:
        return load_policy(document)
    except BadInput:
        return None


@settings(max_examples=50 * TIMES)
@given(st.lists(st.tuples(st.sampled_from(LEAVES), NEW_VALUES), min_size=1, max_size=3))
def test_whatever_differs_is_said_and_nothing_else(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    document = with_ratio()
    for path, value in changes:
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
    old, new = load_policy(with_ratio()), usable(document)
    if new is None:
        return
    found = differences(old, new)
    assert (found != ()) == (old.sha256 != new.sha256)
    for item in found:
        before, arrow, after = item.text.en.partition(" -> ")
        assert not arrow or before.partition(": ")[2] != after
        assert item.text.zh != ""
    for place in differing(old.model_dump(mode="json"), new.model_dump(mode="json")):
        assert any(related(item.place, place) for item in found), place
    assert differences(new, new) == ()


def differing(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Places of everything that differs, entries of lists by their names, found in another way than the code's."""
    if old == new:
        return
    parts = [by_name(value) for value in (old, new)]
    if parts[0] is None or parts[1] is None:
        yield ".".join(path)
        return
    for name in {*parts[0], *parts[1]}:
        yield from differing(parts[0].get(name), parts[1].get(name), (*path, name))


def by_name(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        return None
    keys = [next((key for key in ("id", "name", "metric") if key in part), None) for part in value]
    return None if None in keys else {part[str(key)]: part for key, part in zip(keys, value, strict=True)}


def related(told: str, path: str) -> bool:
    """True where what was told is this place, holds it, or is within it."""
    return told == path or path.startswith(f"{told}.") or told.startswith(f"{path}.")
