"""Log lines as JSON, one object a line, each with the case that it is about."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime

# The case that this process or thread is at work on; "" for none.
AT_WORK_ON: ContextVar[str] = ContextVar("AT_WORK_ON", default="")
_REFERENCE = re.compile(r"\bGH-\d{4}-\d{6}\b")


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, logger, process, message, case, run.

    `case` is the case at hand, else the first that the message or the run's name tells; null where there is none.

    Args:
        fmt: not used; logging hands it to every formatter.
        datefmt: not used.
        style: not used.
    """

    def __init__(self, fmt: str | None = None, datefmt: str | None = None, style: str = "%") -> None:  # noqa: ARG002
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = record.getMessage()
        run = getattr(record, "flow_run_name", None)
        told = _REFERENCE.search(f"{message} {run or ''}")
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": message,
            "case": AT_WORK_ON.get() or (told.group() if told else None),
            "run": run,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Let everything that this process logs, warnings and worse, go to stderr as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def prefect_logs_as_json() -> Mapping[str, str]:
    """Return the variables by which Prefect's server, workers and runs log as JSON lines too."""
    return {
        "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
        "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": f"{JsonLines.__module__}.{JsonLines.__qualname__}",
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_LOGGING_MARKUP": "false",
    }
