"""The refresh's own rules, on a publication in memory: order, rollback, whose rows are whose."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from station.core.errors import StorageError, TrustError
from station.core.policy import BrandPolicy, PassOrHold
from station.core.registry import RegistryGeneration, UnitRecord, UnitState
from station.ports.brand_store import NewOrder
from station.sync import documents
from station.sync.publish import publish
from station.sync.refresh import RefreshStep, RefreshSummary, refresh
from tests.fakes.publication import FakePublication, FakeSource
from tests.fakes.publishing import GTIN, OTHER_GTIN, filled_store, moment
from tests.fakes.registry_shelf import FakeShelf

Documents = dict[str, bytes]


class Scene:
    """A publication of two brands, and a site that may refresh from it."""

    def __init__(self) -> None:
        self.store = filled_store()
        self.publication = FakePublication()
        self.shelf = FakeShelf()
        self.steps: list[tuple[RefreshStep, str]] = []
        self.publish()

    @property
    def targets(self) -> Documents:
        assert self.publication.released is not None
        return self.publication.released

    def publish(self) -> None:
        publish(self.store, self.publication, moment())

    def sync(self) -> RefreshSummary:
        def report(step: RefreshStep, what: str) -> None:
            self.steps.append((step, what))

        return refresh(FakeSource(self.publication), self.shelf, report)

    def standing(self, product_id: int, serial: str) -> str:
        assert self.shelf.in_use is not None
        return self.shelf.in_use.units[product_id, serial]

    def edit(self, path: str, change: Callable[[Any], None]) -> None:
        """Change a document behind the publisher's back."""
        document = json.loads(self.targets[path])
        change(document)
        self.targets[path] = json.dumps(document).encode()

    def refused(self, why: str) -> None:
        before = (self.shelf.in_use, dict(self.shelf.written))
        with pytest.raises(TrustError, match=why):
            self.sync()
        assert (self.shelf.in_use, self.shelf.written) == before


def seller(seller_id: str, *gtins: str) -> dict[str, Any]:
    """A seller as a document names it."""
    supplies = [{"gtin": gtin, "first_day": "", "last_day": ""} for gtin in gtins]
    return {"seller_id": seller_id, "name": "A seller", "supplies": supplies}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_an_honest_publication_becomes_the_registry(scene: Scene) -> None:
    summary = scene.sync()
    assert (summary.changed, summary.previous, summary.units) == (True, None, 8)
    assert (summary.brands, summary.products) == (2, 2)
    assert scene.shelf.in_use == scene.shelf.written[1]
    assert scene.standing(1, "ACME-000000") == "1\t0\tL1\t391231\t"
    assert len(scene.shelf.written[1].units) == 8


def test_steps_are_told_in_their_order(scene: Scene) -> None:
    scene.sync()
    assert scene.steps == [
        (RefreshStep.TRUST, ""),
        (RefreshStep.CATALOGUE, ""),
        (RefreshStep.FETCH, "acme"),
        (RefreshStep.FETCH, "bolt"),
        (RefreshStep.FETCH, "acme/codes-1.rows"),
        (RefreshStep.FETCH, "acme/units-1.rows"),
        (RefreshStep.FETCH, "bolt/codes-1.rows"),
        (RefreshStep.FETCH, "bolt/units-1.rows"),
        (RefreshStep.BUILD, "1"),
        (RefreshStep.SWITCH, "1"),
        (RefreshStep.TIDY, ""),
    ]


def test_a_second_run_changes_nothing_and_fetches_only_the_catalogue(scene: Scene) -> None:
    scene.sync()
    scene.steps.clear()
    summary = scene.sync()
    assert (summary.changed, summary.previous) == (False, 1)
    assert summary.fetched_bytes == len(scene.targets[documents.CATALOGUE])
    assert [step for step, _ in scene.steps] == [
        RefreshStep.TRUST,
        RefreshStep.CATALOGUE,
        RefreshStep.TIDY,
    ]


