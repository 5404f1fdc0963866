"""A list that stops early, or another list under its name, is not taken into use; an excerpt is read all the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from admission.application import Subject
from admission.errors import SourceChanged, SourceUnavailable
from admission.evidence.answers import Answer, Evidence, Query, RawAnswer
from admission.evidence.gathering import Gathering, gather
from admission.evidence.sources import WholeList
from connectors.kit import Kit
from connectors.ofac_sdn import OfacSdn, connector
from connectors.ofac_sdn.whole import rows_of
from screening import CompanyMatcher
from services.outages import Outages
from services.retrying import RetryPolicy
from tests.admission.asking import Store, desk
from tests.admission.build import NOW
from tests.connectors.test_ofac_sdn_versions import FILES, whole

SUBJECT = Subject(legal_name="Northaven Metals Limited", country="GB")


def source() -> OfacSdn:
    return connector(Kit(clock=lambda: NOW, contact="credit@example.org"), CompanyMatcher())


def raw(
    body: bytes, *, status: int = 200, content_type: str = "text/csv", url: str = "https://a.example/x"
) -> RawAnswer:
    return RawAnswer(status=status, content_type=content_type, body=body, url=url, fetched_at=NOW)


def query(kind: str) -> Query:
    return Query(source="ofac_sdn", kind=kind, params={"match_name": SUBJECT.legal_name})


LONG = whole(FILES, 8_973)
BODIES = {"sdn": LONG["SDN.CSV"], "alt": LONG["ALT.CSV"]}


def first(body: bytes, rows: int) -> bytes:
    return b"".join(body.splitlines(keepends=True)[:rows])


@pytest.mark.parametrize("kind", ["sdn", "alt"])
@pytest.mark.parametrize("rows", [1, 3, 3_000, 5_999])
def test_a_list_that_stops_at_the_end_of_a_row_is_not_taken(kind: str, rows: int) -> None:
    with pytest.raises(SourceUnavailable, match=f"too few entries: {rows:,}, and the whole list has at least"):
        source().require_whole(query(kind), raw(first(BODIES[kind], rows)))


@pytest.mark.parametrize("kind", ["sdn", "alt"])
def test_a_list_above_the_floor_of_the_card_is_taken(kind: str) -> None:
    least = source().card.least_rows[kind]
    source().require_whole(query(kind), raw(first(BODIES[kind], least)))
    assert source().card.least_rows["sdn"] <= 8_000


def test_rows_that_are_there_twice_do_not_make_a_list_longer() -> None:
    with pytest.raises(SourceUnavailable, match="too few entries: 4,000"):
        source().require_whole(query("sdn"), raw(first(BODIES["sdn"], 4_000) * 2))


@pytest.mark.parametrize("kind", ["sdn", "alt"])
def test_a_list_that_lost_too_many_rows_since_the_last_time_is_not_taken(kind: str) -> None:
    before = raw(BODIES[kind])
    source().require_whole(query(kind), raw(first(BODIES[kind], 8_200)), before)
    with pytest.raises(SourceUnavailable, match=r"more than 10 %|more than 10%"):
        source().require_whole(query(kind), raw(first(BODIES[kind], 8_000)), before)


def test_as_many_rows_of_another_list_are_not_taken() -> None:
    other = raw(BODIES["sdn"].replace(b"INVENTED, Person", b"OTHER, Person").replace(b"\r\n1", b"\r\n9991"))
    with pytest.raises(SourceChanged, match="another list than before"):
        source().require_whole(query("sdn"), other, raw(BODIES["sdn"]))


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"<html><body>maintenance</body></html>", content_type="text/html"),
        raw(b"", status=503),
        raw(b"1,2,3\r\n"),
        raw(b'1,"cut'),
    ],
)
def test_what_is_no_list_is_left_to_the_parser(answer: RawAnswer) -> None:
    source().require_whole(query("sdn"), answer)
    with pytest.raises((SourceChanged, SourceUnavailable)):
        source().parse(query("sdn"), answer)


class Fetching:
    """The connector with answers in place of the network."""

    def __init__(self, sdn: bytes, alt: bytes, url: str = "https://a.example/x") -> None:
        self._source = source()
        self._bodies = {"sdn": sdn, "alt": alt}
        self._url = url
        self.card, self.configured, self.setup_hint = self._source.card, True, self._source.setup_hint
        self.plan, self.parse, self.follow_up = self._source.plan, self._source.parse, self._source.follow_up
        self.require_whole = self._source.require_whole

    def fetch(self, query: Query) -> RawAnswer:
        return raw(self._bodies[query.kind], url=self._url)


def gathered(fetching: Fetching, store: Store, later: timedelta = timedelta(0)) -> list[Evidence]:
    given: Gathering = desk(store, later=later)
    watched = Outages("run", RetryPolicy((), 0.0)).watch(fetching)
    return gather(watched, SUBJECT, given, reference="GH-1", round_number=1)


def test_a_short_list_is_not_taken_into_use_for_a_case() -> None:
    sdn, alt = gathered(Fetching(first(BODIES["sdn"], 3_000), BODIES["alt"]), Store())
    assert (sdn.answer, alt.answer) == (Answer.UNAVAILABLE, Answer.NO_RECORD)
    assert sdn.message is not None
    assert "too few entries: 3,000, and the whole list has at least 7,000" in sdn.message.en
    assert "3,000 条" in sdn.message.zh


@pytest.mark.parametrize(
    ("url", "answer"),
    [("https://a.example/x", Answer.UNAVAILABLE), ("https://b.example/x", Answer.NO_RECORD)],
)
def test_a_list_for_a_case_is_compared_with_the_last_one_from_the_same_address(url: str, answer: Answer) -> None:
    store = Store()
    gathered(Fetching(BODIES["sdn"], BODIES["alt"]), store)
    shorter = Fetching(first(BODIES["sdn"], 7_500), first(BODIES["alt"], 7_500), url)
    later = desk(store, later=timedelta(days=2))
    found = gather(shorter, SUBJECT, later, reference="GH-2", round_number=1)
    assert [item.answer for item in found] == [answer] * 2


def test_the_connector_is_one_of_whole_lists() -> None:
    assert isinstance(source(), WholeList)


@pytest.mark.recorded
@pytest.mark.parametrize("version", ["sdn_2019", "sdn_2021"])
def test_recorded_lists_are_whole(recorded: Path, version: str) -> None:
    for kind in ("sdn", "alt"):
        body = (recorded / "ofac" / version / f"{kind}.csv").read_bytes()
        source().require_whole(query(kind), raw(body))
        assert len(rows_of(kind, body)) >= source().card.least_rows[kind]


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("kind", "path"),
    [("sdn", "consolidated/cons_prim.csv"), ("alt", "consolidated/cons_alt.csv"), ("sdn", "small_2025/sdn.csv")],
)
def test_other_recorded_lists_with_the_same_columns_are_not_taken(recorded: Path, kind: str, path: str) -> None:
    body = (recorded / "ofac" / path).read_bytes()
    with pytest.raises(SourceUnavailable, match="the whole list has at least"):
        source().require_whole(query(kind), raw(body))


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [
        ("sdn", "sdn_2021/alt.csv", "not SDN.CSV: its rows have 5 columns, as those of ALT.CSV"),
        ("sdn", "sdn_2021/add.csv", "not SDN.CSV: its rows have 6 columns, as those of ADD.CSV"),
        ("sdn", "sdn_2021/sdn_comments.csv", "as those of SDN_COMMENTS.CSV"),
        ("alt", "sdn_2021/sdn.csv", "not ALT.CSV: its rows have 12 columns, as those of SDN.CSV"),
    ],
)
def test_another_file_of_the_treasury_is_refused_for_what_it_is(
    recorded: Path, kind: str, path: str, said: str
) -> None:
    with pytest.raises(SourceChanged, match=said):
        source().parse(query(kind), raw((recorded / "ofac" / path).read_bytes()))


@pytest.mark.recorded
def test_a_recorded_list_that_is_cut_anywhere_is_not_taken(recorded: Path) -> None:
    """Within a row, the reader tells; at the end of one, as long as enough is gone, the number of rows does."""
    body = (recorded / "ofac" / "sdn_2021" / "sdn.csv").read_bytes()
    chance = random.Random(9)
    places = [chance.randrange(1, len(body) // 2) for _ in range(12)]
    places += [body.index(b"\n", place) + 1 for place in places[:6]]
    for place in places:
        answer = raw(body[:place])
        with pytest.raises((SourceUnavailable, SourceChanged)):
            _take(answer)


def _take(answer: RawAnswer) -> None:
    source().require_whole(query("sdn"), answer)
    source().parse(query("sdn"), answer)


EXCERPT = FILES["SDN.CSV"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda body: body.replace(b'"QUILLON, Person"', b'"QUILLON, "El" Person"'), "Row 3 .* quotation mark"),
        (lambda body: body[:-1].replace(b'"Linked To: QUILL"', b'"Linked To: "QUILL" Z"'), "Row 1 .* quotation mark"),
    ],
)
def test_quotation_marks_inside_a_text_are_said_to_be_that(change: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(SourceChanged, match=said):
        source().parse(query("sdn"), raw(change(EXCERPT)))
