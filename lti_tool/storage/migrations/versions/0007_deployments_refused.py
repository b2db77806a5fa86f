"""Deployments that an operator refused, invitations that are for somebody and can be taken back"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused_at", db.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("revoked_at", db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.drop_column("revoked_at")
        batch_op.drop_column("note")
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.drop_column("refused_at")
