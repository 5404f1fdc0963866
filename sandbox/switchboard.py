"""Which stand-in answers a request, what it does wrong meanwhile, and the book of who asked what."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.misbehaviour import SOURCES, Misbehaviour, misbehave, rule_from
from sandbox.recorded import Recorded
from sandbox.sources.creditsafe import Creditsafe
from sandbox.sources.ofac_sdn import OfacSdn
from sandbox.sources.sec_edgar import SecEdgar
from sandbox.sources.uk_companies_house import UkCompaniesHouse
from sandbox.sources.uk_gazette import UkGazette
from sandbox.stories import STORIES, load_stories
from sandbox.wire import PLAIN, Reply, Request, SandboxError, Source, json_reply

_MOST_LINES = 20_000


class RequestLog:
    """Requests seen: each method and URL once, with its count and the statuses it got. Headers and bodies stay out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[tuple[str, str, str], dict[str, int]] = {}
        self._counts: dict[str, int] = {}

    def note(self, source: str, method: str, url: str, status: int) -> None:
        """Count one request; once the log is full, new URLs count only towards their source."""
        with self._lock:
            self._counts[source] = self._counts.get(source, 0) + 1
            key = (source, method, url)
            if key in self._lines or len(self._lines) < _MOST_LINES:
                statuses = self._lines.setdefault(key, {})
                statuses[str(status)] = statuses.get(str(status), 0) + 1

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._lines.clear()
            self._counts.clear()

    def document(self) -> dict[str, Any]:
        """Return the requests in the order first seen, and the number of requests by source."""
        with self._lock:
            requests = [
                {
                    "source": source,
                    "method": method,
                    "url": url,
                    "count": sum(statuses.values()),
                    "statuses": dict(statuses),
                }
                for (source, method, url), statuses in self._lines.items()
            ]
            return {"requests": requests, "counts": dict(self._counts)}


class RecordedSource:
    """A source that answers from recorded files."""

    def __init__(self, like: Source, recorded: Recorded) -> None:
        self.name = like.name
        self._like = like
        self._recorded = recorded

    def answer(self, request: Request) -> Reply:
        """Answer with recorded bytes."""
        return self._recorded.answer(self.name, request)

    def refusal(self, status: int) -> Reply:
        """Return the body of a refusal, as the stand-in gives it."""
        return self._like.refusal(status)

    def reset(self) -> None:
        """Keep nothing."""


class Switchboard:
    """All stand-ins together.

    Args:
        today: the day that dates in stories count back from.
        recorded: a folder of recorded answers; the stories are not served then.
        map_file: a map in place of the shipped one.
        stories: folder of the stories.

    Raises:
        SandboxError: a story or a map is malformed.
    """

    def __init__(
        self, today: date, *, recorded: Path | None = None, map_file: Path | None = None, stories: Path = STORIES
    ) -> None:
        told = load_stories(today, stories)
        self.creditsafe = Creditsafe(told, today)
        invented: list[Source] = [
            SecEdgar(told),
            UkCompaniesHouse(told, today),
            UkGazette(told),
            self.creditsafe,
            OfacSdn(today),
        ]
        standing = [rule for story in told for rule in story.misbehaviour]
        if recorded is not None:
            answers = Recorded(recorded, map_file)
            invented, standing = [RecordedSource(source, answers) for source in invented], []
        self._sources = {source.name: source for source in invented}
        self.misbehaviour = Misbehaviour(standing)
        self.log = RequestLog()

    def answer(self, prefix: str, request: Request) -> Reply:
        """Answer a request to the source of that prefix, or to `_control`."""
        if prefix == "_control":
            return self._control(request)
        source = self._sources.get(prefix)
        if source is None:
            return Reply(404, f"Sources: {', '.join(f'/{name}' for name in SOURCES)}\n".encode(), PLAIN)
        rule = self.misbehaviour.rule_for(prefix, request)
        reply = misbehave(rule, source, request) if rule else source.answer(request)
        # A held reply never leaves; 0 stands for no status.
        self.log.note(prefix, request.method, request.target, 0 if reply.hold else reply.status)
        return reply

    def document(self) -> dict[str, Any]:
        """Return the log, with the counts of log-ins and reports bought."""
        return {**self.log.document(), "creditsafe": self.creditsafe.counts()}

    def reset(self) -> None:
        """Go back to how everything was at the start."""
        self.misbehaviour.reset()
        self.log.clear()
        for source in self._sources.values():
            source.reset()

    def _control(self, request: Request) -> Reply:
        try:
            return self._carry_out(f"{request.method} {request.path}", request.body)
        except SandboxError as error:
            return json_reply({"error": str(error)}, 400)

    def _carry_out(self, order: str, body: bytes) -> Reply:
        if order == "GET /log":
            return json_reply(self.document())
        if order == "GET /health":
            return json_reply({"status": "ok"})
        if order == "POST /misbehave":
            self.misbehaviour.tell(rule_from(_parse_json(body)))
        elif order == "POST /recover":
            self.misbehaviour.recover(str(_parse_json(body).get("source")))
        elif order == "POST /reset":
            self.reset()
        else:
            known = "GET /log, GET /health, POST /misbehave, POST /recover, POST /reset"
            return json_reply({"error": f"{order}: known are {known}"}, 404)
        return json_reply({"status": "ok"})


def _parse_json(body: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise SandboxError(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise SandboxError("the body is a table")
    return document
