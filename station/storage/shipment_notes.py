"""What acts write about shipments, in the same transaction as their lines of the journal.

An act upon an item concerns every shipment its item does, so that a shipment's history holds it;
opening and closing move the shipment itself.
"""

import sqlite3
from typing import Final

from station.core.acts import ActEntry, ActKind
from station.core.errors import StorageError
from station.core.shipments import ShipmentState
from station.storage import shipment_statements as sql

STATE_OF: Final = {
    ActKind.OPEN_SHIPMENT: ShipmentState.OPEN,
    ActKind.CLOSE_SHIPMENT: ShipmentState.CLOSED,
}
"""The state in which an act leaves the shipment that it names."""


def note_act(writer: sqlite3.Connection, seq: int, act: ActEntry) -> None:
    """Write what an act changes about shipments, inside the caller's transaction.

    Args:
        writer: In a transaction that has written the act's line.
        seq: The line's number.
        act: The act.

    Raises:
        StorageError: It moves a shipment that is not there, or closed.
        sqlite3.Error: Nothing can be written.
    """
    state = STATE_OF.get(act.kind)
    if state is not None:
        _move(writer, seq, act, state)
        return
    gtin, serial = "", ""
    if act.identity is not None:
        gtin, serial = act.identity.gtin, act.identity.serial
    writer.execute(sql.NOTE_ACT, (seq, act.about, gtin, serial))


def _move(writer: sqlite3.Connection, seq: int, act: ActEntry, state: ShipmentState) -> None:
    if state is ShipmentState.OPEN:
        writer.execute(sql.PUT_ASIDE)
    if writer.execute(sql.MOVE_SHIPMENT, (state.value, act.reference)).rowcount != 1:
        raise StorageError(
            f"there is no shipment {act.reference} that could be opened or closed",
            "list them with 'station shipment list'",
        )
    event = (act.reference, state.value, act.time_utc, act.operator, seq)
    writer.execute(sql.ADD_EVENT, event)
