from __future__ import annotations

import re
from typing import Any

import pytest

from admission.assessment.assessing import Dossier, assess
from admission.assessment.limits import TITLES
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus
from admission.evidence.answers import Answer
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from admission.evidence.topics import Topic
from admission.memo.documents import CaseFile
from admission.memo.memo import BINDINGS, ROUTES, VERDICTS, credit_memo, escape
from admission.model import Language, Text
from admission.money import RateTable
from tests.admission.build import AS_OF, NOW, application, default_policy, evidence, profile, say, statement

POLICY = default_policy()
HOSTILE = (
    "<script>alert(1)</script> **bold** [x](http://evil.example) | # `rm` www.evil.example a@evil.example &lt;b&gt;"
)
CHINESE = re.compile("[\u4e00-\u9fff]")


def case(name: str = "Alder Mills Limited") -> Case:
    asked = application(legal_name=name)
    return Case(
        reference="GH-2026-000123",
        kind=CaseKind.ONBOARDING,
        status=CaseStatus.VOTING,
        round=2,
        application=asked,
        company_key=asked.subject.company_key,
        requester="ana",
        channel="desk",
        opened_at=NOW,
    )


EVIDENCE = [
    evidence("register", topics=(Topic.IDENTITY, Topic.ACCOUNTS)),
    evidence("bureau", Answer.UNAVAILABLE, topics=(Topic.CREDIT,), kind="report", message=say(f"down: {HOSTILE}")),
]
CHECK = Finding(code="profile.name", verdict=Verdict.FAIL, weight=Weight.WARNING, message=say(f"odd: {HOSTILE}"))


def assessment(**changes: Any) -> Assessment:
    facts = Facts.of([profile(legal_name=HOSTILE, industry_code=HOSTILE), statement(currency="GBP")])
    validation = Validation(findings=(CHECK,), usable=facts)
    made = assess(Dossier(application(), CaseKind.ONBOARDING, EVIDENCE, validation), POLICY, RateTable(), as_of=AS_OF)
    return made.model_copy(update=changes)


def memo(language: Language = "en", *, name: str = "Alder Mills Limited", desk_url: str = "", **changes: Any) -> str:
    file = CaseFile(
        case=case(name),
        evidence=tuple(EVIDENCE),
        findings=(CHECK,),
        assessment=assessment(**changes),
        outside=tuple(item.text for item in POLICY.outside),
    )
    return credit_memo(file, language, desk_url=desk_url)


def unescaped(text: str) -> str:
    """What a reader of Markdown would take as markup."""
    return re.sub(r"\\.", "", text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_sources_and_applicants_write_is_never_markup(language: Language) -> None:
    reasons = (say(f"reason {HOSTILE}"),)
    text = unescaped(memo(language, name=HOSTILE, reasons=reasons))
    for markup in ("<", ">", "**bold**", "[x]", "`rm`", "http://", "www.", "a@"):
        assert markup not in text
    assert text.count("alert(1)") >= 5


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("Alder Mills Ltd", "Alder Mills Ltd"),
        ("安德磨坊有限公司", "安德磨坊有限公司"),
        ("A & B", "A &amp; B"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("<b>", "&lt;b&gt;"),
        ("a|b", "a\\|b"),
        ("\\*", "\\\\\\*"),
        ("# one\n\n- two", "\\# one - two"),
        ("https://evil.example", "https\\://evil.example"),
        ("WWW.evil.example", "WWW\\.evil.example"),
        ("a@evil.example", "a\\@evil.example"),
        ("~~gone~~", "\\~\\~gone\\~\\~"),
    ],
)
def test_text_is_written_without_meaning_to_markdown(raw: str, written: str) -> None:
    assert escape(raw) == written


@pytest.mark.parametrize(("language", "title"), [("en", "What would change it"), ("zh", "何种变化会改变结论")])
def test_what_would_change_it_stands_in_the_memo_where_it_was_asked_for(language: Language, title: str) -> None:
    file = CaseFile(case=case(), assessment=assessment())
    asked = file.model_copy(update={"what_if": (say("Equity of 2 instead of 1 would give grade A."),)})
    told = f"## {title}\n\n- {escape(asked.what_if[0].to(language))}\n"
    assert told in credit_memo(asked, language)
    assert title not in credit_memo(file, language)


def test_every_row_of_a_table_has_the_cells_of_its_header() -> None:
    rows = [line for line in unescaped(memo()).splitlines() if line.startswith("|")]
    assert len(rows) > 20
    assert {line.count("|") for line in rows} <= {4, 5}


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        (
            "en",
            [
                "# Credit memo GH-2026-000123",
                "## Recommendation",
                "## Main reasons",
                "## Could not be checked",
                "## Not asked",
                "## Criteria",
                "## Limit",
                "## Figures",
                "## Checks of the data",
                "## Evidence",
                "## To be accepted by name",
            ],
        ),
        (
            "zh",
            [
                "# 授信审批表 GH-2026-000123",
                "## 一、申请人基本情况",
                "## 二、授信申请",
                "## 三、财务分析",
                "## 四、经营与法律情况",
                "## 五、评级与额度测算",
                "## 六、审批意见",
                "## 附一、未能查清",
                "## 附一（续）、未查询",
                "## 附二、准入标准",
                "## 附三、数据检查",
                "## 附四、证据",
                "## 附七、同意前须逐项接受",
            ],
        ),
    ],
)
def test_a_memo_has_its_parts_in_both_languages(language: Language, headings: list[str]) -> None:
    text = memo(language)
    assert [line for line in text.splitlines() if line.startswith("#")] == headings


