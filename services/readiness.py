"""Is the house ready: what the desk tells of its parts, and what a worker needs before it may start."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta

from admission.errors import GatehouseError
from admission.model import Text
from connectors.kit.bucket import see_redis
from wiring.house import House

Look = Callable[[], object]
KEEPER = "keep-house"
# A message is tried by whoever put it there, and by keep-house twice a minute: later than this, nobody delivers.
LATE = timedelta(minutes=15)
# A machine that has none of so many newest answers does not share the folder; a single lost one stops nobody.
SAMPLE = 20


def parts_of(house: House) -> Mapping[str, Look]:
    """Return the parts of the house itself, each with a look that raises GatehouseError where it is not ready."""
    looks: dict[str, Look] = {
        "database": house.casebook.check,
        "signing_key": house.casebook.keys.check,
        "outbox": lambda: _see_outbox(house),
        "house_keeping": lambda: _see_keeper(house),
    }
    redis = house.settings.redis_url
    if redis is not None:
        looks["rate_limits"] = lambda: see_redis(redis.get_secret_value())
    return looks


def needs_of_worker(house: House) -> Mapping[Text, Look]:
    """Return what a worker needs before it may take runs, each with a look that raises GatehouseError or OSError.

    Without one of them every run would fail within seconds, and the worker would go on taking the next.
    """
    redis = house.settings.redis_url
    needs: dict[Text, Look] = {
        Text(en="casebook", zh="台账"): house.casebook.check,
        Text(en="signing key", zh="签名密钥"): house.casebook.keys.check,
        Text(en="answers", zh="留存答复"): lambda: _see_answers(house),
        Text(en="policy", zh="准入政策"): house.policy_in_force,
        Text(en="rates", zh="汇率"): lambda: house.rates,
        Text(en="industry tables", zh="行业表"): lambda: house.industry,
        Text(en="sources", zh="来源"): lambda: house.connectors,
    }
    if redis is not None:
        needs[Text(en="rate limits", zh="频率限制")] = lambda: see_redis(redis.get_secret_value())
    return needs


def _see_outbox(house: House) -> None:
    due = house.casebook.standing.longest_due()
    if due is not None and house.clock() - due > LATE:
        raise GatehouseError(
            Text(en="A message has been due for more than a quarter of an hour.", zh="有消息到期超过一刻钟仍未发送。"),
            remedy=Text(
                en="see that keep-house runs; gatehouse outbox lists what waits",
                zh="请确认 keep-house 正在运行；gatehouse outbox 可列出待发消息",
            ),
        )


def silence_of_keeper(house: House) -> timedelta | None:
    """Return how long ago keep-house gave its last sign of life; None where it never ran."""
    beat = house.casebook.standing.last_beat(KEEPER)
    return None if beat is None else house.clock() - beat


def _see_keeper(house: House) -> None:
    silence = silence_of_keeper(house)
    if silence is not None and silence > LATE:
        raise GatehouseError(
            Text(
                en="keep-house has given no sign of life for more than a quarter of an hour.",
                zh="keep-house 已超过一刻钟没有运行迹象。",
            ),
            remedy=Text(
                en="see that a worker runs, and that the schedule of keep-house is on: gatehouse doctor",
                zh="请确认工作进程正在运行，且 keep-house 的定时计划已启用：gatehouse doctor",
            ),
        )


def _see_answers(house: House) -> None:
    """See that the folder of answers can be written, and is the one that the others write to."""
    folder = house.settings.folder / "answers"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder, prefix=".new-"):
        pass
    if not house.casebook.evidence.shares_bodies(SAMPLE):
        raise GatehouseError(
            Text(
                en="The folder of stored answers has none of those that the casebook names.",
                zh="存放答复的文件夹中没有台账所记载的任何一份答复。",
            ),
            remedy=Text(
                en="mount the folder answers that all workers and the desk share, or restore it from a backup",
                zh="请挂载所有工作进程与审批台共用的 answers 文件夹，或从备份恢复",
            ),
        )
