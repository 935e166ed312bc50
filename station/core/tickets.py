"""Maintenance tickets: what shows in the journal again and again and needs a hand, not a verdict.

A ticket collects what one source shows of one thing until somebody closes it; what shows after that
opens a new one. Everything in it is derived from journal entries.
"""

from dataclasses import dataclass
from enum import Enum

from station.core.diagnosis.faults import ScannerFault
from station.core.journal import JournalEntry


class TicketKind(Enum):
    """Stable names, as in the database and in JSON."""

    SCANNER_FAULT = "scanner_fault"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands.

    Attributes:
        number: Its number at this site, from 1.
        kind: What it is about.
        source: Which source shows it.
        fault: What it shows.
        count: How many reads showed it while the ticket was open.
        first_seq: The first entry of the journal that showed it.
        last_seq: The last one.
        first_utc: When that was, ISO 8601 with ``Z``.
        last_utc: Likewise.
    """

    number: int
    kind: TicketKind
    source: str
    fault: ScannerFault
    count: int
    first_seq: int
    last_seq: int
    first_utc: str
    last_utc: str


def faults_shown(entry: JournalEntry) -> tuple[ScannerFault, ...]:
    """What an entry adds to its source's tickets, each fault once."""
    return tuple(dict.fromkeys(entry.facts.scanner_faults))
