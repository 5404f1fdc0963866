"""Recording how a customer's debt went."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import cast

import click

from admission.customers.experience import PERFORMANCES, Performance, PerformanceWord
from admission.errors import BadInput, Problem
from admission.model import Language
from cli.output import as_option, json_option, print_json
from cli.session import open_house, person_at_hand
from services import performance as recording
from services.watchlists import day_of


@click.command()
@click.argument("reference")
@click.argument("outcome", type=click.Choice(list(PERFORMANCES)))
@click.option("--on", "day", required=True, metavar="DAY", help="The day of the payment or default: 2026-11-20.")
@click.option("--days-late", type=click.IntRange(min=0), help="Days after the due day.")
@click.option("--amount", metavar="AMOUNT", help="What was paid or is lost, such as 12000.50.")
@click.option("--currency", metavar="CODE", help="Currency of the amount.")
@click.option("--note", default="", help="What others should know.")
@click.option(
    "--corrects", type=click.IntRange(min=1), metavar="ID", help="The record that this one takes the place of."
)
@as_option
@json_option
def performance(
    reference: str,
    outcome: str,
    day: str,
    days_late: int | None,
    amount: str | None,
    currency: str | None,
    note: str,
    corrects: int | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Record how the debt of a case (or of a customer, by company key) went: paid, late or defaulted.

    Records are never changed; a correction takes the place of an earlier one, which stays readable.

    Examples: gatehouse performance GH-2026-000002 paid --on 2026-11-20;
    gatehouse performance GH-2026-000002 late --on 2026-11-20 --days-late 40 --amount 12000.50 --currency USD;
    gatehouse performance GH-2026-000002 defaulted --on 2026-11-25 --corrects 7
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    on = day_of(day)
    if on is None:
        raise click.UsageError("Give the day with --on.")
    made = recording.record(
        house,
        reference,
        cast("PerformanceWord", outcome),
        on,
        person,
        days_late=days_late,
        amount=_amount(amount),
        currency=currency,
        note=note,
        corrects=corrects,
    )
    if as_json:
        print_json([made.model_dump(mode="json")], many=False)
    else:
        click.echo(line_of(made, house.settings.language))


def line_of(record: Performance, language: Language) -> str:
    """Return a record as one line."""
    late = f", {record.days_late} {'天' if language == 'zh' else 'days late'}" if record.days_late else ""
    amount = f", {record.amount} {record.currency}" if record.amount is not None else ""
    corrects = f" ({'更正' if language == 'zh' else 'corrects'} {record.corrects})" if record.corrects else ""
    note = f": {record.note}" if record.note else ""
    said = PERFORMANCES[record.outcome].to(language)
    return f"{record.id}. {record.on} {record.case} {said}{late}{amount}, {record.by}{corrects}{note}"


def _amount(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        problem = Problem("amount", text or "", "a number such as 12000.50")
        raise BadInput("The amount cannot be read.", problems=[problem]) from None
