from __future__ import annotations

from decimal import Decimal

import pytest

from admission.approval.votes import Ballot, Choice
from admission.evidence.answers import Query
from tests.cli.conftest import PASSWORD, PEOPLE, Run
from wiring import House


def accepting(house: House, reference: str) -> list[str]:
    poll = house.casebook.voting.poll(reference, 1)
    assert poll is not None
    return [part for name in poll.to_accept for part in ("--accept", f"{name}=taken by phone")]


def next_voter(house: House, reference: str) -> str | None:
    """Return who the casebook says may vote now."""
    for username, _, _ in PEOPLE:
        inbox = house.casebook.voting.inbox(house.casebook.people.get(username))
        if any(case.reference == reference for case, _ in inbox):
            return username
    return None


def test_votes_stage_by_stage_admit_on_the_conditions_of_all(run: Run, demo: House, voting: str) -> None:
    accepted = accepting(demo, voting)
    said = ""
    while voter := next_voter(demo, voting):
        ended = run("vote", voting, "--approve", "--as", voter, "--condition", f"asked by {voter}", *accepted)
        assert ended.status == 0
        said += ended.out
    document = run("case", voting, "--json").document
    voters = [vote["voter"] for vote in document["votes"]]
    assert {"feng", "lena"} < set(voters)
    assert said.startswith(f"{voting}: vote recorded; now waits for ")
    assert said.endswith(f"{voting}: admitted, approved by {', '.join(voters)}\n")
    assert (document["status"], document["decision"]["outcome"]) == ("decided", "admitted")
    assert [vote["conditions"] for vote in document["votes"]] == [[f"asked by {voter}"] for voter in voters]
    assert {vote["channel"] for vote in document["votes"]} == {"cli"}


def test_the_signed_in_user_votes_and_gets_the_case_as_json(run: Run, demo: House, voting: str) -> None:
    run("login", "feng", stdin=PASSWORD)
    said = run("vote", voting, "--decline", "--comment", "too much debt", "--json")
    assert said.status == 0
    assert (said.document["status"], said.document["decision"]["outcome"]) == ("decided", "declined")
    assert said.document["votes"][0]["comment"] == "too much debt"
    assert "what is recorded is kept; the runs are woken when Prefect is back" in said.err


def test_a_question_takes_its_text_and_a_comment(run: Run, demo: House, voting: str) -> None:
    said = run("vote", voting, "--ask", "why so much?", "--comment", "seems odd", "--as", "feng", "--json")
    assert said.document["votes"][0]["choice"] == "ask"
    assert said.document["votes"][0]["comment"] == "why so much?\nseems odd"
    assert said.document["status"] == "voting"


def test_an_answer_leaves_the_votes_and_the_question_is_told_as_answered(run: Run, demo: House, voting: str) -> None:
    run("vote", voting, "--ask", "why so much?", "--as", "feng")
    refused = run("answer", voting, "for a new site", "--as", "lena")
    assert refused.status == 1
    assert "Only the person who asked for this customer may do that." in refused.err
    requester = demo.casebook.cases.get(voting).requester
    assert requester is not None
    said = run("answer", voting, "for a new site", "--as", requester)
    assert (said.status, said.out) == (
        0,
        f"{voting}: feng asked and can read your answer; all votes of round 1 stay\n",
    )
    document = run("case", voting, "--json").document
    assert (document["status"], document["round"], document["rounds"]) == ("voting", 1, [])
    again = run("answer", voting, "for a new site", "--as", requester)
    assert (again.status, "No question waits for an answer." in again.err) == (1, True)


