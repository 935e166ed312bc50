"""Holds the tables of operators and shipments to the journal: each row, field by field.

Two ways, which together leave nothing out. `differences` goes from the rows to their lines, and is
fast: a change of an operator or shipment is found by its id. `RecordWalk` goes from the lines to
their rows, as the journal's proof reads them, and so finds rows that are gone. A line that holds
such a row whole bears the station's seal, so that somebody who can write the file, but has not the
station's key, can neither change a row unseen nor make a line for it.

What is not held to anything: how many wrong PINs were tried, and when.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from station.core.acts import OF_SHIPMENTS, ActEntry, ActKind, sealed
from station.core.journal import Entry
from station.core.operators import THE_STATION
from station.core.records import AnnouncedRecord, Sum, pin_digest, sum_of
from station.core.shipments import ShipmentState
from station.core.text import printable
from station.storage import record_statements as sql
from station.storage.journal_codec import UnreadableEntryError, decode
from station.storage.journal_reader import JournalReader
from station.storage.notary import SealCheck, shipment_subject
from station.storage.shipment_notes import STATE_OF
from station.storage.shipment_statements import IMPORTING, REPLACED

_NOTHING: Final = "nothing"
_UPGRADE: Final = "run 'station db upgrade'"
_KEEP: Final = "keep the file for examination and put a backup back: station db restore FILE"
_MAX_SHOWN_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise in a table than the journal says.

    Attributes:
        table: The table.
        row: Which row, for people.
        field: What of it.
        journal: What the journal says.
        found: What the table says.
        mend: What to do.
    """

    table: str
    row: str
    field: str
    journal: str
    found: str
    mend: str

    @property
    def text(self) -> str:
        """The same in one sentence, no full stop."""
        return (
            f"{self.table}: {self.row}: {self.field} is {self.found}, "
            f"the journal says {self.journal}"
        )


def differences(
    journal: JournalReader,
    check_seal: SealCheck | None,
    announced: Mapping[int, ActEntry] | None = None,
) -> Iterator[Difference]:
    """Go from the rows to their lines.

    Args:
        journal: An open journal.
        check_seal: Checks the station's seals; None leaves them unchecked.
        announced: The lines of shipments by number, where they are known; otherwise they are
            looked for by the notes.

    Raises:
        StorageError: While iterating: the database cannot be read.
    """
    if any(journal.rows(sql.RECORDS_DUE)):
        said = "to be noted whole by the upgrade"
        yield Difference("operator", "all", "the journal's record", said, "not noted", _UPGRADE)
        return
    lines = _Lines(journal, check_seal)
    yield from _notes(journal, lines)
    yield from _operators(journal, lines)
    yield from _shipments(journal, lines, announced or {})


class _Lines:
    """Finds the line of a change: in the journal, or on its way there."""

    def __init__(self, journal: JournalReader, check_seal: SealCheck | None) -> None:
        self._journal = journal
        self._check_seal = check_seal

    def act(self, scan_id: str) -> ActEntry | None:
        stored = self._journal.find_stored(scan_id)
        try:
            if stored is not None:
                entry: Entry = stored.entry()
            else:
                noted = next(iter(self._journal.rows(sql.NOTED_BODY, (scan_id,))), None)
                if noted is None:
                    return None
                entry = decode(_bytes(noted[0]))
        except UnreadableEntryError:
            return None
        return entry if isinstance(entry, ActEntry) else None

    def at(self, seq: int) -> ActEntry | None:
        for stored in self._journal.after(seq - 1, 1):
            if stored.seq == seq:
                try:
                    entry = stored.entry()
                except UnreadableEntryError:
                    return None
                return entry if isinstance(entry, ActEntry) else None
        return None

    def is_sealed(self, act: ActEntry) -> bool:
        return self._check_seal is None or self._check_seal(act.seal, sealed(act))


def _notes(journal: JournalReader, lines: _Lines) -> Iterator[Difference]:
    """Whoever writes the journal passes a note over that the station did not seal."""
    for (body,) in journal.rows(sql.PENDING):
        try:
            act = decode(_bytes(body))
        except UnreadableEntryError:
            act = None
        if not isinstance(act, ActEntry) or not lines.is_sealed(act):
            named = act.scan_id if isinstance(act, ActEntry) else "unreadable"
            yield Difference("noted", named, "seal", _NOTHING, "not the station's", _KEEP)


