"""Alerts about the house itself: deployments that were deleted, paused or changed."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from pydantic import SecretStr

from admission.errors import GatehouseError
from admission.model import Text
from services.alerts import ALERT, ASTRAY, RESTORED, deliver_alert, tell_of_deployments
from tests.services.listening import mail_server, web_server
from wiring import House

WHAT = Text(en="deliver-outbox is paused", zh="部署 deliver-outbox 已暂停")


def settle(at: House, **changes: object) -> None:
    at.settings = at.settings.model_copy(update=changes)


def test_without_a_place_to_tell_it_the_history_alone_has_it(at: House) -> None:
    tell_of_deployments(at, WHAT, restored=True)
    (event,) = at.casebook.history.tail(1)
    assert (event.act, event.actor, event.case) == (RESTORED, "system", None)
    assert event.detail == {"what": "deliver-outbox is paused", "notices": "0"}
    assert at.casebook.outbox.pending() == 0


@pytest.mark.parametrize(
    ("restored", "act", "en", "zh"),
    [
        (True, RESTORED, "They are back in place.", "均已恢复。"),
        (False, ASTRAY, "cases may stand still. Run `gatehouse doctor`.", "申请单可能停滞。"),
    ],
)
def test_it_goes_to_the_mailbox_and_to_the_webhook(at: House, restored: bool, act: str, en: str, zh: str) -> None:
    with mail_server() as (smtp, letters), web_server() as (hook, documents):
        settle(
            at,
            smtp=SecretStr(smtp),
            mail_from="gatehouse@example.org",
            notice_mail="ops@example.org",
            notice_webhook=SecretStr(hook),
        )
        tell_of_deployments(at, WHAT, restored=restored)
        messages = at.casebook.outbox.claim()
        assert [(message.kind, message.case) for message in messages] == [(ALERT, None), (ALERT, None)]
        for message in messages:
            deliver_alert(at, message)
    assert documents == [{"kind": ALERT, "about": act, "what": WHAT.en, "what_zh": WHAT.zh}]
    (letter,) = [message_from_bytes(text.encode()) for text in letters]
    assert letter["To"] == "ops@example.org"
    assert str(make_header(decode_header(letter["Subject"]))) == (
        "Gatehouse: deployments at Prefect were changed / Gatehouse：Prefect 中的部署被改动"
    )
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    body = payload.decode()
    assert f"{WHAT.en}. " in body
    assert en in body
    assert zh in body


def test_a_place_that_is_gone_is_an_error_and_tried_again(at: House) -> None:
    settle(at, notice_webhook=SecretStr("http://127.0.0.1:9/"))
    tell_of_deployments(at, WHAT, restored=True)
    settle(at, notice_webhook=None)
    (message,) = at.casebook.outbox.claim()
    with pytest.raises(GatehouseError, match="not set up any more"):
        deliver_alert(at, message)
