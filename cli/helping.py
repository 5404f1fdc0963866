"""Commands and options whose help exists in both languages: the docstring in English, and Chinese beside it."""

from __future__ import annotations

import importlib
import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from gettext import gettext
from typing import Any, TypeVar, get_args

import click

from admission.model import Language, Text
from cli.language import ask_for, language, to_reader

Function = TypeVar("Function", bound=Callable[..., Any])
HELP = Text(en="Show this message and exit.", zh="显示本帮助后退出。")
LANGUAGE = Text(en="Speak this language.", zh="使用的语言。")
# A word with the blanks after it, or one Chinese character; with it the marks that may not begin or end a line.
_PIECE = re.compile(r"[（“]*(?:[!-~]+|[^!-~\s])?[，。：；、？！）”]*\s*")


class Formatter(click.HelpFormatter):
    """Lays out Chinese, in which a character takes two columns and a line may end behind any of them."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        super().write_usage(prog, args, "用法：" if language() == "zh" else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        colon = "：" if language() == "zh" else ":"
        self.write(f"{'':>{self.current_indent}}{heading}{colon}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        if language() == "en":
            super().write_text(text)
            return
        indent = " " * self.current_indent
        paragraphs = [_wrapped(part, self.width - self.current_indent) for part in text.split("\n\n")]
        self.write("\n\n".join("\n".join(f"{indent}{line}" for line in lines) for lines in paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms, each with what it means."""
        rows = list(rows)
        if language() == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        indent = " " * self.current_indent
        column = min(max(columns(term) for term, _ in rows), col_max) + col_spacing
        for term, meaning in rows:
            lines = _wrapped(meaning, self.width - column - self.current_indent) or [""]
            if columns(term) > column - col_spacing:
                self.write(f"{indent}{term}\n")
                term = ""  # noqa: PLW2901 - it stands on a line of its own
            for line in lines:
                self.write(f"{indent}{term}{' ' * (column - columns(term))}{line}".rstrip() + "\n")
                term = ""  # noqa: PLW2901


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a paragraph into lines; where it was broken between Chinese characters, or behind a mark, is no blank."""
    joined = re.sub(r"(?<=[，。：；、])\n\s*|(?<=[^!-~\s])\n\s*(?=[^!-~\s])", "", text.strip())
    lines, line = [], ""
    for piece in _PIECE.findall(" ".join(joined.split())):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines


class Context(click.Context):
    """A context whose help is laid out for both languages."""

    formatter_class = Formatter


class Option(click.Option):
    """An option with its help in both languages."""

    def __init__(self, param_decls: Sequence[str], *, help: Text, **attributes: Any) -> None:  # noqa: A002
        super().__init__(param_decls, help=help.en, **attributes)
        self.said = help

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        self.help = to_reader(self.said)
        return super().get_help_record(ctx)


class Command(click.Command):
    """A command with its help in both languages.

    Args:
        zh: the Chinese help; the English one is the docstring.
    """

    context_class = Context

    def __init__(self, *args: Any, zh: str, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.said = Text(en=inspect.cleandoc(self.help or ""), zh=inspect.cleandoc(zh))
        self.params.append(_language_option())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that asks for this help."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = to_reader(HELP)
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the help in one line."""
        if language() == "zh":
            return re.split("[。；]", self.said.zh)[0] + "。"
        return super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(to_reader(self.said))


class Group(Command, click.Group):
    """A group of commands with its help in both languages."""

    command_class = Command


class LazyGroup(Group):
    """A group that imports a command's module only when the command is called, so that `--help` is quick.

    Args:
        lazy: name of a command -> the module that has it under that name, with `-` as `_`, and its one line of help;
            where it has another name there, `module:name`.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, Text]], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in self.lazy:
            return None
        place, _, name = self.lazy[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(place), name or cmd_name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        rows = [(name, to_reader(self.lazy[name][1])) for name in self.list_commands(ctx)]
        with formatter.section(gettext("Commands")):
            formatter.write_dl(rows)


def command(name: str | None = None, *, zh: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function; its docstring is the English help, `zh` the Chinese."""
    return click.command(name, cls=Command, zh=zh)


def group(*, zh: str) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of commands of a function; its docstring is the English help, `zh` the Chinese."""
    return click.group(cls=Group, zh=zh)


def option(*declarations: str, help: Text, **attributes: Any) -> Callable[[Function], Function]:  # noqa: A002
    """Give a command an option with its help in both languages; all else is as with `click.option`."""
    return click.option(*declarations, cls=Option, help=help, **attributes)


def _language_option() -> Option:
    return Option(
        ["--lang"],
        type=click.Choice(get_args(Language)),
        help=LANGUAGE,
        is_eager=True,
        expose_value=False,
        callback=_speak,
    )


def _speak(_context: click.Context, _option: click.Parameter, chosen: Language | None) -> None:
    if chosen is not None:
        ask_for(chosen)
