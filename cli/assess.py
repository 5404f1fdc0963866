"""Assessing applications here and now."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from admission.errors import BadInput
from admission.evidence.gathering import ANSWER_WORDS
from admission.memo.labels import said
from admission.memo.phrases import BINDINGS, NOT_ASKED, ROUTES, VERDICTS, amount_words
from admission.memo.what_if import TITLE
from admission.model import Text
from cli.helping import command, option
from cli.language import language, to_reader
from cli.misuse import Misuse
from cli.output import json_option, print_json, progress, say, what_if_option
from cli.refused import give_back
from intake.applications import read_applications
from services.trial import assess_here
from wiring import House, Settings

# The stand-in checks no one, but a source without a key or contact would not be asked at all.
STAND_IN_KEY = "GATEHOUSE_UK_COMPANIES_HOUSE_KEY"


@command(
    zh="""不经 Prefect，收集资料、校验并评估；不建立申请单，除非另有指示，也不购买付费报告。

    无论等级如何，退出状态均为 0；有行被退回时为 1，被退回的行写入原文件旁的一个文件。

    示例：gatehouse assess apple.yaml；gatehouse assess apple.yaml --recorded ../shared/data --json
    """
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--recorded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=Text(
        en="Ask recorded answers in this folder instead of the sources.",
        zh="不查询来源，改用此文件夹中录制的答复。",
    ),
)
@option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=Text(
        en="Map of URL and recorded file; SEC files named by CIK need none.",
        zh="网址与录制文件的对照表；以 CIK 命名的 SEC 文件无须对照。",
    ),
)
@option(
    "--paid",
    is_flag=True,
    help=Text(en="Buy paid reports where they are set up.", zh="已配置付费来源的，购买付费报告。"),
)
@option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=Text(en="Assess as of this day; today if not given.", zh="评估日；默认为今天。"),
)
@what_if_option
@json_option
def assess(
    files: tuple[Path, ...],
    recorded: Path | None,
    map_file: Path | None,
    paid: bool,
    as_of: datetime | None,
    what_if: bool,
    as_json: bool,
) -> int:
    """Gather, validate and assess without Prefect; opens no case, and buys nothing unless told to.

    Exit status 0 whatever the grade; 1 where a row was refused, which then comes back in a file beside its own.

    Examples: gatehouse assess apple.yaml; gatehouse assess apple.yaml --recorded ../shared/data --json
    """
    if map_file is not None and recorded is None:
        raise Misuse(
            Text(
                en="--map says where recorded answers are: give --recorded DIR too.",
                zh="--map 说明录制答复的位置，须同时给出 --recorded 文件夹。",
            )
        )
    books = [(path, read_applications(path)) for path in files]
    many = len(books) > 1 or books[0][1].shape != "document"
    applications = [application for _, book in books for application in book.applications]
    for path, book in books:
        if book.bad:
            give_back(path, book, book.bad)
    with _open_settings(recorded, map_file) as settings:
        house = House(settings)
        day = as_of.date() if as_of else house.today()
        stand_in = settings.sandbox_url if recorded is not None else None
        documents = assess_here(
            house, applications, day, language(), buy=paid, tell=progress, stand_in=stand_in, what_if=what_if
        )
    if as_json:
        print_json(documents, many=many)
    else:
        for document in documents:
            _print(document)
    return 1 if any(book.bad for _, book in books) else 0


@contextlib.contextmanager
def _open_settings(recorded: Path | None, map_file: Path | None) -> Iterator[Settings]:
    """Yield the settings; with recorded answers, all sources are asked at a stand-in that serves them."""
    settings = Settings()
    if recorded is None:
        yield settings
        return
    from sandbox.server import Sandbox
    from sandbox.wire import SandboxError

    try:
        sandbox = Sandbox(recorded=recorded, map_file=map_file)
    except SandboxError as error:
        raise BadInput(
            Text(en=f"The recorded answers cannot be served: {error}", zh=f"录制的答复无法使用：{error}"),
            remedy=Text(en="mend the map of recorded answers", zh="请更正录制答复的对照表"),
        ) from None
    before = os.environ.get(STAND_IN_KEY)
    os.environ[STAND_IN_KEY] = before or "recorded"
    try:
        url = sandbox.start()
        contact = settings.contact or "recorded answers, nobody@localhost"
        yield settings.model_copy(update={"sandbox_url": url, "contact": contact})
    finally:
        sandbox.stop()
        if before is None:
            del os.environ[STAND_IN_KEY]


def _print(document: dict[str, Any]) -> None:
    applicant, assessment = document["applicant"], document["assessment"]
    limit, binding, route = assessment["limit"], assessment["limit"]["binding"], assessment["route"]["kind"]
    name, country, day = applicant["legal_name"], applicant["country"], assessment["as_of"]
    say(Text(en=f"{name} ({country}), as of {day}", zh=f"{name}（{country}），评估日 {day}"))
    grade, score, terms = assessment["grade"], assessment["score"], assessment["terms"]["text"]
    amount = amount_words(Decimal(limit["amount"]), limit["currency"])
    bound, way = said(BINDINGS, binding), ROUTES[route]
    say(
        Text(
            en=f"  grade {grade}, score {score}; limit {amount.en} (bound by {bound.en}); {terms}; {way.en}",
            zh=f"  等级 {grade}，得分 {score}；额度 {amount.zh}（额度依据：{bound.zh}）；{terms}；{way.zh}",
        )
    )
    for reason in assessment["reasons"]:
        click.echo(f"  - {reason}")
    if "what_if" in document:
        say(Text(en=f"  {TITLE.en}:", zh=f"  {TITLE.zh}："))
        for sentence in document["what_if"]:
            click.echo(f"  - {sentence}")
    for item in document["evidence"]:
        answer = to_reader(ANSWER_WORDS[item["answer"]])
        click.echo(f"  {item['source']}/{item['query']['kind']}: {answer} {item['message'] or ''}".rstrip())
    for criterion in assessment["criteria"]:
        if criterion["verdict"] != "pass":
            word = NOT_ASKED if criterion["not_asked"] else VERDICTS[criterion["verdict"]]
            click.echo(f"  {to_reader(word):>7} {criterion['id']}: {criterion['message']}")
