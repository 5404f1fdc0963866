"""Asking where the heads of the audit chain go, and sending the first."""

from __future__ import annotations

import sys

import click

from admission.model import Text
from casebook.heads import HeadPlace
from cli.language import to_reader
from cli.output import progress, say
from services import heads
from wiring import House

QUESTION = Text(
    en="Heads of the audit chain prove it against whoever owns this machine, if they go elsewhere.\n"
    "Where to? file:FOLDER on another machine's disk, mail:ADDRESS, webhook:URL, or none",
    zh="审计链头须发送到他处，才能向拥有本机的人证明审计链未被改动。\n"
    "发送到哪里？file:文件夹（另一台机器的磁盘）、mail:邮箱、webhook:网址，或 none",
)


def settle_heads(house: House, given: str | None) -> None:
    """Keep where heads go, ask for it where nobody has said it and somebody is there, and send the first head.

    Args:
        house: the house, with its casebook made.
        given: what was said on the command line.

    Raises:
        BadInput: what was said is no place.
    """
    place = None if given is None else heads.place_of(given)
    if place is None and house.casebook.heads.chosen() is None:
        place = _asked(house)
    if place is not None:
        house.casebook.heads.choose(place, "system")
    for error in heads.send_now(house):
        said = error.message
        progress(Text(en=f"a head was not sent, and is tried again: {said.en}", zh=f"链头未能发送，将重试：{said.zh}"))
    why = heads.why_not_outside(house)
    if why is None:
        where = ", ".join(sorted(heads.places(house)))
        say(Text(en=f"heads of the audit chain go to: {where}", zh=f"审计链头发送到：{where}"))
        return
    choose = "gatehouse init --heads"
    progress(Text(en=f"warning: {why.en}; choose with {choose}", zh=f"警告：{why.zh}；请用 {choose} 选择"))


def _asked(house: House) -> HeadPlace | None:
    """Return where heads go: nothing to keep where the settings say it, none where nobody can be asked."""
    if heads.why_not_outside(house) is None:
        return None
    if not somebody_is_there():
        return HeadPlace(kind="none")
    return heads.place_of(str(click.prompt(to_reader(QUESTION), default="none")))


def somebody_is_there() -> bool:
    """True where a question can be answered."""
    return sys.stdin.isatty()
