"""Onboarding: a company asks to become a customer."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from admission.application import Application
from admission.errors import BadInput
from admission.model import Text
from flows.walk import name_run, walk
from tasks.casework import open_case


@flow(name="onboard-applicant", description="Take one applicant from application to decision.", log_prints=False)
def onboard_applicant(application: Application | None = None, case_ref: str | None = None) -> State:
    """Take one applicant from application to decision, or carry a case on from where it stands.

    Wraps `services.opening.open_case` and the walk (`flows.walk`), whose order is `services.preparing.prepare`. Runs
    when asked: by the message that `gatehouse onboard` writes with a case, by a vote whose run is gone, or by hand in
    Prefect. Without Prefect: `gatehouse assess applicant.yaml` takes the same round in memory, and opens no case.

    Args:
        application: the company that asks, what it asks for, and what it declares. Company data only.
        case_ref: reference of a case to carry on, such as GH-2026-000123; then no application is needed.
    """
    if (application is None) == (case_ref is None):
        raise BadInput(
            Text(en="Give either an application or the reference of a case.", zh="请提供一份申请，或一个申请单编号。")
        )
    if application is not None:
        case_ref = open_case(application, f"prefect:{flow_run.root_flow_run_id or flow_run.id}")
    assert case_ref is not None  # noqa: S101 - narrows for mypy what the check above has ruled out
    name_run(case_ref)
    return walk(case_ref)
