"""Follow docs/deploying.md to the letter on this machine, then show that the house works and can be restored.

Blocks of the page that begin with ```sh are executed in their order, by one shell that keeps its variables. A block
with `service=NAME` is left running; with `until=URL` the next one waits for that address. The names of machines are
those of this one, `/srv` is a folder that is removed at the end, and the two databases have names of their own.

Afterwards: an applicant from the sandbox is admitted by people's votes; `gatehouse backup` while all runs; `restore`
elsewhere, `verify`, a vote on the copy; and Prefect, Redis and Postgres (a relay before each of the two) are taken away
one by one while `/ready` and `/metrics` are read.

    python -m benchmarks.follow     (Postgres and Redis on 127.0.0.1; gatehouse, prefect, psql, redis-cli on the PATH)
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.relay import Relay

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "deploying.md"
BLOCK = re.compile(r"^```sh(?P<words>.*)\n(?P<commands>(?:.*\n)+?)```$", re.MULTILINE)
SECONDS = 180.0
# Counts are at most ten seconds old, and a database that is away is waited for.
COUNTS_LAST = 20.0
PEOPLE = {
    "sal": ("sales", ()),
    "olga": ("credit", ("analyst",)),
    "mira": ("credit", ("credit_manager",)),
    "feng": ("finance", ("controller", "cfo")),
    "lena": ("legal", ()),
    "gina": ("management", ("committee",)),
}
PASSWORD = "a script that follows needs no secret"


class Block(NamedTuple):
    """One block of the page: its commands, and whether it is a service."""

    commands: str
    service: str
    until: str


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page that are to be executed, in their order."""
    found = []
    for match in BLOCK.finditer(text):
        words = dict(word.split("=", 1) for word in match["words"].split())
        found.append(Block(match["commands"], words.get("service", ""), words.get("until", "")))
    return found


class Failed(Exception):
    """A step did not do what it should."""


