"""The house's own customer ledger: imported from a file, customer numbers assigned, figures shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from admission.customers.ledger.imports import LedgerImport
from admission.memo.ledger_words import figure_lines, ledger_document
from admission.memo.phrases import amount_words
from admission.model import Text
from cli.amounts import needed_day
from cli.helping import group, option
from cli.language import language, to_reader
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, print_table, say
from cli.refused import giving_back, refused_line
from cli.session import open_house, person_at_hand
from intake.ledger_files import LedgerFile, Preview
from intake.ledger_mapping import read_ledger_mapping
from services.ledgers import LedgerDay, figures_of, load_ledger, set_accounts
from services.watchlists import day_of

ACCOUNTS = {"number": Text(en="customer number", zh="客户编号"), "company": Text(en="company key", zh="企业键")}
NOT_LOADED = Text(en="no ledger was loaded yet (gatehouse ledger import)", zh="尚未载入台账（gatehouse ledger import）")


@group(
    zh="""载入本机构的应收账款台账，设置客户编号对应的企业，查看台账指标。

    示例：gatehouse ledger import 台账.csv --on 2026-10-31 --complete-since 2024-01-01
    """
)
def ledger() -> None:
    """Load the house's own customer ledger, say whose customer numbers are whose, and show its figures.

    Example: gatehouse ledger import ledger.csv --on 2026-10-31 --complete-since 2024-01-01
    """


@ledger.command(
    "import",
    zh="""从 CSV 或 XLSX 文件载入台账；此后以该台账为准。

    有误的行连同原因写入原文件旁的 名称.refused.csv，退出码为 1；除非加 --leave-out-bad，否则不载入任何内容。

    示例：gatehouse ledger import 台账.csv --on 2026-10-31 --complete-since 2024-01-01 --mapping 对照.yaml
    """,
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--on", "day", metavar="DAY", help=Text(en="The day of the export.", zh="台账截止日。"))
@option(
    "--complete-since",
    "since",
    metavar="DAY",
    help=Text(
        en="From when on every document is there, settled ones too.", zh="自哪一日起包含全部单据（含已结清单据）。"
    ),
)
@option(
    "--mapping",
    type=click.Path(path_type=Path),
    help=Text(en="YAML or JSON that says which column is what.", zh="列对照文件（YAML 或 JSON）。"),
)
@option(
    "--leave-out-bad",
    is_flag=True,
    help=Text(en="Load the good rows without the bad ones.", zh="不导入有误的行，载入其余各行。"),
)
@option(
    "--preview",
    "only_preview",
    is_flag=True,
    help=Text(en="Show how the file is read; nothing is stored.", zh="显示文件如何读取；不保存。"),
)
@as_option
@json_option
def import_file(
    file: Path,
    day: str | None,
    since: str | None,
    mapping: Path | None,
    leave_out_bad: bool,
    only_preview: bool,
    as_user: str | None,
    as_json: bool,
) -> int:
    """Load the ledger from a CSV or XLSX file; it is the one that counts from then on.

    Bad rows are written to NAME.refused.csv beside the file, with their reasons, and the exit status is 1. Nothing is
    loaded then, unless `--leave-out-bad` is given.

    Example: gatehouse ledger import ledger.csv --on 2026-10-31 --complete-since 2024-01-01 --mapping map.yaml
    """
    table = LedgerFile(file, None if mapping is None else read_ledger_mapping(mapping))
    if only_preview:
        return _preview(table.preview(), as_json=as_json)
    if since is None:
        raise Misuse(
            Text(
                en="Give the day with --complete-since; `none` where the file has open documents alone.",
                zh="请用 --complete-since 给出日期；文件仅含未清单据时写 none。",
            )
        )
    span = LedgerDay(needed_day(day, "--on"), None if since == "none" else day_of(since))
    house = open_house()
    person = person_at_hand(house, as_user)
    with giving_back(file, table.header) as give_back:
        made = load_ledger(house, table, span, person, give_back, leave_out_bad=leave_out_bad)
    if as_json:
        print_json([made.model_dump(mode="json")], many=False)
    else:
        _tell(made)
    return 1 if made.refused else 0


@ledger.command(
    "accounts",
    zh="""设置客户编号对应的企业；不带参数时列出全部。KEY 留空则取消。

    台账中直接使用企业键作为客户编号时无须设置。

    示例：gatehouse ledger accounts 10023=cn:91990000MA9X000702
    """,
)
@click.argument("pairs", nargs=-1, metavar="[NUMBER=KEY ...]")
@as_option
@json_option
def accounts(pairs: Sequence[str], as_user: str | None, as_json: bool) -> None:
    """Say which company a customer number is, or list them; an empty KEY takes it back.

    Where the ledger has company keys for customer numbers, nothing need be said.

    Example: gatehouse ledger accounts 10023=uk:00000001
    """
    house = open_house()
    if pairs:
        set_accounts(house, dict(map(_pair, pairs)), person_at_hand(house, as_user))
    rows = [{"number": number, "company": key} for number, key in house.casebook.ledgers.accounts().items()]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, ACCOUNTS, empty=Text(en="no customer number is assigned", zh="尚未设置任何客户编号"))


@ledger.command(
    "show",
    zh="""查看一家企业的台账指标；未知的指标注明原因。

    示例：gatehouse ledger show cn:91990000MA9X000702 --json
    """,
)
@click.argument("key")
@json_option
def show(key: str, as_json: bool) -> None:
    """Show all figures of a company's ledger; of unknown ones, why they are.

    Example: gatehouse ledger show uk:00000001 --json
    """
    figures = figures_of(open_house(), key)
    if as_json:
        print_json([ledger_document(figures, language())], many=False)
        return
    if figures is None:
        say(NOT_LOADED)
        return
    say(Text(en=f"{key}: ledger as of {figures.as_of}", zh=f"{key}：台账截止 {figures.as_of}"))
    for name, said in figure_lines(figures):
        say(Text(en=f"  {name.en}: {said.en}", zh=f"  {name.zh}：{said.zh}"))


def _pair(text: str) -> tuple[str, str]:
    number, sign, key = text.partition("=")
    if not sign or not number:
        raise Misuse(Text(en="Give customer numbers as NUMBER=KEY.", zh="格式为 客户编号=企业键。"))
    return number, key


def _tell(made: LedgerImport) -> None:
    say(
        Text(
            en=f"{made.id} as of {made.as_of}: {made.entries:,} entries of {made.customers:,} customers",
            zh=f"{made.id}（截止 {made.as_of}）：{made.customers:,} 个客户，{made.entries:,} 条记录",
        )
    )
    for currency, balance in sorted(made.balances.items()):
        said = amount_words(balance, currency)
        say(Text(en=f"  balance {said.en}", zh=f"  应收余额 {said.zh}"))
    if made.refused_customers:
        count = f"{made.refused_customers:,}"
        say(
            Text(
                en=f"  {count} customer(s) have rows that were left out: their figures are unknown",
                zh=f"  {count} 个客户有未导入的行：其指标未知",
            )
        )


def _preview(found: Preview, *, as_json: bool) -> int:
    if as_json:
        print_json([_preview_document(found)], many=False)
        return 1 if found.tally.refused else 0
    for ours, theirs in found.columns.items():
        click.echo(f"  {ours:<14} {theirs}")
    if found.unused:
        names = ", ".join(found.unused)
        say(Text(en=f"not read: {names}", zh=f"未读取：{names}"))
    tally = found.tally
    say(
        Text(
            en=f"{tally.good:,} good rows of {tally.customers:,} customers, {tally.refused:,} bad rows",
            zh=f"{tally.customers:,} 个客户，{tally.good:,} 行可读取，{tally.refused:,} 行有误",
        )
    )
    for row in found.refused:
        say(refused_line(row))
    return 1 if tally.refused else 0


def _preview_document(found: Preview) -> dict[str, Any]:
    return {
        "columns": found.columns,
        "unused": list(found.unused),
        "good": found.tally.good,
        "refused": found.tally.refused,
        "customers": found.tally.customers,
        "balances": {currency: str(amount) for currency, amount in found.tally.balances.items()},
        "first_refused": [{"row": row.number, "reason": to_reader(row.reason)} for row in found.refused],
    }
