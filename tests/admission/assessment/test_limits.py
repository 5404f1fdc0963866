from __future__ import annotations

from decimal import Decimal
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
    **rule: Any,
) -> Limit:
    rules = policy(**rule)
    document = {"requested": {"limit": need, "currency": currency, "terms_days": 30}, **(asked or {})}
    return said(rules, grade, application(**document), metrics(values, unit=unit), secured=secured)


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
    ("grade-D", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {"grade": "D"}, 4_800, "net_worth"),
    ("grade-E", {WORTH: Decimal(80_000), SALES: Decimal(700_000)}, {"grade": "E"}, 0, "net_worth"),
    ("grade-E-without-accounts", {}, {"grade": "E"}, 0, "grade"),
    ("negative-worth", {WORTH: Decimal(-80_000), SALES: Decimal(700_000)}, {}, 0, "net_worth"),
    ("no-accounts", {}, {}, 5_000, "starter_cap"),
    ("no-accounts-small-need", {}, {"need": "1200"}, 1_200, "need"),
    ("worth-withheld", {SALES: Decimal(700_000)}, {}, 5_000, "starter_cap"),
    ("turnover-withheld", {WORTH: Decimal(800_000)}, {}, 5_000, "starter_cap"),
    ("turnover-withheld-and-little-worth", {WORTH: Decimal(30_000)}, {}, 3_000, "net_worth"),
    ("turnover-not-asked-for", {WORTH: Decimal(300_000)}, {"turnover_share": None}, 30_000, "net_worth"),
    ("bureau-binds", {**RICH, "bureau_limit": Decimal(9_000)}, {}, 9_000, "bureau_limit"),
    ("bureau-says-nothing-lent", {**RICH, "bureau_limit": Decimal(0)}, {}, 0, "bureau_limit"),
    (
        "bureau-does-not-count",
        {**RICH, "bureau_limit": Decimal(9_000)},
        {"bureau_limit_counts": False},
        50_000,
        "need",
    ),
    ("cap-binds", RICH, {"concentration_cap": "7000"}, 7_000, "concentration_cap"),
    ("rounded-down", {WORTH: Decimal("80009.9"), SALES: Decimal(7_000_000)}, {}, 8_000, "net_worth"),
]


@pytest.mark.parametrize(
    ("values", "how", "amount", "binding"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN]
)
def test_the_least_bound_is_the_limit(values: dict[str, Value], how: dict[str, Any], amount: int, binding: str) -> None:
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


def test_accounts_take_the_place_of_the_starter_cap() -> None:
    made = limit(RICH)
    assert "starter_cap" not in {bound.name for bound in made.bounds}


def test_an_unknown_bound_tells_why() -> None:
    (bureau,) = [bound for bound in limit({}).bounds if bound.name == "bureau_limit"]
    assert (bureau.amount, bureau.reason.en) == (
        None,
        "limit the bureau recommends: no source for this is set up",
    )


def test_a_company_that_is_knocked_out_gets_nothing() -> None:
    made = withhold_limit(limit({WORTH: Decimal(800_000)}))
    assert (made.amount, made.binding, made.bounds[-1].name) == (Decimal(0), "knock_out", "knock_out")


AMOUNTS = st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2))


@given(
    need=st.decimals("0.01", 10**9, places=2),
    worth=AMOUNTS,
    sales=AMOUNTS,
    bureau=AMOUNTS,
    grade=st.sampled_from("ABCDE"),
    unit=st.sampled_from(["USD", "GBP", "CNY"]),
)
def test_nothing_exceeds_the_need_and_no_bound_is_broken(
    need: Decimal, worth: Decimal | None, sales: Decimal | None, bureau: Decimal | None, grade: str, unit: str
) -> None:
    given_values = {WORTH: worth, SALES: sales, "bureau_limit": bureau}
    known: dict[str, Value] = {name: value for name, value in given_values.items() if value is not None}
    made = limit(known, need=str(need), grade=grade, unit=unit)
    assert 0 <= made.amount <= need
    assert all(made.amount <= max(bound.amount, Decimal(0)) for bound in made.bounds if bound.amount is not None)
    assert grade != "E" or made.amount == 0


SALES_TOLD = {"limit": "200000", "currency": "USD", "terms_days": 30, "annual_sales": "365000"}


