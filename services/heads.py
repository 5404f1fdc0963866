"""Heads of the audit chain: where they go, published when they are due, delivered through the outbox."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

from admission.cases import OutboxMessage
from admission.errors import BadInput, GatehouseError
from admission.files import no_utf8, read_file
from admission.model import Text, canonical_json
from casebook.database.chain import written_time
from casebook.heads import HeadPlace
from casebook.proof.verification import Head
from connectors import mailbox, webhook
from wiring.house import House

AUDIT_HEAD = "audit_head"
FILE = "audit-heads.jsonl"
# Years of heads, one a decision and more.
LARGEST_HEADS = 50_000_000
PlaceKind = Literal["file", "mail", "webhook"]


def places(house: House) -> dict[PlaceKind, str]:
    """Return where heads go: what the settings say, else what was chosen; a file in the data folder in any case."""
    settings, chosen = house.settings, house.casebook.heads.chosen() or HeadPlace(kind="none")
    found: dict[PlaceKind, str] = {"file": str(head_file(house))}
    if settings.audit_head_webhook is not None:
        found["webhook"] = settings.audit_head_webhook.get_secret_value()
    elif chosen.kind == "webhook":
        found["webhook"] = chosen.to
    if settings.audit_head_mail or chosen.kind == "mail":
        found["mail"] = settings.audit_head_mail or chosen.to
    return found


def head_file(house: House) -> Path:
    """Return the file of published heads."""
    chosen = house.casebook.heads.chosen()
    if house.settings.audit_head_file is None and chosen is not None and chosen.kind == "file":
        return Path(chosen.to)
    return house.settings.head_file


def is_within(house: House, path: Path) -> bool:
    """True where a file is in the data folder, so that whoever owns the casebook can change it too."""
    return path.expanduser().resolve().is_relative_to(house.settings.folder)


def why_not_outside(house: House) -> Text | None:
    """Return why no head leaves the data folder; None where one does."""
    found = places(house)
    if "webhook" in found or not is_within(house, Path(found["file"])):
        return None
    if "mail" not in found:
        return Text(
            en="heads of the audit chain stay in the data folder: whoever owns it can rebuild the chain unseen",
            zh="审计链头只留在数据文件夹中：拥有该文件夹的人可重建审计链而不被发现",
        )
    if house.settings.smtp is None:
        return Text(
            en="heads are to be mailed, but no mail server is set (GATEHOUSE_SMTP)",
            zh="链头应通过邮件发送，但未设置邮件服务器（GATEHOUSE_SMTP）",
        )
    return None


def place_of(written: str) -> HeadPlace:
    """Read a place as a person writes it: `file:FOLDER`, `mail:ADDRESS`, `webhook:URL`, `none`.

    Raises:
        BadInput: it is none of these, or the folder cannot be written.
    """
    kind, _, to = written.strip().partition(":")
    if kind == "none" and not to:
        return HeadPlace(kind="none")
    if kind == "file" and to:
        folder = Path(to).expanduser().resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise BadInput(
                Text(en=f"The folder {folder} cannot be made.", zh=f"无法建立文件夹 {folder}。"),
                remedy=Text(en="give a folder on another machine's disk", zh="请给出位于另一台机器磁盘上的文件夹"),
            ) from None
        return HeadPlace(kind="file", to=str(folder / FILE))
    if kind == "mail" and "@" in to:
        return HeadPlace(kind="mail", to=to)
    if kind == "webhook" and to.startswith(("https://", "http://")):
        return HeadPlace(kind="webhook", to=to)
    raise BadInput(
        Text(en="This is no place for heads.", zh="这不是链头的发送位置。"),
        context={"heads": kind[:40]},
        remedy=Text(
            en="write file:FOLDER, mail:ADDRESS, webhook:URL or none",
            zh="请写 file:文件夹、mail:邮箱、webhook:网址 或 none",
        ),
    )


def signed_head(house: House) -> Head:
    """Return the head of the chain, signed, so that whoever holds an exported public key can tell it from any other."""
    seq, sha256 = house.casebook.audit.end()
    head = Head(seq=seq, sha256=sha256, at=written_time(house.clock()))
    key, signature = house.casebook.keys.sign_head(head.digest)
    return head.model_copy(update={"key": key, "signature": signature})


def publish_head(house: House) -> Head:
    """Put the head of the chain into the outbox for each place it goes to; return it.

    A head that still waits for its place gives way to this one, which tells all that it told.
    """
    head = signed_head(house)
    for place in places(house):
        payload = {**{name: str(value) for name, value in head.model_dump().items()}, "to": place}
        house.casebook.outbox.put_newest(AUDIT_HEAD, payload, key=f"{AUDIT_HEAD}:{place}")
    return head


def send_now(house: House) -> list[GatehouseError]:
    """Send the head of the chain to each place at once; what fails goes into the outbox. Return what failed."""
    head, failed = signed_head(house), []
    for place in places(house):
        try:
            _send(house, head, place)
        except GatehouseError as error:
            failed.append(error)
            payload = {**{name: str(value) for name, value in head.model_dump().items()}, "to": place}
            house.casebook.outbox.put_newest(AUDIT_HEAD, payload, key=f"{AUDIT_HEAD}:{place}")
    return failed


def deliver_head(house: House, message: OutboxMessage) -> None:
    """Deliver a published head to the place its message names.

    Raises:
        GatehouseError: it was not taken; it stays in the outbox and is tried again.
    """
    head = Head.model_validate({name: value for name, value in message.payload.items() if name != "to"})
    _send(house, head, message.payload["to"])


def _send(house: House, head: Head, place: str) -> None:
    settings, found = house.settings, places(house)
    if place == "file":
        _append(Path(found["file"]), head)
    elif place == "webhook" and "webhook" in found:
        webhook.post(found["webhook"], {"kind": AUDIT_HEAD, **head.model_dump()})
    elif place == "mail" and settings.smtp is not None and "mail" in found:
        mailbox.send(
            settings.smtp.get_secret_value(),
            sender=settings.mail_from or found["mail"],
            to=found["mail"],
            subject=f"Gatehouse audit head {head.seq}",
            body=canonical_json(head.model_dump()) + "\n",
        )
    else:
        raise GatehouseError(
            Text(en="This place for heads is not set up any more.", zh="该链头发布位置已不再配置。"),
            context={"place": place},
        )


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
                en="see that its folder is there and may be written, or choose another: gatehouse init --heads",
                zh="请确认所在文件夹存在且可写，或另选位置：gatehouse init --heads",
            ),
        ) from None


def read_heads(path: Path) -> list[Head]:
    """Read published heads: JSON lines, or one JSON document.

    Raises:
        BadInput: the file cannot be read, or a line is no head; it is named.
    """
    try:
        text = read_file(path, LARGEST_HEADS).decode("utf-8")
    except UnicodeDecodeError:
        raise no_utf8(path.name) from None
    heads = []
    for number, line in enumerate(text.splitlines(), 1):
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
