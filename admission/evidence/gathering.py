"""Asking one source about one company: reuse what is fresh, store bytes before reading them, name every gap.

Works on ports alone, so that the Prefect task, `gatehouse assess` and the tests run the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from admission.application import Subject
from admission.errors import (
    NOTHING,
    Conflict,
    CouldNotAsk,
    GatehouseError,
    RateLimited,
    SourceChanged,
    SourceUnavailable,
)
from admission.evidence.addresses import other_address
from admission.evidence.answers import Answer, Evidence, Parsed, Query, RawAnswer, is_screening, latest
from admission.evidence.facts import AnyFact, CompanyProfile, Facts
from admission.evidence.screening import with_registered
from admission.evidence.sources import Connector, WholeList
from admission.model import Text

ANSWER_WORDS = {
    Answer.FOUND: Text(en="found", zh="已查得"),
    Answer.NO_RECORD: Text(en="no record", zh="无记录"),
    Answer.UNAVAILABLE: Text(en="unavailable", zh="来源不可用"),
    Answer.REFUSED: Text(en="access refused", zh="访问被拒"),
    Answer.CHALLENGED: Text(en="log-in or captcha page", zh="遇登录或验证页"),
    Answer.CHANGED: Text(en="answered in an unknown shape", zh="来源格式已变"),
    Answer.NOT_CONFIGURED: Text(en="not set up", zh="未配置"),
    Answer.SKIPPED: Text(en="not asked", zh="未查询"),
    Answer.IN_DOUBT: Text(en="paid call of unknown end", zh="付费查询结果不明"),
}


_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class EvidenceStore(Protocol):
    """Where answers are kept. The casebook is one; `gatehouse assess` uses one in memory."""

    def keep(self, body: bytes) -> str:
        """Store bytes by content and return their sha256."""

    def body(self, sha256: str) -> bytes:
        """Return stored bytes."""

    def add(self, reference: str, round_number: int, *evidence: Evidence) -> None:
        """Store what was answered, all of it or nothing."""

    def of(self, reference: str, round_number: int) -> list[Evidence]:
        """Return the evidence of a case's round."""

    def of_all_rounds(self, reference: str) -> list[Evidence]:
        """Return a case's evidence."""

    def fresh(self, query_key: str, since: datetime) -> Evidence | None:
        """Return the newest answered evidence for the same request, not older than `since`."""

    def book_call(self, reference: str, query: Query, cost: Decimal, currency: str) -> str:
        """Book the cost of a paid call before it is made.

        Raises:
            Conflict: an earlier call for the same request has no known end.
        """

    def close_call(self, call_id: str, ended: Literal["answered", "failed", "released"]) -> None:
        """Record how a booked call ended."""


class Gathering(NamedTuple):
    """What asking a source works with.

    Attributes:
        now: the clock.
        new_id: gives ids of evidence.
        buy: False where nothing may be bought.
        stand_in: address of the sandbox that a demonstration is meant to ask in place of the sources.
        together: store what a source answers about a company once it has told all, not answer by answer; where the
            process is killed in between, the source is asked again. What was paid for is always stored at once.
    """

    store: EvidenceStore
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    buy: bool = True
    stand_in: str | None = None
    together: bool = False


def _never(_: CouldNotAsk) -> bool:
    return False


def gather(
    connector: Connector,
    subject: Subject,
    gathering: Gathering,
    *,
    reference: str,
    round_number: int,
    again: Callable[[CouldNotAsk], bool] = _never,
) -> list[Evidence]:
    """Ask one source everything it can tell about a company and store each answer.

    Args:
        connector: the source.
        subject: the company.
        gathering: store, clock and ids.
        reference: the case.
        round_number: its round.
        again: asked of a source that is unavailable or wants us to slow down: True where the caller tries again, and
            then the error is raised; else it becomes evidence of its own. Answers that are stored already are not
            asked for twice, and what was paid for is read again from its bytes, never bought again in the same round.

    Raises:
        SourceUnavailable, RateLimited: the caller tries again.
    """
    plan = connector.plan(subject)
    if plan.missing is None and not plan.queries:
        return []
    asker = _Asker(connector, gathering, reference, round_number)
    try:
        if plan.missing is not None:
            gap = Query(source=connector.card.name, kind="plan", topics=plan.topics)
            return [asker.recorded(gap, Answer.SKIPPED, plan.missing)]
        return asker.ask_all(plan.queries, again)
    finally:
        asker.store()


