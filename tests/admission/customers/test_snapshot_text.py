"""Parts of a snapshot come back from their JSON as they were."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.engine.caps import Sums
from admission.assessment.engine.case import Circumstances
from admission.customers.experience import DecisionSnapshot, Offered
from admission.customers.snapshot_text import circumstances_text, metrics_text, read_circumstances, read_metrics
from admission.metrics.catalogue import Value
from tests.admission.governance.test_report import case

VALUES = st.one_of(
    st.none(), st.booleans(), st.text(max_size=8), st.decimals(allow_nan=False, allow_infinity=False, places=6)
)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=6))
def test_metrics_come_back_to_the_last_digit(metrics: dict[str, Value | None]) -> None:
    assert read_metrics(metrics_text(metrics)) == metrics


def test_numbers_are_json_numbers() -> None:
    text = metrics_text({"b": Decimal("12345678901234567890.123456"), "a": Decimal("1E+3"), "c": None, "d": True})
    assert text == '{"a":1000,"b":12345678901234567890.123456,"c":null,"d":true}'


AMOUNTS = st.decimals(0, 10**12, places=4)
BY_CURRENCY = st.dictionaries(st.sampled_from(["USD", "GBP", "CNY"]), AMOUNTS, max_size=2)
CAPS = st.tuples(st.sampled_from(["total", "country", "industry"]), st.sampled_from(["", "GB", "uk-sic:41"]))
CIRCUMSTANCES = st.builds(
    Circumstances,
    annual_sales=st.none() | AMOUNTS,
    cover=st.none() | AMOUNTS,
    references=st.lists(st.tuples(AMOUNTS, st.sampled_from(["USD", "CNY"])), max_size=3).map(tuple),
    group_exposure=st.none() | AMOUNTS,
    counted=st.dictionaries(CAPS, st.builds(Sums, BY_CURRENCY, BY_CURRENCY), max_size=3),
    own=st.none() | st.tuples(AMOUNTS, st.just("GBP")),
    overridden=st.frozensets(st.sampled_from(["pays_late", "years_trading"])),
    reopened=st.booleans(),
)
NAMES = st.sampled_from(["revenue", "industry_code", "current_ratio"])


@given(
    CIRCUMSTANCES,
    st.dictionaries(NAMES, st.text(max_size=8) | AMOUNTS | st.booleans()),
    st.frozensets(NAMES),
    st.frozensets(NAMES),
)
def test_what_a_case_rested_on_comes_back(
    told: Circumstances, old: dict[str, Value], not_asked: frozenset[str], not_set_up: frozenset[str]
) -> None:
    snapshot = case()._replace(circumstances=told, old=old, not_asked=not_asked, not_set_up=not_set_up)
    assert tuple(read_circumstances(circumstances_text(snapshot))) == (old, not_asked, not_set_up, told, None)


def test_what_was_offered_comes_back() -> None:
    offered = Offered("≤ 25k USD", 30, True)
    snapshot = case()._replace(circumstances=Circumstances(), offered=offered)
    assert read_circumstances(circumstances_text(snapshot)).offered == offered


def known(told: Circumstances | None) -> DecisionSnapshot:
    return case()._replace(circumstances=told)


def test_nothing_besides_takes_two_letters_and_is_not_the_same_as_not_known() -> None:
    assert circumstances_text(known(Circumstances())) == "{}"
    assert read_circumstances("{}").circumstances == Circumstances()
    assert circumstances_text(known(None)) is None
    assert read_circumstances(None).circumstances is None


def test_an_exposure_of_nothing_is_kept() -> None:
    assert circumstances_text(known(Circumstances(group_exposure=Decimal(0)))) == '{"group_exposure":0}'
