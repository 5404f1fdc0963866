"""Paid calls whose end is not known: looking at them, and letting one go."""

from __future__ import annotations

from admission.approval.mandates import Act
from admission.model import Text
from cli.helping import command, option
from cli.output import as_option, json_option, print_json, print_table, say
from cli.session import open_house, person_at_hand
from services.mandates import check_mandate

COLUMNS = {
    "id": Text(en="call", zh="编号"),
    "source": Text(en="source", zh="来源"),
    "booked_at": Text(en="booked at", zh="登记时间"),
    "question": Text(en="question", zh="查询内容"),
}


@command(
    zh="""列出结果不明的付费查询：已登记，但无人知道是否已答复和计费。

    在放行之前，同一查询不会再次发出。请先向来源核实；放行人会记入历史记录。

    示例：gatehouse calls；gatehouse calls --release 12
    """
)
@option(
    "--release",
    metavar="ID",
    help=Text(
        en="Let this call go, so that the same question may be paid for again.",
        zh="放行此笔查询，允许就同一内容再次付费。",
    ),
)
@as_option
@json_option
def calls(release: str | None, as_user: str | None, as_json: bool) -> None:
    """List paid calls in doubt: they were booked, and nobody knows whether they were answered and charged.

    The same question is not asked again until the call has been released. Find out at the source first; who releases a
    call is kept in the history.

    Examples: gatehouse calls; gatehouse calls --release 12
    """
    house = open_house()
    if release is not None:
        person = person_at_hand(house, as_user)
        check_mandate(house, Act.RELEASE_CALL, person)
        house.casebook.evidence.close_call(release, "released", actor=person.username)
        if as_json:
            print_json([{"id": release, "ended": "released", "by": person.username}], many=False)
        else:
            say(
                Text(
                    en=f"call {release} released by {person.username}", zh=f"{person.username} 已放行付费查询 {release}"
                )
            )
        return
    rows = [
        {"id": number, "source": question.partition("/")[0], "booked_at": at.isoformat(), "question": question}
        for number, question, at in house.casebook.evidence.calls_in_doubt()
    ]
    if as_json:
        print_json(rows, many=True)
    else:
        empty = Text(en="no paid call is in doubt", zh="没有结果不明的付费查询")
        print_table(rows, COLUMNS, empty=empty)
