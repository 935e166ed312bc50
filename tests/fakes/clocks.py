"""A machine's clocks that a test sets, and a memory of them."""

from dataclasses import dataclass, field

from station.core.clock_check import ClockMark, ClockReading
from station.core.errors import StorageError
from station.intake.clock_watch import moment_ms

HOUR_S = 3600
DAY_S = 24 * HOUR_S
START_UTC = "2026-01-01T01:00:00.000Z"


@dataclass
class FakeMachineClock:
    """Implements `MachineClock`; time passes, jumps and starts anew only when told."""

    utc_ms: int = moment_ms(START_UTC) or 0
    boot_ms: int = 5_000
    boot_id: str = "boot-1"
    synchronised: bool = False

    def read(self) -> ClockReading:
        return ClockReading(self.utc_ms, self.boot_ms, self.boot_id)

    def is_synchronised(self) -> bool:
        return self.synchronised

    def passes(self, seconds: float) -> None:
        """Time passes for everybody; the machine may sleep meanwhile."""
        self.utc_ms += int(seconds * 1000)
        self.boot_ms += int(seconds * 1000)

    def jumps(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.utc_ms += int(seconds * 1000)

    def starts_anew(self, off_s: float = 60.0) -> None:
        """The machine is off for so long by its own wall clock, then started."""
        self.utc_ms += int(off_s * 1000)
        self.boot_ms = 3_000
        self.boot_id = f"boot-{int(self.boot_id.partition('-')[2]) + 1}"


@dataclass
class FakeClockMemory:
    """Implements `ClockMemory` in memory; set `fault` to make `keep` raise it."""

    kept: list[ClockMark] = field(default_factory=list)
    fault: StorageError | None = None

    def recall(self) -> ClockMark | None:
        return self.kept[-1] if self.kept else None

    def keep(self, mark: ClockMark) -> None:
        if self.fault is not None:
            raise self.fault
        self.kept.append(mark)
