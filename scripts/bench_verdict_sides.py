"""The two sides of `bench_verdict.py` as steps: the product's own, and the same by hand."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.bench_verdict_floor import Floor  # noqa: E402
from station import __version__  # noqa: E402
from station.app.clock import SystemClock  # noqa: E402
from station.core.advice import Advice  # noqa: E402
from station.core.causes import Told  # noqa: E402
from station.core.codes import Algorithm  # noqa: E402
from station.core.crypto import PrivateKey  # noqa: E402
from station.core.journal import JournalEntry  # noqa: E402
from station.core.parsing import parse  # noqa: E402
from station.core.policy import SitePolicy  # noqa: E402
from station.core.policy_keys import versioned  # noqa: E402
from station.core.reading import Capture, Read  # noqa: E402
from station.core.symbol import Symbol, SymbolFormat  # noqa: E402
from station.intake.judge import Bench, Judge, Presented  # noqa: E402
from station.intake.policies import PolicyBook  # noqa: E402
from station.ports.display import ActAnswer, Attendance, LatchState  # noqa: E402
from station.ports.health import Health  # noqa: E402
from station.storage import station_db  # noqa: E402
from station.storage.sqlite_registry import SqliteRegistry  # noqa: E402

STATION = "dock-1"
VERSIONS = {"policy_version": versioned(SitePolicy()).version, "software_version": __version__}
KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))


@dataclass(frozen=True)
class Scan:
    """One unit at the dock: what is read, and the id of the read."""

    payload: bytes
    scan_id: str


class Ours:
    """The product's own steps."""

    def __init__(self, registry: Path, database: Path) -> None:
        self._registry = SqliteRegistry(registry)
        station_db.create(database, STATION)
        self._store = station_db.open_store(database, signer=KEY.sign)
        self._clock = SystemClock()
        self._judge = Judge(
            Bench(STATION, PolicyBook(SitePolicy()), __version__), self._store, self._clock
        )

    def decide(self, scan: Scan) -> JournalEntry:
        """Parse, verify, look up, decide."""
        started_ns = self._clock.mono_ns()
        code = parse(scan.payload, "]d2", symbol_format=SymbolFormat.DATA_MATRIX)
        parsed_ns = self._clock.mono_ns()
        read = Read(scan.scan_id, Symbol(scan.payload, "]d2", SymbolFormat.DATA_MATRIX))
        return self._judge.judge(
            Presented(
                capture=Capture("bench", (read,), "", started_ns, started_ns),
                read=read,
                code=code,
                parse_ms=(parsed_ns - started_ns) / 1e6,
                claims=(),
                second_read=False,
                places_in_frame=1,
            ),
            self._registry,
        )

    def commit(self, entries: Sequence[JournalEntry]) -> None:
        """Make entries durable."""
        self._store.commit(entries)
        for entry in entries:
            self._judge.settle(entry)

    def forget(self, entries: Sequence[JournalEntry]) -> None:
        """Drop entries that will not be committed."""
        for entry in entries:
            self._judge.settle(entry)

    def close(self) -> None:
        """Release the files."""
        self._store.close()
        self._registry.close()


class ByHand:
    """The floor, behind the same face."""

    def __init__(self, registry: Path, database: Path) -> None:
        station_db.create(database, STATION)
        self._floor = Floor(
            registry,
            database,
            STATION,
            VERSIONS,
            KEY.sign,
        )

    def decide(self, scan: Scan) -> dict[str, object]:
        """Parse, verify, look up, decide."""
        return self._floor.decide(scan.payload, scan.scan_id)

    def commit(self, entries: Sequence[dict[str, object]]) -> None:
        """Make entries durable."""
        self._floor.commit(entries)

    def forget(self, entries: Sequence[dict[str, object]]) -> None:
        """Nothing to drop: nothing was kept."""

    def close(self) -> None:
        """Release the files."""
        self._floor.close()


class Silent:
    """Implements `station.ports.outcomes.Outcomes` without a screen."""

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Nobody is told."""

    def failed(
        self,
        entry: JournalEntry,  # noqa: ARG002 - the port's
        reason: str,
        why: Told | None = None,  # noqa: ARG002 - the port's
    ) -> None:
        """A benchmark that cannot write measures nothing."""
        raise RuntimeError(reason)

    def latched(self, state: LatchState) -> None:
        """Nobody is told."""

    def attended(self, attendance: Attendance) -> None:
        """Nobody signs in."""

    def notice(self, said: str | Advice | Told) -> None:
        """Nobody is told."""

    def answered(self, answer: ActAnswer) -> None:
        """Nobody asks."""

    def health(self, report: Health) -> None:
        """Nobody is told."""
