"""`make proof-api`: schemathesis against a running desk; no 5xx, and no answer that the OpenAPI document does not name.

The desk runs on a casebook of its own with one case that waits for votes. Schemathesis is none of
Gatehouse's dependencies: the target installs it in a virtual environment of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

from admission.people import SCOPES
from benchmarks.races import PEOPLE, Arena
from desk.serve import desk_server
from wiring import House, Settings

EXAMPLES = 150
# Left out: what a token may see of other people's cases, and whether what was deleted is gone, for nothing is deleted.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
# Requests are made up, and no invented fingerprint is that of the assessment that waits; so one that has the right form
# is exchanged for it, and what the desk answers to a vote that counts is looked at too.
HOOKS = """
import re

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if isinstance(body, dict) and re.fullmatch("[0-9a-f]{{64}}", str(body.get("assessment"))):
        body["assessment"] = "{assessment}"
"""


def main() -> None:
    """Start the desk, let schemathesis loose on it, and end as it ended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_api", description=__doc__)
    parser.add_argument("--schemathesis", default="schemathesis", help="the command to run")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="how many requests of each kind are made up")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gatehouse-api-") as folder:
        house = House(Settings(data=Path(folder)))
        house.casebook.create()
        arena = Arena(house.casebook)
        waiting, poll = arena.voting()
        username, hour = PEOPLE[0].username, timedelta(hours=1)
        # A token that only reads would have every vote refused before it is looked at.
        _, token = house.casebook.tokens.issue(username, "schemathesis", hour, scopes=SCOPES)
        ended = 0
        (Path(folder) / "hooks.py").write_text(HOOKS.format(assessment=poll.assessment), encoding="utf-8")
        with _desk(house) as port:
            # Once with references as they come, most of which are no case's, and once with that of the case that waits.
            for parameters in ("", f'[parameters]\n"path.reference" = "{waiting}"\n'):
                config = f'hooks = "{folder}/hooks.py"\n{parameters}'
                (Path(folder) / "schemathesis.toml").write_text(config, encoding="utf-8")
                ended = max(ended, _run(arguments.schemathesis, arguments.examples, port, token, Path(folder)))
        votes = len(house.casebook.voting.votes_of_all_rounds(waiting))
        house.casebook.close()
    print(f"schemathesis ended with status {ended}; {votes} vote(s) were cast on the case that waited")
    # Without a vote, no answer to one that counts was seen.
    sys.exit(ended or int(votes == 0))


def _run(schemathesis: str, examples: int, port: int, token: str, folder: Path) -> int:
    command = [
        *(schemathesis, "run", f"http://127.0.0.1:{port}/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS)),
        *("--max-examples", str(examples), "--continue-on-failure", "--generation-database", "none"),
    ]
    return subprocess.run(command, check=False, cwd=folder).returncode


@contextmanager
def _desk(house: House) -> Iterator[int]:
    server = desk_server(house, lambda: None, host="127.0.0.1", port=0)
    # Signals are taken in the main thread alone.
    setattr(server, "capture_signals", nullcontext)  # noqa: B010 - mypy refuses a plain assignment
    thread = threading.Thread(target=server.run, name="desk")
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = int(server.servers[0].sockets[0].getsockname()[1])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health"):
        yield port
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main()
