"""Everything that can go wrong, grouped by what a person can do about it.

    GatehouseError            message, context, remedy
    ├ CouldNotAsk             no answer; never the same as "there is none"
    │  ├ SourceUnavailable    time-outs, 5xx, cut-off bodies          asked again, as the retry policy says
    │  ├ RateLimited          with retry_after                        asked again after it, never hammered
    │  ├ AccessRefused        401, 403, expired contract              told to the operator; never repeated
    │  └ Challenged           captcha, log-in or bot page             told to the operator
    ├ SourceChanged           answered in a shape we do not know      never retried; the bytes are kept
    ├ BadInput                an application, upload, policy or setting is wrong
    ├ NotAllowed              this person may not do that
    │  └ TryLater             with retry_after                        too many tries; right again after it
    ├ NotFound                no such case, user, policy
    └ Conflict                somebody else decided first

What is told to people is a `Text`, in English and Chinese, made where the error is raised; the desk shows it in the
reader's language, the command line in the user's. Every error survives pickling, because errors travel through Prefect
states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admission.model import Language, Text

NOTHING = Text(en="", zh="")


class GatehouseError(Exception):
    """Base of all our errors.

    Args:
        message: what happened, in one plain sentence, without personal data or secrets.
        context: where it happened (source, field, file, line), as short strings.
        remedy: what a person can do about it; empty where there is nothing.
    """

    def __init__(self, message: Text, *, context: Mapping[str, str] | None = None, remedy: Text = NOTHING) -> None:
        super().__init__(message.en)
        self.message = message
        self.context = dict(context or {})
        self.remedy = remedy

    def to(self, language: Language) -> str:
        """Return the whole error in one line of one language."""
        where = ", ".join(f"{key} {value}" for key, value in self.context.items())
        parts = [self.message.to(language)]
        if where:
            parts.append(f"({where})")
        if self.remedy.en:
            parts.append(f"- {self.remedy.to(language)}")
        return " ".join(parts)

    def __str__(self) -> str:
        return self.to("en")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.__dict__.copy())


def _rebuild(kind: type[GatehouseError], state: dict[str, object]) -> GatehouseError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = (error.message.en,)
    return error


class CouldNotAsk(GatehouseError):
    """No answer was had from a source. Whatever depends on it is unknown."""

    answer = "unavailable"


class SourceUnavailable(CouldNotAsk):
    """Time-out, connection trouble, 5xx, empty or cut-off body."""


class RateLimited(CouldNotAsk):
    """The source asks us to slow down.

    Args:
        retry_after: seconds to wait before asking again; None where the source did not say.
    """

    def __init__(
        self,
        message: Text,
        *,
        retry_after: float | None = None,
        context: Mapping[str, str] | None = None,
        remedy: Text = NOTHING,
    ) -> None:
        super().__init__(message, context=context, remedy=remedy)
        self.retry_after = retry_after


class AccessRefused(CouldNotAsk):
    """401, 403, expired contract. Repeating a refused log-in can lock the account, so nobody does."""

    answer = "refused"


class Challenged(CouldNotAsk):
    """A captcha, log-in or bot page came in place of an answer."""

    answer = "challenged"


class SourceChanged(GatehouseError):
    """The source answered in a shape we do not know. The bytes are kept for whoever mends the parser."""

    answer = "changed"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        field: dotted name of the field, or "" for the whole.
        value: what was given, shortened.
        expected: what would be right.
        row: row of a table (1 is the first row of data), or None.
        line: line of a text file, or None.
    """

    field: str
    value: str
    expected: Text
    row: int | None = None
    line: int | None = None

    def to(self, language: Language) -> str:
        """Return the problem in one line of one language."""
        row, line, whole, comma = _PLACES[language]
        where = [f"{row}{self.row}"] if self.row is not None else []
        if self.line is not None:
            where.append(f"{line}{self.line}")
        if self.field:
            where.append(self.field)
        given = f" {self.value!r}:" if self.value else ""
        return f"{comma.join(where) or whole}:{given} {self.expected.to(language)}"

    def __str__(self) -> str:
        return self.to("en")


# How a row, a line, an input as a whole and a list of places are said.
_PLACES: dict[Language, tuple[str, str, str, str]] = {
    "en": ("row ", "line ", "input", ", "),
    "zh": ("行 ", "文件行 ", "输入", "，"),
}


class Invalid(ValueError):
    """A value is not what its field takes; raised by validators, which pydantic asks for ValueErrors.

    Args:
        expected: what would be right.
    """

    def __init__(self, expected: Text) -> None:
        super().__init__(expected.en)
        self.expected = expected


class BadInput(GatehouseError):
    """An application, upload, policy or setting is wrong; all problems are told at once.

    Args:
        problems: each thing that is wrong, with what would be right.
    """

    def __init__(
        self,
        message: Text,
        *,
        problems: Sequence[Problem] = (),
        context: Mapping[str, str] | None = None,
        remedy: Text = NOTHING,
    ) -> None:
        super().__init__(message, context=context, remedy=remedy)
        self.problems = tuple(problems)

    def to(self, language: Language) -> str:
        """Return the whole error with all its problems in one line of one language."""
        told = super().to(language)
        problems = ("；" if language == "zh" else "; ").join(problem.to(language) for problem in self.problems)
        return f"{told} {problems}" if problems else told


class NotAllowed(GatehouseError):
    """This person may not do that."""


class TryLater(NotAllowed):
    """Not at this moment: too many tried, or too many failed.

    Args:
        retry_after: whole seconds until it may be tried again.
    """

    def __init__(
        self, message: Text, *, retry_after: int, context: Mapping[str, str] | None = None, remedy: Text = NOTHING
    ) -> None:
        super().__init__(message, context=context, remedy=remedy)
        self.retry_after = retry_after


class NotFound(GatehouseError):
    """No such case, user, policy or assessment."""


class Erased(NotFound):
    """What was asked for was erased, by a rule of the policy or on request; it cannot be brought back."""


class Conflict(GatehouseError):
    """Somebody else was first: decided, edited, or holds the lease."""
