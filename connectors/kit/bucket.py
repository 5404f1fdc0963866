"""The rate limit of one source, shared by all who ask it.

requests-ratelimiter's own SQLite bucket counts and inserts in two steps, so that two processes can both take the last
place; its remedy is a lock file by the package `filelock`. Here SQLite's own write lock does the same work.
"""

from __future__ import annotations

import re
import sqlite3
import time
from typing import TYPE_CHECKING

from pyrate_limiter import Rate, RateItem, RedisBucket, SingleBucketFactory, SQLiteBucket

from admission.errors import GatehouseError
from admission.model import Text

if TYPE_CHECKING:
    from pyrate_limiter import AbstractBucket

    from admission.evidence.sources import RateLimit
    from connectors.kit.card import Kit

# The file's write lock is held for a moment only, however long requests wait for their turn.
_LOCK_SECONDS = 10.0
# A Redis that answers later than this does not answer.
PATIENCE_SECONDS = 3.0
# More than anybody asks: a stand-in on this machine needs no protection.
UNPACED = Rate(1_000_000, 1000)


class SharedBucket(SQLiteBucket):
    """A bucket that any number of threads and processes may use through one SQLite file."""

    def put(self, item: RateItem) -> bool:
        """Take a place for one request now; False where none is free."""
        with self.lock:
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                # Waiting for the write lock takes time, and a request counts from when it is sent.
                item.timestamp = max(item.timestamp, time.time_ns() // 1_000_000)
                oldest = item.timestamp - max(rate.interval for rate in self.rates)
                self.conn.execute(f"DELETE FROM '{self.table}' WHERE item_timestamp < ?", (oldest,))  # noqa: S608 - our name
                return super().put(item)
            finally:
                if self.conn.in_transaction:
                    self.conn.commit()


class SourceBucket(SingleBucketFactory):
    """The one bucket of a source. Old rows are dropped as new ones come, so no background thread is wanted."""

    def __init__(self, bucket: AbstractBucket) -> None:
        super().__init__(bucket, schedule_leak=False)

    def fill(self) -> None:
        """Take all places that are left, so that nobody asks for a while: the source has just said that it is enough.

        requests-ratelimiter does the same, but writes the address, and any key in it, to the log.
        """
        while self.bucket.put(RateItem("429", time.time_ns() // 1_000_000)):
            pass


def bucket_for(name: str, limit: RateLimit, kit: Kit) -> SourceBucket:
    """Return the bucket of a source: in Redis, in the kit's SQLite file, or in memory for this client alone.

    Raises:
        bucket_errors: the file or Redis cannot be used.
    """
    rate = Rate(limit.requests, int(limit.seconds * 1000)) if kit.paced else UNPACED
    if kit.redis_url:
        from redis import Redis

        return SourceBucket(RedisBucket.init([rate], Redis.from_url(kit.redis_url), f"gatehouse:rate:{name}"))
    return SourceBucket(_sqlite_bucket(name, rate, kit))


def see_redis(url: str) -> None:
    """See that the Redis of the shared rate limits answers.

    Raises:
        GatehouseError: it does not.
    """
    from redis import Redis, RedisError

    try:
        with Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS) as redis:
            redis.ping()
    except (RedisError, OSError, ValueError) as error:
        raise GatehouseError(
            Text(en="Redis, which holds the rate limits, does not answer.", zh="存放频率限制的 Redis 没有应答。"),
            context={"why": type(error).__name__},
            remedy=Text(en="start it, or correct GATEHOUSE_REDIS_URL", zh="请启动它，或更正 GATEHOUSE_REDIS_URL"),
        ) from None


def bucket_errors(kit: Kit) -> tuple[type[Exception], ...]:
    """Return what opening or using a bucket may raise. Redis is imported only where it is used."""
    if not kit.redis_url:
        return (sqlite3.Error, OSError)
    from redis import RedisError

    return (RedisError, OSError)


def _sqlite_bucket(name: str, rate: Rate, kit: Kit) -> SharedBucket:
    table = "rate_" + re.sub(r"\W", "_", name)
    file = kit.bucket if kit.paced else None
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(str(file or ":memory:"), timeout=_LOCK_SECONDS, check_same_thread=False)
    # A power cut may lose the last minutes' count; waiting for the disk at each request would cost more than asking.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"CREATE TABLE IF NOT EXISTS '{table}' (name VARCHAR, item_timestamp INTEGER)")
    connection.execute(f"CREATE INDEX IF NOT EXISTS 'idx_{table}' ON '{table}' (item_timestamp)")
    connection.commit()
    return SharedBucket([rate], connection, table)
