"""The matrix: who is let through where, found out by trying, and the page that shows it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from tests.authorisation.command_tries import NOT_CALLED, OF_THE_FOLDER, CommandTrials, CommandTry
from tests.authorisation.desk_tries import DeskTrials, DeskTry
from tests.authorisation.people import AT_THE_COMMAND_LINE, COLUMNS, Column
from tests.authorisation.scenes import Outcome, Trials, prepare
from tests.conftest import ROOT
from tests.desk.conftest import both

PAGE = ROOT / "docs" / "authorisation.md"
HEAD = """# Who may do what · 权限一览

Nobody wrote these tables: each cell was tried. `make authorisation` tries every page, endpoint and command by everybody
under the policy as shipped, each on a copy of one prepared casebook, and writes this page. A test tries them again and
compares. What the mandates mean and how to change them: [approval](approval.md#mandates).

以下表格由程序逐项实测生成：在自带准入政策下，每个角色对每个页面、接口和命令各试一次。
`make authorisation` 重新生成本页，测试逐项核对。各项权限的含义和修改方法见 [approval](approval.md#mandates)。
"""
CELLS = (
    ("yes", both("let through", "允许")),
    ("no", both("refused, and nothing is changed", "拒绝，且未作任何更改")),
    ("sign in", both("must sign in first", "须先登录")),
)
DESK = """Pages are for people who sign in, so a token opens none. The lists (`GET /`, `GET /cases`,
`GET /api/cases`) show people of sales what they have a part in, and what nobody has taken; all others see all cases.

页面仅供登录人员使用，令牌不能打开页面。列表中，销售部人员只能看到与本人有关和无人认领的申请单，其他人员可看到全部。
"""
COMMANDS = """These act as the person who is signed in on the machine. `--as` is for a demo's casebook alone, and an API
token does not sign in at the command line.

以下命令以本机登录人员的身份执行。`--as` 仅用于演示台账；接口令牌不能用于命令行。
"""
FOLDER = """These ask nobody who they are. Whoever runs them owns the data folder and could read and write its files
anyway, so give that account of the machine to few people ([operations](operations.md)). Users are added and
changed here.

以下命令不询问身份：运行者拥有数据文件夹，本可直接读写其中的文件，因此该系统账户只应交给少数人员。用户在此添加和变更。
"""


class Matrix(NamedTuple):
    """What came of all tries; the outcomes of a row stand in the order of the columns."""

    desk: dict[DeskTry, list[Outcome]]
    commands: dict[CommandTry, list[Outcome]]
    folder: dict[str, Outcome]


def try_everything(folder: Path) -> Matrix:
    """Prepare a casebook in an empty folder, and try everything by everybody."""
    data = folder / "data"
    data.mkdir()
    trials = Trials(prepare(data), folder)
    command_line = CommandTrials(trials)
    return Matrix(
        DeskTrials(trials).rows(COLUMNS),
        command_line.rows(AT_THE_COMMAND_LINE),
        {command: command_line.tried(command, call, "") for command, call in OF_THE_FOLDER.items()},
    )


def page(matrix: Matrix) -> str:
    """Return the page that shows a matrix."""
    return "\n".join(
        [
            HEAD,
            "## Legend · 说明\n",
            *_table(("cell", "", ""), [(f"`{cell}`", said.en, said.zh) for cell, said in CELLS]),
            *_table(("column", "who", "谁"), [(f"`{one.key}`", one.who.en, one.who.zh) for one in COLUMNS]),
            "## The desk · 审批台\n",
            DESK,
            *_table(("", *_keys(COLUMNS)), [_row(f"`{one.route}`", one.what, got) for one, got in matrix.desk.items()]),
            "## Commands that ask who you are · 须登录的命令\n",
            COMMANDS,
            *_table(
                ("gatehouse", *_keys(AT_THE_COMMAND_LINE)),
                [_row(f"`{one.command}`", one.what, got) for one, got in matrix.commands.items()],
            ),
            "## Commands of whoever owns the data folder · 数据文件夹所有者的命令\n",
            FOLDER,
            *_wrapped(sorted({*matrix.folder, *NOT_CALLED})),
        ]
    )


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-matrix-") as folder:
        PAGE.write_text(page(try_everything(Path(folder))), encoding="utf-8")
    click.echo(f"written: {PAGE.relative_to(ROOT)}")


def _keys(columns: Sequence[Column]) -> list[str]:
    return [column.key for column in columns]


def _row(name: str, what: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    return (f"{name} {what}".rstrip(), *(outcome.cell for outcome in outcomes))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


def _wrapped(names: Sequence[str], width: int = 110) -> list[str]:
    """Return names as lines of code words that are not too long."""
    lines: list[str] = [""]
    for name in names:
        word = f"`{name}`" if name == names[-1] else f"`{name}`,"
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [*lines, ""]


def column_of(columns: Sequence[Column], key: str) -> int:
    """Return the place of a column."""
    return _keys(columns).index(key)