def _operators(journal: JournalReader, lines: _Lines) -> Iterator[Difference]:
    newest: dict[str, ActEntry | None] = {}
    for row in journal.rows(sql.OPERATOR_ROWS):
        scan_id, time_utc, name, role, badge, active, by, what, language = row
        named = f"{_shown(name)}, change {_shown(scan_id)}"
        act = lines.act(str(scan_id))
        if act is None or act.kind is not ActKind.OPERATOR_CHANGED:
            newest[str(name)] = None
            mend = f"trust no badge and PIN of {_shown(name)} meanwhile; {_KEEP}"
            yield Difference("operator", named, "the row", _NOTHING, "there", mend)
            continue
        newest[str(name)] = act
        pairs: list[tuple[str, object, object]] = [
            ("time_utc", act.time_utc, time_utc),
            ("name", act.reference, name),
            ("changed_by", act.operator, by),
            ("what", act.reason_text, what),
        ]
        if act.person is not None:
            person = act.person
            read = "" if person.language is None else person.language.value
            pairs += [
                ("name", person.name, name),
                ("role", int(person.role), role),
                ("badge", person.badge, badge),
                ("active", int(person.active), active),
                ("language", read, language),
            ]
            if not lines.is_sealed(act):
                yield Difference("operator", named, "seal", "not the station's", "there", _KEEP)
        mend = f"trust no badge and PIN of {_shown(name)} meanwhile; {_KEEP}"
        yield from _unlike("operator", named, pairs, mend)
    yield from _as_they_stand(journal, newest)


def _as_they_stand(
    journal: JournalReader, newest: Mapping[str, ActEntry | None]
) -> Iterator[Difference]:
    """What the last line of each operator says of them must be whole, and of their PIN."""
    pins = {str(name): str(pin_hash) for name, pin_hash in journal.rows(sql.ALL_PINS)}
    for name, act in newest.items():
        if act is None:
            continue
        if act.person is None:
            mend = f"trust no badge and PIN of {_shown(name)} meanwhile; {_KEEP}"
            yield Difference("operator", _shown(name), "record", _NOTHING, "there", mend)
            continue
        found = pin_digest(name, pins.get(name, ""))
        if found != act.person.pin:
            mend = f"have an admin set a new one: station operator pin {_shown(name)}"
            was, now = _pin_words(act.person.pin), _pin_words(found)
            yield Difference("operator_pin", _shown(name), "PIN", was, now, mend)
    for name in pins.keys() - newest.keys():
        yield Difference("operator_pin", _shown(name), "the row", _NOTHING, "there", _KEEP)


def _pin_words(digest: str) -> str:
    return f"one of digest {digest[:16]}…" if digest else "none"


def _shipments(
    journal: JournalReader, lines: _Lines, announced: Mapping[int, ActEntry]
) -> Iterator[Difference]:
    states = yield from _events(journal, lines)
    rows = [row for row in journal.rows(sql.SHIPMENT_ROWS) if row[4] != IMPORTING]
    current = {str(row[1]): row[0] for row in rows}
    for number, shipment_id, kind, seller, state, expected, source, imported_utc in rows:
        named = f"{_shown(shipment_id)}, number {_shown(number)}"
        act = announced.get(_whole(number)) or _noted_shipment(journal, lines, _whole(number))
        if act is None or act.announced is None:
            yield Difference("shipment", named, "the row", _NOTHING, "there", _KEEP)
            continue
        if not lines.is_sealed(act):
            yield Difference("shipment", named, "seal", "not the station's", "there", _KEEP)
        said = act.announced
        due = REPLACED
        if current[str(shipment_id)] == number:
            due = states.get(str(shipment_id), ShipmentState.WAITING).value
        mend = (
            f"before it is at the dock import it again with --replace, from {_shown(said.source)}; "
            f"otherwise {_KEEP}"
        )
        pairs: list[tuple[str, object, object]] = [
            ("shipment_id", said.shipment_id, shipment_id),
            ("kind", said.kind.value, kind),
            ("seller", said.seller, seller),
            ("expected", said.expected, expected),
            ("source", said.source, source),
            ("imported_utc", said.imported_utc, imported_utc),
            ("state", due, state),
        ]
        yield from _unlike("shipment", named, pairs, mend)
        for table, whole in (("lines", said.lines), ("units", said.units), ("ssccs", said.ssccs)):
            found = sum_of(journal.rows(sql.CONTENTS[table], (_whole(number),)))
            if found != whole:
                was, now = _sum_words(whole), _sum_words(found)
                yield Difference(f"shipment_{table[:-1]}", named, table, was, now, mend)


def _noted_shipment(journal: JournalReader, lines: _Lines, number: int) -> ActEntry | None:
    for (scan_id,) in journal.rows(sql.NOTED_OF, (shipment_subject(number),)):
        act = lines.act(str(scan_id))
        if act is not None and act.announced is not None and act.announced.number == number:
            return act
    return None


