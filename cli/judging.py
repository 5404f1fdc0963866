"""What a person judges of a company: the qualitative side of the scorecard."""

from __future__ import annotations

import click

from admission.metrics.catalogue import JUDGED
from cli.output import as_option, json_option, print_json
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from services.papers import add_manual_evidence


@click.command()
@click.argument("reference")
@click.argument("judgements", nargs=-1, required=True, metavar="ASPECT=POINTS...")
@click.option("--note", required=True, help="Why; for those who vote.")
@as_option
@json_option
def judge(reference: str, judgements: tuple[str, ...], note: str, as_user: str | None, as_json: bool) -> None:
    """Judge the company of a case: 0 weak, 1 fair, 2 strong, each with your name and the note.

    Whoever asked for the customer does not judge it. Aspects: market_position, competitive_edge, management_quality,
    growth_potential, cooperation_so_far.

    Example: gatehouse judge GH-2026-000002 market_position=2 management_quality=1 --note "second of its trade; visited"
    """
    form = {"judgements": [{**_entry(written), "note": note} for written in judgements]}
    house = open_house()
    person = person_at_hand(house, as_user)
    added = add_manual_evidence(house, reference, person, form)
    deliver_now(house)
    if as_json:
        print_json([item.model_dump(mode="json") for item in added], many=True)
        return
    for item in added:
        click.echo(f"{reference}: {item.message.en if item.message else item.answer}")


def _entry(written: str) -> dict[str, str | int]:
    aspect, equals, points = written.partition("=")
    if not equals or points not in ("0", "1", "2"):
        raise click.UsageError(f"{written}: write ASPECT=POINTS with 0, 1 or 2; aspects are {', '.join(JUDGED)}")
    return {"aspect": aspect, "points": int(points)}
