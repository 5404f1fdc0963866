"""Opening cases from application files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from admission.cases import Case, CaseStatus
from admission.errors import BadInput
from admission.evidence.uploads import StatedWithFile
from admission.memo.documents import case_document
from admission.model import Text
from cli.cases import case_row, print_cases
from cli.following import LOOK_EVERY, failure, follow_cases
from cli.helping import command, option
from cli.language import language, to_reader
from cli.output import as_option, complain, json_option, print_json
from cli.refused import give_back
from cli.running.waking import deliver_outbox
from cli.session import open_house, person_at_hand
from cli.uploads import read_papers
from intake.applications import ApplicationFile, BadRow, read_applications
from services.casefile import case_file
from services.opening import Asked, open_book, open_case
from wiring import House


@command(
    zh="""为每份申请建立申请单并启动运行：JSON 或 YAML 为单份，CSV 或 XLSX 为多份。

    单份申请单独运行；表格、列表或多个文件合并为一次运行。重复的申请仍是同一申请单。无法受理的行连同原因写入原文件旁的
    一个文件，其余照常办理。下列情形退出状态为 1：有行被退回；运行未能启动（申请单已保留，Prefect 恢复后自动启动）；
    --follow 结束时仍有申请单未到位。

    示例：gatehouse onboard apple.yaml --follow；gatehouse onboard book.csv；
    gatehouse onboard china.yaml --statements 报表.xlsx --evidence looks.yaml
    """
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--follow",
    is_flag=True,
    help=Text(
        en="Stay until each case waits for people or is concluded.",
        zh="等到每个申请单进入审批或办结。",
    ),
)
@option(
    "--timeout",
    type=click.IntRange(min=1),
    default=600,
    show_default=True,
    help=Text(en="Seconds that --follow waits at most.", zh="--follow 最多等待的秒数。"),
)
@option(
    "--statements",
    multiple=True,
    type=click.Path(path_type=Path),
    help=Text(en="Statements, XLSX or CSV.", zh="报表，XLSX 或 CSV。"),
)
@option(
    "--unit",
    help=Text(
        en="Unit of the statements where they state none, such as 万元.",
        zh="报表未注明单位时的单位，如 万元。",
    ),
)
@option(
    "--evidence",
    "forms",
    multiple=True,
    type=click.Path(path_type=Path),
    help=Text(en="What official sites showed.", zh="官方网站查询结果。"),
)
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
    papers = read_papers(statements, forms, StatedWithFile.read({"unit": unit})) if statements or forms else None
    alone = len(books) == 1 and books[0][1].shape == "document"
    if papers is not None and not alone:
        raise BadInput(
            Text(en="Papers belong to one application.", zh="所附材料只能属于一份申请。"),
            remedy=Text(en="onboard it by itself", zh="请将该申请单独提交"),
        )
    house = open_house()
    asked = Asked(person_at_hand(house, as_user).username, "cli")
    since, _ = house.casebook.audit.end()
    if alone:
        case = open_case(house, books[0][1].applications[0], asked, papers)
        references, refused = [case.reference], False
    else:
        references, refused = _open_books(house, books, asked)
    started = start_runs(house, references)
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
            give_back(path, book, [*book.bad, *conflicts])
    return list(dict.fromkeys(references)), refused


def start_runs(house: House, references: Sequence[str]) -> bool:
    """Wake the runs; tell of cases that no run moves.

    Where keep-house or another command delivers the messages at this moment, its end is waited for: a claim ends by
    itself.
    """
    why = deliver_outbox(house)
    while house.casebook.outbox.starts_runs_now() and _unmoved(house, references):
        time.sleep(LOOK_EVERY)
        why = deliver_outbox(house)
    waiting = _unmoved(house, references)
    if waiting:
        complain(
            Text(
                en=f"{waiting} case(s) are kept, but no run moves them yet; "
                f"runs start within five minutes once Prefect is there. {why.to('en') if why else ''}",
                zh=f"{waiting} 个申请单已保留，但尚无运行办理；Prefect 恢复后五分钟内自动启动。"
                f"{why.to('zh') if why else ''}",
            )
        )
    return not waiting


def _unmoved(house: House, references: Sequence[str]) -> int:
    """Return how many of these cases wait for a run that does not have them yet."""
    progress = house.casebook.batches.progress(references).values()
    return sum(item.status is CaseStatus.GATHERING and not item.moving for item in progress)


def _print(house: House, references: Sequence[str], *, many: bool, as_json: bool) -> None:
    if as_json:
        documents = [case_document(case_file(house, reference), language()) for reference in references]
        print_json(documents, many=many)
    else:
        found = house.casebook.batches.cases(references)
        rows = [case_row(house, found[reference]) for reference in references]
        failed = house.casebook.batches.failures_since(references, 0)
        for row in rows:
            if row["status"] == CaseStatus.GATHERING and row["reference"] in failed:
                row["stands"] = to_reader(failure(failed[row["reference"]]))
        print_cases(rows)
