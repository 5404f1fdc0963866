"""Versions of the SDN list: all files read together, and the difference between two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from admission.errors import BadInput, SourceChanged, SourceUnavailable
from connectors.ofac_sdn.versions import SdnList, difference, read_version

NULLS = ",".join(["-0- "] * 6)
FILES = {
    "SDN.CSV": (
        f'7,"ZARKOVIA SHIPPING CO.",-0- ,"ALPHA",-0- ,{NULLS},"Linked To: QUILL"\r\n'
        f'8,"NORTHERN QUARRY",-0- ,"ALPHA",-0- ,{NULLS},-0- \r\n'
        f'9,"QUILLON, Person","individual","ALPHA",-0- ,{NULLS},-0- \r\n\x1a'
    ).encode(),
    "ALT.CSV": b'7,501,"aka","ZARKO LINE",-0- \r\n8,502,"fka","OLD QUARRY",-0- \r\n\x1a',
    "ADD.CSV": b'8,601,"1 Invented Street","Sampleton","Zarkovia",-0- \r\n\x1a',
    "SDN_COMMENTS.CSV": b"7,\"ON TRADING; a.k.a. 'ZARK'.\"\r\n",
}


def whole(files: Mapping[str, bytes], people: int = 8_000) -> dict[str, bytes]:
    """The files with so many invented people before them that they are as long as the list."""
    sdn = "".join(
        f'{number},"INVENTED, Person {number}","individual","ALPHA",-0- ,{NULLS},-0- \r\n'
        for number in range(1_000, 1_000 + people)
    )
    alt = "".join(f'{number},{number},"aka","INVENTED, Name",-0- \r\n' for number in range(1_000, 1_000 + people))
    return {**files, "SDN.CSV": sdn.encode() + files["SDN.CSV"], "ALT.CSV": alt.encode() + files["ALT.CSV"]}


WHOLE = whole(FILES)


def changed(**files: tuple[bytes, bytes]) -> SdnList:
    """The same list with a text replaced in some files; a file that becomes empty is left out."""
    made = dict(FILES)
    for name, (old, new) in files.items():
        key = f"{name}.CSV"
        assert old in made[key]
        made[key] = made[key].replace(old, new)
    return read_version(made)


def test_remarks_that_run_on_in_the_comments_are_joined_in_the_middle_of_the_word() -> None:
    entry = read_version(FILES).entries["7"]
    assert entry.remarks == "Linked To: QUILLON TRADING; a.k.a. 'ZARK'."
    assert read_version(FILES).entries["8"].remarks == ""


def test_the_same_files_are_the_same_version_and_differ_in_nothing() -> None:
    one, two = read_version(FILES), read_version(dict(reversed(FILES.items())))
    assert one.version.version == two.version.version
    assert one.version.entries == 3
    found = difference(one, two)
    assert (found.new, found.gone, found.renamed, found.changed, found.moved, found.not_compared) == ((),) * 6


@pytest.mark.parametrize(
    ("file", "old", "new", "renamed", "changed_entries", "moved"),
    [
        ("SDN", b"NORTHERN QUARRY", b"NORTHERN QUARRIES", ("8",), ("8",), ()),
        ("SDN", b'"QUILLON, Person","individual","ALPHA"', b'"QUILLON, Person","individual","BETA"', (), ("9",), ()),
        ("ALT", b"OLD QUARRY", b"OLDER QUARRY", ("8",), (), ()),
        ("ALT", b'"fka"', b'"aka"', ("8",), (), ()),
        ("ALT", b"7,501", b"7,777", (), (), ()),
        ("ADD", b"Sampleton", b"Sampleford", (), (), ("8",)),
        ("SDN_COMMENTS", b"ZARK", b"ZARQ", (), ("7",), ()),
        ("SDN", b"-0- \r\n9", b"-0-\r\n9", (), (), ()),
    ],
)
def test_each_kind_of_change_is_told_as_what_it_is(
    file: str,
    old: bytes,
    new: bytes,
    renamed: tuple[str, ...],
    changed_entries: tuple[str, ...],
    moved: tuple[str, ...],
) -> None:
    found = difference(read_version(FILES), changed(**{file: (old, new)}))
    assert (found.renamed, found.changed, found.moved) == (renamed, changed_entries, moved)
    assert (found.new, found.gone) == ((), ())


def test_entries_that_come_and_go_are_told() -> None:
    later = changed(SDN=(b'9,"QUILLON', b'12,"QUILLON'))
    found = difference(read_version(FILES), later)
    assert (found.new, found.gone, found.changed) == (("12",), ("9",), ())


def test_a_file_that_only_one_version_has_is_not_compared() -> None:
    without = read_version({name: body for name, body in FILES.items() if name in ("SDN.CSV", "ALT.CSV")})
    found = difference(without, read_version(FILES))
    assert found.not_compared == ("ADD.CSV", "SDN_COMMENTS.CSV")
    assert (found.changed, found.moved) == ((), ())


def test_a_list_without_its_other_names_is_refused() -> None:
    with pytest.raises(BadInput, match="not complete") as caught:
        read_version({"SDN.CSV": FILES["SDN.CSV"]})
    assert [problem.value for problem in caught.value.problems] == ["ALT.CSV"]


def test_files_of_different_versions_are_not_taken_for_one() -> None:
    with pytest.raises(SourceChanged, match="not listed"):
        changed(ALT=(b"8,502", b"10,502"))


def test_an_entry_listed_twice_is_refused() -> None:
    with pytest.raises(SourceChanged, match="the same number"):
        changed(SDN=(b'9,"QUILLON', b'8,"QUILLON'))


def test_a_cut_off_file_is_no_list() -> None:
    with pytest.raises(SourceUnavailable):
        read_version({**FILES, "ALT.CSV": FILES["ALT.CSV"][:-10]})


@pytest.mark.recorded
def test_the_recorded_lists_of_2019_and_2021_differ_as_counted(recorded: Path) -> None:
    lists = []
    for name in ("sdn_2019", "sdn_2021"):
        files = {path.name.upper(): path.read_bytes() for path in (recorded / "ofac" / name).iterdir()}
        lists.append(read_version(files))
    found = difference(*lists)
    assert [one.version.entries for one in lists] == [7379, 8976]
    assert (len(found.new), len(found.gone), len(found.renamed), len(found.changed)) == (1858, 261, 86, 836)
    assert lists[1].entries["12300"].remarks[990:1010] == " PROMO RAIZ S.A.S.; "
