"""The sources that `make bench-review` asks: the sandbox, which tells of one company, answers for any number of them.

The story of a sound and small company is told once. Who asks for another number gets its answers, with that number in
the place of its own. Besides there are registers of one page a company, so that each company is asked about at six
places. The replies are remembered, so that the stand-in costs little and stays as small as it is.
"""

from __future__ import annotations

import functools
import json
import re
import signal
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

from benchmarks.review_registers import REGISTERS
from sandbox.server import Sandbox
from sandbox.switchboard import Switchboard
from sandbox.wire import Reply, Request, json_reply

TOLD = "99000001"
# Unlike any number that is on the list of sanctions.
FIRST = 93_570_000
# The list of sanctions is the same for all: it is asked for once a day.
FOR_ALL = "ofac_sdn"
_NUMBER = re.compile(r"(?<!\d)(?:00)?(9\d{7})(?!\d)")
_KEPT_STATUSES = (200, 404)
_ENDS = (signal.SIGTERM, signal.SIGINT)


def name_of(number: str) -> str:
    """Return the name of the company with a number."""
    return f"Bench Tea Blenders {number} Limited"


class AnyCompany(Switchboard):
    """Answers for every company as the stories answer for one, and counts who was asked about how many.

    Args:
        told: the switchboard that has the story.
    """

    def __init__(self, told: Switchboard) -> None:
        self._told = told
        self._lock = threading.Lock()
        self._replies: dict[tuple[str, str], Reply] = {}
        self._requests: Counter[tuple[str, str]] = Counter()
        self._companies: dict[str, set[str]] = {}

    def answer(self, prefix: str, request: Request) -> Reply:
        """Answer a request to the source of that prefix, or to `_control`."""
        if prefix == "_control":
            return self._tell(f"{request.method} {request.path}")
        found = _NUMBER.search(request.target)
        number = found[1] if found else TOLD
        target = request.target.replace(number, TOLD)
        reply = self._reply(prefix, request, target)
        with self._lock:
            self._requests[f"{request.method} {prefix}", target] += 1
            self._companies.setdefault(prefix, set()).add(number)
        return reply if number == TOLD else replace(reply, body=reply.body.replace(TOLD.encode(), number.encode()))

    def _reply(self, prefix: str, request: Request, target: str) -> Reply:
        """Return the reply for the company of the story; of questions, from memory where it was given before."""
        key = prefix, target
        if request.method == "GET" and key in self._replies:
            return self._replies[key]
        if prefix in REGISTERS:
            reply = json_reply({"number": TOLD, "name": name_of(TOLD), "standing": "active"})
        else:
            parts = urlsplit(target)
            query = parse_qs(parts.query, keep_blank_values=True)
            reply = self._told.answer(prefix, replace(request, path=unquote(parts.path), target=target, query=query))
        if request.method == "GET" and reply.status in _KEPT_STATUSES:
            self._replies[key] = reply
        return reply

    def _tell(self, order: str) -> Reply:
        with self._lock:
            if order == "POST /reset":
                self._requests.clear()
                self._companies.clear()
            return json_reply(
                {
                    "requests": [[*key, count] for key, count in self._requests.items()],
                    "companies": {source: len(numbers) for source, numbers in self._companies.items()},
                }
            )


@functools.cache
def _story() -> str:
    """Return the story of the sound and small company, under a name that has its number in it."""
    read = files("sandbox").joinpath("stories/1_sound_and_small.yml").read_text(encoding="utf-8")
    story = yaml.safe_load(read)
    story["legal_name"] = name_of(TOLD)
    return yaml.safe_dump(story, allow_unicode=True)


def main() -> None:
    """Tell the address on a line, and answer until SIGTERM or SIGINT."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    with tempfile.TemporaryDirectory(prefix="gatehouse-review-stories-") as folder:
        (Path(folder) / "story.yml").write_text(_story(), encoding="utf-8")
        sandbox = Sandbox(stories=Path(folder))
    sandbox.switchboard = AnyCompany(sandbox.switchboard)
    sys.stdout.write(json.dumps(sandbox.start()) + "\n")
    sys.stdout.flush()
    signal.sigwait(_ENDS)
    sandbox.stop()


if __name__ == "__main__":
    main()
