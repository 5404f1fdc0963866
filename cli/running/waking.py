"""Reaching Prefect from the command line, to wake the runs of cases."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

from admission.errors import GatehouseError
from admission.model import Text
from cli.output import progress
from cli.running.addresses import STATE, prefect_url
from cli.running.supervisor import alive
from wiring import House, Settings

PATIENCE_SECONDS = 5


def prefect_api(settings: Settings) -> str:
    """Return the address of the Prefect API that moves this casebook's cases.

    PREFECT_API_URL comes first, then the `gatehouse up` that runs on the data folder, then Prefect's own profile, then
    the port in the settings. Without any of them Prefect's client would start a server of its own that knows no case.
    """
    given = os.environ.get("PREFECT_API_URL")
    if given:
        return given.rstrip("/")
    running = _running(settings)
    if running is not None:
        return f"{running}/api"
    from prefect.settings import PREFECT_API_URL

    profile: str | None = PREFECT_API_URL.value()
    return (profile or f"{prefect_url(settings)}/api").rstrip("/")


def _running(settings: Settings) -> str | None:
    try:
        state = json.loads((settings.folder / STATE).read_text(encoding="utf-8"))
        return str(state["prefect"]) if alive(int(state["pid"])) else None
    except (OSError, ValueError, KeyError):
        return None


def see_prefect(url: str) -> Text:
    """Tell that a Prefect API answers.

    Raises:
        GatehouseError: it does not.
    """
    try:
        # The address is the operator's own setting.
        with urllib.request.urlopen(f"{url}/health", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return _answers(url, answer.status)
    except urllib.error.HTTPError as error:
        return _answers(url, error.code)
    except (OSError, ValueError) as error:
        raise GatehouseError(
            Text(
                en=f"Prefect does not answer at {url} ({type(error).__name__}).",
                zh=f"{url} 的 Prefect 没有应答（{type(error).__name__}）。",
            ),
            remedy=Text(
                en="start it with `gatehouse up`, or set PREFECT_API_URL to your server",
                zh="请用 `gatehouse up` 启动，或将 PREFECT_API_URL 设为您的服务器",
            ),
        ) from None


def _answers(url: str, status: int) -> Text:
    return Text(en=f"{url} answers {status}", zh=f"{url} 应答 {status}")


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
    url = prefect_api(house.settings)
    try:
        see_prefect(url)
        from prefect.settings import PREFECT_API_URL, temporary_settings

        from tasks.delivery import deliver

        with temporary_settings({PREFECT_API_URL: url}):
            while deliver(house):
                pass
    except GatehouseError as error:
        return error
    except Exception as error:  # whatever Prefect's client raises, what is recorded stays recorded
        kind = type(error).__name__
        return GatehouseError(Text(en=f"Prefect could not be told ({kind}).", zh=f"未能通知 Prefect（{kind}）。"))
    return None
