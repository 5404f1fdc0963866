"""What a policy says otherwise than another, in words. Nothing that differs goes unsaid.

Both are walked as the documents they are: what stands in one and not in the other, or stands there otherwise, is a
difference. Parts that have a name (criteria by id, grades by name, attributes by metric) are compared by it, wherever
they stand; a part without words of its own is said with its keys and values as the file has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from admission.governance.wording import (
    INHERITED,
    bound,
    label,
    metric_name,
    requirement,
    rule,
    scope,
    segment_name,
    value_of,
)
from admission.model import Record, Text, canonical_json
from admission.policy import Policy

Path = tuple[str, ...]
NAMES = ("id", "name", "metric")
# Parts that are said whole, because their pieces mean nothing alone.
WHOLE = {"bins", "require", "chair", "when", "value"}
# What a criterion asks is one sentence.
ASKED = ("metric", "comparison", "value", "unit")


def _as_it_is(name: str) -> Text:
    return Text(en=name, zh=name)


# Keys whose entries have names, and how such a name is said.
NAMING: Mapping[str, Callable[[str], Text]] = {
    **dict.fromkeys(("criteria", "extra_criteria", "grades", "treatments", "bands", "stages", "outside"), _as_it_is),
    **dict.fromkeys(("groups", "holders", "grade", "country", "industry"), _as_it_is),
    **dict.fromkeys(("segments", "segment"), segment_name),
    "attributes": metric_name,
}


class Difference(Record):
    """One thing that differs.

    Attributes:
        place: where in the policy, such as `grades.C.terms_days`.
    """

    place: str
    text: Text


def differences(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Return what `new` says otherwise than `old`, in the order of a policy file; empty where they are equal."""
    before, after = _document(old), _document(new)
    found = list(_Walk(old, new).compare((), before, after))
    if before == after and old.sha256 != new.sha256:
        # Segments that are names alone are a list, whose order is all that is left to differ.
        names = list(new.segments)
        text = Text(en=f"segments: other order: {', '.join(names)}", zh=f"客户类别：顺序改为 {'、'.join(names)}")
        found.append(Difference(place="segments", text=text))
    return tuple(found)


