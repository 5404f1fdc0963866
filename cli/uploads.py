"""Handing papers in: uploaded statements, and what official sites showed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from admission.errors import BadInput
from admission.evidence.answers import Evidence
from admission.evidence.gathering import ANSWER_WORDS
from admission.evidence.uploads import MAX_UPLOAD, Preview, StatedWithFile
from admission.files import read_file
from admission.memo.labels import FIGURES, said
from admission.model import Text
from cli.helping import command, option
from cli.language import to_reader
from cli.output import as_option, json_option, print_json, progress, say
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from intake.reading import read_document
from services.papers import Papers, add_statements, preview_statements
from wiring import House

UNDERSTOOD = {
    "used": Text(en="used as ", zh="识别为："),
    "not_used": Text(en="not used", zh="未采用"),
    "not_understood": Text(en="not understood", zh="未识别"),
    "ambiguous": Text(en="ambiguous", zh="有歧义"),
}
WHY = Text(
    en="What the voters are told where this opens the next round; a summary of the papers if not given.",
    zh="因此进入下一轮时告知审批人的原因；默认为材料摘要。",
)


@command(
    zh="""为申请单上传报表（XLSX 或 CSV）；资料确定之后，将开启下一轮。

    示例：gatehouse upload GH-2026-000001 报表.xlsx --preview；gatehouse upload GH-2026-000001 报表.csv --unit 万元
    """
)
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--preview",
    "only_preview",
    is_flag=True,
    help=Text(en="Show how each line is understood; nothing is stored.", zh="显示每一行如何识别；不保存。"),
)
@option(
    "--unit",
    help=Text(
        en="Unit of all amounts where the file states none: 元, 千元, 万元, 亿元, thousand, million.",
        zh="文件未注明单位时，全部金额的单位：元、千元、万元、亿元、thousand、million。",
    ),
)
@option("--currency", help=Text(en="Currency where the file states none.", zh="文件未注明币种时的币种。"))
@option(
    "--period-end",
    metavar="DAY",
    help=Text(en="Last day of the newest year where the file states none.", zh="文件未注明日期时，最近一年的期末日。"),
)
@option("--reason", default="", help=WHY)
@as_option
@json_option
def upload(
    reference: str,
    file: Path,
    only_preview: bool,
    unit: str | None,
    currency: str | None,
    period_end: str | None,
    reason: str,
    as_user: str | None,
    as_json: bool,
) -> int:
    """Put statements (XLSX or CSV) on a case; once its facts are settled, they open its next round.

    Examples: gatehouse upload GH-2026-000001 报表.xlsx --preview; gatehouse upload GH-2026-000001 报表.csv --unit 万元
    """
    stated = StatedWithFile.read({"unit": unit, "currency": currency, "period_end": period_end})
    body = read_file(file, MAX_UPLOAD)
    house = open_house()
    person = person_at_hand(house, as_user)
    before = house.casebook.cases.get(reference).round
    read = preview_statements(body, file.name, stated)
    if as_json:
        print_json([read.model_dump(mode="json")], many=False)
    else:
        print_preview(read)
    if only_preview:
        return 1 if read.problems else 0
    evidence = add_statements(house, reference, person, file.name, body, stated, reason)
    deliver_now(house)
    progress(_added(reference, evidence))
    tell_round(house, reference, before)
    return 0


def tell_added(reference: str, evidence: Evidence) -> None:
    """Print what was put on a case."""
    say(_added(reference, evidence))


def _added(reference: str, evidence: Evidence) -> Text:
    message = evidence.message or ANSWER_WORDS[evidence.answer]
    return Text(en=f"{reference}: {message.en}", zh=f"{reference}：{message.zh}")


def tell_round(house: House, reference: str, before: int) -> None:
    """Tell where what was done has opened another round than the one before."""
    now = house.casebook.cases.get(reference).round
    if now != before:
        progress(
            Text(
                en=f"{reference}: round {now} is open; earlier votes lapse",
                zh=f"{reference}：第 {now} 轮已开启，此前的审批意见失效",
            )
        )


def read_form(path: Path) -> tuple[Any, dict[str, bytes]]:
    """Read a record form and the files beside it that its looks name; only bare names are followed."""
    document = read_document(path)
    looks = document.get("looks") if isinstance(document, dict) else None
    names = [look.get("file") for look in looks if isinstance(look, dict)] if isinstance(looks, list) else []
    bare = [name for name in names if isinstance(name, str) and name == Path(name).name and name not in ("", "..")]
    return document, {name: read_file(path.parent / name, MAX_UPLOAD) for name in dict.fromkeys(bare)}


def read_papers(statements: tuple[Path, ...], forms: tuple[Path, ...], stated: StatedWithFile) -> Papers:
    """Read all papers that are handed in with an application.

    Raises:
        BadInput: one of them cannot be taken; so that no case is opened for it.
    """
    bodies = tuple((path.name, read_file(path, MAX_UPLOAD)) for path in statements)
    for name, body in bodies:
        preview_statements(body, name, stated).require_good()
    written = tuple(read_form(path) for path in forms)
    for path, (document, _) in zip(forms, written, strict=True):
        if isinstance(document, dict) and document.get("judgements"):
            raise BadInput(
                Text(
                    en=f"{path.name} holds judgements, and whoever asks for a customer does not judge it.",
                    zh=f"{path.name} 含有人工评价，而发起人不得评价该客户。",
                ),
                remedy=Text(
                    en="leave them out; another person enters them: gatehouse judge REF ...",
                    zh="请删去评价，由他人录入：gatehouse judge 申请单号 ...",
                ),
            )
    return Papers(statements=bodies, stated=stated, forms=written)


def print_preview(read: Preview) -> None:
    """Print how each line was understood, its amounts in whole currency units beside it, then what must be mended."""
    for line in read.lines:
        place = f"{line.sheet} {line.row}".strip()
        told = f"{place:>4}  {line.label}: {to_reader(UNDERSTOOD[line.understood])}"
        if line.field is not None and line.understood == "used":
            told += f"{to_reader(said(FIGURES, line.field))} ({line.alias} x {line.factor:,f})"
        amounts = [f"{day} {line.values[day]:,.0f}" for day in sorted(line.values, reverse=True)]
        note = [to_reader(line.note)] if line.note else []
        click.echo("; ".join([told, *amounts, *note]))
    for remark in (*read.remarks, *((read.untold,) if read.untold else ())):
        say(remark)
    for found in read.problems:
        problem = found.problem
        say(Text(en=f"to be mended: {problem.to('en')}", zh=f"需更正：{problem.to('zh')}"))
