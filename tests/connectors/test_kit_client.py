"""The HTTP client against a real server: limits, redirects, redaction, and the shared rate limit."""

from __future__ import annotations

import gzip
import pickle
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pyrate_limiter import RateItem

from admission.errors import AccessRefused, BadInput, GatehouseError, RateLimited, SourceChanged, SourceUnavailable
from admission.evidence.sources import RateLimit, SourceCard
from admission.model import Text
from connectors.kit import HttpClient, Kit
from connectors.kit.bucket import SourceBucket, bucket_for
from tests.conftest import ROOT, skip_or_fail
from tests.connectors.contract import NOW, LocalServer, Reply, kit_for, serving

CARD = SourceCard(
    name="example",
    title=Text(en="Example", zh="示例"),
    publisher="Nobody",
    country="US",
    kinds=("company_profile",),
    stage="prescreen",
    access="open",
    licence="none",
    base_url="https://register.example.org",
    rate_limit=RateLimit(requests=1000, seconds=1),
    timeout_seconds=5,
    max_bytes=1000,
    freshness_days=1,
    price=Decimal(0),
    parser="1",
)


def client(server: LocalServer, card: SourceCard = CARD, **arguments: object) -> HttpClient:
    return HttpClient(card, kit_for(server, "example"), **arguments)  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def failure(reply: Reply) -> GatehouseError:
    with serving(reply) as server, pytest.raises(GatehouseError) as caught:
        client(server).get("/company")
    return caught.value


def test_an_answer_keeps_the_headers_that_matter_and_no_others() -> None:
    headers = {"ETag": '"7"', "X-RateLimit-Remain": "591", "Set-Cookie": "session=secret", "Server": "nginx"}
    with serving(Reply(200, b"{}", headers=headers)) as server:
        raw = client(server).get("/company", params={"q": "Harrow & Co"})
    assert raw.status == 200
    assert raw.body == b"{}"
    assert raw.content_type == "application/json"
    assert raw.headers == {"content-type": "application/json", "etag": '"7"', "x-ratelimit-remain": "591"}
    assert raw.url == f"{server.url}/company?q=Harrow+%26+Co"
    assert raw.fetched_at == NOW


@pytest.mark.parametrize("status", [204, 400, 404, 410, 422])
def test_what_only_a_parser_can_judge_comes_back(status: int) -> None:
    with serving(Reply(status)) as server:
        assert client(server).get("/company").status == status


def test_a_posted_document_arrives_as_json() -> None:
    with serving(Reply(200, b"{}")) as server:
        client(server, headers={"X-Extra": "1"}).post("authenticate", json={"user": "a"})
    ((method, path, headers),) = server.asked
    assert (method, path) == ("POST", "/authenticate")
    assert (headers["content-type"], headers["x-extra"]) == ("application/json", "1")


def test_a_compressed_answer_is_unpacked_and_measured_unpacked() -> None:
    def reply(size: int) -> Reply:
        return Reply(200, gzip.compress(b"a" * size), headers={"Content-Encoding": "gzip"})

    with serving(reply(1000)) as server:
        assert client(server).get("/company").body == b"a" * 1000
    assert type(failure(reply(1001))) is SourceChanged


def test_an_answer_larger_than_the_card_allows_is_refused() -> None:
    error = failure(Reply(200, b"a" * 1001))
    assert type(error) is SourceChanged
    assert "1000 bytes" in error.message.en


def test_a_redirect_on_the_same_host_is_followed() -> None:
    moved = Reply(301, headers={"Location": "/new?page=2"})
    with serving(moved, {"/new": Reply(200, b"[1]")}) as server:
        raw = client(server).get("/old", params={"q": "x"})
    assert (raw.body, raw.url) == (b"[1]", f"{server.url}/new?page=2")


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with serving(Reply(200, b"{}")) as other:
        error = failure(
            Reply(302, headers={"Location": f"{other.url.replace('127.0.0.1', 'localhost')}/login?token=s3cret"})
        )
    assert type(error) is SourceChanged
    assert "localhost" in error.message.en
    assert "s3cret" not in str(error)
    assert other.asked == []


def test_redirects_without_end_are_given_up() -> None:
    error = failure(Reply(302, headers={"Location": "/company"}))
    assert type(error) is SourceChanged
    assert "redirected" in error.message.en


def test_another_host_cannot_be_asked() -> None:
    with serving(Reply(200, b"{}")) as server, pytest.raises(BadInput):
        client(server).get("https://elsewhere.example.org/company")
    assert server.asked == []


