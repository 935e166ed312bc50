"""The compact profile: what a station that holds exceptions alone says of every unit."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from msgspec import structs

from station.core.codes import Algorithm, Attributes, CodeKind, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.decision import decide
from station.core.errors import TrustError
from station.core.facts import Facts
from station.core.parsing import parse
from station.core.policy import BrandPolicy, Issuance, Profile, SitePolicy
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitRecord, UnitState
from station.core.registry_rows import RowStream
from station.core.unit_code import element_string, mint
from station.core.verdict import Verdict
from station.core.verification import Circumstances, Knowledge, verify
from station.ports.brand_store import BrandStore, NewOrder
from station.storage.registry_generations import RegistryFolder
from station.storage.registry_shelf import SiteRegistryShelf
from station.storage.sqlite_registry import SqliteRegistry
from station.sync import documents
from station.sync.publish import publish
from station.sync.refresh import RefreshSummary, RefreshWay, refresh
from station.sync.streams import EXPIRY_NOTICE_DAYS
from tests.fakes.publication import FakePublication, FakeSource
from tests.fakes.publishing import NOW, filled_store, moment
from tests.fakes.replacing import replace

GTIN: Final = "09506000134376"
PRODUCT_ID: Final = 3
BRAND_KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, b"bolt".ljust(32, b"."))
BY_SIGNATURE: Final = BrandPolicy(issuance=Issuance.SIGNATURE)
TODAY: Final = NOW.date()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).strftime("%y%m%d")


EXPIRIES: Final = (None, day(-1), day(0), day(EXPIRY_NOTICE_DAYS - 1), day(1000), "999999")


def every_unit() -> Iterator[UnitRecord]:
    """Every state with every overlay and expiry, some received elsewhere."""
    kinds = product(UnitState, range(16), EXPIRIES)
    for number, (state, overlays, expiry) in enumerate(kinds):
        place = "dock-9" if state in (UnitState.RECEIVED, UnitState.SHIPPED) else None
        serial = f"{number:013}"
        yield UnitRecord(PRODUCT_ID, serial, state, Overlay(overlays), "L1", expiry, place)


def signed_store() -> BrandStore:
    """As `filled_store`, with a product of the second brand whose signatures prove issuance."""
    store = filled_store()
    made = store.add_product(2, GTIN, "Signed", ["uc1"], "99")
    assert made.product_id == PRODUCT_ID
    store.set_product_policy(PRODUCT_ID, BY_SIGNATURE)
    units = list(every_unit())
    for expiry in EXPIRIES:
        order = store.add_order(
            NewOrder(PRODUCT_ID, 1, UnitState.ACTIVE, None, moment(), "L1", expiry)
        )
        store.add_units(order, [(unit.serial, None) for unit in units if unit.expiry == expiry])
    for unit in units:
        store.update_unit(unit)
    return store


class Station:
    """A site with a profile, whose registry lies in real files."""

    def __init__(self, folder: Path, publication: FakePublication, profile: Profile) -> None:
        self.folder = RegistryFolder(folder)
        self.publication = publication
        self.profile = profile

    def sync(self) -> RefreshSummary:
        shelf = SiteRegistryShelf(self.folder)
        source = FakeSource(self.publication)
        return refresh(source, shelf, lambda *_: None, self.profile)

    def registry(self) -> SqliteRegistry:
        return self.folder.open_current()

    def streams(self) -> set[tuple[int, RowStream]]:
        registry = self.registry()
        held = {(one.brand_id, one.stream) for one in registry.holdings}
        registry.close()
        return held


def facts_of(registry: SqliteRegistry, serial: str, key: PrivateKey = BRAND_KEY) -> Facts:
    identity = UnitIdentity(GTIN, serial)
    code = parse(element_string(identity, mint(identity, 1, key), Attributes(), "99"), "]d2")
    enrolled = registry.product(GTIN)
    assert enrolled is not None
    knowledge = Knowledge(
        enrolled,
        registry.key(enrolled.brand_id, 1),
        registry.unit(enrolled.product_id, serial),
        issuance=registry.issuance(enrolled.product_id),
    )
    return verify(code, knowledge, Circumstances("dock-1", TODAY.isoformat(), second_read=True))


def judged(registry: SqliteRegistry, serial: str, key: PrivateKey = BRAND_KEY) -> Verdict:
    return decide(facts_of(registry, serial, key), SitePolicy())


class Scene:
    """A publication, and a site of each profile."""

    def __init__(self, folder: Path) -> None:
        self.store = signed_store()
        self.publication = FakePublication()
        self.full = Station(folder / "full", self.publication, Profile.FULL)
        self.compact = Station(folder / "compact", self.publication, Profile.COMPACT)
        self.publish()

    def publish(self) -> None:
        publish(self.store, self.publication, moment())

    def sync(self) -> tuple[RefreshSummary, RefreshSummary]:
        return self.full.sync(), self.compact.sync()

    def both(self) -> tuple[SqliteRegistry, SqliteRegistry]:
        return self.full.registry(), self.compact.registry()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(tmp_path)
    made.sync()
    return made


def test_exceptions_alone_give_the_same_verdict_of_every_unit(scene: Scene) -> None:
    full, compact = scene.both()
    by_signature = 0
    seen = set()
    for unit in every_unit():
        assert judged(compact, unit.serial) == judged(full, unit.serial), unit
        by_signature += facts_of(compact, unit.serial).by_signature
        seen.add(judged(compact, unit.serial).reason)
    assert Reason.UNIT_EXPIRED in seen
    assert by_signature == 2  # without expiry, and with one far away
    assert full.issuance(PRODUCT_ID) is Issuance.LISTED
    assert compact.issuance(PRODUCT_ID) is Issuance.SIGNATURE


def test_what_it_cannot_know(scene: Scene) -> None:
    """A unit that was signed and never issued is the one thing only a full registry tells."""
    full, compact = scene.both()
    assert judged(full, "9" * 13).reason is Reason.UNIT_UNKNOWN_SIGNED
    assert judged(compact, "9" * 13).reason is Reason.OK


def test_a_forgery_is_no_better_off(scene: Scene) -> None:
    full, compact = scene.both()
    forger = PrivateKey.from_seed(Algorithm.ED25519, bytes(32))
    for serial in ("0" * 13, "9" * 13):
        verdict = judged(compact, serial, forger)
        assert verdict.verdict_class is VerdictClass.QUARANTINE
        assert verdict.reason is judged(full, serial, forger).reason


def test_products_that_must_be_listed_are_held_in_full(scene: Scene) -> None:
    full, compact = scene.both()
    for product_id, serial in ((1, "ACME-000000"), (2, "BOLT-000003")):
        assert compact.unit(product_id, serial) == full.unit(product_id, serial) is not None
        assert compact.issuance(product_id) is Issuance.LISTED


def test_a_recall_and_its_end_reach_it(scene: Scene) -> None:
    _, compact = scene.both()
    plain = next(u for u in every_unit() if facts_of(compact, u.serial).by_signature)
    scene.store.update_unit(replace(plain, overlays=Overlay.RECALLED))
    scene.publish()
    assert scene.sync()[1].way is RefreshWay.DELTAS
    assert judged(scene.compact.registry(), plain.serial).reason is Reason.UNIT_RECALLED
    scene.store.update_unit(plain)
    scene.publish()
    scene.sync()
    assert judged(scene.compact.registry(), plain.serial).reason is Reason.OK


def test_a_compromised_key_falls_back_to_the_full_list(scene: Scene) -> None:
    assert (2, RowStream.EXCEPTIONS) in scene.compact.streams()
    scene.store.set_key_state(2, 1, KeyState.COMPROMISED, moment())
    scene.publish()
    scene.sync()
    assert scene.compact.streams() == scene.full.streams()
    full, compact = scene.both()
    for serial in ("9" * 13, *(unit.serial for unit in every_unit())):
        assert judged(compact, serial) == judged(full, serial)
    assert judged(compact, "9" * 13).verdict_class is VerdictClass.HOLD


def test_a_brand_that_changes_its_mind_is_followed_both_ways(scene: Scene) -> None:
    for policy in (BrandPolicy(), BY_SIGNATURE):
        scene.store.set_product_policy(PRODUCT_ID, policy)
        scene.publish()
        scene.sync()
        full, compact = scene.both()
        expected = policy.issuance or Issuance.LISTED
        assert compact.issuance(PRODUCT_ID) is expected
        for unit in every_unit():
            assert judged(compact, unit.serial) == judged(full, unit.serial), (policy, unit)


def test_forms_without_signature_keep_a_product_listed(scene: Scene) -> None:
    """The brand asks it for all its products; one of them also takes opaque codes."""
    scene.store.set_brand_policy(2, BY_SIGNATURE)
    scene.publish()
    scene.sync()
    compact = scene.compact.registry()
    other = compact.product("09506000134369")
    assert other is not None
    assert CodeKind.OPAQUE in other.accepted_kinds
    assert compact.issuance(other.product_id) is Issuance.LISTED


def test_a_publication_without_the_streams_its_products_need_is_refused(scene: Scene) -> None:
    scene.store.update_unit(replace(next(every_unit()), overlays=Overlay.STOLEN))
    scene.publish()
    released = scene.publication.released
    assert released is not None
    catalogue = documents.decode(released[documents.CATALOGUE], documents.Catalogue)
    rows = documents.decode(released[documents.rows_path("bolt")], documents.Rows)
    kept = [one for one in rows.streams if one.stream is not RowStream.EXCEPTIONS]
    content = documents.encode(documents.Rows(rows.format, rows.brand_id, kept))
    released[documents.rows_path("bolt")] = content
    acme, bolt = catalogue.brands
    without = structs.replace(
        bolt,
        streams=[one for one in bolt.streams if one.stream is not RowStream.EXCEPTIONS],
        rows_digest=documents.digest_of(content),
    )
    released[documents.CATALOGUE] = documents.encode(
        structs.replace(catalogue, brands=[acme, without])
    )
    with pytest.raises(TrustError, match="does not publish the streams"):
        scene.compact.sync()
    assert scene.compact.registry().generation.number == 1
