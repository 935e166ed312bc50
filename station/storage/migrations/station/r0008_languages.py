"""An operator may read another language than the site's operators do.

Revision ID: station_0008
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0008"
down_revision = "station_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody enrolled so far goes on reading what the site's operators read."""
    op.add_column("operator", sa.Column("language", sa.Text, nullable=False, server_default=""))
