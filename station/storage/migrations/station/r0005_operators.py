"""Operators, their badges and PINs.

Revision ID: station_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "station_0005"
down_revision = "station_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody is enrolled."""
    op.create_table(
        "operator",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("scan_id", sa.Text, nullable=False, unique=True),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("badge", sa.Integer, nullable=False),
        sa.Column("active", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
    )
    op.create_index("operator_name", "operator", ["name"])
    op.create_table(
        "operator_pin",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("pin_hash", sa.Text, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("tried_utc", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER operator_no_{verb.lower()} BEFORE {verb} ON operator "
            "BEGIN SELECT RAISE(ABORT, 'the operator is append-only'); END"
        )
