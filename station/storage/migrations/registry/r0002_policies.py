"""Gives brands and products of the registry their policies.

Revision ID: registry_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "registry_0002"
down_revision = "registry_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column to each; until now they asked nothing beyond the rules."""
    for table in ("brand", "product"):
        op.add_column(table, sa.Column("policy", sa.Text, nullable=False, server_default="{}"))
