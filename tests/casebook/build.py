"""Invented applications, assessments and polls for tests of the casebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from admission.application import Application, parse_application
from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.approval.votes import Poll, electorate
from admission.assessment.assessing import Dossier
from admission.assessment.record import Assessment, Limit, Route, Terms
from admission.cases import Case, CaseKind, Customer
from admission.customers.experience import DecisionSnapshot, snapshot_of
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import CompanyProfile, Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric
from admission.model import Text
from admission.money import Exchange, RateTable
from admission.people import Person
from admission.policy.document import PolicyPin
from casebook import Casebook
from casebook.credentials import Credential
from casebook.work import Assessed

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
PEOPLE = (
    Person(username="ana", name="Ana Invented", department="sales", language="zh"),
    Person(username="bo", name="Bo Invented", department="credit", roles=("analyst", "credit_manager")),
    Person(username="bea", name="Bea Invented", department="credit"),
    Person(username="cy", name="Cy Invented", department="finance", roles=("controller",)),
    Person(username="max", name="Max Invented", department="management", roles=("president",)),
)
CREDIT = Requirement(department="credit")
FINANCE = Requirement(department="finance")


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


def say(text: str) -> Text:
    return Text(en=text, zh=f"{text}（中文）")


def application(name: str = "Northern Example Works Ltd", limit: str = "5000") -> Application:
    return parse_application(
        {
            "legal_name": name,
            "country": "GB",
            "requested": {"limit": limit, "currency": "GBP", "terms_days": 30},
            "declared": {"founded": "2009-05-01", "annual_revenue": {"amount": "1250000.50", "currency": "GBP"}},
        }
    )


def desk_stage(require: Requirement | None = None) -> Stage:
    return Stage(name="desk", title=say("Desk"), require=require or Requirement(all_of=(CREDIT, FINANCE)))


def assessment(stages: Sequence[Stage] = (), *, grade: str = "B", days: int = 30) -> Assessment:
    return Assessment(
        as_of=date(2026, 11, 2),
        parsers={"sec_edgar": "1"},
        policy=PolicyPin(name="standard", version="2026-01", sha256="ab" * 32),
        facts="cd" * 32,
        metrics=(
            Metric(name="debt_ratio", value=Decimal("0.425"), unit="ratio", as_of=date(2025, 12, 31)),
            Metric(name="open_insolvency", value=False, unit="flag"),
            Metric(name="industry_code", value="uk-sic:47110", unit="code"),
        ),
        criteria=(),
        score=Decimal("61.5"),
        parts=(),
        missing_share=Decimal(0),
        grade=grade,
        reasons=(say("short history"),),
        limit=Limit(amount=Decimal(4000), currency="GBP", binding="requested", bounds=()),
        terms=Terms(days=days, secured=False, text=say("open account")),
        treatments=(),
        route=Route(kind="desk", stages=tuple(stages)),
        review_months=12,
    )


def snapshot(
    reference: str, made: Assessment, *, number: int = 1, kind: CaseKind = CaseKind.ONBOARDING
) -> DecisionSnapshot:
    """What was known of a case when this assessment was made of it."""
    dossier = Dossier(application(), kind, (), validation())
    return snapshot_of(reference, number, dossier, made, Exchange(RateTable(), "GBP", made.as_of))


def facts(name: str = "Northern Example Works Ltd") -> Facts:
    return Facts(profiles=(CompanyProfile(source="uk_companies_house", evidence="e1", legal_name=name, country="GB"),))


def validation(name: str = "Northern Example Works Ltd") -> Validation:
    passed = Finding(code="profile.suite", verdict=Verdict.PASS, weight=Weight.INFO, message=say("fit to judge"))
    return Validation(findings=(passed,), usable=facts(name))


def evidence(number: str = "e1", *, answer: Answer = Answer.FOUND, at: datetime = START, sic: str = "1") -> Evidence:
    return Evidence(
        id=number,
        query=Query(source="uk_companies_house", kind="profile", params={"number": sic}, topics=(Topic.IDENTITY,)),
        answer=answer,
        fetched_at=at,
        sha256="ef" * 32,
        status=200,
        cost=Decimal("1.20"),
        cost_currency="GBP",
    )


def customer(case: Case, *, next_review_on: date = date(2027, 11, 2), active: bool = True) -> Customer:
    return Customer(
        company_key=case.company_key,
        legal_name=case.application.legal_name,
        country=case.application.country,
        application=case.application,
        grade="B",
        limit=Decimal("4000.50"),
        limit_in_force=Decimal(3000),
        currency="GBP",
        terms_days=30,
        admitted_by="people",
        last_case=case.reference,
        admitted_on=date(2026, 11, 2),
        next_review_on=next_review_on,
        active=active,
    )


def signed_in(casebook: Casebook, username: str, password: str = PASSWORD) -> Credential:
    """Sign a person in for good, and return what they act with."""
    return Credential.session(casebook.sessions.sign_in(username, password, lifetime=timedelta(days=366)))


def opened(casebook: Casebook, name: str = "Northern Example Works Ltd", requester: str | None = "ana") -> Case:
    return casebook.cases.open(application(name), kind=CaseKind.ONBOARDING, requester=requester, channel="desk")[0]


def latest_poll(casebook: Casebook, reference: str) -> Poll | None:
    """Return the poll of the newest round of a case that was voted on."""
    rounds = range(casebook.cases.get(reference).round, 0, -1)
    polls = (casebook.voting.poll(reference, number) for number in rounds)
    return next((poll for poll in polls if poll is not None), None)


def voting_on(
    casebook: Casebook,
    case: Case,
    *,
    stage: Stage | None = None,
    number: int = 1,
    unknowns: tuple[str, ...] = (),
    failures: tuple[str, ...] = (),
    days: int = 30,
) -> Poll:
    """Assess a case and open voting on it."""
    stages = (stage or desk_stage(),)
    made = assessment(stages, days=days)
    casebook.work.save_assessment(Assessed(case.reference, number, made, snapshot(case.reference, made, number=number)))
    poll = Poll(
        case=case.reference,
        round=number,
        assessment=made.sha256,
        stages=stages,
        electorate=electorate(stages, casebook.people.all(), case.requester),
        unknowns=unknowns,
        failures=failures,
        requester=case.requester,
        recommended_limit=Decimal(4000),
        currency="GBP",
        opened_at=START,
    )
    casebook.voting.open_poll(poll)
    return poll
