"""Which course a course was copied from, and how each activity was recognised"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("context", schema=None) as batch_op:
        batch_op.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_context_copied_from_id_context"), "context", ["copied_from_id"], ["id"]
        )
    op.add_column(
        "resource_link", sa.Column("bound_by", sa.String(length=20), nullable=False, server_default="custom")
    )


def downgrade() -> None:
    with op.batch_alter_table("resource_link", schema=None) as batch_op:
        batch_op.drop_column("bound_by")
    with op.batch_alter_table("context", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_context_copied_from_id_context"), type_="foreignkey")
        batch_op.drop_column("copied_from_id")
