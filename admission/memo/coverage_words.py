"""The account of all reviews in words, and as a document."""

from __future__ import annotations

from typing import Any

from admission.customers.coverage import Coverage, DueReview, SourceAway, Sweep, WhyOpen
from admission.model import Language, Text

WHY_WORDS: dict[WhyOpen, Text] = {
    "people": Text(en="waits for a vote", zh="等待审批意见"),
    "owner": Text(en="waits for an owner", zh="等待认领"),
    "running": Text(en="a run has it", zh="系统办理中"),
    "no_run": Text(en="no run has it", zh="没有运行在办理"),
    "no_sweep": Text(en="no daily run since that day", zh="到期后每日复审任务未运行"),
    "passed_over": Text(en="the daily run did not open it", zh="每日复审任务已运行但未发起"),
    "other_case": Text(en="another case is open", zh="该客户另有未办结的申请单"),
}


def review_words(review: DueReview) -> Text:
    """Say of one review that failed or is not opened what stands in the way."""
    why = WHY_WORDS[review.why]
    case = f" {review.case}" if review.case else ""
    state = {"failed": Text(en="failed", zh="失败"), "not_opened": Text(en="not opened", zh="未发起")}.get(
        review.state, Text(en="waiting", zh="等待中")
    )
    return Text(
        en=f"{state.en}: {review.company_key}, due {review.due_on}: {why.en}{case}",
        zh=f"{state.zh}：{review.company_key}，{review.due_on} 到期：{why.zh}{case}",
    )


def sweep_words(sweep: Sweep) -> Text:
    """Say when a sweep ran last."""
    last = "-" if sweep.last is None else f"{sweep.last:%Y-%m-%d %H:%M} UTC"
    return Text(en=f"{sweep.name}: last {last}", zh=f"{sweep.name}：最近一次 {last}")


def away_words(away: SourceAway) -> Text:
    """Say for how long a source has answered nothing."""
    since = f"{away.since:%Y-%m-%d %H:%M} UTC"
    return Text(
        en=f"source {away.source}: no answer to the last {away.questions} questions, since {since}",
        zh=f"来源 {away.source}：最近 {away.questions} 次查询均无答复，自 {since} 起",
    )


def coverage_document(found: Coverage, language: Language) -> dict[str, Any]:
    """Return the account as a document, in one language; `problems` is empty where all is well."""
    written = found.model_dump(mode="json")
    written["waits_for"] = [{"whom": whom.to(language), "reviews": count} for whom, count in found.waits_for]
    for review, row in zip(found.reviews, written["reviews"], strict=True):
        row["waits_for"] = None if review.waits_for is None else review.waits_for.to(language)
        row["reason"] = WHY_WORDS[review.why].to(language)
    return {**written, "accounted": found.accounted, "problems": [text.to(language) for text in found.problems]}
