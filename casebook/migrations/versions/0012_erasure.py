"""Keys of cases and answers, and what was erased; earlier rows can be sealed, and nothing else done to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
# Tables whose rows never change; what of them is personal may be sealed, once.
PERSONAL = {
    "assessments": ("case_ref", "round", "sha256", "saved_at"),
    "votes": ("id", "case_ref", "round", "assessment", "voter", "choice", "sha256", "cast_at"),
    "rounds": ("case_ref", "round", "sha256"),
    "rulings": ("id", "case_ref", "list_name", "entry", "ruled_by", "ruling", "sha256", "two_sign"),
}
SEALING = "(OLD.document NOT LIKE 'sealed:%' AND NEW.document LIKE 'sealed:%')"
TAKING_THE_NAME = "(OLD.company_key NOT LIKE 'erased:%' AND NEW.company_key LIKE 'erased:%')"


def upgrade() -> None:
    """Make tables and columns, and open the triggers for sealing alone."""
    for name, column, length in (("case_keys", "case_ref", 20), ("answer_keys", "sha256", 64)):
        op.create_table(
            name,
            sa.Column(column, sa.String(length), nullable=False),
            sa.Column("key", sa.String(44), nullable=False),
            sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "erasures",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("erased_by", sa.String(64), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('answers', 'personal')", name=op.f("ck_erasures_kind")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_erasures_case_ref")),
        sa.PrimaryKeyConstraint("case_ref", "kind", name=op.f("pk_erasures")),
    )
    op.add_column("evidence", sa.Column("brought_by", sa.String(64), nullable=True))
    op.create_index("ix_evidence_body_sha256", "evidence", ["body_sha256"], unique=False)
    op.add_column("rulings", sa.Column("two_sign", sa.Boolean(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def changes(table: str, differs: str) -> str:
    """Return what is a change of a row, besides sealing it and taking the company's name from it."""
    fixed = [f"NEW.{name} {differs} OLD.{name}" for name in PERSONAL[table]]
    if table != "rulings":
        return " OR ".join([*fixed, f"NOT {SEALING}"])
    other = [
        f"NOT ({SEALING} OR {TAKING_THE_NAME})",
        f"(NEW.document {differs} OLD.document AND NOT {SEALING})",
        f"(NEW.company_key {differs} OLD.company_key AND NOT {TAKING_THE_NAME})",
    ]
    return " OR ".join([*fixed, *other])


def guard_sqlite() -> None:
    """Refuse on SQLite."""
    for table in PERSONAL:
        op.execute(f"DROP TRIGGER {table}_refuse_update")
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} WHEN {changes(table, 'IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
        )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER erasures_refuse_{act.lower()} BEFORE {act} ON erasures BEGIN "
            "SELECT RAISE(ABORT, 'rows of erasures are never changed or removed'); END"
        )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    for table in PERSONAL:
        op.execute(f"DROP TRIGGER {table}_refuse_change ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({changes(table, 'IS DISTINCT FROM')}) EXECUTE FUNCTION casebook_refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER erasures_refuse_change BEFORE UPDATE OR DELETE ON erasures "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER erasures_refuse_truncate BEFORE TRUNCATE ON erasures "
        "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
    )
