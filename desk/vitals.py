"""What machines read: `/ready` for whoever sends people here, `/metrics` for whoever watches (Prometheus text)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from casebook.vitals import Vitals
from desk.lookout import Look, Lookout, Seen
from desk.outside import Prefect, RunTimes
from desk.session import TheHouse
from services.readiness import parts_of
from wiring import House

# Of Prometheus's text exposition format, version 0.0.4.
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
COUNTS, RUNS, PREFECT = "counts", "runs", "prefect"
LONGEST_PART = 20
# Counting half a million stored answers takes half a second [M].
COUNTED_SECONDS = 10.0
router = APIRouter(include_in_schema=False)
Sample = tuple[Mapping[str, str], float]


def ready_lookout(house: House, prefect: Prefect | None) -> Lookout:
    """Return what looks at the parts of a house, and at Prefect where there is one."""
    return Lookout({**parts_of(house), **({PREFECT: prefect.see} if prefect else {})})


def metrics_lookout(house: House, prefect: Prefect | None) -> Lookout:
    """Return what counts, for `/metrics`."""
    looks: dict[str, Look] = {COUNTS: house.casebook.standing.vitals}
    if prefect is not None:
        looks[RUNS] = prefect.run_times
    return Lookout(looks, fresh=COUNTED_SECONDS)


@router.get("/ready")
async def ready(request: Request, part: Annotated[str | None, Query(max_length=LONGEST_PART)] = None) -> Response:
    """Tell which parts of the house are ready: 200 where all are, or the one that was asked for; else 503.

    It needs no sign-in and tells no more than the names of the parts.
    """
    seen = await _lookout(request, "ready_lookout").look()
    if part is not None and part not in seen:
        return JSONResponse({"part": "unknown"}, status_code=404)
    told = {name: "ready" if one.well else "not ready" for name, one in seen.items() if part in (None, name)}
    well = all(state == "ready" for state in told.values())
    return JSONResponse({"ready": well, "parts": told}, status_code=200 if well else 503)


@router.get("/metrics")
async def metrics(request: Request, house: TheHouse) -> Response:
    """Tell the counts of the house to whoever has the token; what cannot be counted now is left out, never told old."""
    token = house.settings.metrics_token
    if token is None:
        return PlainTextResponse("closed: set GATEHOUSE_METRICS_TOKEN\n", status_code=403)
    sent = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(sent, f"Bearer {token.get_secret_value()}".encode()):
        return PlainTextResponse("no\n", status_code=401, headers={"WWW-Authenticate": "Bearer"})
    parts = await _lookout(request, "ready_lookout").look()
    counts = await _lookout(request, "metrics_lookout").look()
    return PlainTextResponse(written(parts, counts), media_type=EXPOSITION)


def written(parts: Mapping[str, Seen], counts: Mapping[str, Seen]) -> str:
    """Return everything in the text format of Prometheus.

    Args:
        parts: what is seen of the parts of the house.
        counts: what was counted, under `counts` and `runs`.
    """
    lines = list(_family("gatehouse_part_ready", "gauge", [({"part": name}, one.well) for name, one in parts.items()]))
    vitals, runs = counts.get(COUNTS), counts.get(RUNS)
    if vitals is not None and isinstance(vitals.value, Vitals):
        lines.extend(_of_casebook(vitals.value))
    if runs is not None and runs.well and isinstance(runs.value, Sequence):
        lines.extend(_of_runs([one for one in runs.value if isinstance(one, RunTimes)]))
    return "".join(f"{line}\n" for line in lines)


def _of_casebook(vitals: Vitals) -> Iterator[str]:
    messages = [({"kind": kind, "state": state}, count) for (kind, state), count in sorted(vitals.messages.items())]
    answers = [
        ({"source": source, "answer": answer}, count) for (source, answer), count in sorted(vitals.answers.items())
    ]
    cases = [({"status": status}, count) for status, count in sorted(vitals.cases.items())]
    yield from _family("gatehouse_cases", "gauge", cases)
    yield from _family("gatehouse_outbox_messages", "gauge", messages)
    yield from _family("gatehouse_oldest_wake_seconds", "gauge", [({}, _age(vitals.oldest_wake, vitals.at))])
    yield from _family("gatehouse_longest_due_seconds", "gauge", [({}, _age(vitals.longest_due, vitals.at))])
    beats = [({"of": name}, _age(beat, vitals.at)) for name, beat in sorted(vitals.beats.items())]
    yield from _family("gatehouse_sign_of_life_seconds", "gauge", beats)
    yield from _family("gatehouse_calls_in_doubt", "gauge", [({}, vitals.calls_in_doubt)])
    yield from _family("gatehouse_answers_total", "counter", answers)
    yield from _family("gatehouse_events_total", "counter", [({}, vitals.events)])


def _of_runs(runs: Sequence[RunTimes]) -> Iterator[str]:
    labelled = [({"flow": one.flow, "state": one.state.lower()}, one) for one in runs]
    yield from _family("gatehouse_runs_last_hour", "gauge", [(labels, one.count) for labels, one in labelled])
    yield from _family("gatehouse_run_seconds_last_hour", "gauge", [(labels, one.seconds) for labels, one in labelled])
    yield from _family(
        "gatehouse_longest_run_seconds_last_hour", "gauge", [(labels, one.longest) for labels, one in labelled]
    )


def _family(name: str, kind: str, samples: Sequence[Sample]) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _age(since: datetime | None, now: datetime) -> float:
    """Return for how many seconds something waits; 0 where nothing does."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _lookout(request: Request, name: str) -> Lookout:
    found = getattr(request.app.state, name)
    assert isinstance(found, Lookout)  # noqa: S101 - the application is made with both
    return found


def _number(value: float) -> str:
    """Return a number with all its digits: a count of millions is no round figure."""
    return str(int(value)) if value == int(value) else repr(float(value))
