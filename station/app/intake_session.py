"""Everything a site's intake needs, opened in order and closed in reverse.

Used by `station scan` and `station run`: the lock, the station database, the registry, the judge,
the loop and the committer, wired together.
"""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station import __version__
from station.app.clock import LinuxClock, SystemClock, UlidScanIds
from station.app.config import Settings, load
from station.app.evidence import make_bureau
from station.app.noted_lines import notary_of
from station.app.registry_holder import RegistryHolder
from station.app.site_paths import SitePaths
from station.app.sources import SourceTools, make_sources
from station.app.standing_latch import settle_latch
from station.core.codes import Algorithm
from station.core.crypto import PrivateKey, PublicKey
from station.core.errors import ConfigurationError
from station.intake.asking import ActDesk
from station.intake.badge_desk import BadgeDesk, Place
from station.intake.clock_watch import ClockJournal, ClockReport, ClockWatch
from station.intake.committer import Committer
from station.intake.effects import Effects
from station.intake.engine import Engine
from station.intake.evidence import Bureau, EvidenceKeeper, FrameMemory
from station.intake.judge import Bench, Judge
from station.intake.latch import Latch
from station.intake.loop import VerdictLoop
from station.intake.pin_desk import PinDesk
from station.intake.policies import PolicyBook
from station.intake.scanner_watch import ScannerWatch
from station.intake.shipment_acts import ShipmentActs
from station.intake.shipment_desk import ShipmentDesk
from station.intake.ticker import Ticker
from station.ports.actuators import Actuator
from station.ports.health import HealthSink
from station.ports.outcomes import Outcomes
from station.ports.sources import CaptureSink, Source
from station.storage.clock_file import ClockFile
from station.storage.latch_file import LatchFile
from station.storage.operator_book import OperatorBook
from station.storage.registry_generations import CURRENT, RegistryFolder
from station.storage.review_reader import ReviewReader
from station.storage.roster_reader import RosterReader
from station.storage.shipment_book import SqliteShipmentBook
from station.storage.site_lock import SiteLock
from station.storage.station_db import SqliteStationStore, open_store
from station.storage.tickets import TicketReader


@dataclass(frozen=True, slots=True)
class OpenSite:
    """A site opened for writing by this process alone.

    Attributes:
        paths: Its layout.
        settings: Its configuration.
        policies: What counts here for which product.
        store: Journal and claims.
        reviews: The review list and fetch tasks.
        holder: The registry in use.
        site_key: The station's own public key, which verifies its tote labels.
        roster: Who is enrolled, for the verdict loop.
        book: Operators' PINs, for whoever checks them.
        clock: The machine's clocks.
        scan_ids: Names reads.
        shipments: The shipment at the dock.
        bureau: What evidence pictures are kept with.
        clock_watch: Whether the wall clock can be believed.
    """

    paths: SitePaths
    settings: Settings
    policies: PolicyBook
    store: SqliteStationStore
    reviews: ReviewReader
    holder: RegistryHolder
    site_key: PublicKey
    roster: RosterReader
    book: OperatorBook
    clock: SystemClock
    scan_ids: UlidScanIds
    shipments: ShipmentDesk
    bureau: Bureau
    clock_watch: ClockWatch


@contextmanager
def open_site(
    root: Path, command: str, health: HealthSink, flags: Sequence[str] = ()
) -> Iterator[OpenSite]:
    """Open a site as its one writer.

    Args:
        root: The site folder.
        command: What holds the lock, for whoever finds it held.
        health: Told about the registry.
        flags: Keys of the configuration given to the command, ``KEY=VALUE``.

    Raises:
        ConfigurationError: There is no site, or it is configured wrongly.
        StorageError: The site is in use, or a database is missing, damaged or of another schema.
    """
    paths = SitePaths(root)
    settings = load(paths.config, flags)
    key = load_station_key(paths)
    clock = SystemClock()
    policies = PolicyBook(settings.policy)
    with ExitStack() as stack:
        stack.enter_context(SiteLock(paths.lock, command))
        store = open_store(paths.station_db, signer=key.sign, policy_text=policies.text)
        stack.callback(store.close)
        settle_latch(LatchFile(paths.latch, health), paths.station_db)
        roster = RosterReader(paths.station_db, key.public_key.verify)
        stack.callback(roster.close)
        book = OperatorBook(paths.station_db, clock, notary_of(key))
        stack.callback(book.close)
        reviews = stack.enter_context(ReviewReader(paths.station_db))
        # A connection of its own: the review list above is the verdict loop's.
        pictured = stack.enter_context(ReviewReader(paths.station_db))
        announced = SqliteShipmentBook(paths.station_db)
        stack.callback(announced.close)
        shipments = ShipmentDesk(announced)
        shipments.resume()
        folder = RegistryFolder(paths.registry)
        holder = RegistryHolder(
            paths.registry / CURRENT, lambda warm: folder.open_current(warm=warm), clock, health
        )
        stack.callback(holder.close)
        scan_ids = UlidScanIds()
        clock_watch = ClockWatch(
            LinuxClock(),
            ClockFile(paths.clock),
            lambda: holder.generation.published_utc,
            store.last_line(),
        )
        yield OpenSite(
            paths,
            settings,
            policies,
            store,
            reviews,
            holder,
            key.public_key,
            roster,
            book,
            clock,
            scan_ids,
            shipments,
            make_bureau(paths, settings, pictured, clock, scan_ids, clock_watch.is_wrong),
            clock_watch,
        )


