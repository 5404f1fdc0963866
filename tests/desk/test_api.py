"""The JSON API: the same cases and the same rules, errors as problem documents."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from fastapi.testclient import TestClient

from admission.people import Scope
from tests.desk.conftest import PASSWORD, Bench, application


def caller(bench: Bench, username: str) -> TestClient:
    client = bench.visitor()
    token = bench.house.casebook.sessions.sign_in(username, PASSWORD, lifetime=timedelta(hours=1))
    client.headers["authorization"] = f"Bearer {token}"
    return client


def body(bench: Bench, reference: str, **fields: Any) -> dict[str, Any]:
    return {"assessment": bench.sha256(reference), "choice": "approve", **fields}


def test_cases_are_listed_and_read_with_token_or_cookie(bench: Bench) -> None:
    reference = bench.open_case()
    for client in (caller(bench, "lena"), bench.sign_in("lena")):
        listed = client.get("/api/cases", params={"status": "voting"}).json()
        assert [line["reference"] for line in listed] == [reference]
        assert (listed[0]["requested_limit"], listed[0]["outcome"]) == ("200000", None)
        document = client.get(f"/api/cases/{reference}").json()
        assert document["applicant"]["legal_name"] == "Harbour Lane Tools Ltd"
        assert document["assessment"]["limit"]["amount"] == "150000"
    chinese = caller(bench, "lena").get(f"/api/cases/{reference}", params={"lang": "zh"}).json()
    assert chinese["assessment"]["terms"]["text"] == "自开票起 30 天"


def test_a_vote_over_the_api_counts_and_tells_what_comes_next(bench: Bench) -> None:
    reference = bench.open_case()
    client = caller(bench, "lena")
    fields = {"conditions": ["deposit 20 %"], "limit": "90000.5", "accepted": {"open_insolvency": "by phone"}}
    answer = client.post(f"/api/cases/{reference}/votes", json=body(bench, reference, **fields))
    assert answer.status_code == 201
    assert answer.json()["standing"]["stages"][0]["name"] == "review"
    cast = bench.house.casebook.voting.votes_of_all_rounds(reference)[0]
    assert (cast.voter, cast.channel, cast.ballot.limit) == ("lena", "api", Decimal("90000.5"))
    assert bench.delivered == ["all"]


def test_what_failed_is_accepted_by_name_over_the_api_too(bench: Bench) -> None:
    reference = bench.open_case()
    accepted = {"open_insolvency": "by phone"}
    for username in ("feng", "lena", "mira"):
        sent = body(bench, reference, accepted=accepted)
        answer = caller(bench, username).post(f"/api/cases/{reference}/votes", json=sent).json()
    assert answer["decision"] is None
    assert answer["standing"]["missing_acceptances"] == ["declared_contradictions"]
    sent = body(bench, reference, accepted={"declared_contradictions": "explained"})
    answer = caller(bench, "mira").post(f"/api/cases/{reference}/votes", json=sent).json()
    assert answer["decision"]["outcome"] == "admitted"


def test_errors_are_problem_documents(bench: Bench) -> None:
    reference = bench.open_case()
    client = caller(bench, "ada")
    refused = client.post(f"/api/cases/{reference}/votes", json=body(bench, reference))
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json() == {
        "type": "urn:gatehouse:problem:not-allowed",
        "title": "Not allowed",
        "status": 403,
        "detail": "You asked for this customer, so you cannot vote on it.",
        "remedy": "somebody else has to do it",
        "instance": f"/api/cases/{reference}/votes",
    }
    missing = client.get("/api/cases/GH-2026-999999")
    assert (missing.status_code, missing.json()["title"]) == (404, "Not found")
    nowhere = client.get("/api/nothing")
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "urn:gatehouse:problem:not-found")


def test_a_problem_document_is_in_the_readers_language(bench: Bench) -> None:
    english, chinese = ("Not possible here", "see /openapi.json"), ("此处不可用", "请查看 /openapi.json")
    for username, parameters, accepted, told in (
        ("ada", {}, "", english),
        ("ada", {"lang": "zh"}, "en", chinese),
        ("ada", {}, "fr, zh-CN;q=0.8", chinese),
        ("feng", {}, "en", english),
    ):
        client = caller(bench, username)
        answer = client.delete("/api/cases", params=parameters, headers={"accept-language": accepted})
        assert (answer.status_code, answer.json()["title"], answer.json()["remedy"]) == (405, *told)


def test_whoever_asks_for_no_language_reads_problems_in_their_own(bench: Bench) -> None:
    reference = bench.open_case()
    wrong = {"assessment": bench.sha256(reference), "choice": "approve", "limit": "-1"}
    for username, title, detail in (
        ("lena", "Something has to be corrected", "The request does not fit."),
        ("feng", "内容需要更正", "请求不符合要求。"),
    ):
        document = caller(bench, username).post(f"/api/cases/{reference}/votes", json=wrong).json()
        assert (document["title"], document["detail"]) == (title, detail)
        assert [problem["field"] for problem in document["problems"]] == ["limit"]
    nobody = bench.visitor().get("/api/cases", headers={"accept-language": "zh"}).json()
    assert (nobody["title"], nobody["detail"]) == ("请先登录", "尚未登录。")


def test_a_body_that_does_not_fit_is_told_without_sending_it_back(bench: Bench) -> None:
    reference = bench.open_case()
    wrong = {"assessment": "secret", "choice": "perhaps", "colour": "red"}
    answer = caller(bench, "lena").post(f"/api/cases/{reference}/votes", json=wrong)
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json()["problems"]} == {"assessment", "choice", "colour"}
    assert "secret" not in answer.text
    stray = caller(bench, "lena").get("/api/cases", params={"newest": 0})
    assert stray.json()["problems"][0]["field"] == "newest"


def test_nobody_and_a_wrong_token_are_told_to_sign_in(bench: Bench) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic YTpi"}):
        answer = bench.visitor().get("/api/cases", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["type"] == "urn:gatehouse:problem:sign-in-needed"


def test_a_page_of_another_origin_cannot_vote_with_the_cookie(bench: Bench) -> None:
    reference = bench.open_case()
    browser = bench.sign_in("lena")
    vote = body(bench, reference)
    foreign = browser.post(f"/api/cases/{reference}/votes", json=vote, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    plain = browser.post(
        f"/api/cases/{reference}/votes",
        content="{}",
        headers={"content-type": "text/plain", "origin": "http://desk.test"},
    )
    assert plain.status_code == 422
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []


def test_the_api_describes_itself_and_loads_nothing_from_elsewhere(bench: Bench) -> None:
    document = bench.visitor().get("/openapi.json").json()
    customers = {f"/api/customers{part}" for part in ("", "/{key}", "/{key}/standing", "/{key}/ledger")}
    cases = {"/api/cases", "/api/cases/{reference}", "/api/cases/{reference}/votes"}
    orders = {"/api/customers/{key}/order-check", "/api/customers/{key}/orders", "/api/orders"}
    bulk = {"/api/bulk-acts", "/api/bulk-acts/{name}"}
    house = {"/api/coverage", "/api/portfolio", "/api/groups/{name}"}
    assert set(document["paths"]) == cases | customers | orders | bulk | house
    assert "application/problem+json" in document["paths"]["/api/cases"]["get"]["responses"]["401"]["content"]
    assert set(document["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyCookie"}
    assert bench.visitor().get("/docs").status_code == 404


def test_what_every_answer_may_be_is_documented(bench: Bench) -> None:
    document = bench.visitor().get("/openapi.json").json()
    statuses = {
        f"{method} {path}": set(operation["responses"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert statuses == {
        "get /api/cases": {"200", "400", "401", "403", "422"},
        "get /api/cases/{reference}": {"200", "400", "401", "403", "404", "422"},
        "post /api/cases/{reference}/votes": {
            *("201", "400", "401", "403", "404", "408", "409", "413", "422"),
        },
        "get /api/customers": {"200", "400", "401", "403", "422"},
        "get /api/coverage": {"200", "400", "401", "403", "422"},
        "get /api/portfolio": {"200", "400", "401", "403"},
        "get /api/customers/{key}": {"200", "400", "401", "403", "404", "422"},
        "get /api/customers/{key}/standing": {"200", "400", "401", "403", "404", "422"},
        "get /api/customers/{key}/ledger": {"200", "400", "401", "403", "404", "422"},
        "post /api/customers/{key}/order-check": {"200", "400", "401", "403", "404", "408", "413", "422"},
        "delete /api/customers/{key}/orders": {"200", "400", "401", "403", "404", "422"},
        "get /api/groups/{name}": {"200", "400", "401", "403", "404", "422"},
        "get /api/bulk-acts": {"200", "400", "401", "403"},
        "get /api/bulk-acts/{name}": {"200", "400", "401", "403", "404", "422"},
        "get /api/orders": {"200", "400", "401", "403", "422"},
    }


def test_the_documented_limit_is_the_one_that_is_taken(bench: Bench) -> None:
    document = bench.visitor().get("/openapi.json").json()
    limit = document["components"]["schemas"]["VoteBody"]["properties"]["limit"]
    text = next(kind for kind in limit["anyOf"] if kind["type"] == "string")
    reference = bench.open_case()
    for given in ("", "-1", "1e9", "0.12345", " 5", "1" * 16, "NaN"):
        assert re.search(text["pattern"], given) is None
        answer = caller(bench, "lena").post(f"/api/cases/{reference}/votes", json=body(bench, reference, limit=given))
        assert answer.status_code == 422, given
    answer = caller(bench, "lena").post(f"/api/cases/{reference}/votes", json=body(bench, reference, limit=None))
    assert answer.status_code == 201


def test_a_wrong_method_is_told_the_right_ones(bench: Bench) -> None:
    for path, methods in (
        ("/api/cases", "GET"),
        ("/sign-in", "GET, POST"),
        ("/api/cases/X/votes", "POST"),
    ):
        answer = bench.visitor().put(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_a_program_votes_with_an_api_token_as_the_person_behind_it(bench: Bench) -> None:
    reference = bench.open_case()
    made, secret = bench.house.casebook.tokens.issue("lena", "from the ERP", timedelta(days=1), scopes=("read", "vote"))
    client = bench.visitor()
    client.headers["authorization"] = f"Bearer {secret}"
    answer = client.post(f"/api/cases/{reference}/votes", json=body(bench, reference))
    assert answer.status_code == 201
    (cast,) = bench.house.casebook.voting.votes_of_all_rounds(reference)
    assert (cast.voter, cast.channel) == ("lena", "api")
    event = next(event for event in bench.house.casebook.history.of(reference) if event.act == "vote.cast")
    assert (event.actor, event.detail["channel"]) == ("lena", "api")

    bench.house.casebook.tokens.revoke(made.id, "lena")
    assert client.get("/api/cases").status_code == 401


def test_a_token_votes_only_where_its_scope_says_so(bench: Bench) -> None:
    reference = bench.open_case()
    client = bench.visitor()
    cases: tuple[tuple[tuple[Scope, ...], int, int], ...] = ((("read",), 200, 403), (("vote",), 403, 201))
    for scopes, reads, votes in cases:
        _, secret = bench.house.casebook.tokens.issue("lena", "script", timedelta(days=1), scopes=scopes)
        client.headers["authorization"] = f"Bearer {secret}"
        assert client.get(f"/api/cases/{reference}").status_code == reads
        answer = client.post(f"/api/cases/{reference}/votes", json=body(bench, reference))
        assert answer.status_code == votes
    assert [vote.voter for vote in bench.house.casebook.voting.votes_of_all_rounds(reference)] == ["lena"]


def test_people_of_sales_see_their_own_cases_alone(bench: Bench) -> None:
    own = bench.open_case()
    others = bench.open_case(application("Copper Mill Foods Ltd", "01234567"), requester="mira")
    _, secret = bench.house.casebook.tokens.issue("ada", "script", timedelta(days=1))
    client, browser = bench.visitor(), bench.sign_in("ada")
    client.headers["authorization"] = f"Bearer {secret}"
    assert [line["reference"] for line in client.get("/api/cases").json()] == [own]
    assert client.get(f"/api/cases/{own}").status_code == 200
    assert client.get(f"/api/cases/{others}").status_code == 403
    assert browser.get(f"/cases/{others}").status_code == 403
    assert others not in browser.get("/cases").text
    assert others not in browser.get("/").text
    assert own in browser.get("/cases").text
    assert others in bench.sign_in("otto").get("/cases").text


def test_an_api_token_is_no_session_of_the_desk_and_votes_on_no_own_case(bench: Bench) -> None:
    reference = bench.open_case()
    _, secret = bench.house.casebook.tokens.issue("ada", "script", timedelta(days=1), scopes=("vote",))
    browser = bench.visitor()
    browser.cookies.set("gatehouse_session", secret)
    assert browser.get("/").status_code == 303
    client = bench.visitor()
    client.headers["authorization"] = f"Bearer {secret}"
    refused = client.post(f"/api/cases/{reference}/votes", json=body(bench, reference))
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "You asked for this customer, so you cannot vote on it.",
    )
    refusal = bench.house.casebook.history.of(reference)[-1]
    assert (refusal.act, refusal.actor, refusal.detail["channel"]) == ("vote.refused", "ada", "api")
