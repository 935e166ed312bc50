"""A publisher and a site for tests: the real ones, with keys that cost no time to open."""

import hashlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.registry import KeyRecord, KeyState, UnitState
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine
from station.ports.brand_store import BrandStore, NewOrder
from station.storage import durable, station_db
from station.storage.announcement_shelf import SiteAnnouncements
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_shelf import SiteRegistryShelf
from station.storage.shipment_book import SqliteShipmentBook
from station.sync.publish import DEFAULT_RULE, Publication, publish
from station.sync.publish_rows import SnapshotRule
from station.sync.refresh import RefreshSummary, Report, refresh
from station.transport.tuf_client import TufSource
from station.transport.tuf_fetch import DIRECTORY_BASE, DirectoryFetcher, ResumingFetcher
from station.transport.tuf_publisher import TufPublisher
from station.transport.tuf_roles import metadata_key
from tests.fakes.brand_store import FakeBrandStore, FakeVault, SeededVault
from tests.fakes.notary import NOTARY

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"
NOW = datetime.now(UTC)


def moment(days_ago: float = 0.0) -> str:
    """A moment as publications spell it."""
    then = NOW - timedelta(days=days_ago)
    return then.isoformat(timespec="milliseconds")[:-6] + "Z"


def filled_store(units: int = 4, created_utc: str = "2026-01-01T00:00:00.000Z") -> BrandStore:
    """Two brands with a product, a key and some units each; the first with opaque codes."""
    store = FakeBrandStore()
    for number, (slug, gtin) in enumerate((("acme", GTIN), ("bolt", OTHER_GTIN)), 1):
        brand = store.add_brand(slug, slug.title())
        product = store.add_product(brand.brand_id, gtin, f"Product {number}", ["uc1", "az"], "99")
        key = PrivateKey.from_seed(Algorithm.ED25519, slug.encode().ljust(32, b"."))
        store.add_key(
            KeyRecord(
                brand.brand_id,
                1,
                Algorithm.ED25519,
                key.public_bytes,
                KeyState.ACTIVE,
                created_utc,
                frozenset({gtin}) if number == 1 else frozenset(),
            )
        )
        order = store.add_order(
            NewOrder(product.product_id, 1, UnitState.ACTIVE, None, created_utc, "L1", "391231")
        )
        store.add_units(order, [(f"{slug.upper()}-{at:06}", None) for at in range(units)])
        if number == 1:
            store.add_opaque_code(f"AZ:{7:026}", product.product_id, f"{slug.upper()}-000000")
    return store


def asn(number: int, count: int = 1, *serials: str) -> Shipment:
    """A shipment of the first brand's product."""
    line = ShipmentLine(GTIN, count, frozenset(serials))
    return Shipment(f"ASN-{number}", ShipmentKind.ASN, "", (line,))


class PublisherDesk:
    """A publisher whose brand folder is in memory and whose publication is a real folder."""

    def __init__(
        self, folder: Path, store: BrandStore | None = None, vault: FakeVault | None = None
    ) -> None:
        self.store = filled_store() if store is None else store
        self.vault = vault or SeededVault()
        self.state = folder / "publisher"
        self.folder = folder / "published"
        folder.mkdir(exist_ok=True)

    def opened(self, valid_days: int = 7, keep: int = 10) -> TufPublisher:
        return TufPublisher(self.state, self.vault, self.folder, durable, valid_days, keep)

    def publish(
        self,
        days_ago: float = 0.0,
        valid_days: int = 7,
        keep: int = 10,
        rule: SnapshotRule = DEFAULT_RULE,
    ) -> Publication:
        with self.opened(valid_days, keep) as publisher:
            return publish(self.store, publisher, moment(days_ago), rule)

    @property
    def root(self) -> bytes:
        return (self.state / "root_history" / "1.root.json").read_bytes()

    def role_key_id(self, name: str) -> str:
        return metadata_key(self.vault.load(name).public_bytes).keyid


class SiteDesk:
    """A site's trust and registry folders, made where they are not there.

    It takes in what is announced to it once it has a database.
    """

    SITE = "berlin"

    def __init__(self, folder: Path, root: bytes | None) -> None:
        self.trust = folder / "trust"
        self.registry = RegistryFolder(folder / "registry")
        self.folder = folder
        self.trust.mkdir(parents=True, exist_ok=True)
        if root is not None:
            (self.trust / "root.json").write_bytes(root)

    @property
    def in_use(self) -> int | None:
        """The generation in use."""
        stored = self.registry.current()
        return None if stored is None else stored.number

    def sync(
        self, published: Path, report: Report = lambda step, what: None, *, whole: bool = False
    ) -> RefreshSummary:
        return self.sync_with(DirectoryFetcher(published), DIRECTORY_BASE, report, whole=whole)

    def sync_with(
        self,
        fetcher: ResumingFetcher,
        base: str,
        report: Report = lambda step, what: None,
        *,
        whole: bool = False,
    ) -> RefreshSummary:
        source = TufSource(self.trust, fetcher, base, durable)
        shelf = SiteRegistryShelf(self.registry)
        announcements = self._announcements()
        return refresh(source, shelf, report, announcements=announcements, whole=whole)

    def make_database(self) -> None:
        station_db.create(self._database, "dock-1")

    def expected(self) -> dict[str, Shipment | None]:
        """The shipments it knows of, by id."""
        with closing(SqliteShipmentBook(self._database)) as book:
            return {one.shipment_id: book.shipment(one.shipment_id) for one in book.records()}

    @property
    def _database(self) -> Path:
        return self.folder / "station.db"

    def _announcements(self) -> SiteAnnouncements | None:
        if not self._database.exists():
            return None
        memory = self.folder / "announced.json"
        return SiteAnnouncements(self.SITE, self._database, memory, moment, lambda: NOTARY)

    def state(self) -> dict[str, str]:
        """Everything a verdict or a later refresh depends on: each file's digest by name."""
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not {"scratch", "incoming"} & set(path.parts)
        }
