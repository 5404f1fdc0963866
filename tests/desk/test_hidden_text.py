"""Text that hides or turns around what others read is refused in every form of the desk, and by the API."""

from __future__ import annotations

import pytest

from tests.desk.conftest import Bench
from tests.desk.test_api import body, caller
from tests.desk.test_changes import listed, send
from tests.desk.test_looks import knocked_out

TURNED = "approved \u202e000,01\u202c only"
REFUSED = "text without control characters"


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": "decline", "comment": TURNED},
        {"choice": "approve", "conditions": TURNED, "accept": "open_insolvency", "reason:open_insolvency": "asked"},
        {"choice": "approve", "accept": "open_insolvency", "reason:open_insolvency": TURNED},
    ],
)
def test_in_a_vote(bench: Bench, fields: dict[str, str]) -> None:
    reference = bench.open_case()
    status, text = send(bench, "lena", reference, "votes", assessment=bench.sha256(reference), **fields)
    assert (status, REFUSED in text) == (422, True)
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []


@pytest.mark.parametrize("changed", [{"comment": TURNED}, {"conditions": [TURNED]}])
def test_in_a_vote_by_the_api(bench: Bench, changed: dict[str, object]) -> None:
    reference = bench.open_case()
    answer = caller(bench, "feng").post(f"/api/cases/{reference}/votes", json={**body(bench, reference), **changed})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == next(iter(changed))
    assert TURNED not in answer.text
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []


def test_in_a_ruling(bench: Bench) -> None:
    reference = listed(bench)
    status, text = send(bench, "lena", reference, "rulings", entry="90001", ruling="not_same", reason=TURNED)
    assert (status, REFUSED in text) == (422, True)
    assert bench.house.casebook.cases.get(reference).round == 1


def test_in_a_look_at_a_decision_of_the_system(bench: Bench) -> None:
    status, text = send(bench, "otto", knocked_out(bench), "look", verdict="agreed", note=TURNED)
    assert (status, REFUSED in text) == (422, True)


def test_in_an_answer(bench: Bench) -> None:
    reference = bench.open_case()
    asked = {"choice": "ask", "comment": "why so much?", "assessment": bench.sha256(reference)}
    assert send(bench, "lena", reference, "votes", **asked)[0] == 303
    status, text = send(bench, "ada", reference, "answer", answer=TURNED)
    assert (status, REFUSED in text) == (422, True)
    assert bench.house.casebook.cases.get(reference).round == 1
