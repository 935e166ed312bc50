"""The operators of a station's database, read only. Implements `station.ports.roster.Roster`.

For the verdict loop, which asks at every badge, and for commands that only look. What another
process changes is seen at the next call.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from station.core.acts import ActEntry
from station.core.errors import StorageError
from station.core.language import Language
from station.core.operators import FREE_TRIES, Operator, Role
from station.storage.journal_codec import UnreadableEntryError, decode
from station.storage.notary import SealCheck, recorded
from station.storage.operator_statements import ALL_OPERATORS, FIND_OPERATOR
from station.storage.record_statements import PENDING
from station.storage.sqlite import RowT, faults_told, typed_rows
from station.storage.station_reader import StationReader


class OperatorRow(NamedTuple):
    """How an operator stands, as a row says."""

    name: str
    role: int
    badge: int
    active: int
    language: str


class _EnrolledRow(NamedTuple):
    name: str
    role: int
    badge: int
    active: int
    language: str
    time_utc: str
    wrong: int | None
    tried_utc: str | None


class _NotedRow(NamedTuple):
    body: bytes


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An operator with what the admin wants to know besides.

    Attributes:
        operator: Who, and how they stand.
        changed_utc: Since when.
        has_pin: Whether a PIN is set.
        wrong: Wrong PINs in a row.
        tried_utc: When the last PIN was tried that was wrong, or ``""``.
    """

    operator: Operator
    changed_utc: str
    has_pin: bool
    wrong: int
    tried_utc: str


class RosterReader(StationReader):
    """An open connection for look-ups."""

    def __init__(self, path: Path, check: SealCheck | None = None) -> None:
        """Open a station's database.

        Args:
            path: The file.
            check: Checks the station's seals, for whoever goes by what is found; None where it is
                only shown.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        super().__init__(path)
        self._check: Final = check

    def find(self, name: str) -> Operator | None:
        """How an operator stands now; None for a name that never was one's.

        Where seals are checked, None too for somebody whose row the station did not seal.

        Raises:
            StorageError: The database cannot be read, or is damaged.
        """
        rows = self._rows(FIND_OPERATOR, OperatorRow, name)
        if not rows:
            return None
        operator = operator_of(rows[0], self.path)
        if self._check is None:
            return operator
        with faults_told(self.path):
            record = recorded(self._connection, operator, self._check)
        return None if record is None else operator

    def knows(self, name: str) -> bool:
        """Whether there is a row of this name at all, sealed or not.

        Raises:
            StorageError: The database cannot be read, or is damaged.
        """
        return bool(self._rows(FIND_OPERATOR, OperatorRow, name))

    def all(self) -> list[Enrolled]:
        """Everybody ever enrolled, by name.

        Raises:
            StorageError: The database cannot be read, or is damaged.
        """
        return [
            Enrolled(
                operator_of(row, self.path),
                row.time_utc,
                has_pin=row.wrong is not None,
                wrong=row.wrong or 0,
                tried_utc=row.tried_utc or "",
            )
            for row in self._rows(ALL_OPERATORS, _EnrolledRow)
        ]

    def locked_out(self) -> Sequence[str]:
        """Names of active operators with so many wrong PINs in a row that there is a wait.

        Raises:
            StorageError: The database cannot be read, or is damaged.
        """
        return [
            enrolled.operator.name
            for enrolled in self.all()
            if enrolled.operator.active and enrolled.wrong >= FREE_TRIES
        ]

    def changes_to_journal(self) -> Sequence[ActEntry]:
        """Noted changes of operators and shipments that the journal lacks, oldest first.

        Raises:
            StorageError: The database cannot be read, or is damaged.
        """
        acts = []
        for row in self._rows(PENDING, _NotedRow):
            try:
                act = decode(row.body)
            except UnreadableEntryError as error:
                raise self._damaged(f"a note for the journal cannot be read: {error}") from error
            if not isinstance(act, ActEntry):
                raise self._damaged("a note for the journal is no act")
            acts.append(act)
        return acts

    def _damaged(self, what: str) -> StorageError:
        return StorageError(
            f"cannot use {self.path}: it is damaged ({what})",
            "stop using it and restore it from a backup; keep the damaged file for examination",
        )

    def _rows(self, statement: str, row_type: type[RowT], *values: str) -> list[RowT]:
        with faults_told(self.path):
            rows = self._connection.execute(statement, values).fetchall()
        return typed_rows(rows, row_type, self.path)


def operator_of(row: OperatorRow | _EnrolledRow, path: Path) -> Operator:
    """An operator as a row says.

    Raises:
        StorageError: The row holds a role or a language there is not.
    """
    try:
        return Operator(
            row.name,
            Role(row.role),
            row.badge,
            active=bool(row.active),
            language=Language(row.language) if row.language else None,
        )
    except ValueError as error:
        raise StorageError(
            f"cannot use {path}: it is damaged (operator {row.name!r}: {error})",
            "stop using it and restore it from a backup; keep the damaged file for examination",
        ) from None


def find_operator(connection: sqlite3.Connection, name: str, path: Path) -> Operator | None:
    """The same look-up inside a transaction of another's.

    Raises:
        StorageError: The database is damaged.
    """
    rows = typed_rows(connection.execute(FIND_OPERATOR, (name,)).fetchall(), OperatorRow, path)
    return operator_of(rows[0], path) if rows else None
