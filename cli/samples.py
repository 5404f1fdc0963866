"""Decisions of the machine that people look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from admission.approval.sampling import Sampled
from admission.model import Text
from cli.output import as_option, json_option, print_json, print_table
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from wiring import House

NEWEST = 200
COLUMNS = {
    "case": Text(en="case", zh="案号"),
    "company": Text(en="company", zh="企业"),
    "decided": Text(en="decided", zh="决定"),
    "at": Text(en="on", zh="日期"),
    "drawn": Text(en="drawn", zh="抽中"),
    "look": Text(en="looked at", zh="人工复看"),
}
SEED_COLUMNS = {
    "quarter": Text(en="quarter", zh="季度"),
    "made_at": Text(en="made", zh="生成时间"),
    "sha256": None,
    "seed": Text(en="seed", zh="种子"),
}


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also decisions of the machine that were not drawn.")
@click.option("--seeds", is_flag=True, help="The seeds that were drawn from; that of this quarter by its sha256 alone.")
@click.option("--newest", type=click.IntRange(min=1), default=NEWEST, show_default=True, help="At most so many.")
@json_option
def samples(everything: bool, seeds: bool, newest: int, as_json: bool) -> None:
    """List decisions of the machine that were drawn for a person's look, and what was said of them, newest first.

    Examples: gatehouse samples; gatehouse samples --all --json; gatehouse samples --seeds
    """
    house = open_house()
    language = house.settings.language
    columns: Mapping[str, Text | None] = COLUMNS
    if seeds:
        columns = SEED_COLUMNS
        rows = [seed.model_dump(mode="json") for seed in house.casebook.samples.seeds(house.clock())]
    else:
        found = house.casebook.samples.all(drawn_only=not everything, newest=newest)
        rows = [_row(house, item) for item in found]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, columns, language, empty=Text(en="nothing was drawn yet", zh="尚未抽样"))


def _row(house: House, item: Sampled) -> dict[str, Any]:
    from admission.memo.labels import DECIDED_BY, LOOKS, OUTCOMES, said

    language = house.settings.language
    case = house.casebook.cases.get(item.draw.case)
    outcome = said(OUTCOMES, case.decision.outcome).to(language) if case.decision else ""
    how = said(DECIDED_BY, item.draw.decided_by).to(language)
    yes, no = Text(en="yes", zh="是"), Text(en="no", zh="否")
    look = item.look
    return {
        "case": item.draw.case,
        "company": case.application.legal_name,
        "decided": f"{outcome}, {how}",
        "at": item.draw.at.date().isoformat(),
        "drawn": (yes if item.draw.drawn else no).to(language),
        "look": f"{look.by}: {said(LOOKS, look.verdict).to(language)}, {look.note}" if look else None,
        "opened": look.opened if look else None,
        "draw": item.draw.model_dump(mode="json"),
    }


@click.command()
@click.argument("reference")
@click.option("--agree", is_flag=True, help="The machine decided as you would have.")
@click.option("--reopen", is_flag=True, help="People are to decide: a review of the customer, or the application anew.")
@click.option("--note", required=True, help="Why.")
@as_option
def look(reference: str, agree: bool, reopen: bool, note: str, as_user: str | None) -> None:
    """Say, as the signed-in user, what you think of what the machine decided on a case; once for each decision.

    Examples: gatehouse look GH-2026-000001 --agree --note "accounts and bureau read";
    gatehouse look GH-2026-000004 --reopen --note "the petition was dismissed in May"
    """
    if agree == reopen:
        raise click.UsageError("Give one of --agree and --reopen.")
    house = open_house()
    person = person_at_hand(house, as_user)
    made = house.casebook.samples.look(reference, person.username, "agreed" if agree else "reopened", note)
    if made.opened is None:
        click.echo(f"{reference}: {person.username} agreed")
        return
    deliver_now(house)
    click.echo(f"{reference}: re-opened; people decide in {made.opened}, round {made.opened_round}")
