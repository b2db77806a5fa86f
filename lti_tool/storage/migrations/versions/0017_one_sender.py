"""Which worker sends scores to a platform, and what its clock says"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("platform", sa.Column("sender", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("platform", sa.Column("sender_until", sa.DateTime(timezone=True)))
    op.add_column("platform", sa.Column("clock_ahead", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("platform", schema=None) as batch_op:
        batch_op.drop_column("clock_ahead")
        batch_op.drop_column("sender_until")
        batch_op.drop_column("sender")
