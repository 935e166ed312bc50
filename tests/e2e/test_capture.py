"""A unit received at one site is known at the next one, by events, a publication and a sync."""

import json
from pathlib import Path
from typing import Any

import pytest

from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.app.pins import NEW_PIN_VARIABLE, PIN_VARIABLE
from tests.fakes.command_line import station
from tests.fakes.made_site import PASSPHRASE, MadeSite, Unit


@pytest.fixture
def sites(made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two sites of one brand's that know nothing of each other: dock-1 and dock-2."""
    one = made.copy_all(tmp_path).site
    (tmp_path / "other").mkdir()
    other = made.copy_site(tmp_path / "other")
    settings = other / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace("dock-1", "dock-2"), "utf-8")
    monkeypatch.setenv("STATION_BRAND_DIR", str(tmp_path / "brand"))
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
    return one, other


def good(*argv: str, stdin: bytes = b"", code: int = 0) -> list[dict[str, Any]]:
    done = station(*argv, "--json", stdin=stdin)
    assert done.code == code, done
    return done.json


def scan(site: Path, unit: Unit) -> dict[str, Any]:
    argv = ("scan", "--source", "stdin:", "--json", "--site", str(site))
    [verdict] = station(*argv, stdin=unit.payload + b"\n").json
    return dict(verdict)


def exported(site: Path) -> Path:
    """A site's events as a document."""
    events = site.parent / "events.json"
    done = station(
        "journal", "export", "--format", "epcis", "--out", str(events), "--site", str(site)
    )
    assert done.code == 0, done
    return events


def tell(site: Path, published: Path, *, code: int = 0) -> dict[str, Any]:
    """A site's events, by way of the brand, to every site that syncs."""
    [captured] = good("capture", str(exported(site)), code=code)
    good("publish", "--to", str(published))
    return captured


def verdict_at(site: Path, unit: Unit) -> tuple[str, str]:
    [verdict] = station("check", "--json", "--site", str(site), unit.payload.decode()).json
    return verdict["verdict"], verdict["reason"]


def test_a_copy_at_another_site_is_caught_until_the_receipt_is_taken_back(
    made: MadeSite, sites: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sites
    published = one.parent / "published"
    unit, second = made.genuine[:2]
    receipt = scan(one, unit)
    assert receipt["verdict"] == "ACCEPT"
    assert verdict_at(other, unit) == ("ACCEPT", "OK")

    captured = tell(one, published)
    assert (captured["changed"], captured["doubtful"]) == (1, [])
    good("sync", "--from", str(published), "--site", str(other))
    assert verdict_at(other, unit) == ("QUARANTINE", "DUPLICATE_OTHER_STATION")
    assert verdict_at(other, second) == ("ACCEPT", "OK")

    good("sync", "--from", str(published), "--site", str(one))
    assert verdict_at(one, unit)[1] != "DUPLICATE_OTHER_STATION", "its own receipt came back"

    good("operator", "add", "SAM", "--role", "supervisor", "--site", str(one))
    monkeypatch.setenv(NEW_PIN_VARIABLE, "271828")
    monkeypatch.setenv(PIN_VARIABLE, "271828")
    good("operator", "pin", "SAM", "--site", str(one))
    good("undo", receipt["scan_id"], "--by", "SAM", "--reason", "wrong unit", "--site", str(one))
    captured = tell(one, published)
    assert (captured["changed"], captured["known"]) == (1, 1)
    good("sync", "--from", str(published), "--site", str(other))
    assert verdict_at(other, unit) == ("ACCEPT", "OK")


def test_two_receipts_of_one_code_are_named(made: MadeSite, sites: tuple[Path, Path]) -> None:
    one, other = sites
    published = one.parent / "published"
    unit = made.genuine[0]
    scan(one, unit)
    scan(other, unit)
    tell(one, published)
    captured = tell(other, published, code=1)
    assert captured["doubtful"] == [
        {
            "gtin": unit.identity.gtin,
            "serial": unit.identity.serial,
            "doubt": "does_not_follow",
            "told": "received",
            "told_at": "dock-2",
            "stands": "received",
            "stands_at": "dock-1",
        }
    ]
    again = station("capture", "-", stdin=exported(other).read_bytes())
    assert (again.code, again.out) == (
        0,
        "-: 1 events: 0 units stand otherwise now, 1 known already\n",
    )


def test_for_people_a_doubtful_unit_is_named_with_what_to_do(
    made: MadeSite, sites: tuple[Path, Path]
) -> None:
    one, other = sites
    unit = made.genuine[0]
    for site in sites:
        scan(site, unit)
    tell(one, one.parent / "published")
    done = station("capture", str(exported(other)))
    assert done.code == 1
    assert f"{unit.identity.serial}: received at dock-2, is received at dock-1: " in done.err
    assert "station codes mark" in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "no EPCIS 2.0 document"),
        (b"\xff", "no UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"type": "EPCISDocument", "epcisBody": {}}', "holds no eventList"),
        (
            json.dumps(
                {
                    "type": "EPCISDocument",
                    "epcisBody": {"eventList": [{"errorDeclaration": {}}]},
                }
            ).encode(),
            "does not say of which event",
        ),
    ],
)
def test_what_is_no_document_is_refused(
    sites: tuple[Path, Path], content: bytes, said: str
) -> None:
    done = station("capture", "-", stdin=content)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
