"""A fresh Postgres database of its own for a measurement, dropped afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

POSTGRES = os.environ.get("GATEHOUSE_TEST_POSTGRES", "postgresql+pg8000://postgres@127.0.0.1:5432/postgres")


@contextmanager
def postgres_database(purpose: str, server_url: str = POSTGRES) -> Iterator[str | None]:
    """Make a database and yield its address; None where no server answers.

    Args:
        purpose: what its name says it is for.
        server_url: any database of the server, with a user who may create others.
    """
    address = sa.make_url(server_url).set(drivername="postgresql+pg8000")
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"gatehouse_{purpose}_{uuid.uuid4().hex}"
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except sa.exc.DBAPIError:
        yield None
        return
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
