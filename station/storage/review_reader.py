"""The review list and fetch tasks of a station's database, read only, a bounded piece at a time.

For the verdict loop, which decides acts, and for commands that only look. An engine at work on the
same file is never held up. `journal_proof` says whether these rows are what the journal made.
"""

from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from station.core.codes import UnitIdentity
from station.core.errors import StorageError
from station.core.journal import Entry
from station.core.reasons import Reason, VerdictClass
from station.core.review import FetchTask, ReviewItem
from station.storage.journal_reader import JournalReader
from station.storage.sqlite import faults_told, typed_rows
from station.storage.station_reader import StationReader
from station.storage.station_statements import (
    ITEM,
    OPEN_ITEM_COUNT,
    OPEN_ITEMS,
    OPEN_OF_UNIT,
    OPEN_TASKS,
    OPEN_WITH_CODE,
    TASK_ROW,
    TASKS_OF_UNIT,
)

MAX_ABOUT: Final = 20
"""Open items and tasks of one unit that are told of; one is enough to refuse."""


class _ItemRow(NamedTuple):
    scan_id: str
    time_utc: str
    read: str
    verdict_class: int
    reason: str
    product: str | None
    gtin: str | None
    serial: str | None
    of_unit: int
    tote: str
    ended_by: str
    seq: int


class _TaskRow(NamedTuple):
    scan_id: str
    time_utc: str
    read: str
    gtin: str
    serial: str
    reason: str
    place: str
    earlier: str
    closed_by: str
    seq: int


class ReviewReader(StationReader):
    """An open connection for look-ups. Implements `station.ports.station_store.ReviewList`."""

    def __init__(self, path: Path) -> None:
        """Open a station's database.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        super().__init__(path)
        try:
            self._journal: Final = JournalReader(path)
        except BaseException:
            super().close()
            raise

    def close(self) -> None:
        """Release the file; idempotent."""
        super().close()
        self._journal.close()

    def item(self, scan_id: str) -> ReviewItem | None:
        """An item, also one whose review has ended, or None."""
        return next(iter(self._items(ITEM, scan_id)), None)

    def task(self, scan_id: str) -> FetchTask | None:
        """A fetch task, also a closed one, or None."""
        return next(iter(self._tasks(TASK_ROW, scan_id)), None)

    def open_items(self, after: str, count: int) -> tuple[ReviewItem, ...]:
        """Items under review in the order of their scan ids."""
        return self._items(OPEN_ITEMS, after, count=count)

    def open_count(self) -> int:
        """How many items are under review."""
        ((count,),) = self._rows(OPEN_ITEM_COUNT, count=1)
        return int(str(count))

    def open_tasks(self, after: str, count: int) -> tuple[FetchTask, ...]:
        """Open fetch tasks in the order of their scan ids."""
        return self._tasks(OPEN_TASKS, after, count=count)

    def open_items_of(self, identity: UnitIdentity) -> tuple[str, ...]:
        """Scan ids of a unit's items under review, of those alone whose code was proven."""
        return self._of_unit(OPEN_OF_UNIT, identity)

    def newest_item_with(self, identity: UnitIdentity) -> str:
        """The last item under review that showed a code, proven or not; ``""`` for none."""
        rows = self._rows(OPEN_WITH_CODE, identity.gtin, identity.serial, count=1)
        return "".join(str(scan_id) for (scan_id,) in rows)

    def open_tasks_of(self, identity: UnitIdentity) -> tuple[str, ...]:
        """Scan ids of a unit's open fetch tasks."""
        return self._of_unit(TASKS_OF_UNIT, identity)

    def line(self, scan_id: str) -> Entry | None:
        """A verdict or act of the journal, or None."""
        return self._journal.find(scan_id)

    def _items(self, statement: str, value: str, count: int = 1) -> tuple[ReviewItem, ...]:
        rows = typed_rows(self._rows(statement, value, count=count), _ItemRow, self.path)
        return tuple(self._item(row) for row in rows)

    def _tasks(self, statement: str, value: str, count: int = 1) -> tuple[FetchTask, ...]:
        rows = typed_rows(self._rows(statement, value, count=count), _TaskRow, self.path)
        return tuple(self._task(row) for row in rows)

    def _of_unit(self, statement: str, identity: UnitIdentity) -> tuple[str, ...]:
        rows = self._rows(statement, identity.gtin, identity.serial, count=MAX_ABOUT)
        return tuple(str(scan_id) for (scan_id,) in rows)

    def _rows(self, statement: str, *values: str, count: int) -> list[tuple[object, ...]]:
        """The first rows of a statement; its read lock ends with this call."""
        with (
            faults_told(self.path),
            closing(self._connection.execute(statement, values)) as cursor,
        ):
            return cursor.fetchmany(count)

    def _item(self, row: _ItemRow) -> ReviewItem:
        try:
            return ReviewItem(
                scan_id=row.scan_id,
                time_utc=row.time_utc,
                read=row.read,
                verdict_class=VerdictClass(row.verdict_class),
                reason=Reason(row.reason),
                gtin=row.product,
                identity=(
                    None
                    if row.gtin is None or row.serial is None
                    else UnitIdentity(row.gtin, row.serial)
                ),
                of_unit=bool(row.of_unit),
                tote=row.tote,
                ended_by=row.ended_by,
            )
        except ValueError as error:
            raise self._damaged(row.scan_id) from error

    def _task(self, row: _TaskRow) -> FetchTask:
        try:
            return FetchTask(
                scan_id=row.scan_id,
                time_utc=row.time_utc,
                read=row.read,
                identity=UnitIdentity(row.gtin, row.serial),
                reason=Reason(row.reason),
                place=row.place,
                earlier=row.earlier,
                closed_by=row.closed_by,
            )
        except ValueError as error:
            raise self._damaged(row.scan_id) from error

    def _damaged(self, scan_id: str) -> StorageError:
        return StorageError(
            f"the station database {self.path} is damaged: "
            f"the row of scan {scan_id!a} holds an unknown value",
            "run 'station journal verify', keep the file for examination, restore a backup",
        )
