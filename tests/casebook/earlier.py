"""Taking a database back to an earlier schema, as that release would have left it."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Connection

from casebook.database.sealing import Readable

# What migration 0011 put beside its tables.
INDEXES = (
    ("cases", ("opened_at", "reference")),
    ("cases", ("requester", "opened_at")),
    ("outbox", ("case_ref", "state", "kind")),
    ("history", ("act", "seq")),
    ("votes", ("voter", "case_ref")),
)


def _forget_credentials(connection: Connection) -> None:
    """Take away what migration 0008 brought; codes and sessions that are there stay."""
    sqlite = connection.dialect.name == "sqlite"
    guarded = {"codes": ("delete", "update"), "api_tokens": ("delete", "update"), "sessions": ("update",)}
    if not sqlite:
        guarded = {
            "codes": ("change", "truncate", "update"),
            "api_tokens": ("change", "truncate", "update"),
            "sessions": ("update",),
        }
    for table, acts in guarded.items():
        for act in acts:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_{act}{'' if sqlite else f' ON {table}'}")
    if not sqlite:
        for table in ("codes", "api_tokens"):
            connection.exec_driver_sql(f"DROP FUNCTION casebook_refuse_{table}_change()")
    for index in ("ix_codes_case_ref_selector", "ix_history_actor_act"):
        connection.exec_driver_sql(f"DROP INDEX {index}")
    for column in ("selector", "ballot", "sha256"):
        connection.exec_driver_sql(f"ALTER TABLE codes DROP COLUMN {column}")
    connection.exec_driver_sql("DROP TABLE code_tries")


def _forget_duties(connection: Connection) -> None:
    """Take what came with second signatures away."""
    connection.exec_driver_sql("DROP TABLE confirmations")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION casebook_refuse_own_confirmation()")
    connection.exec_driver_sql("ALTER TABLE people DROP COLUMN service")
    if connection.dialect.name == "sqlite":
        # SQLite drops no column that a trigger names.
        connection.exec_driver_sql("DROP TRIGGER api_tokens_refuse_update")
        connection.exec_driver_sql(
            "CREATE TRIGGER api_tokens_refuse_update BEFORE UPDATE ON api_tokens BEGIN SELECT 1; END"
        )
    else:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION casebook_refuse_api_tokens_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
    connection.exec_driver_sql("ALTER TABLE api_tokens DROP COLUMN scopes")
    _forget_sign_ins(connection)


def _forget_sign_ins(connection: Connection) -> None:
    """Bring the table of tries back, and take away what took its place."""
    for table in ("sign_in_delays", "sign_in_refusals", "devices"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    moment = "VARCHAR(32)" if connection.dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    connection.exec_driver_sql(f"CREATE TABLE sign_in_tries (id INTEGER, name_sha256 VARCHAR(64), at {moment})")


def write_unsealed(patch: pytest.MonkeyPatch) -> None:
    """Let documents and answers be written as they were before they were sealed."""
    for module in ("store", "case_keys"):
        patch.setattr(f"casebook.database.{module}.sealed", lambda text, case, key: Readable(text))
    patch.setattr("casebook.database.blobs._sealed", lambda body, key: body)


def forget_group_limits(connection: Connection) -> None:
    """Take limits of groups away; orders name no unit."""
    connection.exec_driver_sql("DROP TABLE group_limits")
    on = "" if connection.dialect.name == "sqlite" else " ON order_reservations"
    # No column is dropped that a trigger names.
    connection.exec_driver_sql(f"DROP TRIGGER order_reservations_refuse_update{on}")
    refuse = (
        "BEGIN SELECT 1; END"
        if connection.dialect.name == "sqlite"
        else "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER order_reservations_refuse_update BEFORE UPDATE ON order_reservations {refuse}"
    )
    for table in ("order_checks", "order_reservations"):
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN unit")


def forget_bulk_acts(connection: Connection) -> None:
    """Take acts on many customers away, and that holds and changes of limits name them."""
    sqlite = connection.dialect.name == "sqlite"
    for table in ("holds", "limit_changes"):
        connection.exec_driver_sql(f"DROP INDEX ix_{table}_bulk_act")
        # SQLite drops no column that a trigger names.
        connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_update" + ("" if sqlite else f" ON {table}"))
        for column in ("bulk_act", "ended_by_act"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("bulk_members", "bulk_acts"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for table in ("holds", "limit_changes"):
        # The migration drops this trigger; what it did matters to no test.
        if sqlite:
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} BEGIN SELECT 1; END"
            )
        else:
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
                "FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION casebook_refuse_change()"
            )


def forget_limit_changes(connection: Connection) -> None:
    """Take changes of limits away, and what came later."""
    forget_bulk_acts(connection)
    forget_group_limits(connection)
    connection.exec_driver_sql("DROP TABLE limit_changes")


def forget_orders(connection: Connection) -> None:
    """Take orders away, and what came later."""
    forget_books(connection)
    for table in ("order_checks", "order_reservations", "order_blocks"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def forget_books(connection: Connection) -> None:
    """Take the imports of books away, and what came later."""
    forget_limit_changes(connection)
    for table in ("book_rows", "book_imports"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def forget_ledger(connection: Connection) -> None:
    """Take the customer ledger away, and what came later."""
    forget_orders(connection)
    for table in ("ledger_accounts", "ledger_entries", "ledgers"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def forget_customer_files(connection: Connection) -> None:
    """Take what is on file for customers away, and what came later."""
    forget_ledger(connection)
    for table in ("security_customers", "securities", "covers", "insurance_policies", "holds"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for column in ("details", "settled_by"):
        connection.exec_driver_sql(f"ALTER TABLE conditions DROP COLUMN {column}")


def forget_erasure(connection: Connection) -> None:
    """Take keys and erasures away, from a database of which nothing was sealed, and what came later."""
    forget_customer_files(connection)
    for table in ("case_keys", "answer_keys", "erasures"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for table in ("assessments", "votes", "rounds", "rulings"):
        if connection.dialect.name == "sqlite":
            # SQLite drops no column that a trigger names.
            connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_update")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} BEGIN SELECT 1; END"
            )
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_update ON {table}")
    connection.exec_driver_sql("DROP INDEX ix_evidence_body_sha256")
    for table, column in (("evidence", "brought_by"), ("rulings", "two_sign")):
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def forget_lookups(connection: Connection) -> None:
    """Take the lookup tables and their indexes away, and what came later."""
    forget_erasure(connection)
    for table in ("seats", "case_names", "granted"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for table, columns in INDEXES:
        connection.exec_driver_sql(f"DROP INDEX ix_{table}_{'_'.join(columns)}")


def forget_duties_and_credentials(connection: Connection) -> None:
    """Take a database back to the schema 0007."""
    forget_lookups(connection)
    _forget_duties(connection)
    _forget_credentials(connection)
