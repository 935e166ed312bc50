"""A brand folder, a publication and a site, made once a session by the product's own commands.

Tests work on copies: `MadeSite.copy` gives a site folder of their own, `MadeSite.copy_all` the
brand's side besides.
"""

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.app.demo.commands import run
from station.app.site_paths import SitePaths
from station.core.codes import Algorithm, ControlKind, UnitIdentity
from station.core.control_code import make_control_code
from station.core.crypto import PrivateKey
from station.core.unit_code import element_string, mint
from tests.fakes.replacing import replace

GTIN: Final = "09506000134352"
PRODUCT: Final = "Aurora Headphones"
STATION: Final = "dock-1"
PASSPHRASE: Final = "four words of chance"
FORGER: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(32))

GENUINE: Final = 60
RECALLED: Final = 6
ELSEWHERE: Final = 2
LATE: Final = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its label.

    Attributes:
        identity: Which.
        payload: What its symbol holds.
    """

    identity: UnitIdentity
    payload: bytes

    def forged(self) -> bytes:
        """A label of somebody who knows the serial and has no key of the brand's."""
        return element_string(self.identity, mint(self.identity, 1, FORGER))


@dataclass(frozen=True, slots=True)
class MadeSite:
    """What there is to work with.

    Attributes:
        folder: Holds ``brand``, ``published`` and ``site``.
        genuine: Units nothing speaks against.
        recalled: Genuine, and recalled.
        elsewhere: Genuine, and received at another station.
        late: Genuine, minted after the publication.
    """

    folder: Path
    genuine: tuple[Unit, ...]
    recalled: tuple[Unit, ...]
    elsewhere: tuple[Unit, ...]
    late: tuple[Unit, ...]

    @property
    def site(self) -> Path:
        """The site folder; a test that writes works on a copy."""
        return self.folder / "site"

    @property
    def published(self) -> Path:
        """What `station publish` wrote."""
        return self.folder / "published"

    @property
    def brand(self) -> Path:
        """The brand folder."""
        return self.folder / "brand"

    @property
    def paths(self) -> SitePaths:
        """The site's layout."""
        return SitePaths(self.site)

    def copy_site(self, folder: Path) -> Path:
        """A copy of the site alone, below an existing folder."""
        return Path(shutil.copytree(self.site, folder / "site"))

    def copy_all(self, folder: Path) -> "MadeSite":
        """A copy of everything below an existing folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder)

    def tote(self, name: str = "Q1") -> bytes:
        """The label of one of the site's own quarantine totes."""
        key = PrivateKey.from_pem(self.paths.station_key.read_bytes())
        return make_control_code(ControlKind.TOTE, name, key)

    def badge(self, name: str, number: int = 1) -> bytes:
        """A badge as the site draws it."""
        key = PrivateKey.from_pem(self.paths.station_key.read_bytes())
        return make_control_code(ControlKind.BADGE, name, key, number)

    def forged_badge(self, name: str) -> bytes:
        """A badge that somebody else signed."""
        return make_control_code(ControlKind.BADGE, name, FORGER, 1)

    def forged_tote(self) -> bytes:
        """A tote label that somebody else signed."""
        return make_control_code(ControlKind.TOTE, "Q1", FORGER)


@contextmanager
def passphrase() -> Iterator[None]:
    """Inside, the brand's keys can be opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
        yield


@cache
def made_site() -> MadeSite:
    """The one of this session; not to be written to."""
    folder = Path(tempfile.mkdtemp(prefix="station-made-site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with passphrase():
        return _make(folder)


def _make(folder: Path) -> MadeSite:
    brand, published, site = (str(folder / name) for name in ("brand", "published", "site"))
    of_brand = ("--brand-dir", brand, "--json")
    run("brand", "add", "aurora", "--name", "Aurora Audio", *of_brand)
    run("key", "new", "aurora", *of_brand)
    run("product", "add", GTIN, "--brand", "aurora", "--name", PRODUCT, *of_brand)
    genuine = _order(GENUINE, brand)
    recalled = _order(RECALLED, brand)
    elsewhere = _order(ELSEWHERE, brand)
    _mark(recalled, "--as", "recalled", brand=brand)
    _mark(elsewhere, "--as", "received", "--place", "dock-7", brand=brand)
    run("publish", "--to", published, *of_brand)
    root = folder / "published" / "metadata" / "1.root.json"
    fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
    run(
        *("init", "--site", site, "--name", "amsterdam-2", "--station", STATION),
        *("--root", str(root), "--fingerprint", fingerprint),
    )
    run("sync", "--site", site, "--from", published, "--json")
    return MadeSite(folder, genuine, recalled, elsewhere, _order(LATE, brand))


def _order(count: int, brand: str) -> tuple[Unit, ...]:
    lines = run(
        *("codes", "order", "--gtin", GTIN, "--count", str(count)),
        *("--brand-dir", brand, "--json"),
    )
    return tuple(
        Unit(UnitIdentity(line["gtin"], line["serial"]), line["element_string"].encode("ascii"))
        for line in lines
    )


def _mark(units: tuple[Unit, ...], *options: str, brand: str) -> None:
    serials = [unit.identity.serial for unit in units]
    run("codes", "mark", *options, GTIN, *serials, "--brand-dir", brand, "--json")
