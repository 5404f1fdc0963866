"""What a named person of the house judged of the company: stored and read like any other evidence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import ValidationError

from admission.application import Subject
from admission.approval.seats import SEAT_NAMES
from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import Aspect, Judgement
from admission.evidence.uploads import OFFICIAL_SOURCE, KeptJudgement
from admission.metrics.catalogue import CATALOGUE
from admission.model import Text
from connectors.manual_evidence.unreadable import RECORD_AGAIN, require_one_value_each, wrong_fields

KIND = "judgement"
WORDS: Mapping[int, Text] = MappingProxyType(
    {0: Text(en="weak", zh="弱"), 1: Text(en="fair", zh="一般"), 2: Text(en="strong", zh="强")}
)


def judgement_query(subject: Subject, aspect: Aspect) -> Query:
    """Return the question that a judgement answers; a newer one on the same aspect takes its place."""
    return Query(source=OFFICIAL_SOURCE, kind=KIND, params={"company": subject.company_key, "aspect": aspect})


def parse_judgement(query: Query, raw: RawAnswer) -> Parsed:
    """Read one judgement.

    Raises:
        SourceChanged: it is not of a form that we know, or of another aspect than it was stored under.
    """
    message = Text(en="The judgement is not of a known form.", zh="人工评价的格式无法识别。")
    require_one_value_each(raw, message)
    try:
        kept = KeptJudgement.model_validate_json(raw.body)
    except ValidationError as error:
        raise SourceChanged(message, context=wrong_fields(error), remedy=RECORD_AGAIN) from None
    entry = kept.judgement
    if entry.aspect != query.params.get("aspect"):
        other = Text(en="The judgement is of another aspect.", zh="人工评价的方面与所存方面不符。")
        raise SourceChanged(other, context={"aspect": entry.aspect}, remedy=RECORD_AGAIN)
    fact = Judgement(
        source=OFFICIAL_SOURCE,
        aspect=entry.aspect,
        points=entry.points,
        note=entry.note,
        by=kept.entered_by,
        department=kept.department,
        on=kept.entered_at.date(),
    )
    meaning, word, who = CATALOGUE[entry.aspect].meaning, WORDS[entry.points], SEAT_NAMES[kept.department]
    return Parsed(
        answer=Answer.FOUND,
        facts=(fact,),
        message=Text(en=f"{meaning.en}: {word.en}, by {who.en}", zh=f"{meaning.zh}：{word.zh}，{who.zh}"),
    )
