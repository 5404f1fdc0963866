from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.application import Application
from admission.assessment.engine.bounds import LimitInputs, find_limit
from admission.assessment.limits import find_limit_gap, say_limit, withhold_limit
from admission.assessment.record import Limit
from admission.metrics.catalogue import Metric, Value
from admission.policy import PRESETS, Appetite, Caps, LimitRule, Policy
from tests.admission.build import EXCHANGE, application, case_figures, default_policy, metrics

PRESET = {"preset": "tnw_35_turnover_5", "net_worth_share": None, "turnover_share": None}
WORTH, SALES = "tangible_net_worth", "revenue"
RICH: dict[str, Value] = {WORTH: Decimal(800_000), SALES: Decimal(7_000_000)}


def policy(**rule: Any) -> Policy:
    base = default_policy()
    changed = LimitRule.model_validate(base.limit.model_dump() | rule)
    return base.model_copy(update={"limit": changed})


def limit(
    values: dict[str, Value],
    *,
    need: str = "50000",
    grade: str = "B",
    currency: str = "USD",
    unit: str = "USD",
    asked: dict[str, Any] | None = None,
    secured: bool = False,
    set_up: bool = False,
    **rule: Any,
) -> Limit:
    rules = policy(**rule)
    document = {"requested": {"limit": need, "currency": currency, "terms_days": 30}, **(asked or {})}
    return said(rules, grade, application(**document), metrics(values, unit=unit, set_up=set_up), secured=secured)


def said(
    policy: Policy, grade: str, asked: Application, found: dict[str, Metric], *, secured: bool = False, **changes: Any
) -> Limit:
    caps = policy.appetite.caps
    inputs = LimitInputs.of(policy.limit, policy.grade(grade), terms_days=30, secured=secured, caps=caps)
    figures = find_limit(case_figures(asked, found, **changes), inputs, EXCHANGE)
    return say_limit(figures, asked, found, inputs, EXCHANGE)


def amount_of(made: Limit, bound: str) -> Decimal | None:
    return next(item.amount for item in made.bounds if item.name == bound)


