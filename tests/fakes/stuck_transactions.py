"""Connections whose transactions can neither be kept nor let go of, as on a disk that fails."""

import sqlite3


def hold_fast(connection: sqlite3.Connection) -> None:
    """From now on every COMMIT and every ROLLBACK of a connection fails."""

    def refuse(action: int, does: str | None, *_rest: str | None) -> int:
        ends = action == sqlite3.SQLITE_TRANSACTION and does in {"COMMIT", "ROLLBACK"}
        return sqlite3.SQLITE_DENY if ends else sqlite3.SQLITE_OK

    connection.set_authorizer(refuse)
