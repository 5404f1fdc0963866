"""Where a source was asked: at its own address, the one of its card, or somewhere else.

Who can choose the address of a source can make up what it answers. So the address is kept with the answer, people see
it, and the system admits nobody on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from admission.evidence.answers import Evidence
from admission.evidence.findings import Finding, Verdict, Weight
from admission.model import Text

OTHER_ADDRESS = "evidence.other_address"
_PORTS = {"http": 80, "https": 443}


def other_address(own: str, asked: str, stand_in: str | None = None) -> str | None:
    """Return the address that a source was asked at where it is not its own; None where it is.

    Args:
        own: address of the source, by its card; "" for what the house itself holds, such as its ledger.
        asked: address that was asked, in full.
        stand_in: address of the sandbox that a demonstration is meant to ask.
    """
    scheme, host, port = _origin(asked)
    # What the house holds is found by a name, such as `ledger:L3`: no host has told it.
    if (scheme, host, port) == _origin(own) or not (own or host):
        return None
    if stand_in and (scheme, host, port) == _origin(stand_in):
        return None
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port == _PORTS.get(scheme) else f"{scheme}://{name}:{port}"


def address_findings(evidence: Iterable[Evidence]) -> list[Finding]:
    """Return one finding for each address, not their own, that sources were asked at; it bars the fast track."""
    places: dict[tuple[str, str], list[str]] = {}
    for item in evidence:
        if item.other_address is not None:
            places.setdefault((item.source, item.other_address), []).append(item.id)
    return [
        Finding(
            code=OTHER_ADDRESS,
            verdict=Verdict.FAIL,
            weight=Weight.WARNING,
            message=said_of(source, address),
            source=source,
            evidence=tuple(ids),
        )
        for (source, address), ids in places.items()
    ]


def said_of(source: str, address: str) -> Text:
    """Return in words that a source was asked elsewhere."""
    return Text(
        en=f"{source} was asked at {address}, which is not its own address",
        zh=f"{source} 是在 {address} 查询的，并非该来源自身的地址",
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