class _Asker:
    """Asks queries of one source for one case."""

    def __init__(self, connector: Connector, gathering: Gathering, reference: str, round_number: int) -> None:
        self.connector = connector
        self.gathering = gathering
        self.reference = reference
        self.round_number = round_number
        self._unstored: list[Evidence] = []

    def ask_all(self, queries: Iterable[Query], again: Callable[[CouldNotAsk], bool]) -> list[Evidence]:
        """Ask each query once, and what follows from its answer."""
        asked: dict[str, Evidence] = {
            item.query.key: item
            for item in latest(self.gathering.store.of(self.reference, self.round_number))
            if item.source == self.connector.card.name and (item.answer.answered or (item.query.paid and item.sha256))
        }
        waiting, gathered, seen = list(queries), [], set[str]()
        while waiting:
            query = waiting.pop(0)
            if query.key in seen:
                continue
            seen.add(query.key)
            before = asked.get(query.key)
            try:
                evidence, parsed = self.again(before) if before else self.ask(query)
            except (SourceUnavailable, RateLimited) as error:
                if again(error):
                    raise
                evidence, parsed = self.recorded(query, Answer.UNAVAILABLE, _said(Answer.UNAVAILABLE, error)), None
            gathered.append(evidence)
            if parsed is not None:
                waiting.extend(self.connector.follow_up(query, parsed))
        return gathered

    def store(self) -> None:
        """Store what has not been stored yet."""
        if self._unstored:
            self.gathering.store.add(self.reference, self.round_number, *self._unstored)
            self._unstored.clear()

    def ask(self, query: Query) -> tuple[Evidence, Parsed | None]:
        if not self.connector.configured:
            return self.recorded(query, Answer.NOT_CONFIGURED, self.connector.setup_hint), None
        since = self.gathering.now() - timedelta(days=self.connector.card.freshness_days)
        fresh = self.gathering.store.fresh(query.key, since)
        if fresh is not None and fresh.sha256 is not None:
            return self._read(query, raw_of(fresh, self.gathering.store), fresh.sha256, reused=True)
        if query.paid and (bought := self._bought_before(query, since)) is not None:
            # Bytes that were paid for in an earlier round and could not be read are read again, never bought again.
            return self._read(query, raw_of(bought, self.gathering.store), str(bought.sha256), reused=True)
        if query.paid and not self.gathering.buy:
            why = Text(en="a paid call, and buying was not asked for", zh="付费查询，本次未要求购买")
            return self.recorded(query, Answer.SKIPPED, why), None
        try:
            return self._bought(query) if query.paid else self._kept(query, self._whole(query))
        except (SourceUnavailable, RateLimited):
            raise
        except (CouldNotAsk, SourceChanged, Conflict) as error:
            answer = Answer.IN_DOUBT if isinstance(error, Conflict) else Answer(error.answer)
            return self.recorded(query, answer, _said(answer, error)), None

    def _whole(self, query: Query) -> RawAnswer:
        """Fetch an answer; a list is compared with the last one that the same address sent."""
        raw = self.connector.fetch(query)
        if isinstance(self.connector, WholeList):
            last = self.gathering.store.fresh(query.key, _EVER)
            same = last is not None and last.sha256 is not None and last.url == raw.url
            before = raw_of(last, self.gathering.store) if last is not None and same else None
            self.connector.require_whole(query, raw, before)
        return raw

    def _bought_before(self, query: Query, since: datetime) -> Evidence | None:
        bought = [
            item
            for item in self.gathering.store.of_all_rounds(self.reference)
            if item.query.key == query.key and item.sha256 is not None and item.fetched_at >= since
        ]
        return bought[-1] if bought else None

    def again(self, evidence: Evidence) -> tuple[Evidence, Parsed | None]:
        """Read stored evidence of this round once more, for the questions that follow from it."""
        raw = raw_of(evidence, self.gathering.store)
        if evidence.answer.answered:
            return evidence, parse_declared(self.connector, evidence.query, raw)
        try:
            parse_declared(self.connector, evidence.query, raw)
        except (CouldNotAsk, SourceChanged):
            return evidence, None
        # A mended parser reads what was paid for and could not be read before.
        return self._read(evidence.query, raw, str(evidence.sha256), reused=True)

    def _kept(self, query: Query, raw: RawAnswer) -> tuple[Evidence, Parsed | None]:
        return self._read(query, raw, self.gathering.store.keep(raw.body), reused=False)

    def _bought(self, query: Query) -> tuple[Evidence, Parsed | None]:
        card = self.connector.card
        call = self.gathering.store.book_call(self.reference, query, card.price, card.price_currency)
        try:
            raw = self.connector.fetch(query)
        except SourceUnavailable as error:
            if "status" in error.context or error.context.get("sent") == "no":
                self.gathering.store.close_call(call, "failed")
                raise
            # Nobody knows whether the source took and billed the request, so it is not repeated by itself.
            raise Conflict(
                Text(
                    en="A paid call ended without an answer and may have been billed.",
                    zh="付费查询未得到答复，可能已计费。",
                ),
                context=error.context,
                remedy=Text(
                    en="ask the source whether it was billed, then release the call",
                    zh="请向来源核实是否计费，再解除该次查询",
                ),
            ) from None
        except GatehouseError:
            self.gathering.store.close_call(call, "failed")
            raise
        # The call is closed last: a crash before leaves it in doubt, and nothing in doubt is bought again.
        read = self._kept(query, raw)
        self.gathering.store.close_call(call, "answered")
        return read

    def _read(self, query: Query, raw: RawAnswer, sha256: str, *, reused: bool) -> tuple[Evidence, Parsed | None]:
        bought = query.paid and not reused
        try:
            parsed = parse_declared(self.connector, query, raw)
        except (CouldNotAsk, SourceChanged) as error:
            if isinstance(error, SourceUnavailable) and not query.paid and not reused:
                # A cut-off body or a maintenance page is worth another try, as no answer at all is.
                raise
            answer = Answer(error.answer)
            said = _said(answer, error)
            return self.recorded(query, answer, said, raw, sha256, reused=reused, bought=bought), None
        evidence = self.recorded(query, parsed.answer, parsed.message, raw, sha256, reused=reused, bought=bought)
        return evidence, parsed

    def recorded(
        self,
        query: Query,
        answer: Answer,
        message: Text | None,
        raw: RawAnswer | None = None,
        sha256: str | None = None,
        *,
        reused: bool = False,
        bought: bool = False,
    ) -> Evidence:
        card = self.connector.card
        evidence = Evidence(
            id=self.gathering.new_id(),
            query=query,
            answer=answer,
            fetched_at=raw.fetched_at if raw else self.gathering.now(),
            sha256=sha256,
            status=raw.status if raw else None,
            content_type=raw.content_type if raw else "",
            headers=raw.headers if raw else {},
            url=raw.url if raw else "",
            cost=card.price if bought else Decimal(0),
            cost_currency=card.price_currency,
            message=message,
            parser=card.parser,
            reused=reused,
            other_address=other_address(card.base_url, raw.url, self.gathering.stand_in) if raw else None,
        )
        self._unstored.append(evidence)
        if bought or not self.gathering.together:
            self.store()
        return evidence


