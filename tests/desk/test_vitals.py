"""`/ready` and `/metrics`: what machines read, what they are told where a part is away, and who may read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from admission.errors import GatehouseError
from admission.model import Text
from casebook.database.store import Store
from desk import create_app
from desk.lookout import Lookout, Seen
from desk.outside import RunTimes
from desk.vitals import written
from tests.desk.conftest import Bench
from wiring import House

TOKEN = "token of the watchers"


class FakePrefect:
    """A Prefect that answers, or does not."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    def see(self) -> None:
        if self.away:
            raise GatehouseError(Text(en="Prefect does not answer.", zh="Prefect 没有应答。"))

    def run_times(self) -> Sequence[RunTimes]:
        self.see()
        return [RunTimes("onboard-applicant", "COMPLETED", 3, 30.5, 12.25)]


def _visitor(house: House, prefect: FakePrefect | None = None) -> TestClient:
    return TestClient(create_app(house, deliver=lambda: None, prefect=prefect), base_url="http://127.0.0.1:4280")


def _with_token(house: House) -> House:
    house.settings = house.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    return house


def _figures(client: TestClient) -> dict[str, float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_house_that_stands_is_ready(bench: Bench) -> None:
    answer = _visitor(bench.house, FakePrefect()).get("/ready")
    names = ("database", "signing_key", "outbox", "house_keeping", "prefect")
    parts = dict.fromkeys(names, "ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "parts": parts})


def test_a_prefect_that_is_away_is_named_and_the_desk_can_be_asked_for_its_database_alone(bench: Bench) -> None:
    visitor = _visitor(bench.house, FakePrefect(away=True))
    answer = visitor.get("/ready")
    assert answer.status_code == 503
    assert {name for name, state in answer.json()["parts"].items() if state != "ready"} == {"prefect"}
    assert visitor.get("/ready?part=database").status_code == 200
    assert visitor.get("/ready?part=prefect").json() == {"ready": False, "parts": {"prefect": "not ready"}}
    assert visitor.get("/ready?part=nothing").status_code == 404


def test_without_its_key_or_with_a_redis_that_is_away_the_house_is_not_ready(bench: Bench) -> None:
    # A port of this machine on which nothing may listen.
    away = {"redis_url": SecretStr("redis://127.0.0.1:9/0")}
    bench.house.settings = bench.house.settings.model_copy(update=away)
    for key in (bench.house.settings.folder / "keys").glob("*.pem"):
        key.unlink()
    house = House(bench.house.settings, clock=bench.house.clock)
    answer = _visitor(house).get("/ready")
    house.casebook.close()
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "ready",
        "signing_key": "not ready",
        "outbox": "ready",
        "house_keeping": "ready",
        "rate_limits": "not ready",
    }


def test_a_message_that_nobody_delivers_makes_the_outbox_not_ready(bench: Bench) -> None:
    bench.house.casebook.outbox.put_newest("audit_head", {"to": "file"}, key="one")
    assert _visitor(bench.house).get("/ready?part=outbox").status_code == 200
    tomorrow = bench.house.clock() + timedelta(days=1)
    later = House(bench.house.settings, clock=lambda: tomorrow)
    assert _visitor(later).get("/ready?part=outbox").status_code == 503
    later.casebook.close()


def test_house_keeping_that_has_stopped_is_told(bench: Bench) -> None:
    standing = bench.house.casebook.standing
    assert standing.last_beat("keep-house") is None
    assert _visitor(bench.house).get("/ready?part=house_keeping").status_code == 200
    standing.beat("keep-house")
    standing.beat("keep-house")
    later = House(bench.house.settings, clock=lambda: bench.house.clock() + timedelta(minutes=16))
    assert _visitor(bench.house).get("/ready?part=house_keeping").status_code == 200
    assert _visitor(later).get("/ready?part=house_keeping").status_code == 503
    figures = _figures(_visitor(_with_token(later), FakePrefect()))
    assert figures['gatehouse_sign_of_life_seconds{of="keep-house"}'] == pytest.approx(16 * 60, abs=60)
    later.casebook.close()


def test_metrics_are_closed_without_a_token_and_to_whoever_has_another(bench: Bench) -> None:
    assert _visitor(bench.house).get("/metrics").status_code == 403
    visitor = _visitor(_with_token(bench.house))
    assert visitor.get("/metrics").status_code == 401
    assert visitor.get("/metrics", headers={"Authorization": "Bearer é".encode()}).status_code == 401
    assert visitor.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401


def test_metrics_tell_the_counts_of_the_casebook(bench: Bench) -> None:
    bench.open_case()
    casebook = bench.house.casebook
    casebook.outbox.put_newest("audit_head", {"to": "file"}, key="one")
    figures = _figures(_visitor(_with_token(bench.house), FakePrefect()))
    vitals = casebook.standing.vitals()
    assert figures['gatehouse_cases{status="voting"}'] == 1
    assert figures['gatehouse_answers_total{source="uk_companies_house",answer="found"}'] == 1
    assert figures['gatehouse_answers_total{source="uk_gazette",answer="unavailable"}'] == 1
    assert figures['gatehouse_outbox_messages{kind="audit_head",state="pending"}'] == 1
    assert figures["gatehouse_oldest_wake_seconds"] == 0
    assert figures["gatehouse_calls_in_doubt"] == 0
    assert figures["gatehouse_events_total"] == vitals.events > 0
    assert figures['gatehouse_part_ready{part="prefect"}'] == 1
    labels = '{flow="onboard-applicant",state="completed"}'
    assert figures[f"gatehouse_runs_last_hour{labels}"] == 3
    assert figures[f"gatehouse_run_seconds_last_hour{labels}"] == 30.5
    assert figures[f"gatehouse_longest_run_seconds_last_hour{labels}"] == 12.25


def test_what_cannot_be_counted_is_left_out_and_said_to_be_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = _visitor(_with_token(bench.house), FakePrefect(away=True))

    def broken(_: Store) -> object:
        raise GatehouseError(Text(en="The database cannot be reached.", zh="无法连接数据库。"))

    monkeypatch.setattr(Store, "read", broken)
    monkeypatch.setattr(Store, "snapshot", broken)
    monkeypatch.setattr("casebook.database.schema.check", broken)
    assert _figures(visitor) == {
        'gatehouse_part_ready{part="database"}': 0,
        'gatehouse_part_ready{part="signing_key"}': 0,
        'gatehouse_part_ready{part="outbox"}': 0,
        'gatehouse_part_ready{part="house_keeping"}': 0,
        'gatehouse_part_ready{part="prefect"}': 0,
    }


def test_labels_cannot_break_out() -> None:
    parts = {'a"} 1\nb': Seen(True)}
    assert written(parts, {}) == '# TYPE gatehouse_part_ready gauge\ngatehouse_part_ready{part="a\\"} 1\\nb"} 1\n'


async def _twice(lookout: Lookout) -> list[bool]:
    return [(await lookout.look())["slow"].well for _ in range(2)]


def test_a_part_that_hangs_takes_one_thread_however_often_it_is_asked() -> None:
    let_go, started = threading.Event(), []

    def hang() -> None:
        started.append(threading.get_ident())
        assert let_go.wait(30)

    lookout = Lookout({"slow": hang, "quick": lambda: 1}, patience=0.05, fresh=0.0)
    assert asyncio.run(_twice(lookout)) == [False, False]
    assert len(started) == 1
    let_go.set()
    lookout.close()
