"""How long a text may be, in words."""

from __future__ import annotations

from admission.model import Text


def characters_at_most(most: int) -> Text:
    """Say that a text has so many characters at most."""
    return Text(en=f"at most {most} characters", zh=f"最多 {most} 个字符")


def characters_between(least: int, most: int) -> Text:
    """Say that a text has so many characters at least, and so many at most."""
    return Text(en=f"{least} to {most} characters", zh=f"{least} 至 {most} 个字符")
