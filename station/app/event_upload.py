"""Sending a site's events, wired together: journal, memory of what was sent, receiver."""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.app.brand_folder import note
from station.app.clock import SystemClock
from station.app.config import Settings
from station.app.shipment_contents import contents_at_close
from station.app.site_paths import SitePaths
from station.app.sync_access import AccessOptions, receiver_access
from station.core.epcis import events_of
from station.core.epcis_events import place_of
from station.core.errors import ConfigurationError
from station.storage.journal_reader import JournalReader
from station.storage.key_files import read_key_file
from station.storage.site_lock import SiteLock
from station.storage.upload_store import UploadStore
from station.sync.upload import Patience, Uploader, UploadSummary
from station.transport.event_capture import EventCapture

WAIT_S: Final = 60.0
"""How long a receiver that cannot take anything is waited for, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One run, ready to go.

    Attributes:
        store: What is to be sent.
        uploader: Sends it.
    """

    store: UploadStore
    uploader: Uploader


@contextmanager
def opened_outbox(paths: SitePaths) -> Iterator[UploadStore]:
    """A site's outbox, for this process alone.

    Raises:
        StorageError: Another run is at work, or a database cannot be used.
    """
    with (
        SiteLock(
            paths.root / "upload.lock",
            "sending events",
            "wait until it has ended, then run this again",
        ),
        JournalReader(paths.station_db) as journal,
        UploadStore(paths.upload_db, journal) as store,
    ):
        yield store


@contextmanager
def prepared_upload(
    paths: SitePaths, settings: Settings, options: AccessOptions, wait_s: float
) -> Iterator[Upload]:
    """Everything a run needs.

    Args:
        paths: The site.
        settings: Its configuration; names a receiver.
        options: What the command line says of the way to the receiver.
        wait_s: How long a receiver that cannot take anything is waited for, in all.

    Raises:
        ConfigurationError: No receiver is configured, or how it is reached cannot be used.
        StorageError: As `opened_outbox`; or a token, key or login cannot be read.
    """
    section = settings.upload
    if not section.address:
        raise ConfigurationError(
            f"it is not known where site {settings.site} sends its events",
            f"name the receiver's address in {paths.config} as 'to' under [upload]",
        )
    token = _token(paths.root / section.token_file) if section.token_file else ""
    sink = EventCapture(
        section.address,
        token,
        allow_http=options.allow_http or section.allow_http,
        access=receiver_access(paths, settings, options),
    )
    patience = Patience(wait_s, time.sleep, random.SystemRandom().random)
    with closing(sink), opened_outbox(paths) as store:
        uploader = Uploader(
            store,
            sink,
            lambda entry: events_of(
                entry,
                lambda made: place_of(settings.site, made.station),
                store.find,
                lambda act: contents_at_close(paths.station_db, act),
            ),
            SystemClock(),
            patience,
        )
        yield Upload(store, uploader)


def tell_of_upload(summary: UploadSummary) -> None:
    """Say on standard error what was not taken, and what becomes of it."""
    if summary.text:
        note(f"{summary.text}\n  what waits is sent by the next run")
    if summary.refused:
        note("some events were refused\n  'station outbox list' says which and why")


def _token(path: Path) -> str:
    content = read_key_file(path, "put the receiver's token there, readable by its owner only")
    return content.decode("utf-8", "replace").strip()
