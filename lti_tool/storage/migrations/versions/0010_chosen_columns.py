"""Which grade columns a teacher wants, and what is to be done with them in the LMS"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("line_item", sa.Column("wanted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("line_item", sa.Column("wish", sa.String(length=10), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("line_item", schema=None) as batch_op:
        batch_op.drop_column("wish")
        batch_op.drop_column("wanted")
