"""What is on file for a customer, as lines."""

from __future__ import annotations

from datetime import date

from admission.cases import Condition
from admission.customers.standing.holds import Hold
from admission.customers.standing.in_force import Standing
from admission.customers.standing.insurance import COVER_WORDS, Cover
from admission.customers.standing.securities import Security
from admission.memo.labels import CONDITION_STATES
from admission.model import Text
from admission.policy.customer_rules import SECURITY_WORDS
from cli.output import say


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
    released = Text(en="", zh="")
    if item.released_on is not None:
        released = Text(
            en=f"; released on {item.released_on} by {item.released_by}",
            zh=f"；{item.released_by} 于 {item.released_on} 解除",
        )
    return Text(
        en=f"{item.id} on hold since {item.placed_on}{until.en} by {item.placed_by}: {item.reason}{released.en}",
        zh=f"{item.id} {item.placed_by} 自 {item.placed_on} 起暂停发货{until.zh}：{item.reason}{released.zh}",
    )


def _till(day: date) -> Text:
    return Text(en=f" until {day}", zh=f"至 {day}")