def load_station_key(paths: SitePaths) -> PrivateKey:
    """The station's own key.

    Raises:
        ConfigurationError: It is missing, unreadable or not an Ed25519 key.
    """
    path = paths.station_key
    try:
        key = PrivateKey.from_pem(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the station's key {path}: {error.strerror}",
            "run as the user who owns the site, or restore the key from a backup",
        ) from None
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}", "restore the key from a backup") from None
    if key.algorithm is not Algorithm.ED25519:
        raise ConfigurationError(f"{path} is no Ed25519 key", "restore the key from a backup")
    return key


SWITCH_S: Final = 0.001
"""How long one thread may keep the interpreter from another that waits for it. Python's own 5 ms
are longer than a commit: decoding threads would hold the loop and the journal writer up."""


def favour_the_loop() -> None:
    """Set the interpreter up for making verdicts; to be called when everything is imported.

    What is there by now stays to the end, so the garbage collector need not go through it again: it
    is some 100,000 objects of libraries and settings, and a full round takes 60 ms of every thread.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()


def make_engine(
    site: OpenSite,
    specifications: Sequence[str],
    outcomes: Outcomes,
    *,
    is_dock: bool,
    seen: CaptureSink | None = None,
    outputs: Sequence[Actuator] = (),
) -> Engine:
    """Wire an engine; starts nothing.

    Args:
        site: The open site.
        specifications: Source specifications.
        outcomes: Told what became of every read, and of device health.
        is_dock: A dock waits for devices that are absent, and latches at a quarantine where the
            site is configured so, and acts through its outputs and its scanners; a single scan
            does none of it.
        outputs: What moves, lights up or sounds beside the scanners; started by the caller.
        seen: Told of every capture before the loop is.

    Raises:
        ConfigurationError: A source specification is wrong.
        DeviceError: A file or device is missing.
    """
    if specifications and site.settings.require_sign_in and not is_dock:
        raise ConfigurationError(
            f"{site.settings.file} says that nothing is taken in while nobody is signed in",
            "use 'station run' with a badge, or set dock.require_sign_in = false",
        )
    watch = ScannerWatch(outcomes)
    frames = FrameMemory()
    tools = SourceTools(
        site.clock,
        site.scan_ids,
        watch.health,
        waits_for_devices=is_dock,
        sections=site.settings.source_sections,
        seen=seen,
        frame_sink=frames.remember,
    )
    sources = make_sources(specifications, tools)
    bench = Bench(site.settings.station, site.policies, __version__)
    effects = Effects(watch, [*outputs, *_speaking(sources)] if is_dock else ())
    judge = Judge(
        bench, site.store, site.clock, site.shipments, effects.hindrance, site.clock_watch.is_wrong
    )
    latch: Latch | None = None
    if is_dock and site.settings.latch:
        latch = Latch(site.site_key, LatchFile(site.paths.latch, watch.health))

    def never_kept(scan_id: str) -> None:
        site.shipments.never_kept(scan_id)
        if latch is not None:
            latch.never_kept(scan_id)

    if specifications or is_dock:
        watch.recall(TicketReader(site.paths.station_db).open_tickets())
    evidence = EvidenceKeeper(effects, frames, site.bureau)
    committer = Committer(site.store, evidence, site.clock, judge.settle, never_kept)
    desk = ActDesk(
        bench, judge, site.store, site.reviews, committer, effects, site.clock, site.scan_ids
    )
    badges = _badge_desk(site, effects, committer) if is_dock else None
    shipments = ShipmentActs(bench, site.shipments, committer, effects, site.clock)
    loop = VerdictLoop(
        judge,
        site.holder.current,
        committer,
        effects,
        site.clock,
        desk,
        latch,
        badges,
        shipments,
        came_together=effects.came_together,
    )
    clock_report = ClockReport(
        site.clock_watch,
        watch.health,
        ClockJournal(site.settings.station, __version__, site.clock, site.scan_ids, committer.put),
    )

    def tick() -> None:
        clock_report.look()
        if badges is not None:
            loop.tick()

    pins = None
    if badges is not None:
        pins = PinDesk(site.book, lambda: badges.current, loop.submit, effects, site.clock)
    favour_the_loop()
    return Engine(sources, loop, committer, effects, pins, Ticker(tick), evidence)


def _speaking(sources: Sequence[Source]) -> list[Actuator]:
    """The sources that can be told something: scanners with a beeper of their own."""
    return [source for source in sources if isinstance(source, Actuator)]


def _badge_desk(site: OpenSite, outcomes: Outcomes, committer: Committer) -> BadgeDesk:
    """Where people sign in at this dock."""
    settings = site.settings
    place = Place(
        settings.station, __version__, settings.idle_sign_out_minutes, settings.require_sign_in
    )
    return BadgeDesk(
        place, site.site_key, site.roster, site.clock, site.scan_ids, outcomes, committer.put
    )
