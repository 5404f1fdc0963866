"""The house's own customer ledger: how a company has paid us so far.

What it tells: days of the oldest overdue document, documents that are overdue now, late payments and returned payments
of 12 months, as of the day of the ledger.

What it cannot tell:

- Anything of a company without an account in it: that is not "never late".
- What happened since its day. From 36 days after it on, it tells nothing at all.
- What the export left out: returned payments where the ledger does not hold them, documents from before the day since
  when it is complete. These figures are unknown, with the reason.
- That a document is gone from a file that is otherwise whole.

Nobody is asked, and nothing leaves the house. A person loads the ledger with `gatehouse ledger import`, and says whose
customer numbers are whose with `gatehouse ledger accounts`.

History of the layout:

- 2026-11: format 1 (`admission.customers.ledger.accounts.KeptAccount`).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from admission.application import Subject
from admission.customers.ledger.accounts import NOT_WHOLE, KeptAccount, OwnLedger, none_loaded
from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import Untold
from admission.evidence.ledger_facts import LEDGER_FIGURES, LedgerRecord
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Kit, load_card
from connectors.kit.reading import read_json, require_ok
from connectors.kit.words import CHECK_FORMAT

# Ledgers are exported at the end of each month: a month, and a few days to load the next one.
LEDGER_DAYS = 35
_NOT_KNOWN = Text(en="The kept ledger is not of a known form.", zh="留存的台账数据格式无法识别。")
_NO_ACCOUNT = Text(en="The ledger has no account of this company.", zh="台账中没有该企业的账户。")


def connector(kit: Kit, ledger: OwnLedger | None = None) -> LedgerSource:
    """Return the connector to the house's own ledger.

    Args:
        kit: what the house gives every connector.
        ledger: how it is asked; without it, none is loaded.
    """
    return LedgerSource(load_card(Path(__file__).parent), kit, ledger or none_loaded())


class LedgerSource:
    """The house's own ledger.

    Args:
        card: of the source.
        kit: what the house gives every connector.
        ledger: how it is asked.
    """

    def __init__(self, card: SourceCard, kit: Kit, ledger: OwnLedger) -> None:
        self.card = card
        self._kit = kit
        self._ledger = ledger

    @property
    def configured(self) -> bool:
        """True where a ledger is loaded."""
        return self._ledger.newest() is not None

    @property
    def setup_hint(self) -> Text:
        """How a ledger is loaded."""
        command = "gatehouse ledger import FILE --on DAY --complete-since DAY"
        return Text(en=f"Load the customer ledger with `{command}`.", zh=f"用 {command} 载入应收账款台账。")

    def plan(self, subject: Subject) -> Plan:
        """Ask the ledger that counts about a company; nothing where none was ever loaded."""
        newest = self._ledger.newest()
        if newest is None:
            return Plan()
        # A newer ledger is a new question, so that no answer of the older one is used again.
        params = {"company": subject.company_key, "ledger": newest}
        query = Query(source=self.card.name, kind="account", params=params, topics=(Topic.OWN_LEDGER,))
        return Plan(queries=(query,))

    def fetch(self, query: Query) -> RawAnswer:
        """Return what the ledger tells of the company.

        Raises:
            AccessRefused: none is loaded.
        """
        found = self._ledger.account(query.params["company"])
        if found is None:
            raise AccessRefused(Text(en="No ledger is loaded.", zh="尚未载入台账。"), remedy=self.setup_hint)
        return RawAnswer(
            status=200,
            content_type="application/json",
            body=found.model_dump_json().encode(),
            url=f"ledger:{found.ledger}",
            fetched_at=self._kit.clock(),
        )

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:  # noqa: ARG002 - the protocol's
        """Read the figures, and leave all open that an old ledger or one that is not whole leaves open.

        Raises:
            SourceChanged: the bytes are no figures of a ledger, or of a day still to come, or a figure is neither told
                nor said to be unknown.
        """
        require_ok(raw)
        try:
            kept = KeptAccount.model_validate(read_json(raw))
        except ValidationError:
            raise self._changed(kept=None) from None
        if kept.as_of > raw.fetched_at.date():
            raise self._changed(kept)
        if not kept.accounts:
            return Parsed(answer=Answer.NO_RECORD, facts=(), message=_NO_ACCOUNT)
        if not kept.whole:
            untold = Untold(source=self.card.name, topics=(Topic.OWN_LEDGER,), why=NOT_WHOLE)
            return Parsed(answer=Answer.FOUND, facts=(untold,), message=_said(kept))
        return Parsed(answer=Answer.FOUND, facts=(self._record(kept), self._until(kept)), message=_said(kept))

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:  # noqa: ARG002 - the protocol's
        """Nothing more is asked."""
        return ()

    def _record(self, kept: KeptAccount) -> LedgerRecord:
        figures = kept.figures
        if figures is None or figures.as_of != kept.as_of:
            raise self._changed(kept)
        told = {name: getattr(figures, name) for name in LEDGER_FIGURES}
        unknown = {name: figures.unknown[name] for name in LEDGER_FIGURES if name in figures.unknown}
        if any((value is None) != (name in unknown) for name, value in told.items()):
            raise self._changed(kept)
        return LedgerRecord(
            source=self.card.name,
            ledger=kept.ledger,
            as_of=kept.as_of,
            accounts=len(kept.accounts),
            unknown=unknown,
            **told,
        )

    def _until(self, kept: KeptAccount) -> Untold:
        why = Text(
            en=f"the ledger of {kept.as_of} is older than {LEDGER_DAYS} days, and a newer one should be loaded",
            zh=f"{kept.as_of} 的台账已超过 {LEDGER_DAYS} 天，应载入新的台账",
        )
        since = kept.as_of + timedelta(days=LEDGER_DAYS + 1)
        return Untold(source=self.card.name, topics=(Topic.OWN_LEDGER,), why=why, since=since)

    def _changed(self, kept: KeptAccount | None) -> SourceChanged:
        context = {"source": self.card.name} | ({} if kept is None else {"ledger": kept.ledger})
        return SourceChanged(_NOT_KNOWN, context=context, remedy=CHECK_FORMAT)


def _said(kept: KeptAccount) -> Text:
    count = len(kept.accounts)
    return Text(
        en=f"Asked the ledger of {kept.as_of}: {count} account(s) of this company.",
        zh=f"已查询 {kept.as_of} 的台账：该企业有 {count} 个账户。",
    )
