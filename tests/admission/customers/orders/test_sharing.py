"""What a group owes together, and a selling unit within it, held against the group's limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.ledger.imports import CompanyAccounts
from admission.customers.ledger.records import Entry
from admission.customers.orders.asked import OnRecord, OrderAsked, Taken
from admission.customers.orders.check import CustomerNow, OrderCheck, check
from admission.customers.orders.exposure import NO_ACCOUNT, owed
from admission.customers.orders.sharing import (
    JOINED,
    NO_UNIT_ASKED,
    NO_UNIT_TOLD,
    GroupNow,
    bounds_for,
    member_of,
    units_of,
)
from admission.customers.standing.group_limits import GroupLimit
from admission.customers.standing.in_force import OnFile
from admission.model import Text
from admission.policy.customer_rules import CustomerRules
from tests.admission.customers.orders.build import (
    EXCHANGE,
    accounts,
    asked,
    credit,
    file,
    invoice,
    open_order,
    release,
    rules,
    taken,
)
from tests.admission.customers.standing.build import DAY, KEY, TODAY, customer, hold, limit_change, stands

OTHER = "uk:00000002"
SPLIT = {"UK01": 60_000, "DE02": 40_000}


def limit(amount: int | str = 100_000, number: int = 1, **changes: Any) -> GroupLimit:
    asked_for = {"id": f"G{number}", "group": "Example Group", "amount": amount, "currency": "GBP", "asked_by": "bo"}
    signed = {
        "confirmed_by": "cy",
        "confirmed_on": TODAY - 10 * DAY,
        "valid_from": TODAY - 20 * DAY,
        "reason": "one risk",
    }
    return GroupLimit.model_validate({**asked_for, **signed, **changes})


def grouped(
    this: OrderAsked | None = None,
    *,
    own: Sequence[Entry] = (),
    other: Sequence[Entry] | CompanyAccounts = (),
    limits: Sequence[GroupLimit] | None = None,
    earlier: Sequence[Taken] = (),
    others: Mapping[str, tuple[Taken, ...]] | None = None,
    on_file: OnFile | None = None,
    by: CustomerRules | None = None,
    let_through: Any = None,
) -> OrderCheck:
    """Check an order of a customer with a limit of 50,000 in a group of two with one of 100,000."""
    this, by, on_file = this or asked(), by or rules(), on_file or file()
    bounds = bounds_for(this, limits if limits is not None else [limit()], TODAY)
    books = {KEY: accounts(*own), OTHER: other if isinstance(other, CompanyAccounts) else accounts(*other)}
    tells = {key: owed(book, by.orders, EXCHANGE) for key, book in books.items()}
    members = {
        key: member_of(book, tells[key], this.unit, units_of(bounds), by.orders, EXCHANGE)
        for key, book in books.items()
    }
    group = GroupNow(KEY, bounds, members) if bounds else None
    now = CustomerNow(on_file, stands(on_file, rules=by), tells[KEY], group)
    record = OnRecord(taken=tuple(earlier), others={OTHER: (), **(others or {})}, release=let_through)
    return check(this, now, record, by, EXCHANGE)


def test_a_group_owes_what_its_customers_owe_order_and_were_let_through() -> None:
    made = grouped(
        asked(10_000),
        own=[invoice("1", 5_000)],
        other=[invoice("2", 20_000), open_order("SO-9", 7_000)],
        earlier=[taken("SO-2", 3_000)],
        others={OTHER: (taken("SO-1", 4_000),)},
    )
    assert made.figures.group is not None
    # An order of the other customer has the same number, and is another one.
    assert made.figures.group.exposure == 5_000 + 20_000 + 7_000 + 3_000 + 4_000 + 10_000
    assert (made.result, made.figures.headroom, made.figures.binds) == ("free", Decimal(32_000), "customer")


@pytest.mark.parametrize(
    ("others", "codes", "headroom", "binds"),
    [
        (0, (), 40_000, "customer"),
        (60_000, (), 30_000, "group"),
        (90_000, (), 0, "group"),
        ("90000.01", ("over_group_limit",), "-0.01", "group"),
        (200_000, ("over_group_limit",), -110_000, "group"),
    ],
)
def test_the_least_headroom_binds(others: int | str, codes: tuple[str, ...], headroom: int | str, binds: str) -> None:
    made = grouped(asked(10_000), other=[invoice("2", others)] if others else [])
    assert (made.codes, made.figures.headroom, made.figures.binds) == (codes, Decimal(headroom), binds)


def test_all_limits_that_are_exceeded_are_told() -> None:
    made = grouped(asked(60_000, unit="uk01"), limits=[limit(50_000, units={"UK01": 1_000})])
    assert made.codes == ("over_limit", "over_group_limit", "over_unit_limit")
    assert made.reasons[1].text == Text(
        en="group Example Group: exposure with this order 60,000.00; limit G1 50,000.00 GBP",
        zh="集团 Example Group：含本订单的敞口 60,000.00；额度 G1 50,000.00 GBP",
    )
    assert made.reasons[2].text.en == "selling unit UK01: exposure with this order 60,000.00; limit G1 1,000.00 GBP"


def test_what_one_company_has_paid_too_much_does_not_pay_anothers_debts() -> None:
    made = grouped(asked(10_000), other=[credit("P", 80_000)], own=[invoice("1", 30_000)])
    assert made.figures.group is not None
    assert made.figures.group.exposure == 40_000


@pytest.mark.parametrize(
    ("changes", "by", "codes"),
    [
        ({"said": (), "numbers": ()}, {}, ("unknown",)),
        ({"said": (), "numbers": ()}, {"without_account": "owes_nothing"}, ()),
        ({"whole": False}, {}, ("unknown",)),
    ],
    ids=["no account", "owes nothing", "rows left out"],
)
def test_what_cannot_be_told_of_one_cannot_be_told_of_the_group(
    changes: dict[str, Any], by: dict[str, Any], codes: tuple[str, ...]
) -> None:
    made = grouped(own=[invoice("1", 1)], other=accounts()._replace(**changes), by=rules(**by))
    assert made.codes == codes
    assert (made.figures.headroom is None) == bool(codes)


def test_why_the_group_is_unknown_is_told_without_the_name_of_the_other() -> None:
    made = grouped(own=[invoice("1", 1)], other=accounts()._replace(said=(), numbers=()))
    assert [reason.text.en for reason in made.reasons] == [f"of a company of the group: {NO_ACCOUNT.en}"]


def test_money_without_a_rate_is_unknown() -> None:
    assert grouped(other=[invoice("2", 1, currency="XPF")]).codes == ("unknown",)
    made = grouped(limits=[limit(currency="XPF")])
    assert (made.codes, made.figures.group and made.figures.group.amount) == (("unknown",), None)


def test_who_joined_the_group_at_this_moment_is_not_known_yet() -> None:
    made = grouped(others={"uk:00000003": ()})
    assert [reason.text.en for reason in made.reasons] == [f"of a company of the group: {JOINED.en}"]


def test_a_group_without_a_limit_changes_nothing() -> None:
    made = grouped(other=[invoice("2", 999_999)], limits=[])
    assert (made.codes, made.figures.group, made.figures.binds) == ((), None, "customer")


def test_a_limit_that_is_over_leaves_nothing_today_and_on_the_day_of_delivery() -> None:
    over = limit(valid_until=TODAY + 3 * DAY)
    assert grouped(asked(1, deliver_on=TODAY + 3 * DAY), limits=[over]).codes == ()
    made = grouped(asked(1, deliver_on=TODAY + 4 * DAY), limits=[over])
    assert made.codes == ("over_group_limit",)
    assert made.reasons[0].text.en.endswith(f"limit G1 0.00 GBP, which ended on {TODAY + 3 * DAY}")


def test_a_release_lets_an_order_through_that_is_above_the_limit_of_the_group() -> None:
    made = grouped(asked(10_000), limits=[limit(1)], let_through=release())
    assert (made.result, [reason.code for reason in made.waived]) == ("free", ["over_group_limit"])


@pytest.mark.parametrize(
    ("unit", "entries", "earlier", "codes", "exposure"),
    [
        ("UK01", [], [], (), 10_000),
        ("uk01", [invoice("2", 50_000, unit="UK01")], [], (), 60_000),
        ("UK01", [invoice("2", "50000.01", unit="UK01")], [], ("over_unit_limit",), "60000.01"),
        # What another unit has sold is not this one's.
        ("UK01", [invoice("2", 60_000, unit="DE02")], [], (), 10_000),
        ("DE02", [open_order("S", 40_000, unit="DE02")], [], ("over_unit_limit",), 50_000),
        ("UK01", [], [taken("S", 51_000, unit="UK01")], ("over_unit_limit",), 61_000),
        ("UK01", [], [taken("S", 51_000, unit="DE02")], (), 10_000),
        # A unit that has no part of the limit may use none of it.
        ("FR03", [], [], ("over_unit_limit",), 10_000),
    ],
)
def test_a_unit_uses_its_part(
    unit: str, entries: list[Entry], earlier: list[Taken], codes: tuple[str, ...], exposure: int | str
) -> None:
    made = grouped(asked(10_000, unit=unit), other=entries, others={OTHER: tuple(earlier)}, limits=[limit(units=SPLIT)])
    assert made.figures.unit is not None
    assert (made.codes, made.figures.unit.exposure) == (codes, Decimal(exposure))


@pytest.mark.parametrize(
    ("this", "entries", "earlier", "why"),
    [
        (asked(), [], [], NO_UNIT_ASKED),
        (asked(unit="UK01"), [invoice("2", 1)], [], NO_UNIT_TOLD),
        (asked(unit="UK01"), [open_order("S", 1)], [], NO_UNIT_TOLD),
        (asked(unit="UK01"), [], [taken("S", 1)], NO_UNIT_TOLD),
    ],
)
def test_what_names_no_unit_leaves_the_units_unknown(
    this: OrderAsked, entries: list[Entry], earlier: list[Taken], why: Text
) -> None:
    made = grouped(this, other=entries, others={OTHER: tuple(earlier)}, limits=[limit(units=SPLIT)])
    assert [(reason.code, reason.text) for reason in made.reasons] == [("unknown", why)]
    assert made.figures.headroom is None


def test_what_is_settled_or_takes_nothing_any_more_needs_no_unit() -> None:
    paid = invoice("2", 9, settled=TODAY)
    old = taken("S", 9, deliver_on=TODAY - 90 * DAY, checked_on=TODAY - 90 * DAY)
    made = grouped(
        asked(unit="UK01"),
        other=[paid, credit("P", 9).model_copy(update={"unit": "UK01"})],
        others={OTHER: (old,)},
        limits=[limit(units=SPLIT)],
    )
    assert made.codes == ()


def test_where_there_is_one_unit_only_what_names_none_is_its() -> None:
    made = grouped(
        asked(10_000, unit="UK01"),
        other=[invoice("2", 20_000), invoice("3", 5_000, unit="DE02")],
        others={OTHER: (taken("S", 4_000),)},
        limits=[limit(units={"UK01": 60_000})],
    )
    assert made.figures.unit is not None
    assert (made.codes, made.figures.unit.exposure) == ((), Decimal(34_000))


def small(**changes: Any) -> OnFile:
    """A customer without a limit of its own."""
    made = file(**changes)
    return made._replace(customer=customer(limit=Decimal(0)), open_limit=Decimal(0))


@pytest.mark.parametrize(
    ("on_file", "by", "codes"),
    [
        (small(), {}, ("over_limit",)),
        (small(), {"parent_limit": True}, ()),
        (
            small(holds=(hold(),)),
            {"parent_limit": True},
            ("over_limit", "held"),
        ),
        (small(limit_changes=(limit_change(0),)), {"parent_limit": True}, ("over_limit",)),
        # A limit that is bounded is no missing one.
        (file(limit_changes=(limit_change(0),)), {"parent_limit": True}, ("over_limit", "cut")),
    ],
    ids=["not said", "said", "held", "cut before", "cut"],
)
def test_a_customer_without_a_limit_uses_the_groups_where_the_policy_says_so(
    on_file: OnFile, by: dict[str, Any], codes: tuple[str, ...]
) -> None:
    assert grouped(on_file=on_file, by=rules(**by)).codes == codes


def test_who_uses_the_groups_limit_has_its_headroom_and_its_own_duties() -> None:
    by = rules(parent_limit=True)
    made = grouped(on_file=small(), other=[invoice("2", 60_000)], by=by)
    assert (made.figures.headroom, made.figures.binds, made.figures.by_parent) == (Decimal(30_000), "group", True)
    assert grouped(on_file=small(), limits=[], by=by).codes == ("over_limit",)
    assert grouped(on_file=small(), limits=[limit(9_999)], by=by).codes == ("over_group_limit",)
    late = invoice("1", 10, due=TODAY - 40 * DAY)
    assert grouped(on_file=small(), own=[late], by=by).codes == ("oldest_overdue",)


AMOUNTS = st.lists(st.integers(1, 60_000), max_size=4)


@given(own=AMOUNTS, other=AMOUNTS, before=AMOUNTS, most=st.integers(0, 120_000), this=st.integers(1, 60_000))
def test_what_is_free_fits_every_limit(
    own: list[int], other: list[int], before: list[int], most: int, this: int
) -> None:
    made = grouped(
        asked(this),
        own=[invoice(str(n), amount) for n, amount in enumerate(own)],
        other=[invoice(str(n), amount) for n, amount in enumerate(other)],
        others={OTHER: tuple(taken(f"S{n}", amount) for n, amount in enumerate(before))},
        limits=[limit(most)],
    )
    fits = sum(own) + this <= 50_000 and sum(own) + sum(other) + sum(before) + this <= most
    assert (made.result == "free") == fits