# The first row is published (My DSO Manager, help, question 34): TNW 80k, turnover 700k, need 50k gives 28 000.
GOLDEN: list[tuple[str, dict[str, Value], dict[str, Any], int, str]] = [
    ("published-preset", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, PRESET, 28_000, "net_worth"),
    ("need-binds", {WORTH: Decimal(800_000), SALES: Decimal(7_000_000)}, PRESET, 50_000, "need"),
    ("turnover-binds", {WORTH: Decimal(80_000), SALES: Decimal(500_000)}, PRESET, 25_000, "turnover"),
    ("default-shares", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {}, 8_000, "net_worth"),
    ("grade-A", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {"grade": "A"}, 12_000, "net_worth"),
    ("grade-C", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {"grade": "C"}, 6_400, "net_worth"),
    # 0.6 x 8 000 is 4 800, less than what is risked on anybody.
    ("grade-D", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {"grade": "D"}, 5_000, "starter_cap"),
    (
        "grade-D-no-starter-cap",
        {WORTH: Decimal(80_000), SALES: Decimal(700_000)},
        {"grade": "D", "starter_cap": None},
        4_800,
        "net_worth",
    ),
    ("grade-E", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {"grade": "E"}, 0, "grade"),
    ("grade-E-without-accounts", {}, {"grade": "E"}, 0, "grade"),
    ("negative-worth", {WORTH: Decimal(-80_000), SALES: Decimal(700_000)}, {}, 5_000, "starter_cap"),
    (
        "negative-worth-no-starter-cap",
        {WORTH: Decimal(-80_000), SALES: Decimal(700_000)},
        {"starter_cap": None},
        0,
        "net_worth",
    ),
    ("withheld-no-starter-cap", {SALES: Decimal(700_000)}, {"starter_cap": None}, 0, "starter_cap"),
    ("no-accounts", {}, {}, 5_000, "starter_cap"),
    ("no-accounts-small-need", {}, {"need": "1200"}, 1_200, "need"),
    ("worth-withheld", {SALES: Decimal(700_000)}, {}, 5_000, "starter_cap"),
    ("turnover-withheld", {WORTH: Decimal(800_000)}, {}, 5_000, "starter_cap"),
    ("turnover-withheld-and-little-worth", {WORTH: Decimal(30_000)}, {}, 5_000, "starter_cap"),
    ("turnover-not-asked-for", {WORTH: Decimal(300_000)}, {"turnover_share": None}, 30_000, "net_worth"),
    ("bureau-binds", {**RICH, "bureau_limit": Decimal(9_000)}, {}, 9_000, "bureau_limit"),
    ("bureau-says-nothing-lent", {**RICH, "bureau_limit": Decimal(0)}, {}, 5_000, "starter_cap"),
    ("bureau-asked-and-says-none", RICH, {"set_up": True}, 5_000, "starter_cap"),
    (
        "bureau-asked-and-says-none-no-starter-cap",
        RICH,
        {"set_up": True, "starter_cap": None},
        0,
        "bureau_limit",
    ),
    ("no-bureau-set-up", RICH, {}, 50_000, "need"),
    ("need-not-told-is-what-is-asked-for", RICH, {"need_not_told": "asked"}, 50_000, "need"),
    ("need-not-told-is-nothing", RICH, {"need_not_told": "nothing"}, 0, "need"),
    (
        "bureau-does-not-count",
        {**RICH, "bureau_limit": Decimal(9_000)},
        {"bureau_limit_counts": False},
        50_000,
        "need",
    ),
    ("cap-binds", RICH, {"concentration_cap": "7000"}, 7_000, "concentration_cap"),
    (
        "as-much-as-is-needed-is-borne",
        {WORTH: Decimal(80_000), SALES: Decimal(700_000)},
        {"need": "8000"},
        8_000,
        "need",
    ),
    ("two-methods-give-the-same", {WORTH: Decimal(80_000), SALES: Decimal(160_000)}, {}, 8_000, "net_worth"),
    ("rounded-down", {WORTH: Decimal("80009.9"), SALES: Decimal(7_000_000)}, {}, 8_000, "net_worth"),
]


@pytest.mark.parametrize(
    ("values", "how", "amount", "binding"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN]
)
def test_the_limit_is_the_least_of_need_and_caps_and_what_is_borne(
    values: dict[str, Value], how: dict[str, Any], amount: int, binding: str
) -> None:
    made = limit(values, **how)
    assert (made.amount, made.binding, made.currency) == (Decimal(amount), binding, "USD")


def test_a_negative_worth_bears_nothing_and_no_debt() -> None:
    assert amount_of(limit({WORTH: Decimal(-80_000)}), "net_worth") == Decimal(0)


def test_bounds_are_brought_into_the_currency_asked_for_at_a_dated_rate() -> None:
    made = limit({WORTH: Decimal(100_000), SALES: Decimal(700_000)}, currency="GBP", concentration_cap="9000")
    assert (made.amount, made.currency, made.binding) == (Decimal(7_200), "GBP", "concentration_cap")
    assert amount_of(made, "net_worth") == Decimal(8_000)
    (worth,) = [bound for bound in made.bounds if bound.name == "net_worth"]
    assert worth.reason.en == "share of tangible net worth, at 0.8 of 2026-06-01"


def test_a_bound_without_a_rate_is_unknown_and_the_others_hold() -> None:
    made = limit(
        {WORTH: Decimal(1_000), SALES: Decimal(1_000), "bureau_limit": Decimal(1)}, unit="CNY", concentration_cap="9000"
    )
    assert [amount_of(made, name) for name in ("net_worth", "turnover", "bureau_limit")] == [None, None, None]
    assert (made.amount, made.binding) == (Decimal(5_000), "starter_cap")
    (worth,) = [bound for bound in made.bounds if bound.name == "net_worth"]
    assert worth.reason.en == "share of tangible net worth: no exchange rate for CNY/USD"


