"""A site's configuration: read once, strictly, into typed values.

Unknown keys are refused with the nearest known one; every error names the file and the key.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from station.core.errors import ConfigurationError
from station.core.policy import SitePolicy
from station.core.policy_keys import PolicyError, read_site_policy
from station.core.wording import Language
from station.sync.streams import Profile

MAX_CONFIG_BYTES: Final = 1 << 20

_Decoded = TypeVar("_Decoded")

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
Minutes = Annotated[float, msgspec.Meta(ge=1, le=24 * 60)]


class SiteSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[site]``: its name, and the language of its operators."""

    name: Name
    language: Literal["en", "zh", "de", "es"] = "en"


class StationSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[station]``."""

    name: Name


class SyncSection(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}
):
    """``[sync]``: where the registry comes from, how it is reached, where figures go."""

    origin: str = ""
    allow_http: bool = False
    proxy: str = ""
    proxy_login_file: str = ""
    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""
    metrics_file: str = ""


class RegistrySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[registry]``: whether products whose signatures prove issuance are held in full."""

    profile: Literal["full", "compact"] = "full"


class UploadSection(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"address": "to"}
):
    """``[upload]``: where events go, a capture interface's address, and the file with its token."""

    address: str = ""
    token_file: str = ""


Affix = Annotated[str, msgspec.Meta(max_length=32)]
Unit = Annotated[int, msgspec.Meta(ge=1, le=247)]
Coil = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class CameraSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[source.camera]``: how a local camera's driver is set; what is left out it decides."""

    width: Annotated[int, msgspec.Meta(ge=16, le=16_384)] | None = None
    height: Annotated[int, msgspec.Meta(ge=16, le=16_384)] | None = None
    frames_per_s: Annotated[float, msgspec.Meta(gt=0, le=1000)] | None = None
    fourcc: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9 ]{4}\Z")] | None = None
    exposure_ms: Annotated[float, msgspec.Meta(ge=0.1, le=1000)] | None = None
    gain: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    focus: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None


class SourceSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[[source]]``: ``use = "serial:/dev/serial/by-id/…"``, and how a reader is set."""

    use: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    framing: Literal["lines", "ssi", "gm65"] = "lines"
    terminator: Literal["any", "cr", "lf", "crlf", "etx"] = "any"
    prefix: Affix = ""
    suffix: Affix = ""
    baud: int = 9600
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    feedback: Literal["none", "honeywell", "datalogic", "zebra"] = "none"
    quarantine_disables: bool = False
    camera: CameraSection | None = None


class CoilsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[output.coils]``: the coil of each part, counted from 0."""

    red: Coil | None = None
    amber: Coil | None = None
    green: Coil | None = None
    buzzer: Coil | None = None
    gate: Coil | None = None


class OutputSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[[output]]``: ``use = "board:/dev/serial/by-id/…"``, and how it is set."""

    use: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    unit: Unit = 1
    baud: int = 9600
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    coils: CoilsSection | None = None
    product_class: Literal["AB", "XX"] = "AB"
    dwell_ms: Annotated[int, msgspec.Meta(ge=50, le=10_000)] = 2000
    timeout_ms: Annotated[int, msgspec.Meta(ge=100, le=5000)] = 1000


class DockSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[dock]``: whether a quarantine latches, who signs in how, and the screen's colours."""

    latch: bool = True
    theme: Literal["teal", "blue"] = "teal"
    require_sign_in: bool = False
    idle_sign_out_minutes: Minutes = 15.0


class PicturesSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[pictures]``: for how long evidence pictures are kept, and how much room they take."""

    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 180
    max_mb: Annotated[int, msgspec.Meta(ge=10, le=1_000_000)] = 2000


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``station.toml``."""

    site: SiteSection
    station: StationSection
    sync: SyncSection = SyncSection()
    registry: RegistrySection = RegistrySection()
    upload: UploadSection = UploadSection()
    policy: dict[str, Any] = {}
    source: list[SourceSection] = []
    output: list[OutputSection] = []
    dock: DockSection = DockSection()
    pictures: PicturesSection = PicturesSection()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a site is configured to be.

    Attributes:
        site: The site's name.
        station: The station's name; part of every journal entry.
        origin: Where `station sync` fetches, or ``""``.
        profile: Whether products whose signatures prove issuance are held in full.
        upload_to: Where events are sent, or ``""``.
        token_file: Holds the token for that, relative to the site folder, or ``""``.
        policy: The site's choices, versioned by their content.
        language: What its operators read.
        sources: Source specifications in order.
        source_sections: How the sources are set, by specification.
        outputs: How the outputs are set, in order.
        latch: Whether a quarantine latches the dock.
        theme: The dock screen's colours.
        require_sign_in: Whether nothing is taken in while nobody is signed in.
        idle_sign_out_minutes: Who did nothing at the dock for so long is signed out.
        pictures: How long evidence pictures are kept, and how much room they take.
        sync: How the registry's source is reached, and where a run's figures go.
    """

    site: str
    station: str
    origin: str
    profile: Profile
    upload_to: str
    token_file: str
    policy: SitePolicy
    sources: tuple[str, ...]
    latch: bool
    theme: str
    language: Language = Language.ENGLISH
    require_sign_in: bool = False
    idle_sign_out_minutes: float = 15.0
    source_sections: Mapping[str, SourceSection] = field(default_factory=dict)
    outputs: tuple[OutputSection, ...] = ()
    pictures: PicturesSection = field(default_factory=PicturesSection)
    sync: SyncSection = field(default_factory=SyncSection)
    file: Path = field(default=Path("station.toml"))


def load(path: Path) -> Settings:
    """Read a site's ``station.toml``.

    Raises:
        ConfigurationError: The file is missing, unreadable, not TOML, or a key or value is wrong;
            the message names file, key and the nearest valid key.
    """
    document = _decoded(
        path,
        Document,
        ConfigurationError(
            f"there is no site at {path.parent}",
            "make one with 'station init', or name one with --site DIR",
        ),
    )
    return Settings(
        site=document.site.name,
        station=document.station.name,
        origin=document.sync.origin,
        profile=Profile(document.registry.profile),
        upload_to=document.upload.address,
        token_file=document.upload.token_file,
        policy=_site_policy(path, document.policy, "policy."),
        sources=tuple(source.use for source in document.source),
        latch=document.dock.latch,
        theme=document.dock.theme,
        require_sign_in=document.dock.require_sign_in,
        idle_sign_out_minutes=document.dock.idle_sign_out_minutes,
        language=Language(document.site.language),
        source_sections={source.use: source for source in document.source},
        outputs=tuple(document.output),
        pictures=document.pictures,
        sync=document.sync,
        file=path,
    )


def load_policy(path: Path) -> SitePolicy:
    """Read a site's policy from a file of its own, or from the ``[policy]`` of a ``station.toml``.

    Raises:
        ConfigurationError: The file is missing, unreadable, not TOML, or a key or value is wrong;
            the message names file, key and the nearest valid key.
    """
    missing = ConfigurationError(f"there is no file {path}", "name a policy or a station.toml")
    table = _decoded(path, dict[str, Any], missing)
    if {"site", "station"} & table.keys():
        return load(path).policy
    inner = table.get("policy")
    if isinstance(inner, dict) and len(table) == 1:
        return _site_policy(path, inner, "policy.")
    return _site_policy(path, table, "")


def _decoded(path: Path, kind: type[_Decoded], missing: ConfigurationError) -> _Decoded:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_CONFIG_BYTES + 1)
    except FileNotFoundError:
        raise missing from None
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", "mend its rights"
        ) from None
    if len(text) > MAX_CONFIG_BYTES:
        raise ConfigurationError(f"{path} is longer than 1 MiB", "restore it from a backup")
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {error}", _advice(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}", "mend that line") from None


def _site_policy(path: Path, table: dict[str, Any], place: str) -> SitePolicy:
    try:
        return read_site_policy(table)
    except PolicyError as error:
        raise ConfigurationError(
            f"{path}: {place}{error.key}: {error.problem}", error.remedy
        ) from None


def _advice(problem: str) -> str:
    """The nearest valid key for an unknown one; otherwise the valid values' place."""
    unknown = re.search(r"unknown field `([^`]{1,80})`(?: - at `\$\.?([a-z_0-9\[\].]*)`)?", problem)
    if unknown is None:
        return "see docs/reference/configuration.md for what this key takes"
    section = re.sub(r"\[[^\]]*\]", "", unknown[2] or "").rpartition(".")[2]
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
        "registry": RegistrySection,
        "upload": UploadSection,
        "source": SourceSection,
        "output": OutputSection,
        "camera": CameraSection,
        "coils": CoilsSection,
        "dock": DockSection,
        "pictures": PicturesSection,
    }
    return [known.encode_name for known in msgspec.structs.fields(sections.get(section, Document))]
