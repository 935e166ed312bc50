"""Changes of a site's operators, and their PINs. Implements `station.ports.identification`.

For the operator commands and for the engine's PIN checks. It may write beside a running engine: its
transactions are a few rows long, and touch no table of the journal's. Who is allowed to change
what is the caller's matter.

Promises: of a PIN only its hash is kept, and nothing of it is told; a try is counted durably before
it is judged, so that neither a kill nor many processes at once give more tries; a clock that was
put back shortens no wait and lengthens none.
"""

from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from station.core.causes import Cause
from station.core.crypto import hash_pin, is_pin
from station.core.errors import ConfigurationError, NotIdentifiedError
from station.core.operators import FREE_TRIES, Actor, Operator, OperatorChange, pin_problem, wait_s
from station.core.records import pin_digest
from station.core.telling import failure
from station.core.text import printable
from station.ports.clock import Clock
from station.storage.database import WritableDatabase
from station.storage.notary import Notary, recorded
from station.storage.operator_statements import (
    COUNT_TRY,
    FIND_ACTIVE,
    FIND_PIN,
    INSERT_CHANGE,
    PUT_PIN,
    RIGHT_PIN,
)
from station.storage.roster_reader import find_operator
from station.storage.sqlite import faults_told, typed_rows
from station.storage.station_schema import STATION


class _PinRow(NamedTuple):
    pin_hash: str
    wrong: int
    tried_utc: str


class OperatorBook(WritableDatabase):
    """An open connection that writes."""

    def __init__(self, path: Path, clock: Clock, notary: Notary) -> None:
        """Open a station's database.

        Args:
            path: The file.
            clock: For the wait after wrong PINs.
            notary: Seals the journal's line of each change.

        Raises:
            StorageError: The file is missing, damaged or of another schema.
        """
        super().__init__(path, STATION)
        self._clock: Final = clock
        self._notary: Final = notary

    def record(self, change: OperatorChange, before: Operator | None, pin: str = "") -> None:
        """Write a change, a new PIN with it, and note the journal's line of both.

        Args:
            change: What is so from now on.
            before: What the change was made from; None for a new operator.
            pin: The new PIN, or ``""`` for no change of it.

        Raises:
            ConfigurationError: Somebody else changed the operator meanwhile, or the PIN is none.
            StorageError: Nothing was written.
        """
        problem = pin_problem(pin) if pin else None
        if problem is not None:
            raise failure(ConfigurationError, problem)
        pin_hash = hash_pin(pin) if pin else ""
        after = change.after
        with self._transaction(), faults_told(self.path):
            if find_operator(self._connection, after.name, self.path) != before:
                raise failure(ConfigurationError, Cause.CHANGED_MEANWHILE, name=after.name)
            self._connection.execute(
                INSERT_CHANGE,
                (
                    change.scan_id,
                    change.time_utc,
                    after.name,
                    int(after.role),
                    after.badge,
                    int(after.active),
                    change.by,
                    change.what,
                    "" if after.language is None else after.language.value,
                ),
            )
            if pin_hash:
                self._connection.execute(PUT_PIN, (after.name, pin_hash))
            self._notary.note_change(self._connection, change, self.path)

    def identify(self, name: str, pin: str) -> Actor:
        """The operator of this name, proven where a PIN is given; who has one must give it.

        Raises:
            NotIdentifiedError: Nobody active has this name; or a PIN was given, and none or
                another one is set, or too many wrong ones were tried; or one is set, and none
                was given; or their row or PIN is not what the station sealed.
            StorageError: The database cannot be read, or the try cannot be counted.
        """
        with self._transaction(), faults_told(self.path):
            operator = find_operator(self._connection, name, self.path)
            if operator is None or not operator.active:
                raise failure(NotIdentifiedError, Cause.NOT_ENROLLED, name=printable(name, 20))
            kept = self._pin_of(name)
            record = recorded(self._connection, operator, self._notary.check)
            pin_hash = "" if kept is None else kept.pin_hash
            if record is None or record.pin != pin_digest(name, pin_hash):
                raise failure(NotIdentifiedError, Cause.RECORD_FORGED, name=name)
            if not pin:
                if kept is not None:
                    raise failure(NotIdentifiedError, Cause.PIN_NOT_GIVEN, name=name)
                return Actor(name, operator.role)
            if kept is None:
                raise failure(NotIdentifiedError, Cause.HAS_NO_PIN, name=name)
            now_utc = self._clock.now_utc()
            left_s = _wait_left_s(kept, now_utc)
            if left_s > 0:
                raise failure(NotIdentifiedError, Cause.PIN_LOCKED, name=name, span=left_s)
            self._connection.execute(COUNT_TRY, (now_utc, name))
        if not is_pin(pin, kept.pin_hash):
            wrong = kept.wrong + 1
            span = wait_s(wrong)
            if span:
                raise failure(NotIdentifiedError, Cause.PIN_WRONG_WAIT, name=name, span=span)
            left = FREE_TRIES - wrong
            raise failure(NotIdentifiedError, Cause.PIN_WRONG, name=name, left=left)
        with self._transaction(), faults_told(self.path):
            self._connection.execute(RIGHT_PIN, (name, kept.pin_hash))
        return Actor(name, operator.role, proven=True)

    def has_people(self) -> bool:
        """Whether anybody is enrolled who was not removed.

        Raises:
            StorageError: The database cannot be read.
        """
        with self._transaction(), faults_told(self.path):
            return self._connection.execute(FIND_ACTIVE).fetchone() is not None

    def _pin_of(self, name: str) -> _PinRow | None:
        rows = self._connection.execute(FIND_PIN, (name,)).fetchall()
        return next(iter(typed_rows(rows, _PinRow, self.path)), None)


def _wait_left_s(kept: _PinRow, now_utc: str) -> int:
    """Seconds until the next try; never more than the whole wait, whatever the clock did."""
    whole_s = wait_s(kept.wrong)
    if whole_s == 0:
        return 0
    try:
        passed = datetime.fromisoformat(now_utc) - datetime.fromisoformat(kept.tried_utc)
    except (ValueError, TypeError):
        return whole_s
    return whole_s - min(whole_s, max(0, int(passed.total_seconds())))
