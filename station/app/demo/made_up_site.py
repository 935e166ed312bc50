"""Builds the demo's brand folder and site with the commands a person would use.

Two brands enrol three products, order codes, have some stolen, recalled or received elsewhere,
revoke a key and publish; the site is made and synced. What happens after the publication (late
codes, a new key) the site does not know yet.
"""

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.app.demo.commands import run
from station.app.demo.plan import Item, Kind
from station.app.site_paths import SitePaths
from station.core.codes import Algorithm, ControlKind, UnitIdentity
from station.core.control_code import make_control_code
from station.core.crypto import PrivateKey
from station.core.unit_code import element_string, mint
from station.issuing.serials import seeded_serials

STATION: Final = "dock-1"
ELSEWHERE: Final = "dock-7"


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the demo.

    Attributes:
        gtin: 14 digits, from GS1's range for examples.
        slug: The brand.
        name: For people.
        symbol: What its labels carry.
    """

    gtin: str
    slug: str
    name: str
    symbol: str


PRODUCTS: Final = (
    Product("09506000134352", "aurora", "Aurora Headphones", "dm"),
    Product("09506000134369", "aurora", "Aurora Charger", "qr"),
    Product("09506000149202", "fjord", "Fjord Night Cream", "dm"),
)

UNENROLLED_GTIN: Final = "09506000117843"
"""A product of a brand that takes no part."""


@dataclass(frozen=True, slots=True)
class MadeUpSite:
    """What the demo works with.

    Attributes:
        site: The site folder.
        payloads: What each item's label carries, by item number; none for a uncoded item.
        tote_payload: The quarantine tote's signed label.
    """

    site: Path
    payloads: dict[int, bytes]
    tote_payload: bytes


_MARKS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.STOLEN: ("--as", "stolen"),
    Kind.RECALLED: ("--as", "recalled"),
    Kind.COPY_OF_ELSEWHERE: ("--as", "received", "--place", ELSEWHERE),
}
_AFTER_PUBLICATION: Final = frozenset({Kind.NOT_YET_SYNCED, Kind.UNKNOWN_KEY})
_NEEDS_NO_CODE: Final = frozenset({Kind.UNENROLLED, Kind.UNCODED, Kind.COPY_OF_ACCEPTED})


def build(
    folder: Path, plan: Sequence[Item], seed: int, progress: Callable[[str], None]
) -> MadeUpSite:
    """Make brand folder, publication and site below a folder, and the payload of every item.

    Args:
        folder: An existing, empty folder.
        plan: What will be presented.
        seed: Makes serials repeatable; keys never are.
        progress: Told in words what is being made.
    """
    brand_dir, published, site = folder / "brand", folder / "published", folder / "site"
    with _passphrase():
        maker = _Maker(brand_dir, folder, seed)
        progress("two brands enrol three products and order codes")
        maker.enrol()
        counts = Counter(
            (item.kind, item.product) for item in plan if item.kind not in _NEEDS_NO_CODE
        )
        early = {key: n for key, n in counts.items() if key[0] not in _AFTER_PUBLICATION}
        late = {key: n for key, n in counts.items() if key[0] in _AFTER_PUBLICATION}
        for (kind, product), count in early.items():
            maker.order(kind, product, count)
        run("key", "revoke", "aurora", "2", "--brand-dir", str(brand_dir), "--json")
        progress("the registry is signed and published, the site fetches it")
        run("publish", "--to", str(published), "--brand-dir", str(brand_dir), "--json")
        _make_site(site, published)
        if any(kind is Kind.UNKNOWN_KEY for kind, _ in late):
            run("key", "new", "aurora", "--brand-dir", str(brand_dir), "--json")
        for (kind, product), count in late.items():
            maker.order(kind, product, count)
    key = PrivateKey.from_pem(SitePaths(site).station_key.read_bytes())
    return MadeUpSite(
        site=site,
        payloads={item.number: payload for item in plan if (payload := maker.payload(item))},
        tote_payload=make_control_code(ControlKind.TOTE, "Q1", key),
    )


class _Maker:
    """The brand side's work."""

    def __init__(self, brand_dir: Path, folder: Path, seed: int) -> None:
        self._brand_dir = str(brand_dir)
        self._folder = folder
        self._seed = seed
        self._units: dict[tuple[Kind, int], list[dict[str, Any]]] = {}
        self._forger = PrivateKey.generate(Algorithm.ED25519)
        self._unenrolled_serial = seeded_serials(seed, UNENROLLED_GTIN)

    def enrol(self) -> None:
        """Two brands with their keys, three products."""
        self._run("brand", "add", "aurora", "--name", "Aurora Audio")
        self._run("brand", "add", "fjord", "--name", "Fjord Care")
        self._run("key", "new", "aurora")
        self._run("key", "new", "aurora")
        self._run("key", "new", "fjord", "--algorithm", "p256")
        for product in PRODUCTS:
            brand, name = product.slug, product.name
            self._run("product", "add", product.gtin, "--brand", brand, "--name", name)

    def order(self, kind: Kind, product: int, count: int) -> None:
        """Order the codes of one kind and product; mark them where their truth asks for it."""
        gtin = PRODUCTS[product].gtin
        out = self._folder / f"codes-{kind.name.lower()}-{product}.jsonl"
        seed = self._seed * 1000 + len(self._units)
        self._run(
            *("codes", "order", "--gtin", gtin, "--count", str(count), "--seed", str(seed)),
            *("--format", "jsonl", "--out", str(out), *_key_options(kind)),
        )
        units = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        self._units[kind, product] = units
        if kind in _MARKS:
            serials = [unit["serial"] for unit in units]
            self._run("codes", "mark", *_MARKS[kind], gtin, *serials)

    def payload(self, item: Item) -> bytes | None:
        """What an item's label carries; None for an item without a code."""
        match item.kind:
            case Kind.UNCODED:
                return None
            case Kind.UNENROLLED:
                identity = UnitIdentity(UNENROLLED_GTIN, self._unenrolled_serial(item.number))
                return element_string(identity, None)
            case Kind.COPY_OF_ACCEPTED:
                unit = self._units[Kind.GENUINE, item.product][item.unit]
            case _:
                unit = self._units[item.kind, item.product][item.unit]
        identity = UnitIdentity(unit["gtin"], unit["serial"])
        if item.kind is Kind.FORGED:
            return element_string(identity, mint(identity, 1, self._forger))
        if item.kind is Kind.UNSIGNED:
            return element_string(identity, None)
        return str(unit["element_string"]).encode("ascii")

    def _run(self, *args: str) -> None:
        run(*args, "--brand-dir", self._brand_dir, "--json")


