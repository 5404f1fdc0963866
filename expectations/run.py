"""Runs a suite over a frame. Great Expectations' own types never leave this module and `expectations.suites`."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from admission.model import Text
from expectations.errors import SuiteError

if TYPE_CHECKING:
    import great_expectations as gx
    import pandas as pd

# Great Expectations keeps its current project in a global, which two threads would take from each other.
_ONE_AT_A_TIME = threading.Lock()
_REPORT = Text(
    en="report it to whoever runs Gatehouse: the checks and the table no longer fit each other",
    zh="请联系系统管理员：校验规则与数据表已不匹配",
)


def failures_of(field: str, frame: pd.DataFrame, *, as_of: date) -> tuple[tuple[str, int], ...]:
    """Return which rows fail which checks.

    Args:
        field: name of the fact table in `Facts`; its suite is run.
        frame: its rows, numbered by the column `row`.
        as_of: the day after which no date may lie.

    Returns:
        Pairs of a check's code and a row's number, each once, sorted.

    Raises:
        SuiteError: Great Expectations broke down on an expectation, or told of a failure without its rows.
    """
    from expectations.suites import suite_of

    with _ONE_AT_A_TIME:
        results = _run(suite_of(field, as_of=as_of), frame)
    return tuple(sorted({failure for result in results for failure in _failed_rows(field, result)}))


def _run(suite: gx.ExpectationSuite, frame: pd.DataFrame) -> list[Any]:
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    # All in memory: the default configuration would make, and remove, a folder on disk for a site of reports.
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars={"globally": False},
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("facts").add_dataframe_asset(suite.name)
    # Straight from the batch: a validation definition would be written to a store, with its suite, and read back.
    batch = asset.add_batch_definition_whole_dataframe("batch").get_batch({"dataframe": frame})
    outcome = batch.validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": ["row"],
            "return_unexpected_index_query": False,
        },
    )
    if len(outcome.results) != len(suite.expectations):
        left_out = Text(
            en="Great Expectations left out some expectations.", zh="数据核验工具 Great Expectations 遗漏了部分校验项。"
        )
        raise SuiteError(left_out, context={"suite": suite.name}, remedy=_REPORT)
    return list(outcome.results)


def _failed_rows(field: str, result: Any) -> set[tuple[str, int]]:
    code = str(result.expectation_config.meta["code"])
    complaint = _exception(result.exception_info or {})
    if complaint is not None:
        raise SuiteError(
            Text(en=f"A check could not be run: {complaint}", zh=f"校验项 {code} 无法执行：{complaint}"),
            context={"table": field, "check": code},
            remedy=_REPORT,
        )
    if result.success:
        return set()
    rows = result.result.get("unexpected_index_list")
    if not rows:
        nameless = Text(
            en="A check failed without naming its rows.", zh=f"校验项 {code} 未通过，但未指明是哪些数据行。"
        )
        raise SuiteError(nameless, context={"table": field, "check": code}, remedy=_REPORT)
    return {(code, int(row["row"])) for row in rows}


def _exception(info: Mapping[str, Any]) -> str | None:
    """Return the message of an exception; the information is either flat or one such table per metric."""
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else None
    messages = (_exception(each) for each in info.values() if isinstance(each, Mapping))
    return next((message for message in messages if message is not None), None)
