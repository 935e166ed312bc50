"""A site's configuration: read once, strictly, into typed values.

A flag counts before the environment, the environment before the file, the file before defaults.
Unknown keys are refused with the nearest known one; every error names the key, and the file with
its line or whatever else gave it.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from station.app.config_errors import advice, path_of, words_of_field
from station.app.config_layers import Layered, Origin, layered
from station.core.errors import ConfigurationError
from station.core.policy import Profile, SitePolicy
from station.core.policy_keys import Level, PolicyError, keys_of, plain_policy, read_site_policy
from station.core.text import printable
from station.core.wording import Language

MAX_CONFIG_BYTES: Final = 1 << 20

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
Minutes = Annotated[float, msgspec.Meta(ge=1, le=24 * 60)]


class SiteSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[site]``: its name, and the language of its operators."""

    name: Name
    language: Literal["en", "zh", "de", "es"] = "en"


class StationSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[station]``."""

    name: Name


class AccessSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a server is reached: part of ``[sync]`` and of ``[upload]``."""

    allow_http: bool = False
    proxy: str = ""
    proxy_login_file: str = ""
    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""


class SyncSection(
    AccessSection, frozen=True, forbid_unknown_fields=True, rename={"origin": "from"}
):
    """``[sync]``: where the registry comes from, how it is reached, where figures go."""

    origin: str = ""
    metrics_file: str = ""


class RegistrySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[registry]``: whether products whose signatures prove issuance are held in full."""

    profile: Literal["full", "compact"] = "full"


class UploadSection(
    AccessSection, frozen=True, forbid_unknown_fields=True, rename={"address": "to"}
):
    """``[upload]``: where events go, a capture interface's address; its token; how it is reached.

    Where it names no proxy, that of ``[sync]`` counts.
    """

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
    """``[dock]``: whether a quarantine latches, who signs in how, and how the screen is."""

    latch: bool = True
    theme: Literal["teal", "blue"] = "teal"
    kiosk: bool = False
    require_sign_in: bool = False
    idle_sign_out_minutes: Minutes = 15.0


class PicturesSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[pictures]``: for how long evidence pictures are kept, and how much room they take."""

    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 180
    max_mb: Annotated[int, msgspec.Meta(ge=10, le=1_000_000)] = 2000


class SoundSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[sound]``: whether the engine sounds, and how."""

    enabled: bool = True
    semitones: Annotated[int, msgspec.Meta(ge=-6, le=6)] = 0
    volume_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100
    device: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9:=,._-]{0,79})?\Z")] = ""


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
    sound: SoundSection = SoundSection()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a site is configured to be.

    Attributes:
        site: The site's name.
        station: The station's name; part of every journal entry.
        origin: Where `station sync` fetches, or ``""``.
        profile: Whether products whose signatures prove issuance are held in full.
        policy: The site's choices, versioned by their content.
        language: What its operators read.
        sources: Source specifications in order.
        source_sections: How the sources are set, by specification.
        outputs: How the outputs are set, in order.
        latch: Whether a quarantine latches the dock.
        theme: The dock screen's colours.
        kiosk: Whether nobody at that screen can start a command.
        require_sign_in: Whether nothing is taken in while nobody is signed in.
        idle_sign_out_minutes: Who did nothing at the dock for so long is signed out.
        pictures: How long evidence pictures are kept, and how much room they take.
        sync: How the registry's source is reached, and where a run's figures go.
        upload: Where events are sent, and how that is reached.
        sound: Whether the engine sounds, and how.
    """

    site: str
    station: str
    origin: str
    profile: Profile
    policy: SitePolicy
    sources: tuple[str, ...]
    latch: bool
    theme: str
    language: Language = Language.ENGLISH
    require_sign_in: bool = False
    kiosk: bool = False
    idle_sign_out_minutes: float = 15.0
    source_sections: Mapping[str, SourceSection] = field(default_factory=dict)
    outputs: tuple[OutputSection, ...] = ()
    pictures: PicturesSection = field(default_factory=PicturesSection)
    sync: SyncSection = field(default_factory=SyncSection)
    upload: UploadSection = field(default_factory=UploadSection)
    sound: SoundSection = field(default_factory=SoundSection)
    file: Path = field(default=Path("station.toml"))


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a configuration as it counts.

    Attributes:
        key: ``section.key``, or the name of a repeated section.
        value: What counts, as JSON can carry it.
        origin: Where it comes from.
    """

    key: str
    value: Any
    origin: Origin


def load(
    path: Path, flags: Iterable[str] = (), environment: Mapping[str, str] | None = None
) -> Settings:
    """Read a site's ``station.toml``, with what the environment and flags say instead.

    Args:
        path: The file.
        flags: ``KEY=VALUE``, as given to ``--set``.
        environment: Instead of the process's own.

    Raises:
        ConfigurationError: The file is missing, unreadable, not TOML, or a key or value is wrong;
            the message names file and line, or the variable or flag, the key and the nearest
            valid key.
    """
    layers = _layers(path, flags, environment)
    document = _document(layers)
    return Settings(
        site=document.site.name,
        station=document.station.name,
        origin=document.sync.origin,
        profile=Profile(document.registry.profile),
        policy=_site_policy(layers, document.policy, ("policy",)),
        sources=tuple(source.use for source in document.source),
        latch=document.dock.latch,
        theme=document.dock.theme,
        kiosk=document.dock.kiosk,
        require_sign_in=document.dock.require_sign_in,
        idle_sign_out_minutes=document.dock.idle_sign_out_minutes,
        language=Language(document.site.language),
        source_sections={source.use: source for source in document.source},
        outputs=tuple(document.output),
        pictures=document.pictures,
        sync=document.sync,
        upload=document.upload,
        sound=document.sound,
        file=path,
    )


def explain(
    path: Path, flags: Iterable[str] = (), environment: Mapping[str, str] | None = None
) -> list[Setting]:
    """Every key as it counts, and where it comes from; keys of a policy that is not set are absent.

    Raises:
        ConfigurationError: As `load`.
    """
    layers = _layers(path, flags, environment)
    document = _document(layers)
    values = msgspec.to_builtins(document)
    values["policy"] = plain_policy(_site_policy(layers, document.policy, ("policy",)))
    settings = []
    for key in KEYS:
        section, dot, name = key.partition(".")
        value = values[section]
        if dot and name not in value:
            continue
        steps = (section, name) if dot else (section,)
        settings.append(Setting(key, value[name] if dot else value, layers.origin(steps)))
    return settings


def load_policy(path: Path) -> SitePolicy:
    """Read a site's policy from a file of its own, or from the ``[policy]`` of a ``station.toml``.

    Only what the file says counts.

    Raises:
        ConfigurationError: The file is missing, unreadable, not TOML, or a key or value is wrong;
            the message names file, line, key and the nearest valid key.
    """
    missing = ConfigurationError(f"there is no file {path}", "name a policy or a station.toml")
    text, table = _read(path, missing)
    if {"site", "station"} & table.keys():
        return load(path, environment={}).policy
    layers = Layered(str(path), text, table, {})
    inner = table.get("policy")
    if isinstance(inner, dict) and len(table) == 1:
        return _site_policy(layers, inner, ("policy",))
    return _site_policy(layers, table, ())


def _layers(path: Path, flags: Iterable[str], environment: Mapping[str, str] | None) -> Layered:
    missing = ConfigurationError(
        f"there is no site at {path.parent}",
        "make one with 'station init', or name one with --site DIR",
    )
    text, table = _read(path, missing)
    given = os.environ if environment is None else environment
    return layered(str(path), text, table, KEYS, given, flags)


def _read(path: Path, missing: ConfigurationError) -> tuple[str, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
    except FileNotFoundError:
        raise missing from None
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", "mend its rights"
        ) from None
    if len(content) > MAX_CONFIG_BYTES:
        raise ConfigurationError(f"{path} is longer than 1 MiB", "restore it from a backup")
    try:
        text = content.decode("utf-8")
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}", "mend that line") from None


def _document(layers: Layered) -> Document:
    try:
        return msgspec.convert(layers.table, Document)
    except msgspec.ValidationError as error:
        problem = str(error)
        place = layers.origin(path_of(problem)).where
        where = layers.file if place == "default" else place
        raise ConfigurationError(
            f"{where}: {printable(problem, 400)}", advice(problem, _keys_of, _words_of)
        ) from None


def _site_policy(layers: Layered, table: dict[str, Any], section: tuple[str, ...]) -> SitePolicy:
    try:
        return read_site_policy(table)
    except PolicyError as error:
        key = ".".join((*section, error.key))
        place = layers.origin((*section, error.key)).where
        where = layers.file if place == "default" else place
        raise ConfigurationError(f"{where}: {key}: {error.problem}", error.remedy) from None


_SECTIONS: Final[dict[str, type[msgspec.Struct]]] = {
    "site": SiteSection,
    "station": StationSection,
    "sync": SyncSection,
    "registry": RegistrySection,
    "upload": UploadSection,
    "dock": DockSection,
    "pictures": PicturesSection,
    "sound": SoundSection,
}
"""Sections that stand once."""

_REPEATED: Final[dict[str, type[msgspec.Struct]]] = {
    "source": SourceSection,
    "output": OutputSection,
}


def _struct_of(section: str) -> type[msgspec.Struct]:
    known: dict[str, type[msgspec.Struct]] = {
        "": Document,
        "camera": CameraSection,
        "coils": CoilsSection,
        **_SECTIONS,
        **_REPEATED,
    }
    return known.get(section, Document)


def _keys_of(section: str) -> list[str]:
    """The keys of a section, or the sections where it is ``""``."""
    return [one.encode_name for one in msgspec.structs.fields(_struct_of(section))]


def _words_of(section: str, key: str) -> list[str]:
    return words_of_field(_struct_of(section), key)


def _takes_text(kind: Any) -> bool:
    """Whether a key's values are text, from its annotation."""
    info = msgspec.inspect.type_info(kind)
    return isinstance(info, msgspec.inspect.StrType) or (
        isinstance(info, msgspec.inspect.LiteralType)
        and all(isinstance(value, str) for value in info.values)
    )


KEYS: Final[dict[str, bool]] = {
    **{
        f"{name}.{one.encode_name}": _takes_text(one.type)
        for name, section in _SECTIONS.items()
        for one in msgspec.structs.fields(section)
    },
    **{f"policy.{name}": False for name in keys_of(Level.SITE)},
    **dict.fromkeys(_REPEATED, False),
}
"""Every key that a flag or the environment can give; whether it takes text."""
