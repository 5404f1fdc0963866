"""Following cases until each waits for people or is over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from admission.cases import Case, CaseStatus
from admission.memo.labels import STATUSES, said
from admission.model import Text
from admission.transitions import MOVABLE
from cli.output import complain, progress
from wiring import House

SETTLED = tuple(status for status in CaseStatus if status not in MOVABLE)
LOOK_EVERY = 0.5
LOOK_AT_MANY_EVERY = 2.0
# Up to so many cases are told of one by one; more are counted.
TOLD_ALONE = 20


def follow_cases(house: House, references: Sequence[str], timeout: float, since: int) -> bool:
    """Tell where the cases stand until all have settled; False where one failed, or the time was up before.

    Args:
        house: the house.
        references: the cases.
        timeout: seconds to wait at most.
        since: number of the last event before they were opened; what failed earlier is not told again.
    """
    teller = _Teller({case.reference: case.application.legal_name for case in _cases(house, references)})
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        standing = house.casebook.batches.progress(references)
        failed = house.casebook.batches.failures_since(references, since)
        moving = [reference for reference in references if standing[reference].status not in SETTLED]
        teller.tell(
            {name: standing[name].status for name in references},
            {name: failed[name] for name in moving if name in failed},
        )
        if all(reference in failed for reference in moving):
            if moving:
                complain(
                    Text(
                        en=f"{len(moving)} case(s) could not be carried on; they are kept and tried again",
                        zh=f"{len(moving)} 个申请单未能继续办理；申请单已保留，稍后会重试",
                    )
                )
            return not moving
        time.sleep(LOOK_EVERY if len(references) <= TOLD_ALONE else LOOK_AT_MANY_EVERY)
    complain(
        Text(
            en=f"still moving after {timeout} seconds - see `gatehouse cases`",
            zh=f"{timeout} 秒后仍在办理 - 请查看 `gatehouse cases`",
        )
    )
    return False


def _cases(house: House, references: Sequence[str]) -> Iterable[Case]:
    return house.casebook.batches.cases(references).values()


class _Teller:
    """Tells what has changed since it last told: a few cases one by one, many by their counts."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._told: dict[str, Text] = {}
        self._counts: Counter[str] = Counter()

    def tell(self, statuses: Mapping[str, str], failed: Mapping[str, str]) -> None:
        """Tell where the cases stand, and why some failed."""
        news = {name: failure(error) for name, error in failed.items()}
        if len(statuses) <= TOLD_ALONE:
            news = {**{name: said(STATUSES, status) for name, status in statuses.items()}, **news}
        else:
            self._tell_counts(statuses)
        for name, words in news.items():
            if self._told.get(name) != words:
                case = f"{name} {self._names[name]}"
                progress(Text(en=f"{case}: {words.en}", zh=f"{case}：{words.zh}"))
                self._told[name] = words

    def _tell_counts(self, statuses: Mapping[str, str]) -> None:
        counts = Counter(statuses.values())
        if counts != self._counts:
            parts = [(count, said(STATUSES, status)) for status, count in sorted(counts.items())]
            progress(
                Text(
                    en=", ".join(f"{count} {words.en}" for count, words in parts),
                    zh="，".join(f"{words.zh} {count}" for count, words in parts),
                )
            )
            self._counts = counts


def failure(error: str) -> Text:
    """Say why a case could not be carried on, in the words that the history has of it."""
    return Text(en=f"failed: {error}", zh=f"未成功：{error}")