def test_a_full_address_on_the_own_host_is_asked() -> None:
    with serving(Reply(200, b"{}")) as server:
        assert client(server).get(f"{server.url}/next?start=100").url == f"{server.url}/next?start=100"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("17", 17.0),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    error = failure(Reply(429, headers={"Retry-After": value}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_a_connection_that_nobody_takes_is_unavailable() -> None:
    kit = Kit(clock=lambda: NOW, contact="a@b", base_urls={"example": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(SourceUnavailable) as caught:
        HttpClient(CARD, kit).get("/company")
    assert "cannot be reached" in caught.value.message.en


def test_no_secret_leaves_in_an_answer_an_error_or_its_pickle() -> None:
    secrets = ("k3y", "p4ss", "t0ken")
    query = {"api_key": "k3y", "access_token": "t0ken", "q": "Harrow"}
    with serving(Reply(200, b"{}")) as server:
        raw = client(server, auth=("user", "p4ss")).get("/company", params=query)
    assert raw.url == f"{server.url}/company?api_key=***&access_token=***&q=Harrow"
    with serving(Reply(403, b"no")) as server, pytest.raises(AccessRefused) as refused:
        client(server, auth=("user", "p4ss")).get("/company", params=query)
    with serving(Reply(hangs=True)) as server, pytest.raises(SourceUnavailable) as late:
        client(server, auth=("user", "p4ss")).get("/company", params=query)
    for error in (refused.value, late.value):
        assert error.context["path"] == "/company"
        assert error.__cause__ is None
        assert error.__context__ is None
        told = str(error) + repr(error) + repr(pickle.dumps(error)) + str(raw)
        assert not [secret for secret in secrets if secret in told]


def test_the_address_goes_kit_then_setting_then_card() -> None:
    def address(base_urls: dict[str, str], setting: str | None) -> str:
        return HttpClient(CARD, Kit(lambda: NOW, "a@b", base_urls=base_urls), base_url=setting).base_url

    assert address({"example": "http://sandbox/"}, "http://setting") == "http://sandbox"
    assert address({"other": "http://sandbox"}, "http://setting") == "http://setting"
    assert address({}, None) == "https://register.example.org"


def limited(requests: int) -> SourceCard:
    return CARD.model_copy(update={"rate_limit": RateLimit(requests=requests, seconds=3600)})


def taken(http: HttpClient, tries: int) -> int:
    """How many of some requests the rate limit lets through."""
    done = 0
    for _ in range(tries):
        try:
            http.get("/company")
            done += 1
        except RateLimited:
            continue
    return done


def test_a_request_over_our_own_limit_is_not_sent() -> None:
    with serving(Reply(200, b"{}")) as server:
        kit = Kit(lambda: NOW, "a@b", base_urls={"example": server.url}, max_wait_seconds=0)
        http = HttpClient(limited(2), kit)
        assert taken(http, 4) == 2
        with pytest.raises(RateLimited, match="Our own rate limit") as caught:
            http.get("/company")
    assert caught.value.retry_after == 3600
    assert len(server.asked) == 2


def test_a_429_keeps_all_who_share_the_bucket_from_asking(tmp_path: Path) -> None:
    with serving(Reply(429)) as server:
        kit = Kit(
            lambda: NOW, "a@b", bucket=tmp_path / "rates.db", base_urls={"example": server.url}, max_wait_seconds=0
        )
        for _ in range(2):
            http = HttpClient(limited(5), kit)
            with pytest.raises(RateLimited):
                http.get("/company")
            http.close()
    assert len(server.asked) == 1


ASK = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from admission.evidence.sources import SourceCard
from connectors.kit import HttpClient, Kit
from tests.connectors.test_kit_client import taken
card, url, bucket, tries = sys.argv[1:]
kit = Kit(lambda: datetime.now(UTC), "a@b", bucket=Path(bucket), base_urls={"example": url}, max_wait_seconds=0)
print(taken(HttpClient(SourceCard.model_validate_json(card), kit), int(tries)))
"""


def test_processes_share_one_rate_limit(tmp_path: Path) -> None:
    with serving(Reply(200, b"{}")) as server:
        command = [
            sys.executable,
            "-c",
            ASK,
            limited(7).model_dump_json(),
            server.url,
            str(tmp_path / "shared" / "rates.db"),
            "6",
        ]
        askers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        counts = [int(asker.communicate(timeout=60)[0]) for asker in askers]
    assert sum(counts) == 7
    assert len(server.asked) == 7


def test_rate_limits_that_cannot_be_shared_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with serving(Reply(200, b"{}")) as server:
        kits = [
            Kit(lambda: NOW, "a@b", bucket=tmp_path, base_urls={"example": server.url}),
            Kit(lambda: NOW, "a@b", bucket=tmp_path / "file" / "rates.db", base_urls={"example": server.url}),
            Kit(lambda: NOW, "a@b", redis_url=f"redis://127.0.0.1:{free_port()}", base_urls={"example": server.url}),
        ]
        for kit in kits:
            with pytest.raises(SourceUnavailable, match="shared rate limits"):
                HttpClient(CARD, kit).get("/company")
    assert server.asked == []


@pytest.fixture
def redis_url() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        skip_or_fail("redis-server is not installed (apt-get install redis-server)")
    port = free_port()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("Ready to accept" in line for line in server.stdout)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()
        server.stdout.read()


def test_machines_share_one_rate_limit_through_redis(redis_url: str) -> None:
    with serving(Reply(200, b"{}")) as server:
        kit = Kit(lambda: NOW, "a@b", redis_url=redis_url, base_urls={"example": server.url}, max_wait_seconds=0)
        clients = [HttpClient(limited(3), kit) for _ in range(2)]
        assert sum(taken(http, 3) for http in clients) == 3
        for http in clients:
            http.close()


def test_a_stand_in_is_asked_without_a_limit() -> None:
    limit = RateLimit(requests=1, seconds=3600)
    paced = bucket_for("example", limit, Kit(lambda: NOW, "a@b"))
    unpaced = bucket_for("example", limit, Kit(lambda: NOW, "a@b", paced=False))

    def places(bucket: SourceBucket) -> int:
        return sum(bool(bucket.bucket.put(RateItem("ask", time.time_ns() // 1_000_000))) for _ in range(20))

    assert (places(paced), places(unpaced)) == (1, 20)
