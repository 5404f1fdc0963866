"""Sources that are down: a book asks them now and then, and not once for each of its cases."""

from __future__ import annotations

import functools
import threading

from admission.application import Subject
from admission.errors import CouldNotAsk, SourceUnavailable
from admission.evidence.answers import Parsed, Query, RawAnswer
from admission.evidence.sources import Connector, Plan, SourceCard, WholeList
from admission.model import Text
from services.retrying import RetryPolicy


class Outages:
    """What a book knows of its sources: which answer, which are in doubt, and which are given up.

    A source whose last answer failed is in doubt: it is asked about one case at a time, after the pauses of the retry
    policy, until it answers again. One that failed for as many passes as the policy has tries is down, and the cases
    that are left are told so without asking.

    Args:
        run: id of the run that takes the book through.
        policy: the retry policy of books.
    """

    def __init__(self, run: str, policy: RetryPolicy) -> None:
        self.run = run
        self._policy = policy
        self._lock = threading.Lock()
        self._last: dict[str, CouldNotAsk] = {}
        self._passes: dict[str, int] = {}
        self._waited: dict[str, float] = {}
        self._down: dict[str, CouldNotAsk] = {}

    def in_doubt(self, source: str) -> bool:
        """True where the last answer of a source failed, and it is not given up."""
        with self._lock:
            return source in self._last and source not in self._down

    def is_failing(self, source: str) -> bool:
        """True where the last answer of a source failed, whether it is in doubt or down."""
        with self._lock:
            return source in self._last

    def note_answer(self, source: str) -> None:
        """A source has answered."""
        with self._lock:
            for known in (self._last, self._passes, self._waited, self._down):
                known.pop(source, None)

    def note_failure(self, source: str, error: CouldNotAsk) -> None:
        """A source has not answered."""
        with self._lock:
            self._last[source] = error

    def end_pass(self) -> float:
        """Count a pass over the cases; return how many seconds to wait before the next one."""
        pauses = [0.0]
        with self._lock:
            for source, error in self._last.items():
                if source in self._down:
                    continue
                self._passes[source] = self._passes.get(source, 0) + 1
                pause = self._policy.pause(self._passes[source], error, self._waited.get(source, 0.0))
                if pause is None:
                    self._down[source] = error
                else:
                    self._waited[source] = self._waited.get(source, 0.0) + pause
                    pauses.append(pause)
        return max(pauses)

    def look_again(self) -> None:
        """Let each source that is down be asked once more: by now it may be back."""
        with self._lock:
            for source in self._down:
                self._passes[source] = len(self._policy.delays)
                self._waited[source] = 0.0
            self._down.clear()

    def watch(self, connector: Connector) -> Watched:
        """Return a connector that asks its source unless that is down."""
        with self._lock:
            down = self._down.get(connector.card.name)
        return WatchedList(connector, connector, down) if isinstance(connector, WholeList) else Watched(connector, down)


class Watched:
    """A connector that tells whether it really asked its source, and that asks none that is down.

    What is fresh in the casebook is read from there, whatever has become of the source.

    Attributes:
        answered: True once the source has sent something.
        down: why the source is not asked; None where it is.
    """

    def __init__(self, connector: Connector, down: CouldNotAsk | None) -> None:
        self.answered = False
        self.down = down
        self._connector = connector

    @property
    def card(self) -> SourceCard:
        """The source's card."""
        return self._connector.card

    @property
    def configured(self) -> bool:
        """False where a key or contract is needed and none is set."""
        return self._connector.configured

    @property
    def setup_hint(self) -> Text:
        """What to set so that the source can be asked."""
        return self._connector.setup_hint

    def plan(self, subject: Subject) -> Plan:
        """Return the first questions about a company."""
        return self._connector.plan(subject)

    def fetch(self, query: Query) -> RawAnswer:
        """Ask the source.

        Raises:
            CouldNotAsk: no answer was had, or the source is down.
        """
        if self.down is not None:
            raise _not_asked(self.down)
        raw = self._connector.fetch(query)
        self.answered = True
        return raw

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Read facts from the bytes."""
        return self._connector.parse(query, raw)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        """Return the questions that this answer makes possible."""
        return self._connector.follow_up(query, parsed)


class WatchedList(Watched):
    """A connector whose answer is a whole list; of no other is the answer before looked for, to compare the two."""

    def __init__(self, connector: Connector, whole: WholeList, down: CouldNotAsk | None) -> None:
        super().__init__(connector, down)
        self._whole = whole

    def require_whole(self, query: Query, raw: RawAnswer, before: RawAnswer | None = None) -> None:
        """Stop at a list that is not whole; see `WholeList`."""
        self._whole.require_whole(query, raw, before)


@functools.lru_cache(maxsize=8)
def outages_of(run: str, policy: RetryPolicy) -> Outages:
    """Return what one run knows of its sources; the chunks of its book share it."""
    return Outages(run, policy)


def _not_asked(down: CouldNotAsk) -> SourceUnavailable:
    """Say why a source was not asked about a case; that nothing was sent keeps a paid call from being in doubt."""
    return SourceUnavailable(
        Text(
            en=f"Not asked about this company: the source gave no answer about others. {down.message.en}",
            zh=f"未就本企业查询：该来源对其他企业的查询均未答复。{down.message.zh}",
        ),
        context={**down.context, "sent": "no"},
    )