def test_nobody_votes_twice(run: Run, demo: House, voting: str) -> None:
    run("vote", voting, "--approve", "--as", "feng", *accepting(demo, voting))
    said = run("vote", voting, "--approve", "--as", "feng")
    assert (said.status, said.error) == (
        1,
        f"error: You have voted on this assessment already. (case {voting})",
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--approve",), "Nobody is signed in. - sign in with `gatehouse login USERNAME`"),
        (("--decline", "--as", "feng"), "A decline or a question needs a comment."),
        (("--approve", "--as", "ada"), "You asked for this customer, so you cannot vote on it."),
        (("--approve", "--as", "nobody"), "There is no such user."),
        (
            ("--approve", "--as", "feng", "--accept", "weather=fine"),
            "or failed criterion of this case: weather.",
        ),
        (("--approve", "--as", "feng", "--limit", "999999999"), "not raise it."),
        (("--approve", "--as", "feng", "--comment", "x" * 4001), "comment: 'xxx"),
    ],
)
def test_votes_against_the_rules_are_refused_in_one_line(
    run: Run, demo: House, voting: str, arguments: tuple[str, ...], told: str
) -> None:
    said = run("vote", voting, *arguments)
    assert said.status == 1
    assert said.error.startswith("error: ")
    assert told in said.error
    assert demo.casebook.voting.votes_of_all_rounds(voting) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Give one of --approve, --decline and --ask TEXT."),
        (("--approve", "--decline"), "Give one of --approve, --decline and --ask TEXT."),
        (("--approve", "--ask", "why?"), "Give one of --approve, --decline and --ask TEXT."),
        (("--approve", "--limit", "much"), "'much' is not an amount"),
        (("--approve", "--limit", "-1"), "'-1' is not an amount of zero or more"),
        (("--approve", "--limit", "NaN"), "'NaN' is not an amount of zero or more"),
        (("--approve", "--accept", "pays_late"), "'pays_late': write ID=REASON"),
    ],
)
def test_calls_that_make_no_sense_are_usage_errors(run: Run, arguments: tuple[str, ...], told: str) -> None:
    said = run("vote", "GH-2026-000001", *arguments)
    assert said.status == 2
    assert told in said.error


def test_as_somebody_else_only_in_a_demo(run: Run, real: House) -> None:
    said = run("vote", "GH-2026-000001", "--approve", "--as", "ada")
    assert said.error == (
        "error: --as works only on a casebook that was created for the demo. - sign in with `gatehouse login USERNAME`"
    )


def test_a_reference_that_nearly_fits_names_the_nearest(run: Run, demo: House, voting: str) -> None:
    wrong = f"{voting[:-1]}9"
    for command in (("case", wrong), ("vote", wrong, "--approve", "--as", "feng"), ("take", wrong, "--as", "feng")):
        said = run(*command)
        assert (said.status, said.error) == (
            1,
            f"error: There is no such case. (case {wrong}) - did you mean {voting}?",
        )
    assert run("case", "nonsense").error.endswith("gatehouse cases shows what there is")


def test_a_code_votes_once_on_what_it_was_made_for(run: Run, demo: House, voting: str) -> None:
    code = run("code", voting, "--decline", "--comment", "too young", "--as", "feng").out.strip()
    assert demo.casebook.voting.votes(voting, 1) == []
    demo.casebook.codes.cast(code, voting)
    (vote,) = demo.casebook.voting.votes(voting, 1)
    poll = demo.casebook.voting.poll(voting, 1)
    assert poll is not None
    assert (vote.voter, vote.assessment, vote.channel) == ("feng", poll.assessment, "resume_form")
    assert vote.ballot == Ballot(choice=Choice.DECLINE, comment="too young")


def test_a_code_is_for_a_vote_that_would_count(run: Run, demo: House, voting: str) -> None:
    assert run("code", voting, "--as", "feng").status == 2
    assert "You asked for this customer" in run("code", voting, "--approve", "--as", "ada").error
    assert "needs a comment" in run("code", voting, "--decline", "--as", "feng").error


def test_taking_a_request_makes_it_ones_own(run: Run, demo: House, voting: str) -> None:
    said = run("take", voting, "--as", "feng")
    assert said.status == 1
    assert demo.casebook.cases.get(voting).requester == "ada"


def test_a_paid_call_in_doubt_is_listed_and_released_by_a_named_person(run: Run, demo: House, voting: str) -> None:
    query = Query(source="creditsafe", kind="report", params={"id": "GB-0-99000001"}, paid=True)
    number = demo.casebook.evidence.book_call(voting, query, Decimal("12.50"), "EUR")
    (listed,) = run("calls", "--json").document
    assert {name: listed[name] for name in ("id", "source", "question")} == {
        "id": number,
        "source": "creditsafe",
        "question": "creditsafe/report?id=GB-0-99000001",
    }
    assert "creditsafe/report" in run("calls").out
    assert "Nobody is signed in" in run("calls", "--release", number).error
    assert run("calls", "--release", number, "--as", "feng").out == f"call {number} released by feng\n"
    assert run("calls").out == "no paid call is in doubt\n"
    released = demo.casebook.history.of(voting)[-1]
    assert (released.actor, released.act, released.detail) == ("feng", "call.released", {"call": number})
    assert demo.casebook.evidence.book_call(voting, query, Decimal("12.50"), "EUR") != number
    assert run("calls", "--release", "12x", "--as", "feng").error == "error: There is no such call. (call 12x)"
