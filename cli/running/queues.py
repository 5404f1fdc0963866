"""The work queue of house-keeping: its runs go before all others, for they are what ends a jam."""

from __future__ import annotations

from cli.running.reaching import api_of_prefect, ask


def put_first(pool: str, queue: str) -> None:
    """Make a work queue that is taken from before the other queues of its pool, or set it right.

    `prefect deploy` calls this as a build step of prefect.yaml: a queue that deploying makes by itself comes last, and
    none of Prefect's commands changes a priority.

    Args:
        pool: the work pool.
        queue: the queue.

    Raises:
        GatehouseError: Prefect does not answer, or did not do it.
    """
    api = api_of_prefect()
    queues = f"/work_pools/{pool}/queues"
    if ask(api, "GET", f"{queues}/{queue}") is None:
        ask(api, "POST", queues, {"name": queue, "priority": 1})
        return
    # By the pool, which moves the others down: asked for by its id, Prefect 3.8 would leave two queues of one priority.
    ask(api, "PATCH", f"{queues}/{queue}", {"priority": 1, "is_paused": False, "concurrency_limit": None})
