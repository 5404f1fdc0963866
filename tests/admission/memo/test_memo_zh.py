"""The Chinese memo is a credit approval form: six sections, years side by side, departments and no persons."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from admission.approval.votes import Ballot, Choice, Vote
from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus
from admission.evidence.facts import AnyFact, CompanyStatus, Facts, LegalKind, LegalStatus
from admission.evidence.findings import Validation
from admission.memo.documents import CaseFile
from admission.memo.labels import LEGAL_KINDS
from admission.memo.memo import credit_memo
from admission.memo.memo_zh import STATUS_WORDS, form_sections
from admission.model import Language
from admission.money import Converted, Money, RateTable
from tests.admission.build import AS_OF, NOW, application, default_policy, evidence, legal, profile, statement

USCC = "91990000MA9X000702"
HOSTILE = "<script>alert(1)</script>|[x](javascript:alert(1))\n# 一、*伪造*"


def case(**changes: Any) -> Case:
    asked = {
        "legal_name": "云杉岭示例机械有限公司",
        "country": "CN",
        "identifiers": {"uscc": USCC},
        "requested": {"limit": "2000000", "currency": "CNY", "terms_days": 30},
    }
    return Case(
        reference="GH-2026-000007",
        kind=CaseKind.ONBOARDING,
        status=CaseStatus.VOTING,
        round=1,
        application=application(**{**asked, **changes}),
        company_key=f"uscc:{USCC}",
        requester="analyst",
        channel="cli",
        opened_at=NOW,
    )


def year(end: int, **changes: Any) -> AnyFact:
    values = {
        "source": "financials_upload",
        "period_end": date(end, 12, 31),
        "period_start": date(end, 1, 1),
        "currency": "CNY",
        "basis": "interest_expense = 财务费用",
    }
    return statement(**{**values, **changes})


FACTS = Facts.of(
    [
        year(2025),
        year(2024, revenue=Decimal(1900)),
        year(2023, revenue=Decimal(1800)),
        year(2022, revenue=Decimal(1700)),
        profile(
            legal_name="云杉岭示例机械有限公司",
            country="CN",
            status=CompanyStatus.ACTIVE,
            status_text="存续",
            paid_in_capital=Money(amount=Decimal(50_000_000), currency="CNY"),
        ),
        legal(
            LegalKind.ABNORMAL_OPERATIONS,
            LegalStatus.CLOSED,
            ended_on=date(2026, 4, 1),
            title="无法联系",
            reference="异常1",
        ),
        legal(LegalKind.CONSUMPTION_LIMIT, LegalStatus.OPEN, role="legal_representative", reference="限1"),
    ]
)


def assessed(subject: Case, facts: Facts = FACTS) -> Assessment:
    validation = Validation(usable=facts, findings=(), spoiled=())
    dossier = Dossier(subject.application, subject.kind, [evidence()], validation)
    return assess(dossier, default_policy(), RateTable(), as_of=AS_OF)


def section(title: str, facts: Facts = FACTS, votes: tuple[Vote, ...] = (), **changes: Any) -> list[str]:
    subject = case(**changes)
    return dict(form_sections(subject, assessed(subject, facts), facts, votes, None))[title]


def memo(language: Language, facts: Facts = FACTS, **changes: Any) -> str:
    subject = case(**changes)
    file = CaseFile(case=subject, evidence=(evidence(),), facts=facts, assessment=assessed(subject, facts))
    return credit_memo(file, language)


def test_the_form_has_its_six_sections_in_order() -> None:
    headings = [line[3:] for line in memo("zh").splitlines() if line.startswith("## ")]
    assert headings[:6] == [
        "一、申请人基本情况",
        "二、授信申请",
        "三、财务分析",
        "四、经营与法律情况",
        "五、评级与额度测算",
        "六、审批意见",
    ]
    assert "## 一、" not in memo("en")
    assert "## Recommendation" in memo("en")


def test_the_applicant_is_shown_as_registered_and_as_declared() -> None:
    lines = section("一、申请人基本情况", declared={"founded": "2011-06-08"})
    assert f"| 统一社会信用代码 | {USCC} | 申请表 |" in lines
    assert "| 登记状态 | 存续 | register |" in lines
    assert "| 实缴资本 | 50,000,000 CNY | register |" in lines
    assert "| 申报成立日期 | 2011-06-08 | 申请人申报 |" in lines


def test_three_years_stand_side_by_side_the_newest_first() -> None:
    lines = section("三、财务分析")
    assert "| 项目 | 2025-12-31 | 2024-12-31 | 2023-12-31 |" in lines
    assert "| 营业收入 | 2,000 | 1,900 | 1,800 |" in lines
    assert "- 取数口径：利息费用 = 财务费用" in lines
    assert "| 资产负债率 | 0.4 | financials_upload 2025-12-31 |" in lines


def test_without_statements_that_is_said() -> None:
    lines = section("三、财务分析", Facts())
    assert lines[0].startswith("没有可用报表：未知")


def test_records_are_listed_with_their_standing_and_by_role() -> None:
    lines = section("四、经营与法律情况")
    assert "| 经营异常名录 | 异常1 | 2026-03-01 | 已结/已移出 2026-04-01 | 无法联系 | court |" in lines
    assert "| 限制消费（法定代表人） | 限1 | 2026-03-01 | 未结/未移出 |  | court |" in lines
    assert "| 曾列入经营异常名录 | 是 | court 2026-03-01 |" in lines


def test_the_amount_in_the_house_currency_is_shown_with_its_rate_or_is_unknown() -> None:
    subject = case()
    converted = Converted(
        money=Money(amount=Decimal(284_000), currency="USD"), rate=Decimal("0.142"), rate_on=date(2026, 7, 1)
    )
    for given, told in ((converted, "28.4 万美元（284,000.00），按 2026-07-01 汇率 0.142"), (None, "未知：没有汇率")):
        lines = dict(form_sections(subject, assessed(subject), FACTS, (), given))["二、授信申请"]
        assert f"- 折合本位币：{told}" in lines


def vote(voter: str, department: Any, stage: str, choice: Choice, assessment: str, **changes: Any) -> Vote:
    ballot = Ballot(choice=choice, comment="某某认为可以", **changes)
    at = datetime(2026, 7, 2, tzinfo=UTC)
    return Vote(
        voter=voter, department=department, stage=stage, round=1, assessment=assessment, ballot=ballot, cast_at=at
    )


def test_opinions_are_those_of_departments_and_name_nobody() -> None:
    subject = case()
    pinned = assessed(subject)
    stage = pinned.route.stages[0]
    votes = (
        vote("zhangsan", "finance", stage.name, Choice.APPROVE, pinned.sha256, conditions=("保证金|25 %",)),
        vote("lisi", "legal", stage.name, Choice.DECLINE, pinned.sha256),
        vote("wangwu", "sales", stage.name, Choice.APPROVE, "f" * 64),
    )
    lines = dict(form_sections(subject, pinned, FACTS, votes, None))["六、审批意见"]
    assert f"| {stage.title.zh} | 财务部 | 同意 | 保证金\\|25 % | 2026-07-02 |" in lines
    assert f"| {stage.title.zh} | 法务部 | 不同意 |  | 2026-07-02 |" in lines
    assert f"| {stage.title.zh} | 销售部 |  |  |  |" in lines
    told = "\n".join(lines)
    assert not [name for name in ("zhangsan", "lisi", "wangwu", "某某") if name in told]


def test_a_knock_out_needs_no_opinions() -> None:
    facts = Facts.of([*FACTS.rows(), legal(LegalKind.DISHONEST_DEBTOR, LegalStatus.OPEN, reference="失1")])
    lines = section("六、审批意见", facts)
    assert lines[0] == "- 系统拒绝（触发禁入条款），无需会签"
    assert "失信被执行人" in lines[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_sources_and_applicants_send_is_never_markup(language: Language) -> None:
    facts = Facts.of(
        [
            profile(legal_name=HOSTILE, status_text=HOSTILE, address=HOSTILE, former_names=(HOSTILE,)),
            legal(LegalKind.ENFORCEMENT, LegalStatus.OPEN, reference=HOSTILE, title=HOSTILE),
            year(2025, basis=HOSTILE),
        ]
    )
    told = memo(language, facts, legal_name="<b>云杉</b>|*x*")
    assert "<script>" not in told
    assert "<b>" not in told
    assert not re.search(r"(?<!\\)\]\(", told)
    assert not [line for line in told.splitlines() if line.startswith("# 一")]
    widths = {line.count(" | ") for line in told.splitlines() if line.startswith("| 登记名称") or "被执行 |" in line}
    assert widths <= {2, 5}


def test_every_kind_and_status_of_record_has_a_word() -> None:
    assert set(LEGAL_KINDS) == set(LegalKind)
    assert set(STATUS_WORDS) == set(LegalStatus)
