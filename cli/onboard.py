"""Opening cases from application files."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import click

from admission.application import Application
from admission.cases import CaseKind, CaseStatus
from admission.errors import BadInput, GatehouseError
from cli.cases import case_row, print_cases
from cli.output import as_option, json_option, print_json, progress
from cli.session import person_at_hand
from cli.uploads import read_papers, stated_with_file
from cli.voting import deliver_now
from wiring import House, build_house
from wiring.files import BadRow, Batch, read_applications
from wiring.uploads import Papers, add_papers

SETTLED = (CaseStatus.VOTING, CaseStatus.UNATTRIBUTED, CaseStatus.CONCLUDED)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--follow", is_flag=True, help="Stay until each case waits for people or is concluded.")
@click.option("--timeout", default=600, show_default=True, help="Seconds that --follow waits at most.")
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

    Examples: gatehouse onboard apple.yaml --follow; gatehouse onboard book.csv;
    gatehouse onboard china.yaml --statements 报表.xlsx --evidence looks.yaml
    """
    papers = read_papers(statements, forms, stated_with_file(unit=unit)) if statements or forms else None
    house = build_house()
    requester = person_at_hand(house, as_user)
    references: list[str] = []
    refused = 0
    many = len(files) > 1
    for path in files:
        batch = read_applications(path)
        if papers is not None and (len(files) > 1 or len(batch.applications) != 1):
            raise BadInput("Papers belong to one application.", remedy="onboard it by itself")
        many = many or batch.table or len(batch.applications) + len(batch.bad) > 1
        opened, conflicts = _open_all(house, batch, requester.username, papers)
        references += opened
        bad = [*batch.bad, *conflicts]
        if bad:
            refused += len(bad)
            progress(f"error: {len(bad)} row(s) of {path.name} refused - mend and try again: {_given_back(path, bad)}")
    deliver_now(house)
    if follow:
        _follow(house, references, timeout)
    rows = [case_row(house, house.casebook.cases.get(reference)) for reference in references]
    if as_json:
        print_json(rows, many=many or not rows)
    else:
        print_cases(rows)
    return 1 if refused else 0


def _open_all(
    house: House, batch: Batch, requester: str, papers: Papers | None = None
) -> tuple[list[str], list[BadRow]]:
    opened: list[str] = []
    conflicts: list[BadRow] = []
    single = not batch.table and len(batch.applications) == 1
    for row, application in enumerate(batch.applications, 1):
        try:
            opened.append(open_case(house, application, requester, papers))
        except GatehouseError as error:
            if single:
                raise
            values = {"legal_name": application.legal_name, "country": application.country}
            conflicts.append(BadRow(row=row, values=values, reason=str(error)))
    return opened, conflicts


def open_case(house: House, application: Application, requester: str, papers: Papers | None = None) -> str:
    """Open a case as this user, put the papers on it, and only then ask for its run; return the reference."""
    case, created = house.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester=requester, channel="cli")
    if papers is not None:
        add_papers(house, case.reference, house.casebook.people.get(requester), papers)
    if created or case.status is CaseStatus.GATHERING:
        house.casebook.cases.request_wake(case.reference)
    return case.reference


def _given_back(path: Path, bad: list[BadRow]) -> Path:
    """Write the refused rows, each with its reason, to a file beside the original."""
    target = path.with_name(f"{path.stem}.refused.csv")
    columns = list(dict.fromkeys(name for row in bad for name in row.values))
    with target.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, ["row", *columns, "reason"], restval="")
        writer.writeheader()
        for row in bad:
            writer.writerow({"row": row.row, **row.values, "reason": row.reason})
    return target


def _follow(house: House, references: list[str], timeout: int) -> None:
    """Tell where the cases stand until all have settled or the time is up."""
    told: dict[str, str] = {}
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        cases = [house.casebook.cases.get(reference) for reference in references]
        for case in cases:
            if told.get(case.reference) != case.status:
                told[case.reference] = case.status
                progress(f"{case.reference} {case.application.legal_name}: {case.status}")
        if all(case.status in SETTLED for case in cases):
            return
        time.sleep(0.5)
    progress(f"still moving after {timeout} seconds; see `gatehouse cases`")
