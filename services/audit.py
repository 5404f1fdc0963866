"""Proof to others: verification of the audit chain, and bundles of single cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from admission.errors import BadInput
from admission.evidence.uploads import attachment_of
from admission.files import no_utf8, read_file
from admission.memo.documents import case_document
from admission.model import Text, canonical_json
from casebook.audit import Proof
from casebook.database.chain import written_time
from casebook.database.signing import PUBLIC_FILE, PublicKey, read_keys
from casebook.proof.bundles import LARGEST_BUNDLE, checked, packed
from casebook.proof.flaws import Flaw
from casebook.proof.verification import Checkpoint, Head
from services.casefile import case_file
from services.heads import is_within
from wiring.house import House

# Years of heads, one a day and more.
LARGEST_TEXT = 50_000_000
NO_KEYS = Text(
    en="whether these are the house's own keys, for no public keys from outside the data folder were given (--keys): "
    "somebody may have signed everything anew",
    zh="公钥是否确为本机构所有：未给出数据文件夹之外的公钥（--keys），可能有人重新签署了全部记录",
)
NO_HEAD = Text(
    en="whether the chain was rebuilt or set back, for no head from outside the data folder was given (--head)",
    zh="审计链是否被重建或退回：未给出数据文件夹之外的链头（--head）",
)
CASEBOOK = Text(en="the casebook itself; give --keys FILE to prove more", zh="台账本身；给出 --keys 文件可证明更多")


class Trust(NamedTuple):
    """The public keys to check with, and where they come from."""

    keys: Sequence[PublicKey]
    source: Text


def trust(house: House, file: Path | None) -> Trust:
    """Return the public keys to check with: of a file, else of the data folder, else of the casebook itself."""
    path = file or house.settings.folder / "keys" / PUBLIC_FILE
    if file is None and not path.is_file():
        return Trust(house.casebook.keys.all(), CASEBOOK)
    return Trust(list(read_keys(_read(path), path.name).values()), Text(en=path.name, zh=path.name))


def limits(house: House, keys_file: Path | None, heads_file: Path | None, heads: Sequence[Head]) -> list[Text]:
    """Return what cannot be known of the chain, for want of keys and heads that were kept outside of the data folder.

    Args:
        house: the house.
        keys_file: the keys that were given.
        heads_file: the heads that were given.
        heads: what is in it.
    """
    found = key_limits(house, keys_file)
    if heads_file is None or is_within(house, heads_file) or not heads:
        return [*found, NO_HEAD]
    return found


def key_limits(house: House, keys_file: Path | None) -> list[Text]:
    """Return what cannot be known without public keys that were kept outside of the data folder."""
    return [NO_KEYS] if keys_file is None or is_within(house, keys_file) else []


def verify(
    house: House,
    trusted: Trust,
    heads: Sequence[Head],
    tell: Callable[[Text], None],
    checkpoint: Checkpoint | None = None,
) -> Proof:
    """Walk the whole chain and hold everything against it; see `Audit.verify`."""
    return house.casebook.audit.verify(trusted.keys, heads, tell, checkpoint)


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Read where an earlier verification ended; None where there is no such file yet.

    Raises:
        BadInput: the file holds something else.
    """
    if not path.is_file():
        return None
    try:
        return Checkpoint.model_validate_json(_read(path))
    except ValueError:
        raise BadInput(
            Text(en=f"{path.name} is no checkpoint.", zh=f"{path.name} 不是检查点文件。"),
            remedy=Text(
                en="give the file that an earlier verify wrote, or a new one", zh="请给出此前核验写入的文件，或新文件"
            ),
        ) from None


def write_checkpoint(house: House, path: Path, proof: Proof) -> None:
    """Write down where a verification ended that found nothing wrong, signed with the key in use.

    Raises:
        GatehouseError: the key is not on this machine.
    """
    seq, sha256 = proof.end
    write_signed(house, path, Checkpoint(seq=seq, sha256=sha256, at=written_time(house.clock())))


def write_signed(house: House, path: Path, point: Head) -> None:
    """Write a point of the chain to a file, signed as a checkpoint with the key in use.

    Raises:
        GatehouseError: the key is not on this machine.
    """
    key, signature = house.casebook.keys.sign_checkpoint(point.digest)
    signed = point.model_copy(update={"key": key, "signature": signature})
    path.write_text(canonical_json(signed.model_dump()) + "\n", encoding="utf-8")


def make_bundle(house: House, reference: str) -> bytes:
    """Return the signed export of one case: for people, and with everything needed to check it."""
    links, rows, key = house.casebook.audit.export(reference)
    file = case_file(house, reference)
    files: dict[str, bytes] = {
        f"case.{language}.json": _pretty(case_document(file, language)) for language in ("en", "zh")
    }
    for row in rows:
        sha256 = row.values.get("body_sha256") if row.row.table == "evidence" else None
        if sha256 is None:
            continue
        body = files[f"answers/{sha256}"] = house.casebook.evidence.body(sha256)
        attachment = attachment_of(str(row.values["source"]), body)
        if attachment is not None:
            files[f"answers/{attachment}"] = house.casebook.evidence.body(attachment)
    return packed(reference, links, rows, files, key, house.casebook.keys.sign_bundle)


def verify_bundle(path: Path, trusted: Trust) -> tuple[str, list[Flaw]]:
    """Check a bundle offline; return the reference of its case and what is wrong."""
    return checked(read_file(path, LARGEST_BUNDLE), trusted.keys)


def _pretty(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode()


def _read(path: Path) -> str:
    try:
        return read_file(path, LARGEST_TEXT).decode("utf-8")
    except UnicodeDecodeError:
        raise no_utf8(path.name) from None
