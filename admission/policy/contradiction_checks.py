"""Can the criteria of a policy hold together: none that all pass, none that never speaks, none that nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from admission.metrics.catalogue import CATALOGUE
from admission.metrics.industry import CODE
from admission.metrics.plausible import PAID_ALONE
from admission.model import Text
from admission.policy.criteria import AmountRange, Criterion, When
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path

_FAR = Decimal("1e30")
_A_CODE = re.compile(CODE)
NOT_PRESCREENED = Text(
    en="false, or the effect reject: only who is rejected is spared the paid sources",
    zh="false，或 effect 写 reject：只有被拒绝的企业才不再查询付费来源",
)
PAID = Text(
    en="false: paid sources alone tell this metric, and they are asked after the prescreen",
    zh="false：该指标只有付费来源能提供，而付费来源在初筛之后才查询",
)
ONE_FIGURE = Text(
    en="two different bounds: next to no company has exactly this figure",
    zh="两个不同的界限：几乎没有企业恰好等于这一数值",
)
A_SCHEME = Text(
    en="codes with their scheme, such as uk-sic:47110, or none is ever equal",
    zh="带分类体系的代码，如 uk-sic:47110，否则永远不会相等",
)


class Rule(NamedTuple):
    """A criterion as it holds for a segment.

    Attributes:
        path: of the criterion, or of what the segment changes in it.
        segment: whose it is alone; None for the house's.
    """

    path: Path
    item: Criterion
    segment: str | None = None


class _Passing(NamedTuple):
    """The figures, flags or codes that pass: an interval, or names."""

    low: Decimal = -_FAR
    high: Decimal = _FAR
    names: frozenset[str] | None = None

    def meets(self, other: _Passing) -> bool:
        """True where something passes both."""
        if self.names is not None and other.names is not None:
            return bool(self.names & other.names)
        return max(self.low, other.low) <= min(self.high, other.high)

    def inside(self, other: _Passing) -> bool:
        """True where all that passes this one passes the other."""
        if self.names is not None and other.names is not None:
            return self.names <= other.names
        return other.low <= self.low and self.high <= other.high


def contradiction_mistakes(draft: Draft, told: Collection[str]) -> Iterator[Mistake]:
    """Yield criteria that contradict each other, that never speak, or that knock out by what nobody tells.

    Args:
        draft: the policy.
        told: names of the metrics that some source tells.
    """
    house = [Rule(placed.path, placed.item) for placed in draft.criteria if placed.path[0] == "criteria"]
    for rule in house:
        yield from _alone(rule, told)
    for first, second in combinations(house, 2):
        yield from _together(first, second)
    changed = {name: _own_rules(draft, name, house) for name in draft.segments}
    for name, own in changed.items():
        for rule in own:
            yield from _alone(rule, told)
        if not own:
            continue
        by_metric: dict[str, list[Rule]] = {}
        for other in _inherited(draft, name, house, changed):
            by_metric.setdefault(other.item.metric, []).append(other)
        for rule in own:
            for other in by_metric.get(rule.item.metric, ()):
                yield from _together(other, rule)
        for first, second in combinations(own, 2):
            yield from _together(first, second)


def _own_rules(draft: Draft, name: str, house: Sequence[Rule]) -> list[Rule]:
    """Return what a segment changes or adds itself."""
    segment, path = draft.segments[name], ("segments", name)
    by_id = {rule.item.id: rule.item for rule in house}
    changed = [
        Rule((*path, "criteria", id_), change.applied(by_id[id_]), name)
        for id_, change in segment.criteria.items()
        if id_ in by_id and not change.off
    ]
    added = [
        Rule(placed.path, placed.item, name)
        for placed in draft.criteria
        if placed.path[:3] == (*path, "extra_criteria")
    ]
    return changed + added


def _inherited(draft: Draft, name: str, house: Sequence[Rule], changed: dict[str, list[Rule]]) -> list[Rule]:
    """Return what a segment takes over, without what it changes or switches off itself."""
    rules = {rule.item.id: rule for rule in house}
    for ancestor in reversed(draft.lineage(name)[1:]):
        rules |= {rule.item.id: rule for rule in changed.get(ancestor, [])}
        for id_, change in draft.segments[ancestor].criteria.items():
            if change.off:
                rules.pop(id_, None)
    own = draft.segments[name].criteria
    return [
        rule
        for id_, rule in rules.items()
        if id_ not in own and (not rule.item.when.segments or name in rule.item.when.segments)
    ]


def _alone(rule: Rule, told: Collection[str]) -> Iterator[Mistake]:
    path, item = rule.path, rule.item
    if item.effect == "reject" and item.metric in CATALOGUE and item.metric not in told:
        expected = Text(
            en=f"another effect, or no such criterion: no source tells {item.metric}, and unknown never rejects",
            zh=f"其他 effect，或删去该标准：没有来源能提供 {item.metric}，而未知不会触发拒绝",
        )
        yield Mistake((*path, "effect"), "reject", expected)
    if item.prescreen and item.effect != "reject":
        yield Mistake((*path, "prescreen"), "true", NOT_PRESCREENED)
    elif item.prescreen and item.metric in PAID_ALONE:
        yield Mistake((*path, "prescreen"), "true", PAID)
    spec = CATALOGUE.get(item.metric)
    if spec is None:
        return
    if item.comparison == "between" and spec.kind != "count" and isinstance(item.value, tuple):
        low, high = item.value[0], item.value[-1]
        if low == high:
            yield Mistake((*path, "value"), f"{low}, {high}", ONE_FIGURE)
    if spec.kind == "code":
        names = item.value if isinstance(item.value, tuple) else (item.value,)
        for name in names:
            if isinstance(name, str) and not _A_CODE.fullmatch(name):
                yield Mistake((*path, "value"), name, A_SCHEME)


def _together(first: Rule, second: Rule) -> Iterator[Mistake]:
    """Compare two criteria on the same metric; the mistake stands at the second."""
    one, other = first.item, second.item
    if one.metric != other.metric or not _overlap(one.when, other.when):
        return
    passing, also = _passing(one), _passing(other)
    if passing is None or also is None:
        return
    said = Text(en=f"{one.id} ({_asks(one)})", zh=f"{one.id}（{_asks(one)}）")
    at = (*second.path, "value" if other.value is not None else "comparison")
    shown = _asks(other)
    if not passing.meets(also):
        expected = Text(
            en=f"a bound that can be met together with {said.en}: no company passes both",
            zh=f"能与 {said.zh} 同时满足的界限：没有企业能同时通过两项",
        )
        yield Mistake(at, shown, expected)
        return
    for hard, soft, at_soft in ((one, other, at), (other, one, None)):
        if hard.effect == "reject" and _covers(hard.when, soft.when) and _strict(hard, soft):
            place = at_soft or (*first.path, "value" if one.value is not None else "comparison")
            expected = Text(
                en=f"a stricter bound than {hard.id} ({_asks(hard)}): whoever fails here is rejected there already",
                zh=f"比 {hard.id}（{_asks(hard)}）更严的界限：此处不通过的，在该项已被拒绝",
            )
            yield Mistake(place, _asks(soft), expected)
            return
    same = one.effect == other.effect and one.on_unknown == other.on_unknown
    if same and _covers(one.when, other.when) and passing.inside(also):
        expected = Text(
            en=f"no second criterion that says less than {said.en} with the same effect",
            zh=f"不重复：{said.zh} 已包含本标准，且效果相同",
        )
        yield Mistake(at, shown, expected)


def _strict(hard: Criterion, soft: Criterion) -> bool:
    """True where all that fails the soft one fails the hard one."""
    passing, also = _passing(hard), _passing(soft)
    return soft.effect != "reject" and passing is not None and also is not None and passing.inside(also)


def _asks(item: Criterion) -> str:
    value = item.value
    if value is None:
        return item.comparison
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{item.comparison} {shown}"


def _passing(item: Criterion) -> _Passing | None:
    """Return what passes; None for a bound that depends on the industry."""
    value = item.value
    if item.comparison in ("is_true", "is_false"):
        return _Passing(names=frozenset({item.comparison}))
    if isinstance(value, str):
        return _Passing(names=frozenset({value}))
    if isinstance(value, tuple):
        figures = [part for part in value if isinstance(part, Decimal)]
        if item.comparison == "between" and len(figures) == 2:
            return _Passing(figures[0], figures[1])
        return _Passing(names=frozenset(part for part in value if isinstance(part, str)))
    if not isinstance(value, Decimal):
        return None
    return {
        "at_most": _Passing(high=value),
        "at_least": _Passing(low=value),
        "equals": _Passing(value, value),
    }.get(item.comparison)


def _overlap(one: When, other: When) -> bool:
    """True where both may hold for one case."""
    return (
        not _apart(one.amount, other.amount)
        and _meet(one.countries, other.countries)
        and _meet(one.kinds, other.kinds)
        and _meet(one.segments, other.segments)
    )


def _apart(one: AmountRange, other: AmountRange) -> bool:
    """True where one range of amounts ends before the other begins."""
    return (one.up_to is not None and other.above is not None and one.up_to <= other.above) or (
        other.up_to is not None and one.above is not None and other.up_to <= one.above
    )


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    """True where two lists of names have one in common; an empty one has all."""
    return not one or not other or one == other or not set(one).isdisjoint(other)


def _covers(wide: When, narrow: When) -> bool:
    """True where the first holds for every case that the second holds for."""
    for field in ("segments", "countries", "kinds"):
        mine, theirs = getattr(wide, field), getattr(narrow, field)
        if mine and (not theirs or not set(theirs) <= set(mine)):
            return False
    return wide.amount in (AmountRange(), narrow.amount)
