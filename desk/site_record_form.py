"""The form in which a person records, on the case page, what an official site showed: one search, without a file."""

from __future__ import annotations

from starlette.datastructures import FormData

from desk.ballot_form import text_field

_SEARCH = ("topic", "site", "searched_by", "query", "looked_at", "link")
_RECORD = ("listed_on", "ended_on", "reference", "title")


def site_record_of(form: FormData) -> dict[str, object]:
    """Return the record form that `services.papers` checks, as it would stand in a file; empty fields are left out."""
    look: dict[str, object] = dict(_filled(form, _SEARCH))
    if text_field(form, "result") == "found":
        by_person = look.get("searched_by") == "legal_representative"
        role = {"role": "legal_representative"} if by_person else {}
        look["records"] = [{**_filled(form, _RECORD), **role}]
    else:
        look["no_record"] = text_field(form, "result") == "nothing"
    return {"looks": [look]}


def _filled(form: FormData, names: tuple[str, ...]) -> dict[str, str]:
    given = {name: text_field(form, name).strip() for name in names}
    return {name: text for name, text in given.items() if text}
