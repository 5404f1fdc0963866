"""Finding the company among what Creditsafe's search gave: pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.misprints import one_slip_apart
from admission.model import Text
from connectors.kit import Fields, read_json, require_ok
from connectors.kit.words import CHECK_FORMAT

SOURCE = "creditsafe"
STATUSES = {"Active": "Active", "NonActive": "NonActive", "Pending": "Pending", "Other": "Other"}

_ADD_NUMBER = Text(en="add the registration number to the application", zh="请在申请单中补充登记编号")
_CHECK_NUMBER = Text(
    en="look the company up at Creditsafe and check its number in the application",
    zh="请在 Creditsafe 查找该公司，并核对申请单中的编号",
)


def parse_search(query: Query, raw: RawAnswer, ignored: Collection[str] = ()) -> Parsed:
    """Find the one company that was asked for among the hits; its connect id is the lead.

    Raises:
        SourceChanged: the shape is not one we know.
        CouldNotAsk: it cannot be told which of the hits is the company, or a page came in place of an answer.
    """
    require_ok(raw)
    document = Fields(read_json(raw))
    total = document.need_int("totalSize")
    hits = [_Hit(row) for row in document.need_rows("companies")]
    leftover = document.leftover(ignored)
    if total == 0 and not hits:
        return Parsed(
            answer=Answer.NO_RECORD,
            leftover=leftover,
            message=Text(en="Creditsafe does not know this company.", zh="Creditsafe 没有该公司的记录。"),
        )
    if total < len(hits):
        more = Text(
            en="Creditsafe lists more companies than it says that there are.",
            zh="Creditsafe 列出的公司多于其注明的总数。",
        )
        raise SourceChanged(more, context={"source": SOURCE, "field": "totalSize"}, remedy=CHECK_FORMAT)
    return Parsed(answer=Answer.FOUND, leads=(_choose(query, hits, total),), leftover=leftover)


# British ids of the bureau end in the company number, as far as seen.
_NUMBER_IN_ID = re.compile(r"-0-([A-Z0-9]{8})X?")


class _Hit:
    """What a search hit says of itself."""

    def __init__(self, row: Fields) -> None:
        self.connect_id = row.need_text("id")
        self.name = row.need_text("name")
        self.country = row.need_text("country")
        self.active = row.need_enum("status", STATUSES) == "Active"
        self.number = row.pop_text("regNo") or ""
        vat = row.pop("vatNo")
        self.vats = tuple(str(number) for number in (vat if isinstance(vat, list) else [vat]) if number)

    def fits(self, query: Query) -> bool:
        """True where the hit has the country and the number, or else the name, that was asked for."""
        if self.country != query.params["countries"]:
            return False
        if "regNo" in query.params:
            self._refuse_misprint(query.params["regNo"])
            return _bare(self.number).lstrip("0") == _bare(query.params["regNo"]).lstrip("0")
        if "vatNo" in query.params:
            # Written with or without the country's prefix.
            asked = _bare(query.params["vatNo"])
            return any(_bare(number) in (asked, asked[2:]) for number in self.vats)
        return _bare(self.name) == _bare(query.params["name"])

    def _refuse_misprint(self, number: str) -> None:
        """Stop at an id that has nearly the number asked for: the report of another company would be bought."""
        found = _NUMBER_IN_ID.search(self.connect_id)
        if found is not None and one_slip_apart(found[1], number):
            misprinted = Text(
                en="An id of Creditsafe does not fit the company's number.", zh="Creditsafe 编号与公司编号不符。"
            )
            raise SourceChanged(misprinted, context={"source": SOURCE, "field": "companies[].id"}, remedy=CHECK_FORMAT)


def _choose(query: Query, hits: Sequence[_Hit], total: int) -> str:
    fitting = [hit for hit in hits if hit.fits(query)]
    active = [hit for hit in fitting if hit.active]
    # A hit of which the number is left out may be the company as well.
    nameless = any(hit.active and not hit.number for hit in hits) if "regNo" in query.params else False
    if len(active) == 1 and total <= len(hits) and not nameless:
        return active[0].connect_id
    # One that does not trade any more is only taken where it is the only one: another may be the company, misprinted.
    if len(fitting) == 1 and total == len(hits) == 1:
        return fitting[0].connect_id
    raise CouldNotAsk(
        Text(
            en="Creditsafe knows companies like this one, and it cannot be told which it is.",
            zh="Creditsafe 有多家相近的公司，无法确定是哪一家。",
        ),
        context={"source": SOURCE, "companies": str(total), "fitting": str(len(fitting))},
        remedy=_ADD_NUMBER if "name" in query.params else _CHECK_NUMBER,
    )


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
