"""Starting the house on embedded defaults: Prefect server, deployments, worker and desk on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from admission.errors import GatehouseError, NotAllowed
from admission.model import Text
from cli.helping import command, option
from cli.output import progress
from cli.running.addresses import LOOPBACK, STATE, prefect_url
from cli.running.deployments import POOL, prefect_file, template_here
from cli.running.door import auth_file, guarded_environment, read_auth
from cli.running.log_files import rotate
from cli.running.lost_runs import end_lost_runs
from cli.running.pulses import Pulses, asks_of
from cli.running.reaching import own_api
from cli.running.supervisor import Supervisor, alive, answers, end_group, port_taken, until_stopped
from cli.running.watching import Watch
from cli.running.worker import check_needs
from wiring import House, Settings
from wiring.data_folder import close_to_others
from wiring.log_lines import prefect_logs_as_json

SERVER_SECONDS = 180.0
DESK_SECONDS = 60.0
# Longer than the supervisor's window of restarts over their number, so that a long outage does not end the house.
WORKER_PATIENCE_SECONDS = 50
PREFECT = (sys.executable, "-m", "prefect")


@command(
    zh="""启动 Prefect 及其界面、prefect.yaml 中的部署、工作进程和审批台；按 Ctrl-C 结束。

    可重复启动：第二次只告知第一次的地址，随即结束。

    示例：gatehouse up --data /srv/gatehouse --desk-port 8080
    """
)
@option(
    "--data",
    type=click.Path(path_type=Path),
    help=Text(
        en="Folder of casebook, raw answers and Prefect database.", zh="台账、原始答复和 Prefect 数据库所在的文件夹。"
    ),
)
@option(
    "--prefect-port",
    type=click.IntRange(1, 65535),
    help=Text(en="Port of the Prefect server and its UI.", zh="Prefect 服务器及其界面的端口。"),
)
@option("--desk-port", type=click.IntRange(1, 65535), help=Text(en="Port of the desk.", zh="审批台的端口。"))
def up(data: Path | None, prefect_port: int | None, desk_port: int | None) -> None:
    """Start Prefect with its UI, the deployments of prefect.yaml, a worker and the desk; stays until Ctrl-C.

    Safe to start twice: the second one tells where the first listens and ends.

    Example: gatehouse up --data /srv/gatehouse --desk-port 8080
    """
    given = {"data": data, "prefect_port": prefect_port, "desk_port": desk_port}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    running = running_since(settings)
    if running is not None:
        desk, prefect = running["desk"], running["prefect"]
        progress(
            Text(
                en=f"already running: desk {desk}, Prefect {prefect} (log in: see {auth_file(settings)})",
                zh=f"已在运行：审批台 {desk}，Prefect {prefect}（登录信息见 {auth_file(settings)}）",
            )
        )
        return
    # Before the first file of the logs, and for all children.
    close_to_others(settings.folder)
    supervisor = Supervisor(settings.folder / "logs", environment(settings))
    with until_stopped():
        try:
            start(supervisor, settings, demo=False)
            progress(addresses(settings))
            progress(Text(en="Ctrl-C ends both", zh="按 Ctrl-C 全部结束"))
            stay(supervisor, settings)
        finally:
            stop(supervisor, settings)


def addresses(settings: Settings) -> Text:
    """Tell where desk and Prefect are, and what Prefect's UI asks for: user name and password in one field."""
    desk, prefect = settings.desk_url, prefect_url(settings)
    auth, file = read_auth(settings) or "-", auth_file(settings)
    where_en = f"desk        {desk}\nPrefect UI  {prefect}"
    where_zh = f"审批台        {desk}\nPrefect 界面  {prefect}"
    return Text(
        en=f"{where_en}\n  log in    {auth}\n            (all of it in the one field; kept in {file})",
        zh=f"{where_zh}\n  登录        {auth}\n              （整段填入唯一的输入框；存于 {file}）",
    )


