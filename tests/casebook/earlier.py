"""Taking a database back to an earlier schema, as that release would have left it."""

from __future__ import annotations

from sqlalchemy.engine import Connection


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


def forget_duties_and_credentials(connection: Connection) -> None:
    """Take a database back to the schema 0007."""
    _forget_duties(connection)
    _forget_credentials(connection)
