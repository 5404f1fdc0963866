"""Proof: verifying the history, exporting cases, replaying assessments, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from admission.errors import BadInput
from admission.model import Text
from casebook.database.signing import written_keys
from casebook.proof.flaws import Flaw
from cli.output import as_option, json_option, print_json, print_table, progress
from cli.session import open_house, person_at_hand
from services import audit
from services import replay as replaying
from wiring import House

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_CASES = 1_000_000


@click.command()
@click.option("--head", "heads", type=FILE, help="File of published heads; that of the settings if not given.")
@click.option("--bundle", "bundle_file", type=FILE, help="Check this bundle instead of the casebook; offline.")
@click.option("--keys", "keys_file", type=FILE, help="Public keys to trust (`gatehouse keys export`).")
@json_option
def verify(heads: Path | None, bundle_file: Path | None, keys_file: Path | None, as_json: bool) -> int:
    """Walk the audit chain and hold every row and every stored answer against it; say what is wrong, line by line.

    Exit status 0 only if all is well. To find a chain that was rebuilt or cut, give heads that left this machine.

    Examples: gatehouse verify --head heads.jsonl --keys public.json; gatehouse verify --bundle case.zip
    """
    house = open_house()
    if bundle_file is not None:
        return _verify_bundle(house, bundle_file, keys_file, as_json=as_json)
    trusted = audit.trust(house, keys_file)
    published = heads or (house.settings.head_file if house.settings.head_file.is_file() else None)
    known = audit.read_heads(published) if published else ()
    proof = audit.verify(house, trusted, known, lambda told: progress(told.to(house.settings.language)))
    if as_json:
        counts = proof.model_dump(mode="json", exclude={"flaws"})
        print_json([{**counts, "keys": trusted.source, **_verdict(house, proof.flaws)}], many=False)
        return 1 if proof.flaws else 0
    _tell(house, proof.flaws)
    click.echo(
        f"{_count(proof.flaws)}: {proof.events} events, {proof.rows} rows, {proof.answers} stored answers, "
        f"{proof.heads} published heads; keys from {trusted.source}"
    )
    return 1 if proof.flaws else 0


def _verify_bundle(house: House, file: Path, keys_file: Path | None, *, as_json: bool) -> int:
    if keys_file is None and not (house.settings.folder / "keys").is_dir():
        raise BadInput("A bundle is checked with public keys.", remedy="give --keys FILE (`gatehouse keys export`)")
    trusted = audit.trust(house, keys_file)
    reference, flaws = audit.verify_bundle(file, trusted)
    if as_json:
        print_json([{"case": reference, "keys": trusted.source, **_verdict(house, flaws)}], many=False)
    else:
        _tell(house, flaws)
        click.echo(f"{_count(flaws)}: bundle of {reference or 'no case'}; keys from {trusted.source}")
    return 1 if flaws else 0


def _verdict(house: House, flaws: Sequence[Flaw]) -> dict[str, object]:
    language = house.settings.language
    return {"sound": not flaws, "flaws": [{**flaw.model_dump(), "text": flaw.line(language)} for flaw in flaws]}


def _tell(house: House, flaws: Sequence[Flaw]) -> None:
    for flaw in flaws:
        click.echo(flaw.line(house.settings.language))


def _count(flaws: Sequence[Flaw]) -> str:
    return f"NOT SOUND, {len(flaws)} finding(s)" if flaws else "sound"


@click.command()
@click.argument("reference")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write (ZIP).")
def bundle(reference: str, out: Path) -> None:
    """Export one case, signed: what was decided, on what, by whom, with the raw answers and the proof.

    It holds personal data of the people who voted and of the company's officers.

    Example: gatehouse bundle GH-2026-000001 --out GH-2026-000001.zip
    """
    body = audit.make_bundle(open_house(), reference)
    out.write_bytes(body)
    click.echo(f"{reference}: {len(body):,} bytes in {out.name}; check it with `gatehouse verify --bundle {out.name}`")


@click.command()
@click.argument("reference", required=False)
@click.option("--all", "everything", is_flag=True, help="Every case that was assessed.")
@json_option
def replay(reference: str | None, everything: bool, as_json: bool) -> int:
    """Derive assessments again from the stored answers, under the policy and rates of then, and compare to the byte.

    Exit status 1 where something differs that no version of a parser, the engine or the policy explains.

    Examples: gatehouse replay GH-2026-000001; gatehouse replay --all
    """
    if (reference is None) == (not everything):
        raise click.UsageError("Give one reference, or --all.")
    house = open_house()
    if reference is not None:
        results = [replaying.replay_one(house, reference)]
    else:
        references = sorted(case.reference for case in house.casebook.cases.list(newest=MOST_CASES))
        results = list(replaying.replay(house, references, progress))
    if as_json:
        print_json([result.model_dump(mode="json") for result in results], many=everything)
    else:
        for result in results:
            if reference is not None or result.result != "same":
                click.echo(_line(result))
        counts = {
            word: sum(result.result == word for result in results) for word in ("same", "explained", "unexplained")
        }
        click.echo(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if any(result.result == "unexplained" for result in results) else 0


def _line(result: replaying.Replayed) -> str:
    why = f" by {'; '.join(result.explained_by)}" if result.explained_by else ""
    what = f": {', '.join(result.differs)}" if result.differs else ""
    return f"{result.case} round {result.round}: {result.result}{why}{what}"


@click.group()
def keys() -> None:
    """Show, export and rotate the keys that the history is signed with.

    Example: gatehouse keys export --out public.json
    """


@keys.command("list")
@json_option
def list_keys(as_json: bool) -> None:
    """List all public keys, oldest first.

    Example: gatehouse keys list
    """
    house = open_house()
    found = [key.model_dump(mode="json") for key in house.casebook.keys.all()]
    if as_json:
        print_json(found, many=True)
        return
    columns: dict[str, Text | None] = {
        "id": Text(en="key", zh="密钥"),
        "valid_from": Text(en="from", zh="生效"),
        "valid_until": Text(en="until", zh="失效"),
        "public": Text(en="public key", zh="公钥"),
    }
    empty = Text(en="no keys; create the casebook with `gatehouse init`", zh="尚无密钥；请运行 `gatehouse init`")
    print_table(found, columns, house.settings.language, empty=empty)


@keys.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; printed if not given.")
def export(out: Path | None) -> None:
    """Export the public keys, for whoever checks heads and bundles elsewhere.

    Example: gatehouse keys export --out public.json
    """
    text = written_keys(open_house().casebook.keys.all())
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"public keys written to {out.name}")


@keys.command("rotate")
@as_option
def rotate(as_user: str | None) -> None:
    """Make a new key; the old one signs the event that brings it in.

    Copy the new private key (folder `keys` of the data folder) to every other machine that writes to this casebook.

    Example: gatehouse keys rotate
    """
    house = open_house()
    key = house.casebook.keys.rotate(person_at_hand(house, as_user).username)
    click.echo(f"key {key.id} signs from now on; export the public keys anew: gatehouse keys export")
