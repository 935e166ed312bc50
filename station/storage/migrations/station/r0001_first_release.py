"""The first release's station database.

Revision ID: station_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; files of the first release are made with them and never pass here."""
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scan_id", sa.Text, nullable=False, unique=True),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("verdict_class", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("gtin", sa.Text),
        sa.Column("serial", sa.Text),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("length(hash) = 32", name="journal_hash_bytes"),
    )
    op.create_index("journal_unit", "journal", ["gtin", "serial"])
    op.create_index(
        "journal_review",
        "journal",
        ["verdict_class", "seq"],
        sqlite_where=sa.text("verdict_class >= 3"),
    )
    op.create_table(
        "claim",
        sa.Column("gtin", sa.Text, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("scan_id", sa.Text, nullable=False),
        sa.Column("verdict_class", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, sa.ForeignKey("journal.seq"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column(
            "seq", sa.Integer, sa.ForeignKey("journal.seq"), primary_key=True, autoincrement=False
        ),
        sa.Column("event_kind", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("outbox_waiting", "outbox", ["seq"], sqlite_where=sa.text("state = 0"))
    op.create_table(
        "checkpoint",
        sa.Column(
            "seq", sa.Integer, sa.ForeignKey("journal.seq"), primary_key=True, autoincrement=False
        ),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("time_utc", sa.Text, nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    for table in ("journal", "checkpoint"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
            )
