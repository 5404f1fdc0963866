"""One case in a file that proves itself: what was decided, on what, by whom, checked without any database."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from admission.errors import BadInput, GatehouseError
from admission.evidence.uploads import attachment_of
from admission.model import Text, canonical_json, digest
from casebook.database.binding import BoundRow, bound_row, hidden
from casebook.database.blobs import fingerprint_of
from casebook.database.chain import BEGINNINGS, ROTATION, Link
from casebook.database.sealing import KeyOf, is_lost, key_text, opened
from casebook.database.signing import PublicKey, signed_by
from casebook.proof.credentials import Credentials
from casebook.proof.flaws import Flaw, FlawKind, answer_named, event_named, named

FORMAT = "gatehouse-bundle-1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.signature.json"
# With it whoever has the bundle reads the sealed texts of its rows.
KEY = "case.key"
# Rows that later cases of the same company write again.
_SHARED = {"customers"}
# Of the file, and of all its parts unpacked. The largest answer of a case is a file of a watch list.
LARGEST_BUNDLE = 250_000_000
_LARGEST_PART = 100_000_000
_MOST_PARTS = 20_000


def packed(
    reference: str,
    links: Sequence[Link],
    rows: Sequence[BoundRow],
    files: Mapping[str, bytes],
    key: bytes | None,
    sign: Callable[[str], tuple[str, str]],
) -> bytes:
    """Return a bundle.

    Args:
        reference: of the case.
        links: its events, and those that bring keys and pins.
        rows: its audited rows, and the pins they name.
        files: what else is in it: the case for people to read, raw answers.
        key: with which the personal texts of the rows are sealed; None where none are.
        sign: signs the fingerprint of the manifest; returns the key's id and the signature.
    """
    parts = dict(files)
    if key is not None:
        parts[KEY] = key_text(key).encode()
    parts["events.jsonl"] = "".join(
        canonical_json({**link.document, "sha256": link.sha256, "signature": link.signature}) + "\n" for link in links
    ).encode()
    parts["rows.jsonl"] = "".join(
        canonical_json({"table": bound.row.table, "values": bound.values}) + "\n" for bound in rows
    ).encode()
    manifest = {
        "format": FORMAT,
        "case": reference,
        "events": len(links),
        "files": {name: fingerprint_of(body) for name, body in sorted(parts.items())},
    }
    signed_with, signature = sign(digest(manifest))
    parts[MANIFEST] = canonical_json(manifest).encode()
    parts[SIGNATURE] = canonical_json({"key": signed_with, "signature": signature}).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(parts.items()):
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def checked(bundle: bytes, keys: Sequence[PublicKey]) -> tuple[str, list[Flaw]]:
    """Check a bundle offline; return the case's reference and what is wrong.

    Args:
        bundle: the file.
        keys: the public keys to trust; the later ones are trusted where an event signed by a trusted one brings them.

    Raises:
        BadInput: it is no bundle at all.
    """
    parts = _unpack(bundle)
    try:
        manifest, seal = json.loads(parts[MANIFEST]), json.loads(parts[SIGNATURE])
        reference, listed = str(manifest["case"]), dict(manifest["files"])
        links = [_link(json.loads(line)) for line in parts["events.jsonl"].splitlines()]
        rows = [bound_row(item["table"], item["values"]) for item in map(json.loads, parts["rows.jsonl"].splitlines())]
    except (KeyError, TypeError, ValueError):
        return "", [Flaw(kind="bundle.forged", where=Text(en="the bundle", zh="证据包"))]
    trusted = {key.id: key for key in keys}
    flaws = list(_event_flaws(links, trusted))
    flaws += _row_flaws(links, rows)
    for name, sha256 in listed.items():
        if name not in parts or fingerprint_of(parts[name]) != sha256:
            flaws.append(Flaw(kind="bundle.forged", where=named(name)))
    unlisted = [name for name in parts if name not in (*listed, MANIFEST, SIGNATURE)]
    flaws += [Flaw(kind="bundle.forged", where=named(name)) for name in unlisted]
    flaws += _answer_flaws(rows, parts)
    flaws += _seal_flaws(reference, rows, parts)
    whole = canonical_json(manifest).encode() == parts[MANIFEST] and len(links) == manifest.get("events")
    key = trusted.get(str(seal.get("key")))
    if not whole or not signed_by(key, "bundle", digest(manifest), str(seal.get("signature"))):
        flaws.append(Flaw(kind="bundle.forged" if key else "key.unknown", where=named(MANIFEST)))
    return reference, flaws


def _unpack(bundle: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            _check_sizes(archive.infolist())
            return {name: archive.read(name) for name in archive.namelist()}
    except BadInput:
        raise
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        raise BadInput(
            Text(en="This is no bundle of a case.", zh="这不是申请单的证据包。"),
            remedy=Text(en="make one with gatehouse bundle", zh="请用 gatehouse bundle 导出"),
        ) from None
    except Exception as error:
        # zlib raises its own error class where a compressed part was changed.
        raise BadInput(
            Text(
                en=f"This bundle cannot be unpacked ({type(error).__name__}).",
                zh=f"该证据包无法解压（{type(error).__name__}）。",
            )
        ) from None


def _check_sizes(items: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what would fill the memory, by what the directory states: no more than that is read of any part."""
    sizes = [item.file_size for item in items]
    if sum(sizes) > LARGEST_BUNDLE or max(sizes, default=0) > _LARGEST_PART or len(sizes) > _MOST_PARTS:
        raise BadInput(
            Text(
                en=f"This bundle unpacks to {sum(sizes):,} bytes in {len(sizes):,} parts; no bundle of a case does.",
                zh=f"该证据包解压后为 {sum(sizes):,} 字节、{len(sizes):,} 个部分，申请单的证据包不会如此之大。",
            ),
            remedy=Text(en="get it from its maker again", zh="请向提供方重新索取"),
        )
    if len({item.filename for item in items}) != len(items):
        raise ValueError


