"""A real house on a temporary casebook, with invented people and one company that waits for votes."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.exceptions import StarletteDeprecationWarning

from admission.application import Application, parse_application
from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.assessment.assessing import Dossier
from admission.assessment.record import Assessment, CriterionResult, Limit, LimitBound, Route, ScorePart, Terms
from admission.cases import CaseKind
from admission.customers.experience import snapshot_of
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from admission.metrics.catalogue import Metric
from admission.model import Language, Text
from admission.money import Exchange, RateTable
from admission.people import Department, Person, Role
from admission.policy.document import PolicyPin
from admission.policy.treatments import Treatment
from casebook.work import Assessed
from desk import create_app
from tests import stepping
from tests.casebook.build import latest_poll
from wiring import House, Settings

with warnings.catch_warnings():
    # Starlette's test client would rather have httpx2; it works with the httpx that the lock file has.
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from fastapi.testclient import TestClient

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PEOPLE: tuple[tuple[str, str, Department, tuple[Role, ...]], ...] = (
    ("ada", "Ada Brandt", "sales", ()),
    ("feng", "冯静", "finance", ("controller",)),
    ("lena", "Lena Ortiz", "legal", ()),
    ("mira", "Mira Novak", "credit", ("credit_manager",)),
    ("otto", "Otto Lind", "credit", ("analyst",)),
)
REVIEW = Stage(
    name="review",
    title=Text(en="Detailed review by finance and legal", zh="财务、法务会审"),
    require=Requirement(all_of=(Requirement(department="finance"), Requirement(department="legal"))),
)
MANAGER = Stage(
    name="decision",
    title=Text(en="Decision by the credit manager", zh="信用经理审批"),
    require=Requirement(role="credit_manager"),
)


# What an approval of the case below must accept by name: one criterion is unknown, and one failed.
TO_ACCEPT = ("open_insolvency", "declared_contradictions")


def both(en: str, zh: str) -> Text:
    return Text(en=en, zh=zh)


def application(name: str = "Harbour Lane Tools Ltd", number: str = "09876543") -> Application:
    return parse_application(
        {
            "legal_name": name,
            "country": "GB",
            "identifiers": {"uk_company_number": number},
            "requested": {"limit": "200000", "currency": "GBP", "terms_days": 60},
            "declared": {
                "founded": "2009-04-01",
                "annual_revenue": {"amount": "9000000", "currency": "GBP"},
                "headcount": 85,
            },
        }
    )


def assessment(stages: tuple[Stage, ...] = (REVIEW, MANAGER), *, unknown: bool = True) -> Assessment:
    insolvency = CriterionResult(
        id="open_insolvency",
        verdict=Verdict.UNKNOWN if unknown else Verdict.PASS,
        effect="reject",
        message=both(
            "Running insolvency proceedings: unknown, could not be checked: uk_gazette (unavailable)",
            "进行中的破产程序：未知，未能查询：uk_gazette (unavailable)",
        ),
    )
    return Assessment(
        as_of=date(2026, 11, 20),
        parsers={"uk_companies_house": "1"},
        policy=PolicyPin(name="default", version="2026.1", sha256="0" * 64),
        facts="1" * 64,
        metrics=(
            Metric(
                name="revenue",
                value=Decimal(6200000),
                unit="GBP",
                sources=("creditsafe",),
                as_of=date(2025, 12, 31),
            ),
            Metric(
                name="current_ratio",
                value=Decimal("1.42"),
                unit="ratio",
                sources=("creditsafe",),
                as_of=date(2025, 12, 31),
            ),
            Metric(
                name="years_trading",
                value=Decimal("17.6"),
                unit="years",
                sources=("uk_companies_house",),
                as_of=date(2009, 4, 3),
            ),
            Metric(name="headcount", unit="count", unknown=both("no source told it", "没有来源提供该信息")),
        ),
        findings=(
            Finding(
                code="declared.annual_revenue",
                verdict=Verdict.FAIL,
                weight=Weight.WARNING,
                message=both("declared annual revenue 9,000,000 GBP; creditsafe says 6,200,000 GBP", "申报不符"),
                source="creditsafe",
            ),
        ),
        criteria=(
            insolvency,
            CriterionResult(
                id="years_trading",
                verdict=Verdict.PASS,
                effect="secured_only",
                message=both("Years in business: 17.6 (uk_companies_house); asked at least 2", "经营年限：17.6"),
            ),
            CriterionResult(
                id="declared_contradictions",
                verdict=Verdict.FAIL,
                effect="refer",
                message=both(
                    "Declared figures that a source contradicts: 1 (creditsafe); asked at most 0", "申报不符：1"
                ),
            ),
        ),
        score=Decimal(61),
        parts=(
            ScorePart(
                attribute="current_ratio",
                points=Decimal(8),
                maximum=Decimal(12),
                missing=False,
                reason=both("Current ratio: 1.42", "流动比率：1.42"),
            ),
            ScorePart(
                attribute="days_beyond_terms",
                points=Decimal(5),
                maximum=Decimal(10),
                missing=True,
                reason=both("Payment behaviour: no data, no source was asked", "付款行为：无数据"),
            ),
        ),
        missing_share=Decimal("0.25"),
        grade="B",
        reasons=(
            both("Declared figures that a source contradicts: 1 (creditsafe)", "申报与查证不符项：1（creditsafe）"),
            both("Current ratio: 1.42", "流动比率：1.42"),
        ),
        limit=Limit(
            amount=Decimal(150000),
            currency="GBP",
            binding="turnover",
            bounds=(
                LimitBound(name="need", amount=Decimal(200000), reason=both("what was asked for", "申请额度")),
                LimitBound(name="turnover", amount=Decimal(150000), reason=both("share of turnover", "营业收入份额")),
                LimitBound(
                    name="bureau_limit",
                    amount=None,
                    reason=both("limit the bureau recommends: no source was asked", "征信机构建议额度：未查询"),
                ),
            ),
        ),
        terms=Terms(days=30, secured=False, text=both("30 days from invoice", "自开票起 30 天")),
        treatments=(
            Treatment(
                id="short_terms",
                text=both("Shorter terms", "缩短账期"),
                clause=both("Invoices fall due after 30 days.", "发票开具后 30 天内付款。"),
            ),
        ),
        route=Route(kind="desk", stages=stages, band="up to 250k", reasons=(both("grade B", "等级 B"),)),
        review_months=6,
    )


@dataclass
class Bench:
    """The house with its desk, and what was delivered."""

    house: House
    client: TestClient
    delivered: list[str] = field(default_factory=list)

    def visitor(self) -> TestClient:
        """Return a browser of its own, with nobody signed in."""
        return TestClient(self.client.app, base_url="http://desk.test", follow_redirects=False)

    def sign_in(self, username: str) -> TestClient:
        """Return a browser in which this person has signed in by the form."""
        browser = self.visitor()
        browser.get("/sign-in")
        answer = browser.post(
            "/sign-in", data={"username": username, "password": PASSWORD, "form_key": form_key(browser, "/sign-in")}
        )
        assert answer.status_code == 303, answer.text
        return browser

    def open_case(
        self, asked: Application | None = None, *, requester: str | None = "ada", kind: str = "voting"
    ) -> str:
        """Open a case and bring it to `kind`: gathering, unattributed or voting."""
        book = self.house.casebook
        case, _ = book.cases.open(asked or application(), kind=CaseKind.ONBOARDING, requester=requester, channel="desk")
        if kind == "unattributed":
            book.cases.wait_for_owner(case.reference)
        if kind == "voting":
            self.assess(case.reference, assessment())
            assert stepping.open_voting(self.house, case.reference) is not None
        return case.reference

    def assess(self, reference: str, view: Assessment) -> None:
        """Give a case evidence, findings and an assessment."""
        book = self.house.casebook
        for source, answer in (("uk_companies_house", Answer.FOUND), ("uk_gazette", Answer.UNAVAILABLE)):
            book.evidence.add(
                reference,
                1,
                Evidence(
                    id=f"{reference}-{source}",
                    query=Query(source=source, kind="company", params={"of": reference}),
                    answer=answer,
                    fetched_at=NOW,
                    sha256=book.evidence.keep(source.encode()) if answer is Answer.FOUND else None,
                    message=None if answer is Answer.FOUND else both("the source timed out", "来源超时"),
                ),
            )
        finding = Finding(
            code="statement.balance_identity",
            verdict=Verdict.PASS,
            weight=Weight.BLOCKING,
            message=both("Assets equal liabilities and equity", "资产等于负债加权益"),
        )
        book.work.save_facts(reference, 1, Facts())
        book.work.save_validation(reference, 1, Validation(findings=(finding,), usable=Facts()))
        case = book.cases.get(reference)
        dossier = Dossier(case.application, case.kind, (), Validation(findings=(finding,), usable=Facts()))
        known = snapshot_of(reference, 1, dossier, view, Exchange(RateTable(), "USD", view.as_of))
        book.work.save_assessment(Assessed(reference, 1, view, known))

    def sha256(self, reference: str) -> str:
        """Return the fingerprint of the assessment that is voted on."""
        poll = latest_poll(self.house.casebook, reference)
        assert poll is not None
        return poll.assessment


def browser_of(app: FastAPI) -> TestClient:
    """Return a browser in which nobody has signed in to a desk."""
    return TestClient(app, base_url="http://desk.test", follow_redirects=False)


def form_key(browser: TestClient, path: str) -> str:
    """Return the key in the first form of a page."""
    text: str = browser.get(path).text
    return text.partition('name="form_key" value="')[2].partition('"')[0]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a casebook with five people; made once, because passwords are slow to hash."""
    folder = tmp_path_factory.mktemp("furnished")
    house = House(Settings(data=folder))
    house.casebook.create()
    for username, name, department, roles in PEOPLE:
        language: Language = "zh" if username == "feng" else "en"
        person = Person(username=username, name=name, department=department, roles=roles, language=language)
        house.casebook.people.add(person, PASSWORD)
    house.casebook.close()
    return folder


@pytest.fixture
def house(furnished: Path, tmp_path: Path) -> Iterator[House]:
    """A house with five people and no case."""
    folder = tmp_path / "house"
    shutil.copytree(furnished, folder)
    house = House(Settings(data=folder, public_url="http://desk.test"))
    yield house
    house.casebook.close()


@pytest.fixture
def bench(house: House) -> Bench:
    """The desk of that house, its deliveries counted."""
    delivered: list[str] = []
    app = create_app(house, deliver=lambda: delivered.append("all"))
    return Bench(house, browser_of(app), delivered)
