"""What is on file for a customer, as lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from admission.cases import Condition
from admission.customers.earned_steps import Steps
from admission.customers.orders.group_view import GroupView
from admission.customers.standing.decided import BY_POLICY
from admission.customers.standing.holds import Hold
from admission.customers.standing.in_force import Standing
from admission.customers.standing.insurance import COVER_WORDS, Cover
from admission.customers.standing.limit_changes import LimitChange
from admission.customers.standing.securities import Security
from admission.memo.customer_documents import standing_document
from admission.memo.labels import CONDITION_STATES
from admission.model import Text
from admission.policy.customer_rules import SECURITY_WORDS
from cli.language import language
from cli.output import print_json, say
from services.customer_standing import customer_of, standing_of
from wiring import House


def say_standing(stands: Standing) -> None:
    """Print what is in force and why, until when, and what ends soon."""
    say(stands.why)
    if stands.until is not None and stands.then is not None:
        amount = f"{stands.then:,.2f} {stands.currency}"
        say(Text(en=f"From the day after {stands.until}: {amount}.", zh=f"{stands.until} 之后：{amount}。"))
    for text in stands.warnings:
        say(Text(en=f"Soon: {text.en}.", zh=f"即将到期：{text.zh}。"))


def condition_line(item: Condition, today: date) -> Text:
    """Return a condition as one line."""
    state = CONDITION_STATES[item.state_on(today)]
    en, zh = f"{item.id} {item.text}: {state.en}", f"{item.id} {item.text}：{state.zh}"
    if item.state == "open" and item.due is not None:
        en, zh = f"{en}, due on {item.due}", f"{zh}，应于 {item.due} 前落实"
    if item.settled_by is not None:
        en, zh = f"{en} ({item.settled_by}: {item.proof})", f"{zh}（{item.settled_by}：{item.proof}）"
    return Text(en=en, zh=zh)


def security_line(item: Security) -> Text:
    """Return a security as one line."""
    kind = SECURITY_WORDS[item.kind]
    until = Text(en="", zh="") if item.valid_until is None else _till(item.valid_until)
    if item.revoked_on is not None:
        state = Text(en=f"revoked from {item.revoked_on}", zh=f"自 {item.revoked_on} 起撤销")
    elif item.confirmed_by is None:
        state = Text(en="waits for a second person", zh="待第二人核对")
    else:
        state = Text(en=f"confirmed by {item.confirmed_by}", zh=f"{item.confirmed_by} 已核对")
    amount = f"{item.amount:,.2f} {item.currency}"
    return Text(
        en=f"{item.id} {kind.en} {item.document} of {item.giver}, {amount}{until.en}: {state.en}",
        zh=f"{item.id} {kind.zh} {item.document}（{item.giver}），{amount}{until.zh}：{state.zh}",
    )


def cover_line(word: Cover) -> Text:
    """Return what an insurer said as one line."""
    state = COVER_WORDS[word.state]
    amount = "" if word.amount is None else f" {word.amount:,.2f}"
    until = Text(en="", zh="") if word.valid_until is None else _till(word.valid_until)
    return Text(
        en=f"{word.id} cover {word.policy}: {state.en}{amount} from {word.valid_from}{until.en}",
        zh=f"{word.id} 信用保险 {word.policy}：{state.zh}{amount}，自 {word.valid_from}{until.zh}",
    )


def hold_line(item: Hold) -> Text:
    """Return a hold as one line."""
    until = Text(en="", zh="") if item.until is None else _till(item.until)
    released, many, end = Text(en="", zh=""), _of_act(item.bulk_act), _of_act(item.ended_by_act)
    if item.released_on is not None:
        released = Text(
            en=f"; released on {item.released_on} by {item.released_by}{end.en}",
            zh=f"；{item.released_by} 于 {item.released_on} 解除{end.zh}",
        )
    return Text(
        en=f"{item.id} on hold since {item.placed_on}{until.en} by {item.placed_by}{many.en}: "
        f"{item.reason}{released.en}",
        zh=f"{item.id} {item.placed_by} 自 {item.placed_on} 起暂停发货{until.zh}{many.zh}：{item.reason}{released.zh}",
    )


def limit_change_line(item: LimitChange) -> Text:
    """Return a cut or a raise of a limit as one line."""
    until = Text(en="", zh="") if item.valid_until is None else _till(item.valid_until)
    season = Text(en="", zh="")
    if item.season is not None:
        season = Text(en=f", each year {item.season}", zh=f"，每年 {item.season}")
    kind = Text(en="limit cut", zh="额度调减") if item.kind == "cut" else Text(en="limit raised", zh="额度临时调增")
    if item.earned is not None:
        kind = Text(en="limit raised, as earned,", zh="凭按时付款调增额度")
    many, end = _of_act(item.bulk_act), _of_act(item.ended_by_act)
    if item.ended_on is not None:
        by = item.ended_by or BY_POLICY
        state = Text(
            en=f"; taken back on {item.ended_on} by {by}{end.en}",
            zh=f"；{by} 于 {item.ended_on} 撤销{end.zh}",
        )
    elif item.confirmed_by is not None:
        state = Text(en=f"; confirmed by {item.confirmed_by}", zh=f"；{item.confirmed_by} 已复核")
    elif item.state == "waits":
        state = Text(en="; waits for a second person", zh="；待第二人复核")
    else:
        state = Text(en="", zh="")
    amount = f"{item.amount:,.2f} {item.currency}"
    return Text(
        en=f"{item.id} {kind.en} to {amount} from {item.valid_from}{until.en}{season.en} by {item.asked_by}{many.en}: "
        f"{item.reason}{state.en}",
        zh=f"{item.id} {item.asked_by} {kind.zh}至 {amount}，自 {item.valid_from}{until.zh}{season.zh}{many.zh}："
        f"{item.reason}{state.zh}",
    )


def say_recorded(house: House, key: str, document: dict[str, Any], line: Text, *, as_json: bool) -> None:
    """Print what was recorded, and where the customer stands now."""
    stands = standing_of(house, customer_of(house, key))
    if as_json:
        print_json([{**document, "standing": standing_document(stands, language())}], many=False)
        return
    say(line)
    say_standing(stands)


def _of_act(name: str | None) -> Text:
    return Text(en="", zh="") if name is None else Text(en=f", by bulk act {name}", zh=f"（批量操作 {name}）")


def _till(day: date) -> Text:
    return Text(en=f" until {day}", zh=f"至 {day}")


def lines_beside(group: GroupView | None, steps: Steps | None) -> Iterator[Text]:
    """Yield what stands beside the limit: that of the group, and the steps that paying on time earns."""
    if group is not None:
        yield group.line
    if steps is not None:
        yield Text(en=f"Earned steps: {steps.told.en}.", zh=f"按时付款调增：{steps.told.zh}。")
