"""Making the question that a saved answer is an answer to: what is not given is filled in from the answer itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple, get_args

from admission.errors import BadInput
from admission.evidence.answers import Query, RawAnswer
from admission.evidence.uploads import OfficialTopic
from admission.model import Text

_TYPES = {
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".txt": "text/plain",
}
_NOON = time(12, tzinfo=UTC)
_NOBODY = "no name given"


class SavedAnswer(NamedTuple):
    """One file.

    Attributes:
        name: of the file, with its ending; without folders.
        on: the day on which the answer counts as given.
    """

    name: str
    body: bytes
    on: date

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name

    @property
    def raw(self) -> RawAnswer:
        """The answer as if the source had just sent it: with status 200, its content type by the file's ending."""
        ending = f".{self.name.rpartition('.')[2].lower()}"
        return RawAnswer(
            status=200,
            content_type=_TYPES.get(ending, "application/octet-stream"),
            body=self.body,
            url=f"file:{self.name}",
            fetched_at=datetime.combine(self.on, _NOON),
        )

    @property
    def document(self) -> Mapping[str, Any]:
        """The JSON object in it; empty where there is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        """The body as text; what is none is replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def topic(self) -> str | None:
        """Of what a person recorded: what it is about."""
        look = self.document.get("look")
        return str(look.get("topic")) if isinstance(look, dict) else None

    def find(self, pattern: str) -> str | None:
        """Return the first group of a pattern's first match in the text, where there is one."""
        found = re.search(pattern, self.text)
        return found[1] if found else None


class Form(NamedTuple):
    """How a question of one kind is made for a saved answer.

    Attributes:
        names: what a question may be given.
        fill: returns what is not given, from the answer and what is.
        fits: tells whether an answer looks like one to such a question.
    """

    names: tuple[str, ...]
    fill: Callable[[SavedAnswer, Mapping[str, str]], dict[str, str]]
    fits: Callable[[SavedAnswer], bool] = lambda _: False


def _cik(saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    told = given.get("cik") or str(saved.document.get("cik") or "") or _cik_in(saved.name)
    return {"cik": told.zfill(10), "name": given.get("name", saved.name)}


def _cik_in(name: str) -> str:
    found = re.search(r"CIK(\d{10})", name)
    return found[1] if found else ""


def _number_at_the_register(saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    number = saved.document.get("company_number") or saved.find(r"/company/([A-Z0-9]{8})\b") or ""
    return {"company_number": str(number), **given}


def _searched_notices(_saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    name = given.get("name", "")
    return {"name": name, "text": given.get("company_number") or f'"{name}"', **given}


def _one_notice(saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    return {"name": "", "id": saved.find(r"/id/notice/([A-Za-z0-9-]+)") or saved.stem, **given}


def _searched_companies(saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    hits = saved.document.get("companies")
    first = hits[0] if isinstance(hits, list) and hits and isinstance(hits[0], dict) else {}
    told = {} if given.keys() & {"regNo", "vatNo", "name"} else {"regNo": str(first.get("regNo") or "")}
    return {"countries": str(first.get("country") or "GB"), **told, **given}


def _report(saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    return {"connect_id": str(saved.document.get("companyId") or ""), **given}


def _listed(_saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    return {"match_name": given.get("match_name") or given.get("name") or _NOBODY, "match_identifiers": "", **given}


def _judged(saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    judgement = saved.document.get("judgement")
    return {"aspect": str(judgement.get("aspect")) if isinstance(judgement, dict) else "", **given}


def _on_list(_saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    return {"name": _NOBODY, **given}


_LISTED = ("name", "match_name", "match_identifiers")


def _as_given(_saved: SavedAnswer, given: Mapping[str, str]) -> dict[str, str]:
    return dict(given)


def _has(*keys: str) -> Callable[[SavedAnswer], bool]:
    return lambda saved: saved.document.keys() >= set(keys)


def _lists(word: str) -> Form:
    return Form(("company_number", "start_index"), _number_at_the_register, lambda saved: word in saved.text)


def _record(kind: str) -> Form:
    return Form(("company", "site", "searched_by"), _as_given, lambda saved: saved.topic == kind)


# By source and kind of question; where the kind is not given, the first that fits the answer.
FORMS: Mapping[str, Mapping[str, Form]] = {
    "sec_edgar": {
        "submissions": Form(("cik",), _cik, _has("filings")),
        "companyfacts": Form(("cik",), _cik, _has("facts")),
        "older_filings": Form(("cik", "name"), _cik, _has("accessionNumber")),
    },
    "uk_companies_house": {
        "profile": Form(("company_number",), _number_at_the_register, _has("company_number")),
        "insolvency": Form(("company_number",), _number_at_the_register, _has("cases")),
        "filing_history": _lists('"filing_history_status"'),
        "officers": _lists('"officer_role"'),
        "charges": _lists('"charge_number"'),
    },
    "uk_gazette": {
        "search": Form(("name", "company_number", "text", "page"), _searched_notices, _has("f:total")),
        "notice": Form(("name", "company_number", "id"), _one_notice, lambda saved: not saved.document),
    },
    "creditsafe": {
        "search": Form(("countries", "regNo", "vatNo", "name", "exact"), _searched_companies, _has("companies")),
        "report": Form(("connect_id",), _report, _has("report")),
    },
    "ofac_sdn": {
        "alt": Form(_LISTED, _listed, lambda saved: saved.name.lower().startswith("alt")),
        "sdn": Form(_LISTED, _listed, lambda _: True),
    },
    "cn_paper_overdue": {"list": Form(("name", "uscc", "list"), _on_list, _has("entries"))},
    "own_ledger": {"account": Form(("company", "ledger"), _as_given, _has("accounts"))},
    "financials_upload": {
        "statements": Form(("company", "unit", "currency", "period_end"), _as_given, lambda _: True),
    },
    "manual_evidence": {
        "judgement": Form(("company", "aspect"), _judged, _has("judgement")),
        **{kind: _record(kind) for kind in get_args(OfficialTopic)},
    },
}


class NoSuchKind(BadInput):
    """The source has no such kind of question, or which one it is cannot be told from the answer."""


def question_for(
    source: str, kind: str | None, given: Mapping[str, str], saved: SavedAnswer
) -> tuple[Query, list[str]]:
    """Return the question that a saved answer is an answer to, and the names given that its source does not know.

    Args:
        source: name of the source, a key of `FORMS`.
        kind: which of its questions it is; None: the first that the answer looks like one to.
        given: what is known of the question.
        saved: the answer.

    Raises:
        NoSuchKind: the source has no such question, or the answer looks like one to none of them.
    """
    forms = FORMS[source]
    found = kind or next((name for name, form in forms.items() if form.fits(saved)), None)
    if found is None or found not in forms:
        kinds = ", ".join(forms)
        raise NoSuchKind(
            Text(
                en=f"Say with --kind what {saved.name} is an answer to: {kinds}.",
                zh=f"请用 --kind 说明 {saved.name} 是哪类查询的答复：{kinds}。",
            )
        )
    form = forms[found]
    known = {name: value for name, value in given.items() if name in form.names}
    unknown = [name for name in given if name not in form.names]
    return Query(source=source, kind=found, params=form.fill(saved, known)), unknown
