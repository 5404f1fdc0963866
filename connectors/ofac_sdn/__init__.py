"""OFAC SDN, the list of Specially Designated Nationals of the US Treasury.

What it tells: whether an organisation on the list has the company's official number, its name, or a name like it.
Only an equal number is a confirmed match; a name, and a number that is a slip away or fails its own check, is for a
person to rule on.

What it cannot tell:

- The other lists. This is one list of one country; OFAC's consolidated (non-SDN) lists, the UN's, the UK's and the EU's
  are not in it, and neither are companies that are blocked because listed persons own half of them.
- Countries and addresses, which are in a third file (ADD.CSV) that is not read.
- Remarks beyond 1,000 characters, which run on in a fourth (SDN_COMMENTS.CSV): aliases and numbers there are not seen.
- People, vessels and aircraft: a company is none of them, so entries of these types are not matched. ALT.CSV does not
  say what its names are of. Names written as only people's are (SURNAME, Given) are left out there; nicknames of
  people and other names of vessels remain, and can give a hit that a person will rule out.
- The day of a list, but from the Last-Modified header where there is one.
- That an entry or its remarks are gone from a list that is otherwise whole, and that a first list stops at the end of a
  row above the floor of the card. Shorter ones, those that lost too much since the last, and other lists under this
  name are not taken (`whole`).
- Names in another script than the list's, which is Latin: nothing is transliterated.

What is asked: the two files, whole. Nothing about the company is sent. The parameters `match_name` and
`match_identifiers` of a query (a name a line, the applicant's own first; `kind=number;kind=number`) are not sent
either: they tell `parse` whom to look for, so that one file on hand serves all companies. When the facts of a case are
read, the names and numbers that registers gave are among them.

History of the layout:

- 2019-01 and 2021-07: files recorded from these days are read alike: no header, twelve and five columns, `-0- ` for
  null, an organisation's type null. The files of 2021 end with a lone byte 0x1A; those of 2019 come without it.
- 2025: excerpts read alike; type of names in capitals, UK company numbers without a country.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from admission.application import Subject
from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import WatchlistHit
from admission.evidence.screening import Candidate, ListIndex, NameMatcher, Wanted
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Kit, load_card
from connectors.ofac_sdn.client import Client
from connectors.ofac_sdn.looking import look_up, remarks_on
from connectors.ofac_sdn.parse import FILES, published_on, read_list, require_list
from connectors.ofac_sdn.whole import require_rows, rows_of

_LISTS_IN_MEMORY = 4  # today's two files, and yesterday's for cases that carry on


class OfacSdn:
    """The connector to the SDN list.

    Args:
        kit: what the house gives every connector.
        matcher: matches the company's name; `screening` has it, and `wiring` hands it in.
    """

    def __init__(self, kit: Kit, matcher: NameMatcher) -> None:
        self.card: SourceCard = load_card(Path(__file__).parent)
        self._client = Client(self.card, kit)
        self._matcher = matcher
        # Ten thousand companies against one file: read and index it once. The bytes are the key.
        self._prepared = functools.lru_cache(maxsize=_LISTS_IN_MEMORY)(self._prepare)

    @property
    def configured(self) -> bool:
        """Always true: the list is open."""
        return True

    @property
    def setup_hint(self) -> Text:
        """Nothing needs to be set."""
        return Text(en="Nothing needs to be set; the list is open to all.", zh="无需设置，该名单对所有人开放。")

    def plan(self, subject: Subject) -> Plan:
        """Look for every company in both files."""
        wanted = Wanted(names=(subject.legal_name,), identifiers=tuple(sorted(subject.identifiers.items())))
        params = {"sdn": wanted.params(), "alt": wanted.params(numbers=False)}
        return Plan(
            queries=tuple(
                Query(source=self.card.name, kind=kind, params=params[kind], topics=(Topic.WATCHLIST,))
                for kind in FILES
            )
        )

    def fetch(self, query: Query) -> RawAnswer:
        """Fetch the file; nothing about the company is sent.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
        """
        return self._client.fetch(query)

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Look for the query's company in the file.

        Raises:
            SourceChanged: the shape is not one we know.
            CouldNotAsk: a page came in place of the file, it is cut off, or the name has nothing to match by.
        """
        require_list(raw)
        index, size = self._prepared(query.kind, raw.body, published_on(raw))
        wanted = Wanted.of(query)
        facts = tuple(self._hit(candidate, name) for candidate, name in look_up(index, wanted))
        remarks = remarks_on(wanted.names)
        return Parsed(
            answer=Answer.FOUND if facts else Answer.NO_RECORD,
            facts=facts,
            message=_message(query.kind, size, len(facts), remarks),
            remarks=remarks,
        )

    def require_whole(self, query: Query, raw: RawAnswer, before: RawAnswer | None = None) -> None:
        """Stop at a file with too few rows, or with other rows than the one before; see `WholeList`."""
        try:
            require_list(raw)
            rows = rows_of(query.kind, raw.body)
        except (CouldNotAsk, SourceChanged):
            return  # no list at all: `parse` says so, and the bytes are kept
        then = rows_of(query.kind, before.body) if before else frozenset()
        require_rows(self.card, query.kind, rows, then)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:  # noqa: ARG002 - the protocol's
        """Nothing more is asked."""
        return ()

    def _prepare(self, kind: str, body: bytes, on: date | None) -> tuple[ListIndex, int]:
        entries = read_list(kind, body, on)
        return self._matcher.index(entries), sum(entry.kind in ("entity", "unknown") for entry in entries)

    def _hit(self, candidate: Candidate, our_name: str) -> WatchlistHit:
        entry = candidate.entry
        return WatchlistHit(
            source=self.card.name,
            list_name=entry.list_name,
            list_date=entry.list_date,
            entry=entry.entry,
            listed_name=entry.names[0],
            matched_name=candidate.matched_name,
            basis=candidate.basis,
            score=candidate.score,
            content=entry.content,
            our_name=our_name,
        )


def connector(kit: Kit, matcher: NameMatcher) -> OfacSdn:
    """Return the connector to the SDN list.

    Args:
        kit: what the house gives every connector.
        matcher: matches names of companies against lists.
    """
    return OfacSdn(kit, matcher)


def _message(kind: str, size: int, hits: int, remarks: Sequence[Text]) -> Text:
    en, zh = {
        "sdn": (f"{size:,} organisations on the OFAC SDN list", f"OFAC SDN 名单上的 {size:,} 个组织"),
        "alt": (
            f"other names of {size:,} entries of the OFAC SDN list",
            f"OFAC SDN 名单上 {size:,} 个条目的其他名称",
        ),
    }[kind]
    told = (
        Text(en=f"Searched {en}: {hits} may be this company.", zh=f"已检索{zh}：{hits} 条疑似为本公司。")
        if hits
        else Text(en=f"Searched {en}: none is like this company.", zh=f"已检索{zh}：没有与本公司相似者。")
    )
    return Text(
        en=" ".join([told.en, *(remark.en for remark in remarks)]),
        zh="".join([told.zh, *(remark.zh for remark in remarks)]),
    )
