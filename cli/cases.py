"""Looking at cases and customers."""

from __future__ import annotations

from typing import Any

import click

from admission.approval.votes import standing
from admission.cases import Case, CaseStatus, Decision
from admission.memo.customer_documents import customer_line
from admission.memo.documents import CaseFile, case_document
from admission.memo.memo import ROUTES, credit_memo
from admission.memo.phrases import amount_words
from admission.model import Text
from cli.helping import command, option
from cli.language import language, to_reader
from cli.output import json_option, print_json, print_table, progress, say, what_if_option
from cli.performance import line_of
from cli.session import open_house
from services.casefile import case_file
from services.customer_standing import standings
from services.what_if import what_would_change
from wiring import House

NEWEST = 200
CASE_COLUMNS = {
    "reference": Text(en="case", zh="申请单号"),
    "legal_name": Text(en="company", zh="企业"),
    "country": None,
    "requested": Text(en="asked for", zh="申请额度"),
    "grade": Text(en="grade", zh="等级"),
    "limit": Text(en="limit", zh="建议额度"),
    "route": Text(en="route", zh="审批层级"),
    "stands": Text(en="stands", zh="状态"),
}
CUSTOMER_COLUMNS = {
    "company_key": Text(en="key", zh="企业代码"),
    "legal_name": Text(en="company", zh="企业"),
    "grade": Text(en="grade", zh="等级"),
    "limit": Text(en="limit", zh="额度"),
    "limit_in_force": Text(en="in force", zh="生效额度"),
    "currency": None,
    "until": Text(en="until", zh="至"),
    "terms_days": Text(en="days", zh="账期"),
    "next_review_on": Text(en="next review", zh="下次复审"),
}


@command(
    zh="""列出申请单，最新的在前。

    示例：gatehouse cases --status voting；gatehouse cases --search 电子
    """
)
@option(
    "--status",
    type=click.Choice([status.value for status in CaseStatus]),
    help=Text(en="Only those that stand here.", zh="只列出此状态的申请单。"),
)
@option(
    "--search",
    "text",
    default="",
    help=Text(
        en="Only those with this in their reference, company or official numbers.",
        zh="只列出申请单号、企业名称或企业识别号含此内容的申请单。",
    ),
)
@option(
    "--newest",
    type=click.IntRange(min=1),
    default=NEWEST,
    show_default=True,
    help=Text(en="At most so many.", zh="最多列出多少个。"),
)
@json_option
def cases(status: str | None, text: str, newest: int, as_json: bool) -> None:
    """List cases, newest first.

    Examples: gatehouse cases --status voting; gatehouse cases --search amber
    """
    house = open_house()
    stands = CaseStatus(status) if status else None
    found = house.casebook.cases.list(status=stands, text=text, newest=newest + 1)
    rows = [case_row(house, case) for case in found[:newest]]
    if as_json:
        print_json(rows, many=True)
    else:
        print_cases(rows)
    if len(found) > newest:
        progress(
            Text(
                en=f"there are more than these {newest}; see --newest, --status and --search",
                zh=f"仅列出最新的 {newest} 个；可用 --newest、--status 和 --search 调整",
            )
        )


def case_row(house: House, case: Case) -> dict[str, Any]:
    """Return a case as one line of a table."""
    assessment = house.casebook.work.assessment(case.reference, case.round)
    requested = case.application.requested
    return {
        "reference": case.reference,
        "kind": str(case.kind),
        "status": str(case.status),
        "legal_name": case.application.legal_name,
        "country": case.application.country,
        "requested": f"{requested.limit} {requested.currency}",
        "grade": assessment.grade if assessment else None,
        "limit": f"{assessment.limit.amount} {assessment.limit.currency}" if assessment else None,
        "route": assessment.route.kind if assessment else None,
        "stands": to_reader(_stands(house, case)),
    }


