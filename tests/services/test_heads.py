"""Heads of the audit chain: where they go, when one is due, and what stays in the data folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from admission.errors import BadInput
from casebook.heads import HeadPlace
from casebook.outbox import HEAD_DUE
from services.heads import (
    AUDIT_HEAD,
    deliver_head,
    head_file,
    place_of,
    places,
    publish_head,
    read_heads,
    send_now,
    why_not_outside,
)
from tests.casebook.build import HandClock
from tests.casebook.test_cases import KNOCKED_OUT
from tests.services.conftest import assessed
from tests.services.listening import web_server
from wiring import House


def forward(at: House, **span: float) -> None:
    assert isinstance(at.clock, HandClock)
    at.clock.forward(timedelta(**span))


def deliver(at: House) -> list[str]:
    """Deliver what is due now as `tasks.delivery` does; return what kinds it was."""
    kinds = []
    while messages := at.casebook.outbox.claim():
        for message in messages:
            if message.kind == HEAD_DUE:
                publish_head(at)
            elif message.kind == AUDIT_HEAD:
                deliver_head(at, message)
            kinds.append(message.kind)
            at.casebook.outbox.delivered(message.id)
    return kinds


def decide(at: House, story: str) -> None:
    reference = assessed(at, story)
    at.casebook.cases.decide(reference, KNOCKED_OUT, actor="system", round_number=1)


def test_a_decision_brings_a_head_within_the_hour_and_decisions_share_it(at: House) -> None:
    decide(at, "1_sound_and_small")
    forward(at, minutes=10)
    decide(at, "2_sound_and_large")
    decided = max(event.seq for event in at.casebook.history.tail(100) if event.act == "case.decided")
    assert deliver(at) == []
    assert not head_file(at).exists()
    forward(at, minutes=25)
    assert deliver(at) == [HEAD_DUE, AUDIT_HEAD]
    (head,) = read_heads(head_file(at))
    assert head.seq >= decided
    forward(at, hours=3)
    assert deliver(at) == []
    assert at.casebook.outbox.pending() == 0


def test_a_head_that_still_waits_gives_way_to_a_newer_one(at: House) -> None:
    first = publish_head(at)
    newest = publish_head(at)
    assert newest.seq > first.seq
    assert deliver(at) == [AUDIT_HEAD]
    assert read_heads(head_file(at)) == [newest]


@pytest.mark.parametrize("written", ["", "file:", "mail:nobody", "webhook:ftp://x", "none:x", "elsewhere"])
def test_what_is_no_place_for_heads_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match="no place for heads"):
        place_of(written)


def test_places_are_read_as_people_write_them(tmp_path: Path) -> None:
    assert place_of("none") == HeadPlace(kind="none")
    assert place_of("mail:audit@example.org") == HeadPlace(kind="mail", to="audit@example.org")
    assert place_of("webhook:https://example.org/h") == HeadPlace(kind="webhook", to="https://example.org/h")
    folder = tmp_path / "made" / "here"
    assert place_of(f"file:{folder}") == HeadPlace(kind="file", to=str(folder / "audit-heads.jsonl"))
    assert folder.is_dir()


def test_where_heads_go_is_remembered_and_its_address_is_in_no_event(at: House, tmp_path_factory: object) -> None:
    assert places(at) == {"file": str(at.settings.folder / "audit-heads.jsonl")}
    at.casebook.heads.choose(HeadPlace(kind="webhook", to="https://example.org/secret"), "system")
    assert places(at)["webhook"] == "https://example.org/secret"
    assert why_not_outside(at) is None
    event = at.casebook.history.tail(1)[0]
    assert (event.act, event.detail) == ("heads.chosen", {"kind": "webhook"})
    at.casebook.heads.choose(HeadPlace(kind="none"), "system")
    assert "webhook" not in places(at)
    assert at.casebook.audit.verify(at.casebook.keys.all(), (), lambda _: None).flaws == ()


def test_heads_in_the_data_folder_prove_nothing_and_it_says_so(
    at: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inside = why_not_outside(at)
    assert inside is not None
    assert inside.en.startswith("heads of the audit chain stay in the data folder")
    at.casebook.heads.choose(HeadPlace(kind="file", to=str(at.settings.folder / "other" / "heads.jsonl")), "system")
    assert why_not_outside(at) == inside
    at.casebook.heads.choose(HeadPlace(kind="mail", to="audit@example.org"), "system")
    without_server = why_not_outside(at)
    assert without_server is not None
    assert "GATEHOUSE_SMTP" in without_server.en
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "heads.jsonl"
    at.casebook.heads.choose(HeadPlace(kind="file", to=str(elsewhere)), "system")
    assert why_not_outside(at) is None
    assert send_now(at) == []
    assert len(read_heads(elsewhere)) == 1


def test_a_setting_counts_before_what_was_chosen(at: House) -> None:
    at.casebook.heads.choose(HeadPlace(kind="webhook", to="https://example.org/chosen"), "system")
    at.settings = at.settings.model_copy(update={"audit_head_webhook": SecretStr("https://example.org/set")})
    assert places(at)["webhook"] == "https://example.org/set"


def test_a_head_that_cannot_be_sent_at_once_waits_in_the_outbox(at: House) -> None:
    with web_server(500) as (url, _):
        at.casebook.heads.choose(HeadPlace(kind="webhook", to=url), "system")
        (error,) = send_now(at)
        assert "secret-path" not in str(error)
    assert at.casebook.outbox.pending() == 1
