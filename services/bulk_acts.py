"""Acts on many customers: proposed by one person, confirmed or refused by another, undone as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.customers.bulk.acts import GIVING, LARGEST_ACT, OPEN_STATES, BulkAct, BulkKind, BulkMember
from admission.errors import BadInput, Conflict, NotAllowed, Problem
from admission.free_text import check_plain
from admission.lengths import characters_between
from admission.model import Text
from admission.people import Person
from services.bulk_lists import BulkAsked, preview_bulk, selected_now
from services.mandates import check_mandate, refusal_kept
from wiring.house import House

# Customers of one transaction: others wait for a few seconds.
AT_ONCE = 1000
LONGEST_REASON = 300
_CANNOT = Text(en="This act on many customers is not possible.", zh="无法进行该批量操作。")
_CANNOT_REFUSE = Text(en="The act cannot be refused.", zh="无法退回该批量操作。")
_NOT_SEEN = Text(en="You may not see acts on many customers.", zh="您无权查看批量操作。")
# What each takes for one customer: an act on many lets nobody do what they may not do to one.
_TO_PROPOSE: dict[BulkKind, Act] = {"hold": Act.HOLD, "cut": Act.CUT_LIMIT}
_TO_GIVE_BACK: dict[BulkKind, Act] = {"hold": Act.RELEASE, "cut": Act.LIFT_CUT}


class Drift(NamedTuple):
    """What has changed since an act was proposed; its list stays as it is.

    Attributes:
        new: those that it would be for today, and is not: company key and name.
        gone: those that are on the list and would not be selected today.
        limits: those on the list who have another limit today.
    """

    new: tuple[tuple[str, str], ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    limits: tuple[tuple[str, str], ...] = ()


def propose_bulk(house: House, asked: BulkAsked, person: Person) -> BulkAct:
    """Propose an act on many customers; nothing is done until a second person confirms it.

    Args:
        house: the house.
        asked: the act.
        person: who proposes it.

    Raises:
        NotFound: there is no such act to undo or release.
        NotAllowed: the person has no mandate for it, none for the same act on one customer, or asked for all of them.
        BadInput: no reason, a day that is over, nobody whom it would touch, or too many.
        Conflict: what is to be undone is not carried out, or is no hold or cut.
        ValidationError: an act that makes no sense, such as one without any selection.
    """
    check_mandate(house, Act.PROPOSE_BULK, person)
    if asked.kind in _TO_PROPOSE:
        check_mandate(house, _TO_PROPOSE[asked.kind], person)
    check_asked(house, asked)
    found = preview_bulk(house, asked, person.username)
    count = found.act.sums.customers
    if not count and found.act.sums.left_out.get("own"):
        house.casebook.history.add(person.username, "bulk.proposal_refused", None, {"kind": asked.kind})
        raise _all_own(person)
    if not count or len(found.members) > LARGEST_ACT:
        expected = Text(en=f"1 to {LARGEST_ACT:,} customers whom it touches", zh=f"涉及 1 至 {LARGEST_ACT:,} 个客户")
        raise BadInput(
            _CANNOT, problems=[Problem("customers", f"{count if not count else len(found.members):,}", expected)]
        )
    return house.casebook.bulk_acts.propose(found.act, found.members)


def check_asked(house: House, asked: BulkAsked) -> None:
    """Refuse what cannot be asked for.

    Raises:
        NotFound: there is no such act to undo or release.
        BadInput: no reason, or a day that is over.
        Conflict: what is to be undone is not carried out, or is no hold or cut.
    """
    check_plain(_CANNOT, {"because": asked.because})
    problems, today = [], house.today()
    if not 1 <= len(asked.because.strip()) <= LONGEST_REASON:
        problems.append(Problem("because", asked.because[:40], characters_between(1, LONGEST_REASON)))
    if asked.until is not None and asked.until < today:
        expected = Text(en=f"a day from {today} on", zh=f"{today} 或之后的日期")
        problems.append(Problem("until", str(asked.until), expected))
    if problems:
        raise BadInput(_CANNOT, problems=problems)
    if asked.of:
        _check_can_be_undone(house.casebook.bulk_acts.get(asked.of), asked.kind)


def confirm_bulk(house: House, name: str, person: Person, tell: Callable[[Text], None]) -> BulkAct:
    """Confirm an act as the second person, or carry on a confirmation that broke off.

    Args:
        house: the house.
        name: of the act, such as `M3`.
        person: who confirms it.
        tell: is told how far it is.

    Raises:
        NotFound: there is no such act.
        NotAllowed: the person has no mandate for it, none to give one customer back the same, proposed it, or would
            give something back to customers of whom they asked for each.
        Conflict: it is settled already, or was proposed too long ago.
    """
    act = house.casebook.bulk_acts.get(name)
    check_mandate(house, Act.CONFIRM_BULK, person)
    given_back = _given_back_by(house, act)
    if given_back is not None:
        check_mandate(house, given_back, person)
        _check_not_all_own(house, act, person)
    act = _carry(house, name, person)
    while act.state == "confirming":
        carried, all_of = f"{act.carried:,}", f"{act.sums.customers:,}"
        tell(Text(en=f"{carried} of {all_of} customers", zh=f"客户 {carried}/{all_of}"))
        act = _carry(house, name, person)
    return act


def refuse_bulk(house: House, name: str, because: str, person: Person) -> BulkAct:
    """Refuse an act, or what is left of one; whoever proposed it may take it back until it is confirmed.

    Args:
        house: the house.
        name: of the act, such as `M3`.
        because: why; without names of persons, for it is kept.
        person: who refuses it.

    Raises:
        NotFound: there is no such act.
        NotAllowed: the person neither has a mandate for it nor proposed it, or asked for each of its customers.
        BadInput: no reason, or one that is too long.
        Conflict: it is settled already.
    """
    check_plain(_CANNOT_REFUSE, {"because": because})
    if not because.strip() or len(because) > LONGEST_REASON:
        problem = Problem("because", because[:40], characters_between(1, LONGEST_REASON))
        raise BadInput(_CANNOT_REFUSE, problems=[problem])
    act = house.casebook.bulk_acts.get(name)
    if act.proposed_by != person.username or act.state == "confirming":
        check_mandate(house, Act.CONFIRM_BULK, person)
        _check_not_all_own(house, act, person)
    return house.casebook.bulk_acts.refuse(name, person.username, because.strip())


def drift_of(house: House, act: BulkAct) -> Drift:
    """Return what has changed since an act was proposed, while it waits; nothing once it is settled."""
    if act.state not in OPEN_STATES:
        return Drift()
    members = house.casebook.bulk_acts.members(act.id)
    customers, _ = selected_now(house, act)
    exchange = house.exchange_by(house.policy_in_force())
    now, listed = {one.company_key: one for one in customers}, {one.company_key: one for one in members}
    new = [(one.company_key, one.legal_name) for key, one in now.items() if key not in listed]
    gone = [_named(one) for one in members if one.left_out is None and one.company_key not in now]
    other = [
        _named(one)
        for one in members
        if (found := now.get(one.company_key)) is not None
        and one.left_out is None
        and one.limit is not None
        and (worth := exchange.convert(found.limit, found.currency)) is not None
        and round(worth, 2) != one.limit
    ]
    return Drift(tuple(new), tuple(gone), tuple(other))


def may_confirm(house: House, act: BulkAct, person: Person) -> bool:
    """Tell whether a person may confirm an act as it stands."""
    mandates = house.policy_in_force().mandates
    given_back = _given_back_by(house, act)
    needed = [Act.CONFIRM_BULK, *([] if given_back is None else [given_back])]
    stands = act.state in OPEN_STATES and not act.lapsed_on(house.today())
    return stands and act.proposed_by != person.username and all(mandates.of(one).held_by(person) for one in needed)


def may_refuse(house: House, act: BulkAct, person: Person) -> bool:
    """Tell whether a person may refuse an act as it stands."""
    own = act.state == "proposed" and act.proposed_by == person.username
    return act.state in OPEN_STATES and (own or house.policy_in_force().mandates.confirm_bulk.held_by(person))


def check_sees_acts(person: Person) -> None:
    """Refuse who does not see all customers, for an act is on any.

    Raises:
        NotAllowed: the person sees only some.
    """
    if not person.sees_all:
        raise NotAllowed(_NOT_SEEN, context={"username": person.username})


def _carry(house: House, name: str, person: Person) -> BulkAct:
    with refusal_kept(house, "bulk.confirmation_refused", person, {"bulk": name}):
        return house.casebook.bulk_acts.carry(name, person.username, AT_ONCE, house.today())


def _check_not_all_own(house: House, act: BulkAct, person: Person) -> None:
    """Refuse who asked for all customers of an act: they would decide on their own requests alone.

    Where only some are theirs, these are left alone when something is given back.
    """
    keys = [one.company_key for one in house.casebook.bulk_acts.members(act.id, most=act.sums.customers)]
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        asked = house.casebook.bulk_acts.requesters(some)
        if any(person.username not in asked.get(key, ()) for key in some):
            return
    house.casebook.history.add(person.username, "bulk.confirmation_refused", None, {"bulk": act.id})
    raise _all_own(person)


def _all_own(person: Person) -> NotAllowed:
    return NotAllowed(
        Text(en="You asked for all customers of this act.", zh="该批量操作涉及的客户均由您申请。"),
        context={"username": person.username},
        remedy=Text(en="somebody else has to do it", zh="须由其他人员办理"),
    )


def _given_back_by(house: House, act: BulkAct) -> Act | None:
    """Return by which act one customer would be given back what this act gives back; None where it gives nothing."""
    if act.kind not in GIVING:
        return None
    return Act.RELEASE if act.kind == "release" else _TO_GIVE_BACK[house.casebook.bulk_acts.get(act.of).kind]


def _check_can_be_undone(act: BulkAct, kind: BulkKind) -> None:
    named, context = act.id, {"bulk": act.id}
    if act.kind in GIVING or (kind == "release" and act.kind != "hold"):
        raise Conflict(
            Text(en=f"{named} has placed no holds that could be taken back.", zh=f"{named} 没有可撤销的记录。")
            if kind == "release"
            else Text(en=f"{named} has placed nothing that could be undone.", zh=f"{named} 没有可撤销的内容。"),
            context=context,
        )
    if act.state in OPEN_STATES:
        raise Conflict(
            Text(en=f"{named} is still open.", zh=f"{named} 尚未办结。"),
            context=context,
            remedy=Text(en="confirm or refuse it first", zh="请先复核或退回"),
        )


def _named(member: BulkMember) -> tuple[str, str]:
    return member.company_key, member.legal_name
