"""From the limit of a group to an order that does not fit it: proposed, confirmed, used by two customers, ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admission.application import Application
from admission.cases import Customer, Decision
from admission.customers.standing.group_limits import GroupLimit
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.money import Rate, RateTable
from admission.people import Person
from admission.policy.order_rules import OrderRules
from casebook.customer_files import Settling
from desk import create_app
from services import concluding, customer_files
from services.customer_standing import customer_of
from services.group_limits import NewGroupLimit, confirm_group_limit, end_group_limit, propose_group_limit
from services.groups import group_named, group_of, groups
from services.orders import release_order
from tests.admission.customers.orders.build import invoice, open_order
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, Bench, application, assessment, both, browser_of
from tests.services import test_customer_files as customers
from tests.services.test_customer_files import admitted, person
from tests.services.test_orders import DAY, TODAY, ask, load, settled
from wiring import House

at, clock = customers.at, customers.clock
GROUP = "Harbour Group"
# Of a check of a customer without a group, asked for anew; as many as before groups had limits.
STATEMENTS = 19


def member(
    at: House, name: str, number: str, account: str, group: str | None = GROUP, *, limit: bool = True
) -> Customer:
    """A customer of the group with a limit of 150,000 GBP, or none, whose conditions are settled."""
    asked = application(name, number).model_copy(update={"group": group})
    made = admitted(at, asked=asked) if limit else without_limit(at, asked)
    for item in at.casebook.cases.conditions(made.last_case):
        customer_files.settle_condition(at, made.company_key, item.id, Settling("met", "seen"), person(at, "otto"))
    at.casebook.ledgers.set_accounts({account: made.company_key}, "otto")
    return made


def without_limit(at: House, asked: Application) -> Customer:
    """A customer who was admitted on a limit of nothing."""
    bench = Bench(at, browser_of(create_app(at, deliver=lambda: None)))
    reference = bench.open_case(asked, kind="gathering")
    view = assessment().model_copy(update={"case": reference})
    bench.assess(reference, view)
    decision = Decision(
        outcome="admitted",
        decided_by="fast_track",
        assessment=view.sha256,
        limit=Decimal(0),
        currency="GBP",
        terms_days=30,
        reason=both("pays before delivery", "款到发货"),
        decided_at=at.clock(),
    )
    at.casebook.cases.decide(reference, decision, actor="system", round_number=1)
    return customer_of(at, concluding.conclude(at, reference).company_key)


@pytest.fixture
def two(at: House) -> tuple[Customer, Customer]:
    """Two customers of one group, who owe nothing; a program asks about their orders."""
    program = Person(username="erp", name="Order entry", department="credit", service=True)
    at.casebook.people.add(program, PASSWORD)
    at.rates = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 1, 1), per_unit=Decimal("1.25"))])
    load(at)
    one = member(at, "Harbour Lane Tools Ltd", "09876543", "10023")
    return one, member(at, "Harbour Quay Tools Ltd", "09876544", "10024", "HARBOUR group")


def new(amount: int = 200_000, **changes: Any) -> NewGroupLimit:
    return NewGroupLimit(Decimal(amount), "GBP", "one risk")._replace(**changes)


def limited(at: House, amount: int = 200_000, **changes: Any) -> GroupLimit:
    made = propose_group_limit(at, GROUP, new(amount, **changes), person(at, "otto"))
    return confirm_group_limit(at, made.id, person(at, "feng"))


def test_an_order_that_fits_its_customer_and_not_the_group_is_blocked(
    at: House, two: tuple[Customer, Customer]
) -> None:
    one, other = two
    propose_group_limit(at, GROUP, new(), person(at, "otto"))
    assert ask(at, one, 120_000).check.figures.group is None
    confirm_group_limit(at, "G1", person(at, "feng"))
    made = ask(at, other, 80_001)
    # The house counts in dollars, at 1.25.
    assert (made.block, made.check.codes, made.check.figures.headroom) == (
        "O1",
        ("over_group_limit",),
        Decimal("-1.25"),
    )
    assert made.check.figures.binds == "group"
    assert ask(at, other, 80_000).check.figures.headroom == 0
    assert ask(at, one, 120_000).block is None
    assert ask(at, one, 120_001).check.codes == ("over_group_limit",)


def test_the_ledger_of_all_customers_counts(at: House, two: tuple[Customer, Customer]) -> None:
    limited(at, units={"UK01": Decimal(100_000), "DE02": Decimal(60_000)})
    _, other = two
    rows = (invoice("1", 50_000, unit="UK01"), invoice("2", 30_000, unit="DE02"))
    entries = [row.model_copy(update={"customer": "10023", "issued": TODAY}) for row in rows]
    load(at, *entries, open_order("S", 20_000, unit="UK01", customer="10024", entered_on=TODAY))
    made = ask(at, other, 30_000, unit="uk01").check
    assert (made.codes, made.figures.binds, made.figures.headroom) == ((), "unit", Decimal(0))
    assert made.figures.unit is not None
    assert made.figures.group is not None
    assert (made.figures.unit.exposure, made.figures.group.exposure) == (Decimal(125_000), Decimal(162_500))
    assert ask(at, other, 30_001, "SO-2", unit="DE02").check.codes == ("over_unit_limit",)
    assert ask(at, other, 1, "SO-3").check.codes == ("unknown",)
    view = group_named(at, "harbour GROUP")
    assert view.used == Decimal(130_000)
    assert {use.unit: use.used for use in view.units} == {"UK01": Decimal(125_000), "DE02": Decimal(37_500)}
    assert view.line.en == "group limit 200,000.00 GBP (Harbour Group, G1), used 130,000.00"
    assert group_of(at, other) == view


def test_what_is_not_known_of_one_blocks_the_other(at: House, two: tuple[Customer, Customer]) -> None:
    limited(at)
    one, other = two
    at.casebook.ledgers.set_accounts({"10024": ""}, "otto")
    made = ask(at, one, 1)
    assert made.check.codes == ("unknown",)
    assert other.company_key not in made.check.reasons[0].text.en
    view = group_named(at, GROUP)
    assert (view.used, {use.company_key: use.used for use in view.members}[other.company_key]) == (None, None)
    assert "used not known" in view.line.en


def test_a_limit_is_one_persons_proposal_and_anothers_signature(at: House, two: tuple[Customer, Customer]) -> None:
    for username in ("sam", "ada"):
        with pytest.raises(NotAllowed, match="You may not propose the limit of a group"):
            propose_group_limit(at, GROUP, new(), person(at, username))
    propose_group_limit(at, GROUP, new(), person(at, "feng"))
    for username, said in (("feng", "another person"), ("otto", "You may not confirm or end")):
        with pytest.raises(NotAllowed, match=said):
            confirm_group_limit(at, "G1", person(at, username))
    assert at.casebook.history.tail(1)[0].act == "mandate.refused"
    assert [event.act for event in at.casebook.history.tail(2)].count("group_limit.refused") == 1
    assert confirm_group_limit(at, "G1", person(at, "mira")).confirmed_by == "mira"
    with pytest.raises(Conflict):
        confirm_group_limit(at, "G1", person(at, "mira"))


def test_only_who_may_decide_takes_a_limit_away(at: House, two: tuple[Customer, Customer]) -> None:
    limited(at, 1)
    one, _ = two
    assert ask(at, one, 2).check.codes == ("over_group_limit",)
    with pytest.raises(NotAllowed, match="You may not confirm or end"):
        end_group_limit(at, "G1", person(at, "otto"))
    end_group_limit(at, "G1", person(at, "feng"))
    assert ask(at, one, 2).check.codes == ()
    assert group_of(at, one) is None
    propose_group_limit(at, GROUP, new(), person(at, "otto"))
    assert end_group_limit(at, "G2", person(at, "otto")).state == "ended"


def test_a_limit_that_is_over_stops_the_group_until_there_is_another(
    at: House, two: tuple[Customer, Customer], clock: HandClock
) -> None:
    limited(at, valid_until=TODAY + 7 * DAY)
    one, _ = two
    clock.forward(8 * DAY)
    assert ask(at, one, 1).check.codes == ("over_group_limit",)
    view = group_of(at, one)
    assert view is not None
    assert f"ended on {TODAY + 7 * DAY}: nothing of it is left" in view.line.en
    limited(at)
    assert ask(at, one, 1).check.codes == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"because": " "}, "reason"),
        ({"because": "a\u202eb"}, "because"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"currency": "pounds"}, "currency"),
        ({"units": {"UK01": Decimal(150_000), "DE02": Decimal(50_001)}}, ""),
        ({"units": {"UK 01": Decimal(1)}}, "units"),
        ({"valid_until": TODAY - DAY}, "until"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(
    at: House, two: tuple[Customer, Customer], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        propose_group_limit(at, GROUP, new(**changes), person(at, "otto"))
    assert any(problem.field.startswith(field) for problem in refused.value.problems)
    assert at.casebook.group_limits.all() == ()


def test_a_group_is_one_that_customers_name(at: House, two: tuple[Customer, Customer]) -> None:
    with pytest.raises(NotFound, match="No customer is in a group of this name"):
        propose_group_limit(at, "Harbor Group", new(), person(at, "otto"))
    with pytest.raises(NotFound):
        group_named(at, "Harbor Group")
    assert [(line.name, line.customers) for line in groups(at)] == [("harbour group", 2)]
    limited(at)
    assert [(line.name, len(line.limits)) for line in groups(at)] == [(GROUP, 1)]


def test_a_release_of_one_takes_the_headroom_of_the_other(at: House, two: tuple[Customer, Customer]) -> None:
    limited(at, 100_000)
    one, other = two
    assert ask(at, one, 110_000).check.codes == ("over_group_limit",)
    release_order(at, "O1", settled(one), person(at, "feng"))
    assert ask(at, one, 110_000).block is None
    assert ask(at, other, 1, "SO-9").check.codes == ("over_group_limit",)


def test_a_customer_without_a_limit_uses_the_groups_where_the_policy_says_so(
    at: House, two: tuple[Customer, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(at, 100_000)
    one, _ = two
    other = member(at, "Harbour Side Tools Ltd", "09876545", "10025", limit=False)
    assert ask(at, other, 60_000).check.codes == ("over_limit",)
    policy = at.policy_in_force()
    rules = policy.customers.model_copy(update={"orders": OrderRules(parent_limit=True)})
    monkeypatch.setattr(at, "policy_in_force", lambda: policy.model_copy(update={"customers": rules}))
    made = ask(at, other, 60_000).check
    assert (made.codes, made.figures.by_parent, made.figures.headroom) == ((), True, Decimal(50_000))
    assert ask(at, one, 40_001).check.codes == ("over_group_limit",)
    customer_files.hold(at, other.company_key, "bounced cheque", None, person(at, "otto"))
    assert ask(at, other, 60_000).check.codes == ("over_limit", "held")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note every statement that a database is asked."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_a_check_without_a_limit_of_a_group_asks_the_database_no_more(
    at: House, two: tuple[Customer, Customer]
) -> None:
    alone = member(at, "Harbour Side Tools Ltd", "09876545", "10025", None)
    numbers = []
    for one in (alone, two[0]):
        ask(at, one, 1)
        with counted() as asked:
            ask(at, one, 1, unit="UK01")
        numbers.append(len(asked))
    # Who is in a group: whether that has a limit.
    assert numbers == [STATEMENTS, STATEMENTS + 1]
    limited(at)
    with counted() as asked:
        ask(at, two[0], 1, unit="UK01")
    assert len(asked) == STATEMENTS + 4
