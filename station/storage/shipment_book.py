"""The shipments of a station's database: fulfils `station.ports.shipments.ShipmentBook`.

A connection of its own beside the journal writer's. Reading never waits for it; the few writes are
short transactions with full sync. A long import is written in pieces that nobody can see, and made
visible by its last one, so that an engine at work is never held up for longer than a piece.

Leaves to others: what has come of a shipment; this only finds the journal's lines
(`station.core.shipment_tally` adds them up).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from station.core.codes import UnitIdentity
from station.core.errors import ConfigurationError, StorageError
from station.core.journal import Entry
from station.core.records import announced_record
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine, ShipmentState
from station.ports.shipments import ShipmentRecord
from station.storage import shipment_statements as sql
from station.storage.database import WritableDatabase
from station.storage.journal_codec import UnreadableEntryError, decode
from station.storage.notary import Notary
from station.storage.sqlite import RowT, faults_told, typed_rows
from station.storage.station_schema import STATION

PIECE_ROWS: Final = 500
"""Rows written in one transaction of an import: a few milliseconds."""

CHUNK_ENTRIES: Final = 500
_EVERYTHING: Final = (1 << 63) - 1

_Row = tuple[int | str, ...]


class _ShipmentRow(NamedTuple):
    number: int
    kind: ShipmentKind
    seller: str
    state: ShipmentState


class _LineRow(NamedTuple):
    line: int
    sscc: str
    gtin: str
    unnamed: int


class _UnitRow(NamedTuple):
    line: int
    serial: str


class _RecordRow(NamedTuple):
    shipment_id: str
    kind: ShipmentKind
    seller: str
    state: ShipmentState
    expected: int
    source: str
    imported_utc: str
    opened_utc: str
    closed_utc: str


class _NameRow(NamedTuple):
    name: str


class _SeqRow(NamedTuple):
    seq: int


class _BodyRow(NamedTuple):
    seq: int
    body: bytes


class SqliteShipmentBook(WritableDatabase):
    """An open station database, for its shipments."""

    def __init__(self, path: Path, notary: Notary | None = None) -> None:
        """Open a station's database.

        Args:
            path: The file.
            notary: Seals the journal's lines of what is added; None where nothing is.

        Raises:
            StorageError: The file is missing, damaged, or of another schema.
        """
        super().__init__(path, STATION)
        self._notary: Final = notary

    def add_all(
        self, shipments: Sequence[Shipment], source: str, now_utc: str, *, replace: bool = False
    ) -> None:
        """Store shipments, all or none, and note the journal's lines of them."""
        notary = self._notary
        if notary is None:
            msg = "a book without a notary is for reading"
            raise ValueError(msg)
        for shipment in shipments:
            self._replaceable(shipment.shipment_id, replace)
        numbers = [self._add(shipment, source, now_utc) for shipment in shipments]
        with self._transaction():
            for shipment, number in zip(shipments, numbers, strict=True):
                before = self._replaceable(shipment.shipment_id, replace)
                if before is not None:
                    self._run(sql.SET_STATE, (sql.REPLACED, before))
                self._run(sql.SET_STATE, (ShipmentState.WAITING.value, number))
                record = announced_record(number, shipment, source, now_utc)
                notary.note_announced(self._connection, record, f"from {source}", self.path)

    def _add(self, shipment: Shipment, source: str, now_utc: str) -> int:
        """Write all of a shipment where nobody sees it yet; its number."""
        head = (
            shipment.shipment_id,
            shipment.kind.value,
            shipment.seller,
            sql.IMPORTING,
            shipment.expected,
            source,
            now_utc,
        )
        with self._transaction():
            number = self._run(sql.ADD_SHIPMENT, head)
        lines = list(enumerate(shipment.lines))
        self._write(
            sql.ADD_LINE,
            ((number, place, line.sscc, line.gtin, line.unnamed) for place, line in lines),
        )
        self._write(
            sql.ADD_UNIT,
            (
                (line.gtin, serial, number, place)
                for place, line in lines
                for serial in sorted(line.serials)
            ),
        )
        self._write(sql.ADD_SSCC, ((sscc, number) for sscc in shipment.ssccs))
        return number

    def _replaceable(self, shipment_id: str, replace: bool) -> int | None:
        """The number of the shipment an import takes the place of, or None."""
        head = self._head(shipment_id)
        if head is None:
            return None
        if self._first(sql.WAS_AT_DOCK, (shipment_id,)) is not None:
            raise ConfigurationError(
                f"shipment {shipment_id} was at the dock already",
                "import what is new under another id",
            )
        if not replace:
            raise ConfigurationError(
                f"there is a shipment {shipment_id} already",
                "give --replace to put this file in its place",
            )
        return head.number

    def records(self) -> list[ShipmentRecord]:
        """All shipments, the newest first."""
        return [ShipmentRecord(*row) for row in self._rows(sql.RECORDS, _RecordRow)]

    def record(self, shipment_id: str) -> ShipmentRecord | None:
        """One shipment, or None."""
        found = (record for record in self.records() if record.shipment_id == shipment_id)
        return next(found, None)

    def opened(self) -> str:
        """The shipment at the dock, or ``""``."""
        return self._first(sql.OPENED) or ""

    def shipment(self, shipment_id: str) -> Shipment | None:
        """The whole of a shipment, or None."""
        head = self._head(shipment_id)
        if head is None:
            return None
        serials: dict[int, set[str]] = {}
        for unit in self._rows(sql.UNITS_OF, _UnitRow, (head.number,)):
            serials.setdefault(unit.line, set()).add(unit.serial)
        lines = []
        for row in self._rows(sql.LINES_OF, _LineRow, (head.number,)):
            named = frozenset(serials.get(row.line, ()))
            lines.append(ShipmentLine(row.gtin, row.unnamed + len(named), named, row.sscc))
        ssccs = tuple(row.name for row in self._rows(sql.SSCCS_OF, _NameRow, (head.number,)))
        return Shipment(shipment_id, head.kind, head.seller, tuple(lines), ssccs)

    def history(self, shipment_id: str) -> Iterator[Entry]:
        """The committed journal lines that concern a shipment, in their order."""
        return self._history(shipment_id, _EVERYTHING)

    def history_until_close(self, shipment_id: str) -> Iterator[Entry]:
        """The same as it was when the shipment was closed."""
        rows = self._rows(sql.CLOSED_AT, _SeqRow, (shipment_id,))
        return self._history(shipment_id, rows[0].seq if rows else _EVERYTHING)

    def announcing_unit(self, identity: UnitIdentity, besides: str) -> str | None:
        """Another shipment, not closed, that announces this very unit; the first by id."""
        return self._first(sql.ANNOUNCING_UNIT, (identity.gtin, identity.serial, besides))

    def announcing_product(self, gtin: str, besides: str) -> str | None:
        """Another shipment, not closed, that announces units of a product by number."""
        return self._first(sql.ANNOUNCING_PRODUCT, (gtin, besides))

    def carrying(self, sscc: str) -> str | None:
        """The shipment, not closed, that a pallet or carton belongs to; the first by id."""
        return self._first(sql.CARRYING, (sscc,))

    def _head(self, shipment_id: str) -> _ShipmentRow | None:
        rows = self._rows(sql.FIND_SHIPMENT, _ShipmentRow, (shipment_id,))
        return rows[0] if rows else None

    def _history(self, shipment_id: str, until: int) -> Iterator[Entry]:
        after = 0
        while True:
            with faults_told(self.path):
                cursor = self._connection.execute(sql.HISTORY, (shipment_id, after, until))
                chunk = cursor.fetchmany(CHUNK_ENTRIES)
                cursor.close()
            for row in typed_rows(chunk, _BodyRow, self.path):
                try:
                    yield decode(row.body)
                except UnreadableEntryError as error:
                    raise StorageError(
                        f"cannot read entry {row.seq} of {self.path}: {error}",
                        "run 'station journal verify'",
                    ) from error
                after = row.seq
            if len(chunk) < CHUNK_ENTRIES:
                return

    def _write(self, statement: str, rows: Iterator[_Row]) -> None:
        """Write rows in short transactions of their own."""
        while piece := list(islice(rows, PIECE_ROWS)):
            with self._transaction(), faults_told(self.path):
                self._connection.executemany(statement, piece)

    def _first(self, statement: str, values: Sequence[int | str] = ()) -> str | None:
        with faults_told(self.path):
            row = self._connection.execute(statement, values).fetchone()
        return None if row is None else str(row[0])

    def _rows(
        self, statement: str, row_type: type[RowT], values: Sequence[int | str] = ()
    ) -> list[RowT]:
        with faults_told(self.path):
            rows: list[tuple[object, ...]] = self._connection.execute(statement, values).fetchall()
        return typed_rows(rows, row_type, self.path)


def no_such_shipment(shipment_id: str) -> ConfigurationError:
    """The error of an id that names no shipment."""
    return ConfigurationError(
        f"there is no shipment {shipment_id}",
        "list them with 'station shipment list', or import it with 'station shipment import'",
    )
