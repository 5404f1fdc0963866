"""What pages show: rows of lists, and one case put together for reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from admission.approval.mandates import Act, Mandates
from admission.approval.questions import GivenAnswer
from admission.approval.rounds import RoundOpening
from admission.approval.stages import Stage
from admission.approval.votes import Poll, Vote
from admission.assessment.criteria import shown_metric
from admission.assessment.record import Assessment, CriterionResult
from admission.cases import Case, CaseStatus
from admission.customers.asked_change import asked_words, result_words
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import Facts, Filing
from admission.evidence.findings import Finding, Verdict
from admission.memo.documents import CaseFile
from admission.memo.labels import DECLARED, UNITS
from admission.memo.phrases import amount_words
from admission.memo.since_words import SinceSaid, say_since
from admission.metrics.catalogue import CATALOGUE, Metric
from admission.model import Text
from admission.people import Person
from admission.transitions import DECISION_MADE
from casebook.admitting import CHANNEL
from desk.ballots import Outlook, StageView, Turn, outlook, stage_views, turn_of
from desk.changes import Changes, changes_of
from services.casefile import case_file, seen_by
from wiring import House

MOST_IN_INBOX = 25
MOST_DECISIONS = 10
MOST_CASES = 200
_FOUND = {
    "annual_revenue": "revenue",
    "total_assets": "total_assets",
    "net_income": "net_income",
    "headcount": "headcount",
    "founded": "years_trading",
}


def metric_value(metric: Metric) -> Text:
    """Return a metric's value with its unit."""
    value = shown_metric(metric)
    kind = CATALOGUE[metric.name].kind
    if kind == "amount" and isinstance(metric.value, Decimal):
        return Text(en=f"{value.en} {metric.unit}", zh=amount_words(metric.value, metric.unit).zh)
    if kind in UNITS and isinstance(metric.value, Decimal):
        return Text(en=f"{value.en} {UNITS[kind].en}", zh=f"{value.zh} {UNITS[kind].zh}")
    return value


@dataclass(frozen=True)
class Line:
    """One case in a list; the assessment and the stage are there where the list shows them."""

    case: Case
    assessment: Assessment | None = None
    stage: Stage | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Inbox:
    """What the first page shows one person."""

    to_vote: tuple[Line, ...]
    more: int
    requested: tuple[Line, ...]
    unowned: tuple[Line, ...]
    lapsed: tuple[tuple[Case, RoundOpening], ...]
    answered: tuple[tuple[Case, GivenAnswer], ...]
    to_look: tuple[Line, ...]
    to_confirm: tuple[Line, ...]
    decided: tuple[Line, ...]


def inbox_of(house: House, person: Person) -> Inbox:
    """Collect a person's inbox: what waits longest comes first."""
    book = house.casebook
    waiting = book.voting.inbox(person, oldest=MOST_IN_INBOX)
    # Whoever brings a book in would find nothing of their own among thousands.
    requested = book.cases.list(requester=person.username, without=CHANNEL, newest=MOST_CASES)
    mandates = house.policy_in_force().mandates
    drawn = book.samples.waiting(person.username) if mandates.of(Act.REOPEN).held_by(person) else []
    takes = mandates.of(Act.TAKE).held_by(person)
    return Inbox(
        to_vote=tuple(_voting_line(house, case, stage) for case, stage in waiting),
        more=max(0, book.voting.turns(person) - MOST_IN_INBOX),
        requested=tuple(Line(case) for case in requested),
        lapsed=tuple((book.cases.get(opening.case), opening) for opening in book.rounds.lapsed_for(person.username)),
        answered=tuple((book.cases.get(name), given) for name, given in book.rounds.answered_for(person.username)),
        to_look=tuple(Line(book.cases.get(item.draw.case)) for item in drawn[:MOST_IN_INBOX]),
        to_confirm=tuple(Line(case) for case in _to_confirm(house, mandates, person)[:MOST_IN_INBOX]),
        unowned=tuple(Line(case) for case in book.cases.list(status=CaseStatus.UNATTRIBUTED) if takes),
        decided=tuple(Line(case) for case in book.cases.decided(newest=MOST_DECISIONS, seen_by=seen_by(person))),
    )


def _to_confirm(house: House, mandates: Mandates, person: Person) -> list[Case]:
    """Return the cases on which this person may be the second to sign, each once."""
    waits = house.casebook.confirmations
    found: list[Case] = []
    if mandates.of(Act.CONFIRM).held_by(person):
        found += waits.waiting(person.username)
    if mandates.of(Act.SECOND_RULING).held_by(person):
        found += waits.rulings_waiting(person.username)
    return list({case.reference: case for case in found}.values())


def _voting_line(house: House, case: Case, stage: Stage) -> Line:
    book = house.casebook
    poll = book.voting.poll(case.reference, case.round)
    assessment = book.work.assessment(case.reference, case.round)
    return Line(case, assessment, stage, poll.opened_at if poll else None)


@dataclass(frozen=True)
class DeclaredRow:
    """What the applicant declared beside what a source says."""

    title: Text
    declared: Text
    found: Text
    source: str
    finding: Finding | None


