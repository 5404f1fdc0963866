"""Which records came, changed or went since a company was decided on last, and of which this cannot be said.

A record is gone only where its source was asked again and answered in full. That nothing changed is said only of what
was told both times; whatever a source was not asked, did not answer or told to a reader of another version is not
comparable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from admission.customers.since.told import TABLES, Place, Row, Subject, rows_of
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.model import Record, left_out

Change = Literal["new", "changed", "gone"]
_CHANGES: tuple[Change, ...] = ("new", "changed", "gone")
_SUBJECTS = tuple(Subject)
# What has the same headings always.
_HEADINGS = (Subject.REGISTER, Subject.REPORT)
# What is complete in itself, and no list of which some may be missing.
_SINGLE = (*_HEADINGS, Subject.ACCOUNTS)


class RecordChange(Record):
    """A record that came, changed or went.

    Attributes:
        kind: the code of what it is: of the legal kind, the form of a filing, the list, the field of the register.
        reference: by which a person finds it; "" for officers, who are not named.
        on: the day that it speaks of.
        was, now: where it stood and stands, as codes or figures; "" where it has no such state.
        fields: what of it is another now, of records whose state alone does not say it.
        maybe_older: True of a new record that may have been there before, for its source did not tell it to us then.
    """

    change: Change
    subject: Subject
    source: str
    kind: str
    reference: str = ""
    on: date | None = None
    was: str = ""
    now: str = ""
    fields: tuple[str, ...] = left_out(())
    maybe_older: bool = left_out(False)


class Same(Record):
    """What a source told last time and tells now.

    Attributes:
        subject: None where the source was asked both times and had nothing of the company.
        of: the newest day that it speaks of, such as that of the balance sheet.
        told: the day on which the source told it, the oldest where it did so in parts.
        rows: how many records it is.
    """

    subject: Subject | None
    source: str
    of: date | None
    told: date
    rows: int


class Why(StrEnum):
    """Why something cannot be compared."""

    NOT_ASKED_THEN = "not_asked_then"
    NOT_ANSWERED_NOW = "not_answered_now"
    OTHER_READER = "other_reader"
    LEFT_OPEN = "left_open"
    FAILED_CHECK = "failed_check"
    NOT_REPORTED_THEN = "not_reported_then"
    NOT_REPORTED_NOW = "not_reported_now"
    OTHER_UNIT = "other_unit"
    NO_ASSESSMENT = "no_assessment"
    ERASED = "erased"


class Incomparable(Record):
    """Something of which nobody can say whether it changed.

    Attributes:
        what: a source, a metric, or "" for the case as a whole.
    """

    kind: Literal["source", "figure", "case"]
    what: str
    why: Why


class TakenOver(Record):
    """A source that was not asked anew; nobody knows whether it would tell the same.

    Attributes:
        told: the day of what is taken over from it, the oldest.
    """

    source: str
    told: date


class Answered(NamedTuple):
    """What was told of a company in one round.

    Attributes:
        validation: of its facts.
        evidence: the last of each question.
        readers: the version of the reader of each source.
    """

    validation: Validation
    evidence: Sequence[Evidence]
    readers: Mapping[str, str]

    @property
    def facts(self) -> Facts:
        """The facts that are fit to judge on."""
        return self.validation.usable

    def sources(self) -> set[str]:
        """The sources that were asked, or would have been were they set up."""
        return {item.source for item in self.evidence if item.answer is not Answer.NOT_CONFIGURED}

    def whole(self, source: str) -> bool:
        """True where a source was asked and every question to it was answered."""
        asked = [item for item in self.evidence if item.source == source]
        return bool(asked) and all(item.answer.answered for item in asked)

    def leaves_open(self, source: str) -> bool:
        """True where an answer of the source says that it does not tell all."""
        return any(fact.source == source for fact in self.facts.untold)

    def taken_over(self) -> dict[str, date]:
        """Return the sources that were not asked anew, each with the oldest day of what is taken over from it."""
        carried = sorted({item.source for item in self.evidence if item.carried_from is not None})
        return {source: self.told_on(source, ()) for source in carried}

    def told_on(self, source: str, evidence: Collection[str]) -> date:
        """Return the day of the oldest of some evidence of a source, or of all of it where none is named."""
        own = [item for item in self.evidence if item.source == source and item.answer.answered]
        named = [item.fetched_at.date() for item in own if item.id in evidence]
        return min(named or [item.fetched_at.date() for item in own])


class Records(NamedTuple):
    """All that came of comparing the records of two rounds."""

    changes: tuple[RecordChange, ...]
    same: tuple[Same, ...]
    incomparable: tuple[Incomparable, ...]
    taken_over: tuple[TakenOver, ...] = ()


def compare_records(then: Answered, now: Answered) -> Records:
    """Compare what sources told at the last decision with what they tell now."""
    was, stands = rows_of(then.facts), rows_of(now.facts)
    left = now.taken_over()
    subjects = sorted({(place.subject, place.source) for place in (*was, *stands) if place.source not in left})
    changes: list[RecordChange] = []
    same: list[Same] = []
    open_: list[Incomparable] = list(_not_comparable(then, now))
    for subject, source in subjects:
        part = _Part(subject, source, _only(was, subject, source), _only(stands, subject, source), then, now)
        found = tuple(part.changes())
        changes += found
        if part.is_same:
            same.append(part.same())
        elif not found and source not in {item.what for item in open_}:
            open_.append(Incomparable(kind="source", what=source, why=part.why_open()))
    same += _nothing_on_record(then, now, {*left, *(source for _, source in subjects)})
    return Records(
        changes=tuple(sorted(changes, key=_order)),
        same=tuple(same),
        incomparable=tuple(sorted(open_, key=lambda item: item.what)),
        taken_over=tuple(TakenOver(source=source, told=told) for source, told in left.items()),
    )


def _nothing_on_record(then: Answered, now: Answered, told: Collection[str]) -> Iterator[Same]:
    for source in sorted(then.sources() & now.sources()):
        both = then.whole(source) and now.whole(source) and _why_source(source, then, now) is None
        if both and source not in told and not (_has_facts(source, then) or _has_facts(source, now)):
            yield Same(subject=None, source=source, of=None, told=now.told_on(source, ()), rows=0)


def _has_facts(source: str, round_: Answered) -> bool:
    return any(fact.source == source for fact in round_.facts.rows())


def _only(rows: Mapping[Place, tuple[Row, ...]], subject: Subject, source: str) -> dict[Place, tuple[Row, ...]]:
    return {place: told for place, told in rows.items() if (place.subject, place.source) == (subject, source)}


def _order(change: RecordChange) -> tuple[int, int, tuple[str, ...]]:
    on = "" if change.on is None else change.on.isoformat()
    told = (change.source, change.kind, change.reference, on, change.was, change.now)
    return _SUBJECTS.index(change.subject), _CHANGES.index(change.change), told


def _not_comparable(then: Answered, now: Answered) -> Iterator[Incomparable]:
    for source in sorted((then.sources() | now.sources()).difference(now.taken_over())):
        why = _why_source(source, then, now)
        if why is not None:
            yield Incomparable(kind="source", what=source, why=why)


def _why_source(source: str, then: Answered, now: Answered) -> Why | None:
    if not now.whole(source):
        # What neither time was told is among the gaps of the case; there is nothing to compare.
        return Why.NOT_ANSWERED_NOW if _told(source, then) or _told(source, now) else None
    if not then.whole(source):
        return Why.NOT_ASKED_THEN
    if then.leaves_open(source) or now.leaves_open(source):
        return Why.LEFT_OPEN
    return Why.OTHER_READER if then.readers.get(source) != now.readers.get(source) else None


def _told(source: str, round_: Answered) -> bool:
    return any(item.source == source and item.answer.answered for item in round_.evidence)


class _Part(NamedTuple):
    """The rows of one subject from one source, then and now."""

    subject: Subject
    source: str
    was: Mapping[Place, tuple[Row, ...]]
    stands: Mapping[Place, tuple[Row, ...]]
    then: Answered
    now: Answered

    @property
    def is_same(self) -> bool:
        """True where the same rows were told both times, and nothing else may have been.

        Of a list of records that is left open, or was read by another version, nobody knows what it would have told.
        """
        whole = self.then.whole(self.source) and self.now.whole(self.source)
        sure = self.subject in _SINGLE or _why_source(self.source, self.then, self.now) is None
        return whole and sure and not self._spoiled and _says(self.was) == _says(self.stands)

    @property
    def _spoiled(self) -> bool:
        table = TABLES[self.subject]
        return table in self.then.validation.spoiled or table in self.now.validation.spoiled

    def same(self) -> Same:
        rows = [row for told in self.stands.values() for row in told]
        days = [row.on for row in rows if row.on is not None]
        told = self.now.told_on(self.source, {row.evidence for row in rows})
        count = 1 if self.subject in _HEADINGS else len(rows)
        return Same(subject=self.subject, source=self.source, of=max(days, default=None), told=told, rows=count)

    def why_open(self) -> Why:
        return Why.FAILED_CHECK if self._spoiled else Why.OTHER_READER

    def changes(self) -> Iterator[RecordChange]:
        for place in sorted(self.was.keys() | self.stands.keys()):
            before, after = self.was.get(place, ()), self.stands.get(place, ())
            if not before:
                yield from (self._came(row) for row in after if self._is_told(row))
            elif not after:
                yield from (self._went(row) for row in before if self._is_gone(row))
            elif _content(before) != _content(after):
                yield from self._moved(before, after)

    def _is_told(self, row: Row) -> bool:
        """A register that has nothing to say under a heading has not told anything new by it."""
        return self.subject not in _HEADINGS or bool(row.state)

    def _came(self, row: Row) -> RecordChange:
        sure = self.then.whole(self.source) and not self._spoiled and not self.then.leaves_open(self.source)
        older = not sure or self.then.readers.get(self.source) != self.now.readers.get(self.source)
        return self._change("new", row, now=row.state, maybe_older=older)

    def _went(self, row: Row) -> RecordChange:
        return self._change("gone", row, was=row.state)

    def _is_gone(self, row: Row) -> bool:
        """True where its source would have told it; lists of filings tell the newest alone, so that old ones drop out.

        Registers and reports have the same headings always; one that is missing was not told at all.
        """
        if self.subject in _HEADINGS or self._spoiled or not self.now.whole(self.source):
            return False
        if self.now.leaves_open(self.source) or self.then.readers.get(self.source) != self.now.readers.get(self.source):
            return False
        if self.subject not in (Subject.FILING, Subject.ACCOUNTS):
            return True
        days = [other.on for told in self.stands.values() for other in told if other.on is not None]
        return row.on is not None and bool(days) and row.on >= min(days)

    def _moved(self, before: tuple[Row, ...], after: tuple[Row, ...]) -> Iterator[RecordChange]:
        old, new = before[-1], after[-1]
        fields = _differing(before, after)
        if self.subject is Subject.ACCOUNTS and self._only_told_more(before, after):
            return
        named = fields if old.state == new.state else ()
        yield self._change("changed", new, was=old.state, now=new.state, fields=named)

    def _only_told_more(self, before: tuple[Row, ...], after: tuple[Row, ...]) -> bool:
        """True where another reader reads more lines of the same accounts, and what was read before is as it was."""
        other = self.then.readers.get(self.source) != self.now.readers.get(self.source)
        then = {item for row in before for item in row.says.items()}
        return other and then <= {item for row in after for item in row.says.items()}

    def _change(
        self,
        change: Change,
        row: Row,
        *,
        was: str = "",
        now: str = "",
        fields: tuple[str, ...] = (),
        maybe_older: bool = False,
    ) -> RecordChange:
        return RecordChange(
            change=change,
            subject=self.subject,
            source=self.source,
            kind=row.kind,
            reference=row.reference,
            on=row.on,
            was=was,
            now=now,
            fields=fields,
            maybe_older=maybe_older,
        )


def _content(rows: Iterable[Row]) -> frozenset[tuple[tuple[str, str], ...]]:
    return frozenset(tuple(sorted(row.says.items())) for row in rows)


def _says(part: Mapping[Place, tuple[Row, ...]]) -> dict[Place, frozenset[tuple[tuple[str, str], ...]]]:
    return {place: _content(rows) for place, rows in part.items()}


def _differing(before: Sequence[Row], after: Sequence[Row]) -> tuple[str, ...]:
    was = {item for row in before for item in row.says.items()}
    now = {item for row in after for item in row.says.items()}
    return tuple(sorted({name for name, _ in was ^ now}))
