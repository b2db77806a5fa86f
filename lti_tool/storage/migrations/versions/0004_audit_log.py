"""The audit log, whose rows the database itself refuses to change

A later migration that makes this table anew (SQLite does so for most changes) has to make the triggers anew too.
"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQLITE = [
    f"""CREATE TRIGGER audit_entry_no_{event.lower()} BEFORE {event} ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END"""
    for event in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """CREATE FUNCTION audit_entry_keep() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit log is never changed'; END $$""",
    """CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_keep()""",
]


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_who"), "audit_entry", ["who"])
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_keep()")
