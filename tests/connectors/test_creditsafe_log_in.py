"""Creditsafe's log-in: one serves many questions, and a refused one is never repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from admission.errors import AccessRefused, CouldNotAsk, GatehouseError, RateLimited, SourceChanged
from connectors.creditsafe import connector
from connectors.kit import Kit
from tests.connectors.contract import NOW, LocalServer, Reply, kit_for, serving
from tests.connectors.test_creditsafe import ENV, NORTHAVEN, PASSWORD, REPORT, TOKEN, example


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)


def refused(kit: Kit, times: int = 1) -> list[GatehouseError]:
    """Ask a few times with one connector, and return the errors."""
    asking = connector(kit)
    errors: list[GatehouseError] = []
    for _ in range(times):
        with pytest.raises(GatehouseError) as caught:
            asking.fetch(REPORT)
        errors.append(caught.value)
    return errors


def log_ins(server: LocalServer) -> int:
    return sum(path == "/authenticate" for _, path, _ in server.asked)


def test_one_log_in_serves_many_questions_and_goes_with_each() -> None:
    with serving(Reply(200, example("report_sound")), {"/authenticate": TOKEN}) as server:
        asking = connector(kit_for(server, "creditsafe"))
        (search,) = asking.plan(NORTHAVEN).queries
        asking.fetch(search)
        asking.fetch(REPORT)
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/authenticate"),
        ("GET", "/companies?countries=GB&regNo=09990017"),
        ("GET", "/companies/GB001-0-09990017?language=en&template=full&includeIndicators=true"),
    ]
    assert [headers.get("authorization") for _, _, headers in server.asked] == [
        None,
        "Bearer header.invented-token.signature",
        "Bearer header.invented-token.signature",
    ]


def test_a_token_is_renewed_after_55_minutes() -> None:
    now: list[datetime] = [NOW]
    with serving(Reply(200, example("report_sound")), {"/authenticate": TOKEN}) as server:
        asking = connector(replace(kit_for(server, "creditsafe"), clock=lambda: now[0]))
        for minutes in (0, 54, 55, 60):
            now[0] = NOW + timedelta(minutes=minutes)
            asking.fetch(REPORT)
    assert log_ins(server) == 2


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refused_log_in_is_never_repeated(status: int) -> None:
    with serving(TOKEN, {"/authenticate": Reply(status, b'{"message": "Access denied"}')}) as server:
        errors = refused(kit_for(server, "creditsafe"), times=4)
    assert [path for _, path, _ in server.asked] == ["/authenticate"]
    assert {type(error) for error in errors} == {AccessRefused}
    assert all("GATEHOUSE_CREDITSAFE_PASSWORD" in error.remedy.en for error in errors)
    assert not [error for error in errors if PASSWORD in str(error) or "desk@example.org" in str(error)]


def test_trouble_at_the_log_in_is_not_a_refusal() -> None:
    with serving(TOKEN, {"/authenticate": Reply(503)}) as server:
        asking = connector(kit_for(server, "creditsafe"))
        for _ in range(2):
            with pytest.raises(CouldNotAsk) as caught:
                asking.fetch(REPORT)
            assert type(caught.value).__name__ == "SourceUnavailable"
    assert log_ins(server) == 2


def test_waiting_for_our_own_rate_limit_is_not_a_refusal() -> None:
    with serving(Reply(200, example("report_sound")), {"/authenticate": TOKEN}) as server:
        asking = connector(replace(kit_for(server, "creditsafe"), max_wait_seconds=0.05))
        for _ in range(asking.card.rate_limit.requests - 1):
            asking.fetch(REPORT)
        with pytest.raises(RateLimited):
            asking.fetch(REPORT)
    assert log_ins(server) == 1


def test_a_refusal_is_known_to_other_processes_until_the_password_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(TOKEN, {"/authenticate": Reply(401, b'{"message": "Access denied"}')}) as server:
        kit = replace(kit_for(server, "creditsafe"), bucket=tmp_path / "rates.sqlite")
        refused(kit)
        (second,) = refused(kit)
        assert log_ins(server) == 1
        assert "creditsafe.log-in-refused" in second.remedy.en
        marker = (tmp_path / "creditsafe.log-in-refused").read_text(encoding="ascii")
        assert PASSWORD not in marker
        assert str(tmp_path) not in str(second)
        monkeypatch.setenv("GATEHOUSE_CREDITSAFE_PASSWORD", "another one")
        refused(kit)
        assert log_ins(server) == 2
        assert (tmp_path / "creditsafe.log-in-refused").read_text(encoding="ascii") != marker


def test_a_marker_that_cannot_be_read_counts(tmp_path: Path) -> None:
    (tmp_path / "creditsafe.log-in-refused").write_bytes(b"")
    with serving(TOKEN) as server:
        refused(replace(kit_for(server, "creditsafe"), bucket=tmp_path / "rates.sqlite"))
    assert server.asked == []


def test_a_marker_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with serving(TOKEN, {"/authenticate": Reply(401)}) as server:
        kit = replace(kit_for(server, "creditsafe"), bucket=tmp_path / "rates.sqlite")
        asking = connector(kit)
        # Run as root, no folder refuses to be written to; one that is gone does.
        asking._client._marker = tmp_path / "gone" / "creditsafe.log-in-refused"
        with pytest.raises(AccessRefused) as caught:
            asking.fetch(REPORT)
    assert caught.value.context["marker"].startswith("cannot be written (FileNotFoundError)")


def test_an_expired_token_is_renewed_once() -> None:
    with serving(Reply(200, example("report_sound")), {"/authenticate": TOKEN}) as server:
        asking = connector(kit_for(server, "creditsafe"))
        asking.fetch(REPORT)
        server.reply = Reply(401, b'{"error": "expired"}')
        with pytest.raises(AccessRefused):
            asking.fetch(REPORT)
        paths = [path.partition("?")[0] for _, path, _ in server.asked]
        asked_for = "/companies/GB001-0-09990017"
        assert paths == ["/authenticate", asked_for, asked_for, "/authenticate", asked_for]
        server.reply = Reply(200, example("report_sound"))
        assert asking.fetch(REPORT).status == 200


def test_a_country_outside_the_contract_is_refused_with_its_remedy() -> None:
    with serving(Reply(403), {"/authenticate": TOKEN}) as server:
        (error,) = refused(kit_for(server, "creditsafe"))
    assert isinstance(error, AccessRefused)
    assert "contract" in error.message.en
    assert "GET /access" in error.remedy.en


def test_a_log_in_without_a_token_is_a_change() -> None:
    with serving(TOKEN, {"/authenticate": Reply(200, b'{"jwt": "x"}')}) as server:
        (error,) = refused(kit_for(server, "creditsafe"))
    assert isinstance(error, SourceChanged)
