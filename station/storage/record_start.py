"""Notes what the journal never held: operators and shipments as an upgrade finds them.

An earlier release journalled that an operator was changed, in words, and of shipments only that
they came and went. From here on the journal holds both whole. What stands at that moment nobody can
prove any more, so the notes say just that: it was found so, by the station, at the upgrade.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from station.core.operators import THE_STATION, OperatorChange
from station.core.records import AnnouncedRecord, Sum, sum_of
from station.core.shipments import ShipmentKind
from station.storage import record_statements as sql
from station.storage.database import open_to_write
from station.storage.notary import Notary
from station.storage.operator_statements import INSERT_CHANGE
from station.storage.roster_reader import OperatorRow, RosterReader, operator_of
from station.storage.shipment_statements import IMPORTING
from station.storage.sqlite import faults_told
from station.storage.station_schema import STATION

FOUND: Final = "as found at the upgrade; the journal did not hold it before"


def begin_records(path: Path, notary: Notary, now_utc: str) -> bool:
    """Note everything as it stands, once, where an upgrade left that to do.

    Args:
        path: The station's database, of this release's schema.
        notary: Seals the notes.
        now_utc: When.

    Returns:
        Whether there was anything to note.

    Raises:
        StorageError: Nothing was noted.
    """
    with closing(open_to_write(path, STATION)) as writer, faults_told(path):
        if writer.execute(sql.RECORDS_DUE).fetchone() is None:
            return False
        with closing(RosterReader(path)) as roster:
            people = [enrolled.operator for enrolled in roster.all()]
        with writer:
            writer.execute("BEGIN IMMEDIATE")
            for change in list(_never_journalled(writer, path)):
                notary.note_words(writer, change, path)
            for operator in people:
                change = OperatorChange(notary.next_id(), now_utc, operator, THE_STATION, FOUND)
                language = "" if operator.language is None else operator.language.value
                row = (change.scan_id, now_utc, operator.name, int(operator.role), operator.badge)
                writer.execute(
                    INSERT_CHANGE, (*row, int(operator.active), change.by, FOUND, language)
                )
                notary.note_change(writer, change, path)
            for record in list(_shipments(writer)):
                notary.note_announced(writer, record, FOUND, path)
            writer.execute(sql.RECORDS_BEGUN)
    return True


def _never_journalled(writer: sqlite3.Connection, path: Path) -> Iterator[OperatorChange]:
    """Changes that an older release had still to journal."""
    for row in writer.execute(sql.UNTOLD_OPERATOR_ROWS).fetchall():
        scan_id, time_utc, name, role, badge, active, by, what, language = row
        read = OperatorRow(name, role, badge, active, language)
        yield OperatorChange(scan_id, time_utc, operator_of(read, path), by, what)


def contents(connection: sqlite3.Connection, number: int) -> dict[str, Sum]:
    """What a shipment's lines, units and SSCCs come to, by table."""
    return {
        table: sum_of(connection.execute(statement, (number,)))
        for table, statement in sql.CONTENTS.items()
    }


def _shipments(writer: sqlite3.Connection) -> Iterator[AnnouncedRecord]:
    for row in writer.execute(sql.SHIPMENT_ROWS).fetchall():
        number, shipment_id, kind, seller, state, expected, source, imported_utc = row
        if state == IMPORTING:
            continue
        yield AnnouncedRecord(
            number,
            shipment_id,
            ShipmentKind(kind),
            seller,
            expected,
            source,
            imported_utc,
            **contents(writer, number),
        )
