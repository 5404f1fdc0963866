"""Giving refused rows back, in a file that can be mended and given again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from admission.errors import GatehouseError
from admission.model import Language, Text
from admission.spreadsheets import guarded
from cli.language import language
from cli.output import complain
from intake.applications import ApplicationFile, BadRow
from intake.refused_rows import RefusedFile, RefusedRow


def give_back(path: Path, file: ApplicationFile, bad: Sequence[BadRow]) -> None:
    """Write refused rows, each with its reason, beside the file they came from, and tell so.

    A table comes back as CSV, with nothing in it that a spreadsheet would run; a list comes back as JSON. Where the
    file cannot be written, the rows are told one by one.
    """
    rows = sorted(bad, key=lambda row: row.row.number)
    target = path.with_name(f"{path.stem}.refused{'.json' if file.shape == 'list' else '.csv'}")
    try:
        if file.shape == "list":
            _write_list(target, rows, language())
        else:
            _write_table(target, rows, language())
    except OSError as error:
        for row in rows:
            number = row.row.number
            complain(
                Text(
                    en=f"row {number} of {path.name} refused: {row.reason.en}",
                    zh=f"{path.name} 第 {number} 行被退回：{row.reason.zh}",
                )
            )
        complain(
            Text(
                en=f"{target.name} cannot be written ({error.strerror}) - mend the rows in {path.name}",
                zh=f"无法写入 {target.name}（{error.strerror}）- 请在 {path.name} 中更正这些行",
            )
        )
        return
    complain(
        Text(
            en=f"{len(rows)} row(s) of {path.name} refused - mend them in {target} and give that file",
            zh=f"{path.name} 有 {len(rows)} 行被退回 - 请在 {target} 中更正后提交该文件",
        )
    )


def _write_table(target: Path, bad: Sequence[BadRow], language: Language) -> None:
    columns = list(dict.fromkeys(name for row in bad for name in row.row.given))
    # With its mark in front, spreadsheets see that it is UTF-8; what cannot be written was not text.
    with target.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["row", *columns, "reason"])
        for row in bad:
            cells = [guarded(str(row.row.given.get(name, ""))) for name in columns]
            writer.writerow([row.row.number, *cells, guarded(row.reason.to(language))])


def _write_list(target: Path, bad: Sequence[BadRow], language: Language) -> None:
    entries = [{"row": row.row.number, **row.row.given, "reason": row.reason.to(language)} for row in bad]
    written = json.dumps(entries, indent=2, ensure_ascii=False)
    target.write_text(written, encoding="utf-8", errors="backslashreplace")


@contextmanager
def giving_back(path: Path, header: tuple[str, ...]) -> Iterator[Callable[[RefusedRow], None]]:
    """Give what takes refused rows of a mapped table into NAME.refused.csv beside it; tell at the end how many came.

    Args:
        path: of the file that the rows come from.
        header: its columns.

    Raises:
        GatehouseError: the file of refused rows cannot be written.
    """
    target = path.with_name(f"{path.stem}.refused.csv")
    with RefusedFile(target, header) as refused:

        def take(row: RefusedRow) -> None:
            try:
                refused.add(row)
            except OSError as error:
                raise _unwritable(target, error) from None

        try:
            yield take
        finally:
            if refused.count:
                complain(
                    Text(
                        en=f"{refused.count:,} row(s) of {path.name} refused - see {target}",
                        zh=f"{path.name} 有 {refused.count:,} 行被退回 - 见 {target}",
                    )
                )


def refused_line(row: RefusedRow) -> Text:
    """Return a refused row as one line."""
    return Text(en=f"  row {row.number}: {row.reason.en}", zh=f"  第 {row.number} 行：{row.reason.zh}")


def _unwritable(target: Path, error: OSError) -> GatehouseError:
    return GatehouseError(
        Text(
            en=f"{target.name} cannot be written, so that bad rows could not be given back.",
            zh=f"无法写入 {target.name}，有误的行无法退回。",
        ),
        context={"reason": error.strerror or ""},
        remedy=Text(en="put the file into a folder of yours", zh="请将文件放入可写的文件夹"),
    )
