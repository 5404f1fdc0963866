"""Watching Prefect while `gatehouse up` runs.

Deployments that were deleted, paused or changed are deployed again, and that is told; cases of crashed runs are carried
on, and house-keeping is started where it does not run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from admission.errors import GatehouseError
from admission.model import Text
from cli.output import progress
from cli.running.deployments import POOL, QUEUE, Astray, cancel_orphans, find_astray
from cli.running.keeper_watch import see_house_kept
from cli.running.lost_runs import carry_on_crashed
from cli.running.reaching import ask, own_api
from services.alerts import tell_of_deployments
from wiring import House

LOOK_EVERY = 15.0


class Watch:
    """Looks after the deployments of a house's own Prefect, and after its house-keeping.

    Args:
        house: the house; its history and its outbox take what there is to tell.
        deploy: makes the work pool and deploys the flows again.
        every: seconds between two looks.
    """

    def __init__(self, house: House, deploy: Callable[[], None], *, every: float = LOOK_EVERY) -> None:
        self._house = house
        self._deploy = deploy
        self._every = every
        self._next = time.monotonic() + every
        # What could not be put right is told once, not every few seconds.
        self._told: list[Astray] = []

    def look(self) -> list[Astray]:
        """Look, if it is time to; return what was found astray, put right by then where that could be done."""
        if time.monotonic() < self._next:
            return []
        try:
            return self.look_now()
        finally:
            self._next = time.monotonic() + self._every

    def look_now(self) -> list[Astray]:
        """Look at once; as `look`."""
        api = own_api(self._house.settings)
        try:
            found = find_astray(api)
            carry_on_crashed(self._house, api)
            if see_house_kept(self._house, api):
                progress(Text(en="keep-house is started", zh="已启动 keep-house"))
        except GatehouseError:
            # A server that does not answer is the supervisor's to revive.
            return []
        if not found:
            if self._told:
                self._tell(self._told, restored=True)
            self._told = []
            return []
        left = self._put_right(found)
        if not left or left != self._told:
            self._tell(found, restored=not left)
        self._told = left
        return found

    def _put_right(self, found: Sequence[Astray]) -> list[Astray]:
        """Deploy again; return what is still astray."""
        api = own_api(self._house.settings)
        try:
            self._deploy()
            ask(api, "PATCH", f"/work_pools/{POOL}/queues/{QUEUE}", {"is_paused": False, "concurrency_limit": None})
            cancel_orphans(api)
            return find_astray(api)
        except GatehouseError:
            return list(found)

    def _tell(self, found: Sequence[Astray], *, restored: bool) -> None:
        what = _joined(found)
        done = Text(en="put back", zh="已恢复")
        failed = Text(en="could NOT be put back; see logs/deploy.log", zh="未能恢复；见 logs/deploy.log")
        outcome = done if restored else failed
        progress(Text(en=f"{what.en}: {outcome.en}", zh=f"{what.zh}：{outcome.zh}"))
        try:
            tell_of_deployments(self._house, what, restored=restored)
        except GatehouseError as error:
            # The deployments are in place by now; a casebook that is busy must not end the house.
            progress(error.message)


def _joined(found: Sequence[Astray]) -> Text:
    words = [item.words for item in found]
    return Text(en="; ".join(item.en for item in words), zh="；".join(item.zh for item in words))