def test_products_of_brands_may_alternate(scene: Scene) -> None:
    third = scene.store.add_product(1, "09506000134376", "Third", ["uc1"], "99")
    order = scene.store.add_order(
        NewOrder(third.product_id, None, UnitState.ACTIVE, None, moment())
    )
    scene.store.add_units(order, [("X", None)])
    scene.publish()
    scene.sync()
    assert sorted(scene.shelf.written[2].units) == [
        *((1, f"ACME-{at:06}") for at in range(4)),
        *((2, f"BOLT-{at:06}") for at in range(4)),
        (3, "X"),
    ]


def test_an_older_generation_is_refused_even_when_it_is_signed(scene: Scene) -> None:
    old = dict(scene.targets)
    scene.publish()
    scene.sync()
    scene.publication.released = old
    scene.refused("generation 1, older than generation 2")


def test_another_content_under_a_number_in_use_is_refused(scene: Scene) -> None:
    scene.sync()
    scene.store.update_unit(UnitRecord(1, "ACME-000000", UnitState.VOID))
    other = FakePublication()
    store = scene.store
    store.content.publications.clear()  # type: ignore[attr-defined]
    publish(store, other, moment())
    scene.publication = other
    scene.refused("another generation 1 than the one in use")


def test_a_registry_file_that_is_not_sound_is_built_anew(scene: Scene) -> None:
    scene.sync()
    scene.shelf.sound = False
    summary = scene.sync()
    assert (summary.changed, summary.previous) == (True, 1)
    assert scene.shelf.sound


def test_a_registry_file_that_is_not_sound_is_no_reason_to_go_back(scene: Scene) -> None:
    old = dict(scene.targets)
    scene.publish()
    scene.sync()
    scene.shelf.sound = False
    scene.publication.released = old
    scene.refused("older than generation 2")


def swap_products(document: Any) -> None:
    document["products"][0]["gtin"] = OTHER_GTIN


