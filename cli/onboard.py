"""Opening cases from application files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from admission.application import Application
from admission.cases import CaseKind, CaseStatus
from admission.documents import case_document
from admission.errors import BadInput, GatehouseError
from cli.cases import case_row, print_cases
from cli.output import as_option, json_option, print_json, progress
from cli.refused import give_back
from cli.session import open_house, person_at_hand
from cli.uploads import read_papers, stated_with_file
from cli.waking import undelivered
from wiring import House, steps
from wiring.files import BadRow, Batch, read_applications
from wiring.uploads import Papers, add_papers

SETTLED = (CaseStatus.VOTING, CaseStatus.UNATTRIBUTED, CaseStatus.CONCLUDED)
TELL_EVERY = 100


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
    """Open a case for each application and start its run: JSON or YAML for one, CSV or XLSX for many.

    The same application again is the same case. Rows that cannot be taken come back in a file beside theirs, with the
    reason; the others go on. Exit status 1 where a row was refused, where a run could not be started (the case is kept,
    and its run starts by itself once Prefect is there), and where --follow ended before all cases had settled.

    Examples: gatehouse onboard apple.yaml --follow; gatehouse onboard book.csv;
    gatehouse onboard china.yaml --statements 报表.xlsx --evidence looks.yaml
    """
    # All files are read before anything is opened: a missing third file leaves no cases of the first two behind.
    batches = [(path, read_applications(path)) for path in files]
    papers = read_papers(statements, forms, stated_with_file(unit=unit)) if statements or forms else None
    if papers is not None and (len(files) > 1 or batches[0][1].shape != "document"):
        raise BadInput("Papers belong to one application.", remedy="onboard it by itself")
    house = open_house()
    requester = person_at_hand(house, as_user)
    references: list[str] = []
    refused = False
    for path, batch in batches:
        opened, conflicts = _open_all(house, batch, requester.username, papers, alone=len(files) == 1)
        references += opened
        if batch.bad or conflicts:
            refused = True
            give_back(path, batch, [*batch.bad, *conflicts])
    references = list(dict.fromkeys(references))
    started = _started(house, references)
    settled = _follow(house, references, timeout) if follow and started else True
    many = len(files) > 1 or batches[0][1].shape != "document"
    _print(house, references, many=many, as_json=as_json)
    return 0 if started and settled and not refused else 1


def _open_all(
    house: House, batch: Batch, requester: str, papers: Papers | None = None, *, alone: bool
) -> tuple[list[str], list[BadRow]]:
    opened: list[str] = []
    conflicts: list[BadRow] = []
    for count, (row, application) in enumerate(zip(batch.rows, batch.applications, strict=True), 1):
        try:
            opened.append(open_case(house, application, requester, papers))
        except GatehouseError as error:
            if alone and batch.shape == "document":
                raise
            conflicts.append(BadRow(row=row, reason=str(error)))
        if count % TELL_EVERY == 0:
            progress(f"{count} of {len(batch.applications)} applications taken")
    return opened, conflicts


def open_case(house: House, application: Application, requester: str, papers: Papers | None = None) -> str:
    """Open a case as this user, put the papers on it, and only then ask for its run; return the reference."""
    steps.check_segment(house, application)
    case, created = house.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester=requester, channel="cli")
    if papers is not None:
        add_papers(house, case.reference, house.casebook.people.get(requester), papers)
    if created or case.status is CaseStatus.GATHERING:
        house.casebook.cases.request_wake(case.reference)
    return case.reference


def _started(house: House, references: Sequence[str]) -> bool:
    """Wake the runs; tell of cases that no run moves."""
    why = undelivered(house)
    waiting = [
        reference
        for reference in references
        if house.casebook.cases.get(reference).status is CaseStatus.GATHERING
        and not house.casebook.cases.runs(reference)
    ]
    if waiting:
        progress(
            f"error: {len(waiting)} case(s) are kept, but no run moves them yet; "
            f"runs start within five minutes once Prefect is there. {why}".rstrip()
        )
    return not waiting


def _follow(house: House, references: Sequence[str], timeout: int) -> bool:
    """Tell where the cases stand until all have settled; False where the time was up before."""
    told: dict[str, str] = {}
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        cases = [house.casebook.cases.get(reference) for reference in references]
        for case in cases:
            if told.get(case.reference) != case.status:
                told[case.reference] = case.status
                progress(f"{case.reference} {case.application.legal_name}: {case.status}")
        if all(case.status in SETTLED for case in cases):
            return True
        time.sleep(0.5)
    progress(f"error: still moving after {timeout} seconds - see `gatehouse cases`")
    return False


def _print(house: House, references: Sequence[str], *, many: bool, as_json: bool) -> None:
    language = house.settings.language
    if as_json:
        documents = [case_document(steps.case_file(house, reference), language) for reference in references]
        print_json(documents, many=many)
    else:
        rows = [case_row(house, house.casebook.cases.get(reference)) for reference in references]
        print_cases(rows, language)