def test_without_accounts_and_without_a_rate_nothing_is_recommended() -> None:
    made = limit({}, currency="CNY")
    assert (made.amount, made.binding) == (Decimal(0), "starter_cap")


def test_the_starter_cap_is_shown_beside_accounts_that_bear_more() -> None:
    made = limit(RICH)
    assert (amount_of(made, "starter_cap"), made.amount) == (Decimal(5_000), Decimal(50_000))


def test_a_bureau_that_could_not_be_asked_bounds_nothing() -> None:
    found = metrics(RICH, set_up=True)
    found["bureau_limit"] = found["bureau_limit"].model_copy(update={"not_asked": True})
    made = said(policy(), "B", application(requested={"limit": "50000", "currency": "USD", "terms_days": 30}), found)
    assert (made.amount, amount_of(made, "bureau_limit")) == (Decimal(50_000), None)


def test_an_unknown_bound_tells_why() -> None:
    (bureau,) = [bound for bound in limit({}).bounds if bound.name == "bureau_limit"]
    assert (bureau.amount, bureau.reason.en) == (
        None,
        "limit the bureau recommends: no source for this is set up",
    )
    (bureau,) = [bound for bound in limit({}, set_up=True, bureau_limit_counts=True).bounds if "bureau" in bound.name]
    assert bureau.reason.en == "limit the bureau recommends: it was asked for, and is not told"


def test_a_company_that_is_knocked_out_gets_nothing() -> None:
    made = withhold_limit(limit({WORTH: Decimal(800_000)}))
    assert (made.amount, made.binding, made.bounds[-1].name) == (Decimal(0), "knock_out", "knock_out")
    assert made.bounds[-1].amount == 0


AMOUNTS = st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2))


@given(
    need=st.decimals("0.01", 10**9, places=2),
    worth=AMOUNTS,
    sales=AMOUNTS,
    bureau=AMOUNTS,
    grade=st.sampled_from("ABCDE"),
    unit=st.sampled_from(["USD", "GBP", "CNY"]),
)
def test_the_limit_lies_between_the_starter_cap_and_what_the_figures_bear(
    need: Decimal, worth: Decimal | None, sales: Decimal | None, bureau: Decimal | None, grade: str, unit: str
) -> None:
    given_values = {WORTH: worth, SALES: sales, "bureau_limit": bureau}
    known: dict[str, Value] = {name: value for name, value in given_values.items() if value is not None}
    made = limit(known, need=str(need), grade=grade, unit=unit)
    methods = [bound.amount for bound in made.bounds if bound.name in ("net_worth", "turnover")]
    told = [*methods, *(bound.amount for bound in made.bounds if bound.name == "bureau_limit")]
    measured = Decimal(0) if None in methods else min(amount for amount in told if amount is not None)
    borne = Decimal(0) if grade == "E" else max(measured, Decimal(5_000))
    assert made.amount == min(need, borne).quantize(Decimal(1), ROUND_DOWN)


SALES_TOLD = {"limit": "200000", "currency": "USD", "terms_days": 30, "annual_sales": "365000"}


@pytest.mark.parametrize(
    ("sales", "vat", "need"),
    [("365000", None, 30_000), ("365000", "0.13", 33_900), ("3650000", None, 200_000)],
    ids=["sales", "with-vat", "never-more-than-asked-for"],
)
@pytest.mark.parametrize("late", [None, "10"])
def test_the_need_follows_from_expected_sales(sales: str, vat: str | None, need: int, late: str | None) -> None:
    """Lateness raises no need: a company that pays late would else be lent more."""
    values = {**RICH, **({"days_beyond_terms": Decimal(late)} if late else {})}
    made = limit(values, asked={"requested": SALES_TOLD | {"annual_sales": sales}}, vat_share=vat)
    assert amount_of(made, "need") == pytest.approx(Decimal(need))
    (bound,) = [item for item in made.bounds if item.name == "need"]
    told = "what was asked for" if need == 200_000 else "sales of 365,000 a year x 30 days / 365"
    assert bound.reason.en.startswith(told)


