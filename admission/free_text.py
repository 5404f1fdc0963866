"""What people write in their own words: no character in it may be invisible, or turn around what others read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from admission.errors import BadInput, Invalid, Problem
from admission.model import Text

# Lines and columns are layout; all other control and format characters (U+202E, U+200B, NUL) hide or turn text around.
LAYOUT = "\n\r\t"
PLAIN = Text(en="text without control characters", zh="不含控制字符的文本")


def is_plain(text: str, layout: str = LAYOUT) -> bool:
    """True where a text has no control character but those of layout."""
    # Most texts are a number or a code; a ledger has millions of them.
    if text.isascii() and text.isprintable():
        return True
    return not any(unicodedata.category(sign).startswith("C") and sign not in layout for sign in text)


def plain_line(value: str) -> str:
    """Return one line of text, for validators.

    Raises:
        Invalid: it has a control character.
    """
    if not is_plain(value, layout=""):
        raise Invalid(PLAIN)
    return value


def check_plain(message: Text, texts: Mapping[str, str]) -> None:
    """Refuse what people wrote where it has control characters.

    Args:
        message: what cannot be done with it.
        texts: what was written, by field.

    Raises:
        BadInput: with every field that has one; what was written is not repeated.
    """
    problems = [Problem(field, "", PLAIN) for field, text in texts.items() if not is_plain(text)]
    if problems:
        raise BadInput(message, problems=problems)