def _events(
    journal: JournalReader, lines: _Lines
) -> Generator[Difference, None, dict[str, ShipmentState]]:
    """Hold the openings and closings to their lines; the state each shipment was left in."""
    states: dict[str, ShipmentState] = {}
    for shipment_id, state, time_utc, operator, seq in journal.rows(sql.SHIPMENT_EVENTS):
        act = lines.at(_whole(seq))
        named = f"{_shown(shipment_id)}, entry {_shown(seq)}"
        if act is None or act.kind not in STATE_OF:
            yield Difference("shipment_event", named, "the row", _NOTHING, "there", _KEEP)
            continue
        left = STATE_OF[act.kind]
        pairs: list[tuple[str, object, object]] = [
            ("shipment_id", act.reference, shipment_id),
            ("state", left.value, state),
            ("time_utc", act.time_utc, time_utc),
            ("operator", act.operator, operator),
        ]
        yield from _unlike("shipment_event", named, pairs, _KEEP)
        if left is ShipmentState.OPEN:
            for other, before in states.items():
                if before is ShipmentState.OPEN:
                    states[other] = ShipmentState.WAITING
        states[act.reference] = left
    return states


class RecordWalk:
    """Goes from the journal's lines to the rows they made; to be given every line in order.

    Attributes:
        announced: The lines of shipments by their number, so far.
    """

    def __init__(self, journal: JournalReader) -> None:
        self.announced: dict[int, ActEntry] = {}
        self._journal = journal
        self._whole: set[str] = set()
        self._scans = 0

    def take(self, seq: int, entry: Entry) -> Iterator[Difference]:
        """What is wrong with the rows of one line."""
        if not isinstance(entry, ActEntry):
            if entry.shipment:
                yield from self._scan(entry.shipment, seq)
            return
        if entry.kind is ActKind.OPERATOR_CHANGED:
            yield from self._change(entry)
        elif entry.kind is ActKind.SHIPMENT_ANNOUNCED and entry.announced is not None:
            yield from self._announcement(entry, entry.announced)
        elif entry.kind in OF_SHIPMENTS:
            if not self._has(sql.HAS_SHIPMENT_EVENT, entry.reference, seq):
                yield _gone("shipment_event", f"{_shown(entry.reference)}, entry {seq}")
        else:
            unit = entry.identity
            gtin, serial = ("", "") if unit is None else (unit.gtin, unit.serial)
            for (shipment_id,) in list(
                self._journal.rows(sql.SHIPMENTS_OF, (entry.about, gtin, serial, seq))
            ):
                yield from self._scan(str(shipment_id), seq)

    def end(self) -> Iterator[Difference]:
        """What is there beyond what the lines made."""
        there = next(iter(self._journal.rows(sql.SHIPMENT_SCANS)))[0]
        if there != self._scans:
            said, found = f"{self._scans} rows", f"{there} rows"
            yield Difference("shipment_scan", "all", "count", said, found, _KEEP)

    def _change(self, act: ActEntry) -> Iterator[Difference]:
        named = f"{_shown(act.reference)}, change {_shown(act.scan_id)}"
        if not self._has(sql.HAS_OPERATOR_ROW, act.scan_id):
            yield _gone("operator", named)
        if act.person is None:
            return
        if act.operator == THE_STATION and act.person.name in self._whole:
            yield Difference("operator", named, "record", "begun before", "begun anew", _KEEP)
        self._whole.add(act.person.name)

    def _announcement(self, act: ActEntry, record: AnnouncedRecord) -> Iterator[Difference]:
        named = f"{_shown(record.shipment_id)}, number {record.number}"
        if record.number in self.announced:
            yield Difference("shipment", named, "record", "made before", "made anew", _KEEP)
            return
        self.announced[record.number] = act
        if not self._has(sql.HAS_SHIPMENT_ROW, record.number):
            yield _gone("shipment", named)

    def _scan(self, shipment_id: str, seq: int) -> Iterator[Difference]:
        self._scans += 1
        if not self._has(sql.HAS_SHIPMENT_SCAN, shipment_id, seq):
            self._scans -= 1
            yield _gone("shipment_scan", f"{_shown(shipment_id)}, entry {seq}")

    def _has(self, statement: str, *values: str | int) -> bool:
        return any(True for _ in self._journal.rows(statement, values))


def _gone(table: str, row: str) -> Difference:
    return Difference(table, row, "the row", "there", "gone", _KEEP)


def _unlike(
    table: str, row: str, pairs: list[tuple[str, object, object]], mend: str
) -> Iterator[Difference]:
    for field, said, found in pairs:
        if said != found:
            yield Difference(table, row, field, _shown(said), _shown(found), mend)


def _sum_words(whole: Sum) -> str:
    return f"{whole.count} of digest {whole.sha256[:16]}…"


def _shown(value: object) -> str:
    return printable(str(value), _MAX_SHOWN_CHARS) or "empty"


def _whole(value: object) -> int:
    return value if isinstance(value, int) else -1


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
