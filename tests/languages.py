"""Is an error told in Chinese too?"""

from __future__ import annotations

import re

from admission.errors import BadInput, GatehouseError
from admission.model import Text


def is_chinese(text: Text) -> bool:
    """True where the Chinese is Chinese; an empty text is, where the English is empty too."""
    return text.en == text.zh == "" or re.search("[\u4e00-\u9fff]", text.zh) is not None


def untranslated(error: GatehouseError) -> list[Text]:
    """Return what the error says in English alone."""
    problems = error.problems if isinstance(error, BadInput) else ()
    said = [error.message, error.remedy, *(problem.expected for problem in problems)]
    return [text for text in said if not is_chinese(text)]


def plain(words: str) -> Text:
    """Return words of a test as a text; nobody reads them in either language."""
    return Text(en=words, zh=words)
