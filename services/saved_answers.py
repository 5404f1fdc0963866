"""What a saved answer of a source tells: read by the source's own parser, without network or casebook.

For people who report that something was read wrong, and for tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from admission.errors import BadInput, CouldNotAsk, GatehouseError, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query
from admission.evidence.facts import AnyFact, Doubt, FinancialStatement, Untold
from admission.evidence.sources import Connector, WholeList
from admission.evidence.uploads import STATEMENTS_SOURCE, Preview, StatedWithFile
from admission.memo.flat_facts import flat_facts
from admission.memo.labels import FIGURES, said
from admission.model import Language, Record, Text
from connectors import financials_upload
from services.saved_questions import SavedAnswer, question_for

_STATED = frozenset(StatedWithFile.model_fields)


class Told(Record):
    """What a saved answer tells.

    Attributes:
        facts: flat objects; see `flat_facts`.
        remarks: what was left out, read with doubt, or must be asked about.
    """

    answer: Answer
    message: Text | None = None
    facts: tuple[dict[str, Any], ...] = ()
    remarks: tuple[Text, ...] = ()

    def document(self, language: Language) -> dict[str, Any]:
        """Return it as a JSON object, its sentences in one language."""
        return {
            "answer": self.answer.value,
            "message": self.message.to(language) if self.message else None,
            "facts": list(self.facts),
            "remarks": [remark.to(language) for remark in self.remarks],
        }


def read_saved_answer(connector: Connector, kind: str | None, given: Mapping[str, str], saved: SavedAnswer) -> Told:
    """Read one saved answer.

    Args:
        connector: of the source that gave it.
        kind: which of the source's questions it is an answer to; None: what it looks like.
        given: what is known of the question; what its source does not know is ignored, with a remark.
        saved: the answer.

    Raises:
        NoSuchKind: see `question_for`.
        BadInput: what is stated with uploaded accounts is none of what can be.
    """
    query, unknown = question_for(connector.card.name, kind, given, saved)
    if query.source == STATEMENTS_SOURCE:
        told = _preview(saved, {name: value for name, value in query.params.items() if name in _STATED})
    else:
        told = _parse(connector, query, saved)
    ignored = tuple(_ignored(name) for name in unknown)
    return told.model_copy(update={"remarks": (*told.remarks, *ignored)})


def _parse(connector: Connector, query: Query, saved: SavedAnswer) -> Told:
    try:
        parsed = connector.parse(query, saved.raw)
    except (CouldNotAsk, SourceChanged) as error:
        return Told(answer=Answer(error.answer), message=_whole(error))
    try:
        if isinstance(connector, WholeList):
            connector.require_whole(query, saved.raw)
    except (CouldNotAsk, SourceChanged) as error:
        # A hit in part of a list is one all the same; that there is none there tells nothing.
        if parsed.answer is Answer.NO_RECORD:
            return Told(answer=Answer(error.answer), message=_whole(error))
        parsed = parsed.model_copy(update={"remarks": (*parsed.remarks, _whole(error))})
    return _told(parsed, saved.raw.fetched_at.date())


def _told(parsed: Parsed, on: date) -> Told:
    unread = (_unread(parsed.leftover),) if parsed.leftover else ()
    return Told(
        answer=parsed.answer,
        message=parsed.message,
        facts=tuple(row for fact in parsed.facts for row in flat_facts(fact)),
        remarks=(*parsed.remarks, *_left_open(parsed.facts, on), *unread),
    )


def _preview(saved: SavedAnswer, stated: Mapping[str, str]) -> Told:
    """Read accounts as `gatehouse upload --preview` does."""
    try:
        read = financials_upload.preview(saved.body, saved.name, StatedWithFile.read(stated))
    except BadInput as error:
        return Told(answer=Answer.CHANGED, message=_whole(error), remarks=(_whole(error),))
    return _refused(read) if read.problems else _taken(read)


def _refused(read: Preview) -> Told:
    try:
        read.require_good()
    except BadInput as error:
        problems = tuple(Text(en=found.to("en"), zh=found.to("zh")) for found in error.problems)
        return Told(answer=Answer.CHANGED, message=error.message, remarks=(*problems, *read.remarks))
    raise AssertionError("a preview with problems is refused")


def _taken(read: Preview) -> Told:
    unclear = tuple(
        Text(en=f"{line.label}: {line.note.en}", zh=f"{line.label}：{line.note.zh}")
        for line in read.lines
        if line.understood == "ambiguous" and line.note
    )
    unread = tuple(line.label or f"row {line.row}" for line in read.lines if line.understood == "not_understood")
    facts = financials_upload.facts_of(read)
    return Told(
        answer=Answer.FOUND,
        message=Text(en=f"{len(read.statements)} set(s) of accounts", zh=f"{len(read.statements)} 期报表"),
        facts=tuple(row for fact in facts for row in flat_facts(fact)),
        remarks=(*read.remarks, *unclear, *_left_open(facts), *((_unread(unread),) if unread else ())),
    )


def _left_open(facts: tuple[AnyFact, ...] | tuple[FinancialStatement, ...], on: date | None = None) -> list[Text]:
    """What the answer leaves open on a day: whole topics, and single figures of accounts."""
    remarks = []
    for fact in facts:
        if isinstance(fact, Untold) and (on is None or fact.holds_on(on)):
            topics = ", ".join(fact.topics)
            remarks.append(Text(en=f"unknown ({topics}): {fact.why.en}", zh=f"不明（{topics}）：{fact.why.zh}"))
        if isinstance(fact, FinancialStatement):
            remarks += [_doubted(fact, doubt) for doubt in fact.doubts]
    return remarks


def _doubted(accounts: FinancialStatement, doubt: Doubt) -> Text:
    label, day = said(FIGURES, doubt.figure), accounts.period_end
    return Text(en=f"{label.en} of {day} unknown: {doubt.why.en}", zh=f"{day} 的{label.zh}不明：{doubt.why.zh}")


def _unread(names: tuple[str, ...]) -> Text:
    listed = tuple(dict.fromkeys(names))
    return Text(en=f"not understood: {', '.join(listed)}", zh=f"未识别：{'、'.join(listed)}")


def _ignored(name: str) -> Text:
    return Text(en=f"{name} is no part of such a question; it was ignored", zh=f"该类查询没有参数 {name}，已忽略")


def _whole(error: GatehouseError) -> Text:
    return Text(en=error.to("en"), zh=error.to("zh"))
