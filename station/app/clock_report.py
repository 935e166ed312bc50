"""What a site knows of its clock, for commands that look at it without an engine."""

from contextlib import closing

from station.app.clock import LinuxClock
from station.app.site_paths import SitePaths
from station.core.clock_check import confirmed_mark
from station.core.errors import StorageError
from station.intake.clock_watch import ClockWatch
from station.ports.clock import MachineClock
from station.storage.clock_file import ClockFile
from station.storage.journal_reader import JournalReader
from station.storage.registry_generations import RegistryFolder


def clock_watch_of(paths: SitePaths, machine: MachineClock | None = None) -> ClockWatch:
    """Look at a site's clock as its engine does; nothing is kept or told.

    A registry that cannot be opened bears no witness.

    Args:
        paths: The site.
        machine: The clock; this machine's by default.

    Raises:
        StorageError: The station's database cannot be read.
    """
    with JournalReader(paths.station_db) as journal:
        last = journal.last_line()
    try:
        with closing(RegistryFolder(paths.registry).open_current(warm=False)) as registry:
            published_utc = registry.generation.published_utc
    except StorageError:
        published_utc = ""
    return ClockWatch(machine or LinuxClock(), ClockFile(paths.clock), lambda: published_utc, last)


def confirm_clock(paths: SitePaths, machine: MachineClock | None = None) -> None:
    """Remember that the clock is right, by somebody's word. An engine at work sees it in a second.

    Raises:
        StorageError: It cannot be kept, or the station's database cannot be read.
    """
    memory = ClockFile(paths.clock)
    with JournalReader(paths.station_db) as journal:
        seq, _ = journal.last_line()
    memory.keep(confirmed_mark((machine or LinuxClock()).read(), memory.recall(), seq))
