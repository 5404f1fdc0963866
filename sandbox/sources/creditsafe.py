"""Stand-in for Creditsafe Connect v1: log-in, company search, and the report that costs money.

As the real one: a wrong log-in is a 401, and five of them within two minutes lock the account for five minutes (429);
tokens live an hour; nothing found is a 200 with `totalSize: 0`. It counts log-ins and reports bought.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sandbox.sources.creditsafe_report import report
from sandbox.stories import Story
from sandbox.wire import Reply, Request, json_reply

_WRONG = "wrong"
_TOKEN_SECONDS = 3600
_BAD_LOG_INS = 5
_BAD_LOG_IN_WINDOW = 120
_LOCK_OUT_SECONDS = 300
_CORRELATION = "00000000-0000-4000-8000-000000000000"


class Creditsafe:
    """Answers for the stories that have a `creditsafe` section.

    Args:
        stories: the invented companies.
        today: the day the sandbox started; reports are dated on it.
        clock: seconds that only go up; log-ins, lock-outs and tokens age by it.
    """

    name = "creditsafe"

    def __init__(self, stories: Iterable[Story], today: date, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._reports = {
            story.sources[self.name]["connect_id"]: report(story, story.sources[self.name], today)
            for story in stories
            if self.name in story.sources
        }
        self.reset()

    def reset(self) -> None:
        """Forget all log-ins, tokens, lock-outs and purchases."""
        with self._lock:
            self._tokens: dict[str, float] = {}
            self._bad_log_ins: list[float] = []
            self._locked_until = 0.0
            self._counts = {"log_ins": 0, "log_ins_refused": 0, "searches": 0}
            self._bought: dict[str, int] = {}

    def counts(self) -> dict[str, object]:
        """Return how many log-ins, refused log-ins, searches and reports there were, and the reports by company."""
        with self._lock:
            return {**self._counts, "reports_bought": sum(self._bought.values()), "bought": dict(self._bought)}

    def answer(self, request: Request) -> Reply:
        """Answer log-ins, searches and orders of reports."""
        if request.path == "/authenticate":
            return self._log_in(request) if request.method == "POST" else _complaint(405, "Method not allowed")
        with self._lock:
            expires = self._tokens.get(request.bearer, 0.0)
        if expires <= self._clock():
            return json_reply({"error": "Unauthorized: the token is missing, wrong or expired"}, 401)
        if request.path == "/companies":
            return self._search(request)
        match = re.fullmatch(r"/companies/([\w-]+)", request.path)
        return self._order(match[1]) if match else self.refusal(404)

    def refusal(self, status: int) -> Reply:
        """Return the service's own body of a refusal."""
        if status == 401:
            return json_reply({"message": "Access denied. Please check your credentials."}, 401)
        texts = {403: "Access forbidden: not in the contract", 404: "Not found", 429: "Too many requests"}
        return _complaint(status, texts.get(status, "Error"))

    def _log_in(self, request: Request) -> Reply:
        try:
            document = json.loads(request.body)
        except ValueError:
            return _complaint(400, "The body is not JSON")
        given = document if isinstance(document, dict) else {}
        right = bool(given.get("username")) and bool(given.get("password")) and given["password"] != _WRONG
        with self._lock:
            now = self._clock()
            if now < self._locked_until:
                self._counts["log_ins_refused"] += 1
                return self.refusal(429)
            if right:
                self._counts["log_ins"] += 1
                token = f"sandbox.{secrets.token_hex(16)}.token"
                self._tokens[token] = now + _TOKEN_SECONDS
                return json_reply({"token": token})
            self._counts["log_ins_refused"] += 1
            recent = [moment for moment in self._bad_log_ins if now - moment < _BAD_LOG_IN_WINDOW]
            self._bad_log_ins = [*recent, now]
            if len(self._bad_log_ins) >= _BAD_LOG_INS:
                self._locked_until = now + _LOCK_OUT_SECONDS
                return self.refusal(429)
        return self.refusal(401)

    def _search(self, request: Request) -> Reply:
        if not request.value("countries"):
            return _complaint(400, "countries: required")
        with self._lock:
            self._counts["searches"] += 1
        found = [_hit(body) for body in self._reports.values() if _is_wanted(body["report"], request)]
        size = max(1, request.whole_number("pageSize", 10))
        start = (max(1, request.whole_number("page", 1)) - 1) * size
        messages = [] if found else [{"type": "Information", "code": "NoResults", "text": "No company was found"}]
        return json_reply(
            {
                "correlationId": _CORRELATION,
                "totalSize": len(found),
                "companies": found[start : start + size],
                "messages": messages,
            }
        )

    def _order(self, connect_id: str) -> Reply:
        body = self._reports.get(connect_id)
        if body is None:
            return self.refusal(404)
        with self._lock:
            self._bought[connect_id] = self._bought.get(connect_id, 0) + 1
        return json_reply(body)


def _complaint(status: int, message: str) -> Reply:
    return json_reply({"correlationId": _CORRELATION, "message": message, "details": ""}, status)


def _is_wanted(body: Mapping[str, Any], request: Request) -> bool:
    summary = body["companySummary"]
    name, number = request.value("name").casefold().split(), request.value("regNo")
    vat = request.value("vatNo")
    basic = body["companyIdentification"]["basicInformation"]
    if not (name or number or vat):
        return False
    return (
        summary["country"] in request.value("countries").split(",")
        and (not number or number == summary["companyRegistrationNumber"])
        and (not vat or vat == basic.get("vatRegistrationNumber"))
        and all(word in summary["businessName"].casefold() for word in name)
    )


def _hit(body: Mapping[str, Any]) -> dict[str, Any]:
    summary = body["report"]["companySummary"]
    basic = body["report"]["companyIdentification"]["basicInformation"]
    statements = body["report"]["financialStatements"]
    address = basic["contactAddress"]
    return {
        "id": body["companyId"],
        "country": summary["country"],
        "regNo": summary["companyRegistrationNumber"],
        "safeNo": summary["companyNumber"],
        "name": summary["businessName"],
        "type": "Ltd",
        "officeType": "HeadOffice",
        "status": summary["companyStatus"]["status"],
        "address": {
            "simpleValue": address["simpleValue"],
            "street": address["street"],
            "city": address["city"],
            "postCode": address["postalCode"],
        },
        "dateOfLatestAccounts": statements[0]["yearEndDate"] if statements else None,
        "dateOfLatestChange": body["dateOfOrder"],
    }
