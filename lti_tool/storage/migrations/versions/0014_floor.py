"""Which releases may work on this database"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "schema_floor",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_floor")),
    )
    op.bulk_insert(table, [{"revision": revision}])


def downgrade() -> None:
    op.drop_table("schema_floor")
