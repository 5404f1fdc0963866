"""Assessing applications here and now."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from admission.application import Application
from admission.errors import BadInput
from cli.output import json_option, print_json, progress
from wiring import House, Settings
from wiring.assessing import Assessor
from wiring.files import read_applications


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--recorded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Ask recorded answers in this folder instead of the sources.",
)
@click.option("--map", "map_file", type=click.Path(exists=True, path_type=Path), help="Map of URL and recorded file.")
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
) -> None:
    """Gather, validate and assess without Prefect; opens no case, and buys nothing unless told to.

    Examples: gatehouse assess apple.yaml; gatehouse assess apple.yaml --recorded ../shared/data --json
    """
    applications, many = _applications(files)
    with _settings(recorded, map_file) as settings:
        house = House(settings)
        assessor = Assessor(
            house.connectors,
            house.policy,
            house.rates,
            now=house.clock,
            new_id=house.new_id,
            buy=paid,
            tell=progress,
        )
        day = as_of.date() if as_of else house.today()
        documents = assessor.documents(applications, as_of=day, language=settings.language)
    if as_json:
        print_json(documents, many=many)
        return
    for document in documents:
        _print(document)


def _applications(files: tuple[Path, ...]) -> tuple[list[Application], bool]:
    applications: list[Application] = []
    many = len(files) > 1
    for path in files:
        batch = read_applications(path)
        if batch.bad:
            reasons = "; ".join(f"row {row.row}: {row.reason}" for row in batch.bad)
            raise BadInput(f"{path.name} has rows that cannot be taken: {reasons}", remedy="mend or remove them")
        many = many or batch.table or len(batch.applications) > 1
        applications += batch.applications
    return applications, many


@contextlib.contextmanager
def _settings(recorded: Path | None, map_file: Path | None) -> Iterator[Settings]:
    """Yield the settings; with recorded answers, all sources are asked at a stand-in that serves them."""
    settings = Settings()
    if recorded is None:
        yield settings
        return
    from sandbox.server import Sandbox
    from sandbox.wire import SandboxError

    # The stand-in checks no one, but a source without a key or contact would not be asked at all.
    os.environ.setdefault("GATEHOUSE_UK_COMPANIES_HOUSE_KEY", "recorded")
    try:
        sandbox = Sandbox(recorded=recorded, map_file=map_file)
        url = sandbox.start()
    except SandboxError as error:
        raise BadInput(str(error), remedy="mend the map of recorded answers") from None
    try:
        contact = settings.contact or "recorded answers, nobody@localhost"
        yield settings.model_copy(update={"sandbox_url": url, "contact": contact})
    finally:
        sandbox.stop()


def _print(document: dict[str, Any]) -> None:
    applicant, assessment = document["applicant"], document["assessment"]
    limit = assessment["limit"]
    click.echo(f"{applicant['legal_name']} ({applicant['country']}), as of {assessment['as_of']}")
    click.echo(
        f"  grade {assessment['grade']}, score {assessment['score']}; limit {limit['amount']} {limit['currency']}"
        f" (bound by {limit['binding']}); {assessment['terms']['text']}; route {assessment['route']['kind']}"
    )
    for reason in assessment["reasons"]:
        click.echo(f"  - {reason}")
    for item in document["evidence"]:
        click.echo(f"  {item['source']}/{item['query']['kind']}: {item['answer']} {item['message'] or ''}".rstrip())
    for criterion in assessment["criteria"]:
        if criterion["verdict"] != "pass":
            click.echo(f"  {criterion['verdict']:>7} {criterion['id']}: {criterion['message']}")
