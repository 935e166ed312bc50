"""Watches what a dock stands on besides its devices: registry age, waiting events, disk, a sync.

A thread of its own looks every few seconds, reads only, and tells what changed; nothing waits for
it. What cannot be looked at is told as such and tried again.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station.app.checkup import MIN_FREE_BYTES
from station.app.site_paths import SitePaths
from station.core.causes import Cause, Told, because, told
from station.core.errors import StationError
from station.core.facts import Freshness
from station.core.policy import SitePolicy
from station.intake.judge import freshness_of
from station.intake.ticker import Ticker
from station.ports.health import Health, HealthSink, HealthStatus
from station.storage.journal_reader import JournalReader
from station.storage.site_lock import lock_holder
from station.storage.upload_store import outbox_state

PERIOD_S: Final = 5.0

REGISTRY: Final = "registry"
OUTBOX: Final = "outbox"
DISK: Final = "disk"
SYNC: Final = "sync"

_NEARLY_FULL_BYTES: Final = 100_000_000
"""Below this a day's journal may not fit."""


@dataclass(frozen=True, slots=True)
class House:
    """What to look at.

    Attributes:
        paths: The site.
        policy: Says how old a registry may be.
        sends: Whether events are sent anywhere.
        published_utc: When the registry in use was published.
        now_utc: Wall clock, ISO 8601 with ``Z``.
        clock_is_wrong: Whether that cannot be believed.
    """

    paths: SitePaths
    policy: SitePolicy
    sends: bool
    published_utc: Callable[[], str]
    now_utc: Callable[[], str]
    clock_is_wrong: Callable[[], bool] = lambda: False


class HouseWatch:
    """Tells what changed, until it is closed.

    Args:
        house: What to look at.
        health: Told what changed.
        keep: Told at the first look what is well, which nobody waits to hear; that a registry is
            fresh not even it.
        period_s: Seconds between two looks.
    """

    def __init__(
        self, house: House, health: HealthSink, keep: HealthSink, period_s: float = PERIOD_S
    ) -> None:
        self._house = house
        self._health = health
        self._keep = keep
        # The registry's holder has told that there is one.
        self._told: dict[str, Health] = {
            REGISTRY: _ok(REGISTRY, ""),
            SYNC: _ok(SYNC, ""),
        }
        self._of_registry = house.published_utc()
        self._ticker = Ticker(self.look, period_s)

    def start(self) -> None:
        """Start the thread; the first look comes at once."""
        self._ticker.start()

    def close(self) -> None:
        """End the thread; idempotent."""
        self._ticker.close()

    def look(self) -> None:
        """Look at everything once, and tell what changed; never raises."""
        if self._of_registry != (published_utc := self._house.published_utc()):
            # With a new registry its holder said that all is well, which it need not be.
            self._of_registry = published_utc
            self._told[REGISTRY] = _ok(REGISTRY, "")
        for component, looked in _LOOKS.items():
            try:
                report = looked(self._house)
            except (StationError, OSError) as error:
                why = error.message if isinstance(error, StationError) else error
                report = Health(
                    component,
                    HealthStatus.WARNING,
                    f"not known: {error}",
                    because(Cause.NOT_KNOWN, getattr(error, "told", None), str(why)),
                )
            if self._told.get(component) != report:
                is_news = component in self._told or report.status is not HealthStatus.OK
                self._told[component] = report
                (self._health if is_news else self._keep)(report)


def _registry(house: House) -> Health:
    tier = freshness_of(house.published_utc(), house.now_utc(), house.policy)
    match Freshness.UNKNOWN if house.clock_is_wrong() else tier:
        case Freshness.FRESH:
            return _ok(REGISTRY, "")
        case Freshness.AMBER:
            hours = house.policy.fresh_hours
            text = f"older than {hours:g} h: run 'station sync'"
            told_of = told(Cause.REGISTRY_OLD, hours=f"{hours:g}")
            return Health(REGISTRY, HealthStatus.WARNING, text, told_of)
        case Freshness.STALE:
            hours = house.policy.amber_hours
            text = f"older than {hours:g} h, verdicts are provisional: run 'station sync'"
            told_of = told(Cause.REGISTRY_TOO_OLD, hours=f"{hours:g}")
            return Health(REGISTRY, HealthStatus.FAILED, text, told_of)
        case Freshness.UNKNOWN:
            text = "age not known: set the clock right"
            return Health(REGISTRY, HealthStatus.WARNING, text, told(Cause.REGISTRY_AGE_UNKNOWN))


def _outbox(house: House) -> Health:
    if not house.sends:
        return _ok(OUTBOX, "events stay here: [upload] names no receiver", told(Cause.EVENTS_STAY))
    with JournalReader(house.paths.station_db) as journal:
        state = outbox_state(house.paths.upload_db, journal)
    if state.refused:
        text = f"{state.refused} events were refused: see 'station outbox list'"
        told_of = told(Cause.EVENTS_REFUSED, count=state.refused)
        return Health(OUTBOX, HealthStatus.WARNING, text, told_of)
    late = state.oldest_utc and freshness_of(state.oldest_utc, house.now_utc(), house.policy)
    if late and late is not Freshness.FRESH:
        text = f"{state.waiting} events wait: run 'station outbox send'"
        told_of = told(Cause.EVENTS_WAIT, count=state.waiting)
        return Health(OUTBOX, HealthStatus.WARNING, text, told_of)
    return _ok(OUTBOX, "sent in time", told(Cause.EVENTS_SENT))


def _disk(house: House) -> Health:
    free_bytes = shutil.disk_usage(house.paths.root).free
    if free_bytes >= MIN_FREE_BYTES:
        return _ok(DISK, "room enough", told(Cause.DISK_ROOM))
    full = free_bytes < _NEARLY_FULL_BYTES
    status = HealthStatus.FAILED if full else HealthStatus.WARNING
    free_mb = free_bytes // 1_000_000
    told_of = told(Cause.DISK_LOW, count=free_mb)
    return Health(DISK, status, f"{free_mb} MB left: free some room", told_of)


def _sync(house: House) -> Health:
    holder = lock_holder(house.paths.sync_lock)
    if not holder:
        return _ok(SYNC, "")
    return _ok(SYNC, f"under way, {holder}", told(Cause.SYNC_UNDER_WAY, who=holder))


def _ok(component: str, text: str, told_of: Told | None = None) -> Health:
    return Health(component, HealthStatus.OK, text, told_of)


_LOOKS: Final[dict[str, Callable[[House], Health]]] = {
    REGISTRY: _registry,
    OUTBOX: _outbox,
    DISK: _disk,
    SYNC: _sync,
}
