"""An act on many customers as JSON documents, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from admission.customers.bulk.acts import LEFT_OUT_WORDS, BulkAct, BulkMember, BulkSums
from admission.customers.bulk.selecting import KIND_WORDS
from admission.memo.phrases import amount_words
from admission.model import Language, Text

DONE = Text(en="done", zh="已执行")
WAITS = Text(en="waits", zh="待执行")
_LEFT_OUT: dict[str, Text] = {str(code): words for code, words in LEFT_OUT_WORDS.items()}


def bulk_document(act: BulkAct, language: Language, today: date) -> dict[str, Any]:
    """Return an act.

    Args:
        act: the act.
        language: of its sentences.
        today: the day; an old proposal has lapsed.
    """
    return {
        **act.model_dump(mode="json"),
        "what": act.words.to(language),
        "stands": act.state_words(today).to(language),
        "lapsed": act.lapsed_on(today),
    }


def member_document(member: BulkMember, language: Language) -> dict[str, Any]:
    """Return one customer of an act's list."""
    return {**member.model_dump(mode="json"), "what": member_words(member).to(language)}


def member_words(member: BulkMember) -> Text:
    """Return what came of a customer of the list, or why it is left alone."""
    if member.left_out is not None:
        return LEFT_OUT_WORDS[member.left_out]
    if member.result is None:
        return WAITS
    return DONE if member.result == "done" else LEFT_OUT_WORDS[member.result]


def result_lines(results: Mapping[str, int]) -> Iterator[Text]:
    """Yield how many of those an act is for came to what.

    Args:
        results: by result; "" for those that wait.
    """
    for result, count in sorted(results.items(), key=lambda item: (item[0] != "done", item[0])):
        words = DONE if result == "done" else _LEFT_OUT.get(result, WAITS)
        yield Text(en=f"{words.en}: {count:,}", zh=f"{words.zh}：{count:,}")


def sums_lines(sums: BulkSums) -> Iterator[Text]:
    """Yield what an act comes to: customers, limits, what would be in force, exposure, and what is not known."""
    yield Text(en=f"customers: {sums.customers:,}", zh=f"涉及客户：{sums.customers:,}")
    limits, now, then = (amount_words(amount, sums.currency) for amount in (sums.limits, sums.in_force, sums.after))
    yield Text(
        en=f"limits granted: {limits.en}; in force: {now.en}; in force after it: {then.en}",
        zh=f"获批额度：{limits.zh}；现生效：{now.zh}；执行后生效：{then.zh}",
    )
    if sums.without_rate:
        count = f"{sums.without_rate:,}"
        yield Text(
            en=f"not in these sums, for want of an exchange rate: {count} customers",
            zh=f"因无汇率未计入以上合计的客户：{count}",
        )
    exposure = amount_words(sums.exposure, sums.currency)
    yield Text(
        en=f"exposure hit (balance, open orders, orders let through): {exposure.en}",
        zh=f"涉及敞口（应收余额、未交订单、已放行订单）：{exposure.zh}",
    )
    if sums.exposure_unknown:
        count = f"{sums.exposure_unknown:,}"
        yield Text(
            en=f"exposure not known, and not in that sum: {count} customers", zh=f"敞口未知、未计入的客户：{count}"
        )
    for why, count_of in sums.left_out.items():
        words = LEFT_OUT_WORDS[why]
        yield Text(en=f"left alone: {count_of:,} ({words.en})", zh=f"不涉及：{count_of:,}（{words.zh}）")
    for kind, unknown in sums.unknown.items():
        words = KIND_WORDS[kind]
        yield Text(
            en=f"look at them yourself: of {unknown:,} customers who would fit, the {words.en} is not known",
            zh=f"请自行核对：另有 {unknown:,} 个客户其他条件符合，但{words.zh}未知",
        )
    for kind, value in sums.without:
        words = KIND_WORDS[kind]
        yield Text(en=f"no customer has {words.en} {value}", zh=f"没有{words.zh}为 {value} 的客户")
