"""``station sync``: bring a site's registry up to date; may run while the engine does."""

import contextlib
import time
from contextlib import closing
from pathlib import Path

import click

from station.app import config
from station.app.brand_folder import note
from station.app.clock import SystemClock
from station.app.clock_report import clock_watch_of
from station.app.event_upload import WAIT_S, prepared_upload, tell_of_upload
from station.app.last_sync import remember_sync
from station.app.low_priority import give_way
from station.app.noted_lines import journal_noted, site_notary
from station.app.options import complete_path, json_option, site_option
from station.app.progress import progress
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.app.sync_access import AccessOptions, access_options, source_access
from station.app.sync_report import SyncReport, write_metrics
from station.core.clock_check import words_of
from station.core.errors import ConfigurationError, StationError, StorageError
from station.storage import durable
from station.storage.announcement_shelf import SiteAnnouncements
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_shelf import SiteRegistryShelf
from station.storage.site_lock import SiteInUseError, SiteLock
from station.sync.refresh import RefreshStep, RefreshSummary, refresh
from station.sync.upload import UploadSummary
from station.transport.tuf_client import TufSource
from station.transport.tuf_fetch import open_origin


@click.command("sync")
@click.option(
    "--from",
    "origin",
    shell_complete=complete_path,
    help="The publisher's directory or https:// address; otherwise [sync] from in station.toml.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="Fetch every row again, whatever is held: the mend of a registry damaged on this disk.",
)
@access_options
@click.option(
    "--metrics",
    "metrics_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the run's figures there for Prometheus; otherwise [sync] metrics_file.",
)
@site_option
@json_option
def command(
    origin: str | None,
    whole: bool,
    options: AccessOptions,
    metrics_file: Path | None,
    site: Path,
    as_json: bool,
) -> int:
    """Fetch the newest registry, verify it, and switch to it; then send what happened here.

    Whatever cannot be trusted changes nothing. It may be killed at any time and run again. Events
    are sent where [upload] names a receiver, also when nothing could be fetched; `station outbox`
    says what waits.
    """
    started = time.monotonic()
    give_way()
    paths = SitePaths(site)
    settings = config.load(paths.config)
    summary: RefreshSummary | None = None
    sent: UploadSummary | None = None
    fault: StationError | None = None
    try:
        summary = refresh_site(paths, origin, options, whole=whole)
        _remember(paths, summary)
    except StationError as error:
        fault = error
    # A publisher that is away is no reason to hold events back; another run sends them itself.
    if settings.upload.address and not isinstance(fault, SiteInUseError):
        try:
            sent = _send_events(paths, settings, options)
        except StationError as error:
            fault = fault or error
    duration_ms = round((time.monotonic() - started) * 1000)
    in_use = _in_use(paths) if summary is None else summary.generation.number
    report = SyncReport(SystemClock().now_utc(), duration_ms, in_use, summary, sent, fault)
    # A run that was turned away is none: the figures are those of the run that holds the lock.
    if summary is not None or not isinstance(fault, SiteInUseError):
        _keep_metrics(paths, settings, metrics_file, report)
    if as_json or fault is None:
        put_line(as_json, report.fields(), "" if fault is not None else report.words())
    if summary is not None and summary.put_off:
        note(
            f"{summary.put_off}\n"
            "  the new registry is in use all the same; the next run tries again"
        )
    if left := report.left_words():
        note(f"{left}\n  'station shipment list' shows what is expected here")
    _tell_of_the_clock(paths)
    if sent is not None:
        tell_of_upload(sent)
    if fault is not None:
        raise fault
    return report.exit_code


def refresh_site(
    paths: SitePaths,
    origin: str | None,
    options: AccessOptions | None = None,
    *,
    whole: bool = False,
) -> RefreshSummary:
    """Refresh a site's registry.

    Args:
        paths: The site.
        origin: A directory or address; None for the one configured.
        options: What the command line says of the way there.
        whole: Fetch every row again, whatever is held.

    Raises:
        ConfigurationError: There is no site, or nowhere to fetch from.
        TrustError: What was found cannot be trusted; nothing was changed.
        SiteInUseError: Another refresh is at work.
        StorageError: Something cannot be fetched or kept.
    """
    settings = config.load(paths.config)
    options = options or AccessOptions()
    where = origin or settings.origin
    if not where:
        raise ConfigurationError(
            f"it is not known where site {settings.site} fetches its registry",
            f"name the publisher's directory or address with --from, or in {paths.config} "
            "as 'from' under [sync]",
        )
    access = source_access(paths, settings, options)
    allow_http = options.allow_http or settings.sync.allow_http
    fetcher, base = open_origin(where, allow_http=allow_http, access=access)

    steps = list(RefreshStep)
    lock = SiteLock(paths.sync_lock, "station sync", "wait until it has ended, then run this again")
    with closing(fetcher), lock, progress("sync", len(steps)) as told:

        def report(step: RefreshStep, what: str) -> None:
            told.at(steps.index(step), f"{step.value} {what}".rstrip())

        source = TufSource(paths.trust, fetcher, base, durable)
        shelf = SiteRegistryShelf(RegistryFolder(paths.registry))
        announcements = SiteAnnouncements(
            settings.site,
            paths.station_db,
            paths.announced,
            SystemClock().now_utc,
            lambda: site_notary(paths),
        )
        try:
            return refresh(source, shelf, report, settings.profile, announcements, whole=whole)
        finally:
            # Shipments count from when they are taken in; an engine journals them by itself.
            with contextlib.suppress(StorageError):
                journal_noted(paths, "station sync")


def _remember(paths: SitePaths, summary: RefreshSummary) -> None:
    """Keep when it was, for 'station doctor'; that nobody can is no reason to fail."""
    number, now_utc = summary.generation.number, SystemClock().now_utc()
    with contextlib.suppress(OSError):
        remember_sync(paths.last_sync, now_utc, number, summary.fallback)


def _tell_of_the_clock(paths: SitePaths) -> None:
    """By a clock that is behind, what has expired is taken for new: not in silence."""
    with contextlib.suppress(StorageError):
        finding = clock_watch_of(paths).finding()
        if finding is not None:
            note(
                f"the clock {words_of(finding)}\n"
                "  whether this is the publisher's newest is not known meanwhile"
            )


def _send_events(
    paths: SitePaths, settings: config.Settings, options: AccessOptions
) -> UploadSummary:
    with prepared_upload(paths, settings, options, WAIT_S) as upload:
        return upload.uploader.run()


def _in_use(paths: SitePaths) -> int | None:
    try:
        in_use = RegistryFolder(paths.registry).current()
    except StorageError:
        return None
    return None if in_use is None else in_use.number


def _keep_metrics(
    paths: SitePaths, settings: config.Settings, named: Path | None, report: SyncReport
) -> None:
    """Write the metrics where they are wanted; figures nobody can read are no reason to fail."""
    configured = settings.sync.metrics_file
    path = named or (paths.root / configured if configured else None)
    if path is None:
        return
    try:
        write_metrics(path, report, settings.site, settings.station)
    except OSError as error:
        note(
            f"the figures cannot be written to {path}: {error.strerror or error}\n"
            "  check the folder and its rights; the refresh itself is not touched by this"
        )
