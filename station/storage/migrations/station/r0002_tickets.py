"""Maintenance tickets: what a source shows of a scanner's fault, and how often.

Revision ID: station_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0002"
down_revision = "station_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty: entries of the first release hold no diagnosis."""
    op.create_table(
        "ticket",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_seq", sa.Integer, sa.ForeignKey("journal.seq"), nullable=False),
        sa.Column("last_seq", sa.Integer, sa.ForeignKey("journal.seq"), nullable=False),
        sa.Column("first_utc", sa.Text, nullable=False),
        sa.Column("last_utc", sa.Text, nullable=False),
        sa.Column("closed_utc", sa.Text),
    )
    op.create_index(
        "ticket_open",
        "ticket",
        ["kind", "source", "fault"],
        unique=True,
        sqlite_where=sa.text("closed_utc IS NULL"),
    )