@pytest.mark.parametrize(
    ("path", "change", "why"),
    [
        ("catalogue.json", lambda d: d.update(state_digest="0" * 64), "not the content that"),
        ("catalogue.json", lambda d: d.update(keys_digest="0" * 64), "keys are not those"),
        (
            "catalogue.json",
            lambda d: d["brands"][0]["streams"][1].update(rows=9),
            "acme says of its rows something else",
        ),
        ("catalogue.json", lambda d: d["brands"][0]["streams"].pop(), "something else"),
        ("catalogue.json", lambda d: d["brands"][0]["streams"].reverse(), "streams of rows out of"),
        (
            "catalogue.json",
            lambda d: d["brands"][0]["streams"][1].update(stream="other"),
            "catalogue",
        ),
        ("catalogue.json", lambda d: d.update(format=2), "format 2, not 1"),
        ("catalogue.json", lambda d: d.update(extra=1), "unknown field"),
        ("catalogue.json", lambda d: d.pop("brands"), "missing required field"),
        ("catalogue.json", lambda d: d.update(published_utc="now"), "catalogue"),
        (
            "catalogue.json",
            lambda d: d.update(published_utc="2026-02-30T00:00:00Z"),
            "a moment that is none",
        ),
        ("catalogue.json", lambda d: d.update(generation=-1), "catalogue"),
        ("catalogue.json", lambda d: d.update(generation=0), "catalogue"),
        ("catalogue.json", lambda d: d.update(generation=1 << 31), "catalogue"),
        ("catalogue.json", lambda d: d.update(generation=1.5), "catalogue"),
        ("catalogue.json", lambda d: d["brands"].reverse(), "brands out of order"),
        ("catalogue.json", lambda d: d["brands"][1].update(slug="acme"), "one short name"),
        ("catalogue.json", lambda d: d["brands"][1].update(slug="../x"), "catalogue"),
        ("catalogue.json", lambda d: d["brands"][0].update(name="\x1b[2J"), "cannot be shown"),
        (
            "catalogue.json",
            lambda d: d["brands"][1]["products"][0].update(gtin=GTIN),
            "a GTIN given to two brands",
        ),
        (
            "catalogue.json",
            lambda d: d["brands"][1]["products"][0].update(product_id=1),
            "a product number given to two brands",
        ),
        (
            "catalogue.json",
            lambda d: d["brands"][0]["products"][0].update(gtin="09506000134351"),
            "wrong check digit",
        ),
        ("brands/bolt/products.json", lambda d: d.update(brand_id=1), "another brand's"),
        ("brands/bolt/products.json", lambda d: d["products"].clear(), "other than those it owns"),
        (
            "brands/bolt/products.json",
            lambda d: d["products"][0].update(gtin=GTIN, product_id=1),
            "other than those it owns",
        ),
        (
            "brands/bolt/products.json",
            lambda d: d["products"][0].update(accepted_kinds=[]),
            "accepts no form",
        ),
        (
            "brands/bolt/products.json",
            lambda d: d["products"][0].update(name="a\u202eb"),
            "cannot be shown",
        ),
        ("brands/bolt/products.json", lambda d: d["products"][0].update(tag_ai="21"), "products"),
        (
            "brands/bolt/products.json",
            lambda d: d.update(sellers=[seller("nordic", GTIN)]),
            "authorised for products the brand does not own",
        ),
        (
            "brands/bolt/products.json",
            lambda d: d.update(sellers=[seller("b", OTHER_GTIN), seller("a", OTHER_GTIN)]),
            "sellers out of order",
        ),
        (
            "brands/bolt/products.json",
            lambda d: d.update(sellers=[seller("nordic", OTHER_GTIN, OTHER_GTIN)]),
            "products of a seller out of order",
        ),
        (
            "brands/bolt/products.json",
            lambda d: d.update(sellers=[seller("Nordic", OTHER_GTIN)]),
            "products",
        ),
        (
            "brands/bolt/products.json",
            lambda d: d.update(sellers=[seller("nordic", OTHER_GTIN)]),
            "not the content",
        ),
        ("brands/bolt/keys.json", lambda d: d.update(brand_id=1), "another brand's"),
        (
            "brands/bolt/keys.json",
            lambda d: d["keys"][0].update(gtins=[GTIN]),
            "claims products it does not own",
        ),
        (
            "brands/bolt/keys.json",
            lambda d: d["keys"][0].update(public_key="00" * 32),
            "small order",
        ),
        (
            "brands/bolt/keys.json",
            lambda d: d["keys"][0].update(public_key="07" * 33),
            "is none",
        ),
        ("brands/bolt/keys.json", lambda d: d["keys"].append(d["keys"][0]), "keys out of order"),
        ("brands/bolt/keys.json", lambda d: d["keys"][0].update(state="fine"), "keys"),
        ("brands/bolt/keys.json", lambda d: d["keys"][0].update(key_id=2), "keys are not those"),
    ],
)
def test_what_does_not_hang_together_is_refused(
    scene: Scene, path: str, change: Callable[[Any], None], why: str
) -> None:
    scene.edit(path, change)
    scene.refused(why)


def test_a_brand_cannot_list_units_of_anothers_product(scene: Scene) -> None:
    scene.targets["brands/bolt/units-1.rows"] = scene.targets["brands/acme/units-1.rows"]
    scene.refused("brand bolt lists units of product number 1, which is not its own")


def test_a_brand_cannot_name_anothers_units_by_an_opaque_code(scene: Scene) -> None:
    """Not even where the publisher's own folder is wrong, and it vouches for all of it."""
    theirs = [(f"AZ:{8:026}", 1, "ACME-000000")]
    scene.store.opaque_codes = (  # type: ignore[method-assign]
        lambda brand_id=None: iter(theirs if brand_id == 2 else [])
    )
    scene.publication = FakePublication()
    scene.publish()
    scene.refused("brand bolt lists units of product number 1, which is not its own")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize(
    "path",
    [
        "catalogue.json",
        "brands/acme/products.json",
        "brands/acme/keys.json",
        "brands/acme/rows.json",
    ],
)
def test_a_document_that_is_none_is_refused(scene: Scene, path: str, content: bytes) -> None:
    scene.targets[path] = content
    scene.refused("the publication cannot be used")


