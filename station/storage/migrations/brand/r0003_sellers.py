"""Sellers, and what they may supply.

Revision ID: brand_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "brand_0003"
down_revision = "brand_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a brand folder of before knows no sellers."""
    op.create_table(
        "seller",
        sa.Column("brand_id", sa.Integer, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("seller_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "supply",
        sa.Column("brand_id", sa.Integer, primary_key=True),
        sa.Column("seller_id", sa.Text, primary_key=True),
        sa.Column("gtin", sa.Text, sa.ForeignKey("product.gtin"), primary_key=True),
        sa.Column("first_day", sa.Text, nullable=False),
        sa.Column("last_day", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