def test_the_need_in_words_names_days_and_vat() -> None:
    made = limit({**RICH, "days_beyond_terms": Decimal("4.5")}, asked={"requested": SALES_TOLD}, vat_share="0.13")
    assert made.bounds[0].reason.zh == "年销售额 365,000 × 30 天 / 365，另加增值税13%"
    assert made.binding == "need"


@pytest.mark.parametrize(("share", "words"), [("0.131250", "13.12 %"), ("0.1", "10 %"), ("0.065", "6.5 %")])
def test_a_rate_of_vat_is_told_to_two_decimals_at_most(share: str, words: str) -> None:
    made = limit(RICH, asked={"requested": SALES_TOLD}, vat_share=share)
    assert made.bounds[0].reason.en == f"sales of 365,000 a year x 30 days / 365, plus {words} VAT"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("asked", "what was asked for: no sales a year are told; the policy then takes the amount asked for"),
        ("nothing", "what was asked for: no sales a year are told"),
    ],
)
def test_a_need_that_is_not_told_says_what_the_policy_takes(rule: str, words: str) -> None:
    assert limit(RICH, need_not_told=rule).bounds[0].reason.en == words


POOR: dict[str, Value] = {WORTH: Decimal(80_000), SALES: Decimal(700_000)}
COVERED: list[tuple[str, dict[str, Value], str | None, bool, int, str, int]] = [
    # name, figures, cover, secured, limit, binding, the part without cover
    ("none-needed", RICH, "12000", False, 50_000, "need", 50_000),
    ("secured-and-none-offered", POOR, None, True, 8_000, "net_worth", 8_000),
    ("secured-and-bears-more", RICH, "12000", True, 50_000, "need", 50_000),
    ("lifts", POOR, "12000", False, 12_000, "cover", 8_000),
    ("lifts-up-to-the-need", POOR, "60000", False, 50_000, "need", 8_000),
    ("less-than-is-borne", POOR, "3000", False, 8_000, "net_worth", 8_000),
    ("secured", POOR, "12000", True, 12_000, "cover", 8_000),
    ("lifts-the-starter-cap", {}, "12000", False, 12_000, "cover", 5_000),
]


@pytest.mark.parametrize(
    ("values", "cover", "secured", "amount", "binding", "without_cover"),
    [row[1:] for row in COVERED],
    ids=[row[0] for row in COVERED],
)
def test_cover_lifts_a_limit_and_never_lowers_it(
    values: dict[str, Value], cover: str | None, secured: bool, amount: int, binding: str, without_cover: int
) -> None:
    requested = {"limit": "50000", "currency": "USD", "terms_days": 30}
    asked, rules = application(requested=requested | ({"cover": cover} if cover else {})), policy()
    inputs = LimitInputs.of(rules.limit, rules.grade("B"), terms_days=30, secured=secured, caps=rules.appetite.caps)
    found = find_limit(case_figures(asked, metrics(values)), inputs, EXCHANGE)
    assert (found.amount, found.binding, found.open) == (Decimal(amount), binding, Decimal(without_cover))


@pytest.mark.parametrize(
    ("cover", "secured", "shown"), [(None, False, False), (None, True, True), ("1", False, True), ("1", True, True)]
)
def test_cover_is_shown_where_it_is_offered_or_asked_for(cover: str | None, secured: bool, shown: bool) -> None:
    requested = {"limit": "50000", "currency": "USD", "terms_days": 30, "cover": cover}
    made = limit(RICH, asked={"requested": requested}, secured=secured)
    assert ("cover" in {bound.name for bound in made.bounds}) is shown


