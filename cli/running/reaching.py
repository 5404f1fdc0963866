"""Reaching the Prefect API that moves this casebook's cases: where it is, what opens it, whether it answers."""

from __future__ import annotations

import base64
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from admission.errors import GatehouseError
from admission.model import Text
from cli.running.addresses import STATE, prefect_url
from cli.running.door import read_auth
from cli.running.supervisor import alive
from wiring import Settings

PATIENCE_SECONDS = 5
REFUSALS = (401, 403)
# What a server on SQLite says while another process writes; it takes the same a moment later.
BUSY = 503
BUSY_PAUSES = (0.5, 1.0, 2.0, 4.0)
START_IT = Text(
    en="start it with `gatehouse up`, or set PREFECT_API_URL to your server",
    zh="请用 `gatehouse up` 启动，或将 PREFECT_API_URL 设为您的服务器",
)
GIVE_PASSWORD = Text(
    en="set PREFECT_API_AUTH_STRING to the name:password of that server, or PREFECT_API_KEY for Prefect Cloud",
    zh="请将 PREFECT_API_AUTH_STRING 设为该服务器的“用户名:密码”；使用 Prefect Cloud 时设置 PREFECT_API_KEY",
)


@dataclass(frozen=True)
class PrefectApi:
    """A Prefect API and what opens it.

    Attributes:
        url: its address, which ends with `/api` on a server of one's own.
        auth: `name:password` of a server.
        key: of Prefect Cloud.
    """

    url: str
    auth: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)

    def without_password(self) -> PrefectApi:
        """Return the same API as a stranger reaches it."""
        return PrefectApi(self.url)


def own_api(settings: Settings) -> PrefectApi:
    """Return the API of the server that `gatehouse up` starts with these settings."""
    return PrefectApi(f"{prefect_url(settings)}/api", auth=read_auth(settings))


def prefect_api(settings: Settings) -> PrefectApi:
    """Return the Prefect API that moves this casebook's cases.

    PREFECT_API_URL comes first, then the `gatehouse up` that runs on the data folder, then Prefect's own profile, then
    the port in the settings. Without any of them Prefect's client would start a server of its own that knows no case.

    The password of the data folder goes to the running `gatehouse up` and to nobody else.
    """
    running, given = _running(settings), os.environ.get("PREFECT_API_URL")
    if running is not None and (not given or given.rstrip("/") == running):
        return PrefectApi(running, auth=read_auth(settings))
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY, PREFECT_API_URL

    url: str | None = given or PREFECT_API_URL.value()
    # Prefect reads its settings once; what the environment says now counts.
    auth = os.environ.get("PREFECT_API_AUTH_STRING") or _text(PREFECT_API_AUTH_STRING.value())
    key = os.environ.get("PREFECT_API_KEY") or _text(PREFECT_API_KEY.value())
    return PrefectApi((url or f"{prefect_url(settings)}/api").rstrip("/"), auth, key)


def api_of_prefect() -> PrefectApi:
    """Return the API that Prefect's own commands reach from this process.

    Raises:
        GatehouseError: they would start a server of their own.
    """
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY, PREFECT_API_URL

    url: str | None = PREFECT_API_URL.value()
    if not url:
        raise GatehouseError(
            Text(en="Prefect is told of no server.", zh="未告知 Prefect 服务器的地址。"), remedy=START_IT
        )
    return PrefectApi(url.rstrip("/"), _text(PREFECT_API_AUTH_STRING.value()), _text(PREFECT_API_KEY.value()))


@contextmanager
def asking(api: PrefectApi) -> Iterator[None]:
    """Point Prefect's client in this process at an API for as long as the block lasts."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY, PREFECT_API_URL, temporary_settings

    with temporary_settings(
        {PREFECT_API_URL: api.url, PREFECT_API_AUTH_STRING: api.auth, PREFECT_API_KEY: api.key},
    ):
        yield


def _text(secret: Any) -> str | None:
    return None if secret is None else str(getattr(secret, "get_secret_value", lambda: secret)())


def _running(settings: Settings) -> str | None:
    """Return the address of the API that a running `gatehouse up` has noted down."""
    try:
        state = json.loads((settings.folder / STATE).read_text(encoding="utf-8"))
        return f"{state['prefect']}/api" if alive(int(state["pid"])) else None
    except (OSError, ValueError, KeyError):
        return None


def see_prefect(api: PrefectApi) -> Text:
    """Tell that a Prefect API answers.

    Raises:
        GatehouseError: it does not.
    """
    status, _ = _exchange(api, "GET", "/health", None)
    return Text(en=f"{api.url} answers {status}", zh=f"{api.url} 应答 {status}")


def see_ready(api: PrefectApi) -> None:
    """See that a Prefect API answers and, where it tells that, reaches its database. Asked once, without patience.

    Raises:
        GatehouseError: it does not.
    """
    status, _ = _exchange(api, "GET", "/ready", None)
    if status == 404:
        # Prefect Cloud does not tell of its database.
        status, _ = _exchange(api, "GET", "/health", None)
    if status != 200:
        raise GatehouseError(
            Text(
                en=f"Prefect at {api.url} is not ready ({status}).", zh=f"{api.url} 的 Prefect 尚未就绪（{status}）。"
            ),
            remedy=START_IT,
        )


def is_open(api: PrefectApi) -> bool:
    """True where an API shows its deployments to whoever asks, without a password.

    Raises:
        GatehouseError: it does not answer.
    """
    status, _ = _exchange(api.without_password(), "POST", "/deployments/filter", {"limit": 1})
    return status == 200


def ask(api: PrefectApi, method: str, path: str, body: object = None) -> Any:
    """Ask a Prefect API and return the JSON that it answers with; None where it knows no such thing.

    Args:
        api: that is asked.
        method: of HTTP.
        path: under the API's address.
        body: sent as JSON.

    Raises:
        GatehouseError: it does not answer, wants another password, or did not do it.
    """
    for pause in BUSY_PAUSES:
        status, text = _exchange(api, method, path, body)
        if status != BUSY:
            break
        time.sleep(pause)
    if status in REFUSALS:
        raise GatehouseError(
            Text(en=f"Prefect at {api.url} did not let us in.", zh=f"{api.url} 的 Prefect 拒绝了访问。"),
            context={"status": str(status)},
            remedy=GIVE_PASSWORD,
        )
    if status == 404:
        return None
    if not 200 <= status < 300:
        raise GatehouseError(
            Text(en=f"Prefect at {api.url} answered {status}.", zh=f"{api.url} 的 Prefect 应答 {status}。"),
            context={"path": path},
        )
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise _silent(api, "JSON") from None


def _exchange(api: PrefectApi, method: str, path: str, body: object) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"}
    if api.auth:
        headers["Authorization"] = f"Basic {base64.b64encode(api.auth.encode()).decode()}"
    elif api.key:
        headers["Authorization"] = f"Bearer {api.key}"
    data = None if body is None else json.dumps(body).encode()
    try:
        # The address is the operator's own setting.
        request = urllib.request.Request(f"{api.url}{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except (OSError, ValueError, http.client.HTTPException) as error:
        # Outside of the handler's context: an error about a header would quote the password.
        kind = type(error).__name__
    raise _silent(api, kind)


def _silent(api: PrefectApi, how: str) -> GatehouseError:
    return GatehouseError(
        Text(
            en=f"Prefect does not answer at {api.url} ({how}).",
            zh=f"{api.url} 的 Prefect 没有应答（{how}）。",
        ),
        remedy=START_IT,
    )