@pytest.mark.parametrize(
    ("late", "vat", "need"),
    [(None, None, 30_000), ("-4", None, 30_000), ("10", None, 40_000), ("10", "0.13", 45_200), ("400", None, 200_000)],
    ids=["lateness-unknown", "early", "late", "with-vat", "never-more-than-asked-for"],
)
def test_the_need_follows_from_expected_sales(late: str | None, vat: str | None, need: int) -> None:
    values = {**RICH, **({"days_beyond_terms": Decimal(late)} if late else {})}
    made = limit(values, asked={"requested": SALES_TOLD}, vat_share=vat)
    assert amount_of(made, "need") == pytest.approx(Decimal(need))
    (bound,) = [item for item in made.bounds if item.name == "need"]
    told = "what was asked for" if need == 200_000 else "sales of 365,000 a year x (30 + "
    assert bound.reason.en.startswith(told)


def test_the_need_in_words_names_days_and_vat() -> None:
    made = limit({**RICH, "days_beyond_terms": Decimal("4.5")}, asked={"requested": SALES_TOLD}, vat_share="0.13")
    assert made.bounds[0].reason.zh == "年销售额 365,000 ×（30 + 4.5）天 / 365，另加增值税13%"
    assert made.binding == "need"


@pytest.mark.parametrize(
    ("cover", "secured", "amount"), [(None, True, None), ("12000", True, Decimal(12_000)), ("12000", False, "none")]
)
def test_cover_binds_where_credit_is_given_against_security(cover: str | None, secured: bool, amount: object) -> None:
    asked = {"requested": {"limit": "50000", "currency": "USD", "terms_days": 30, "cover": cover}}
    made = limit(RICH, asked=asked, secured=secured)
    bounds = {bound.name: bound.amount for bound in made.bounds}
    assert bounds.get("cover", "none") == amount
    assert made.amount == (amount if isinstance(amount, Decimal) else Decimal(50_000))


@pytest.mark.parametrize(
    ("group", "exposure", "left"),
    [
        ("Alder Group", Decimal(990_000), Decimal(10_000)),
        ("Alder Group", Decimal(2_000_000), Decimal(0)),
        ("Alder Group", None, None),
        (None, None, None),
    ],
    ids=["nearly-full", "over", "not-known", "no-group"],
)
def test_a_group_gets_no_more_than_its_cap(group: str | None, exposure: Decimal | None, left: Decimal | None) -> None:
    base = default_policy()
    capped = base.model_copy(update={"appetite": Appetite(caps=Caps(group=Decimal(1_000_000)))})
    asked = application(group=group, requested={"limit": "50000", "currency": "USD", "terms_days": 30})
    made = said(capped, "B", asked, metrics(RICH), group_exposure=exposure)
    assert amount_of(made, "group_limit") == left
    assert made.amount == (Decimal(50_000) if left is None else left)


def referred(*limits: int) -> dict[str, Any]:
    references = [
        {"supplier": f"Supplier {number}", "limit": {"amount": str(amount), "currency": "USD"}}
        for number, amount in enumerate(limits)
    ]
    return {"declared": {"trade_references": references}}


@pytest.mark.parametrize(
    ("limits", "cap", "amount", "binding"),
    [
        ((3_000, 4_000, 90_000), "5000", 4_000, "trade_references"),
        ((30_000, 40_000, 90_000), "5000", 5_000, "starter_cap"),
        ((30_000, 40_000, 90_000), None, 40_000, "trade_references"),
        ((30_000, 40_000, 50_000, 90_000), None, 45_000, "trade_references"),
        ((30_000, 40_000), None, 0, "starter_cap"),
    ],
    ids=["median", "never-above-the-starter-cap", "no-cap", "even-number", "too-few-and-no-cap"],
)
def test_trade_references_stand_in_for_accounts(
    limits: tuple[int, ...], cap: str | None, amount: int, binding: str
) -> None:
    made = limit({}, asked=referred(*limits), starter_cap=cap)
    assert (made.amount, made.binding) == (Decimal(amount), binding)


def test_trade_references_do_not_count_beside_accounts() -> None:
    assert limit(RICH, asked=referred(1, 1, 1)).amount == Decimal(50_000)


@pytest.mark.parametrize(("grade", "amount"), [("A", 45_000), ("B", 30_000), ("E", 0)])
def test_monthly_sales_times_credit_period_times_coefficient(grade: str, amount: int) -> None:
    factors = {"A": "1.5", "B": "1", "C": "0.8", "D": "0.6", "E": "0"}
    asked = {"requested": {**SALES_TOLD, "annual_sales": "360000"}}
    made = limit({}, grade=grade, asked=asked, net_worth_share=None, turnover_share=None, sales_factors=factors)
    assert amount_of(made, "sales") == Decimal(amount)


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
