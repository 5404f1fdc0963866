"""What can be wrong with a casebook that somebody changed behind Gatehouse's back, each in one plain line."""

from __future__ import annotations

from typing import Literal

from admission.model import Language, Record, Text

FlawKind = Literal[
    "event.changed",
    "event.forged",
    "event.moved",
    "event.missing",
    "event.added",
    "chain.broken",
    "chain.rebuilt",
    "chain.cut",
    "key.unknown",
    "key.wrong",
    "row.changed",
    "row.removed",
    "row.added",
    "answer.changed",
    "answer.missing",
    "head.forged",
    "bundle.forged",
]

_SAYS: dict[FlawKind, Text] = {
    "event.changed": Text(en="is not what was written and signed", zh="与当时写入并签名的内容不符"),
    "event.forged": Text(en="was not signed with the house's key", zh="未经本机构密钥签名"),
    "event.moved": Text(
        en="stands in another place than where it was written; events were reordered, put in or taken out",
        zh="不在原来的位置；记录被调换、插入或删除",
    ),
    "event.missing": Text(en="is gone", zh="已缺失"),
    "event.added": Text(en="is more than was ever counted", zh="超出已计数的记录"),
    "chain.broken": Text(en="does not follow the event before it", zh="与前一条记录不相衔接"),
    "chain.rebuilt": Text(
        en="is not the one that was published: the chain was rebuilt", zh="与已公布的链头不符：链条被重建"
    ),
    "chain.cut": Text(
        en="was published and is not there: the tail of the chain was cut", zh="已公布但不存在：链尾被截断"
    ),
    "key.unknown": Text(en="is signed with a key that is none of the house's", zh="由非本机构的密钥签名"),
    "key.wrong": Text(en="is signed with a key that was not in use then", zh="由当时未启用的密钥签名"),
    "row.changed": Text(en="is not what its event says was saved", zh="与事件记录所保存的内容不符"),
    "row.removed": Text(en="was saved and is gone", zh="曾保存，现已缺失"),
    "row.added": Text(en="was never saved by the house", zh="从未由本系统保存"),
    "answer.changed": Text(en="holds other bytes than the source sent", zh="与来源当时返回的字节不符"),
    "answer.missing": Text(en="is gone, with the bytes that the source sent", zh="已缺失：来源返回的字节不存在"),
    "head.forged": Text(en="was not signed with the house's key", zh="未经本机构密钥签名"),
    "bundle.forged": Text(en="is not what was exported and signed", zh="与导出并签名的内容不符"),
}


class Flaw(Record):
    """One thing that is wrong.

    Attributes:
        kind: which kind, for programs.
        where: what it is about, such as `event 12` or `votes 3`.
        since: after which event, or since when, it can have happened; empty where nobody can tell.
    """

    kind: FlawKind
    where: str
    since: str = ""

    def line(self, language: Language = "en") -> str:
        """Return what, where and since when, in one line."""
        since = Text(en=f" (not before {self.since})", zh=f"（不早于 {self.since}）") if self.since else None
        return f"{self.where} {_SAYS[self.kind].to(language)}{since.to(language) if since else ''} [{self.kind}]"
