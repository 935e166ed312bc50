"""A brand announces a shipment, and the dock counts against it: through the real commands."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.command_line import Outcome, station
from tests.fakes.made_site import GTIN, MadeSite, passphrase
from tests.fakes.staff import enrol_staff

HEAD = "shipment,kind,seller,sscc,gtin,serial,count\n"
SITE = "amsterdam-2"


@dataclass
class Scene:
    """A brand folder, its publication, and a site with its staff."""

    made: MadeSite

    @property
    def site(self) -> Path:
        return self.made.site

    def despatch(self, verb: str, *argv: str) -> Outcome:
        return station("despatch", verb, *argv, "--brand-dir", str(self.made.brand))

    def announce(
        self, *rows: str, to: str = SITE, brand: str = "aurora", name: str = "asn.csv"
    ) -> Outcome:
        file = self.made.folder / name
        file.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
        return self.despatch("add", str(file), "--brand", brand, "--to", to)

    def publish_and_sync(self) -> Outcome:
        with passphrase():
            out = station(
                *("publish", "--to", str(self.made.published)),
                *("--brand-dir", str(self.made.brand)),
            )
        assert out.code == 0, out.err
        return station(
            *("sync", "--site", str(self.site), "--from", str(self.made.published), "--json")
        )

    def shipments(self) -> dict[str, tuple[str, int]]:
        listed = station("shipment", "list", "--site", str(self.site), "--json").json
        return {one["shipment"]: (one["state"], one["expected"]) for one in listed}

    def opens(self, shipment_id: str) -> None:
        out = station("shipment", "open", shipment_id, "--site", str(self.site), "--by", "ANNA")
        assert out.code == 0, out.err


@pytest.fixture
def scene(made: MadeSite, tmp_path: Path) -> Scene:
    scene = Scene(made.copy_all(tmp_path))
    enrol_staff(scene.site)
    return scene


def test_what_a_brand_announces_is_expected_at_the_dock(scene: Scene) -> None:
    first, second, *_ = scene.made.genuine
    assert scene.announce(f"ASN-1,asn,,,{GTIN},{first.identity.serial},").code == 0
    assert scene.announce(f"ASN-2,asn,,,{GTIN},,4", to="oslo", name="b.csv").code == 0
    synced = scene.publish_and_sync()
    assert (synced.code, synced.json[0]["shipments"]) == (0, 1)
    assert scene.shipments() == {"ASN-1": ("waiting", 1)}
    scene.opens("ASN-1")
    done = station(
        *("scan", "--json", "--site", str(scene.site), "--source", "stdin:"),
        stdin=first.payload + b"\n" + second.payload + b"\n",
    )
    assert [line["reason"] for line in done.json] == ["OK", "NOT_ON_ASN"]


def test_it_is_replaced_until_it_was_at_the_dock(scene: Scene) -> None:
    scene.announce(f"ASN-1,order,,,{GTIN},,4")
    scene.publish_and_sync()
    scene.announce(f"ASN-1,order,,,{GTIN},,5", f"ASN-2,order,,,{GTIN},,2")
    assert scene.publish_and_sync().json[0]["shipments"] == 2
    assert scene.shipments() == {"ASN-1": ("waiting", 5), "ASN-2": ("waiting", 2)}
    scene.opens("ASN-1")
    scene.opens("ASN-2")
    assert scene.shipments()["ASN-1"] == ("waiting", 5)
    scene.announce(f"ASN-1,order,,,{GTIN},,6", f"ASN-2,order,,,{GTIN},,7")
    synced = scene.publish_and_sync()
    (fields,) = synced.json
    assert (synced.code, fields["shipments"]) == (0, 0)
    assert fields["shipments_left"] == [
        {"brand": "aurora", "shipment": at, "because": "was_at_dock"} for at in ("ASN-1", "ASN-2")
    ]
    assert "ASN-1 of aurora (it was at the dock), ASN-2 of aurora" in synced.err
    assert scene.shipments() == {"ASN-1": ("waiting", 5), "ASN-2": ("open", 2)}


def test_what_was_imported_by_hand_stays(scene: Scene) -> None:
    by_hand = scene.made.folder / "by-hand.csv"
    by_hand.write_text(f"{HEAD}ASN-1,order,,,{GTIN},,9\n", "utf-8")
    assert station("shipment", "import", str(by_hand), "--site", str(scene.site)).code == 0
    scene.announce(f"ASN-1,order,,,{GTIN},,4", f"ASN-2,order,,,{GTIN},,2")
    synced = scene.publish_and_sync()
    assert (synced.code, synced.json[0]["shipments"]) == (0, 1)
    assert synced.json[0]["shipments_left"] == [
        {"brand": "aurora", "shipment": "ASN-1", "because": "came_elsewhere"}
    ]
    assert scene.shipments() == {"ASN-1": ("waiting", 9), "ASN-2": ("waiting", 2)}


def test_what_is_withdrawn_goes_to_nobody_new(scene: Scene) -> None:
    scene.announce(f"ASN-1,order,,,{GTIN},,4")
    listed = scene.despatch("list", "--json").json
    assert [(one["site"], one["shipment"], one["expected"]) for one in listed] == [
        (SITE, "ASN-1", 4)
    ]
    which = ("ASN-1", "--brand", "aurora", "--to", SITE)
    assert scene.despatch("remove", *which).code == 0
    again = scene.despatch("remove", *which)
    assert (again.code, "announces no shipment 'ASN-1'" in again.err) == (2, True)
    assert scene.publish_and_sync().json[0]["shipments"] == 0
    assert scene.shipments() == {}


@pytest.mark.parametrize(
    ("row", "options", "wrong"),
    [
        ("ASN-1,order,,,09506000134369,,4", {}, "which is no product of brand aurora"),
        (f"ASN-1,order,,,{GTIN},,4", {"to": "../x"}, "cannot be a site's name"),
        (f"ASN-1,order,,,{GTIN},,4", {"brand": "auror"}, "aurora"),
        (f"ASN-1,order,,,{GTIN},,0", {}, "asn.csv"),
    ],
)
def test_what_cannot_be_announced_is_told_and_nothing_is(
    scene: Scene, row: str, options: dict[str, str], wrong: str
) -> None:
    out = scene.announce(f"ASN-0,order,,,{GTIN},,1", row, **options)
    assert (out.code, wrong in out.err) == (2, True), out.err
    assert scene.despatch("list", "--json").json == []
