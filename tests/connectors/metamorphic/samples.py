"""Answers to be changed: all shipped examples, and those that were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from admission.evidence.answers import Query, RawAnswer
from admission.evidence.topics import Topic
from tests.conftest import RECORDED
from tests.connectors.test_examples import CASES, load

# What a good answer covers; the examples leave it out, as their parsers do not look at it.
COVERS: Mapping[tuple[str, str], tuple[Topic, ...]] = {
    ("sec_edgar", "submissions"): (Topic.IDENTITY, Topic.FILINGS, Topic.INSOLVENCY),
    ("sec_edgar", "older_filings"): (Topic.FILINGS, Topic.INSOLVENCY),
    ("sec_edgar", "companyfacts"): (Topic.ACCOUNTS,),
    ("uk_companies_house", "profile"): (Topic.IDENTITY,),
    ("uk_companies_house", "officers"): (Topic.OFFICERS,),
    ("uk_companies_house", "charges"): (Topic.CHARGES,),
    ("uk_companies_house", "insolvency"): (Topic.INSOLVENCY,),
    ("uk_companies_house", "filing_history"): (Topic.FILINGS,),
    ("uk_gazette", "search"): (Topic.INSOLVENCY,),
    ("uk_gazette", "notice"): (Topic.INSOLVENCY,),
    ("own_ledger", "account"): (Topic.OWN_LEDGER,),
    ("creditsafe", "report"): (Topic.IDENTITY, Topic.CREDIT, Topic.PAYMENT, Topic.ACCOUNTS, Topic.JUDGMENTS),
}
_CONCEPT_YEARS = 4


class Sample(NamedTuple):
    """One answer, and the question that it is an answer to."""

    name: str
    query: Query
    raw: RawAnswer

    @property
    def source(self) -> str:
        """Name of the connector."""
        return self.query.source

    @property
    def form(self) -> str:
        """What the body is: `json`, `page`, `table` or `text`."""
        kinds = {"json": "json", "html": "page", "csv": "table"}
        return next((form for part, form in kinds.items() if part in self.raw.content_type), "text")

    @property
    def text(self) -> str:
        """The body as text; spreadsheets of Chinese users come in GB 18030."""
        for encoding in ("utf-8", "gb18030"):
            try:
                return self.raw.body.decode(encoding)
            except UnicodeDecodeError:
                continue
        return self.raw.body.decode("utf-8", "replace")


def shipped() -> list[Sample]:
    """Return all examples of all connectors."""
    samples = []
    for path in CASES:
        query, raw = load(path)
        topics = query.topics or COVERS.get((query.source, query.kind), ())
        name = f"{query.source}: {path.name.removesuffix('.query.json')}"
        samples.append(Sample(name, query.model_copy(update={"topics": topics}), raw))
    return samples


def recorded() -> list[Sample]:
    """Return the recorded answers; none where they are not beside the project."""
    return [*_recorded()] if RECORDED.is_dir() else []


def _recorded() -> Iterator[Sample]:
    sec = RECORDED / "sec_edgar"
    for path in sorted((sec / "submissions").glob("CIK??????????.json")):
        yield _sample("sec_edgar", "submissions", {"cik": path.stem.removeprefix("CIK")}, path.read_bytes(), path.name)
    for name, cik in (("CIK0000320193.json", "0000320193"), ("lpa_facts.json", "0001997711")):
        body = _of_late((sec / "companyfacts" / name).read_bytes())
        yield _sample("sec_edgar", "companyfacts", {"cik": cik}, body, name)
    house = RECORDED / "companies_house"
    for kind, number, name in (
        ("profile", "00445790", "profile_00445790_tesco.json"),
        ("profile", "04374209", "profile_04374209.json"),
        ("insolvency", "04374209", "insolvency_04374209.json"),
        ("insolvency", "00712615", "insolvency_00712615_empty_cases.json"),
    ):
        yield _sample("uk_companies_house", kind, {"company_number": number}, (house / name).read_bytes(), name)


def _sample(source: str, kind: str, params: dict[str, str], body: bytes, name: str) -> Sample:
    query = Query(source=source, kind=kind, params=params, topics=COVERS[source, kind])
    raw = RawAnswer(
        status=200,
        content_type="application/json",
        body=body,
        url=f"https://example.org/{name}",
        # Not long after the recordings.
        fetched_at=datetime(2026, 3, 28, tzinfo=UTC),
    )
    return Sample(f"{source}: recorded {kind} {name}", query, raw)


def _of_late(body: bytes) -> bytes:
    """Company facts without what ended years ago: a change anywhere else in four megabytes would change nothing."""
    document: dict[str, Any] = json.loads(body)
    concepts = [concept for taxonomy in document["facts"].values() for concept in taxonomy.values()]
    rows = [rows for concept in concepts for rows in concept["units"].values()]
    newest = max(row["end"] for some in rows for row in some if "10-K" in row["form"] or "20-F" in row["form"])
    since = f"{int(newest[:4]) - _CONCEPT_YEARS}{newest[4:]}"
    for concept in concepts:
        concept["units"] = {
            unit: [row for row in some if row["end"] >= since] for unit, some in concept["units"].items()
        }
    for name, taxonomy in document["facts"].items():
        document["facts"][name] = {key: value for key, value in taxonomy.items() if any(value["units"].values())}
    return json.dumps(document).encode()
