"""What has been sent is remembered beside the database, no longer in the outbox.

Revision ID: station_0007
"""

from alembic import op

revision = "station_0007"
down_revision = "station_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop what nobody writes or reads."""
    op.drop_index("outbox_waiting", "outbox")
    op.execute("ALTER TABLE outbox DROP COLUMN state")
    op.execute("ALTER TABLE outbox DROP COLUMN attempts")
