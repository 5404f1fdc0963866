"""The golden table of limits in force, and the laws that they obey."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.standing.in_force import Contract, OnFile, StandingCode, changed_on
from admission.customers.standing.limit_changes import LimitChange, Season
from admission.customers.standing.securities import Allotment
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules, SecurityKind
from tests.admission.customers.standing.build import (
    BANK,
    DAY,
    DEPOSIT,
    GUARANTEE,
    KEY,
    LIMIT,
    OTHER,
    RATES,
    RULES,
    TODAY,
    condition,
    contract,
    cover,
    customer,
    hold,
    limit_change,
    security,
    stands,
)

YESTERDAY, TOMORROW, LONG_AGO = TODAY - DAY, TODAY + DAY, date(2026, 9, 1)
# The review's grace, and the insurance contract, end then.
ALL_YEAR, CONTRACT_ENDS = date(2027, 6, 29), date(2027, 6, 19)


def open_file(**parts: Any) -> OnFile:
    """A customer whose limit needs no security."""
    return OnFile(**{"customer": customer(), "open_limit": LIMIT, **parts})


def secured(*securities: Any, open_limit: int = 0, **parts: Any) -> OnFile:
    """A customer whose limit needs security, but for its open part."""
    return OnFile(**{"customer": customer(), "open_limit": Decimal(open_limit), "securities": securities, **parts})


def changed(*changes: Any, **parts: Any) -> OnFile:
    return open_file(limit_changes=changes, **parts)


def insured(*words: Any, **parts: Any) -> OnFile:
    return secured(contracts=(Contract(contract(), words),), **parts)


NEXT = date(2027, 1, 10)
WINTER, SUMMER = Season(first="12-01", last="01-31"), Season(first="06-01", last="06-30")
A_THIRD = (Allotment(company_key=KEY, amount=Decimal(10_000)), Allotment(company_key=OTHER, amount=Decimal(20_000)))
FOR_OTHERS = (Allotment(company_key=OTHER, amount=Decimal(30_000)),)
MET = condition(state="met", proof="contract 7", settled_by="cy", settled_on=YESTERDAY)
TILL_TODAY = MET.model_copy(update={"valid_until": TODAY})
TILL_YESTERDAY = MET.model_copy(update={"valid_until": YESTERDAY})

# Each line: what is on file, what of 50,000 is in force today, and the last day on which that stays so.
GOLDEN: dict[str, tuple[OnFile, int, date | None]] = {
    "nothing asked for": (open_file(), 50_000, ALL_YEAR),
    "a condition before delivery is open": (open_file(conditions=(condition(),)), 0, None),
    "it is met": (open_file(conditions=(MET,)), 50_000, ALL_YEAR),
    "it is waived": (open_file(conditions=(condition(state="waived"),)), 50_000, ALL_YEAR),
    "it is met, till today": (open_file(conditions=(TILL_TODAY,)), 50_000, TODAY),
    "it was met till yesterday": (open_file(conditions=(TILL_YESTERDAY,)), 0, None),
    "it expired": (open_file(conditions=(condition(state="expired"),)), 0, None),
    "a condition is due today": (open_file(conditions=(condition(due=TODAY),)), 50_000, TODAY),
    "a condition was due yesterday": (open_file(conditions=(condition(due=YESTERDAY),)), 0, None),
    "one of two is open": (open_file(conditions=(MET, condition(id="c2"))), 0, None),
    "on hold": (open_file(holds=(hold(),)), 0, None),
    "on hold from tomorrow": (open_file(holds=(hold(placed_on=TOMORROW),)), 50_000, TODAY),
    "on hold till today": (open_file(holds=(hold(until=TODAY),)), 0, TODAY),
    "on hold till yesterday": (
        open_file(holds=(hold(placed_on=YESTERDAY, until=YESTERDAY),)),
        50_000,
        ALL_YEAR,
    ),
    "hold released today": (
        open_file(holds=(hold(placed_on=YESTERDAY, released_on=TODAY, released_by="bo"),)),
        50_000,
        ALL_YEAR,
    ),
    "the review was due 60 days ago": (open_file(customer=customer(next_review_on=TODAY - 60 * DAY)), 50_000, TODAY),
    "the review was due 61 days ago": (open_file(customer=customer(next_review_on=TODAY - 61 * DAY)), 0, None),
    "no customer any more": (open_file(customer=customer(active=False)), 0, None),
    "needs security, none given": (secured(), 0, None),
    "of which a part is open": (secured(open_limit=12_000), 12_000, ALL_YEAR),
    "a deposit": (secured(security(20_000)), 20_000, ALL_YEAR),
    "a deposit and an open part": (secured(security(20_000), open_limit=12_000), 32_000, ALL_YEAR),
    "a deposit of more than the limit": (secured(security(90_000)), 50_000, ALL_YEAR),
    "a deposit that one person saw": (secured(security(20_000, confirmed_by=None)), 0, None),
    "a bank guarantee till today": (secured(security(50_000, BANK, valid_until=TODAY)), 50_000, TODAY),
    "a bank guarantee till yesterday": (secured(security(50_000, BANK, valid_until=YESTERDAY)), 0, None),
    "a bank guarantee from tomorrow": (secured(security(50_000, BANK, valid_from=TOMORROW)), 0, TODAY),
    "a bank guarantee, revoked today": (secured(security(50_000, BANK, revoked_on=TODAY)), 0, None),
    "a bank guarantee, revoked from tomorrow": (secured(security(50_000, BANK, revoked_on=TOMORROW)), 50_000, TODAY),
    "half of a guarantee": (secured(security(50_000, GUARANTEE)), 25_000, ALL_YEAR),
    "a guarantee of which less counts": (
        secured(security(50_000, GUARANTEE, usable_share="0.3")),
        15_000,
        ALL_YEAR,
    ),
    "a mortgage with 20,000 ahead of it": (
        secured(security(60_000, SecurityKind.MORTGAGE, ahead=20_000)),  # 60,000 x 0.6 - 20,000
        16_000,
        ALL_YEAR,
    ),
    "a mortgage with more ahead of it": (secured(security(60_000, SecurityKind.MORTGAGE, ahead=40_000)), 0, None),
    "retention of title": (secured(security(50_000, SecurityKind.RETENTION_OF_TITLE)), 0, None),
    "a deposit in euros": (secured(security(10_000, currency="EUR")), 8_000, ALL_YEAR),
    "a deposit without a rate": (secured(security(10_000, currency="USD")), 0, None),
    "a third of a deposit of 30,000": (secured(security(30_000, allotted=A_THIRD)), 10_000, ALL_YEAR),
    "a deposit for somebody else": (secured(security(30_000, allotted=FOR_OTHERS)), 0, None),
    "cover of 40,000, nine tenths paid": (insured(cover()), 36_000, CONTRACT_ENDS),
    "cover requested": (insured(cover("requested", None)), 0, None),
    "cover under a condition": (insured(cover("conditional", 40_000)), 0, None),
    "cover, refused before": (
        insured(cover("refused", None, valid_from=TODAY - 9 * DAY), cover("partly", 10_000)),
        9_000,
        CONTRACT_ENDS,
    ),
    "cover, reduced since": (
        insured(cover(), cover("reduced", 20_000, valid_from=YESTERDAY)),
        18_000,
        CONTRACT_ENDS,
    ),
    "cover, withdrawn from tomorrow": (insured(cover(), cover("withdrawn", None, valid_from=TOMORROW)), 36_000, TODAY),
    "cover that ran out yesterday": (insured(cover(valid_until=YESTERDAY)), 0, None),
    "terms longer than the cover's": (insured(cover(), customer=customer(terms_days=90)), 0, None),
    "within the discretionary limit": (
        secured(contracts=(Contract(contract(discretionary_limit=10_000)),)),
        9_000,
        CONTRACT_ENDS,
    ),
    "refused, discretionary limit or not": (
        secured(contracts=(Contract(contract(discretionary_limit=10_000), (cover("refused", None),)),)),
        0,
        None,
    ),
    "cover and deposit": (
        insured(cover(), securities=(security(10_000),)),
        46_000,
        CONTRACT_ENDS,
    ),
    "a deposit, on hold": (secured(security(50_000), holds=(hold(until=TODAY),)), 0, TODAY),
    "a deposit, a condition open": (secured(security(50_000), conditions=(condition(),)), 0, None),
    "a deposit, review expired": (
        secured(security(50_000), customer=customer(next_review_on=LONG_AGO)),
        0,
        None,
    ),
    "cut to 20,000": (changed(limit_change(20_000)), 20_000, ALL_YEAR),
    "cut to nothing": (changed(limit_change(0)), 0, None),
    "cut till today": (changed(limit_change(20_000, valid_until=TODAY)), 20_000, TODAY),
    "cut till yesterday": (changed(limit_change(20_000, valid_until=YESTERDAY)), 50_000, ALL_YEAR),
    "cut from tomorrow": (changed(limit_change(20_000, valid_from=TOMORROW)), 50_000, TODAY),
    "a cut taken back today": (
        changed(limit_change(20_000, ended_on=TODAY, ended_by="bo")),
        50_000,
        ALL_YEAR,
    ),
    "cut from 1 December to 31 January of each year": (
        changed(limit_change(20_000, season=WINTER)),
        20_000,
        date(2027, 1, 31),
    ),
    "cut twice": (changed(limit_change(20_000), limit_change(30_000, id="L2")), 20_000, ALL_YEAR),
    "cut to more than a smaller limit granted since": (
        changed(limit_change(20_000), customer=customer(limit=Decimal(10_000)), open_limit=Decimal(10_000)),
        10_000,
        ALL_YEAR,
    ),
    "cut in euros": (changed(limit_change(20_000, currency="EUR")), 16_000, ALL_YEAR),
    "cut in dollars, which have no rate": (changed(limit_change(20_000, currency="USD")), 0, None),
    "cut, and secured by less": (secured(security(10_000), limit_changes=(limit_change(20_000),)), 10_000, ALL_YEAR),
    "raised to 75,000 till today": (changed(limit_change(75_000, valid_until=TODAY)), 75_000, TODAY),
    "raised till yesterday": (changed(limit_change(75_000, valid_until=YESTERDAY)), 50_000, ALL_YEAR),
    "raised from tomorrow": (changed(limit_change(75_000, valid_from=TOMORROW, valid_until=NEXT)), 50_000, TODAY),
    "raised by one person alone": (
        changed(limit_change(75_000, valid_until=NEXT, confirmed_by=None, confirmed_on=None)),
        50_000,
        ALL_YEAR,
    ),
    "raised, and ended today": (
        changed(limit_change(75_000, valid_until=NEXT, ended_on=TODAY, ended_by="bo")),
        50_000,
        ALL_YEAR,
    ),
    "raised in winter": (changed(limit_change(75_000, season=WINTER)), 75_000, date(2027, 1, 31)),
    "raised in summer, which comes": (changed(limit_change(75_000, season=SUMMER)), 50_000, date(2027, 5, 31)),
    "raised twice": (
        changed(limit_change(60_000, valid_until=NEXT), limit_change(75_000, id="L2", valid_until=TODAY)),
        75_000,
        TODAY,
    ),
    "raised from a limit that was granted otherwise since": (
        changed(limit_change(75_000, valid_until=NEXT), customer=customer(limit=Decimal(40_000)), open_limit=LIMIT),
        40_000,
        ALL_YEAR,
    ),
    "raised and cut": (
        changed(limit_change(75_000, valid_until=NEXT), limit_change(20_000, id="L2")),
        20_000,
        ALL_YEAR,
    ),
    "raised, on hold": (changed(limit_change(75_000, valid_until=NEXT), holds=(hold(),)), 0, None),
    "raised, a condition open": (changed(limit_change(75_000, valid_until=NEXT), conditions=(condition(),)), 0, None),
    "raised, review expired": (
        changed(limit_change(75_000, valid_until=NEXT), customer=customer(next_review_on=LONG_AGO)),
        0,
        None,
    ),
    "raised, the limit granted secured in part": (
        secured(security(20_000), limit_changes=(limit_change(75_000, valid_until=NEXT),)),
        45_000,  # 20,000 in hand, and the 25,000 that two people add
        NEXT,
    ),
    "raised, no customer any more": (
        changed(limit_change(75_000, valid_until=NEXT), customer=customer(active=False)),
        0,
        None,
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_limit_in_force(name: str) -> None:
    on_file, in_force, until = GOLDEN[name]
    found = stands(on_file)
    assert (found.in_force, found.until) == (Decimal(in_force), until)
    assert bool(found.reasons) is (in_force < found.limit)
    # The sentence tells both figures where they differ, in both languages.
    for text in (found.why.en, found.why.zh):
        assert f"{found.limit:,.2f} GBP" in text
        assert (f"{in_force:,.2f} GBP" in text) is True


def test_the_table_has_more_than_forty_lines() -> None:
    assert len(GOLDEN) >= 40
    assert len({in_force for _, in_force, _ in GOLDEN.values()}) >= 12


def test_all_reasons_are_told_not_the_first_alone() -> None:
    file = secured(
        conditions=(condition(), condition(id="c2", text="deposit paid", due=YESTERDAY)),
        holds=(hold(),),
        customer=customer(next_review_on=LONG_AGO),
    )
    found = stands(file)
    assert [reason.code for reason in found.reasons] == [
        StandingCode.HELD,
        StandingCode.CONDITION,
        StandingCode.CONDITION,
        StandingCode.REVIEW_EXPIRED,
        StandingCode.SECURITY_SHORT,
    ]
    assert found.hold
    assert found.why.en == (
        "0.00 GBP of the limit of 50,000.00 GBP are in force: "
        "deliveries are on hold since 2026-12-01 by cy: invoice disputed; "
        "condition “contract signed” is to be met before delivery; "
        "condition “deposit paid” was due on 2026-11-30; "
        "the review was due on 2026-09-01 and is not done; "
        "the limit needs security, and 0.00 are in hand (open 0.00)."
    )


def test_what_ends_soon_is_warned_of() -> None:
    file = secured(
        security(30_000, BANK, valid_until=TODAY + 30 * DAY),
        security(1_000, id="S-2", document="D", valid_until=TODAY + 31 * DAY),
        customer=customer(next_review_on=TODAY + 5 * DAY),
        limit_changes=(limit_change(60_000, valid_until=TODAY + 4 * DAY),),
        conditions=(
            condition(due=TODAY + 2 * DAY),
            MET.model_copy(update={"id": "c2", "valid_until": TODAY}),
            MET.model_copy(update={"id": "c3", "valid_until": YESTERDAY}),
        ),
        contracts=(Contract(contract(valid_until=TODAY + 9 * DAY), (cover(valid_until=TODAY + 3 * DAY),)),),
    )
    assert [text.en for text in stands(file).warnings] == [
        "condition “contract signed” is due on 2026-12-03",
        "condition “contract signed” is met until 2026-12-01 only",
        "bank guarantee S-2026-000001 is valid until 2026-12-31",
        "credit insurance P 1 ends on 2026-12-04",
        "the limit is raised until 2026-12-05 only",
        "the review is due on 2026-12-06",
    ]


def test_a_review_may_take_as_long_as_it_takes_where_the_policy_says_so() -> None:
    file = open_file(customer=customer(next_review_on=date(2020, 1, 1)))
    found = stands(file, rules=CustomerRules(review_grace_days=None))
    assert (found.in_force, found.until) == (LIMIT, None)


days = st.integers(-20, 20).map(lambda offset: TODAY + offset * DAY)
ends = st.none() | days
amounts = st.integers(1, 80_000)
days_of_the_year = st.one_of(
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"{day:%m-%d}"),
    st.sampled_from(["02-28", "02-29", "03-01", "11-25", "12-05", "12-31", "01-01"]),
)
SAID = ("granted", "partly", "conditional", "refused", "withdrawn")


@st.composite
def securities(draw: st.DrawFn) -> Any:
    begins, lasts = draw(days), draw(st.none() | st.integers(0, 30))
    return security(
        draw(amounts),
        draw(st.sampled_from(SecurityKind)),
        id=f"S-{draw(st.integers(1, 10**6))}",
        giver_key=draw(st.sampled_from(["", OTHER, KEY])),
        valid_from=begins,
        valid_until=None if lasts is None else begins + lasts * DAY,
        revoked_on=draw(ends),
        confirmed_by=draw(st.sampled_from(["cy", None])),
        currency=draw(st.sampled_from(["GBP", "EUR", "USD"])),
    )


@st.composite
def files(draw: st.DrawFn) -> OnFile:
    words = []
    for state in draw(
        st.lists(st.sampled_from(["granted", "partly", "conditional", "refused", "withdrawn"]), max_size=3)
    ):
        told = state not in ("refused", "withdrawn")
        words.append(cover(state, draw(amounts) if told else None, valid_from=draw(days)))
    return OnFile(
        customer=customer(next_review_on=TODAY + draw(st.integers(-90, 20)) * DAY),
        open_limit=Decimal(draw(st.sampled_from([0, 10_000, 50_000]))),
        conditions=tuple(
            condition(id=str(place), state=state, due=draw(ends), valid_until=draw(ends))
            for place, state in enumerate(draw(st.lists(st.sampled_from(["open", "met", "waived"]), max_size=2)))
        ),
        securities=tuple(draw(st.lists(securities(), max_size=3, unique_by=lambda item: item.id))),
        contracts=(Contract(contract(discretionary_limit=draw(st.sampled_from([0, 5_000]))), tuple(words)),),
        holds=tuple(
            hold(id=str(day), placed_on=day, released_on=draw(ends)) for day in draw(st.lists(days, max_size=1))
        ),
        limit_changes=tuple(draw(st.lists(limit_changes(), max_size=2))),
    )


@st.composite
def limit_changes(draw: st.DrawFn) -> LimitChange:
    begins, lasts = draw(days), draw(st.none() | st.integers(0, 30))
    amount = draw(amounts.filter(lambda amount: amount != LIMIT))
    season = draw(st.none() | st.lists(days_of_the_year, min_size=2, max_size=2))
    signed = draw(ends) if amount > LIMIT else None
    return limit_change(
        amount,
        valid_from=begins,
        valid_until=None if lasts is None else begins + lasts * DAY,
        season=None if season is None else Season(first=season[0], last=season[1]),
        confirmed_by=None if signed is None else "dee",
        confirmed_on=signed,
        ended_on=draw(ends),
    )


@given(files())
def test_it_stays_between_nothing_and_the_limit(on_file: OnFile) -> None:
    found = stands(on_file)
    assert 0 <= found.in_force <= found.limit
    assert (found.in_force == found.limit) is (found.reasons == ())
    assert (found.limit > LIMIT) is (found.raised is not None)


@given(files(), st.booleans())
def test_a_cut_never_raises_and_a_raise_never_lowers(on_file: OnFile, unsecured: bool) -> None:
    rules = CustomerRules(temporary_raise_unsecured=unsecured)
    before = stands(on_file, rules=rules).in_force
    for place, change in enumerate(on_file.limit_changes):
        kept = tuple(item for at, item in enumerate(on_file.limit_changes) if at != place)
        after = stands(on_file._replace(limit_changes=kept), rules=rules).in_force
        assert after >= before if change.kind == "cut" else after <= before


@given(files(), st.integers(0, 60))
def test_nothing_of_a_change_outlives_its_end(on_file: OnFile, later: int) -> None:
    day = TODAY + later * DAY
    over = [item for item in on_file.limit_changes if item.valid_until is not None and item.valid_until < day]
    lasting = tuple(item for item in on_file.limit_changes if item not in over)
    assert stands(on_file, day) == stands(on_file._replace(limit_changes=lasting), day)


@given(limit_changes(), days)
def test_its_last_day_is_the_last_on_which_it_counts_without_a_break(change: LimitChange, day: date) -> None:
    unended = change.model_copy(update={"ended_on": None})
    if not unended.counts_on(day):
        return
    last = unended.last_day(day)
    until = last or day + 800 * DAY
    assert all(unended.counts_on(day + offset * DAY) for offset in range((until - day).days + 1))
    assert last is None or not unended.counts_on(last + DAY)


@given(files())
def test_it_changes_on_the_day_it_says_and_not_before(on_file: OnFile) -> None:
    now = stands(on_file)
    last = now.until or TODAY + 120 * DAY
    for offset in range(1, (last - TODAY).days + 1):
        assert stands(on_file, TODAY + offset * DAY).in_force == now.in_force
    if now.until is not None:
        after = stands(on_file, now.until + DAY).in_force
        assert after == now.then
        assert after != now.in_force


@given(files(), st.integers(0, 40))
def test_the_last_change_is_on_the_day_it_says_and_none_after(on_file: OnFile, back: int) -> None:
    since = TODAY - back * DAY
    last = changed_on(on_file, RULES, Exchange(RATES, "GBP", TODAY), since)
    days = [since + offset * DAY for offset in range(back + 1)]
    differ = [day for day in days if stands(on_file, day).in_force != stands(on_file, day - DAY).in_force]
    assert last == (differ[-1] if differ else None)


@given(files(), st.data())
def test_what_is_taken_off_the_file_acts_one_way(on_file: OnFile, data: st.DataObject) -> None:
    """A security or cover that goes never raises the limit; a hold or a condition that goes never lowers it."""
    before = stands(on_file).in_force
    without: list[tuple[str, Callable[[Decimal], bool]]] = [
        ("holds", lambda after: after >= before),
        ("conditions", lambda after: after >= before),
    ]
    for part, law in without:
        for place in range(len(getattr(on_file, part))):
            kept = tuple(item for at, item in enumerate(getattr(on_file, part)) if at != place)
            changed: dict[str, Any] = {part: kept}
            assert law(stands(on_file._replace(**changed)).in_force)
    for item in on_file.securities:
        revoked = tuple(
            other.model_copy(update={"revoked_on": TODAY}) if other is item and not item.is_guarantee else other
            for other in on_file.securities
        )
        assert stands(on_file._replace(securities=revoked)).in_force <= before
    assert stands(on_file._replace(contracts=())).in_force <= before


def test_the_rules_are_those_of_the_policy() -> None:
    rules = CustomerRules(usable_shares={DEPOSIT: Decimal("0.5")})
    assert rules.usable_share(DEPOSIT) == Decimal("0.5")
    assert rules.usable_share(BANK) == RULES.usable_share(BANK) == 1
    assert stands(secured(security(20_000)), rules=rules).in_force == 10_000
    with pytest.raises(ValueError, match="0 to 1"):
        CustomerRules(usable_shares={DEPOSIT: Decimal("1.5")})
