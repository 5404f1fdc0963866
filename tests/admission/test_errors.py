from __future__ import annotations

import copy
import pickle

import pytest

from admission.errors import (
    AccessRefused,
    BadInput,
    Challenged,
    Conflict,
    CouldNotAsk,
    Erased,
    GatehouseError,
    NotAllowed,
    NotFound,
    Problem,
    RateLimited,
    SourceChanged,
    SourceUnavailable,
    TryLater,
)
from tests.languages import plain

PROBLEM = Problem("requested.limit", "x", plain("an amount"), row=2, line=3)
ERRORS = [
    GatehouseError(plain("It went wrong."), context={"source": "register"}, remedy=plain("ask again later")),
    CouldNotAsk(plain("No answer."), context={"source": "register"}),
    SourceUnavailable(plain("No answer."), context={"status": "503"}, remedy=plain("ask again later")),
    RateLimited(plain("Slow down."), retry_after=12.5, context={"source": "register"}, remedy=plain("wait")),
    RateLimited(plain("Slow down.")),
    AccessRefused(plain("The key is refused."), remedy=plain("renew the contract")),
    Challenged(plain("A captcha came.")),
    SourceChanged(plain("Another shape."), context={"field": "a.b"}),
    BadInput(
        plain("It cannot be taken."),
        problems=[PROBLEM, Problem("", "", plain("something"))],
        context={"file": "a.yaml"},
    ),
    NotAllowed(plain("You have no seat.")),
    TryLater(plain("Too many at once."), retry_after=3),
    NotFound(plain("No such case."), context={"case": "GH-2026-000001"}),
    Erased(plain("It was erased."), context={"case": "GH-2026-000001", "rule": "on request"}),
    Conflict(plain("Somebody else was first.")),
]


def every_kind(kind: type[GatehouseError]) -> set[type[GatehouseError]]:
    return {kind}.union(*(every_kind(under) for under in kind.__subclasses__()))


@pytest.mark.parametrize("error", ERRORS, ids=[f"{type(error).__name__}-{n}" for n, error in enumerate(ERRORS)])
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_every_error_survives_pickling_with_all_it_says(error: GatehouseError, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert (again.args, str(again)) == (error.args, str(error))


def test_every_kind_of_error_is_tried() -> None:
    assert {type(error) for error in ERRORS} == {
        kind for kind in every_kind(GatehouseError) if kind.__module__ == "admission.errors"
    }


def test_notes_and_copies_survive_too() -> None:
    error = RateLimited(plain("Slow down."), retry_after=3)
    error.add_note("seen on Monday")
    again = pickle.loads(pickle.dumps(error))
    assert again.__notes__ == ["seen on Monday"]
    assert copy.deepcopy(error).retry_after == 3


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (CouldNotAsk(plain("x")), "unavailable"),
        (SourceUnavailable(plain("x")), "unavailable"),
        (RateLimited(plain("x")), "unavailable"),
        (AccessRefused(plain("x")), "refused"),
        (Challenged(plain("x")), "challenged"),
        (SourceChanged(plain("x")), "changed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_what_could_not_be_asked_has_an_answer_of_its_own(error: CouldNotAsk | SourceChanged, answer: str) -> None:
    assert error.answer == answer


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = GatehouseError(
        plain("It went wrong."), context={"source": "register", "line": "3"}, remedy=plain("ask again")
    )
    assert str(error) == "It went wrong. (source register, line 3) - ask again"
    assert str(GatehouseError(plain("It went wrong."))) == "It went wrong."


def test_bad_input_tells_every_problem_with_its_place() -> None:
    error = BadInput(plain("No."), problems=[PROBLEM, Problem("", "y", plain("a table"))])
    assert str(error) == "No. row 2, line 3, requested.limit: 'x': an amount; input: 'y': a table"
    assert str(Problem("country", "", plain("this field is required"))) == "country: this field is required"