def _key_options(kind: Kind) -> tuple[str, str]:
    """Which key signs: the second is revoked later, the third the site has never heard of."""
    numbers = {Kind.REVOKED_KEY: "2", Kind.UNKNOWN_KEY: "3"}
    return ("--key", numbers.get(kind, "1"))


def _make_site(site: Path, published: Path) -> None:
    root = published / "metadata" / "1.root.json"
    fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
    run(
        *("init", "--site", str(site), "--name", "demo", "--station", STATION),
        *("--root", str(root), "--fingerprint", fingerprint, "--from", str(published)),
    )
    # A site that is kept has no simulated devices any more, but it can be scanned into.
    with SitePaths(site).config.open("a", encoding="utf-8") as file:
        file.write('\n[[source]]\nuse = "stdin:"\n')
    run("sync", "--site", str(site), "--json")


@contextmanager
def _passphrase() -> Iterator[None]:
    """A passphrase for the demo's keys, forgotten with the demo."""
    before = os.environ.get(PASSPHRASE_VARIABLE)
    os.environ[PASSPHRASE_VARIABLE] = secrets.token_urlsafe(24)
    try:
        yield
    finally:
        if before is None:
            del os.environ[PASSPHRASE_VARIABLE]
        else:
            os.environ[PASSPHRASE_VARIABLE] = before
