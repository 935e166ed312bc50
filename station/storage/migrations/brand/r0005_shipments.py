"""Shipments that brands announce to sites.

Revision ID: brand_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "brand_0005"
down_revision = "brand_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a brand folder of before announces nothing."""
    op.create_table(
        "announced_shipment",
        sa.Column("brand_id", sa.Integer, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("shipment_id", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
