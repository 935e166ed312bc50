"""The journal holds operators and shipments whole.

Revision ID: station_0009
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0009"
down_revision = "station_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the notes; what the journal has not held so far is noted as it is found.

    That takes the station's key, so it is the upgrade's last step, outside of this one
    (`station.storage.record_start`); until then `meta` says that it is due.
    """
    op.create_table(
        "noted",
        sa.Column("scan_id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("noted_subject", "noted", ["subject"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER noted_no_{verb.lower()} BEFORE {verb} ON noted "
            "BEGIN SELECT RAISE(ABORT, 'the noted is append-only'); END"
        )
    op.execute(
        "INSERT INTO meta (name, value) SELECT 'records', 'due' WHERE "
        "EXISTS (SELECT 1 FROM operator) OR "
        "EXISTS (SELECT 1 FROM shipment WHERE state != 'importing')"
    )
