"""Scanner watch: tells health which source shows which fault, how often, until it is mended.

It stands before whoever shows verdicts and passes everything on. Counts are those of the open
maintenance tickets, so a restart forgets nothing; the tickets themselves are written with the
journal (`station.storage.tickets`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from station.core.causes import Cause, told
from station.core.diagnosis.faults import FAULT_RULES, ScannerFault
from station.core.journal import JournalEntry
from station.core.tickets import Ticket, faults_shown
from station.intake.announcing import reader_name
from station.intake.relay import Relay
from station.ports.health import Health, HealthStatus
from station.ports.outcomes import Outcomes

COMPONENT = "maintenance"
"""The health component; the reader's name follows after a colon."""


class ScannerWatch(Relay):
    """Counts what durable verdicts show of their scanners; what was not journalled does not count.

    Args:
        outcomes: Told everything, and health besides.
    """

    def __init__(self, outcomes: Outcomes) -> None:
        super().__init__(outcomes)
        self._reads: defaultdict[str, Counter[ScannerFault]] = defaultdict(Counter)

    def recall(self, tickets: Iterable[Ticket]) -> None:
        """Begin with the tickets that are open; before any entry."""
        sources = set()
        for ticket in tickets:
            self._reads[ticket.source][ticket.fault] = ticket.count
            sources.add(ticket.source)
        for source in sorted(sources):
            self._tell(source)

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Pass a verdict on, then count what its read shows of its scanner."""
        super().durable(entry, commit_ms)
        faults = faults_shown(entry)
        if faults:
            reads = self._reads[entry.source]
            reads.update(faults)
            if any(_is_news(reads[fault]) for fault in faults):
                self._tell(entry.source)

    def _tell(self, source: str) -> None:
        shown = ", ".join(
            f"{FAULT_RULES[fault].text} ({count} {'read' if count == 1 else 'reads'})"
            for fault, count in self._reads[source].most_common()
        )
        counted: Counter[str] = Counter()
        for fault, count in self._reads[source].items():
            counted[FAULT_RULES[fault].reason.value] += count
        faults = ", ".join(f"{name}={count}" for name, count in counted.most_common())
        self.health(
            Health(
                f"{COMPONENT}:{reader_name(source)}",
                HealthStatus.WARNING,
                f"{shown}: see 'station scanner tickets'",
                told(Cause.SCANNER_FAULTS, faults=faults),
            )
        )


def _is_news(count: int) -> bool:
    """Whether a count is worth a report: 1, 2, 5, 10, 20, 50, 100 and so on."""
    while count % 10 == 0:
        count //= 10
    return count in (1, 2, 5)
