"""Keeps every policy a verdict was made with.

Revision ID: station_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0003"
down_revision = "station_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; verdicts of before name policies that were never kept."""
    op.create_table(
        "policy",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER policy_no_{verb.lower()} BEFORE {verb} ON policy "
            f"BEGIN SELECT RAISE(ABORT, 'the policy is append-only'); END"
        )
