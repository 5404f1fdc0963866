"""Log lines as JSON: one object a line, with the case it is about."""

from __future__ import annotations

import contextvars
import json
import logging
import os
import subprocess
import sys
from typing import Any

from wiring.log_lines import AT_WORK_ON, JsonLines, prefect_logs_as_json


def _line(message: str, *arguments: object, case: str = "", **more: object) -> dict[str, Any]:
    record = logging.LogRecord("gatehouse", logging.INFO, __file__, 1, message, arguments, None)
    record.__dict__.update(more)

    def written() -> str:
        AT_WORK_ON.set(case)
        return JsonLines().format(record)

    line = contextvars.copy_context().run(written)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_line_names_the_case_at_hand() -> None:
    found = _line("%s answered %s", "sec_edgar", "found\nit", case="GH-2026-000007")
    assert (found["case"], found["message"], found["level"]) == (
        "GH-2026-000007",
        "sec_edgar answered found\nit",
        "INFO",
    )
    assert found["time"].endswith("+00:00")


def test_else_the_case_that_the_message_or_the_run_names() -> None:
    assert _line("memo of %s published", "GH-2026-000012")["case"] == "GH-2026-000012"
    assert _line("beginning", flow_run_name="GH-2026-000013")["case"] == "GH-2026-000013"
    assert _line("3 message(s) delivered", flow_run_name="amber-fox")["case"] is None


def test_an_exception_stays_in_its_line() -> None:
    try:
        raise ValueError("no")
    except ValueError:
        found = _line("failed", exc_info=sys.exc_info())
    assert found["exception"].endswith("ValueError: no")


def test_prefect_logs_in_the_same_form() -> None:
    script = (
        "import prefect.main, prefect.logging; prefect.logging.get_logger('x').warning('about %s', 'GH-2026-000001')"
    )
    environment = {**os.environ, **prefect_logs_as_json()}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stderr.strip().splitlines()[-1])
    assert (found["logger"], found["case"], found["level"]) == ("prefect.x", "GH-2026-000001", "WARNING")