def parse_declared(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    """Parse an answer; an error of the parser's own is told as an answer in a shape that we do not know.

    The bytes are there, and may have been paid for: a bug of ours must not lose them, nor stop the questions to others.

    Raises:
        SourceChanged: the shape is not one we know, or the parser failed.
        CouldNotAsk: something else came in place of an answer.
    """
    try:
        return connector.parse(query, raw)
    except GatehouseError:
        raise
    except Exception as error:
        kind, name = type(error).__name__, connector.card.name
        command = f"gatehouse sources parse {name} FILE --kind {query.kind}"
        failure = SourceChanged(
            Text(
                en=f"The parser could not read the answer: {kind}. Its bytes are kept.",
                zh=f"解析程序无法读取答复：{kind}。原始文件已保存。",
            ),
            context={"source": name, "kind": query.kind, "parser": connector.card.parser},
            remedy=Text(
                en=f"report it with the saved answer; `{command}` shows it",
                zh=f"请附原始文件上报；{command} 可重现该问题",
            ),
        )
    # Raised outside the handler: the parser's error may quote the answer, and with it people's names.
    raise failure


def _said(answer: Answer, error: GatehouseError) -> Text:
    words = ANSWER_WORDS[answer]
    message, remedy = error.message, error.remedy
    more = Text(en=f" - {remedy.en}", zh=f" - {remedy.zh}") if remedy.en else NOTHING
    return Text(en=f"{message.en}{more.en}", zh=f"{words.zh}：{message.zh}{more.zh}")


def raw_of(evidence: Evidence, store: EvidenceStore) -> RawAnswer:
    """Return the stored bytes of an answered piece of evidence, ready to be parsed again."""
    if evidence.sha256 is None:
        raise SourceChanged(
            Text(en="This evidence has no bytes.", zh="该资料没有原始文件。"), context={"evidence": evidence.id}
        )
    return RawAnswer(
        status=evidence.status or 200,
        content_type=evidence.content_type,
        headers=evidence.headers,
        body=store.body(evidence.sha256),
        url=evidence.url,
        fetched_at=evidence.fetched_at,
    )


def facts_of(
    evidence: Iterable[Evidence],
    connectors: Mapping[str, Connector],
    store: EvidenceStore,
    known: Iterable[CompanyProfile] = (),
) -> Facts:
    """Read all facts of a case from its stored bytes; each fact is tied to the evidence it came from.

    Watch lists are read last, for the names and numbers that registers have of the company as well as the applicant's
    own; so one that found nothing for these may have a hit now.

    Args:
        evidence: of the case.
        connectors: by name.
        store: has the bytes.
        known: how registers have the company, where that evidence is not among the rest.
    """
    facts: list[AnyFact] = []
    lists: list[Evidence] = []

    def read(item: Evidence, query: Query) -> None:
        parsed = connectors[item.source].parse(query, raw_of(item, store))
        facts.extend(fact.model_copy(update={"evidence": item.id}) for fact in parsed.facts)

    for item in latest(evidence):
        if is_screening(item):
            lists.append(item)
        elif item.answer is Answer.FOUND:
            read(item, item.query)
    profiles = [*known, *(fact for fact in facts if isinstance(fact, CompanyProfile))]
    for item in lists:
        query = with_registered(item.query, profiles)
        if item.answer is Answer.FOUND or query != item.query:
            read(item, query)
    return Facts.of(facts)