class Follower:
    """Executes blocks, each with the variables that the ones before it have set.

    Args:
        folder: stands in for /srv.
        environment: what the first block sees.
        names: what is put in the place of the page's names.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], names: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = dict(environment)
        self._names = names
        self._services: dict[str, subprocess.Popen[bytes]] = {}

    def follow(self, block: Block) -> None:
        """Execute a block to its end, or start it as a service."""
        commands = self._put_here(block.commands)
        print(f"$ {commands.strip()}", flush=True)
        if block.service:
            self.serve(block.service, commands)
            if block.until:
                wait_for(self._put_here(block.until))
            return
        self.environment = self.executed(commands)

    def _put_here(self, text: str) -> str:
        for name, here in self._names.items():
            text = text.replace(name, here)
        return text

    def executed(self, commands: str) -> dict[str, str]:
        """Execute commands; return the variables as they are then."""
        after = self.folder / "environment"
        script = f'set -euo pipefail\n{commands}\nenv -0 > "{after}"\n'
        done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=self.environment, check=False)
        if done.returncode:
            raise Failed(f"ended with {done.returncode}: {commands.strip()}")
        pairs = after.read_text(encoding="utf-8").rstrip("\0").split("\0")
        return dict(pair.split("=", 1) for pair in pairs)

    def serve(self, name: str, commands: str) -> None:
        """Start a service in a process group of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._services[name] = subprocess.Popen(
                ["bash", "-c", commands],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def end(self, name: str) -> None:
        """End a service with all that it has started."""
        service = self._services.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(service.pid, signal.SIGKILL)
        service.wait()

    def end_all(self) -> None:
        """End all services, last first."""
        for name in reversed(list(self._services)):
            self.end(name)

    def gatehouse(self, *arguments: str, status: tuple[int, ...] = (0,), more: Mapping[str, str] | None = None) -> str:
        """Run a command of Gatehouse; return what it said."""
        done = subprocess.run(
            [*GATEHOUSE, *arguments],
            cwd=ROOT,
            env={**self.environment, **(more or {})},
            input=f"{PASSWORD}\n",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in status:
            said = f"{done.stdout[-600:]} {done.stderr[-600:]}"
            raise Failed(f"gatehouse {' '.join(arguments)} ended with {done.returncode}: {said}")
        return done.stdout


GATEHOUSE = ("gatehouse",)


def wait_for(url: str, *, well: bool = True) -> None:
    """Wait until an address answers with 200, or until it does not."""
    deadline = time.monotonic() + SECONDS
    while (read(url)[0] == 200) != well:
        if time.monotonic() > deadline:
            raise Failed(f"{url} is {'not ' if well else ''}ready after {SECONDS:g} s: {read(url)[1][:300]}")
        time.sleep(0.5)


def read(url: str, token: str = "") -> tuple[int, str]:
    """Return status and body of an answer; 0 where nobody answers."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError:
        return 0, ""


def admit_one(follower: Follower) -> str:
    """Let an applicant be asked about and decided by people; return the reference."""
    for username, (department, roles) in PEOPLE.items():
        given = [word for role in roles for word in ("--role", role)]
        follower.gatehouse("user", "add", username, "--name", username.title(), "--department", department, *given)
    reference, case = brought_to_voting(follower, "1_sound_and_small.yaml")
    deadline = time.monotonic() + SECONDS
    while case["status"] != "concluded":
        if case["status"] == "voting":
            vote(follower, reference, case)
        if time.monotonic() > deadline:
            raise Failed(f"{reference} is {case['status']} after {SECONDS:g} s")
        time.sleep(1)
        case = case_of(follower, reference)
    print(f"{reference}: {case['decision']['outcome']}", flush=True)
    if case["decision"]["outcome"] != "admitted":
        raise Failed(f"{reference} was not admitted")
    return reference


def brought_to_voting(follower: Follower, name: str) -> tuple[str, Mapping[str, Any]]:
    """Hand in an application of the sandbox and wait until people may vote on it; return reference and case."""
    as_user(follower, "sal")
    said = follower.gatehouse("onboard", str(ROOT / "sandbox" / "applicants" / name), "--json")
    reference = str(re.findall(r"GH-\d{4}-\d{6}", said)[0])
    deadline = time.monotonic() + SECONDS
    while (case := case_of(follower, reference))["status"] != "voting":
        if time.monotonic() > deadline:
            raise Failed(f"{reference} is {case['status']} after {SECONDS:g} s")
        time.sleep(1)
    return reference, case


def case_of(follower: Follower, reference: str) -> Mapping[str, Any]:
    """Return a case as JSON has it."""
    case: Mapping[str, Any] = json.loads(follower.gatehouse("case", reference, "--json"))
    return case


def vote(follower: Follower, reference: str, case: Mapping[str, Any]) -> None:
    """Let everybody who may now vote approve."""
    open_criteria = [one["id"] for one in case["assessment"]["criteria"] if one["verdict"] != "pass"]
    accept = [word for name in open_criteria for word in ("--accept", f"{name}=followed")]
    for username in PEOPLE:
        if username != "sal":
            as_user(follower, username)
            follower.gatehouse("vote", reference, "--approve", *accept, "--comment", "followed", status=(0, 1))


def as_user(follower: Follower, username: str) -> None:
    """Sign in on the command line."""
    follower.gatehouse("login", username)


def take_away(follower: Follower, desk: str, part: str, away: Iterator[None]) -> None:
    """Read /ready and /metrics while a part is away, and once it is back."""
    token = follower.environment["GATEHOUSE_METRICS_TOKEN"]
    next(away)
    wait_for(f"{desk}/ready?part={part}", well=False)
    status, told = read(f"{desk}/ready")
    metrics = read(f"{desk}/metrics", token)[1]
    health = read(f"{desk}/health")[0]
    print(f"without {part}: /health {health}, /ready {status} {told}", flush=True)
    if status != 503 or health != 200 or f'gatehouse_part_ready{{part="{part}"}} 0' not in metrics:
        raise Failed(f"without {part}: /ready {status} {told}, /health {health}, /metrics {metrics[:400]}")
    if part == "database":
        see_counts_gone(desk, token)
    next(away, None)
    wait_for(f"{desk}/ready")


def see_counts_gone(desk: str, token: str) -> None:
    """See that counts of a database that is away are no longer told; they may be as old as the page says."""
    deadline = time.monotonic() + COUNTS_LAST
    while "gatehouse_cases{" in read(f"{desk}/metrics", token)[1]:
        if time.monotonic() > deadline:
            raise Failed(f"counts were told of a database that has been away for {COUNTS_LAST:g} s")
        time.sleep(1)


def main() -> int:
    """Follow the page; 0 where all went as it says."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-follow-"))
    mark, prefect_port, desk_port = secrets.token_hex(4), free_port(), free_port()
    postgres, redis = Relay(5432), Relay(6379)
    names = {
        "-h db.example.org": f"-h 127.0.0.1 -p {postgres.port}",
        "-h redis.example.org": f"-h 127.0.0.1 -p {redis.port}",
        "db.example.org/": f"127.0.0.1:{postgres.port}/",
        "redis.example.org:6379": f"127.0.0.1:{redis.port}",
        "DATABASE gatehouse": f"DATABASE gatehouse_{mark}",
        "DATABASE prefect": f"DATABASE prefect_{mark}",
        "-d prefect": f"-d prefect_{mark}",
        f"{postgres.port}/gatehouse": f"{postgres.port}/gatehouse_{mark}",
        f"{postgres.port}/prefect": f"{postgres.port}/prefect_{mark}",
        "/srv/": f"{folder}/",
        ":4200": f":{prefect_port}",
        "--port 4200": f"--port {prefect_port}",
        ":4280": f":{desk_port}",
    }
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("GATEHOUSE_", "PREFECT_"))}
    sandbox = free_port()
    more = {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PREFECT_HOME": str(folder / "prefect-home"),
        "GATEHOUSE_DESK_PORT": str(desk_port),
        "GATEHOUSE_PREFECT_PORT": str(prefect_port),
        "GATEHOUSE_SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
        "GATEHOUSE_UK_COMPANIES_HOUSE_KEY": "sandbox",
        "GATEHOUSE_CREDITSAFE_USERNAME": "sandbox",
        "GATEHOUSE_CREDITSAFE_PASSWORD": "sandbox",
        "GATEHOUSE_CREDITSAFE_PAYMENT_FIELDS": "paymentData.dbt",
        "GATEHOUSE_RATES": str(ROOT / "sandbox" / "rates.csv"),
        "GATEHOUSE_CONTACT": "follow, follow@localhost",
    }
    follower = Follower(folder, {**outside, **more}, names)
    began = time.monotonic()
    try:
        follower.serve("sandbox", f"exec {sys.executable} -m sandbox --port {sandbox}")
        for block in blocks(PAGE.read_text(encoding="utf-8")):
            follower.follow(block)
        print(f"the page is followed: {time.monotonic() - began:.0f} s", flush=True)
        prove(follower, f"http://127.0.0.1:{desk_port}", mark, postgres, redis)
    except Failed as error:
        print(f"FAILED: {error}", flush=True)
        for log in sorted(folder.glob("*.log")):
            print(f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}", flush=True)
        return 1
    finally:
        follower.end_all()
        for name in (f"gatehouse_{mark}", f"prefect_{mark}", f"restored_{mark}"):
            drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            subprocess.run(["psql", "-q", "-h", "127.0.0.1", "-U", "postgres", "-c", drop], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"all as the page says: {time.monotonic() - began:.0f} s", flush=True)
    return 0


