"""The customers that the house has already: proposed from a file, confirmed by a second person, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from admission.customers.book.records import BookImport
from admission.model import Text
from cli.book_lines import CUSTOMERS, IMPORTS, customer_row, import_row, sums_lines
from cli.helping import group, option
from cli.language import to_reader
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.refused import giving_back, refused_line
from cli.session import open_house, person_at_hand
from intake.book_files import BookFile
from intake.book_mapping import read_book_mapping
from services.books import BookPreview, confirm_book, preview_book, propose_book, refuse_book

FIRST_ROWS = 10
NO_IMPORTS = Text(en="no book was imported", zh="尚未导入存量客户")
NO_ROWS = Text(en="no rows wait for a second person", zh="没有待复核的行")


@group(
    zh="""导入本机构的存量客户：一人提出，第二人复核，复核后才成为客户。

    示例：gatehouse book import 客户.xlsx --preview；gatehouse book confirm B1
    """
)
def book() -> None:
    """Bring in the customers that the house has already: one person proposes them, a second one confirms.

    Examples: gatehouse book import customers.xlsx --preview; gatehouse book confirm B1
    """


@book.command(
    "import",
    zh="""从 CSV 或 XLSX 文件提出存量客户；第二人复核之前都不是客户。

    有误的行连同原因写入原文件旁的 名称.refused.csv，退出码为 1；除非加 --leave-out-bad，否则不提出任何客户。

    示例：gatehouse book import 客户.csv --mapping 对照.yaml --preview
    """,
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--mapping",
    type=click.Path(path_type=Path),
    help=Text(en="YAML or JSON that says which column is what.", zh="列对照文件（YAML 或 JSON）。"),
)
@option(
    "--leave-out-bad",
    is_flag=True,
    help=Text(en="Propose the good rows without the bad ones.", zh="不导入有误的行，提出其余各行。"),
)
@option(
    "--preview",
    "only_preview",
    is_flag=True,
    help=Text(en="Show what would come in; nothing is stored.", zh="显示将导入的内容；不保存。"),
)
@as_option
@json_option
def import_file(
    file: Path, mapping: Path | None, leave_out_bad: bool, only_preview: bool, as_user: str | None, as_json: bool
) -> int:
    """Propose the customers of a CSV or XLSX file; none is a customer until a second person confirms them.

    Bad rows are written to NAME.refused.csv beside the file, with their reasons, and the exit status is 1. Nothing is
    proposed then, unless `--leave-out-bad` is given.

    Example: gatehouse book import customers.csv --mapping map.yaml --preview
    """
    table = BookFile(file, None if mapping is None else read_book_mapping(mapping))
    house = open_house()
    if only_preview:
        return _preview(table, preview_book(house, table), as_json=as_json)
    person = person_at_hand(house, as_user)
    with giving_back(file, table.header) as give_back:
        made = propose_book(house, table, person, give_back, leave_out_bad=leave_out_bad)
    _tell(made, as_json=as_json)
    return 1 if made.refused else 0


@book.command(
    "confirm",
    zh="""作为第二人复核一份导入：其中的企业随即成为客户。中断后可再次运行以继续。

    示例：gatehouse book confirm B1
    """,
)
@click.argument("name")
@as_option
@json_option
def confirm(name: str, as_user: str | None, as_json: bool) -> None:
    """Confirm an import as the second person: its companies are customers then. Run again, it goes on where it broke.

    Example: gatehouse book confirm B1
    """
    house = open_house()
    _tell(confirm_book(house, name, person_at_hand(house, as_user), progress), as_json=as_json)


@book.command(
    "refuse",
    zh="""退回一份导入；提出人可自行撤回。已转入的客户不受影响。

    示例：gatehouse book refuse B1 --because "额度已过期"
    """,
)
@click.argument("name")
@option(
    "--because",
    required=True,
    help=Text(en="Why; without names of persons, for it is kept.", zh="原因；会留存，请勿写个人姓名。"),
)
@as_option
@json_option
def refuse(name: str, because: str, as_user: str | None, as_json: bool) -> None:
    """Refuse an import, or take one of your own back; who is a customer by it already stays one.

    Example: gatehouse book refuse B1 --because "limits of last year"
    """
    house = open_house()
    _tell(refuse_book(house, name, because, person_at_hand(house, as_user)), as_json=as_json)


@book.command(
    "list",
    zh="""列出全部导入及其状态。

    示例：gatehouse book list
    """,
)
@json_option
def list_imports(as_json: bool) -> None:
    """List all imports with their state.

    Example: gatehouse book list
    """
    found = open_house().casebook.books.all()
    if as_json:
        print_json([one.model_dump(mode="json") for one in found], many=True)
    else:
        print_table([import_row(one) for one in found], IMPORTS, empty=NO_IMPORTS)


@book.command(
    "show",
    zh="""查看一份导入；待复核时列出每一行。

    示例：gatehouse book show B1 --json
    """,
)
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show an import; every row of it, as long as it waits for a second person.

    Example: gatehouse book show B1 --json
    """
    books = open_house().casebook.books
    found, waiting = books.get(name), books.waiting(name)
    if as_json:
        rows = [{"row": one.number, **one.row.model_dump(mode="json")} for one in waiting]
        print_json([{**found.model_dump(mode="json"), "rows": rows}], many=False)
        return
    print_table([import_row(found)], IMPORTS, empty=NO_IMPORTS)
    for line in sums_lines(found.sums):
        say(line)
    if found.because:
        say(Text(en=f"refused because: {found.because}", zh=f"退回原因：{found.because}"))
    print_table([customer_row(one.number, one.row) for one in waiting], CUSTOMERS, empty=NO_ROWS)


