"""Running a worker of Prefect that has what it needs, and refusing to run one that has not."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator

import click

from admission.errors import GatehouseError
from admission.model import Text
from cli.helping import command, option
from cli.output import complain
from cli.running.checks import Check, attempt, same
from cli.running.deployments import POOL
from cli.running.reaching import PrefectApi, prefect_api
from services.readiness import Look, needs_of_worker
from wiring import House, build_house
from wiring.log_lines import prefect_logs_as_json

# Prefect's command, without a fault of its workers.
PREFECT = "cli.running.prefect"
LOOK_AGAIN_SECONDS = 2.0
MEND = Text(en="see gatehouse doctor", zh="请查看 gatehouse doctor")


@command(
    zh="""运行 Prefect 工作进程；先检查台账、签名密钥、留存答复、准入政策和来源设置，缺少任何一项即拒绝启动。

    示例：gatehouse worker --name second --limit 2
    """
)
@option("--name", default=None, help=Text(en="Name of the worker at Prefect.", zh="工作进程在 Prefect 中的名称。"))
@option(
    "--limit",
    type=click.IntRange(min=1),
    default=None,
    help=Text(
        en="How many runs at once; one more than the machine has cores if not given.",
        zh="同时执行的运行数；未给出时为本机核心数加一。",
    ),
)
@option(
    "--patience",
    type=click.FloatRange(min=0),
    default=0.0,
    help=Text(en="Seconds to wait for what is missing.", zh="等待缺少的项目的秒数。"),
)
def worker(name: str | None, limit: int | None, patience: float) -> None:
    """Run a worker of Prefect, after a look at what it needs.

    It refuses to start without casebook, signing key, stored answers, policy or sources that it can use: every run
    would fail.

    Example: gatehouse worker --name second --limit 2
    """
    house = build_house()
    check_needs(house, patience)
    house.casebook.close()
    given = [*(["--name", name] if name else []), "--limit", str(limit or runs_at_once())]
    call = [sys.executable, "-m", PREFECT, "worker", "start", "--pool", POOL, "--type", "process", *given]
    # The worker takes the place of this process, so that whoever watches or ends it has the right one.
    logs = prefect_logs_as_json() if house.settings.log_format == "json" else {}
    os.execve(call[0], call, {**os.environ, **logs, **_pointed_at(prefect_api(house.settings))})  # noqa: S606


def runs_at_once() -> int:
    """Return how many runs this machine executes at once: one for each core, and house-keeping, which mostly waits."""
    return (os.cpu_count() or 1) + 1


def check_needs(house: House, patience: float = 0.0) -> None:
    """See that a worker of this house would have what it needs.

    Args:
        house: the house.
        patience: seconds to wait for what is missing, such as a database that is being started.

    Raises:
        GatehouseError: something is missing; each is told beside the output.
    """
    deadline = time.monotonic() + patience
    while missing := list(_missing(house)):
        if time.monotonic() >= deadline:
            raise _refusal(missing)
        time.sleep(LOOK_AGAIN_SECONDS)


def _missing(house: House) -> Iterator[tuple[Text, Check]]:
    for need, look in needs_of_worker(house).items():
        check = attempt(need.en, _told(look), MEND)
        if check.state != "ready":
            yield need, check


def _told(look: Look) -> Callable[[], Text]:
    def run() -> Text:
        look()
        return same("")

    return run


def _refusal(missing: list[tuple[Text, Check]]) -> GatehouseError:
    for need, check in missing:
        complain(
            Text(
                en=f"{need.en}: {check.detail.en} - {check.remedy.en}",
                zh=f"{need.zh}：{check.detail.zh} - {check.remedy.zh}",
            )
        )
    en, zh = ", ".join(need.en for need, _ in missing), "、".join(need.zh for need, _ in missing)
    return GatehouseError(
        Text(
            en=f"The worker does not start, for its runs would fail: {en}.",
            zh=f"工作进程未启动，因为其运行都会失败：{zh}。",
        ),
        remedy=Text(en="mend what is said above", zh="请按以上提示处理"),
    )


def _pointed_at(api: PrefectApi) -> dict[str, str]:
    given = {"PREFECT_API_URL": api.url, "PREFECT_API_AUTH_STRING": api.auth, "PREFECT_API_KEY": api.key}
    return {name: value for name, value in given.items() if value}
