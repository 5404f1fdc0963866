"""What can be wrong with a casebook that somebody changed behind Gatehouse's back, each in one plain line."""

from __future__ import annotations

from typing import Literal

from pydantic import field_serializer

from admission.errors import NOTHING
from admission.model import Language, Record, Text
from casebook.database.binding import RowKey

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
    "vote.unproven",
    "lookup.wrong",
    "ledger.changed",
    "book.changed",
    "trigger.missing",
    "trigger.changed",
    "trigger.added",
    "answer.changed",
    "answer.missing",
    "seal.broken",
    "key.missing",
    "erasure.undone",
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
    "vote.unproven": Text(
        en="is a vote, or a code for one, without a signed sign-in of this person before it",
        zh="是审批意见或其一次性代码，但此前没有该人员已签名的登录记录",
    ),
    "lookup.wrong": Text(
        en="does not say what the documents say: an inbox, a list or a cap may be wrong",
        zh="与文件内容不符：待办、列表或额度上限可能有误",
    ),
    "ledger.changed": Text(en="is not the customer ledger that was loaded", zh="与当时载入的应收账款台账不符"),
    "book.changed": Text(en="is not the book of customers that was proposed", zh="与提出导入时的存量客户不符"),
    "trigger.missing": Text(
        en="is gone or switched off: the database refuses changes no more", zh="已缺失或被停用：数据库不再拒绝改动"
    ),
    "trigger.changed": Text(en="does something else than Gatehouse made it for", zh="与本系统建立时的内容不符"),
    "trigger.added": Text(en="was never made by Gatehouse", zh="从未由本系统建立"),
    "answer.changed": Text(en="holds other bytes than the source sent", zh="与来源当时返回的字节不符"),
    "answer.missing": Text(en="is gone, with the bytes that the source sent", zh="已缺失：来源返回的字节不存在"),
    "seal.broken": Text(en="cannot be opened with the key of its case", zh="无法用该申请单的密钥打开"),
    "key.missing": Text(
        en="can be read no more: the key is gone, and no rule erased it", zh="无法读取：密钥已缺失，且并非依规删除"
    ),
    "erasure.undone": Text(
        en="was erased, and has its key again: restore the keys of the newest backup, or erase it again",
        zh="已依规删除，但密钥仍在：请恢复最新备份的密钥，或再次删除",
    ),
    "head.forged": Text(en="was not signed with the house's key", zh="未经本机构密钥签名"),
    "bundle.forged": Text(en="is not what was exported and signed", zh="与导出并签名的内容不符"),
}


class Flaw(Record):
    """One thing that is wrong.

    Attributes:
        kind: which kind, for programs.
        where: what it is about, such as `event 12` or `votes 3`; programs get it in English.
        since: after which event, or since when, it can have happened; empty where nobody can tell.
    """

    kind: FlawKind
    where: Text
    since: Text = NOTHING

    @field_serializer("where", "since")
    def _in_english(self, words: Text) -> str:
        return words.en

    def line(self, language: Language = "en") -> str:
        """Return what, where and since when, in one line."""
        words = (
            Text(en=f" (not before {self.since.en})", zh=f"（不早于 {self.since.zh}）") if self.since.en else NOTHING
        )
        return f"{self.where.to(language)} {_SAYS[self.kind].to(language)}{words.to(language)} [{self.kind}]"


def named(name: str) -> Text:
    """Return a name that is the same in both languages: of a row, a file, a moment."""
    return Text(en=name, zh=name)


def event_named(seq: int, at: str = "") -> Text:
    """Name an event, with the moment it was written where that is told."""
    return Text(en=f"event {seq} of {at}", zh=f"{at} 的第 {seq} 条记录") if at else events_named(seq, seq)


def events_named(first: int, last: int) -> Text:
    """Name one event or neighbouring ones."""
    if first == last:
        return Text(en=f"event {first}", zh=f"第 {first} 条记录")
    return Text(en=f"events {first} to {last}", zh=f"第 {first} 至 {last} 条记录")


def rows_named(table: str, count: int) -> Text:
    """Name rows of a table that are told by their number alone."""
    return Text(en=f"{count} row(s) of {table}", zh=f"{table} 中的 {count} 行")


def answer_named(sha256: str, row: RowKey | None = None) -> Text:
    """Name the stored bytes of an answer, with the row that names them where it is known."""
    of, belongs = (f" of {row}", f"{row} 的") if row is not None else ("", "")
    return Text(en=f"answer {sha256}{of}", zh=f"{belongs}原始文件 {sha256}")