class _Walk:
    """One comparison, with both policies at hand where a part is only understood from the whole."""

    def __init__(self, old: Policy, new: Policy) -> None:
        self._old = old
        self._new = new

    def compare(self, path: Path, old: Any, new: Any) -> Iterator[Difference]:
        """Yield what differs below a place."""
        if canonical_json(old) == canonical_json(new):
            return
        if path and path[-1] in WHOLE:
            yield self._changed(path, old, new)
        elif _named(old) is not None and _named(new) is not None:
            yield from self._entries(path, _named(old) or {}, _named(new) or {})
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from self._keys(path, old, new)
        else:
            yield self._changed(path, old, new)

    def _keys(self, path: Path, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
        is_criterion = "comparison" in old and "comparison" in new
        if is_criterion and any(old.get(key) != new.get(key) for key in ASKED):
            yield self._asks(path, old, new)
        for key in dict.fromkeys((*old, *new)):
            if is_criterion and key in ASKED:
                continue
            if key not in old or key not in new:
                yield from self._one_sided((*path, key), old.get(key), new.get(key))
            else:
                yield from self.compare((*path, key), old[key], new[key])

    def _entries(self, path: Path, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
        for name in dict.fromkeys((*old, *new)):
            if name not in old or name not in new:
                yield from self._one_sided((*path, name), old.get(name), new.get(name))
            else:
                yield from self.compare((*path, name), old[name], new[name])
        stay = [name for name in old if name in new]
        moved = [name for name in new if name in old]
        if stay != moved:
            order = Text(en=", ".join(moved), zh="、".join(moved))
            place = self._place(path)
            text = Text(en=f"{place.en}: other order: {order.en}", zh=f"{place.zh}：顺序改为 {order.zh}")
            yield Difference(place=".".join(path), text=text)

    def _asks(self, path: Path, old: dict[str, Any], new: dict[str, Any]) -> Difference:
        """Say what a criterion asks now; of the same comparison only the bound, as people would."""
        before, after = rule(old), rule(new)
        if old["metric"] != new["metric"]:
            names = metric_name(old["metric"]), metric_name(new["metric"])
            before = Text(en=f"{names[0].en} {before.en}", zh=f"{names[0].zh}{before.zh}")
            after = Text(en=f"{names[1].en} {after.en}", zh=f"{names[1].zh}{after.zh}")
        elif old["comparison"] == new["comparison"] and old.get("unit") == new.get("unit"):
            after = bound(new.get("value"))
        where = scope(new.get("when"))
        return self._said(path, before, after, where, (old, new))

    def _one_sided(self, path: Path, old: Any, new: Any) -> Iterator[Difference]:
        """Say that a part is new or gone; a key with a plain value reads as a change from or to nothing."""
        written = new if old is None else old
        if not isinstance(written, dict) or path[-1] in WHOLE:
            yield self._changed(path, old, new)
        elif written and (_changes_criterion(path) or (path[0], *path[2:]) == ("segments", "limit")):
            yield from self._keys(path, old or {}, new or {})
        else:
            yield self._whole(path, written, new=old is None)

    def _whole(self, path: Path, written: dict[str, Any], *, new: bool) -> Difference:
        place, what = self._place(path), _summary(written)
        if self._metric_at(path) is not None and len(path) == 2:
            kind = label(path[0])
            place = Text(en=f"{kind.en} {path[1]}", zh=f"{kind.zh}{path[1]}")
        done = Text(en="added", zh="新增") if new else Text(en="removed", zh="删除")
        en, zh = f"{place.en} {done.en}", f"{done.zh}{place.zh}"
        text = Text(en=f"{en}: {what.en}", zh=f"{zh}：{what.zh}") if what.en else Text(en=en, zh=zh)
        return Difference(place=".".join(path), text=text)

    def _changed(self, path: Path, old: Any, new: Any) -> Difference:
        changed = self._segment_change(path)
        if changed is not None:
            return changed
        key = path[-1] if path else ""
        inherits = len(path) > 2 and path[0] == "segments" and key != "inherits"
        before, after = (INHERITED if inherits and part is None else value_of(key, part) for part in (old, new))
        return self._said(path, before, after, Text(en="", zh=""), (old, new))

    def _segment_change(self, path: Path) -> Difference | None:
        """Say a segment's own bound as what it asks now against what it asked before, inherited or not."""
        if not _changes_criterion(path[:-1]) or path[-1] != "value":
            return None
        _, segment, _, criterion, _ = path
        before, after = _asked_of(self._old, segment, criterion), _asked_of(self._new, segment, criterion)
        if before is None or after is None or rule(before) == rule(after):
            return None
        name, members = metric_name(after["metric"]), segment_name(segment)
        now = bound(after["value"]) if before["comparison"] == after["comparison"] else rule(after)
        text = Text(
            en=f"{name.en}: {rule(before).en} -> {now.en} for {members.en}",
            zh=f"{name.zh}：{rule(before).zh} -> {now.zh}（适用于{members.zh}）",
        )
        return Difference(place=".".join(path), text=text)

    def _said(self, path: Path, before: Text, after: Text, where: Text, raw: tuple[Any, Any]) -> Difference:
        if before.en == after.en or before.zh == after.zh:
            # Words too coarse to tell them apart: the file's own spelling does.
            before, after = (Text(en=canonical_json(part), zh=canonical_json(part)) for part in raw)
        place = self._place(path)
        return Difference(
            place=".".join(path),
            text=Text(
                en=f"{place.en}: {before.en} -> {after.en}{where.en}",
                zh=f"{place.zh}：{before.zh} -> {after.zh}{where.zh}",
            ),
        )

    def _place(self, path: Path) -> Text:
        """Return a place in words: of a criterion, the metric it looks at."""
        metric = self._metric_at(path)
        if metric is not None:
            name, rest = metric_name(metric), path[2:]
            twins = [item for policy in (self._old, self._new) for item in policy.all_criteria if item.metric == metric]
            if len({item.id for item in twins}) > 1 or path[1] != metric:
                name = Text(en=f"{name.en} ({path[1]})", zh=f"{name.zh}（{path[1]}）")
            parts = [name, *(label(key) for key in rest)]
        else:
            parts = _parts(path)
        return Text(en=", ".join(part.en for part in parts), zh="，".join(part.zh for part in parts))

    def _metric_at(self, path: Path) -> str | None:
        if len(path) < 2 or path[0] != "criteria":
            return None
        both = (*self._new.criteria, *self._old.criteria)
        return next((item.metric for item in both if item.id == path[1]), None)


def _parts(path: Path) -> list[Text]:
    """Return a path in words: keys are translated, names stay what they are and stand with what they name."""
    parts: list[Text] = []
    for before, key in zip(("", *path), path, strict=False):
        if before not in NAMING:
            parts.append(label(key))
            continue
        name = {"attributes": metric_name, "segments": segment_name, "segment": segment_name}.get(before, _as_it_is)(
            key
        )
        kind = parts.pop()
        parts.append(Text(en=f"{kind.en} {name.en}", zh=f"{kind.zh}{name.zh}"))
    return parts


def _changes_criterion(path: Path) -> bool:
    """True where a segment changes a criterion that it inherits."""
    return len(path) == 4 and (path[0], path[2]) == ("segments", "criteria")


def _asked_of(policy: Policy, segment: str, criterion: str) -> dict[str, Any] | None:
    """Return a criterion as a segment has it, with all it inherits; None where it has none of that id."""
    found = next((item for item in policy.standards(segment).criteria if item.id == criterion), None)
    return None if found is None else found.model_dump(mode="json")


def _summary(entry: Mapping[str, Any]) -> Text:
    """Return a whole part in words: what a criterion asks and does, or each key with its value."""
    en, zh = [], []
    if "comparison" in entry:
        name, asks, where = metric_name(str(entry["metric"])), rule(entry), scope(entry.get("when"))
        en.append(f"{name.en} {asks.en}{where.en}")
        zh.append(f"{name.zh}{asks.zh}{where.zh}")
    for key, value in entry.items():
        if key in NAMES or value == {} or ("comparison" in entry and key in (*ASKED, "when")):
            continue
        said, named = _written(key, value), label(key)
        en.append(f"{named.en} {said.en}")
        zh.append(f"{named.zh}{said.zh}")
    return Text(en="; ".join(en), zh="；".join(zh))


def _written(key: str, value: Any) -> Text:
    if isinstance(value, dict) and value.keys() == {"en", "zh"}:
        return Text(en=value["en"], zh=value["zh"])
    if key == "stages" and isinstance(value, list):
        said = [requirement(stage["require"]) for stage in value]
        return Text(en=", then ".join(text.en for text in said), zh="，然后".join(text.zh for text in said))
    return value_of(key, value)


def _named(value: Any) -> dict[str, Any] | None:
    """Return a list of named parts by their names; None where it is no such list."""
    if not isinstance(value, list) or not value:
        return None
    for key in NAMES:
        names = [part.get(key) if isinstance(part, dict) else None for part in value]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return {str(name): part for name, part in zip(names, value, strict=True)}
    return None


def _document(policy: Policy) -> dict[str, Any]:
    """Return a policy as the document to compare.

    Members of a group are told where the group is, not again at each stage that asks for its votes.
    """
    document: dict[str, Any] = policy.model_dump(mode="json")
    if isinstance(document["segments"], list):
        document["segments"] = {name: {} for name in document["segments"]}
    # A segment that changes no criterion is compared with one that does, criterion by criterion.
    document["segments"] = {name: {"criteria": {}, **own} for name, own in document["segments"].items()}
    groups = document["approval"].get("groups", {})
    return {key: _without_members(value, groups) for key, value in document.items()}


def _without_members(value: Any, groups: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_without_members(part, groups) for part in value]
    if not isinstance(value, dict):
        return value
    told = "group" in value and value.get("members") == groups.get(value["group"])
    return {key: _without_members(part, groups) for key, part in value.items() if not (told and key == "members")}
