"""Handing papers in: uploaded statements, and what official sites showed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from admission.errors import BadInput
from admission.evidence.uploads import MAX_UPLOAD, Preview, StatedWithFile
from admission.model import Language, Text
from admission.problems import problems_of
from cli.output import as_option, json_option, print_json, progress
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from intake.reading import read_document
from services.papers import Papers, add_manual_evidence, add_statements, preview_statements
from wiring import House

UNDERSTOOD = {
    "used": Text(en="used as", zh="采用为"),
    "not_used": Text(en="not used", zh="未采用"),
    "not_understood": Text(en="not understood", zh="未识别"),
    "ambiguous": Text(en="ambiguous", zh="有歧义"),
}
WHY = "What the voters are told where this opens the next round; a summary of the papers if not given."
NEXT_ROUND = Text(en="round {round} is open; earlier votes lapse", zh="第 {round} 轮已开启，此前的投票失效")
MEND = Text(en="to be mended", zh="需更正")


@click.command()
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--preview", "only_preview", is_flag=True, help="Show how each line is understood; nothing is stored.")
@click.option("--unit", help="Unit of all amounts where the file states none: 元, 千元, 万元, 亿元, thousand, million.")
@click.option("--currency", help="Currency where the file states none.")
@click.option("--period-end", metavar="DAY", help="Last day of the newest year where the file states none.")
@click.option("--reason", default="", help=WHY)
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
    stated = stated_with_file(unit=unit, currency=currency, period_end=period_end)
    body = read_bytes(file)
    house = open_house()
    person = person_at_hand(house, as_user)
    before = house.casebook.cases.get(reference).round
    read = preview_statements(body, file.name, stated)
    if as_json:
        print_json([read.model_dump(mode="json")], many=False)
    else:
        print_preview(read, house.settings.language)
    if only_preview:
        return 1 if read.problems else 0
    evidence = add_statements(house, reference, person, file.name, body, stated, reason)
    deliver_now(house)
    progress(f"{reference}: {evidence.message.en if evidence.message else evidence.answer}")
    _tell_round(house, reference, before)
    return 0


@click.group()
def evidence() -> None:
    """Record what official sites showed, and judgements.

    Example: gatehouse evidence add GH-2026-000001 looks.yaml
    """


@evidence.command("add")
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", default="", help=WHY)
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
    added = add_manual_evidence(house, reference, person, document, attachments, reason)
    deliver_now(house)
    _tell_round(house, reference, before)
    if as_json:
        print_json([item.model_dump(mode="json") for item in added], many=True)
        return
    for item in added:
        click.echo(f"{reference}: {item.message.en if item.message else item.answer}")


def _tell_round(house: House, reference: str, before: int) -> None:
    now = house.casebook.cases.get(reference).round
    if now != before:
        progress(f"{reference}: {NEXT_ROUND.to(house.settings.language).format(round=now)}")


def stated_with_file(**stated: str | None) -> StatedWithFile:
    """Read what a person states beside a file.

    Raises:
        BadInput: no such currency, or no day.
    """
    try:
        return StatedWithFile.model_validate({name: value for name, value in stated.items() if value is not None})
    except ValidationError as error:
        problems = problems_of(error, model=StatedWithFile)
        raise BadInput("What is stated with the file cannot be taken.", problems=problems) from None


def read_bytes(path: Path) -> bytes:
    """Read a file of bounded size.

    Raises:
        BadInput: there is none, or it is too large.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", remedy="check the path")
    size = path.stat().st_size
    if size > MAX_UPLOAD:
        raise BadInput(f"{path.name} has {size:,} bytes; at most {MAX_UPLOAD:,} are taken.")
    return path.read_bytes()


def read_form(path: Path) -> tuple[Any, dict[str, bytes]]:
    """Read a record form and the files beside it that its looks name; only bare names are followed."""
    document = read_document(path)
    looks = document.get("looks") if isinstance(document, dict) else None
    names = [look.get("file") for look in looks if isinstance(look, dict)] if isinstance(looks, list) else []
    bare = [name for name in names if isinstance(name, str) and name == Path(name).name and name not in ("", "..")]
    return document, {name: read_bytes(path.parent / name) for name in dict.fromkeys(bare)}


def read_papers(statements: tuple[Path, ...], forms: tuple[Path, ...], stated: StatedWithFile) -> Papers:
    """Read all papers that are handed in with an application.

    Raises:
        BadInput: one of them cannot be taken; so that no case is opened for it.
    """
    bodies = tuple((path.name, read_bytes(path)) for path in statements)
    for name, body in bodies:
        preview_statements(body, name, stated).require_good()
    written = tuple(read_form(path) for path in forms)
    for path, (document, _) in zip(forms, written, strict=True):
        if isinstance(document, dict) and document.get("judgements"):
            raise BadInput(
                f"{path.name} holds judgements, and whoever asks for a customer does not judge it.",
                remedy="leave them out; another person enters them: gatehouse judge REF ...",
            )
    return Papers(statements=bodies, stated=stated, forms=written)


def print_preview(read: Preview, language: Language) -> None:
    """Print how each line was understood, its amounts in whole currency units beside it, then what must be mended."""
    for line in read.lines:
        place = f"{line.sheet} {line.row}".strip()
        told = f"{place:>4}  {line.label}: {UNDERSTOOD[line.understood].to(language)}"
        if line.understood == "used":
            told += f" {line.field} ({line.alias} x {line.factor:,f})"
        amounts = [f"{day} {line.values[day]:,.0f}" for day in sorted(line.values, reverse=True)]
        note = [line.note.to(language)] if line.note else []
        click.echo("; ".join([told, *amounts, *note]))
    for remark in read.remarks:
        click.echo(remark.to(language))
    for found in read.problems:
        click.echo(f"{MEND.to(language)}: {found.problem.to(language)}")
