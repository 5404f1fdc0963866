"""Opening cases from application files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from admission.cases import Case, CaseStatus
from admission.errors import BadInput
from admission.memo.documents import case_document
from admission.model import Text
from cli.cases import case_row, print_cases
from cli.following import follow_cases
from cli.output import as_option, json_option, print_json, progress
from cli.refused import give_back
from cli.running.waking import undelivered
from cli.session import open_house, person_at_hand
from cli.uploads import read_papers, stated_with_file
from intake.applications import ApplicationFile, BadRow, read_applications
from services.casefile import case_file
from services.opening import Asked, open_book, open_case
from wiring import House


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--follow", is_flag=True, help="Stay until each case waits for people or is concluded.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=600,
    show_default=True,
    help="Seconds that --follow waits at most.",
)
@click.option("--statements", multiple=True, type=click.Path(path_type=Path), help="Statements, XLSX or CSV.")
@click.option("--unit", help="Unit of the statements where they state none, such as 万元.")
@click.option("--evidence", "forms", multiple=True, type=click.Path(path_type=Path), help="What official sites showed.")
@as_option
@json_option
def onboard(
    files: tuple[Path, ...],
    follow: bool,
    timeout: int,
    statements: tuple[Path, ...],
    unit: str | None,
    forms: tuple[Path, ...],
    as_user: str | None,
    as_json: bool,
) -> int:
    """Open a case for each application and start a run: JSON or YAML for one, CSV or XLSX for many.

    One application gets a run of its own; a table, a list or several files go through one run together. The same
    application again is the same case. Rows that cannot be taken come back in a file beside theirs, with the reason;
    the others go on. Exit status 1 where a row was refused, where a run could not be started (the case is kept, and
    its run starts by itself once Prefect is there), and where --follow ended before all cases had settled.

    Examples: gatehouse onboard apple.yaml --follow; gatehouse onboard book.csv;
    gatehouse onboard china.yaml --statements 报表.xlsx --evidence looks.yaml
    """
    # All files are read before anything is opened: a missing third file leaves no cases of the first two behind.
    books = [(path, read_applications(path)) for path in files]
    papers = read_papers(statements, forms, stated_with_file(unit=unit)) if statements or forms else None
    alone = len(books) == 1 and books[0][1].shape == "document"
    if papers is not None and not alone:
        raise BadInput("Papers belong to one application.", remedy="onboard it by itself")
    house = open_house()
    asked = Asked(person_at_hand(house, as_user).username, "cli")
    since, _ = house.casebook.audit.end()
    if alone:
        case = open_case(house, books[0][1].applications[0], asked, papers)
        references, refused = [case.reference], False
    else:
        references, refused = _open_books(house, books, asked)
    started = _started(house, references)
    settled = follow_cases(house, references, timeout, since) if follow and started else True
    _print(house, references, many=not alone, as_json=as_json)
    return 0 if started and settled and not refused else 1


def _open_books(house: House, books: Sequence[tuple[Path, ApplicationFile]], asked: Asked) -> tuple[list[str], bool]:
    """Open the cases of all files at once, and give refused rows back; tell whether there were any."""
    applications = [application for _, book in books for application in book.applications]
    outcomes = iter(open_book(house, applications, asked))
    references: list[str] = []
    refused = False
    for path, book in books:
        conflicts: list[BadRow] = []
        for row in book.rows:
            outcome = next(outcomes)
            if isinstance(outcome, Case):
                references.append(outcome.reference)
            else:
                conflicts.append(BadRow(row=row, reason=Text(en=outcome.to("en"), zh=outcome.to("zh"))))
        if book.bad or conflicts:
            refused = True
            give_back(path, book, [*book.bad, *conflicts], house.settings.language)
    return list(dict.fromkeys(references)), refused


def _started(house: House, references: Sequence[str]) -> bool:
    """Wake the runs; tell of cases that no run moves."""
    why = undelivered(house)
    progress_of = house.casebook.batches.progress(references)
    waiting = [item for item in progress_of.values() if item.status is CaseStatus.GATHERING and not item.moving]
    if waiting:
        progress(
            f"error: {len(waiting)} case(s) are kept, but no run moves them yet; "
            f"runs start within five minutes once Prefect is there. {why}".rstrip()
        )
    return not waiting


def _print(house: House, references: Sequence[str], *, many: bool, as_json: bool) -> None:
    language = house.settings.language
    if as_json:
        documents = [case_document(case_file(house, reference), language) for reference in references]
        print_json(documents, many=many)
    else:
        found = house.casebook.batches.cases(references)
        rows = [case_row(house, found[reference]) for reference in references]
        failed = house.casebook.batches.failures_since(references, 0)
        for row in rows:
            if row["status"] == CaseStatus.GATHERING and row["reference"] in failed:
                error = failed[row["reference"]]
                row["stands"] = Text(en=f"failed: {error}", zh=f"未成功：{error}").to(language)
        print_cases(rows, language)