@dataclass(frozen=True)
class CaseView:
    """One case as its page shows it to one person.

    Attributes:
        not_asked: criteria that are only listed, since nothing that could tell them is set up.
        not_set_up: the sources that nobody has set up.
        may: what the person has a mandate for, under the policy in force.
    """

    file: CaseFile
    reader: str
    names: dict[str, str]
    unknown: tuple[CriterionResult, ...]
    failed: tuple[CriterionResult, ...]
    not_asked: tuple[CriterionResult, ...]
    silent: tuple[Evidence, ...]
    not_set_up: tuple[str, ...]
    known_figures: tuple[Metric, ...]
    unknown_figures: tuple[Metric, ...]
    declared: tuple[DeclaredRow, ...]
    findings: tuple[Finding, ...]
    stages: tuple[StageView, ...]
    outlook: Outlook | None
    turn: Turn | None
    lapsed: tuple[Vote, ...]
    changes: Changes
    now: str
    may: frozenset[Act]

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.file.case

    @property
    def assessment(self) -> Assessment | None:
        """The system's view, once there is one."""
        return self.file.assessment

    @property
    def facts(self) -> Facts:
        """What the evidence says."""
        return self.file.facts

    @property
    def asked_change(self) -> tuple[Text, ...]:
        """What the customer has and asks for, and what came of it; nothing where it is no request for another limit."""
        words = asked_words(self.case.application)
        return () if words is None else (words, *result_words(self.case, self.assessment))

    @property
    def since(self) -> SinceSaid | None:
        """What changed since the last decision on the company, in words."""
        return None if self.file.since is None else say_since(self.file.since)

    @property
    def told_filings(self) -> tuple[Filing, ...]:
        """The filings that tell of distress, newest first."""
        told = [filing for filing in self.facts.filings if filing.events]
        return tuple(sorted(told, key=lambda filing: filing.filed_on, reverse=True))

    @property
    def may_look(self) -> bool:
        """True where this person may say what they think of the system's decision."""
        sampled = self.file.sampled
        concluded = self.case.status is CaseStatus.CONCLUDED
        waits = sampled is not None and sampled.look is None and concluded
        return waits and self.case.requester != self.reader and Act.REOPEN in self.may

    @property
    def may_record(self) -> bool:
        """True where this person may put something on the case."""
        return self.is_open and (self.case.requester == self.reader or Act.RECORD in self.may)

    @property
    def is_open(self) -> bool:
        """True while the case is not decided."""
        return self.case.status not in DECISION_MADE

    def may_confirm(self, item: Evidence) -> bool:
        """True where this person may confirm what somebody else put on the case."""
        waits = item.brought_by not in (None, self.reader) and item.id not in self.file.confirmed
        return self.is_open and waits and self.case.requester != self.reader and Act.CONFIRM in self.may

    def name(self, username: str) -> str:
        """Return a person's name; a username that is nobody's any more stays as it is."""
        return self.names.get(username, username)


def case_view(house: House, reference: str, person: Person) -> CaseView:
    """Put a case together for one person.

    Raises:
        NotFound: there is no such case.
    """
    file = case_file(house, reference)
    assessment, poll = file.assessment, file.poll
    metrics = assessment.metrics if assessment else ()
    names = {one.username: one.name for one in house.casebook.people.all()}
    may = frozenset(act for act, mandate in house.policy_in_force().mandates.all() if mandate.held_by(person))
    return CaseView(
        file=file,
        reader=person.username,
        names=names,
        unknown=_criteria(assessment, Verdict.UNKNOWN),
        failed=_criteria(assessment, Verdict.FAIL),
        not_asked=assessment.not_asked if assessment else (),
        silent=tuple(
            item for item in file.evidence if not item.answer.answered and item.answer is not Answer.NOT_CONFIGURED
        ),
        not_set_up=tuple(dict.fromkeys(item.source for item in file.evidence if item.answer is Answer.NOT_CONFIGURED)),
        known_figures=tuple(metric for metric in metrics if metric.value is not None),
        unknown_figures=tuple(metric for metric in metrics if metric.value is None),
        declared=_declared_rows(file),
        findings=tuple(finding for finding in file.findings if not finding.code.startswith("declared.")),
        stages=stage_views(poll, file.votes, file.standing) if poll and file.standing else (),
        outlook=outlook(poll, file.votes) if poll else None,
        turn=_turn(file, poll, person, house.clock()),
        lapsed=tuple(vote for vote in file.votes if vote.round < file.case.round),
        changes=changes_of(house, file, person, may),
        now=house.clock().isoformat(timespec="minutes"),
        may=may,
    )


def _criteria(assessment: Assessment | None, verdict: Verdict) -> tuple[CriterionResult, ...]:
    return (
        tuple(item for item in assessment.criteria if item.verdict is verdict and not item.not_asked)
        if assessment
        else ()
    )


def _turn(file: CaseFile, poll: Poll | None, person: Person, now: datetime) -> Turn | None:
    if poll is None or file.case.status is not CaseStatus.VOTING:
        return None
    return turn_of(poll, file.votes, person, now)


def _declared_rows(file: CaseFile) -> tuple[DeclaredRow, ...]:
    declared = file.case.application.declared
    metrics = {metric.name: metric for metric in file.assessment.metrics} if file.assessment else {}
    findings = {finding.code: finding for finding in file.findings}
    rows = []
    for field, title in DECLARED.items():
        value = getattr(declared, field)
        if value is None:
            continue
        amount = hasattr(value, "currency")
        said = amount_words(value.amount, value.currency) if amount else Text(en=str(value), zh=str(value))
        metric = metrics.get(_FOUND[field])
        rows.append(
            DeclaredRow(
                title=title,
                declared=said,
                found=_found(field, metric),
                source=", ".join(metric.sources) if metric else "",
                finding=findings.get(f"declared.{field}"),
            )
        )
    return tuple(rows)


def _found(field: str, metric: Metric | None) -> Text:
    if metric is None:
        return Text(en="-", zh="-")
    if metric.value is None:
        return metric.unknown or Text(en="-", zh="-")
    if field == "founded" and metric.as_of is not None:
        return Text(en=str(metric.as_of), zh=str(metric.as_of))
    return metric_value(metric)
