"""The one HTTP client: time-outs, size cap, shared rate limit, redaction, and transport trouble as our errors.

It never retries: `services.retrying` says when a source is asked again.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests
from pyrate_limiter import Limiter
from requests.auth import AuthBase
from requests_ratelimiter import LimiterSession

from admission.errors import (
    AccessRefused,
    BadInput,
    CouldNotAsk,
    GatehouseError,
    RateLimited,
    SourceChanged,
    SourceUnavailable,
)
from admission.evidence.answers import RawAnswer
from admission.evidence.sources import SourceCard
from admission.model import Text
from connectors.kit.bucket import SourceBucket, bucket_errors, bucket_for
from connectors.kit.card import Kit
from connectors.kit.words import CHECK_FORMAT, CUT_OFF, EMPTY, unexpected_status

_KEPT_HEADERS = ("content-type", "retry-after", "etag", "last-modified")
_SECRET_NAME = re.compile(r"key|token|secret|password|passwd|auth|signature|session", re.IGNORECASE)
_CHUNK = 64 * 1024
_MAX_REDIRECTS = 5
# A source that sends a byte now and then never runs into the time-out of a single read.
_WHOLE_ANSWER_FACTOR = 10


class HttpClient:
    """Asks one source over HTTP.

    Args:
        card: the source's card; gives limits, time-out and address.
        kit: what the house gives every connector.
        base_url: address from the connector's own settings; goes before the card's, and after `kit.base_urls`.
        auth: anything that requests takes for log-in.
        headers: sent with every request.
    """

    def __init__(
        self,
        card: SourceCard,
        kit: Kit,
        *,
        base_url: str | None = None,
        auth: AuthBase | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._card = card
        self._kit = kit
        self.base_url = (kit.base_urls.get(card.name) or base_url or card.base_url).rstrip("/")
        self._timeout = kit.timeout_seconds or card.timeout_seconds
        self._auth = auth
        self._headers = {"User-Agent": kit.user_agent, **(headers or {})}
        self._opened: tuple[LimiterSession, SourceBucket] | None = None

    def get(
        self,
        path_or_url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawAnswer:
        """Ask with GET.

        Args:
            path_or_url: path under the source's address, or a full address on the same host.
            params: arguments of the query.
            headers: sent with this request only.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
            SourceChanged: the answer is larger than the card allows, or leads to another host.
        """
        return self._ask("GET", path_or_url, params=params, headers=headers)

    def post(
        self,
        path_or_url: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawAnswer:
        """Ask with POST and a JSON body; otherwise as `get`."""
        return self._ask("POST", path_or_url, params=params, headers=headers, json=json)

    def close(self) -> None:
        """Let go of all connections."""
        if self._opened is not None:
            session, bucket = self._opened
            self._opened = None
            session.close()
            bucket.close()

    def _ask(self, method: str, path_or_url: str, **arguments: Any) -> RawAnswer:
        url = self._address(path_or_url)
        failure: GatehouseError
        try:
            return self._exchange(method, url, **arguments)
        except requests.exceptions.RequestException as error:
            failure = self._translate(error, url)
        except bucket_errors(self._kit) as error:
            failure = SourceUnavailable(
                Text(
                    en=f"The shared rate limits cannot be used: {type(error).__name__}.",
                    zh=f"共用的限速记录无法使用：{type(error).__name__}。",
                ),
                context=self._where(url),
                remedy=Text(
                    en="check that their Redis runs, or that their file can be written and has room",
                    zh="请检查限速所用的 Redis 是否运行，或限速文件是否可写、磁盘是否有空间",
                ),
            )
        # Raised outside the handler: the library's own error, which holds the full address, stays out of its context.
        raise failure

    def _exchange(self, method: str, url: str, **arguments: Any) -> RawAnswer:
        session, bucket = self._open()
        deadline = time.monotonic() + self._timeout * _WHOLE_ANSWER_FACTOR + self._kit.max_wait_seconds
        for _ in range(_MAX_REDIRECTS + 1):
            with session.request(
                method, url, auth=self._auth, timeout=self._timeout, stream=True, allow_redirects=False, **arguments
            ) as response:
                if response.status_code == 429 and self._kit.paced:
                    bucket.fill()
                if not response.is_redirect:
                    return self._accept(response, self._read_body(response, deadline))
                url = self._next_address(response)
                # The address we are sent to carries its own arguments; a POST is asked for with GET (RFC 9110, 15.4.4).
                arguments.pop("params", None)
                if response.status_code not in (307, 308):
                    method = "GET"
                    arguments.pop("json", None)
        raise SourceChanged(
            Text(
                en=f"The source redirected more than {_MAX_REDIRECTS} times.",
                zh=f"该来源连续跳转超过 {_MAX_REDIRECTS} 次。",
            ),
            context=self._where(url),
            remedy=CHECK_FORMAT,
        )

    def _open(self) -> tuple[LimiterSession, SourceBucket]:
        if self._opened is None:
            bucket = bucket_for(self._card.name, self._card.rate_limit, self._kit)
            session = LimiterSession(
                limiter=Limiter(bucket),
                per_host=False,
                bucket_name=self._card.name,
                max_delay=self._kit.max_wait_seconds,
                limit_statuses=(),
            )
            session.headers.update(self._headers)
            self._opened = session, bucket
        return self._opened

    def _address(self, path_or_url: str) -> str:
        if "://" not in path_or_url:
            return f"{self.base_url}/{path_or_url.lstrip('/')}"
        if _origin(path_or_url) != _origin(self.base_url):
            message = Text(en="A connector may only ask its own source.", zh="连接器只能查询自己的来源。")
            raise BadInput(message, context=self._where(path_or_url))
        return path_or_url

    def _next_address(self, response: requests.Response) -> str:
        target = urljoin(response.url, response.headers["location"])
        if _origin(target) != _origin(response.url):
            host = urlsplit(target).hostname
            raise SourceChanged(
                Text(en=f"The source redirects to another host, {host}.", zh=f"该来源跳转到了另一网站 {host}。"),
                context=self._where(response.url),
                remedy=CHECK_FORMAT,
            )
        return target

    def _read_body(self, response: requests.Response, deadline: float) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > self._card.max_bytes:
                raise SourceChanged(
                    Text(
                        en=f"The answer is larger than {self._card.max_bytes} bytes.",
                        zh=f"答复超过 {self._card.max_bytes} 字节。",
                    ),
                    context=self._where(response.url),
                    remedy=Text(
                        en="look at what the source sends, and raise max_bytes on its card if that is right",
                        zh="请系统管理员核对该来源的答复；若确属正常，请调高来源说明文件中的 max_bytes",
                    ),
                )
            if time.monotonic() > deadline:
                slow = Text(en="The answer came too slowly.", zh="答复传输过慢。")
                raise SourceUnavailable(slow, context=self._where(response.url))
            chunks.append(chunk)
        return b"".join(chunks)

    def _accept(self, response: requests.Response, body: bytes) -> RawAnswer:
        status = response.status_code
        where = {**self._where(response.url), "status": str(status)}
        if status == 429:
            slower = Text(en="The source asks us to slow down.", zh="该来源要求降低查询频率。")
            raise RateLimited(slower, retry_after=self._retry_after(response), context=where)
        if status in (401, 403):
            raise AccessRefused(
                Text(en="The source refused access.", zh="该来源拒绝了访问。"),
                context=where,
                remedy=Text(
                    en="check the key, the contract and the contact in the settings; it is not asked again by itself",
                    zh="请检查设置中的密钥、合同与联系方式；系统不会自动重新查询",
                ),
            )
        if status >= 500:
            trouble = Text(en="The source has a fault of its own.", zh="该来源自身发生故障。")
            raise SourceUnavailable(trouble, context=where)
        if status // 100 in (1, 3):
            raise SourceChanged(unexpected_status(status), context=where, remedy=CHECK_FORMAT)
        if status // 100 == 2 and status != 204 and not body:
            raise SourceUnavailable(EMPTY, context=where)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return RawAnswer(
            status=status,
            content_type=headers.get("content-type", ""),
            headers={
                name: value
                for name, value in headers.items()
                if name in _KEPT_HEADERS or name.startswith("x-ratelimit-")
            },
            body=body,
            url=without_secrets(response.url),
            fetched_at=self._kit.clock(),
        )

    def _retry_after(self, response: requests.Response) -> float | None:
        """Seconds to wait, from either form of Retry-After (RFC 9110, 10.2.3); None where there is none to read."""
        value = response.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
            return float(value)
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return float(max(0, math.ceil((moment - self._kit.clock()).total_seconds())))

    def _translate(self, error: requests.exceptions.RequestException, url: str) -> CouldNotAsk:
        where = self._where(url)
        # Only the limiter raises the base class; time-outs of the network are its subclasses.
        if type(error) is requests.exceptions.Timeout:
            wait = f"{self._kit.max_wait_seconds:g}"
            return RateLimited(
                Text(
                    en=f"Our own rate limit for this source did not clear within {wait} seconds.",
                    zh=f"本系统对该来源的限速在 {wait} 秒内未能放行。",
                ),
                retry_after=self._card.rate_limit.seconds,
                context=where,
            )
        if isinstance(error, requests.exceptions.Timeout):
            message = Text(
                en=f"The source did not answer within {self._timeout:g} seconds.",
                zh=f"该来源未在 {self._timeout:g} 秒内答复。",
            )
            return SourceUnavailable(message, context=where)
        if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
            return SourceUnavailable(CUT_OFF, context=where)
        kind = type(error).__name__
        message = Text(en=f"The source cannot be reached: {kind}.", zh=f"无法连接该来源：{kind}。")
        return SourceUnavailable(message, context=where)

    def _where(self, url: str) -> dict[str, str]:
        """Source and path; arguments may hold names or keys and are left out."""
        return {"source": self._card.name, "path": urlsplit(url).path}


def without_secrets(url: str) -> str:
    """Return an address without log-in, and with the values of secret-looking arguments blotted out."""
    parts = urlsplit(url)
    query = urlencode(
        [
            (name, "***" if _SECRET_NAME.search(name) else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ],
        safe="*",
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
