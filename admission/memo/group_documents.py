"""A group and its limit as JSON documents, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from admission.customers.orders.group_view import GroupView, MemberUse, UnitUse
from admission.customers.standing.group_limits import GROUP_LIMIT_STATES, GroupLimit
from admission.model import Language, Text


def group_use(view: GroupView | None, language: Language) -> dict[str, Any] | None:
    """Return the group of a customer for whoever sees the customer: its limit and what is used, not by whom."""
    if view is None or view.in_force is None:
        return None
    return {
        "name": view.name,
        "limit": view.in_force.id,
        "amount": str(view.in_force.amount),
        "currency": view.currency,
        "used": None if view.used is None else str(view.used),
        "over": view.over,
        "until": None if view.in_force.valid_until is None else view.in_force.valid_until.isoformat(),
        "text": view.line.to(language),
    }


def group_document(view: GroupView, language: Language) -> dict[str, Any]:
    """Return a group with its customers, its selling units and all its limits."""
    return {
        "name": view.name,
        "as_of": view.as_of.isoformat(),
        "in_force": None if view.in_force is None else limit_document(view.in_force),
        "over": view.over,
        "used": None if view.used is None else str(view.used),
        "currency": view.currency,
        "house_currency": view.house_currency,
        "untold": [text.to(language) for text in view.untold],
        "customers": [_use(one, language) for one in view.members],
        "units": [_use(one, language) for one in view.units],
        "limits": [limit_document(one) for one in view.limits],
    }


def limit_document(limit: GroupLimit) -> dict[str, Any]:
    """Return the limit of a group."""
    return {
        **limit.model_dump(mode="json"),
        "units": {unit: str(part) for unit, part in limit.units.items()},
        "state": limit.state,
    }


def limit_line(limit: GroupLimit) -> Text:
    """Return the limit of a group in one line."""
    state = GROUP_LIMIT_STATES[limit.state]
    until = Text(en="", zh="")
    if limit.valid_until is not None:
        until = Text(en=f" until {limit.valid_until}", zh=f"至 {limit.valid_until}")
    units = ", ".join(f"{unit} {part:,.2f}" for unit, part in limit.units.items())
    split = Text(en=f" ({units})", zh=f"（{units}）") if units else Text(en="", zh="")
    by = Text(en="", zh="")
    if limit.ended_by is not None:
        by = Text(en=f" on {limit.ended_on} by {limit.ended_by}", zh=f"（{limit.ended_by}，{limit.ended_on}）")
    elif limit.confirmed_by is not None:
        by = Text(en=f" by {limit.confirmed_by}", zh=f"（{limit.confirmed_by}）")
    amount = f"{limit.amount:,.2f} {limit.currency}"
    return Text(
        en=f"{limit.id} limit of group {limit.group}: {amount}{split.en} from {limit.valid_from}{until.en} "
        f"by {limit.asked_by}: {limit.reason}; {state.en}{by.en}",
        zh=f"{limit.id} 集团 {limit.group} 额度：{amount}{split.zh}，自 {limit.valid_from}{until.zh}，"
        f"{limit.asked_by} 提出：{limit.reason}；{state.zh}{by.zh}",
    )


def use_lines(view: GroupView) -> Iterator[Text]:
    """Yield what each customer and each selling unit of a group uses, in one line each."""
    for member in view.members:
        used = _used(member, view.house_currency)
        yield Text(en=f"{member.company_key}: {used.en}", zh=f"{member.company_key}：{used.zh}")
    for one in view.units:
        used, part = _used(one, view.house_currency), f"{one.amount:,.2f} {view.currency}"
        yield Text(en=f"unit {one.unit}, {part}: {used.en}", zh=f"销售单位 {one.unit}，{part}：{used.zh}")


def _used(one: MemberUse | UnitUse, currency: str) -> Text:
    if one.why is not None:
        return Text(en=f"not known, {one.why.en}", zh=f"未知，{one.why.zh}")
    return Text(en=f"used {one.used:,.2f} {currency}", zh=f"已用 {one.used:,.2f} {currency}")


def _use(one: MemberUse | UnitUse, language: Language) -> dict[str, Any]:
    return {
        **one.model_dump(mode="json", exclude={"why"}),
        "why": None if one.why is None else one.why.to(language),
    }