def _link(document: Mapping[str, Any]) -> Link:
    event = {name: document[name] for name in ("seq", "at", "actor", "act", "case", "detail")}
    rest = {name: document[name] for name in ("prev", "key", "content", "sha256", "signature")}
    return Link.model_validate({"event": event, **rest})


def _event_flaws(links: Sequence[Link], trusted: dict[str, PublicKey]) -> Iterator[Flaw]:
    last: Link | None = None
    credentials = Credentials()
    for link in links:
        kind: FlawKind | None = None
        if digest(link.document) != link.sha256:
            kind = "event.changed"
        elif link.key not in trusted:
            kind = "key.unknown"
        elif not signed_by(trusted[link.key], "event", link.sha256, link.signature):
            kind = "event.forged"
        elif last is not None and link.event.seq <= last.event.seq:
            kind = "event.moved"
        elif last is not None and link.event.seq == last.event.seq + 1 and link.prev != last.sha256:
            kind = "chain.broken"
        if kind is not None:
            yield Flaw(kind=kind, where=event_named(link.event.seq), since=named(link.event.at.isoformat()))
        elif link.event.act == ROTATION or link.event.act in BEGINNINGS:
            name, public = link.event.detail.get("key", ""), link.event.detail.get("public_key", "")
            trusted.setdefault(name, PublicKey(id=name, public=public, valid_from=link.event.at))
        if not credentials.proves(link) and kind is None:
            yield Flaw(kind="vote.unproven", where=event_named(link.event.seq))
        last = link


def _row_flaws(links: Sequence[Link], rows: Sequence[BoundRow]) -> Iterator[Flaw]:
    bound = {
        row: (sha256, event_named(link.event.seq))
        for link in links
        if link.event.case is not None or link.event.act.endswith(".pinned")
        for row, sha256 in link.rows.items()
    }
    for row in rows:
        expected = bound.pop(hidden(row.row), None)
        if expected is None:
            yield Flaw(kind="row.added", where=named(str(row.row)))
        elif expected[0] != row.sha256:
            yield Flaw(kind="row.changed", where=named(str(row.row)), since=expected[1])
    for left, (sha256, event) in bound.items():
        if sha256 is not None and left.table not in _SHARED:
            yield Flaw(kind="row.removed", where=named(str(left)), since=event)


def _seal_flaws(reference: str, rows: Sequence[BoundRow], parts: Mapping[str, bytes]) -> Iterator[Flaw]:
    """Name the rows whose sealed texts the bundle's key does not open."""
    keys = KeyOf(reference, parts[KEY].decode(errors="replace") if KEY in parts else None)
    for row in rows:
        if not all(_opens(value, keys) for value in row.values.values() if isinstance(value, str)):
            yield Flaw(kind="seal.broken", where=named(str(row.row)))


def _opens(text: str, keys: KeyOf) -> bool:
    try:
        opened(text, keys)
        return not is_lost(text, keys)
    except GatehouseError:
        return False


def _answer_flaws(rows: Sequence[BoundRow], parts: Mapping[str, bytes]) -> Iterator[Flaw]:
    for row in rows:
        sha256 = row.values.get("body_sha256") if row.row.table == "evidence" else None
        if sha256 is None:
            continue
        yield from _file_flaws(str(sha256), parts)
        attachment = attachment_of(str(row.values.get("source", "")), parts.get(f"answers/{sha256}", b""))
        if attachment is not None:
            yield from _file_flaws(attachment, parts)


def _file_flaws(sha256: str, parts: Mapping[str, bytes]) -> Iterator[Flaw]:
    body = parts.get(f"answers/{sha256}")
    if body is None:
        yield Flaw(kind="answer.missing", where=answer_named(sha256))
    elif fingerprint_of(body) != sha256:
        yield Flaw(kind="answer.changed", where=answer_named(sha256))
