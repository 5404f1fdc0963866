"""What must be deployed at Prefect, by prefect.yaml and work_pool.json, and what there differs from it.

With Prefect's API alone one may delete or pause a deployment, or turn it to other code. Then nobody is onboarded, no
head is published, no decided case concluded, and nothing looks wrong.
"""

from __future__ import annotations

import functools
import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from admission.errors import GatehouseError
from admission.model import Text
from cli.running.reaching import PrefectApi, ask

POOL = "gatehouse"
QUEUE = "default"
# What keeps the house is taken from here, before all else.
FIRST_QUEUE = "house-keeping"
# As many as Prefect's API gives at once.
PAGE = 200
POOL_WORDS = Text(en="the work pool", zh="工作池")
FIRST_QUEUE_WORDS = Text(en=f"the work queue {FIRST_QUEUE}", zh=f"工作队列 {FIRST_QUEUE} ")
# What a run may choose of its process without choosing what is executed, where, or with which settings.
HARMLESS = {"name", "labels", "stream_output"}
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


class Astray(NamedTuple):
    """One thing at Prefect that is not as it was deployed.

    Attributes:
        what: name of the deployment, in both languages; or the work pool.
        how: what is wrong with it.
    """

    what: Text
    how: Text

    @property
    def words(self) -> Text:
        """Return it as one clause."""
        return Text(en=f"{self.what.en} {self.how.en}", zh=f"{self.what.zh}{self.how.zh}")


def prefect_file() -> Path:
    """Return prefect.yaml, from which the flows are deployed."""
    return _beside_packages("prefect.yaml")


def template_file() -> Path:
    """Return the job template of the work pool: nothing in it can be chosen by a run."""
    return _beside_packages("work_pool.json")


def template_here() -> dict[str, Any]:
    """Return the job template with the command of this installation: its own Python runs the engine at once.

    Without a command, Prefect's worker prepares a workspace in one Python and starts the engine in another, which costs
    1.3 s of CPU more a run; our flows are installed and need no workspace.
    """
    template: dict[str, Any] = json.loads(template_file().read_text(encoding="utf-8"))
    command = shlex.join([sys.executable, "-m", "prefect.engine"])
    return {**template, "job_configuration": {**template["job_configuration"], "command": command}}


def _beside_packages(name: str) -> Path:
    """Return a file that is beside the packages in a checkout, and inside `cli` when installed."""
    room = Path(__file__).resolve().parents[1]
    for folder in (room.parent, room):
        if (folder / name).is_file():
            return folder / name
    raise GatehouseError(
        Text(en=f"{name} is missing from the installation.", zh=f"安装中缺少 {name}。"),
        remedy=Text(en="install Gatehouse again", zh="请重新安装 Gatehouse"),
    )


@functools.cache
def wanted() -> Mapping[str, dict[str, Any]]:
    """Return the deployments of prefect.yaml by name."""
    document = yaml.safe_load(prefect_file().read_text(encoding="utf-8"))
    return {entry["name"]: entry for entry in document["deployments"]}


def find_astray(api: PrefectApi) -> list[Astray]:
    """Return everything at Prefect that is not as prefect.yaml and work_pool.json have it; nothing where all is well.

    Raises:
        GatehouseError: Prefect does not answer, or wants another password.
    """
    return [*_pool_astray(api), *_first_queue_astray(api), *find_astray_deployments(api)]


def find_astray_deployments(api: PrefectApi) -> list[Astray]:
    """Return the deployments that are missing, paused, or other than prefect.yaml has them.

    Raises:
        GatehouseError: Prefect does not answer, or wants another password.
    """
    names = {"name": {"any_": list(wanted())}}
    # A flow is named as its deployment; one of that name on another flow is somebody else's.
    found = ask(api, "POST", "/deployments/filter", {"deployments": names, "flows": names}) or []
    astray = []
    for name, entry in wanted().items():
        candidates = [list(_differences(entry, kept)) for kept in found if kept["name"] == name]
        how = min(candidates, key=len) if candidates else [Text(en="is missing", zh="缺失")]
        astray += [Astray(Text(en=name, zh=f"部署 {name} "), words) for words in how]
    return astray


