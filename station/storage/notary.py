"""Lines of the journal written beside it: sealed with the change, journalled a moment later.

Operators and shipments are changed by programs that do not hold the journal. Each writes, in the
transaction of its change, the journal's line of it, sealed with the station's key; whoever holds
the journal adds the lines that it lacks (`station.storage.roster_reader`).
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from station.core.acts import ActEntry, ActKind, sealed
from station.core.operators import SITE_OWNER, THE_STATION, Operator, OperatorChange, Proof, Role
from station.core.records import AnnouncedRecord, PersonRecord, person_record, pin_digest
from station.storage.journal_codec import UnreadableEntryError, decode, encode
from station.storage.record_statements import INSERT_NOTED, NEWEST_NOTE, PIN_HASH, STATION_NAME
from station.storage.sqlite import storage_error

SealCheck = Callable[[bytes, bytes], bool]
"""(signature, message) -> whether the station's key made it."""


@dataclass(frozen=True, slots=True)
class Notary:
    """Who seals lines.

    Attributes:
        sign: Signs with the station's own key.
        check: (signature, message) -> whether that key made it.
        next_id: Names acts.
        version: The software's version.
    """

    sign: Callable[[bytes], bytes]
    check: SealCheck
    next_id: Callable[[], str]
    version: str

    def note_change(
        self, writer: sqlite3.Connection, change: OperatorChange, path: Path
    ) -> ActEntry:
        """Note how a change leaves an operator and their PIN.

        Args:
            writer: In the transaction that has made the change.
            change: The change.
            path: The file, for what is said where it fails.
        """
        row = writer.execute(PIN_HASH, (change.after.name,)).fetchone()
        pin = pin_digest(change.after.name, str(row[0]) if row else "")
        line = replace(
            self._in_words(writer, change, path), person=person_record(change.after, pin)
        )
        return self._note(writer, line, operator_subject(change.after.name))

    def note_words(
        self, writer: sqlite3.Connection, change: OperatorChange, path: Path
    ) -> ActEntry:
        """Note a change of which nobody knows any more how it left the operator's PIN.

        Args:
            writer: In a transaction.
            change: The change.
            path: The file, for what is said where it fails.
        """
        line = self._in_words(writer, change, path)
        return self._note(writer, line, operator_subject(change.after.name))

    def _in_words(self, writer: sqlite3.Connection, change: OperatorChange, path: Path) -> ActEntry:
        after = change.after
        return ActEntry(
            scan_id=change.scan_id,
            time_utc=change.time_utc,
            station=_station(writer, path),
            kind=ActKind.OPERATOR_CHANGED,
            operator=change.by,
            # Oneself a new PIN, or else an admin: nobody else is let.
            role=after.role if change.by == after.name else Role.ADMIN,
            reason_text=change.what,
            reference=after.name,
            software_version=self.version,
            proof=_proof_of(change.by),
        )

    def note_announced(
        self, writer: sqlite3.Connection, record: AnnouncedRecord, why: str, path: Path
    ) -> ActEntry:
        """Note what a shipment announces.

        Args:
            writer: In the transaction that makes it visible.
            record: The shipment under its number.
            why: In words.
            path: The file, for what is said where it fails.
        """
        return self._note(
            writer,
            ActEntry(
                scan_id=self.next_id(),
                time_utc=record.imported_utc,
                station=_station(writer, path),
                kind=ActKind.SHIPMENT_ANNOUNCED,
                operator=THE_STATION,
                role=Role.WITNESS,
                reason_text=why,
                reference=record.shipment_id,
                software_version=self.version,
                announced=record,
            ),
            shipment_subject(record.number),
        )

    def _note(self, writer: sqlite3.Connection, act: ActEntry, subject: str) -> ActEntry:
        act = replace(act, seal=self.sign(sealed(act)))
        writer.execute(INSERT_NOTED, (act.scan_id, subject, encode(act)))
        return act


def recorded(
    connection: sqlite3.Connection, operator: Operator, check: SealCheck
) -> PersonRecord | None:
    """What the station sealed of an operator, where they stand so; None where they do not.

    Args:
        connection: On the station's database.
        operator: As their newest row says.
        check: Checks the station's seals.
    """
    row = connection.execute(NEWEST_NOTE, (operator.name,)).fetchone()
    if row is None or not isinstance(row[0], bytes):
        return None
    try:
        act = decode(row[0])
    except UnreadableEntryError:
        return None
    if not isinstance(act, ActEntry) or act.person is None or act.scan_id != row[1]:
        return None
    stands = act.person == person_record(operator, act.person.pin)
    return act.person if stands and check(act.seal, sealed(act)) else None


def operator_subject(name: str) -> str:
    """What the notes call an operator."""
    return f"operator {name}"


def shipment_subject(number: int) -> str:
    """What the notes call a shipment's row."""
    return f"shipment {number}"


def _proof_of(by: str) -> Proof | None:
    """Whoever is enrolled changes nothing without their PIN."""
    if by == THE_STATION:
        return None
    return Proof.NAME if by == SITE_OWNER else Proof.PIN


def _station(writer: sqlite3.Connection, path: Path) -> str:
    row = writer.execute(STATION_NAME).fetchone()
    if row is None:
        raise storage_error(sqlite3.DatabaseError("it does not say whose it is"), path)
    return str(row[0])
