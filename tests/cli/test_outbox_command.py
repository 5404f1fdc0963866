"""What waits to be delivered, and what was given up, at the command line."""

from __future__ import annotations

from cli.session import keep_token
from cli.users import SESSION
from tests.cli.conftest import PASSWORD, Run
from wiring import House


def give_up(house: House) -> int:
    """Put a message into the outbox and let it fail until it is given up; return its number."""
    number = house.casebook.outbox.put("notice", None, {"to": "mail"})
    for _ in range(12):
        house.casebook.outbox.failed(number, "The mail server refused us.")
    return number


def test_an_empty_outbox_says_so(run: Run, real: House) -> None:
    assert run("outbox").out == "nothing waits to be delivered\n"
    assert run("outbox", "--json").document == []


def test_what_was_given_up_is_listed_and_tried_again_in_a_persons_name(run: Run, real: House) -> None:
    number = give_up(real)
    (row,) = run("outbox", "--json").document
    assert (row["id"], row["state"], row["tries"]) == (number, "dead", 12)
    heading, line = run("outbox").out.splitlines()
    assert heading.split()[:2] == ["message", "kind"]
    assert "given up" in line
    assert line.endswith("The mail server refused us.")
    assert run("doctor").status == 1

    assert "who may: operator or credit or management" in run("outbox", "--retry", number).error
    keep_token(real, real.casebook.sessions.sign_in("mira", PASSWORD, lifetime=SESSION))
    said = run("outbox", "--retry", number)
    assert said.status == 0
    assert real.casebook.outbox.dead() == []
    assert real.casebook.outbox.pending() == 1
    event = next(event for event in real.casebook.history.tail(20) if event.act == "outbox.retried")
    assert (event.actor, event.detail["message"]) == ("mira", str(number))


def test_what_has_not_been_given_up_is_not_tried_again_by_hand(run: Run, real: House) -> None:
    number = real.casebook.outbox.put("notice", None, {"to": "mail"})
    keep_token(real, real.casebook.sessions.sign_in("mira", PASSWORD, lifetime=SESSION))
    said = run("outbox", "--retry", number)
    assert said.status == 1
    assert "has not been given up" in said.error
