"""Alerts about the house itself, not about a case: in the history, to the house's mailbox and to its webhook."""

from __future__ import annotations

from admission.cases import OutboxMessage
from admission.errors import GatehouseError
from admission.model import Text
from connectors import mailbox, webhook
from wiring.house import House

ALERT = "alert"
RESTORED = "deployments.restored"
ASTRAY = "deployments.astray"
_SUBJECT = Text(en="Gatehouse: deployments at Prefect were changed", zh="Gatehouse：Prefect 中的部署被改动")
_OUTCOMES = {
    RESTORED: Text(en="They are back in place.", zh="均已恢复。"),
    ASTRAY: Text(
        en="They could not be put back: cases may stand still. Run `gatehouse doctor`.",
        zh="未能恢复，申请单可能停滞。请运行 `gatehouse doctor`。",
    ),
}


def tell_of_deployments(house: House, what: Text, *, restored: bool) -> None:
    """Note in the history that deployments were deleted, paused or changed, and alert the house.

    Args:
        house: the house.
        what: the deployments, and what was wrong with each.
        restored: whether all of them are in place again.
    """
    act = RESTORED if restored else ASTRAY
    told = {"about": act, "what": what.en, "what_zh": what.zh}
    house.casebook.outbox.alert(act, {"what": what.en}, [{**told, "to": place} for place in _places(house)])


def _places(house: House) -> list[str]:
    settings = house.settings
    mail = ["mail"] if settings.notice_mail and settings.smtp is not None else []
    return [*mail, *(["webhook"] if settings.notice_webhook is not None else [])]


def deliver_alert(house: House, message: OutboxMessage) -> None:
    """Deliver one alert to the place it names.

    Raises:
        GatehouseError: it was not taken, or the place is not set up any more; it is tried again.
    """
    told, settings = message.payload, house.settings
    if told["to"] == "webhook" and settings.notice_webhook is not None:
        document = {name: value for name, value in told.items() if name != "to"}
        webhook.post(settings.notice_webhook.get_secret_value(), {"kind": ALERT, **document})
        return
    if settings.smtp is None or not settings.sender or not settings.notice_mail:
        raise GatehouseError(
            Text(en="This place for notices is not set up any more.", zh="该通知渠道已不再配置。"),
            context={"place": told["to"]},
        )
    outcome = _OUTCOMES[told["about"]]
    mailbox.send(
        settings.smtp.get_secret_value(),
        sender=settings.sender,
        to=settings.notice_mail,
        subject=f"{_SUBJECT.en} / {_SUBJECT.zh}",
        body="\n\n".join([f"{told['what']}. {outcome.en}", f"{told['what_zh']}。{outcome.zh}"]) + "\n",
    )
