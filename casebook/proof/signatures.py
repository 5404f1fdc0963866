"""Checking the signatures of events ahead of the walk along the chain, on all cores.

They are most of what a verification costs, and none depends on another. The library lets other threads work while it
checks one.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from casebook.database.signing import PublicKey, signed_by

Rows = Sequence[sa.Row[Any]]
Checked = list[bool | None]


def with_signatures(
    pages: Iterable[Rows], keys: Sequence[PublicKey], checked_until: int
) -> Iterator[tuple[sa.Row[Any], bool | None]]:
    """Yield events in their order, each with whether its signature is that of the key that it names.

    Args:
        pages: rows of the history, in pages.
        keys: that are trusted from the beginning; what another key signed is left to whoever comes to know it.
        checked_until: number of the last event whose signature need not be checked again.
    """
    known = {key.id: key for key in keys}
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        ahead: deque[tuple[Rows, Future[Checked]]] = deque()
        for page in pages:
            ahead.append((page, pool.submit(_check, page, known, checked_until)))
            if len(ahead) > cores:
                yield from _taken(ahead)
        while ahead:
            yield from _taken(ahead)


def _taken(ahead: deque[tuple[Rows, Future[Checked]]]) -> Iterator[tuple[sa.Row[Any], bool | None]]:
    page, checked = ahead.popleft()
    yield from zip(page, checked.result(), strict=True)


def _check(page: Rows, keys: Mapping[str, PublicKey], checked_until: int) -> Checked:
    return [
        signed_by(keys[row.key_id], "event", row.sha256, row.signature)
        if row.seq > checked_until and row.key_id in keys
        else None
        for row in page
    ]
