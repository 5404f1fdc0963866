"""Print the pod job that Prefect's Kubernetes worker makes of deploy/kubernetes/work_pool.json, for a made-up run.

python .ci/pod_of.py        (needs the package prefect-kubernetes)
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from uuid import uuid4

TEMPLATE = Path(__file__).parents[1] / "deploy" / "kubernetes" / "work_pool.json"


async def _job() -> dict[str, object]:
    from prefect.client.schemas.objects import Flow, FlowRun
    from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

    configuration = await KubernetesWorkerJobConfiguration.from_template_and_values(
        json.loads(TEMPLATE.read_text(encoding="utf-8")), {}
    )
    flow = Flow(id=uuid4(), name="onboard-applicant", labels={})
    configuration.prepare_for_flow_run(FlowRun(id=uuid4(), name="GH-2026-000001", flow_id=flow.id), flow=flow)
    job: dict[str, object] = configuration.job_manifest
    return job


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_job()), indent=2))
