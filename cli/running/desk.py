"""Running the desk alone, such as beside a Prefect server of your own."""

from __future__ import annotations

from admission.errors import GatehouseError, NotAllowed
from admission.model import Text
from cli.helping import command
from cli.running.addresses import LOOPBACK
from cli.running.run_times import RunningPrefect
from cli.running.waking import deliver_outbox
from wiring import build_house
from wiring.data_folder import close_to_others
from wiring.log_lines import log_as_json


@command(
    zh="""只运行审批台，供人员登录和审批。

    示例：GATEHOUSE_DESK_PORT=4280 gatehouse desk
    """
)
def desk() -> None:
    """Run the desk, where people sign in and vote.

    Example: GATEHOUSE_DESK_PORT=4280 gatehouse desk
    """
    from desk.serve import serve

    house = build_house()
    if house.settings.host not in LOOPBACK:
        raise NotAllowed(
            Text(en="The desk listens on this machine only.", zh="审批台只在本机监听。"),
            remedy=Text(
                en="leave GATEHOUSE_HOST at 127.0.0.1 and put a proxy with TLS before it",
                zh="请将 GATEHOUSE_HOST 保持为 127.0.0.1，并在其前面设置带 TLS 的代理",
            ),
        )
    if house.settings.log_format == "json":
        log_as_json()
    house.casebook.check()
    close_to_others(house.settings.folder)

    def deliver_now() -> None:
        why = deliver_outbox(house)
        if why is not None:
            raise GatehouseError(
                Text(
                    en=f"The runs of decided cases could not be woken: {why.to('en')}",
                    zh=f"未能唤醒已决定申请单的运行：{why.to('zh')}",
                )
            )

    prefect = RunningPrefect(house)
    serve(house, deliver_now, host=house.settings.host, port=house.settings.desk_port, prefect=prefect)
