"""Waking the runs of cases from the command line and the desk."""

from __future__ import annotations

from admission.errors import GatehouseError
from admission.model import Text
from cli.output import progress
from cli.running.reaching import asking, prefect_api, see_prefect
from wiring import House


def deliver_now(house: House) -> None:
    """Deliver the outbox at once; where Prefect cannot be told, say so: the messages stay and go out later."""
    why = deliver_outbox(house)
    if why is not None:
        progress(
            Text(
                en=f"what is recorded is kept; the runs are woken when Prefect is back: {why.to('en')}",
                zh=f"已记录的内容不会丢失；Prefect 恢复后将唤醒运行：{why.to('zh')}",
            )
        )


def deliver_outbox(house: House) -> GatehouseError | None:
    """Deliver the outbox at once; return why that could not be done."""
    if not house.casebook.outbox.pending():
        return None
    api = prefect_api(house.settings)
    try:
        see_prefect(api)
        from tasks.delivery import deliver

        with asking(api):
            while deliver(house):
                pass
    except GatehouseError as error:
        return error
    except Exception as error:  # whatever Prefect's client raises, what is recorded stays recorded
        kind = type(error).__name__
        return GatehouseError(Text(en=f"Prefect could not be told ({kind}).", zh=f"未能通知 Prefect（{kind}）。"))
    return None
