"""Archives whose parts are named to lead out of the folder: nothing is ever unpacked to a path of theirs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from services.audit import make_bundle, trust, verify_bundle
from services.papers import preview_statements
from tests.connectors.test_financials_upload import BALANCE, xlsx
from tests.services.conftest import assessed
from wiring import House

OUT = ("../../slipped.txt", "/tmp/gatehouse-slipped.txt", "..\\slipped.txt", "answers/../../slipped.txt")


def with_part(package: bytes, name: str) -> bytes:
    """The same archive with one part more."""
    written = io.BytesIO(package)
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr(name, b"slipped")
    return written.getvalue()


def slipped(folder: Path) -> list[Path]:
    around = [path for place in (folder, folder.parent, folder.parent.parent) for path in place.glob("*slipped*")]
    return [*around, *Path("/tmp").glob("gatehouse-slipped*"), *folder.rglob("*slipped*")]


@pytest.mark.parametrize("name", OUT)
def test_a_bundle_whose_parts_lead_out_of_the_folder_is_not_sound(at: House, tmp_path: Path, name: str) -> None:
    file = tmp_path / "case.zip"
    file.write_bytes(with_part(make_bundle(at, assessed(at)), name))
    _, flaws = verify_bundle(file, trust(at, None))
    assert [(flaw.kind, flaw.where.en) for flaw in flaws] == [("bundle.forged", name)]
    assert slipped(tmp_path) == []


@pytest.mark.parametrize("name", OUT)
def test_a_workbook_whose_parts_lead_out_of_the_folder_writes_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    preview = preview_statements(with_part(xlsx(BALANCE), name), "报表.xlsx")
    assert len(preview.statements) == 2
    assert slipped(Path.cwd()) == []
