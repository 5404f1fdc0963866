"""What is told to whoever uses a command wrongly; it then ends with status 2."""

from __future__ import annotations

import click

from admission.model import Text
from cli.language import to_reader


class Misuse(click.UsageError):
    """The arguments do not go together.

    Args:
        message: what would be right.
    """

    def __init__(self, message: Text) -> None:
        super().__init__(to_reader(message))


class BadValue(click.BadParameter):
    """An option has a value that cannot be.

    Args:
        option: the option, such as `--limit`.
        message: what is wrong with its value.
    """

    def __init__(self, option: str, message: Text) -> None:
        super().__init__(to_reader(message), param_hint=option)