def environment(settings: Settings) -> dict[str, str]:
    """Return what the processes of the house see: our settings, and Prefect pointed at this house's own server.

    The server's password is made here, where there is none yet.
    """
    own = {
        "GATEHOUSE_DATA": str(settings.folder),
        "GATEHOUSE_PREFECT_PORT": str(settings.prefect_port),
        "GATEHOUSE_DESK_PORT": str(settings.desk_port),
        "GATEHOUSE_HOST": settings.host,
        "PREFECT_HOME": str(settings.folder / "prefect"),
        "PREFECT_API_URL": f"{prefect_url(settings)}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # In memory, as delivered, a power cut leaves the place of `keep-house` taken for good by a run that is dead.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_CLI_COLORS": "false",
        "DO_NOT_TRACK": "1",
        **guarded_environment(settings),
    }
    for name in ("sandbox_url", "contact"):
        value = getattr(settings, name)
        if value:
            own[f"GATEHOUSE_{name.upper()}"] = value
    if settings.log_format == "json":
        own |= prefect_logs_as_json()
    return {**_retention(settings), **os.environ, **own}


def _retention(settings: Settings) -> dict[str, str]:
    """Return the variables by which Prefect's server removes old runs; whoever sets them otherwise is heard.

    A run that waits for people has not ended, however old it is.
    """
    return {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(settings.prefect_run_days * 24 * 3600),
    }


def running_since(settings: Settings) -> dict[str, str] | None:
    """Return the addresses of a house that runs on this data folder; leftovers of a killed one are ended."""
    path = settings.folder / STATE
    if not path.is_file():
        return None
    state = json.loads(path.read_text(encoding="utf-8"))
    if alive(int(state["pid"])):
        return {"desk": state["desk"], "prefect": state["prefect"]}
    for pid in state["children"].values():
        end_group(int(pid), signal.SIGKILL)
    path.unlink()
    return None


def start(supervisor: Supervisor, settings: Settings, *, demo: bool) -> None:
    """Start everything and wait until it answers."""
    if settings.host not in LOOPBACK:
        raise NotAllowed(
            Text(en="`gatehouse up` listens on this machine only.", zh="`gatehouse up` 只在本机监听。"),
            remedy=Text(
                en="leave GATEHOUSE_HOST at 127.0.0.1; docs/operations.md tells how to serve others",
                zh="请将 GATEHOUSE_HOST 保持为 127.0.0.1；如何供他人使用见 docs/operations.md",
            ),
        )
    prefect, desk = Text(en="Prefect", zh="Prefect"), Text(en="the desk", zh="审批台")
    for name, port in ((prefect, settings.prefect_port), (desk, settings.desk_port)):
        if port_taken(port):
            raise GatehouseError(
                Text(en=f"Port {port} for {name.en} is taken.", zh=f"{name.zh}的端口 {port} 已被占用。"),
                remedy=Text(en="choose another; see gatehouse up --help", zh="请另选端口；见 gatehouse up --help"),
            )
    house = House(settings)
    house.casebook.create(demo=demo)
    check_needs(house)
    progress(
        Text(
            en="starting the Prefect server (its first start makes its database and takes a while) ...",
            zh="正在启动 Prefect 服务器（首次启动要建立数据库，需要一些时间）...",
        )
    )
    supervisor.start("prefect-server", server_command(settings))
    supervisor.start("desk", [sys.executable, "-m", "cli", "desk"])
    note(supervisor, settings)
    wait_for_server(supervisor, settings)
    progress(Text(en="deploying the flows of prefect.yaml ...", zh="正在部署 prefect.yaml 中的流程 ..."))
    at_server(supervisor, settings, lambda: make_pool(supervisor))
    at_server(supervisor, settings, lambda: end_lost_runs(house, own_api(settings), worker_name(settings, "worker")))
    start_worker(supervisor, settings, "worker")
    note(supervisor, settings)
    at_server(supervisor, settings, lambda: deploy(supervisor))
    supervisor.wait_for("desk", f"{settings.desk_url}/health", DESK_SECONDS, lambda: revive(supervisor, settings))


def wait_for_server(supervisor: Supervisor, settings: Settings) -> None:
    """Wait until Prefect's server answers; what dies meanwhile is started again.

    Raises:
        GatehouseError: a process dies again and again, or the time is up.
    """
    url = f"{prefect_url(settings)}/api/health"
    supervisor.wait_for("prefect-server", url, SERVER_SECONDS, lambda: revive(supervisor, settings))


