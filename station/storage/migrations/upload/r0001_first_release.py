"""The first release's memory of what was sent.

Revision ID: upload_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "upload_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; files of the first release are made with them and never pass here."""
    op.create_table(
        "cursor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("id = 1", name="one_cursor"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
