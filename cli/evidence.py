"""What people put on a case: recording it, reading it, and confirming what somebody else put there."""

from __future__ import annotations

from pathlib import Path

import click

from admission.errors import BadInput
from admission.evidence.answers import Evidence
from admission.model import Text
from cli.helping import group, option
from cli.language import to_reader
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, print_table, say
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from cli.uploads import WHY, read_form, tell_added, tell_round
from services import papers
from wiring import House

COLUMNS = {
    "id": Text(en="number", zh="编号"),
    "source": Text(en="source", zh="来源"),
    "told": Text(en="what it says", zh="内容"),
    "brought_by": Text(en="put there by", zh="录入人"),
    "confirmed_by": Text(en="confirmed by", zh="复核人"),
}
NOT_YET = Text(en="nobody yet", zh="尚未复核")


@group(
    zh="""登记官方网站查询结果和人工评价。

    示例：gatehouse evidence add GH-2026-000001 looks.yaml
    """
)
def evidence() -> None:
    """Record what official sites showed, and judgements.

    Example: gatehouse evidence add GH-2026-000001 looks.yaml
    """


@evidence.command(
    "add",
    zh="""为申请单登记查询记录（YAML 或 JSON）；其中提到的文件与它放在同一文件夹。

    资料确定之后，新记录将开启下一轮。

    示例：gatehouse evidence add GH-2026-000001 looks.yaml
    """,
)
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@option("--reason", default="", help=WHY)
@as_option
@json_option
def add(reference: str, file: Path, reason: str, as_user: str | None, as_json: bool) -> None:
    """Put a record form (YAML or JSON) on a case; the files that it names lie beside it.

    Once the facts of the case are settled, the records open its next round.

    Example: gatehouse evidence add GH-2026-000001 looks.yaml
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    before = house.casebook.cases.get(reference).round
    document, attachments = read_form(file)
    added = papers.add_manual_evidence(house, reference, person, document, attachments, reason)
    deliver_now(house)
    tell_round(house, reference, before)
    if as_json:
        print_json([item.model_dump(mode="json") for item in added], many=True)
        return
    for item in added:
        tell_added(reference, item)


@evidence.command(
    "list",
    zh="""列出人员为申请单录入的资料：录入人、复核人。

    示例：gatehouse evidence list GH-2026-000001
    """,
)
@click.argument("reference")
@json_option
def list_evidence(reference: str, as_json: bool) -> None:
    """List what people put on a case: who did, and who confirmed it.

    Example: gatehouse evidence list GH-2026-000001
    """
    house = open_house()
    case = house.casebook.cases.get(reference)
    confirmed = house.casebook.confirmations.of(reference, case.round)
    rows = [_row(item, confirmed.get(item.id)) for item in papers.brought(house, case)]
    if as_json:
        print_json(rows, many=True)
        return
    shown = [{**row, "confirmed_by": row["confirmed_by"] or to_reader(NOT_YET)} for row in rows]
    print_table(shown, COLUMNS, empty=Text(en="nobody put anything on this case", zh="本申请单没有人工录入的资料"))


def _row(item: Evidence, confirmed_by: str | None) -> dict[str, object]:
    return {
        "id": item.id,
        "source": item.source,
        "told": to_reader(item.message) if item.message else "",
        "brought_by": item.brought_by,
        "confirmed_by": confirmed_by,
    }


@evidence.command(
    "confirm",
    zh="""复核他人录入的资料；复核后方可计入对企业有利的判断，并开启下一轮。

    示例：gatehouse evidence confirm GH-2026-000001 7f3a9c；gatehouse evidence confirm GH-2026-000001 --all
    """,
)
@click.argument("reference")
@click.argument("numbers", nargs=-1)
@option("--all", "everything", is_flag=True, help=Text(en="All that waits.", zh="全部待复核资料。"))
@as_option
def confirm(reference: str, numbers: tuple[str, ...], everything: bool, as_user: str | None) -> None:
    """Confirm what somebody else put on a case: from then on it counts for the company. The next round opens.

    Numbers may be shortened to their beginning.

    Examples: gatehouse evidence confirm GH-2026-000001 7f3a9c; gatehouse evidence confirm GH-2026-000001 --all
    """
    if everything == bool(numbers):
        raise Misuse(Text(en="Give either numbers or --all.", zh="请给出编号，或使用 --all。"))
    house = open_house()
    person = person_at_hand(house, as_user)
    case = house.casebook.cases.get(reference)
    waiting = papers.unconfirmed(house, case)
    ids = [item.id for item in waiting] if everything else [_named(house, reference, number) for number in numbers]
    if not ids:
        say(Text(en=f"{reference}: nothing waits for a confirmation", zh=f"{reference}：没有待复核资料"))
        return
    papers.confirm(house, reference, ids, person)
    deliver_now(house)
    say(Text(en=f"{reference}: {len(ids)} confirmed", zh=f"{reference}：已复核 {len(ids)} 项"))
    tell_round(house, reference, case.round)


@evidence.command(
    "file",
    zh="""将录入资料所附的文件保存到本机，以便查看。

    示例：gatehouse evidence file GH-2026-000001 7f3a9c --out 截图.png
    """,
)
@click.argument("reference")
@click.argument("number")
@option("--out", type=click.Path(path_type=Path), required=True, help=Text(en="Where to.", zh="保存位置。"))
def save_file(reference: str, number: str, out: Path) -> None:
    """Save the file that came with what was put on a case, to look at it.

    Example: gatehouse evidence file GH-2026-000001 7f3a9c --out shot.png
    """
    house = open_house()
    identity = _named(house, reference, number)
    _, body = papers.file_of(house, reference, identity)
    with out.open("xb") as file:
        file.write(body)
    say(Text(en=f"saved as {out.name}", zh=f"已保存为 {out.name}"))


def _named(house: House, reference: str, number: str) -> str:
    """Return the one piece of evidence of a case whose id begins so.

    Raises:
        BadInput: none does, or several do.
    """
    ids = {item.id for item in house.casebook.evidence.of_all_rounds(reference) if item.brought_by is not None}
    found = [identity for identity in ids if identity.startswith(number)]
    if len(found) != 1:
        raise BadInput(
            Text(en="This number does not name one thing on the case.", zh="该编号不能确定唯一一项资料。"),
            context={"case": reference, "number": number[:40]},
            remedy=Text(
                en=f"gatehouse evidence list {reference} shows the numbers",
                zh=f"运行 gatehouse evidence list {reference} 查看编号",
            ),
        )
    return found[0]
