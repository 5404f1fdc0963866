"""What an act on many does to one customer: every rule with its edges, and laws that hold for any file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.cases import Customer
from admission.customers.bulk.acts import PROPOSAL_DAYS, BulkAct, BulkMember, LeftOut
from admission.customers.bulk.effects import Effect, Target, after, effect_of
from admission.customers.bulk.listing import Judged, in_order, member_of, sums_of
from admission.customers.bulk.selecting import Selected, Selection
from admission.customers.standing.holds import Hold
from admission.customers.standing.in_force import OnFile, standing_on
from admission.customers.standing.limit_changes import LimitChange
from admission.money import Exchange
from tests.admission.customers.bulk.build import RUSSIA, act
from tests.admission.customers.standing.build import DAY, LIMIT, RATES, RULES, TODAY, customer, hold, limit_change

EXCHANGE = Exchange(RATES, "GBP", TODAY)
NEXT, LATER = TODAY + DAY, TODAY + 30 * DAY
SIGNERS = ("lena", "mira")


def target(*papers: Hold | LimitChange, requesters: tuple[str, ...] = ("ada",), one: Customer | None = None) -> Target:
    holds = [paper for paper in papers if isinstance(paper, Hold)]
    changes = [paper for paper in papers if isinstance(paper, LimitChange)]
    return Target(one or customer(), holds, changes, frozenset(requesters))


def why(one: BulkAct, found: Target) -> str | None:
    return effect_of(one, found, SIGNERS, TODAY).left_out


HELD = {
    "nothing on file": (target(), None, None),
    "on hold for ever": (target(hold()), None, "held"),
    "on hold for ever, and this one ends": (target(hold()), LATER, "held"),
    "on hold until the same day": (target(hold(until=LATER)), LATER, "held"),
    "on hold for a shorter time": (target(hold(until=NEXT)), LATER, None),
    "on hold for a time, and this one does not end": (target(hold(until=LATER)), None, None),
    "the hold is over": (target(hold(placed_on=TODAY - 9 * DAY, until=TODAY - DAY)), None, None),
    "the hold was released": (target(hold(released_by="cy", released_on=TODAY)), None, None),
    "no customer any more": (target(one=customer(active=False)), None, "ended"),
    "asked for by who proposes it": (target(requesters=("lena",)), None, None),
}


@pytest.mark.parametrize(("found", "until", "left_out"), HELD.values(), ids=HELD)
def test_a_hold(found: Target, until: Any, left_out: str | None) -> None:
    made = effect_of(act(until=until), found, SIGNERS, TODAY)
    assert made.left_out == left_out
    if left_out is None:
        assert made.hold == hold(id="", reason="sanctions of today", placed_by="lena", until=until)


CUT = {
    "nothing on file": (target(), None, None),
    "cut to less": (target(limit_change(20_000)), None, "cut"),
    "cut to the same": (target(limit_change(25_000)), None, "cut"),
    "cut to more": (target(limit_change(25_001)), None, None),
    "cut to less for a shorter time": (target(limit_change(20_000, valid_until=NEXT)), LATER, None),
    "cut to less for as long": (target(limit_change(20_000, valid_until=LATER)), LATER, "cut"),
    "cut to less in a season": (
        target(limit_change(20_000, season={"first": "11-15", "last": "01-31"})),
        None,
        None,
    ),
    "cut to less from tomorrow": (target(limit_change(20_000, valid_from=NEXT)), None, None),
    "cut to less, and lifted": (target(limit_change(20_000, ended_by="cy", ended_on=TODAY)), None, None),
    "cut to less in another currency": (target(limit_change(1, currency="EUR", granted=Decimal(2))), None, None),
    "raised": (target(limit_change(60_000)), None, None),
    "no limit": (target(one=customer(limit=Decimal(0))), None, "no_limit"),
    "no customer any more": (target(one=customer(active=False)), None, "ended"),
}


@pytest.mark.parametrize(("found", "until", "left_out"), CUT.values(), ids=CUT)
def test_a_cut(found: Target, until: Any, left_out: str | None) -> None:
    made = effect_of(act("cut", until=until), found, SIGNERS, TODAY)
    assert made.left_out == left_out
    if left_out is None:
        assert made.cut is not None
        assert (made.cut.amount, made.cut.granted, made.cut.valid_until) == (Decimal(25_000), LIMIT, until)


@pytest.mark.parametrize(
    ("limit", "share", "amount"),
    [("50000", "0", "0.00"), ("100.01", "0.5", "50.00"), ("0.01", "0.99", "0.00"), ("3", "0.333", "0.99")],
)
def test_a_share_is_never_rounded_up(limit: str, share: str, amount: str) -> None:
    made = effect_of(act("cut", share=Decimal(share)), target(one=customer(limit=Decimal(limit))), (), TODAY)
    assert made.cut is not None
    assert str(made.cut.amount) == amount


BY_M1 = hold(id="H1", bulk_act="M1")
CUT_BY_M1 = limit_change(20_000, id="L1", bulk_act="M1")
GIVEN_BACK = {
    "all holds": (act("release"), target(BY_M1, hold(id="H2")), ("H1", "H2"), None),
    "those of an act": (act("release", of="M1"), target(BY_M1, hold(id="H2")), ("H1",), None),
    "a release lifts no cut": (act("release"), target(CUT_BY_M1), (), "nothing"),
    "undoing takes both": (act("undo"), target(BY_M1, hold(id="H2"), CUT_BY_M1), ("H1", "L1"), None),
    "undoing another act": (act("undo", of="M2"), target(BY_M1, CUT_BY_M1), (), "nothing"),
    "what somebody released": (
        act("undo"),
        target(hold(id="H1", bulk_act="M1", released_by="cy", released_on=TODAY)),
        (),
        "nothing",
    ),
    "what somebody lifts from tomorrow": (
        act("undo"),
        target(limit_change(20_000, bulk_act="M1", ended_by="cy", ended_on=NEXT)),
        (),
        "nothing",
    ),
    "what ran out": (
        act("undo"),
        target(hold(bulk_act="M1", placed_on=TODAY - 9 * DAY, until=TODAY - DAY)),
        (),
        "nothing",
    ),
    "on its last day": (act("undo"), target(hold(id="H1", bulk_act="M1", until=TODAY)), ("H1",), None),
    "its own customer": (act("undo"), target(BY_M1, requesters=("lena",)), (), "own"),
    "a customer of who confirms": (act("release"), target(BY_M1, requesters=("mira", "ada")), (), "own"),
    "its own customer, with nothing to release": (act("release"), target(requesters=("lena",)), (), "nothing"),
    "undone where it is no customer any more": (act("undo"), target(BY_M1, one=customer(active=False)), ("H1",), None),
    "released where it is no customer any more": (
        act("release"),
        target(BY_M1, one=customer(active=False)),
        (),
        "ended",
    ),
}


@pytest.mark.parametrize(("one", "found", "ends", "left_out"), GIVEN_BACK.values(), ids=GIVEN_BACK)
def test_what_is_given_back(one: BulkAct, found: Target, ends: tuple[str, ...], left_out: LeftOut | None) -> None:
    assert effect_of(one, found, SIGNERS, TODAY) == Effect(left_out, ends=ends)


def test_only_what_was_on_the_list_is_given_back() -> None:
    found = target(BY_M1, hold(id="H2"))
    assert effect_of(act("release"), found, (), TODAY, frozenset({"H1"})).ends == ("H1",)
    assert effect_of(act("release"), found, (), TODAY, frozenset({"H9"})).left_out == "nothing"


WRONG = [
    {"kind": "hold", "selection": Selection()},
    {"kind": "hold", "share": "0.5"},
    {"kind": "hold", "of": "M1"},
    {"kind": "hold", "reason": ""},
    {"kind": "cut", "share": None},
    {"kind": "cut", "share": "1"},
    {"kind": "cut", "share": "-0.1"},
    {"kind": "release", "until": LATER},
    {"kind": "undo", "of": ""},
]


@pytest.mark.parametrize("changes", WRONG, ids=str)
def test_an_act_that_makes_no_sense(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        act(**changes)


WORDS = [
    (
        act(until=LATER),
        "deliveries on hold until 2026-12-31 of customers by country RU",
        "暂停发货，至 2026-12-31（国家/地区 RU）",
    ),
    (
        act("cut"),
        "limits cut to 50% of what was granted of customers by country RU",
        "额度调减至获批额度的 50%（国家/地区 RU）",
    ),
    (act("cut", share=Decimal("0.125")), "limits cut to 12.5% of", "12.5%"),
    (act("cut", share=Decimal(0)), "limits cut to 0% of", "0%"),
    (act("release", of="M1", selection=Selection()), "release of holds that M1 placed", "解除M1 的暂停发货"),
    (act("undo"), "all of M1 undone", "整体撤销 M1"),
]


@pytest.mark.parametrize(("one", "en", "zh"), WORDS)
def test_an_act_in_words(one: BulkAct, en: str, zh: str) -> None:
    assert one.words.en.startswith(en)
    assert zh in one.words.zh


def test_a_proposal_lapses() -> None:
    one = act()
    last = TODAY + timedelta(days=PROPOSAL_DAYS)
    assert [one.lapsed_on(day) for day in (TODAY, last, last + DAY)] == [False, False, True]
    assert one.state_words(last + DAY).en == "lapsed: propose it anew"
    assert not act(state="confirming").lapsed_on(last + DAY)


def listed(key: str, exposure: int | None, one: BulkAct, **parts: Any) -> BulkMember:
    changes = parts.pop("changes", {})
    found = customer(company_key=key, **changes)
    file = OnFile(found, found.limit, **parts)
    effect = effect_of(one, Target(found, file.holds, file.limit_changes, frozenset()), (), TODAY)
    return member_of(Judged(file, effect, None if exposure is None else Decimal(exposure)), RULES, EXCHANGE)


def test_the_list_and_its_sums() -> None:
    cut = act("cut")
    members = in_order(
        [
            listed("small", 10, cut),
            # 50,000 EUR are 40,000 GBP.
            listed("large", 900, cut, changes={"currency": "EUR"}, holds=(hold(),)),
            listed("unknown", None, cut),
            listed("no rate", 5, cut, changes={"currency": "USD"}),
            listed("left", 9_999, cut, limit_changes=(limit_change(1),)),
        ]
    )
    assert [(one.place, one.company_key) for one in members] == [
        (1, "large"),
        (2, "small"),
        (3, "no rate"),
        (4, "unknown"),
        (5, "left"),
    ]
    assert [(one.limit, one.in_force, one.after) for one in members[:3]] == [
        (Decimal(40_000), Decimal(0), Decimal(0)),
        (LIMIT, LIMIT, Decimal(25_000)),
        (None, None, None),
    ]
    sums = sums_of(members, Selected((), {"groups": 2}, (("countries", "BY"),)), "GBP")
    assert (sums.customers, sums.left_out, sums.without_rate) == (4, {"cut": 1}, 1)
    assert (sums.limits, sums.in_force, sums.after) == (Decimal(140_000), Decimal(100_000), Decimal(50_000))
    assert (sums.exposure, sums.exposure_unknown) == (Decimal(915), 1)
    assert (sums.unknown, sums.without) == ({"groups": 2}, (("countries", "BY"),))


ends = st.none() | st.integers(0, 5).map(lambda days: TODAY + days * DAY)
holds = st.builds(
    lambda number, until, by: hold(id=f"H{number}", until=until, bulk_act=by),
    st.integers(1, 3),
    ends,
    st.sampled_from([None, "M1", "M2"]),
)
cuts = st.builds(
    lambda number, amount, until, by: limit_change(amount, id=f"L{number}", valid_until=until, bulk_act=by),
    st.integers(1, 3),
    st.integers(0, 49_999),
    ends,
    st.sampled_from([None, "M1"]),
)
files = st.builds(
    lambda held, cut: OnFile(customer(), LIMIT, holds=tuple(held), limit_changes=tuple(cut)),
    st.lists(holds, max_size=2, unique_by=lambda one: one.id),
    st.lists(cuts, max_size=2, unique_by=lambda one: one.id),
)
acts = st.builds(
    lambda kind, until: act(kind, until=until if kind in ("hold", "cut") else None),
    st.sampled_from(["hold", "cut", "release", "undo"]),
    ends,
)


@given(files, acts, st.integers(0, 7))
def test_holds_and_cuts_never_leave_more_and_what_is_given_back_never_less(
    file: OnFile, one: BulkAct, days: int
) -> None:
    effect = effect_of(one, Target(file.customer, file.holds, file.limit_changes, frozenset()), SIGNERS, TODAY)
    day = TODAY + days * DAY
    before = standing_on(file, RULES, EXCHANGE, day)
    then = standing_on(after(effect, file, TODAY), RULES, EXCHANGE, day)
    if one.kind in ("hold", "cut"):
        assert then <= before
    else:
        assert then >= before
    if effect.left_out in ("held", "cut"):
        # Who is left alone would have had no less by the act, on any day.
        made = (
            file._replace(holds=(*file.holds, hold(until=one.until)))
            if one.kind == "hold"
            else file._replace(limit_changes=(*file.limit_changes, limit_change(25_000, valid_until=one.until)))
        )
        assert standing_on(made, RULES, EXCHANGE, day) == before


@given(files, acts)
def test_what_was_placed_is_undone_to_the_same(file: OnFile, one: BulkAct) -> None:
    if one.kind not in ("hold", "cut"):
        return
    effect = effect_of(one, Target(file.customer, file.holds, file.limit_changes, frozenset()), SIGNERS, TODAY)
    done = after(effect, file, TODAY)
    named = done._replace(
        holds=tuple(item if item.id else item.model_copy(update={"id": "H9", "bulk_act": "M9"}) for item in done.holds),
        limit_changes=tuple(
            item if item.id else item.model_copy(update={"id": "L9", "bulk_act": "M9"}) for item in done.limit_changes
        ),
    )
    undo = act("undo", of="M9")
    back = effect_of(undo, Target(named.customer, named.holds, named.limit_changes, frozenset()), (), TODAY)
    undone = after(back, named, TODAY)
    for day in (TODAY, NEXT, LATER):
        assert standing_on(undone, RULES, EXCHANGE, day) == standing_on(file, RULES, EXCHANGE, day)


def test_the_selection_of_an_act_is_kept_as_it_was_given() -> None:
    assert BulkAct.model_validate_json(act().model_dump_json()) == act()
    assert act().selection == RUSSIA