def _stands(house: House, case: Case) -> Text:
    from admission.memo.labels import DECIDED_BY, OUTCOMES, STATUSES, said

    if case.decision is not None:
        outcome, by = said(OUTCOMES, case.decision.outcome), said(DECIDED_BY, case.decision.decided_by)
        return Text(en=f"{outcome.en} {by.en}", zh=f"{outcome.zh}（{by.zh}）")
    voting = house.casebook.voting
    poll = voting.poll(case.reference, case.round) if case.status is CaseStatus.VOTING else None
    vote = standing(poll, voting.votes(case.reference, case.round)) if poll else None
    if vote is None or not vote.stages:
        return said(STATUSES, case.status)
    if vote.missing_acceptances:
        names = ", ".join(vote.missing_acceptances)
        return Text(en=f"to be accepted by name: {names}", zh=f"待逐项接受：{names}")
    asks = vote.asks()
    return Text(en=f"waits for {asks.en}", zh=f"待{asks.zh}")


def print_cases(rows: list[dict[str, Any]]) -> None:
    """Print cases as a table."""
    if language() == "zh":
        rows = [{**row, "route": ROUTES[row["route"]].zh if row["route"] else None} for row in rows]
    empty = Text(
        en="no cases; open one with `gatehouse onboard FILE`", zh="暂无申请单；用 `gatehouse onboard 文件` 新建"
    )
    print_table(rows, CASE_COLUMNS, empty=empty)


@command(
    zh="""查看一个申请单：审批表、审批意见和历史记录。

    示例：gatehouse case GH-2026-000001 --json
    """
)
@click.argument("reference")
@what_if_option
@json_option
def case(reference: str, what_if: bool, as_json: bool) -> None:
    """Show one case: the memo, the votes and the history.

    Example: gatehouse case GH-2026-000001 --json
    """
    house = open_house()
    file = case_file(house, reference)
    if what_if:
        file = file.model_copy(update={"what_if": what_would_change(house, reference)})
    if as_json:
        print_json([case_document(file, language())], many=False)
    else:
        _print_case(file)


def _print_case(file: CaseFile) -> None:
    from admission.memo.labels import ACTS, CHOICES, STATUSES, said

    if file.assessment is None:
        status = to_reader(said(STATUSES, file.case.status))
        click.echo(f"{file.case.reference} {file.case.application.legal_name}: {status}")
        if file.case.decision is not None:
            say(_decided(file.case.decision))
    else:
        click.echo(credit_memo(file, language()))
    click.echo("")
    for vote in file.votes:
        choice = to_reader(said(CHOICES, vote.ballot.choice))
        click.echo(f"{vote.cast_at:%Y-%m-%d %H:%M} {vote.voter} {choice}: {vote.ballot.comment}")
    for record in file.performance:
        say(line_of(record))
    for event in file.history:
        detail = ", ".join(f"{key} {value}" for key, value in event.detail.items())
        click.echo(f"{event.at:%Y-%m-%d %H:%M} {event.actor}: {to_reader(said(ACTS, event.act))} {detail}".rstrip())


def _decided(decision: Decision) -> Text:
    """Return a decision that rests on no assessment, with what was granted and why."""
    from admission.memo.labels import OUTCOMES, said

    outcome, granted, because = said(OUTCOMES, decision.outcome), Text(en="", zh=""), decision.reason
    if decision.limit is not None:
        amount, days = amount_words(decision.limit, decision.currency), decision.terms_days
        granted = Text(en=f", {amount.en}, {days} days", zh=f"，{amount.zh}，账期 {days} 天")
    return Text(
        en=f"{outcome.en}{granted.en}: {because.en}",
        zh=f"{outcome.zh}{granted.zh}：{because.zh}",
    )


@command(
    zh="""列出客户、今日的生效额度及下次复审日期。原因见 gatehouse customer show。

    示例：gatehouse customers
    """
)
@json_option
def customers(as_json: bool) -> None:
    """List customers with what of their limit is in force today, and when each is reviewed next.

    Why it is in force, or not: gatehouse customer show.

    Example: gatehouse customers
    """
    house = open_house()
    found = house.casebook.customers.all()
    documents = [
        customer_line(customer, stands, language())
        for customer, stands in zip(found, standings(house, found), strict=True)
    ]
    if as_json:
        print_json(documents, many=True)
        return
    empty = Text(en="no customers yet", zh="暂无客户")
    print_table(documents, CUSTOMER_COLUMNS, empty=empty)
