"""Was and now in words, in both languages, and for programs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from admission.customers.since.comparing import Now, Since, Then, compare
from admission.customers.since.records import Why
from admission.customers.since.told import PROFILE_FIELDS, REPORT_FIELDS, Subject
from admission.evidence.answers import Answer
from admission.evidence.facts import EventKind, LegalKind, LegalStatus
from admission.memo.since_memo import since_lines
from admission.memo.since_words import FIELDS, SUBJECTS, WHYS, say_since, since_document
from admission.model import Language
from tests.admission.build import legal
from tests.admission.customers.since.build import FACTS, answered, asked
from tests.admission.customers.since.test_comparing import SOUND, changed, decision, figures, part
from tests.admission.customers.since.test_records import filing

JUDGMENT = legal(LegalKind.JUDGMENT, LegalStatus.OPEN, reference="J-1 <b>", evidence="ev-court-profile")
FILED = tuple(filing(f"F-{day}", date(2026, 5, day)) for day in (1, 2, 3))
TOLD = filing("F-9", date(2026, 5, 9), EventKind.NON_RELIANCE)


def worse() -> Since:
    """A company with a judgment, new filings, less equity and no accounts to be had from one source."""
    then = Then("GH-2026-000001", decision(), figures(equity=Decimal(100), revenue=Decimal(100)), answered())
    now = figures(equity=Decimal(50), revenue=Decimal(200)).model_copy(update={"grade": "C"})
    items = asked({"bureau": Answer.UNAVAILABLE})
    return compare(then, Now(now, answered((*FACTS, JUDGMENT, *FILED, TOLD), items), None))


def test_what_changed_in_english() -> None:
    said = say_since(worse())
    assert said.headline.en == "Compared with GH-2026-000001 of 2026-06-30: admitted, by people"
    assert {point.what.en: (point.was.en, point.now.en) for point in said.points if point.moved} == {
        "grade": ("A", "C")
    }
    assert [text.en for text in said.changes] == [
        "new: judgment: running (court J-1 <b> 2026-03-01)",
        "new: filings: 8-K: accounts not to be relied on (register F-9 2026-05-09)",
        "new filings that tell of no event: 3 (8-K, 2026-05-03; register)",
        "Equity of the owners: 100 USD -> 50 USD (worse)",
        "Revenue of the last full fiscal year: 100 USD -> 200 USD",
    ]
    lists = {title.en: [text.en for text in texts] for title, texts in said.lists}
    assert "accounts of 2025-12-31, register (told 2026-05-01)" in lists["Unchanged"]
    assert lists["Not comparable"] == ["bureau: did not answer in full now"]
    assert not any("bureau" in text for text in lists["Unchanged"])


def test_what_changed_in_chinese() -> None:
    said = say_since(worse())
    assert said.headline.zh == "对比 GH-2026-000001（2026-06-30）：准入，人工审批"
    assert [text.zh for text in said.changes][:3] == [
        "新增：判决：进行中（court J-1 <b> 2026-03-01）",
        "新增：披露文件：8-K：报表不可依赖（register F-9 2026-05-09）",
        "新增披露文件（未涉风险事项）：3 份（8-K, 2026-05-03；register）",
    ]
    lists = {title.zh: [text.zh for text in texts] for title, texts in said.lists}
    assert "2025-12-31 财务报表，register（2026-05-01 获知）" in lists["无变化"]
    assert lists["无法比较"] == ["bureau：本次未获完整答复"]


@pytest.mark.parametrize(("language", "title"), [("en", "Unchanged: "), ("zh", "无变化：")])
def test_in_the_memo_all_that_did_not_change_is_one_line(language: Language, title: str) -> None:
    lines = since_lines(worse(), language)
    (unchanged,) = [line for line in lines if line.startswith(title)]
    assert unchanged.count("2026-05-01") >= 3
    # What sources send is never markup.
    assert not any("<b>" in line for line in lines)
    assert "| grade | A | **C** |" in lines or language == "zh"


def test_that_nothing_changed_is_said_only_where_something_was_compared() -> None:
    then = Then("GH-2026-000001", decision(), SOUND, answered())
    same = say_since(compare(then, Now(SOUND, answered(), None)))
    assert [text.en for text in same.changes] == ["No criterion, figure or record that can be compared has changed."]
    book = say_since(compare(Then("GH-2026-000001", decision(), None, None), Now(SOUND, answered(), None)))
    assert book.changes == ()
    assert [text.en for _, texts in book.lists for text in texts] == [
        "GH-2026-000001: rests on no assessment of this system"
    ]


def test_programs_read_codes_and_whole_figures() -> None:
    document = since_document(worse(), "en")
    assert json.loads(json.dumps(document)) == document
    assert {row["what"]: (row["was"], row["now"]) for row in document["points"]}["limit"] == ("20000", "20000")
    assert document["figures"][0] == {
        "metric": "revenue",
        "was": "100",
        "now": "200",
        "unit": "USD",
        "worse": False,
    }
    assert {row["kind"] for row in document["records"]} == {"8-K", "judgment"}
    assert len(document["records"]) == 5
    assert document["not_comparable"] == [{"kind": "source", "what": "bureau", "why": "not_answered_now"}]


def test_every_code_has_its_words() -> None:
    assert set(SUBJECTS) == set(Subject)
    assert set(WHYS) == set(Why)
    assert set(FIELDS) >= {*PROFILE_FIELDS, *REPORT_FIELDS}


def test_security_is_said_in_words() -> None:
    then = Then("GH-2026-000001", decision(), SOUND, answered())
    said = say_since(compare(then, Now(part("terms", secured=True), answered(), decision("5000", "kept"))))
    told = {point.what.en: (point.was.en, point.now.en) for point in said.points}
    assert told["security"] == ("open credit", "secured")
    assert told["limit granted"] == ("20,000 GBP", "5,000 GBP")
    other = say_since(compare(then, Now(changed(engine="9"), answered(), None)))
    assert "version of the assessment" in {point.what.en for point in other.points}
