"""商票持续逾期名单: acceptors that are persistently overdue on commercial paper, loaded by file once a month.

What it tells: whether a Chinese company is on the list that the house loaded last, by its social credit code, or by its
name where the list gives no code.

What it cannot tell:

- What the list has left out, and what became overdue since its day. Two months and a week after it, the list no longer
  says that a company is not on it.
- That an entry is gone from a file that is otherwise whole.
- A company under a former name, where the list gives no code.

Nobody is asked: the exchange's site shows its lists to people. A person downloads the file and loads it with
`gatehouse watchlist load-file cn_paper_overdue FILE --on DAY`.

History of the layout:

- 2026-11: format 1 of lists by file (`admission.evidence.company_lists.CompanyList`).
"""

from __future__ import annotations

from pathlib import Path

from admission.evidence.facts import LegalKind
from admission.evidence.topics import Topic
from connectors.kit import Kit, load_card
from connectors.kit.list_by_file import ListByFile, NewestList, none_loaded

# The list of a month comes out in the first week of the next; one that is missed once is still good.
_DAYS = 67


def connector(kit: Kit, newest: NewestList = none_loaded) -> ListByFile:
    """Return the connector to the list.

    Args:
        kit: what the house gives every connector.
        newest: gives the version in use.
    """
    card = load_card(Path(__file__).parent)
    return ListByFile(
        card, kit, newest, kind=LegalKind.COMMERCIAL_PAPER_OVERDUE, topic=Topic.COMMERCIAL_PAPER, days=_DAYS
    )
