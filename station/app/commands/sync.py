"""``station sync``: bring a site's registry up to date; may run while the engine does."""

import contextlib
import json
import time
from pathlib import Path

import click

from station.app import config
from station.app.clock import SystemClock
from station.app.event_upload import WAIT_S, prepared_upload, tell_of_upload
from station.app.options import json_option, site_option
from station.app.progress import progress
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError, ExitCode, StorageError
from station.storage import durable
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_shelf import SiteRegistryShelf
from station.storage.site_lock import SiteLock
from station.sync.refresh import RefreshStep, RefreshSummary, refresh
from station.sync.upload import UploadSummary
from station.transport.tuf_client import TufSource
from station.transport.tuf_fetch import open_origin


@click.command("sync")
@click.option(
    "--from",
    "origin",
    help="The publisher's directory or https:// address; otherwise [sync] from in station.toml.",
)
@click.option("--allow-http", is_flag=True, help="Allow an address that is not encrypted.")
@site_option
@json_option
def command(origin: str | None, allow_http: bool, site: Path, as_json: bool) -> int:
    """Fetch the newest registry, verify it, and switch to it; then send what happened here.

    Whatever cannot be trusted changes nothing. It may be killed at any time and run again. Events
    are sent where [upload] names a receiver; `station outbox` says what waits.
    """
    started = time.monotonic()
    paths = SitePaths(site)
    summary = refresh_site(paths, origin, allow_http=allow_http)
    _remember(paths, summary)
    settings = config.load(paths.config)
    sent = _send_events(paths, settings, allow_http) if settings.upload_to else None
    _show(summary, sent, round((time.monotonic() - started) * 1000), as_json)
    done = sent is None or not (sent.waiting or sent.refused)
    return ExitCode.DONE if done else ExitCode.NOT_ALL_ACCEPTED


def refresh_site(
    paths: SitePaths, origin: str | None, *, allow_http: bool = False
) -> RefreshSummary:
    """Refresh a site's registry.

    Args:
        paths: The site.
        origin: A directory or address; None for the one configured.
        allow_http: Whether an address may be unencrypted.

    Raises:
        ConfigurationError: There is no site, or nowhere to fetch from.
        TrustError: What was found cannot be trusted; nothing was changed.
        StorageError: Another refresh is at work, or something cannot be fetched or kept.
    """
    settings = config.load(paths.config)
    where = origin or settings.origin
    if not where:
        raise ConfigurationError(
            f"it is not known where site {settings.site} fetches its registry",
            f"name the publisher's directory or address with --from, or in {paths.config} "
            "as 'from' under [sync]",
        )

    lock = SiteLock(paths.root / "sync.lock", "station sync")
    try:
        lock.acquire()
    except StorageError as error:
        raise StorageError(error.message, "wait until it has ended, then run this again") from error
    try:
        fetcher, base = open_origin(where, allow_http=allow_http)
        source = TufSource(paths.trust, fetcher, base, durable)
        shelf = SiteRegistryShelf(RegistryFolder(paths.registry))
        steps = list(RefreshStep)
        with progress("sync", len(steps)) as told:
            return refresh(
                source,
                shelf,
                lambda step, what: told.at(steps.index(step), f"{step.value} {what}".rstrip()),
            )
    finally:
        lock.release()


def _remember(paths: SitePaths, summary: RefreshSummary) -> None:
    """Keep when it was, for 'station doctor'; that nobody can is no reason to fail."""
    told = {"time_utc": SystemClock().now_utc(), "generation": summary.generation.number}
    with contextlib.suppress(OSError):
        durable.write_atomically(paths.last_sync, json.dumps(told).encode("ascii"))


def _send_events(paths: SitePaths, settings: config.Settings, allow_http: bool) -> UploadSummary:
    with prepared_upload(paths, settings, allow_http=allow_http, wait_s=WAIT_S) as upload:
        return upload.uploader.run()


def _show(
    summary: RefreshSummary, sent: UploadSummary | None, duration_ms: int, as_json: bool
) -> None:
    generation = summary.generation
    fields = {
        "changed": summary.changed,
        "generation": generation.number,
        "previous_generation": summary.previous,
        "published_utc": generation.published_utc,
        "state_digest": generation.state_digest,
        "brands": summary.brands,
        "products": summary.products,
        "units": summary.units,
        "fetched_bytes": summary.fetched_bytes,
        "events_sent": None if sent is None else sent.sent,
        "events_refused": None if sent is None else sent.refused,
        "events_waiting": None if sent is None else sent.waiting,
        "duration_ms": duration_ms,
    }
    status = "now at" if summary.changed else "already at"
    put_line(
        as_json,
        fields,
        f"{status} generation {generation.number} of {generation.published_utc}: "
        f"products {summary.products}, units {summary.units}"
        + ("" if sent is None else f"; events sent {sent.sent}, waiting {sent.waiting}"),
    )
    if sent is not None:
        tell_of_upload(sent)
