"""Looking at cases and customers."""

from __future__ import annotations

from typing import Any

import click

from admission.cases import Case, CaseStatus
from admission.documents import case_document
from admission.memo import credit_memo
from cli.output import json_option, print_json, print_table
from wiring import House, build_house, steps


@click.command()
@click.option(
    "--status", type=click.Choice([status.value for status in CaseStatus]), help="Only those that stand here."
)
@json_option
def cases(status: str | None, as_json: bool) -> None:
    """List cases, newest first.

    Example: gatehouse cases --status voting
    """
    house = build_house()
    found = house.casebook.cases.list(status=CaseStatus(status) if status else None)
    rows = [case_row(house, case) for case in found]
    if as_json:
        print_json(rows, many=True)
    else:
        print_cases(rows)


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
        "stands": _stands(house, case),
    }


def _stands(house: House, case: Case) -> str:
    if case.decision is not None:
        return f"{case.decision.outcome} by {case.decision.decided_by.replace('_', ' ')}"
    file = steps.case_file(house, case.reference) if case.status is CaseStatus.VOTING else None
    if file is None or file.standing is None or file.standing.stage is None:
        return str(case.status)
    if file.standing.missing_acceptances:
        return f"unknowns to be accepted: {', '.join(file.standing.missing_acceptances)}"
    return f"waits for {file.standing.stage.require.words().en}"


def print_cases(rows: list[dict[str, Any]]) -> None:
    """Print cases as a table."""
    columns = {
        "reference": "case",
        "legal_name": "company",
        "country": "",
        "requested": "asked for",
        "grade": "grade",
        "limit": "limit",
        "route": "route",
        "stands": "stands",
    }
    print_table(rows, columns, empty="no cases yet; open one with `gatehouse onboard FILE`")


@click.command()
@click.argument("reference")
@json_option
def case(reference: str, as_json: bool) -> None:
    """Show one case: the memo, the votes and the history.

    Example: gatehouse case GH-2026-000001 --json
    """
    house = build_house()
    language = house.settings.language
    file = steps.case_file(house, reference)
    if as_json:
        print_json([case_document(file, language)], many=False)
        return
    if file.assessment is None:
        click.echo(f"{reference} {file.case.application.legal_name}: {file.case.status}")
    else:
        memo = credit_memo(
            file.case,
            file.assessment,
            file.evidence,
            file.findings,
            file.outside,
            language,
            facts=file.facts,
            votes=file.votes,
            house_amount=steps.in_house_currency(house, file),
        )
        click.echo(memo)
    click.echo("")
    for vote in file.votes:
        click.echo(f"{vote.cast_at:%Y-%m-%d %H:%M} {vote.voter} {vote.ballot.choice}: {vote.ballot.comment}")
    for event in file.history:
        detail = ", ".join(f"{key} {value}" for key, value in event.detail.items())
        click.echo(f"{event.at:%Y-%m-%d %H:%M} {event.actor}: {event.act} {detail}")


@click.command()
@json_option
def customers(as_json: bool) -> None:
    """List customers and when each is reviewed next.

    Example: gatehouse customers
    """
    found = build_house().casebook.customers.all()
    documents = [customer.model_dump(mode="json", exclude={"application"}) for customer in found]
    if as_json:
        print_json(documents, many=True)
        return
    columns = {
        "company_key": "key",
        "legal_name": "company",
        "grade": "grade",
        "limit": "limit",
        "limit_in_force": "in force",
        "currency": "",
        "terms_days": "days",
        "next_review_on": "next review",
    }
    print_table(documents, columns, empty="no customers yet")
