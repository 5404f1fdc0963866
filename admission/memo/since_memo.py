"""The part of the memo that tells what changed since the last decision."""

from __future__ import annotations

from admission.customers.since.comparing import Since
from admission.memo.phrases import escape
from admission.memo.since_words import ITEM, NOW, SINCE, WAS, say_since
from admission.model import Language, Text

__all__ = ["SINCE", "since_lines"]


def since_lines(since: Since, language: Language) -> list[str]:
    """Return what changed as lines of Markdown: was and now, each change, and one line for all that did not change."""
    said = say_since(since)

    def words(text: Text) -> str:
        return escape(text.to(language))

    lines = [words(said.headline), "", f"| {words(ITEM)} | {words(WAS)} | {words(NOW)} |", "| --- | --- | --- |"]
    for point in said.points:
        now = f"**{words(point.now)}**" if point.moved else words(point.now)
        lines.append(f"| {words(point.what)} | {words(point.was)} | {now} |")
    lines += ["", *(f"- {words(text)}" for text in said.changes)]
    colon, gap = ("：", "；") if language == "zh" else (": ", "; ")
    for title, texts in said.lists:
        lines += ["", f"{words(title)}{colon}{gap.join(words(text) for text in texts)}"]
    return lines
