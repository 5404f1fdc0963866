"""Proof to others: heads of the audit chain published daily, verification, and bundles of single cases."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from admission.cases import OutboxMessage
from admission.errors import BadInput, GatehouseError
from admission.evidence.uploads import attachment_of
from admission.files import no_utf8, read_file
from admission.memo.documents import case_document
from admission.model import Text, canonical_json
from casebook.audit import Proof
from casebook.database.chain import written_time
from casebook.database.signing import PUBLIC_FILE, PublicKey, read_keys
from casebook.proof.bundles import LARGEST_BUNDLE, checked, packed
from casebook.proof.flaws import Flaw
from casebook.proof.verification import Head
from connectors import mailbox, webhook
from services.casefile import case_file
from wiring.house import House

# Years of heads, one a day and more.
LARGEST_TEXT = 50_000_000

AUDIT_HEAD = "audit_head"


CASEBOOK = Text(en="the casebook itself; give --keys FILE to prove more", zh="台账本身；给出 --keys 文件可证明更多")


class Trust(NamedTuple):
    """The public keys to check with, and where they come from."""

    keys: Sequence[PublicKey]
    source: Text


def publish_head(house: House) -> Head:
    """Put the head of the chain into the outbox, once a day for each place it goes to; return it.

    The head is signed, so that whoever holds an exported public key can tell it from any other.
    """
    seq, sha256 = house.casebook.audit.end()
    head = Head(seq=seq, sha256=sha256, at=written_time(house.clock()))
    key, signature = house.casebook.keys.sign_head(head.digest)
    head = head.model_copy(update={"key": key, "signature": signature})
    for place in _places(house):
        payload = {**{name: str(value) for name, value in head.model_dump().items()}, "to": place}
        house.casebook.outbox.put(AUDIT_HEAD, None, payload, key=f"{AUDIT_HEAD}:{place}:{house.today()}")
    return head


def deliver_head(house: House, message: OutboxMessage) -> None:
    """Deliver a published head to the place its message names.

    Raises:
        GatehouseError: it was not taken; it stays in the outbox and is tried again.
    """
    head = Head.model_validate({name: value for name, value in message.payload.items() if name != "to"})
    place, settings = message.payload["to"], house.settings
    if place == "file":
        _append(settings.head_file, head)
    elif place == "webhook" and settings.audit_head_webhook is not None:
        webhook.post(settings.audit_head_webhook.get_secret_value(), {"kind": AUDIT_HEAD, **head.model_dump()})
    elif place == "mail" and settings.smtp is not None and settings.audit_head_mail:
        mailbox.send(
            settings.smtp.get_secret_value(),
            sender=settings.mail_from or settings.audit_head_mail,
            to=settings.audit_head_mail,
            subject=f"Gatehouse audit head {head.seq}",
            body=canonical_json(head.model_dump()) + "\n",
        )
    else:
        raise GatehouseError(
            Text(en="This place for heads is not set up any more.", zh="该链头发布位置已不再配置。"),
            context={"place": place},
        )


def _places(house: House) -> list[str]:
    settings = house.settings
    places = ["file"]
    if settings.audit_head_webhook is not None:
        places.append("webhook")
    if settings.audit_head_mail:
        places.append("mail")
    return places


def _append(path: Path, head: Head) -> None:
    """Add a head to a file of JSON lines; the one that is there last is not written twice."""
    line = canonical_json(head.model_dump()) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            file.seek(0)
            if line not in file.readlines()[-10:]:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise GatehouseError(
            Text(
                en=f"The file of heads cannot be written: {type(error).__name__}.",
                zh=f"无法写入链头文件：{type(error).__name__}。",
            ),
            remedy=Text(
                en="see that GATEHOUSE_AUDIT_HEAD_FILE names a file in a folder that may be written",
                zh="请确认 GATEHOUSE_AUDIT_HEAD_FILE 所指文件位于可写的文件夹",
            ),
        ) from None


def trust(house: House, file: Path | None) -> Trust:
    """Return the public keys to check with: of a file, else of the data folder, else of the casebook itself."""
    path = file or house.settings.folder / "keys" / PUBLIC_FILE
    if file is None and not path.is_file():
        return Trust(house.casebook.keys.all(), CASEBOOK)
    return Trust(list(read_keys(_read(path), path.name).values()), Text(en=path.name, zh=path.name))


def read_heads(path: Path) -> list[Head]:
    """Read published heads: JSON lines, or one JSON document.

    Raises:
        BadInput: a line is no head; it is named.
    """
    heads = []
    for number, line in enumerate(_read(path).splitlines(), 1):
        if line.strip():
            try:
                document = json.loads(line)
                heads.append(Head.model_validate({name: document[name] for name in Head.model_fields}))
            except (KeyError, TypeError, ValueError):
                raise BadInput(
                    Text(
                        en=f"{path.name}, line {number} is no published head.",
                        zh=f"{path.name} 第 {number} 行不是已发布的链头。",
                    )
                ) from None
    return heads


def verify(house: House, trusted: Trust, heads: Sequence[Head], tell: Callable[[Text], None]) -> Proof:
    """Walk the whole chain and hold everything against it; see `Audit.verify`."""
    return house.casebook.audit.verify(trusted.keys, heads, tell)


def make_bundle(house: House, reference: str) -> bytes:
    """Return the signed export of one case: for people, and with everything needed to check it."""
    links, rows = house.casebook.audit.export(reference)
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
    return packed(reference, links, rows, files, house.casebook.keys.sign_bundle)


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