def at_server(supervisor: Supervisor, settings: Settings, step: Callable[[], object]) -> None:
    """Do what needs Prefect's server; once more where the server has died over it.

    Raises:
        GatehouseError: it fails while the server answers, or a process dies again and again.
    """
    while True:
        try:
            step()
        except GatehouseError:
            if answers(f"{prefect_url(settings)}/api/health"):
                raise
            wait_for_server(supervisor, settings)
        else:
            return


def revive(supervisor: Supervisor, settings: Settings) -> None:
    """Start again what has died, and say so.

    Raises:
        GatehouseError: a process dies again and again.
    """
    for name in supervisor.revive():
        progress(Text(en=f"{name} had died and is started again", zh=f"{name} 意外终止，已重新启动"))
        note(supervisor, settings)


def server_command(settings: Settings) -> list[str]:
    """Return how the Prefect server is started: the address is given, so that no variable of Prefect's counts."""
    return [*PREFECT, "server", "start", "--host", settings.host, "--port", str(settings.prefect_port)]


def make_pool(supervisor: Supervisor) -> None:
    """Make the work pool, or set it right: whatever was changed there, no run chooses what is executed."""
    pool = ["work-pool", "create", POOL, "--type", "process", "--overwrite"]
    with tempfile.TemporaryDirectory(prefix="gatehouse-pool-") as folder:
        template = Path(folder) / "work_pool.json"
        template.write_text(json.dumps(template_here()), encoding="utf-8")
        supervisor.run("work-pool", [*PREFECT, *pool, "--base-job-template", str(template)])


def start_worker(supervisor: Supervisor, settings: Settings, name: str) -> None:
    """Start a worker on the work pool."""
    named = worker_name(settings, name)
    # A worker that has died may find its database still coming back.
    patient = ["--name", named, "--patience", str(WORKER_PATIENCE_SECONDS)]
    supervisor.start(name, [sys.executable, "-m", "cli", "worker", *patient])


def worker_name(settings: Settings, name: str) -> str:
    """Return the name at Prefect of one of this house's workers."""
    return f"gatehouse-{name}-{settings.prefect_port}"


def deploy(supervisor: Supervisor) -> None:
    """Deploy the flows of prefect.yaml."""
    file = prefect_file()
    flows = ["--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
    supervisor.run("deploy", [*PREFECT, *flows], cwd=file.parent)


def deploy_again(supervisor: Supervisor) -> None:
    """Make the work pool and deploy the flows once more."""
    make_pool(supervisor)
    deploy(supervisor)


def note(supervisor: Supervisor, settings: Settings) -> None:
    """Write down what runs, for a second `gatehouse up` and for one that finds leftovers."""
    state = {
        "pid": os.getpid(),
        "desk": settings.desk_url,
        "prefect": prefect_url(settings),
        "children": supervisor.pids,
    }
    (settings.folder / STATE).write_text(json.dumps(state), encoding="utf-8")


def stop(supervisor: Supervisor, settings: Settings) -> None:
    """End everything that was started."""
    supervisor.stop()
    (settings.folder / STATE).unlink(missing_ok=True)


def stay(supervisor: Supervisor, settings: Settings) -> None:
    """Stay until somebody ends it; what dies is started again, what was deleted or paused at Prefect deployed again.

    What lives and does not answer is ended first.

    The casebook carries the cases on.
    """
    house, worker = House(settings), worker_name(settings, "worker")
    watch = Watch(house, lambda: deploy_again(supervisor))
    pulses = Pulses(supervisor, asks_of(settings, worker))
    while True:
        silent = pulses.look()
        for name in silent:
            progress(Text(en=f"{name} does not answer and is ended", zh=f"{name} 没有应答，已终止"))
        if "worker" in silent:
            # Its runs ended with it. Where Prefect does not answer either, they are carried on when their leases end.
            with contextlib.suppress(GatehouseError):
                end_lost_runs(house, own_api(settings), worker)
        revive(supervisor, settings)
        watch.look()
        rotate(settings.folder / "logs")
        time.sleep(1)