@pytest.mark.parametrize(
    "path",
    [
        documents.CATALOGUE,
        *(
            path(slug)
            for slug in ("acme", "bolt")
            for path in (
                documents.products_path,
                documents.keys_path,
                documents.rows_path,
                "brands/{}/units-1.rows".format,
                "brands/{}/codes-1.rows".format,
            )
        ),
    ],
)
def test_a_missing_file_is_refused(scene: Scene, path: str) -> None:
    del scene.targets[path]
    scene.refused("the publication has no")


def test_faults_of_the_source_pass_through(scene: Scene) -> None:
    fault = StorageError("the network is gone", "plug it in")
    source = FakeSource(scene.publication, fault)
    with pytest.raises(StorageError) as caught:
        refresh(source, scene.shelf, lambda step, what: None)
    assert caught.value is fault
    assert scene.shelf.in_use is None


def test_an_unknown_generation_in_use_is_only_ever_left_forward(scene: Scene) -> None:
    scene.sync()
    stored = scene.shelf.in_use
    assert stored is not None
    for number, why in ((9, "older than generation 9"), (1, "another generation 1")):
        other = RegistryGeneration(number, "", "aa" * 32, "")
        scene.shelf.in_use = replace(stored, state=replace(stored.state, generation=other))
        scene.refused(why)


class TestPolicies:
    def test_what_a_brand_asks_travels_signed_with_its_products(self, scene: Scene) -> None:
        scene.store.set_brand_policy(1, BrandPolicy(unsigned=PassOrHold.HOLD))
        product = BrandPolicy(enforce_from="2027-03-01", quarantine_lane="隔离箱")
        scene.store.set_product_policy(1, product)
        scene.publish()
        document = json.loads(scene.targets[documents.products_path("acme")])

        assert document["policy"] == {"unsigned": "hold"}
        assert document["products"][0]["policy"] == {
            "enforce_from": "2027-03-01",
            "quarantine_lane": "隔离箱",
        }
        assert scene.sync().changed

    def test_one_that_asks_nothing_is_written_as_before_there_were_policies(
        self, scene: Scene
    ) -> None:
        for slug in ("acme", "bolt"):
            document = json.loads(scene.targets[documents.products_path(slug)])
            assert list(document) == ["format", "brand_id", "products"]
            (product,) = document["products"]
            assert list(product) == ["product_id", "gtin", "name", "accepted_kinds", "tag_ai"]

    @pytest.mark.parametrize(
        ("policy", "why"),
        [
            ({"enforce_form": "2027-01-01"}, "does not know: enforce_form"),
            ({"unenrolled": "accept_note"}, "does not know: unenrolled"),
            ({"unsigned": "pass please"}, "does not know: unsigned"),
            ({"fresh_hours": 1e999}, "products"),
            ({"accepts": []}, "does not know: accepts"),
            ({"quarantine_lane": "\u202e\x1b[2J"}, "does not know: quarantine_lane"),
            ({"unsigned": None}, "products"),
            ([], "products"),
        ],
    )
    @pytest.mark.parametrize("whose", ["brand", "product"])
    def test_a_policy_this_release_does_not_know_changes_nothing(
        self, scene: Scene, policy: object, why: str, whose: str
    ) -> None:
        """Neither is it left out: a station must not be milder than the brand asks."""

        def ask(document: Any) -> None:
            target = document if whose == "brand" else document["products"][0]
            target["policy"] = policy

        scene.edit(documents.products_path("acme"), ask)
        scene.refused(why)

    def test_a_policy_that_was_not_signed_with_the_content_is_refused(self, scene: Scene) -> None:
        """A brand's file that was exchanged gives another digest than the catalogue's."""

        def ask(document: Any) -> None:
            document["policy"] = {"enforce_from": "2099-01-01"}

        scene.edit(documents.products_path("acme"), ask)
        scene.refused("not the content that the publisher")
