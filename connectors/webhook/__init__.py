"""Telling somebody else's server: one JSON document, posted once. No source: nothing is asked, nothing is parsed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from admission.errors import AccessRefused, BadInput, SourceUnavailable
from admission.model import Text

_SECONDS = 15.0
_REFUSALS = (401, 403)


def post(url: str, document: Mapping[str, object]) -> None:
    """Post a document and see that it was taken.

    Args:
        url: address of the receiver; it may hold a secret, so it is in no message.
        document: what it is told, as JSON.

    Raises:
        BadInput: the address is none that a document can be posted to.
        AccessRefused: 401 or 403.
        SourceUnavailable: any other answer than 2xx, or none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(
            Text(en="The webhook's address cannot be used.", zh="Webhook 地址无法使用。"),
            remedy=Text(en="it begins with https:// and names a host", zh="地址须以 https:// 开头并包含主机名"),
        )
    where = {"host": parts.hostname}
    failure = None
    try:
        # Not followed: the receiver was set by the operator, and nobody else says where heads go.
        answer = requests.post(
            url,
            data=json.dumps(document, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
            timeout=_SECONDS,
            allow_redirects=False,
        )
        status = answer.status_code
    except requests.RequestException as error:
        # Raised outside the handler: the library's own error holds the full address.
        kind = type(error).__name__
        silent = Text(en=f"The webhook did not answer: {kind}.", zh=f"Webhook 未答复：{kind}。")
        failure = SourceUnavailable(silent, context=where)
    if failure is not None:
        raise failure
    if status in _REFUSALS:
        refused = Text(en="The webhook refused access.", zh="Webhook 拒绝了访问。")
        raise AccessRefused(refused, context={**where, "status": str(status)})
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        not_taken = Text(en="The webhook did not take the document.", zh="Webhook 未接收该文件。")
        raise SourceUnavailable(not_taken, context={**where, "status": str(status)})
