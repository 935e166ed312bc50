"""A site's configuration: read once, strictly, into typed values.

Unknown keys are refused with the nearest known one; every error names the file and the key.
"""

import difflib
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from station.core.errors import ConfigurationError
from station.core.policy import SitePolicy
from station.core.registry import UnenrolledPolicy

MAX_CONFIG_BYTES: Final = 1 << 20

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
Hours = Annotated[float, msgspec.Meta(gt=0, le=24 * 366)]


class SiteSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[site]``."""

    name: Name


class StationSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[station]``."""

    name: Name


class SyncSection(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}
):
    """``[sync]``: where the registry comes from, a directory or an ``https://`` address."""

    origin: str = ""


class UploadSection(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"address": "to"}
):
    """``[upload]``: where events go, a capture interface's address, and the file with its token."""

    address: str = ""
    token_file: str = ""


class PolicySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[policy]``: see `station.core.policy.SitePolicy`."""

    unenrolled: Literal["accept_note", "hold"] = "accept_note"
    fresh_hours: Hours = 26.0
    amber_hours: Hours = 72.0


class SourceSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[[source]]``: ``use = "serial:/dev/serial/by-id/…"``."""

    use: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class DockSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[dock]``: whether a quarantine latches, and the screen's colours."""

    latch: bool = True
    theme: Literal["teal", "blue"] = "teal"


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``station.toml``."""

    site: SiteSection
    station: StationSection
    sync: SyncSection = SyncSection()
    upload: UploadSection = UploadSection()
    policy: PolicySection = PolicySection()
    source: list[SourceSection] = []
    dock: DockSection = DockSection()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a site is configured to be.

    Attributes:
        site: The site's name.
        station: The station's name; part of every journal entry.
        origin: Where `station sync` fetches, or ``""``.
        upload_to: Where events are sent, or ``""``.
        token_file: Holds the token for that, relative to the site folder, or ``""``.
        policy: The site's choices, versioned by their content.
        sources: Source specifications in order.
        latch: Whether a quarantine latches the dock.
        theme: The dock screen's colours.
    """

    site: str
    station: str
    origin: str
    upload_to: str
    token_file: str
    policy: SitePolicy
    sources: tuple[str, ...]
    latch: bool
    theme: str
    file: Path = field(default=Path("station.toml"))


def load(path: Path) -> Settings:
    """Read a site's ``station.toml``.

    Raises:
        ConfigurationError: The file is missing, unreadable, not TOML, or a key or value is wrong;
            the message names file, key and the nearest valid key.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_CONFIG_BYTES + 1)
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no site at {path.parent}",
            "make one with 'station init', or name one with --site DIR",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", "mend its rights"
        ) from None
    if len(text) > MAX_CONFIG_BYTES:
        raise ConfigurationError(f"{path} is longer than 1 MiB", "restore it from a backup")
    try:
        document = msgspec.toml.decode(text, type=Document)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {error}", _advice(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}", "mend that line") from None
    return _settings(document, path)


def _settings(document: Document, path: Path) -> Settings:
    policy = document.policy
    if policy.amber_hours < policy.fresh_hours:
        raise ConfigurationError(
            f"{path}: policy.amber_hours is less than policy.fresh_hours",
            "amber begins where fresh ends: make it the larger of the two",
        )
    version = hashlib.sha256(msgspec.json.encode(policy)).hexdigest()[:16]
    return Settings(
        site=document.site.name,
        station=document.station.name,
        origin=document.sync.origin,
        upload_to=document.upload.address,
        token_file=document.upload.token_file,
        policy=SitePolicy(
            version=version,
            unenrolled=UnenrolledPolicy(policy.unenrolled),
            fresh_hours=policy.fresh_hours,
            amber_hours=policy.amber_hours,
        ),
        sources=tuple(source.use for source in document.source),
        latch=document.dock.latch,
        theme=document.dock.theme,
        file=path,
    )


def _advice(problem: str) -> str:
    """The nearest valid key for an unknown one; otherwise the valid values' place."""
    unknown = re.search(r"unknown field `([^`]{1,80})`(?: - at `\$\.?([a-z_0-9\[\].]*)`)?", problem)
    if unknown is None:
        return "see docs/reference/configuration.md for what this key takes"
    section = re.sub(r"\[.*", "", unknown[2] or "")
    known = _keys_of(section)
    near = difflib.get_close_matches(unknown[1], known, n=1, cutoff=0.0)
    return f"did you mean {near[0]!r}? Known here: {', '.join(known)}"


def _keys_of(section: str) -> list[str]:
    """The keys of a section, or the sections where it is ``""``."""
    sections: dict[str, type[msgspec.Struct]] = {
        "": Document,
        "site": SiteSection,
        "station": StationSection,
        "sync": SyncSection,
        "upload": UploadSection,
        "policy": PolicySection,
        "source": SourceSection,
        "dock": DockSection,
    }
    return [known.encode_name for known in msgspec.structs.fields(sections.get(section, Document))]