def prove(follower: Follower, desk: str, mark: str, postgres: Relay, redis: Relay) -> None:
    """Show that the house works, can be restored elsewhere, and tells what is away."""
    admit_one(follower)
    waiting, _ = brought_to_voting(follower, "2_sound_and_large.yaml")
    folder = follower.folder
    kept = list((folder / "gatehouse" / "answers").rglob("*"))
    if not kept:
        raise Failed("the worker kept its answers elsewhere")
    print(follower.gatehouse("backup", str(folder / "backup"), "--keys-to", str(folder / "vault")).strip(), flush=True)
    follower.gatehouse("keys", "export", "--out", str(folder / "public.json"))
    create = ["psql", "-q", "-h", "127.0.0.1", "-U", "postgres", "-c", f"CREATE DATABASE restored_{mark}"]
    subprocess.run(create, check=True)
    copy = {
        "GATEHOUSE_DATA": str(folder / "restored"),
        "GATEHOUSE_DATABASE_URL": f"postgresql://postgres@127.0.0.1:5432/restored_{mark}",
    }
    restore = ["restore", str(folder / "backup"), "--keys-from", str(folder / "vault")]
    said = follower.gatehouse(*restore, "--keys", str(folder / "public.json"), status=(0, 3), more=copy)
    print(f"restored: {said.strip()}", flush=True)
    follower.gatehouse("login", "feng", more=copy)
    follower.gatehouse("vote", waiting, "--ask", "is the copy written to?", more=copy)
    print(f"voted on: {follower.gatehouse('verify', status=(0, 3), more=copy).strip()}", flush=True)

    def without_prefect() -> Iterator[None]:
        follower.end("prefect")
        yield
        block = next(one for one in blocks(PAGE.read_text(encoding="utf-8")) if one.service == "prefect")
        follower.follow(block)

    def without(relay: Relay) -> Iterator[None]:
        relay.stop()
        yield
        relay.start()

    take_away(follower, desk, "prefect", without_prefect())
    take_away(follower, desk, "rate_limits", without(redis))
    take_away(follower, desk, "database", without(postgres))


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
