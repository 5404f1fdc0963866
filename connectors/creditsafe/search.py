"""Finding the company among what Creditsafe's search gave: pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from admission.errors import CouldNotAsk
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.model import Text
from connectors.kit import Fields, read_json, require_ok

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
    return Parsed(answer=Answer.FOUND, leads=(_choose(query, hits, total),), leftover=leftover)


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
            return _bare(self.number).lstrip("0") == _bare(query.params["regNo"]).lstrip("0")
        if "vatNo" in query.params:
            # Written with or without the country's prefix.
            asked = _bare(query.params["vatNo"])
            return any(_bare(number) in (asked, asked[2:]) for number in self.vats)
        return _bare(self.name) == _bare(query.params["name"])


def _choose(query: Query, hits: Sequence[_Hit], total: int) -> str:
    fitting = [hit for hit in hits if hit.fits(query)]
    for choice in ([hit for hit in fitting if hit.active], fitting):
        if len(choice) == 1 and total <= len(hits):
            return choice[0].connect_id
        if choice:
            break
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