def _tell(made: BookImport, *, as_json: bool) -> None:
    if as_json:
        print_json([made.model_dump(mode="json")], many=False)
        return
    print_table([import_row(made)], IMPORTS, empty=NO_IMPORTS)
    if made.state == "proposed":
        progress(
            Text(
                en=f"a second person confirms it: gatehouse book confirm {made.id}",
                zh=f"由第二人复核：gatehouse book confirm {made.id}",
            )
        )
    elif made.state == "refused" and made.admitted:
        progress(Text(en=f"{made.admitted:,} of it stay customers", zh=f"其中 {made.admitted:,} 家仍为客户"))


def _preview(table: BookFile, found: BookPreview, *, as_json: bool) -> int:
    if as_json:
        print_json([_preview_document(table, found)], many=False)
        return 1 if found.refused else 0
    for ours, theirs in table.columns.items():
        click.echo(f"  {ours:<18} {theirs}")
    if table.taken.unused:
        names = ", ".join(table.taken.unused)
        say(Text(en=f"not read: {names}", zh=f"未读取：{names}"))
    if table.balance is not None:
        say(
            Text(
                en=f"{table.balance} is not stored: what customers owe is told by the ledger (gatehouse ledger import)",
                zh=f"{table.balance} 不保存：应收余额以台账为准（gatehouse ledger import）",
            )
        )
    for line in sums_lines(found.sums):
        say(line)
    print_table([customer_row(number, row) for number, row in found.rows[:FIRST_ROWS]], CUSTOMERS, empty=NO_ROWS)
    count = len(found.refused)
    say(Text(en=f"bad rows: {count:,}", zh=f"有误的行：{count:,}"))
    for row in found.refused[:FIRST_ROWS]:
        say(refused_line(row))
    return 1 if found.refused else 0


def _preview_document(table: BookFile, found: BookPreview) -> dict[str, Any]:
    return {
        "columns": table.columns,
        "unused": list(table.taken.unused),
        "balance": table.balance,
        **found.sums.model_dump(mode="json"),
        "first": [{"row": number, **row.model_dump(mode="json")} for number, row in found.rows[:FIRST_ROWS]],
        "refused": len(found.refused),
        "first_refused": [{"row": row.number, "reason": to_reader(row.reason)} for row in found.refused[:FIRST_ROWS]],
    }
