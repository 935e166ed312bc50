"""Shipments: what is announced, when it was at the dock, which scans concern it.

Revision ID: station_0006
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0006"
down_revision = "station_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; scans of before belong to no shipment."""
    op.create_table(
        "shipment",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("shipment_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seller", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("imported_utc", sa.Text, nullable=False),
    )
    op.create_index(
        "shipment_id",
        "shipment",
        ["shipment_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'open', 'closed')"),
    )
    op.create_table(
        "shipment_line",
        sa.Column("number", sa.Integer, sa.ForeignKey("shipment.number"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("sscc", sa.Text, nullable=False),
        sa.Column("gtin", sa.Text, nullable=False),
        sa.Column("unnamed", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("shipment_line_gtin", "shipment_line", ["gtin"])
    op.create_table(
        "shipment_unit",
        sa.Column("gtin", sa.Text, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, sa.ForeignKey("shipment.number"), primary_key=True),
        sa.Column("line", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("shipment_unit_number", "shipment_unit", ["number"])
    op.create_table(
        "shipment_sscc",
        sa.Column("sscc", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, sa.ForeignKey("shipment.number"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("shipment_sscc_number", "shipment_sscc", ["number"])
    op.create_table(
        "shipment_event",
        sa.Column("event", sa.Integer, primary_key=True),
        sa.Column("shipment_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.create_index("shipment_event_shipment", "shipment_event", ["shipment_id"])
    op.create_table(
        "shipment_scan",
        sa.Column("shipment_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.Integer, sa.ForeignKey("journal.seq"), primary_key=True),
        sqlite_with_rowid=False,
    )
    for table in ("shipment_event", "shipment_scan"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
            )