def _differences(entry: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[Text]:
    if kept["paused"]:
        yield Text(en="is paused", zh="已暂停")
    if kept["entrypoint"] != entry["entrypoint"] or kept["pull_steps"]:
        yield Text(en="runs other code", zh="运行的是其他代码")
    if kept["job_variables"] or kept["parameters"]:
        yield Text(en="has parameters or variables of its own", zh="带有额外的参数或变量")
    pool = entry["work_pool"]
    if (kept["work_pool_name"], kept["work_queue_name"]) != (pool["name"], pool["work_queue_name"]):
        yield Text(en="is on another work pool or queue", zh="位于其他工作池或队列")
    at_once = kept.get("global_concurrency_limit") or {}
    if at_once.get("limit") != entry.get("concurrency_limit", {}).get("limit"):
        yield Text(en="may run another number of times at once", zh="同时运行的数量限制不同")
    schedules = {schedule["slug"]: schedule for schedule in kept["schedules"]}
    for schedule in entry.get("schedules", ()):
        there = schedules.get(schedule["slug"])
        active = there is not None and there["active"]
        if active != schedule["active"]:
            yield (
                Text(en="has its schedule turned on", zh="的定时计划已启用")
                if active
                else Text(en="has its schedule turned off", zh="的定时计划已停用")
            )
        elif there is None:
            continue
        elif [there["schedule"].get(part) for part in ("cron", "timezone")] != [schedule["cron"], schedule["timezone"]]:
            yield Text(en="has another schedule", zh="的定时计划不同")


def cancel_orphans(api: PrefectApi) -> int:
    """Cancel the runs that wait and whose deployment was deleted; return how many there were.

    No worker takes them up again, but Prefect goes on showing their Resume form: what is written there would be lost.
    Their cases are carried on by a new run once they are decided.

    Raises:
        GatehouseError: Prefect does not answer, or wants another password.
    """
    there = {deployment["id"] for deployment in all_found(api, "/deployments/filter", {})}
    waiting = all_found(api, "/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["PAUSED", "SCHEDULED"]}}}})
    orphans = [run["id"] for run in waiting if run["deployment_id"] and run["deployment_id"] not in there]
    for run in orphans:
        cancelled = {"type": "CANCELLED", "message": "its deployment was deleted; its case goes on in another run"}
        ask(api, "POST", f"/flow_runs/{run}/set_state", {"state": cancelled, "force": True})
    return len(orphans)


def all_found(api: PrefectApi, path: str, wanted_ones: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return everything that a filter finds, page by page."""
    found: list[dict[str, Any]] = []
    while page := ask(api, "POST", path, {**wanted_ones, "limit": PAGE, "offset": len(found)}):
        found += page
    return found


def workers_heard_of(api: PrefectApi) -> set[str]:
    """Return the names of the workers on the pool that Prefect has heard of within three of their beats of 30 s.

    Raises:
        GatehouseError: Prefect does not answer.
    """
    found = all_found(api, f"/work_pools/{POOL}/workers/filter", {})
    return {worker["name"] for worker in found if worker["status"] == "ONLINE"}


def _pool_astray(api: PrefectApi) -> Iterator[Astray]:
    pool = ask(api, "GET", f"/work_pools/{POOL}")
    queue = ask(api, "GET", f"/work_pools/{POOL}/queues/{QUEUE}")
    if pool is None or queue is None:
        yield Astray(POOL_WORDS, Text(en="is missing", zh="缺失"))
        return
    if pool["is_paused"] or queue["is_paused"]:
        yield Astray(POOL_WORDS, Text(en="is paused", zh="已暂停"))
    if 0 in (pool["concurrency_limit"], queue["concurrency_limit"]):
        yield Astray(POOL_WORDS, Text(en="may run nothing at once", zh="的并发上限为零"))
    taken = ", ".join(taken_from_runs(pool["base_job_template"]))
    if taken:
        yield Astray(
            POOL_WORDS, Text(en=f"lets a run choose what is executed ({taken})", zh=f"允许运行自定执行内容（{taken}）")
        )


def _first_queue_astray(api: PrefectApi) -> Iterator[Astray]:
    """What keeps the house must not wait behind the runs that it is to bring on."""
    other = ask(api, "GET", f"/work_pools/{POOL}/queues/{QUEUE}")
    if other is None:
        return
    first = ask(api, "GET", f"/work_pools/{POOL}/queues/{FIRST_QUEUE}")
    if first is None:
        yield Astray(FIRST_QUEUE_WORDS, Text(en="is missing", zh="缺失"))
        return
    if first["is_paused"]:
        yield Astray(FIRST_QUEUE_WORDS, Text(en="is paused", zh="已暂停"))
    if first["concurrency_limit"] == 0:
        yield Astray(FIRST_QUEUE_WORDS, Text(en="may run nothing at once", zh="的并发上限为零"))
    # Prefect takes the smaller number first; two queues may have one number.
    if first["priority"] >= other["priority"]:
        yield Astray(FIRST_QUEUE_WORDS, Text(en=f"does not go before {QUEUE}", zh=f"不先于 {QUEUE}"))


def taken_from_runs(template: Mapping[str, Any]) -> list[str]:
    """Return what a work pool's job template takes from a run, of what decides which program runs how.

    Whoever may start a run then chooses the program: it runs as the owner of the signing key.
    """
    configuration = template.get("job_configuration", {})
    if not configuration:
        # Prefect puts its own template in place of an empty one; that takes everything.
        return ["command", "env", "working_dir"]
    taken = {name.partition(".")[0] for name in _PLACEHOLDER.findall(json.dumps(configuration))}
    if isinstance(configuration.get("env"), dict) and template.get("variables", {}).get("additionalProperties", True):
        # Prefect adds a run's variables to an environment that is written out, placeholder or not.
        taken.add("env")
    return sorted(taken - HARMLESS)
