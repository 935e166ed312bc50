"""Shipments announced through a publication: to whom, by whom, of what; and what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from station.core.errors import StorageError, TrustError
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine
from station.ports.publication import LeftAlone, LeftBecause
from station.sync import documents
from station.sync.announcements import shipments_path, site_tag
from station.sync.publish import publish
from station.sync.refresh import RefreshSummary, RefreshWay, refresh
from tests.fakes.announcements import FakeAnnouncements
from tests.fakes.publication import FakePublication, FakeSource
from tests.fakes.publishing import GTIN, OTHER_GTIN, filled_store, moment
from tests.fakes.registry_shelf import FakeShelf

SSCC = "106141412345678908"
FIRST = Shipment(
    "ASN-1",
    ShipmentKind.ASN,
    "nordic",
    (ShipmentLine(GTIN, 3, frozenset({"B", "A"}), SSCC),),
    (SSCC,),
)
SECOND = Shipment("ASN-2", ShipmentKind.ORDER, "", (ShipmentLine(GTIN, 5),))
PATH = shipments_path("acme", site_tag("berlin"))


class AskedSource(FakeSource):
    """Remembers what it was asked for."""

    def refresh(self) -> None:
        self.asked: list[str] = []
        super().refresh()

    def fetch(self, path: str, max_bytes: int) -> int:
        self.asked.append(path)
        return super().fetch(path, max_bytes)


class Scene:
    """A publisher that announces two shipments to berlin and one to oslo; and berlin."""

    def __init__(self) -> None:
        self.store = filled_store()
        self.publication = FakePublication()
        self.shelf = FakeShelf()
        self.berlin = FakeAnnouncements()
        self.store.announce(1, "berlin", SECOND)
        self.store.announce(1, "berlin", FIRST)
        self.store.announce(1, "oslo", Shipment("ASN-9", ShipmentKind.BLIND))
        self.publish()

    def publish(self) -> None:
        publish(self.store, self.publication, moment())

    @property
    def targets(self) -> dict[str, bytes]:
        assert self.publication.released is not None
        return self.publication.released

    def sync(self) -> RefreshSummary:
        self.source = AskedSource(self.publication)
        return refresh(self.source, self.shelf, lambda *_: None, announcements=self.berlin)

    def edit(self, change: Callable[[Any], None], *, vouched: bool = True) -> None:
        """Change what acme announces to berlin; the publisher vouches for it unless not."""
        document = json.loads(self.targets[PATH])
        change(document)
        content = json.dumps(document).encode()
        self.targets[PATH] = content
        if vouched:
            catalogue = json.loads(self.targets["catalogue.json"])
            catalogue["brands"][0]["shipments"][site_tag("berlin")] = documents.digest_of(content)
            self.targets["catalogue.json"] = json.dumps(catalogue).encode()

    def refused(self, why: str) -> None:
        with pytest.raises(TrustError, match=why) as caught:
            self.sync()
        assert caught.value.remedy
        assert self.shelf.in_use is None
        assert self.berlin.shipments == {}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_site_takes_what_is_announced_to_it_and_nothing_else(scene: Scene) -> None:
    assert scene.sync().shipments == 2
    assert scene.berlin.shipments == {"ASN-1": FIRST, "ASN-2": SECOND}
    assert [path for path in scene.source.asked if "shipments" in path] == [PATH]


def test_what_was_taken_is_not_fetched_again_and_what_changed_is(scene: Scene) -> None:
    scene.sync()
    assert scene.sync().shipments == 0
    assert PATH not in scene.source.asked
    changed = Shipment("ASN-2", ShipmentKind.ORDER, "", (ShipmentLine(GTIN, 6),))
    scene.store.announce(1, "berlin", changed)
    scene.publish()
    assert scene.sync().shipments == 1
    assert scene.berlin.shipments == {"ASN-1": FIRST, "ASN-2": changed}


def test_what_cannot_be_taken_is_told_and_taken_by_the_next_run(scene: Scene) -> None:
    scene.berlin.fault = StorageError("the disk is full", "free some space")
    summary = scene.sync()
    assert (summary.way, summary.shipments) == (RefreshWay.SNAPSHOT, 0)
    assert summary.put_off == "shipments were not taken in: the disk is full"
    scene.berlin.fault = None
    summary = scene.sync()
    assert (summary.way, summary.shipments, summary.put_off) == (RefreshWay.NOTHING, 2, "")


def test_what_is_left_alone_is_named_with_its_brand(scene: Scene) -> None:
    scene.sync()
    scene.berlin.at_dock.add("ASN-2")
    scene.store.announce(1, "berlin", replace(SECOND, seller="nordic"))
    scene.store.announce(2, "berlin", Shipment("ASN-1", ShipmentKind.BLIND))
    scene.publish()
    summary = scene.sync()
    assert summary.shipments == 0
    assert summary.left == (
        ("acme", LeftAlone("ASN-2", LeftBecause.WAS_AT_DOCK)),
        ("bolt", LeftAlone("ASN-1", LeftBecause.CAME_ELSEWHERE)),
    )
    assert scene.berlin.shipments == {"ASN-1": FIRST, "ASN-2": SECOND}


def test_names_of_files_and_the_catalogue_are_no_list_of_sites(scene: Scene) -> None:
    assert sum("shipments" in path for path in scene.targets) == 2
    told = "\n".join(scene.targets) + scene.targets["catalogue.json"].decode()
    assert "oslo" not in told
    assert "berlin" not in told


def test_a_publication_that_announces_nothing_is_as_before_there_were_announcements() -> None:
    publication = FakePublication()
    publish(filled_store(), publication, moment())
    assert publication.released is not None
    assert b"shipments" not in publication.released["catalogue.json"]
    assert not [path for path in publication.released if "shipments" in path]


def test_the_forger_is_believed_when_it_changes_nothing(scene: Scene) -> None:
    scene.edit(lambda document: None)
    assert scene.sync().shipments == 2


def test_a_brand_alone_announces_nothing(scene: Scene) -> None:
    scene.edit(lambda d: d["shipments"][0].update(seller="other"), vouched=False)
    scene.refused("announces is not what the publisher saw")


def pallet(document: Any) -> Any:
    return document["shipments"][0]["lines"][0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.update(brand_id=2), "another brand's or site's"),
        (lambda d: d.update(site="oslo"), "another brand's or site's"),
        (lambda d: d.update(format=2), "format 2, not 1"),
        (lambda d: d.update(extra=1), "unknown field"),
        (lambda d: d["shipments"].reverse(), "shipments of brand acme out of order"),
        (lambda d: d["shipments"].append(d["shipments"][1]), "out of order"),
        (lambda d: d["shipments"].extend(d["shipments"] * 500), "length <= 1000"),
        (lambda d: pallet(d).update(gtin=OTHER_GTIN), f"GTIN {OTHER_GTIN}, which is not its own"),
        (lambda d: pallet(d).update(count=1), "announced with 2 serials, but as 1 units"),
        (lambda d: pallet(d).update(count=0), "shipments"),
        (lambda d: pallet(d).update(count=10**9), "shipments"),
        (lambda d: pallet(d)["serials"].reverse(), "out of order"),
        (lambda d: pallet(d)["serials"].append("B"), "out of order"),
        (lambda d: pallet(d).update(serials=["a\x1b"]), "shipments"),
        (lambda d: pallet(d).update(sscc="106141412345678900"), "a pallet's number is none"),
        (lambda d: pallet(d).update(extra=1), "unknown field"),
        (lambda d: d["shipments"][0].update(kind="blind"), "a blind shipment announces no units"),
        (lambda d: d["shipments"][0].update(kind="order"), "neither serials nor pallets"),
        (lambda d: d["shipments"][0].update(lines=[], ssccs=[]), "it announces no units"),
        (lambda d: d["shipments"][0].update(shipment_id="../x"), "shipments"),
        (lambda d: d["shipments"][0].update(seller="Nordic"), "shipments"),
        (lambda d: d["shipments"][0]["lines"].append(pallet(d)), "two|out of order"),
    ],
)
def test_what_no_file_of_shipments_could_say_is_refused(
    scene: Scene, change: Callable[[Any], None], why: str
) -> None:
    scene.edit(change)
    scene.refused(why)


def test_a_document_that_is_not_there_is_refused(scene: Scene) -> None:
    del scene.targets[PATH]
    scene.refused("has no brands/acme/shipments")
