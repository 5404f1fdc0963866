"""Messages that the world outside has not been told yet: looking at them, and trying again what was given up."""

from __future__ import annotations

from admission.approval.mandates import Act
from admission.cases import OutboxMessage
from admission.model import Text
from cli.helping import command, option
from cli.language import to_reader
from cli.output import as_option, json_option, print_json, print_table
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from services.mandates import check_mandate

COLUMNS = {
    "id": Text(en="message", zh="编号"),
    "kind": Text(en="kind", zh="类型"),
    "case": Text(en="case", zh="申请单"),
    "state": Text(en="state", zh="状态"),
    "tries": Text(en="tries", zh="尝试次数"),
    "next_try_at": Text(en="next try", zh="下次尝试"),
    "last_error": Text(en="last error", zh="最近的错误"),
}
WAITING = Text(en="waits", zh="等待")
GIVEN_UP = Text(en="given up", zh="已放弃")


@command(
    zh="""列出待发送的消息，以及尝试十二次后放弃的消息。

    示例：gatehouse outbox；gatehouse outbox --retry 12
    """
)
@option(
    "--retry",
    type=int,
    metavar="ID",
    help=Text(en="Try a message again that was given up.", zh="重新发送一条已放弃的消息。"),
)
@as_option
@json_option
def outbox(retry: int | None, as_user: str | None, as_json: bool) -> None:
    """List the messages that wait to be delivered and those that were given up after twelve tries.

    Examples: gatehouse outbox; gatehouse outbox --retry 12
    """
    house = open_house()
    if retry is not None:
        person = person_at_hand(house, as_user)
        check_mandate(house, Act.RETRY_DELIVERY, person)
        house.casebook.outbox.retry(retry, person.username)
        deliver_now(house)
    dead, waiting = house.casebook.outbox.dead(), house.casebook.outbox.waiting()
    if as_json:
        documents = [{**_row(one), "state": "dead"} for one in dead]
        print_json([*documents, *({**_row(one), "state": "pending"} for one in waiting)], many=True)
        return
    rows = [{**_row(one), "state": to_reader(GIVEN_UP), "next_try_at": None} for one in dead]
    rows += [{**_row(one), "state": to_reader(WAITING)} for one in waiting]
    print_table(rows, COLUMNS, empty=Text(en="nothing waits to be delivered", zh="没有待发送的消息"))


def _row(message: OutboxMessage) -> dict[str, object]:
    return message.model_dump(mode="json", include={"id", "kind", "case", "tries", "next_try_at", "last_error"})
