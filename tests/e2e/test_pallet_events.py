"""A pallet that was announced by serial, taken in and closed: what the world is told of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from station.app.pins import PIN_VARIABLE
from station.core.epcis_events import sscc_uri, unit_uri
from tests.fakes.command_line import station
from tests.fakes.made_site import GTIN, MadeSite
from tests.fakes.shipments import SSCC
from tests.fakes.staff import SUPERVISOR_PIN, enrol_staff


def exported(site: Path) -> list[dict[str, Any]]:
    out = site / "events.jsonld"
    options = ("--format", "epcis", "--out", str(out), "--site", str(site))
    done = station("journal", "export", *options)
    assert done.code == 0, done.err
    events: list[dict[str, Any]] = json.loads(out.read_bytes())["epcisBody"]["eventList"]
    return events


def test_a_closed_shipment_tells_what_came_off_its_pallet(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = made.copy_site(tmp_path)
    enrol_staff(site)
    monkeypatch.setenv(PIN_VARIABLE, SUPERVISOR_PIN)
    come, missing = made.genuine[:2], made.genuine[2]
    rows = [f"ASN-1,asn,,{SSCC},{GTIN},{unit.identity.serial},\n" for unit in (*come, missing)]
    file = tmp_path / "asn.csv"
    file.write_text("shipment,kind,seller,sscc,gtin,serial,count\n" + "".join(rows), "ascii")
    for argv in (("import", str(file)), ("open", "ASN-1", "--by", "SVEN")):
        assert station("shipment", *argv, "--site", str(site)).code == 0
    lines = b"".join(unit.payload + b"\n" for unit in (*come, made.recalled[0]))
    station("scan", "--site", str(site), "--source", "stdin:", stdin=lines)
    assert [event["type"] for event in exported(site)] == ["ObjectEvent"] * 3
    closed = station("shipment", "close", "ASN-1", "--by", "SVEN", "--site", str(site))
    assert closed.code == 0, closed.err

    *_, pallet = exported(site)
    assert (pallet["type"], pallet["action"], pallet["bizStep"]) == (
        "AggregationEvent",
        "DELETE",
        "unpacking",
    )
    assert pallet["parentID"] == sscc_uri(SSCC)
    assert sorted(pallet["childEPCs"]) == sorted(unit_uri(unit.identity) for unit in come)
    (waiting,) = station("outbox", "status", "--site", str(site), "--json").json
    assert waiting["waiting"] == 4
