"""The form in which a person records, on the case page, what one official site showed."""

from __future__ import annotations

from pathlib import PurePosixPath

from starlette.datastructures import FormData, UploadFile

from admission.errors import BadInput, Problem
from admission.evidence.uploads import MAX_UPLOAD
from admission.model import Text
from desk.ballot_form import text_field

_RECORD = ("topic", "site", "searched_by", "query", "looked_at", "link")
_ENTRY = ("listed_on", "ended_on", "reference", "title")


def record_form_of(form: FormData) -> dict[str, object]:
    """Return the record form that `services.papers` checks, as it would stand in a file; empty fields are left out."""
    record: dict[str, object] = dict(_filled(form, _RECORD))
    if text_field(form, "result") == "found":
        by_person = record.get("searched_by") == "legal_representative"
        role = {"role": "legal_representative"} if by_person else {}
        record["records"] = [{**_filled(form, _ENTRY), **role}]
    else:
        record["no_record"] = text_field(form, "result") == "nothing"
    name = file_name(form)
    return {"looks": [record | ({"file": name} if name else {})]}


async def attached_file(form: FormData) -> dict[str, bytes]:
    """Return the file that came with the form, by its name; none where none came.

    Raises:
        BadInput: it is too large.
    """
    given = form.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return {}
    if (given.size or 0) > MAX_UPLOAD:
        expected = Text(en=f"a file of 1 to {MAX_UPLOAD:,} bytes", zh=f"1 至 {MAX_UPLOAD:,} 字节的文件")
        problem = Problem("file", given.filename[:40], expected)
        raise BadInput(Text(en="The file cannot be taken.", zh="文件无法受理。"), problems=(problem,))
    return {file_name(form): await given.read()}


def file_name(form: FormData) -> str:
    """Return the bare name of the file that came with the form; empty where none came."""
    given = form.get("file")
    return PurePosixPath((given.filename or "").replace("\\", "/")).name if isinstance(given, UploadFile) else ""


def _filled(form: FormData, names: tuple[str, ...]) -> dict[str, str]:
    given = {name: text_field(form, name).strip() for name in names}
    return {name: text for name, text in given.items() if text}
