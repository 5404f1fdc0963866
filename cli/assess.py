"""Assessing applications here and now."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from admission.errors import BadInput
from admission.evidence.gathering import ANSWER_WORDS
from admission.memo.memo import BINDINGS, ROUTES, VERDICTS
from admission.model import Language, Text
from cli.output import json_option, print_json, progress
from cli.refused import give_back
from intake.applications import read_applications
from services.trial import assess_here
from wiring import House, Settings

# The stand-in checks no one, but a source without a key or contact would not be asked at all.
STAND_IN_KEY = "GATEHOUSE_UK_COMPANIES_HOUSE_KEY"
HEAD = Text(en="{name} ({country}), as of {day}", zh="{name}（{country}），评估日 {day}")
RESULT = Text(
    en="  grade {grade}, score {score}; limit {limit} (bound by {binding}); {terms}; {route}",
    zh="  等级 {grade}，得分 {score}；额度 {limit}（约束：{binding}）；{terms}；{route}",
)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--recorded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Ask recorded answers in this folder instead of the sources.",
)
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Map of URL and recorded file; SEC files named by CIK need none.",
)
@click.option("--paid", is_flag=True, help="Buy paid reports where they are set up.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Assess as of this day; today if not given.")
@json_option
def assess(
    files: tuple[Path, ...],
    recorded: Path | None,
    map_file: Path | None,
    paid: bool,
    as_of: datetime | None,
    as_json: bool,
) -> int:
    """Gather, validate and assess without Prefect; opens no case, and buys nothing unless told to.

    Exit status 0 whatever the grade; 1 where a row was refused, which then comes back in a file beside its own.

    Examples: gatehouse assess apple.yaml; gatehouse assess apple.yaml --recorded ../shared/data --json
    """
    if map_file is not None and recorded is None:
        raise click.UsageError("--map says where recorded answers are: give --recorded DIR too.")
    books = [(path, read_applications(path)) for path in files]
    many = len(books) > 1 or books[0][1].shape != "document"
    applications = [application for _, book in books for application in book.applications]
    for path, book in books:
        if book.bad:
            give_back(path, book, book.bad, Settings().language)
    with _settings(recorded, map_file) as settings:
        house = House(settings)
        day = as_of.date() if as_of else house.today()
        documents = assess_here(house, applications, day, settings.language, buy=paid, tell=progress)
    if as_json:
        print_json(documents, many=many)
    else:
        for document in documents:
            _print(document, settings.language)
    return 1 if any(book.bad for _, book in books) else 0


@contextlib.contextmanager
def _settings(recorded: Path | None, map_file: Path | None) -> Iterator[Settings]:
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
        raise BadInput(str(error), remedy="mend the map of recorded answers") from None
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


def _print(document: dict[str, Any], language: Language) -> None:
    applicant, assessment = document["applicant"], document["assessment"]
    limit, binding, route = assessment["limit"], assessment["limit"]["binding"], assessment["route"]["kind"]
    head = {"name": applicant["legal_name"], "country": applicant["country"], "day": assessment["as_of"]}
    result = {
        "grade": assessment["grade"],
        "score": assessment["score"],
        "limit": f"{limit['amount']} {limit['currency']}",
        "binding": BINDINGS[binding].to(language) if binding in BINDINGS else binding,
        "terms": assessment["terms"]["text"],
        "route": ROUTES[route].to(language),
    }
    click.echo(HEAD.to(language).format(**head))
    click.echo(RESULT.to(language).format(**result))
    for reason in assessment["reasons"]:
        click.echo(f"  - {reason}")
    for item in document["evidence"]:
        answer = ANSWER_WORDS[item["answer"]].to(language)
        click.echo(f"  {item['source']}/{item['query']['kind']}: {answer} {item['message'] or ''}".rstrip())
    for criterion in assessment["criteria"]:
        if criterion["verdict"] != "pass":
            click.echo(f"  {VERDICTS[criterion['verdict']].to(language):>7} {criterion['id']}: {criterion['message']}")
