"""Taking a database back to an earlier schema, as that release would have left it."""

from __future__ import annotations

from sqlalchemy.engine import Connection


def forget_credentials(connection: Connection) -> None:
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