def test_an_english_memo_has_no_chinese() -> None:
    assert CHINESE.search(memo("en")) is None


def test_a_memo_shows_what_could_not_be_checked_and_what_is_outside() -> None:
    headings: dict[Language, str] = {"en": "Could not be checked", "zh": "附一、未能查清"}
    for language, heading in headings.items():
        text = memo(language)
        gaps = text.split(f"## {heading}")[1].split("## ")[0]
        made = assessment()
        assert made.unknowns
        assert all(f"**{name}**" in gaps for name in made.unknowns)
        assert "bureau / report: " in gaps
        assert all(item.text.to(language) in gaps for item in POLICY.outside)


@pytest.mark.parametrize(
    ("language", "gaps", "heading", "line", "word", "source"),
    [
        (
            "en",
            "Could not be checked",
            "Not asked",
            "- **pays_late**: Days paid beyond terms: not asked, no source for it is set up",
            "| pays_late | not asked |",
            "- lists: not set up",
        ),
        (
            "zh",
            "附一、未能查清",
            "附一（续）、未查询",
            "- **pays_late**: 平均逾期天数：未查询，尚未配置来源",
            "| pays_late | 未查询 |",
            "- lists: 未配置",
        ),
    ],
)
def test_a_memo_lists_what_nobody_was_asked_apart_from_what_is_unknown(
    language: Language, gaps: str, heading: str, line: str, word: str, source: str
) -> None:
    lists = evidence("lists", Answer.NOT_CONFIGURED, topics=(Topic.WATCHLIST,))
    file = CaseFile(case=case(), evidence=(*EVIDENCE, lists), assessment=assessment())
    text = credit_memo(file, language)
    asked_apart = text.split(f"## {heading}")[1].split("## ")[0]
    assert line in asked_apart
    assert source in asked_apart
    assert word in text
    unchecked = text.split(f"## {gaps}")[1].split("## ")[0]
    assert "pays_late" not in unchecked
    assert "- lists" not in unchecked


@pytest.mark.parametrize(("language", "heading"), [("en", "To be accepted by name"), ("zh", "附七、同意前须逐项接受")])
def test_a_memo_names_what_must_be_accepted(language: Language, heading: str) -> None:
    made = assessment()
    section = memo(language).split(f"## {heading}")[1]
    assert made.failures
    assert made.unknowns
    assert set(re.findall(r"^- \*\*(\w+)\*\*: ", section, re.MULTILINE)) == {*made.unknowns, *made.failures}
    assert heading not in memo(language, route=made.route.model_copy(update={"kind": "knock_out"}))


@pytest.mark.parametrize(
    ("language", "heading", "line"),
    [
        ("en", "Why people decide this review", "- grade C, last time B"),
        ("zh", "附六、转人工复审的原因", "- 等级 C，上次 B"),
    ],
)
def test_a_memo_says_why_people_decide_a_review(language: Language, heading: str, line: str) -> None:
    fell = Text(en="grade C, last time B", zh="等级 C，上次 B")
    assert heading not in memo(language)
    told = credit_memo(CaseFile(case=case(), assessment=assessment(), obstacles=(fell,)), language)
    assert line in told.split(f"## {heading}")[1].splitlines()


def test_the_head_says_who_asks_for_what() -> None:
    head = memo(desk_url="http://127.0.0.1:8000/cases/GH-2026-000123").split("## ")[0]
    assert "**Alder Mills Limited** (GB, uk_company_number 00123456)" in head
    assert "Asked for: 20,000 GBP, 30 days; as of 2026-06-30; round 2" in head
    assert "[Vote at the desk](http://127.0.0.1:8000/cases/GH-2026-000123)" in head
    assert "Vote at the desk" not in memo()


def test_the_recommendation_is_that_of_the_assessment() -> None:
    made = assessment()
    said = memo().split("## ")[1]
    assert f"- Grade: **{made.grade}**" in said
    assert f"score {made.score} / 100, uncalibrated" in said
    assert f"- Limit: **{made.limit.amount:,.0f} GBP** (bound by: {BINDINGS[made.limit.binding].en})" in said
    assert all(stage.require.words().en in said for stage in made.route.stages)
    assert "(capped: figures are missing, or by a criterion or its segment)" in memo(grade_capped=True)


def test_every_word_of_an_assessment_has_a_translation() -> None:
    assert set(BINDINGS) == set(TITLES)
    assert set(VERDICTS) == set(Verdict)
    assert set(ROUTES) == {"fast_track", "desk", "committee", "knock_out"}
    texts = [*BINDINGS.values(), *VERDICTS.values(), *ROUTES.values()]
    assert all(CHINESE.search(text.zh) and not CHINESE.search(text.en) for text in texts)
