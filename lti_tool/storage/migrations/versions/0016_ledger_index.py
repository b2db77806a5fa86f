"""The ledger counts grades by state and by day without reading their rows"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_score_report_ledger",
        "score_report",
        ["line_item_id", "state", "reason", "timestamp"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_score_report_ledger", table_name="score_report")
