"""The commands about sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from admission.evidence.gathering import ANSWER_WORDS
from admission.files import read_file
from admission.model import Text
from cli.helping import group, option
from cli.language import language, to_reader
from cli.misuse import BadValue, Misuse
from cli.output import json_option, print_json, print_table, say
from services.saved_answers import Told, read_saved_answer
from services.saved_questions import FORMS, NoSuchKind, SavedAnswer
from wiring import build_house

# More than any card lets a source send.
MAX_ANSWER = 500_000_000
COLUMNS = {
    "name": Text(en="name", zh="名称"),
    "value": Text(en="value", zh="值"),
    "currency": Text(en="currency", zh="币种"),
    "day": Text(en="day", zh="日期"),
}
NOTHING_TOLD = Text(en="no facts", zh="没有读出任何信息")


@group(
    zh="""查看来源的答复如何读取。

    示例：gatehouse sources parse sec_edgar CIK0000320193.json --kind companyfacts
    """
)
def sources() -> None:
    """See how answers of sources are read.

    Example: gatehouse sources parse sec_edgar CIK0000320193.json --kind companyfacts
    """


@sources.command(
    "parse",
    zh="""显示已保存的答复说明了什么；不联网，不使用台账。

    每个文件视为来源的一份正常答复（状态码 200），内容类型由扩展名决定。查询中未给出的部分取自答复本身。

    示例：gatehouse sources parse uk_gazette notice.html --query name="Larkfield Limited"；
    gatehouse sources parse financials_upload 报表.xlsx --query unit=万元 --json
    """,
)
@click.argument("source")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--kind", help=Text(en="Which of the source's questions it answers.", zh="属于该来源的哪一类查询。"))
@option(
    "--query",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help=Text(en="What is known of the question.", zh="查询的已知内容。"),
)
@option(
    "--as-of",
    "day",
    metavar="DAY",
    help=Text(en="The day on which it was answered; today if not given.", zh="答复日期；默认为今天。"),
)
@json_option
def parse(
    source: str, files: tuple[Path, ...], kind: str | None, pairs: tuple[str, ...], day: str | None, as_json: bool
) -> None:
    """Show what saved answers tell, without network or casebook.

    Each file counts as a good answer (status 200), its content type by its ending. What is not given of the question
    is filled in from the answer.

    Examples: gatehouse sources parse uk_gazette notice.html --query name="Larkfield Limited";
    gatehouse sources parse financials_upload 报表.xlsx --query unit=万元 --json
    """
    if source not in FORMS:
        raise BadValue("SOURCE", Text(en=f"one of {', '.join(FORMS)}", zh=f"应为以下之一：{'、'.join(FORMS)}"))
    given = _pairs(pairs)
    asked_for = kind or given.pop("kind", None)
    house = build_house()
    on = _day(day) if day else house.today()
    told = []
    for path in files:
        saved = SavedAnswer(path.name, read_file(path, MAX_ANSWER), on)
        try:
            told.append(read_saved_answer(house.connectors[source], asked_for, given, saved))
        except NoSuchKind as error:
            raise Misuse(error.message) from None
    if as_json:
        print_json([item.document(language()) for item in told], many=len(files) > 1)
        return
    for path, item in zip(files, told, strict=True):
        _tell(path.name if len(files) > 1 else "", item)


def _pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise BadValue("--query", Text(en=f"NAME=VALUE, not {pair}", zh=f"应为 NAME=VALUE，而非 {pair}"))
    return {name.strip(): value for name, _, value in (pair.partition("=") for pair in pairs)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("--as-of", Text(en="a day such as 2026-11-27", zh="日期，例如 2026-11-27")) from None


def _tell(name: str, told: Told) -> None:
    heading = ANSWER_WORDS[told.answer]
    if name:
        heading = Text(en=f"{name}: {heading.en}", zh=f"{name}：{heading.zh}")
    say(heading)
    if told.message:
        say(told.message)
    print_table([_row(fact) for fact in told.facts], COLUMNS, empty=NOTHING_TOLD)
    for remark in told.remarks:
        click.echo(f"- {to_reader(remark)}")


def _row(fact: Mapping[str, object]) -> dict[str, object]:
    day = fact.get("period_end") or fact.get("filed_on") or fact.get("on") or fact.get("reported_on")
    name = fact.get("metric") or fact.get("name")
    return {"name": name, "value": fact["value"], "currency": fact.get("currency"), "day": day}