GROUPS: list[tuple[str, dict[str, Any], Decimal | None, int]] = [
    ("nearly-full", {"group": "Alder Group"}, Decimal(990_000), 10_000),
    ("over", {"group": "Alder Group"}, Decimal(2_000_000), 0),
    ("not-known", {"group": "Alder Group"}, None, 0),
    ("neither-told-nor-denied", {}, None, 0),
    ("belongs-to-none", {"independent": True}, None, 1_000_000),
]


@pytest.mark.parametrize(("told", "exposure", "left"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS])
def test_a_group_gets_no_more_than_its_cap(told: dict[str, Any], exposure: Decimal | None, left: int) -> None:
    base = default_policy()
    capped = base.model_copy(update={"appetite": Appetite(caps=Caps(group=Decimal(1_000_000)))})
    asked = application(**told, requested={"limit": "50000", "currency": "USD", "terms_days": 30})
    made = said(capped, "B", asked, metrics(RICH), group_exposure=exposure)
    assert (amount_of(made, "group_limit"), made.amount) == (Decimal(left), Decimal(min(left, 50_000)))


def test_a_group_that_is_neither_told_nor_denied_says_so() -> None:
    capped = default_policy().model_copy(update={"appetite": Appetite(caps=Caps(group=Decimal(1_000_000)))})
    (bound,) = [item for item in said(capped, "B", application(), metrics(RICH)).bounds if item.name == "group_limit"]
    assert bound.reason.en == "what is left for its group: neither a group is told nor that it belongs to none"


@pytest.mark.parametrize(("grade", "amount"), [("A", 45_000), ("B", 30_000), ("E", 0)])
def test_monthly_sales_times_credit_period_times_coefficient(grade: str, amount: int) -> None:
    factors = {"A": "1.5", "B": "1", "C": "0.8", "D": "0.6", "E": "0"}
    asked = {"requested": {**SALES_TOLD, "annual_sales": "360000"}}
    made = limit({}, grade=grade, asked=asked, net_worth_share=None, turnover_share=None, sales_factors=factors)
    assert amount_of(made, "sales") == Decimal(amount)


@pytest.mark.parametrize(
    ("worth", "turnover", "no_credit"), [("0", "0", True), ("0", "0.5", False), ("0.5", "0", False)]
)
def test_a_grade_has_no_credit_where_both_of_its_factors_are_zero(worth: str, turnover: str, no_credit: bool) -> None:
    rules = policy()
    grade = rules.grade("C").model_copy(
        update={"net_worth_factor": Decimal(worth), "turnover_factor": Decimal(turnover)}
    )
    inputs = LimitInputs.of(rules.limit, grade, terms_days=30, secured=False, caps=Caps())
    assert inputs.no_credit is no_credit
    found = find_limit(case_figures(application(), metrics(RICH)), inputs, EXCHANGE)
    assert ("grade" in [bound.name for bound in found.bounds]) is no_credit


def test_without_sales_that_method_gives_nothing() -> None:
    made = limit({}, net_worth_share=None, turnover_share=None, sales_factors={"B": "1"}, starter_cap=None)
    assert (made.amount, amount_of(made, "sales")) == (Decimal(0), None)
    gap = find_limit_gap(made)
    assert gap is not None
    assert gap.message.zh == "额度测算缺少：月均销售额×信用期限×风险系数：未申报年销售额"
    assert find_limit_gap(limit(RICH)) is None


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_written_out_and_covered_by_the_fingerprint(preset: str) -> None:
    rule = LimitRule.model_validate({"preset": preset})
    written = rule.model_dump(mode="json")
    assert {name: str(written[name]) for name in PRESETS[preset]} == {  # type: ignore[index]
        name: str(value)
        for name, value in PRESETS[preset].items()  # type: ignore[index]
    }
    assert LimitRule.model_validate(written) == rule


def test_what_is_given_beside_a_preset_counts() -> None:
    rule = LimitRule.model_validate({"preset": "net_worth_10", "net_worth_share": "0.15", "source": "[P] ours"})
    assert (rule.net_worth_share, rule.source, rule.turnover_share) == (Decimal("0.15"), "[P] ours", None)
