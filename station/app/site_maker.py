"""Makes a site folder, whole or not at all, and gives it the publisher it trusts.

A site is built in a hidden folder beside its place and renamed when it is complete, so that a
killed `station init` leaves no half site. Nothing that exists is ever replaced.
"""

import hashlib
import hmac
import os
import re
import shutil
from pathlib import Path
from typing import Final

import tomlkit

from station.app import config
from station.app.site_paths import SitePaths
from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError, StorageError, TrustError
from station.core.wording import Language
from station.storage import station_db
from station.storage.durable import sync_folder, write_atomically
from station.storage.key_files import write_station_key
from station.transport.tuf_client import MAX_ROOT_BYTES, PINNED_ROOT, check_root

FOLDER_MODE: Final = 0o750
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")

_TEMPLATE: Final = """\
# A site of the intake station. 'station doctor' checks this file.

[site]
name = {site}
# What the operators read: "en", "zh", "de" or "es".
language = {language}

[station]
# Part of every journal entry; other stations of the site need other names.
name = {station}

[sync]
# Where 'station sync' fetches the registry: a directory, or an https:// address.
from = {origin}

[policy]
# Every key: docs/reference/policy.md. 'station policy show' prints what counts.
# What becomes of a product no brand enrolled: "accept_note" or "hold".
unenrolled = "accept_note"
# A registry up to this old is fresh; then verdicts are flagged; then provisional.
fresh_hours = 26
amber_hours = 72
# Where quarantined units go; named on the screen.
# quarantine_lane = "tote Q-3"

# Where reads come from; repeat the section for each. 'station run' needs at least one.
# [[source]]
# use = "serial:/dev/serial/by-id/usb-…"

[dock]
# Whether a quarantine holds the dock until the tote's label is scanned.
latch = true
# The screen's colours: "teal" or "blue".
theme = "teal"
"""


def make_site(
    paths: SitePaths,
    name: str,
    station: str,
    origin: str,
    root: bytes | None,
    language: Language = Language.ENGLISH,
) -> None:
    """Make a site.

    Args:
        paths: Where.
        name: The site's name, checked.
        station: The station's name, checked.
        origin: Where it fetches its registry, or ``""``.
        root: The publisher's root file, checked, or None.
        language: What its operators read.

    Raises:
        ConfigurationError: Something is there already.
        StorageError: It cannot be made.
    """
    place = paths.root.absolute()
    building = SitePaths(place.with_name(f".{place.name}.{os.getpid()}.tmp"))
    try:
        need_empty(paths)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(building.root, ignore_errors=True)
        try:
            _fill(building, station, root, _text(name, station, origin, language))
            building.root.rename(place)
            sync_folder(place.parent)
        finally:
            shutil.rmtree(building.root, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"cannot make the site {paths.root}: {error.strerror or error}",
            "check the disk and the parent folder's rights, then try again",
        ) from error


def need_empty(paths: SitePaths) -> None:
    """Refuse a place where something is.

    Raises:
        ConfigurationError: Something is there already.
    """
    place = paths.root
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise ConfigurationError(
            f"{place} exists and is not an empty folder", "name another with --site"
        )


def _text(name: str, station: str, origin: str, language: Language) -> str:
    """A ``station.toml`` to begin with."""
    return _TEMPLATE.format(
        site=tomlkit.item(name).as_string(),
        language=tomlkit.item(language.value).as_string(),
        station=tomlkit.item(station).as_string(),
        origin=tomlkit.item(origin).as_string(),
    )


def _fill(building: SitePaths, station: str, root: bytes | None, text: str) -> None:
    for folder in (building.root, building.registry, building.trust, building.runtime):
        folder.mkdir(mode=FOLDER_MODE)
    write_station_key(building.station_key, PrivateKey.generate(Algorithm.ED25519))
    station_db.create(building.station_db, station)
    if root is not None:
        write_atomically(building.trust / PINNED_ROOT, root)
    write_atomically(building.config, text.encode("utf-8"))
    config.load(building.config)
    sync_folder(building.root)


def read_root_file(path: Path) -> bytes:
    """What stands in a file that is said to be a publisher's root; nothing of it is checked yet.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_ROOT_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the root file {path}: {error.strerror or error}",
            "check its name and rights",
        ) from None


def read_root(path: Path, fingerprint: str) -> bytes:
    """Read a publisher's root file and check it against its fingerprint.

    Args:
        path: The file.
        fingerprint: SHA-256 of the file in hex, as it was told; spaces and colons do not count.

    Raises:
        ConfigurationError: The file cannot be read, or the fingerprint is none.
        TrustError: They do not belong together, or the file is no root metadata.
    """
    wanted = re.sub(r"[\s:]", "", fingerprint).lower()
    if not _FINGERPRINT.fullmatch(wanted):
        raise ConfigurationError(
            "the fingerprint is not 64 hexadecimal digits",
            "copy it from what 'station publish' printed",
        )
    content = read_root_file(path)
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), wanted):
        raise TrustError(
            f"{path} is not the root file of that fingerprint",
            "do not use it; ask the publisher for both again, each by its own way",
        )
    check_root(content)
    return content


def pin_root(paths: SitePaths, root: bytes) -> None:
    """Give a site without a publisher its root.

    Raises:
        ConfigurationError: It trusts a publisher already.
        StorageError: It cannot be written.
    """
    path = paths.trust / PINNED_ROOT
    if path.exists():
        raise ConfigurationError(
            f"site {paths.root} trusts a publisher already",
            "its publisher hands on new keys by itself, with 'station sync'; for another "
            "publisher make another site",
        )
    try:
        paths.trust.mkdir(mode=FOLDER_MODE, exist_ok=True)
        write_atomically(path, root)
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}", "check the folder's rights"
        ) from error
