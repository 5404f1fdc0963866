"""What opens the next round of a case: answers, overrides, edited applications."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import as_option
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from intake.applications import read_applications
from services import rounds
from services.watchlists import day_of


@click.command()
@click.argument("reference")
@click.argument("text")
@as_option
def answer(reference: str, text: str, as_user: str | None) -> None:
    """Answer what voters asked about your request; the next round opens, and they vote again.

    Example: gatehouse answer GH-2026-000002 "The loan was repaid in May, see the statement of 2026-05-31."
    """
    house = open_house()
    opening = rounds.answer(house, reference, text, person_at_hand(house, as_user))
    deliver_now(house)
    click.echo(f"{reference}: round {opening.round} is open")


@click.command()
@click.argument("reference")
@click.argument("criterion")
@click.option("--reason", help="Why the house departs from its rule.")
@click.option("--until", metavar="DAY", help="The last day on which the override counts, such as 2027-06-30.")
@click.option("--confirm", is_flag=True, help="Confirm what another person proposed.")
@as_option
def override(
    reference: str, criterion: str, reason: str | None, until: str | None, confirm: bool, as_user: str | None
) -> None:
    """Propose a departure from one criterion for the company of a case, or confirm another person's proposal.

    It counts once a second person has confirmed it; the next round then opens. No override lifts a rejection.

    Examples: gatehouse override GH-2026-000002 pays_late --reason "dispute settled" --until 2027-06-30;
    gatehouse override GH-2026-000002 pays_late --confirm
    """
    if confirm == (reason is not None or until is not None):
        raise click.UsageError("Give either --reason and --until, or --confirm.")
    house = open_house()
    person = person_at_hand(house, as_user)
    if confirm:
        opening = rounds.confirm_override(house, reference, criterion, person)
        deliver_now(house)
        click.echo(f"{reference}: {criterion} is overridden; round {opening.round} is open")
        return
    day = day_of(until)
    if day is None or reason is None:
        raise click.UsageError("An override needs both --reason and --until.")
    rounds.propose_override(house, reference, criterion, reason, day, person)
    click.echo(f"{reference}: proposed; another person adds: gatehouse override {reference} {criterion} --confirm")


@click.command()
@click.argument("reference")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", default="the application was edited", show_default=True, help="What was changed, and why.")
@as_option
def edit(reference: str, file: Path, reason: str, as_user: str | None) -> None:
    """Put an edited application of the same company in the place of yours; the next round opens.

    Example: gatehouse edit GH-2026-000002 apple.yaml --reason "lower limit"
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    batch = read_applications(file)
    if len(batch.applications) != 1 or batch.shape != "document":
        raise click.UsageError("Give a file with one application.")
    opening = rounds.edit(house, reference, batch.applications[0], reason, person)
    deliver_now(house)
    click.echo(f"{reference}: round {opening.round} is open")
