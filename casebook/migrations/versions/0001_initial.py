"""The first schema of the casebook, with the triggers that keep what was said from being changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Rows of these tables are only ever added.
APPEND_ONLY = ("history", "votes", "polls", "decisions", "assessments")


def upgrade() -> None:
    """Make all tables, the counters and the triggers."""
    make_tables()
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "history", "value": 0}, {"name": "cases", "value": 0}])
    guard = guard_postgresql if op.get_bind().dialect.name == "postgresql" else guard_sqlite
    guard()


def make_tables() -> None:
    """Make all tables."""
    op.create_table('counters',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counters'))
    )
    op.create_table('meta',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_meta'))
    )
    op.create_table('people',
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('department', sa.String(length=20), nullable=False),
    sa.Column('roles', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('password', sa.Text(), nullable=False),
    sa.Column('added_at', MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('username', name=op.f('pk_people'))
    )
    op.create_table('sign_in_tries',
    sa.Column('id', NUMBER, autoincrement=True, nullable=False),
    sa.Column('name_sha256', sa.String(length=64), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_tries'))
    )
    op.create_index('ix_sign_in_tries_name_sha256', 'sign_in_tries', ['name_sha256'], unique=False)
    op.create_table('cases',
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('company_key', sa.Text(), nullable=False),
    sa.Column('application', sa.Text(), nullable=False),
    sa.Column('application_sha256', sa.String(length=64), nullable=False),
    sa.Column('requester', sa.String(length=64), nullable=True),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('idempotency_key', sa.String(length=200), nullable=True),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.Column('previous', sa.String(length=20), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('lease_holder', sa.String(length=200), nullable=True),
    sa.Column('lease_until', MOMENT, nullable=True),
    sa.CheckConstraint("kind IN ('onboarding', 'review', 'limit_change')", name=op.f('ck_cases_kind')),
    sa.CheckConstraint("status IN ('gathering', 'unattributed', 'voting', 'decided', 'concluded')", name=op.f('ck_cases_status')),
    sa.ForeignKeyConstraint(['previous'], ['cases.reference'], name=op.f('fk_cases_previous')),
    sa.ForeignKeyConstraint(['requester'], ['people.username'], name=op.f('fk_cases_requester')),
    sa.PrimaryKeyConstraint('reference', name=op.f('pk_cases')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_cases_idempotency_key'))
    )
    op.create_index('ix_cases_company_key_opened_at', 'cases', ['company_key', 'opened_at'], unique=False)
    op.create_index('ix_cases_status_opened_at', 'cases', ['status', 'opened_at'], unique=False)
    op.create_index('uq_cases_one_open_per_company', 'cases', ['company_key'], unique=True, sqlite_where=sa.text("status <> 'concluded'"), postgresql_where=sa.text("status <> 'concluded'"))
    op.create_table('sessions',
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['username'], ['people.username'], name=op.f('fk_sessions_username')),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_sessions'))
    )
    op.create_index('ix_sessions_username', 'sessions', ['username'], unique=False)
    op.create_table('assessments',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('saved_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_assessments_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'round', 'sha256', name=op.f('pk_assessments'))
    )
    op.create_index('ix_assessments_sha256', 'assessments', ['sha256'], unique=False)
    op.create_table('calls',
    sa.Column('id', NUMBER, autoincrement=True, nullable=False),
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('query_sha256', sa.String(length=64), nullable=False),
    sa.Column('query_key', sa.Text(), nullable=False),
    sa.Column('cost', sa.String(60), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('booked_at', MOMENT, nullable=False),
    sa.Column('ended', sa.String(length=10), nullable=True),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.CheckConstraint("ended IN ('answered', 'failed', 'released')", name=op.f('ck_calls_ended')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_calls_case_ref')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calls'))
    )
    op.create_index('ix_calls_booked_at', 'calls', ['booked_at'], unique=False)
    op.create_index('uq_calls_one_open_per_query', 'calls', ['query_sha256'], unique=True, sqlite_where=sa.text('ended IS NULL'), postgresql_where=sa.text('ended IS NULL'))
    op.create_table('codes',
    sa.Column('code_sha256', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('assessment', sa.String(length=64), nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.Column('used_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_codes_case_ref')),
    sa.ForeignKeyConstraint(['username'], ['people.username'], name=op.f('fk_codes_username')),
    sa.PrimaryKeyConstraint('code_sha256', name=op.f('pk_codes'))
    )
    op.create_table('conditions',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('id', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.CheckConstraint("state IN ('open', 'met', 'waived', 'expired')", name=op.f('ck_conditions_state')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_conditions_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'id', name=op.f('pk_conditions'))
    )
    op.create_table('customers',
    sa.Column('company_key', sa.Text(), nullable=False),
    sa.Column('last_case', sa.String(length=20), nullable=False),
    sa.Column('next_review_on', sa.Date(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['last_case'], ['cases.reference'], name=op.f('fk_customers_last_case')),
    sa.PrimaryKeyConstraint('company_key', name=op.f('pk_customers'))
    )
    op.create_index('ix_customers_next_review_on', 'customers', ['next_review_on'], unique=False)
    op.create_table('decisions',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.CheckConstraint("outcome IN ('admitted', 'declined', 'kept', 'ended')", name=op.f('ck_decisions_outcome')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_decisions_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'round', name=op.f('pk_decisions'))
    )
    op.create_table('evidence',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=100), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('query_sha256', sa.String(length=64), nullable=False),
    sa.Column('query_key', sa.Text(), nullable=False),
    sa.Column('answer', sa.String(length=20), nullable=False),
    sa.Column('fetched_at', MOMENT, nullable=False),
    sa.Column('body_sha256', sa.String(length=64), nullable=True),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_evidence_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'round', 'id', name=op.f('pk_evidence'))
    )
    op.create_index('ix_evidence_query_sha256_fetched_at', 'evidence', ['query_sha256', 'fetched_at'], unique=False)
    op.create_table('history',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('act', sa.String(length=60), nullable=False),
    sa.Column('case_ref', sa.String(length=20), nullable=True),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_history_case_ref')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_history'))
    )
    op.create_index('ix_history_case_ref_seq', 'history', ['case_ref', 'seq'], unique=False)
    op.create_table('outbox',
    sa.Column('id', NUMBER, autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('case_ref', sa.String(length=20), nullable=True),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=True),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', MOMENT, nullable=False),
    sa.Column('claimed_until', MOMENT, nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name=op.f('ck_outbox_state')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_outbox_case_ref')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_key', 'outbox', ['key'], unique=False)
    op.create_index('ix_outbox_state_next_try_at', 'outbox', ['state', 'next_try_at'], unique=False)
    op.create_table('papers',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.CheckConstraint("kind IN ('facts', 'validation', 'current_assessment')", name=op.f('ck_papers_kind')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_papers_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'round', 'kind', name=op.f('pk_papers'))
    )
    op.create_table('runs',
    sa.Column('id', NUMBER, autoincrement=True, nullable=False),
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('run_id', sa.String(length=100), nullable=False),
    sa.Column('noted_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_runs_case_ref')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sa.UniqueConstraint('case_ref', 'run_id', name=op.f('uq_runs_case_ref_run_id'))
    )
    op.create_table('steps',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('completed_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_steps_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'round', 'step', name=op.f('pk_steps'))
    )
    op.create_table('polls',
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('assessment', sa.String(length=64), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_ref', 'round', 'assessment'], ['assessments.case_ref', 'assessments.round', 'assessments.sha256'], name=op.f('fk_polls_case_ref_round_assessment')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_polls_case_ref')),
    sa.PrimaryKeyConstraint('case_ref', 'round', name=op.f('pk_polls')),
    sa.UniqueConstraint('case_ref', 'round', 'assessment', name=op.f('uq_polls_case_ref_round_assessment'))
    )
    op.create_table('votes',
    sa.Column('id', NUMBER, autoincrement=True, nullable=False),
    sa.Column('case_ref', sa.String(length=20), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('assessment', sa.String(length=64), nullable=False),
    sa.Column('voter', sa.String(length=64), nullable=False),
    sa.Column('choice', sa.String(length=10), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('cast_at', MOMENT, nullable=False),
    sa.CheckConstraint("choice IN ('approve', 'decline', 'ask')", name=op.f('ck_votes_choice')),
    sa.ForeignKeyConstraint(['case_ref', 'round', 'assessment'], ['polls.case_ref', 'polls.round', 'polls.assessment'], name=op.f('fk_votes_case_ref_round_assessment')),
    sa.ForeignKeyConstraint(['case_ref'], ['cases.reference'], name=op.f('fk_votes_case_ref')),
    sa.ForeignKeyConstraint(['voter'], ['people.username'], name=op.f('fk_votes_voter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_votes'))
    )
    op.create_index('ix_votes_case_ref_round', 'votes', ['case_ref', 'round'], unique=False)


def guard_sqlite() -> None:
    """Triggers of SQLite."""
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
            )
    op.execute(
        "CREATE TRIGGER votes_refuse_own_case BEFORE INSERT ON votes "
        "WHEN EXISTS (SELECT 1 FROM cases WHERE reference = NEW.case_ref AND requester = NEW.voter) "
        "BEGIN SELECT RAISE(ABORT, 'nobody votes on a request of their own'); END"
    )
    op.execute(
        "CREATE TRIGGER cases_refuse_voting_requester BEFORE UPDATE OF requester ON cases "
        "WHEN EXISTS (SELECT 1 FROM votes WHERE case_ref = NEW.reference AND voter = NEW.requester) "
        "BEGIN SELECT RAISE(ABORT, 'nobody votes on a request of their own'); END"
    )


def guard_postgresql() -> None:
    """Triggers of Postgres."""
    op.execute(
        "CREATE FUNCTION casebook_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
    op.execute(
        "CREATE FUNCTION casebook_refuse_own_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM cases WHERE reference = NEW.case_ref AND requester = NEW.voter) THEN "
        "RAISE EXCEPTION 'nobody votes on a request of their own'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER votes_refuse_own_case BEFORE INSERT ON votes "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_own_vote()"
    )
    op.execute(
        "CREATE FUNCTION casebook_refuse_voting_requester() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM votes WHERE case_ref = NEW.reference AND voter = NEW.requester) THEN "
        "RAISE EXCEPTION 'nobody votes on a request of their own'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER cases_refuse_voting_requester BEFORE UPDATE OF requester ON cases "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_voting_requester()"
    )
