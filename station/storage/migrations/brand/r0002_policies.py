"""Gives brands and products of the brand folder their policies.

Revision ID: brand_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "brand_0002"
down_revision = "brand_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column to each; until now they asked nothing beyond the rules."""
    for table in ("brand", "product"):
        op.add_column(table, sa.Column("policy", sa.Text, nullable=False, server_default="{}"))
