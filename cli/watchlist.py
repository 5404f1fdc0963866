"""Loading watch lists, and ruling on their entries."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from admission.evidence.watchlists import RULINGS, RulingWord
from cli.output import as_option, json_option, print_json
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from services import rounds, watchlists
from services.watchlists import Loaded

SHOWN = 20


@click.group()
def watchlist() -> None:
    """Load versions of the OFAC SDN list and see what changed.

    Example: gatehouse watchlist load downloads/sdn --on 2026-11-20
    """


@watchlist.command("load")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--from-source", is_flag=True, help="Fetch the files from the Treasury instead.")
@click.option("--on", "day", metavar="DAY", help="The day the list was published, such as 2026-11-20.")
@as_option
@json_option
def load(folder: Path | None, from_source: bool, day: str | None, as_user: str | None, as_json: bool) -> None:
    """Load a version of the list from a folder with SDN.CSV and ALT.CSV (ADD.CSV, SDN_COMMENTS.CSV where there).

    Its files are kept, and the entries that are new, gone or changed since the version before are counted.

    Example: gatehouse watchlist load lists/2026-11-20 --on 2026-11-20
    """
    if (folder is None) == (not from_source):
        raise click.UsageError("Give either a folder or --from-source.")
    house = open_house()
    person = person_at_hand(house, as_user)
    if folder is not None:
        files, on = watchlists.read_folder(folder), watchlists.day_of(day)
    else:
        files, on = watchlists.fetch_files(house)
        on = watchlists.day_of(day) or on
    loaded = watchlists.load(house, files, on, person.username)
    if as_json:
        difference = loaded.difference.model_dump(mode="json") if loaded.difference else None
        document = {**loaded.version.model_dump(mode="json"), "loaded": loaded.new, "difference": difference}
        print_json([document], many=False)
    else:
        _tell(loaded)


def _tell(loaded: Loaded) -> None:
    version, found = loaded.version, loaded.difference
    day = f" of {version.listed_on}" if version.listed_on else ""
    again = "" if loaded.new else " (was loaded already)"
    click.echo(f"{version.list_name}{day}: {version.entries:,} entries, version {version.version[:12]}{again}")
    for name, sha256 in version.files.items():
        click.echo(f"  {name:<16} sha256 {sha256}")
    if found is None or loaded.before is None:
        click.echo("the first version; there is none to compare it with")
        return
    click.echo(f"against version {found.before[:12]} with {loaded.before.entries:,} entries:")
    click.echo(f"  {len(found.new):,} new")
    click.echo(f"  {len(found.gone):,} gone")
    click.echo(f"  {len(found.renamed):,} with a changed name or alias")
    click.echo(f"  {len(found.changed):,} with any changed field")
    if found.moved:
        click.echo(f"  {len(found.moved):,} with changed addresses")
    if found.not_compared:
        click.echo(f"  not compared, for only one of the two has it: {', '.join(found.not_compared)}")


@watchlist.command("list")
@json_option
def list_versions(as_json: bool) -> None:
    """List the versions that were loaded, newest first.

    Example: gatehouse watchlist list
    """
    versions = watchlists.versions(open_house())[:SHOWN]
    if as_json:
        print_json([version.model_dump(mode="json") for version in versions], many=True)
        return
    for version in versions:
        click.echo(f"{version.version[:12]}  {version.listed_on or 'day unknown'}  {version.entries:,} entries")
    if not versions:
        click.echo("no list was loaded yet; load one with `gatehouse watchlist load FOLDER`")


@click.command()
@click.argument("reference")
@click.argument("entry")
@click.option("--same", "word", flag_value="same", help="It is this company; knocks the case out.")
@click.option("--not-same", "word", flag_value="not_same", help="It is another company.")
@click.option("--unclear", "word", flag_value="unclear", help="Nobody can tell; people decide.")
@click.option("--reason", required=True, help="Why.")
@as_option
def rule(reference: str, entry: str, word: str | None, reason: str, as_user: str | None) -> None:
    """Rule on a list entry that the screening of a case brought up; the next round of the case opens.

    Example: gatehouse rule GH-2026-000003 90001 --not-same --reason "another country, another business"
    """
    if word is None:
        raise click.UsageError("Give one of --same, --not-same and --unclear.")
    house = open_house()
    person = person_at_hand(house, as_user)
    opening = rounds.rule(house, reference, entry, cast("RulingWord", word), reason, person)
    deliver_now(house)
    said = RULINGS[cast("RulingWord", word)].to(house.settings.language)
    click.echo(f"{reference}: {entry} {said}; round {opening.round} is open")
