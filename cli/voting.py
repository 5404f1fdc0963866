"""Voting from the command line, under the same rules as at the desk."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import click

from admission.approval.votes import Ballot, Choice, Standing
from admission.errors import NotFound
from admission.memo.documents import case_document
from cli.output import as_option, json_option, print_json
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from services.casefile import case_file
from wiring import House


@click.command()
@click.argument("reference")
@click.option("--approve", is_flag=True, help="Approve the current assessment.")
@click.option("--decline", is_flag=True, help="Decline; needs a comment.")
@click.option("--ask", "question", metavar="TEXT", help="Ask a question instead of deciding.")
@click.option("--comment", default="", help="Why.")
@click.option("--condition", "conditions", multiple=True, help="Ask for a condition; may be given several times.")
@click.option("--limit", metavar="AMOUNT", help="Grant less than recommended.")
@click.option("--accept", "accepted", multiple=True, metavar="ID=REASON", help="Accept an open unknown by name.")
@as_option
@json_option
def vote(
    reference: str,
    approve: bool,
    decline: bool,
    question: str | None,
    comment: str,
    conditions: tuple[str, ...],
    limit: str | None,
    accepted: tuple[str, ...],
    as_user: str | None,
    as_json: bool,
) -> None:
    """Vote on the current assessment of a case, as the signed-in user.

    Examples: gatehouse vote GH-2026-000001 --approve --comment "sound" --condition "deposit 20 %";
    gatehouse vote GH-2026-000005 --approve --accept pays_late="references taken by phone"
    """
    if [approve, decline, question is not None].count(True) != 1:
        raise click.UsageError("Give one of --approve, --decline and --ask TEXT.")
    ballot = Ballot(
        choice=Choice.APPROVE if approve else Choice.DECLINE if decline else Choice.ASK,
        comment="\n".join(text for text in (question, comment) if text),
        conditions=conditions,
        limit=_amount(limit),
        accepted=dict(_acceptance(item) for item in accepted),
    )
    house = open_house()
    voter = person_at_hand(house, as_user)
    standing = house.casebook.voting.cast(reference, voter, current_assessment(house, reference), ballot, channel="cli")
    deliver_now(house)
    if as_json:
        print_json([case_document(case_file(house, reference), house.settings.language)], many=False)
    else:
        click.echo(f"{reference}: {_told(house, reference, standing)}")


def _told(house: House, reference: str, standing: Standing) -> str:
    from admission.memo.labels import OUTCOMES, said

    language = house.settings.language
    decision = house.casebook.cases.get(reference).decision
    if decision is not None:
        return f"{said(OUTCOMES, decision.outcome).to(language)}, {decision.reason.to(language)}"
    if standing.missing_acceptances:
        names = ", ".join(standing.missing_acceptances)
        return f"vote recorded; still to be accepted by name (--accept ID=REASON): {names}"
    asks = f"; now waits for {standing.asks().to(language)}" if standing.stages else ""
    return f"vote recorded{asks}"


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise click.BadParameter(f"{text!r} is not an amount", param_hint="--limit") from None
    if not amount.is_finite() or amount < 0:
        raise click.BadParameter(f"{text!r} is not an amount of zero or more", param_hint="--limit")
    return amount


def _acceptance(item: str) -> tuple[str, str]:
    name, separator, reason = item.partition("=")
    if not separator:
        raise click.BadParameter(f"{item!r}: write ID=REASON", param_hint="--accept")
    return name.strip(), reason.strip()


def current_assessment(house: House, reference: str) -> str:
    """Return the sha256 of the assessment that is voted on.

    Raises:
        NotFound: no vote is open on this case.
    """
    case = house.casebook.cases.get(reference)
    poll = house.casebook.voting.poll(reference, case.round)
    if poll is None:
        raise NotFound(
            f"No vote is open on this case; it is {case.status}.",
            context={"case": reference},
            remedy=f"look at `gatehouse case {reference}`",
        )
    return poll.assessment


@click.command()
@click.argument("reference")
@as_option
def take(reference: str, as_user: str | None) -> None:
    """Take a request that nobody signed in made, so that it may be decided.

    Example: gatehouse take GH-2026-000003
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    house.casebook.cases.take(reference, person.username)
    deliver_now(house)
    click.echo(f"{reference} is now {person.username}'s request")


@click.command()
@click.argument("reference")
@as_option
def code(reference: str, as_user: str | None) -> None:
    """Make a single-use code for the Resume form in the Prefect UI; it says who votes on which assessment.

    Example: gatehouse code GH-2026-000002
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    click.echo(house.casebook.people.new_code(person.username, reference, current_assessment(house, reference)))
