"""Acts in the journal, standings that are compared and set, the review list and fetch tasks.

Revision ID: station_0004
"""

import sqlalchemy as sa
from alembic import op

from station.core.changes import changes_of
from station.storage.journal_codec import decode
from station.storage.journal_rows import item_row, task_row

revision = "station_0004"
down_revision = "station_0003"
branch_labels = None
depends_on = None

_JOURNAL_COPIED = "seq, scan_id, time_utc, verdict_class, reason, gtin, serial, body, hash"
_CLAIM_COPIED = "gtin, serial, state, station, scan_id, verdict_class, reason, seq"


def upgrade() -> None:
    """Rebuild journal and claims, then list what the journal says is still under review.

    Foreign keys are off meanwhile and checked before the whole is kept.
    """
    _rebuild_journal()
    _rebuild_claims()
    _make_review()
    _make_tasks()
    _list_what_is_open()


def _rebuild_journal() -> None:
    op.execute("CREATE TABLE station_0004_journal AS SELECT * FROM journal")
    op.drop_table("journal")
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scan_id", sa.Text, nullable=False, unique=True),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("verdict_class", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("gtin", sa.Text),
        sa.Column("serial", sa.Text),
        sa.Column("act", sa.Text),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("length(hash) = 32", name="journal_hash_bytes"),
        sa.CheckConstraint(
            "(act IS NULL) = (verdict_class IS NOT NULL) AND (act IS NULL) = (reason IS NOT NULL)",
            name="journal_verdict_or_act",
        ),
    )
    op.execute(
        f"INSERT INTO journal ({_JOURNAL_COPIED}) "  # noqa: S608
        f"SELECT {_JOURNAL_COPIED} FROM station_0004_journal ORDER BY seq"
    )
    op.drop_table("station_0004_journal")
    op.create_index("journal_unit", "journal", ["gtin", "serial"])
    op.create_index(
        "journal_review",
        "journal",
        ["verdict_class", "seq"],
        sqlite_where=sa.text("verdict_class >= 3"),
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )


def _rebuild_claims() -> None:
    op.execute("CREATE TABLE station_0004_claim AS SELECT * FROM claim")
    op.drop_table("claim")
    op.create_table(
        "claim",
        sa.Column("gtin", sa.Text, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("state", sa.Integer),
        sa.Column("previous", sa.Integer),
        sa.Column("station", sa.Text, nullable=False),
        sa.Column("scan_id", sa.Text, nullable=False),
        sa.Column("verdict_class", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("seq", sa.Integer, sa.ForeignKey("journal.seq"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO claim ({_CLAIM_COPIED}) "  # noqa: S608
        f"SELECT {_CLAIM_COPIED} FROM station_0004_claim"
    )
    op.drop_table("station_0004_claim")


def _make_review() -> None:
    op.create_table(
        "review",
        sa.Column("scan_id", sa.Text, primary_key=True),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("read", sa.Text, nullable=False),
        sa.Column("verdict_class", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("product", sa.Text),
        sa.Column("gtin", sa.Text),
        sa.Column("serial", sa.Text),
        sa.Column("of_unit", sa.Integer, nullable=False),
        sa.Column("tote", sa.Text, nullable=False),
        sa.Column("ended_by", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, sa.ForeignKey("journal.seq"), nullable=False),
        sqlite_with_rowid=False,
    )
    is_open = sa.text("ended_by = ''")
    op.create_index("review_open", "review", ["scan_id"], sqlite_where=is_open)
    op.create_index("review_unit", "review", ["gtin", "serial"], sqlite_where=is_open)


def _make_tasks() -> None:
    op.create_table(
        "task",
        sa.Column("scan_id", sa.Text, primary_key=True),
        sa.Column("time_utc", sa.Text, nullable=False),
        sa.Column("read", sa.Text, nullable=False),
        sa.Column("gtin", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("earlier", sa.Text, nullable=False),
        sa.Column("closed_by", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, sa.ForeignKey("journal.seq"), nullable=False),
        sqlite_with_rowid=False,
    )
    is_open = sa.text("closed_by = ''")
    op.create_index("task_open", "task", ["scan_id"], sqlite_where=is_open)
    op.create_index("task_unit", "task", ["gtin", "serial"], sqlite_where=is_open)


def _list_what_is_open() -> None:
    """Every hold and quarantine so far, read out of the journal: no act has ended any."""
    connection = op.get_bind()
    lines = connection.exec_driver_sql(
        "SELECT seq, body FROM journal WHERE verdict_class >= 3 ORDER BY seq"
    ).fetchall()
    for seq, body in lines:
        changes = changes_of(decode(bytes(body)))
        if changes.item is not None:
            _insert(connection, "review", item_row(seq, changes.item.after))
        if changes.task is not None:
            _insert(connection, "task", task_row(seq, changes.task.after))
        for move in changes.moves:
            if move.leaves is not None and move.leaves.previous is not None:
                connection.exec_driver_sql(
                    "UPDATE claim SET previous = ? WHERE seq = ?",
                    (int(move.leaves.previous), seq),
                )


def _insert(connection: sa.Connection, table: str, row: tuple[object, ...]) -> None:
    places = ", ".join("?" * len(row))
    connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608
