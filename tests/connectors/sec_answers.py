"""Invented answers of the SEC, and what follows from them for one company."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from admission.application import Subject, parse_application
from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Evidence, Parsed, Query, RawAnswer, coverage
from admission.evidence.facts import AnyFact, Facts, FinancialStatement
from admission.metrics.catalogue import Metric
from admission.metrics.derive import MetricInputs, derive_metrics
from admission.money import Exchange
from connectors.kit import Kit
from connectors.sec_edgar import connector
from tests.admission.build import RATES

AS_OF = date(2026, 11, 27)
CIK = "0009990700"
COMPANY = Subject(legal_name="Pennard Foundry Inc", country="US", identifiers={"cik": CIK})
SOURCE = connector(Kit(clock=lambda: datetime(2026, 11, 27, tzinfo=UTC), contact="credit@example.org"))
# One row of a list: form, day of filing, day of the event or period, items.
Filed = tuple[str, str, str, str]


def columns(rows: Iterable[Filed]) -> dict[str, list[Any]]:
    """Return a list of filings as the SEC has it, each with an accession number of its own."""
    listed = [*rows]
    return {
        "accessionNumber": [f"{CIK}-{row[1][2:4]}-{place:06d}" for place, row in enumerate(listed, 1)],
        "filingDate": [row[1] for row in listed],
        "reportDate": [row[2] for row in listed],
        "form": [row[0] for row in listed],
        "items": [row[3] for row in listed],
        "primaryDocument": ["a.htm"] * len(listed),
        "primaryDocDescription": [row[0] for row in listed],
    }


def filings(
    *rows: Filed, files: Sequence[Mapping[str, Any]] = (), name: str = "PENNARD FOUNDRY INC", **more: Any
) -> dict[str, Any]:
    """Return the list of a company's filings, with what the SEC says of the company."""
    return {
        "cik": CIK,
        "name": name,
        "addresses": {"business": {"city": "AKRON", "stateOrCountry": "OH"}},
        "formerNames": [],
        "filings": {"recent": columns(rows), "files": [*files]},
        **more,
    }


def older(number: int, since: str, until: str, rows: int = 1) -> dict[str, Any]:
    """Return how the newest list names a file of older filings."""
    name = f"CIK{CIK}-submissions-{number:03d}.json"
    return {"name": name, "filingFrom": since, "filingTo": until, "filingCount": rows}


class Value(NamedTuple):
    """One value of a concept."""

    end: str
    amount: int
    start: str | None = None
    form: str = "10-K"
    filed: str = ""
    unit: str = "USD"

    def row(self) -> dict[str, Any]:
        """Return it as the SEC lists it; filed two months after its end where nothing else is said."""
        filed = self.filed or f"{int(self.end[:4]) + 1}-02-28"
        digits = filed.replace("-", "")[2:]
        number = f"{CIK}-{digits[:2]}-{digits[2:]}{'1' if self.form.endswith('/A') else '0'}{len(self.form)}"
        start = {"start": self.start} if self.start else {}
        return {"end": self.end, "val": self.amount, "accn": number, "form": self.form, "filed": filed, **start}


def year(amount: int, of: int = 2025, **more: Any) -> Value:
    """Return a flow of a calendar year."""
    return Value(f"{of}-12-31", amount, f"{of}-01-01", **more)


def day(amount: int, of: int = 2025, **more: Any) -> Value:
    """Return a balance at the end of a calendar year."""
    return Value(f"{of}-12-31", amount, **more)


def accounts(standard: str = "us-gaap", /, **concepts: Sequence[Value]) -> dict[str, Any]:
    """Return facts of the company by concept."""
    table: dict[str, Any] = {}
    for concept, values in concepts.items():
        units: dict[str, list[dict[str, Any]]] = {}
        for value in values:
            units.setdefault(value.unit, []).append(value.row())
        table[concept] = {"label": None, "description": None, "units": units}
    return {"cik": int(CIK), "entityName": "PENNARD FOUNDRY INC", "facts": {standard: table}}


def raw(document: object, on: date = AS_OF) -> RawAnswer:
    """Return a document as an answer of a day."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    fetched_at = datetime.combine(on, time(9), tzinfo=UTC)
    return RawAnswer(
        status=200, content_type="application/json", body=body, url="https://data.sec.gov/x", fetched_at=fetched_at
    )


def read(document: object, kind: str = "submissions", on: date = AS_OF, cik: str = CIK, **params: str) -> Parsed:
    """Read one answer."""
    return SOURCE.parse(Query(source="sec_edgar", kind=kind, params={"cik": cik, **params}), raw(document, on))


def statements(document: object) -> list[FinancialStatement]:
    """Read accounts, newest first."""
    facts = read(document, "companyfacts").facts
    return [fact for fact in facts if isinstance(fact, FinancialStatement)]


class Seen(NamedTuple):
    """What came of asking: facts, metrics on the day, and the names of the questions in their order."""

    facts: Facts
    metrics: Mapping[str, Metric]
    asked: tuple[str, ...]

    def known(self, *names: str) -> list[object]:
        """Return the values of metrics; None where unknown."""
        return [self.metrics[name].value for name in names]


def ask(
    answers: Mapping[str, object], subject: Subject = COMPANY, as_of: date = AS_OF, fetched: date | None = None
) -> Seen:
    """Ask as a case does: plan, read, follow up; what is not among the answers cannot be had.

    Args:
        answers: documents by kind, and those of older filings by name.
        subject: the company.
        as_of: day of the assessment.
        fetched: day of asking, where that is another.
    """
    waiting, evidence, facts, asked = [*SOURCE.plan(subject).queries], [], list[AnyFact](), []
    while waiting:
        query = waiting.pop(0)
        name = query.params.get("name", query.kind)
        asked.append(name)
        answer, fetched_at = Answer.UNAVAILABLE, datetime.combine(fetched or as_of, time(9), tzinfo=UTC)
        if name in answers:
            try:
                parsed = SOURCE.parse(query, raw(answers[name], fetched or as_of))
            except (CouldNotAsk, SourceChanged) as error:
                answer = Answer(error.answer)
            else:
                answer = parsed.answer
                facts += parsed.facts
                waiting += SOURCE.follow_up(query, parsed)
        evidence.append(Evidence(id=name, query=query, answer=answer, fetched_at=fetched_at))
    found = Facts.of(facts)
    application = parse_application(
        {
            "legal_name": subject.legal_name,
            "country": subject.country,
            "requested": {"limit": "20000", "currency": "USD", "terms_days": 30},
        }
    )
    covered = coverage(evidence).without_untold(found.untold, as_of)
    metrics = derive_metrics(found, covered, MetricInputs(application, Exchange(RATES, "USD", as_of)))
    return Seen(found, metrics, tuple(asked))


LISTED = filings(("10-Q", "2026-08-05", "2026-06-30", ""), ("10-K", "2026-02-20", "2025-12-31", ""))


def newest(**concepts: Sequence[Value]) -> FinancialStatement:
    """Return the newest accounts, with total assets where none are given."""
    return statements(accounts(**{"Assets": [day(5_000)], **concepts}))[0]


def numbers(found: FinancialStatement, *names: str) -> list[object]:
    """Return figures by name; None where not told."""
    return [getattr(found, name) for name in names]


def doubts(found: FinancialStatement) -> set[str]:
    """Return the figures that are left open."""
    return {doubt.figure for doubt in found.doubts}


def judged(document: object) -> Seen:
    """Return what follows for a company that files its reports and has these accounts."""
    return ask({"submissions": LISTED, "companyfacts": document})
