"""The OFAC SDN list: the contract, the pitfalls of its files, and the recorded files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from admission.application import Subject
from admission.errors import CouldNotAsk, SourceChanged, SourceUnavailable
from admission.evidence.answers import Answer, Query, RawAnswer
from admission.evidence.facts import WatchlistHit
from admission.evidence.screening import Candidate, ListEntry, ListIndex
from admission.evidence.topics import Topic
from connectors.kit import Kit
from connectors.ofac_sdn import OfacSdn, connector
from connectors.ofac_sdn.parse import read_list
from screening import CompanyMatcher
from tests.connectors.contract import NOW, ContractCase, Reply, contract_tests, kit_for, serving

NULLS = ",".join(["-0- "] * 6)
SDN = (
    f'90001,"ZARKOVIA SHIPPING CO., LTD.",-0- ,"ALPHA] [BETA2",-0- ,{NULLS},'
    "\"Company Number 09990066 (United Kingdom); a.k.a. 'ZARKO LINE'; f.k.a. 'D'ZARK'.\"\r\n"
    f'90002,"QUILLON, Person","individual","ALPHA",-0- ,{NULLS},"a.k.a. \'ZARKO LINE\'."\r\n'
).encode()
ALT = b'90001,501,"aka","ZARKOVIA MARITIME",-0- \r\n90002,502,"aka","QUILLON, Person",-0- \r\n'
LISTED = Subject(legal_name="Zarko Line Limited", country="GB", identifiers={"uk_company_number": "09990066"})
CSV = "text/csv"


def connect(kit: Kit) -> OfacSdn:
    return connector(kit, CompanyMatcher())


def asked(kind: str, name: str, identifiers: str = "") -> Query:
    return Query(source="ofac_sdn", kind=kind, params={"match_name": name, "match_identifiers": identifiers})


def answer(body: bytes, **headers: str) -> RawAnswer:
    return RawAnswer(status=200, body=body, url="https://example.org/list", headers=headers, fetched_at=NOW)


@pytest.fixture
def source() -> OfacSdn:
    return connect(Kit(clock=lambda: NOW, contact="credit@example.org"))


test_contract = contract_tests(
    ContractCase(
        name="sdn",
        connect=connect,
        subject=LISTED,
        good=Reply(200, SDN, CSV),
        no_record=Reply(200, SDN.replace(b"ZARKO", b"WHOLLY OTHER").replace(b"09990066", b"09990074"), CSV),
        drop_mandatory=lambda body: body.replace(b',"ALPHA] [BETA2"', b""),
        unknown_value=lambda body: body.replace(b'"individual"', b'"robot"'),
    ),
    ContractCase(
        name="alt",
        connect=connect,
        subject=LISTED,
        query=asked("alt", "Zarkovia Maritime"),
        good=Reply(200, ALT, CSV),
        no_record=Reply(200, ALT.replace(b"ZARKOVIA", b"WHOLLY OTHER"), CSV),
        drop_mandatory=lambda body: body.replace(b'"aka","ZARKOVIA MARITIME"', b'"aka"'),
        unknown_value=lambda body: body.replace(b'502,"aka"', b'502,"pen name"'),
    ),
)


def test_every_company_is_looked_for_in_both_files(source: OfacSdn) -> None:
    sdn, alt = source.plan(LISTED).queries
    assert (sdn.kind, sdn.topics, sdn.params) == (
        "sdn",
        (Topic.WATCHLIST,),
        {"match_name": "Zarko Line Limited", "match_identifiers": "uk_company_number=09990066"},
    )
    assert (alt.kind, alt.topics, alt.params) == ("alt", (Topic.WATCHLIST,), {"match_name": "Zarko Line Limited"})
    assert not sdn.paid


def test_nothing_about_the_company_is_sent() -> None:
    with serving(Reply(200, SDN, CSV)) as server:
        source = connect(kit_for(server, "ofac_sdn"))
        for query in source.plan(LISTED).queries:
            source.fetch(query)
    assert [path for _, path, _ in server.asked] == [
        "/api/PublicationPreview/exports/SDN.CSV",
        "/api/PublicationPreview/exports/ALT.CSV",
    ]


def test_a_hit_tells_list_day_entry_and_ground(source: OfacSdn) -> None:
    raw = answer(SDN, **{"last-modified": "Fri, 20 Nov 2026 15:00:00 GMT"})
    parsed = source.parse(source.plan(LISTED).queries[0], raw)
    assert parsed.answer is Answer.FOUND
    assert parsed.facts == (
        WatchlistHit(
            source="ofac_sdn",
            list_name="OFAC SDN",
            list_date=date(2026, 11, 20),
            entry="90001",
            listed_name="ZARKOVIA SHIPPING CO., LTD.",
            matched_name="ZARKOVIA SHIPPING CO., LTD.",
            basis="identifier",
            score=Decimal(1),
            content=read_list("sdn", SDN)[0].content,
        ),
    )


def test_what_an_entry_says_has_a_fingerprint_of_its_own() -> None:
    before = [entry.content for entry in read_list("sdn", SDN)]
    after = [entry.content for entry in read_list("sdn", SDN.replace(b"09990066", b"09990074"), date(2026, 11, 20))]
    assert before[0] != after[0]
    assert before[1] == after[1]
    swapped = b'7,502,"aka","SECOND NAME",-0- \r\n7,501,"aka","FIRST NAME",-0- \r\n'
    ordered = b'7,501,"aka","FIRST NAME",-0- \r\n7,502,"aka","SECOND NAME",-0- \r\n'
    assert read_list("alt", swapped)[0].content == read_list("alt", ordered)[0].content


def test_nothing_found_says_what_was_searched_in_both_languages(source: OfacSdn) -> None:
    parsed = source.parse(asked("sdn", "Northaven Metals Limited"), answer(SDN))
    assert parsed.answer is Answer.NO_RECORD
    assert parsed.message is not None
    assert parsed.message.en == "Searched 1 organisations on the OFAC SDN list: none is like this company."
    assert "1 个组织" in parsed.message.zh


def test_a_name_that_cannot_be_matched_is_not_clean(source: OfacSdn) -> None:
    with pytest.raises(CouldNotAsk):
        source.parse(asked("sdn", "///"), answer(SDN))


def test_one_list_is_read_once_for_all_companies() -> None:
    class CountingMatcher:
        indexed = 0

        def index(self, entries: Sequence[ListEntry]) -> ListIndex:
            self.indexed += 1
            return CompanyMatcher().index(entries)

    matcher = CountingMatcher()
    source = connector(Kit(clock=lambda: NOW, contact="credit@example.org"), matcher)
    for number in range(50):
        source.parse(asked("sdn", f"Northaven {number} Limited"), answer(bytes(bytearray(SDN))))
    assert matcher.indexed == 1
    source.parse(asked("sdn", "Northaven Limited"), answer(SDN + b"\x1a"))
    assert matcher.indexed == 2


def test_the_matcher_is_handed_names_and_numbers() -> None:
    class Recorder:
        seen: tuple[str, Mapping[str, str]] = ("", {})

        def index(self, entries: Sequence[ListEntry]) -> Recorder:
            return self

        def candidates(self, name: str, identifiers: Mapping[str, str]) -> tuple[Candidate, ...]:
            self.seen = (name, identifiers)
            return ()

    recorder = Recorder()
    source = connector(Kit(clock=lambda: NOW, contact="credit@example.org"), recorder)
    source.parse(asked("sdn", "Quill = Co; Ltd", "lei=485100GBI2SE0KIX8T70;vat=GB999000103"), answer(SDN))
    assert recorder.seen == ("Quill = Co; Ltd", {"lei": "485100GBI2SE0KIX8T70", "vat": "GB999000103"})


def test_an_entry_is_read_with_aliases_programmes_and_numbers() -> None:
    company, person = read_list("sdn", SDN)
    assert company.model_copy(update={"content": ""}) == ListEntry(
        entry="90001",
        names=("ZARKOVIA SHIPPING CO., LTD.", "ZARKO LINE", "D'ZARK"),
        kind="entity",
        identifiers=(("uk_company_number", "09990066"),),
        programme="ALPHA; BETA2",
        list_name="OFAC SDN",
    )
    assert (person.kind, person.names) == ("individual", ("QUILLON, Person", "ZARKO LINE"))


@pytest.mark.parametrize(
    ("remark", "identifiers"),
    [
        ("UK Company Number 09990066.", (("uk_company_number", "09990066"),)),
        ("Registration Number 9990066 (United Kingdom)", (("uk_company_number", "09990066"),)),
        ("Registration Number 26740 (Iran)", ()),
        ("D-U-N-S Number 52-024-2307", (("duns", "520242307"),)),
        ("V.A.T. Number BE 454,419,759", ()),
        ("V.A.T. Number 0430.033.662 (Belgium)", (("vat", "BE0430033662"),)),
        ("V.A.T. Number MT20084637 (Malta).", (("vat", "MT20084637"),)),
        ("alt. Tax ID No. 52-1943868 (United States)", (("ein", "52-1943868"),)),
        ("US FEIN CH-660-0-469-982-0 (United States)", ()),
        ("Legal Entity Number 485100GBI2SE0KIX8T70", (("lei", "485100GBI2SE0KIX8T70"),)),
        ("Legal Entity Number 851683897 (Netherlands)", ()),
        ("Unified Social Credit Code (USCC) 91222401MA0Y31E659 (China).", (("uscc", "91222401MA0Y31E659"),)),
        (
            "United Social Credit Code Certificate (USCCC) 91310000MA1K30UQ75 (China)",
            (("uscc", "91310000MA1K30UQ75"),),
        ),
        ("Unified Social Credit Code (USCC) 91222401MA0Y31E658 (China).", ()),
    ],
)
def test_official_numbers_are_read_from_remarks(remark: str, identifiers: tuple[tuple[str, str], ...]) -> None:
    row = f'1,"X",-0- ,"Y",-0- ,{NULLS},"Linked To: SOMEBODY; {remark}"\r\n'
    (entry,) = read_list("sdn", row.encode())
    assert entry.identifiers == identifiers


def test_other_names_written_as_peoples_are_told_apart() -> None:
    entries = read_list("alt", ALT + b'90002,503,"fka","EL QUILL",-0- \r\n90001,504,"aka","ZARKO, S.A.",-0- \r\n')
    assert [(entry.entry, entry.kind, entry.names) for entry in entries] == [
        ("90001", "unknown", ("ZARKOVIA MARITIME", "ZARKO, S.A.")),
        ("90002", "individual", ("QUILLON, Person",)),
        ("90002", "unknown", ("EL QUILL",)),
    ]


@pytest.mark.parametrize("end", [b"", b"\x1a", b"\r\n"])
def test_the_ends_that_files_have_are_known(end: bytes) -> None:
    assert len(read_list("sdn", SDN.removesuffix(b"\r\n") + (end or b"\r\n"))) == 2


@pytest.mark.parametrize("body", [SDN[:-20], SDN[:-40], SDN[:150], b"\x1a", SDN[: SDN.index(b"90002") + 24]])
def test_a_cut_off_list_is_not_a_short_list(body: bytes) -> None:
    with pytest.raises(SourceUnavailable):
        read_list("sdn", body)


def test_a_header_row_is_a_change() -> None:
    with pytest.raises(SourceChanged):
        read_list("sdn", b"ent_num,SDN_Name,SDN_Type,a,b,c,d,e,f,g,h,i\r\n" + SDN)


@pytest.mark.recorded
def test_the_recorded_list_of_2021_is_read_whole(recorded: Path) -> None:
    entries = read_list("sdn", (recorded / "ofac/sdn_2021/sdn.csv").read_bytes())
    assert len(entries) == 8976
    assert Counter(entry.kind for entry in entries) == {
        "individual": 4620,
        "entity": 3673,
        "vessel": 406,
        "aircraft": 277,
    }
    assert Counter(kind for entry in entries for kind, _ in entry.identifiers) == {
        "vat": 53,
        "duns": 35,
        "uk_company_number": 27,
        "uscc": 13,
        "ein": 10,
        "lei": 1,
    }
    assert entries[2].model_copy(update={"content": ""}) == ListEntry(
        entry="306",
        names=("BANCO NACIONAL DE CUBA", "BNC"),
        kind="entity",
        programme="CUBA",
        list_name="OFAC SDN",
    )


@pytest.mark.recorded
def test_no_organisations_other_name_of_2021_is_taken_for_a_persons(recorded: Path) -> None:
    kinds = {entry.entry: entry.kind for entry in read_list("sdn", (recorded / "ofac/sdn_2021/sdn.csv").read_bytes())}
    others = read_list("alt", (recorded / "ofac/sdn_2021/alt.csv").read_bytes())
    names = Counter((kinds[entry.entry], entry.kind) for entry in others for _ in entry.names)
    assert names == {
        ("individual", "individual"): 6215,
        ("entity", "unknown"): 5457,
        ("vessel", "unknown"): 180,
        ("individual", "unknown"): 57,
        ("aircraft", "unknown"): 1,
    }


@pytest.mark.recorded
@pytest.mark.parametrize(("folder", "sdn", "alt"), [("sdn_2019", 7379, 3227), ("small_2025", 17, 11)])
def test_the_other_recorded_lists_are_read_whole(recorded: Path, folder: str, sdn: int, alt: int) -> None:
    assert len(read_list("sdn", (recorded / "ofac" / folder / "sdn.csv").read_bytes())) == sdn
    assert len(read_list("alt", (recorded / "ofac" / folder / "alt.csv").read_bytes())) == alt


@pytest.mark.recorded
def test_recorded_entries_are_found_by_number_name_and_likeness(recorded: Path, source: OfacSdn) -> None:
    raw = answer((recorded / "ofac/sdn_2021/sdn.csv").read_bytes())

    def hits(name: str, identifiers: str = "") -> list[tuple[str, str]]:
        facts = source.parse(asked("sdn", name, identifiers), raw).facts
        return [(hit.entry, hit.basis) for hit in facts if isinstance(hit, WatchlistHit)]

    assert hits("Some Holding EAD", "lei=485100GBI2SE0KIX8T70") == [("32064", "identifier")]
    assert hits("Aerocaribbean Airlines Ltd") == [("36", "name")]
    assert hits("Aerocaribean Airlines") == [("36", "near_name")]
    assert hits("Tesco PLC", "uk_company_number=00445790") == []


@pytest.mark.recorded
def test_recorded_other_names_are_found(recorded: Path, source: OfacSdn) -> None:
    raw = answer((recorded / "ofac/sdn_2021/alt.csv").read_bytes())
    parsed = source.parse(asked("alt", "National Bank of Cuba"), raw)
    assert [(hit.entry, hit.basis) for hit in parsed.facts if isinstance(hit, WatchlistHit)] == [("306", "name")]
    nothing = source.parse(asked("alt", "Apple Inc."), raw)
    assert nothing.answer is Answer.NO_RECORD
    assert nothing.message is not None
    assert (
        nothing.message.en == "Searched other names of 2,013 entries of the OFAC SDN list: none is like this company."
    )
