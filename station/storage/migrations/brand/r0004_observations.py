"""What stations' events told of units.

Revision ID: brand_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "brand_0004"
down_revision = "brand_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; of a brand folder of before, no event was taken in."""
    op.create_table(
        "observation",
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("event", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("base_state", sa.Integer),
        sa.Column("base_place", sa.Text),
        sa.Column("taken_back", sa.Integer, nullable=False),
        sa.CheckConstraint("length(event) = 32", name="observation_event_bytes"),
        sa.CheckConstraint("state BETWEEN 0 AND 11", name="observation_state"),
        sa.CheckConstraint("base_state BETWEEN 0 AND 11", name="observation_base_state"),
        sa.CheckConstraint("taken_back IN (0, 1)", name="observation_taken_back"),
        sqlite_with_rowid=False,
    )
