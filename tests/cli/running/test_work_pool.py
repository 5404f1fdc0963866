"""The work pool's job template, read by Prefect's own code: nothing of it can be chosen by a run."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from cli.running.deployments import taken_from_runs, template_file, template_here
from tests.cli.conftest import NO_PREFECT

OURS: dict[str, Any] = json.loads(template_file().read_text(encoding="utf-8"))
PREFECTS = ProcessWorker.get_default_base_job_template()
EVIL: dict[str, Any] = {
    "command": "sh -c id",
    "env": {"GATEHOUSE_UK_COMPANIES_HOUSE_BASE_URL": "http://127.0.0.1:5399/evil"},
    "env.PYTHONPATH": "/evil",
    "working_dir": "/evil",
    "stream_output": False,
}


def configured(template: dict[str, Any]) -> ProcessJobConfiguration:
    # A client is made, and asks nothing: no block is named here.
    with temporary_settings({PREFECT_API_URL: NO_PREFECT}):
        return asyncio.run(ProcessJobConfiguration.from_template_and_values(template, dict(EVIL)))


def test_what_a_run_asks_for_has_no_effect() -> None:
    job = configured(OURS)
    assert (job.command, job.env, job.working_dir, job.stream_output) == (None, {}, None, True)


def test_the_engine_is_run_by_the_python_of_this_installation_whatever_a_run_asks_for() -> None:
    job = configured(template_here())
    assert job.command is not None
    assert shlex.split(job.command) == [sys.executable, "-m", "prefect.engine"]
    assert (job.env, job.working_dir, job.stream_output) == ({}, None, True)


def test_prefects_own_template_takes_all_of_it() -> None:
    job = configured(PREFECTS)
    assert (job.command, str(job.working_dir)) == ("sh -c id", "/evil")
    assert job.env == {**EVIL["env"], "PYTHONPATH": "/evil"}


ENVIRONMENT = {"job_configuration": {"env": {"TZ": "UTC"}}}


@pytest.mark.parametrize(
    ("template", "taken"),
    [
        (OURS, []),
        (template_here(), []),
        (PREFECTS, ["command", "env", "working_dir"]),
        ({}, ["command", "env", "working_dir"]),
        ({"job_configuration": {"image": "{{ image }}", "name": "{{ name }}"}}, ["image"]),
        ({"job_configuration": {"env": {"A": "{{ env.A }}"}}, "variables": {"additionalProperties": False}}, ["env"]),
        (ENVIRONMENT, ["env"]),
        ({**ENVIRONMENT, "variables": {"additionalProperties": False}}, []),
    ],
    ids=[
        "ours",
        "ours with its command",
        "Prefect's",
        "none",
        "image",
        "a part of the environment",
        "an open environment",
        "a shut one",
    ],
)
def test_what_a_template_takes_is_told(template: dict[str, Any], taken: list[str]) -> None:
    assert taken_from_runs(template) == taken


def test_an_environment_that_is_written_out_is_added_to_unless_the_api_refuses() -> None:
    template = {**ENVIRONMENT, "variables": {"properties": {}}}
    assert configured(template).env == {"TZ": "UTC", **EVIL["env"], "PYTHONPATH": "/evil"}
