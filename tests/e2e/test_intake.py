"""From what a reader sees to what a screen shows, through a real engine: every kind of source.

Each test follows units from drawn labels or sent bytes to the journal, the claim, the outbox row
and the screen's message, and holds these to each other.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange
from station.labels.picture import LabelContent
from station.labels.scene import VIEW_PX, Conditions, draw_scene
from station.labels.symbols import SymbolKind
from station.ports.display import Snapshot, VerdictShown
from tests.fakes.camera_server import CameraServer
from tests.fakes.decoder import Pixels
from tests.fakes.hand import hold_up
from tests.fakes.made_site import GTIN, PRODUCT, STATION, MadeSite, Unit
from tests.fakes.rtsp_server import RtspServer
from tests.fakes.running_engine import RunningEngine, running_engine
from tests.fakes.site_records import SiteRecords, records

JPEG_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of one item.

    Attributes:
        verdict_class: Its class.
        reason: Its headline.
        change: What is written on the unit.
        event: What goes up, or None.
        unit: The unit, or None where the item names none.
    """

    verdict_class: VerdictClass
    reason: Reason
    change: UnitChange
    event: str | None
    unit: Unit | None


def accepted(unit: Unit) -> Expected:
    return Expected(VerdictClass.ACCEPT, Reason.OK, UnitChange.RECEIVE, "receiving", unit)


def recalled(unit: Unit) -> Expected:
    quarantine = VerdictClass.QUARANTINE
    return Expected(quarantine, Reason.UNIT_RECALLED, UnitChange.QUARANTINE, "holding", unit)


def rescan(reason: Reason, unit: Unit | None = None) -> Expected:
    return Expected(VerdictClass.RESCAN, reason, UnitChange.NONE, None, unit)


def view_of(
    *payloads: bytes, seed: int, kind: SymbolKind = SymbolKind.GS1_DATA_MATRIX, torn: bool = False
) -> Pixels:
    """The dock with labels side by side, under the demo's conditions."""
    labels = [LabelContent(payload, kind) for payload in payloads]
    return draw_scene(labels, seed, Conditions(), torn=torn)


def photo(
    *payloads: bytes, seed: int, kind: SymbolKind = SymbolKind.GS1_DATA_MATRIX, torn: bool = False
) -> bytes:
    """The same as a JPEG."""
    out = io.BytesIO()
    scene = Image.fromarray(view_of(*payloads, seed=seed, kind=kind, torn=torn))
    scene.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def agree(site: Path, shown: list[VerdictShown], expected: list[Expected]) -> list[JournalEntry]:
    """Screen, journal, claims and outbox say the same, and it is what was expected."""
    kept = records(site)
    for message in shown:
        kept.holds(message)
    entries = [kept.entries[message.scan_id] for message in shown]
    assert [
        Expected(
            message.verdict_class,
            message.reason,
            entry.verdict.change,
            kept.outbox.get(entry.scan_id),
            wanted.unit,
        )
        for message, entry, wanted in zip(shown, entries, expected, strict=True)
    ] == expected
    for message, entry, wanted in zip(shown, entries, expected, strict=True):
        assert entry.station == STATION
        if wanted.unit is None:
            assert entry.identity is None
            continue
        identity = wanted.unit.identity
        assert entry.identity == identity
        assert (message.gtin, message.serial, message.product) == (GTIN, identity.serial, PRODUCT)
        assert message.total_ms >= message.commit_ms > 0
    claims = [
        (wanted.unit.identity, entry.scan_id)
        for entry, wanted in zip(entries, expected, strict=True)
        if wanted.unit is not None and wanted.change is not UnitChange.NONE
    ]
    assert kept.claims == dict(claims)
    assert list(kept.entries) == [message.scan_id for message in shown]
    return entries


def test_photographs(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    matrix, qr, bad = made.genuine[0], made.genuine[1], made.recalled[0]
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "1.jpg").write_bytes(photo(matrix.payload, seed=1))
    (photos / "2.jpg").write_bytes(photo(qr.payload, seed=2, kind=SymbolKind.GS1_QR_LOW))
    (photos / "3.jpg").write_bytes(photo(made.genuine[2].payload, seed=3, torn=True))
    (photos / "4.jpg").write_bytes(photo(bad.payload, seed=4))
    with running_engine(site, f"images:{photos}") as engine:
        shown = engine.feed.wait_verdicts(4)
        assert [message.latched for message in shown] == [False, False, False, True]
        assert engine.end() == 0
    entries = agree(
        site,
        shown,
        [accepted(matrix), accepted(qr), rescan(Reason.READ_EMPTY), recalled(bad)],
    )
    assert [Path(entry.picture).name for entry in entries] == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert [entry.payload for entry in entries] == [matrix.payload, qr.payload, b"", bad.payload]
    assert [entry.symbology_identifier for entry in entries] == ["]d2", "]Q3", "", "]d2"]
    assert all(entry.timings.decode_ms > 0 for entry in entries)


def clones_before_a_camera(site: Path, good: Unit, copied: Unit) -> list[VerdictShown]:
    """What an engine says of a good label held up, and then of one code at two places."""
    camera = CameraServer()
    try:
        with running_engine(site, f"camera:{camera.url}") as engine:
            hold_up(engine, camera, view_of(good.payload, seed=11), 1)
            shown = hold_up(engine, camera, view_of(copied.payload, copied.payload, seed=12), 3)
            assert engine.end() == 0
    finally:
        camera.close()
    return shown


def test_a_live_camera(made: MadeSite, tmp_path: Path) -> None:
    """Over HTTP, a label at a time; two items with one code are both quarantined at once."""
    site = made.copy_site(tmp_path)
    good, copied = made.genuine[:2]
    shown = clones_before_a_camera(site, good, copied)
    agree(site, shown, [accepted(good), *both_quarantined(copied)])


@pytest.mark.rtsp
def test_a_camera_that_speaks_rtsp(made: MadeSite, tmp_path: Path) -> None:
    """Through H.264, which loses what the eye does not miss: the unit is accepted, and once."""
    site = made.copy_site(tmp_path)
    good = made.genuine[0]
    camera = RtspServer(tmp_path, VIEW_PX)
    try:
        camera.show(view_of(good.payload, seed=11))
        with running_engine(site, f"camera:{camera.url}") as engine:
            shown = engine.feed.wait_verdicts(1)
            assert engine.end() == 0
    finally:
        camera.kill()
    kept = records(site)
    kept.holds(shown[0])
    assert (shown[0].verdict_class, shown[0].reason) == (VerdictClass.ACCEPT, Reason.OK)
    received(kept, (good,))


def both_quarantined(unit: Unit) -> list[Expected]:
    """Two items with one code: the unit is quarantined once, and both items are."""
    quarantine, reason = VerdictClass.QUARANTINE, Reason.CODE_TWICE_IN_FRAME
    return [
        Expected(quarantine, reason, UnitChange.QUARANTINE, "holding", unit),
        Expected(quarantine, reason, UnitChange.NONE, None, unit),
    ]


def test_serial_bytes_on_a_pty(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    good, forged, bad = made.genuine[0], made.genuine[1], made.recalled[0]
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        running_engine(site, f"serial:{scanner.path}") as engine,
    ):
        scanner.wait_for_host()
        assert scanner.scan(good.payload, "]d2")
        assert scanner.scan(forged.forged(), "]d2")
        assert scanner.scan(bad.payload, "]d2")
        shown = engine.feed.wait_verdicts(3)
        assert engine.end() == 0
    entries = agree(
        site,
        shown,
        [accepted(good), rescan(Reason.SIGNATURE_INVALID, forged), recalled(bad)],
    )
    assert {entry.source for entry in entries} == {f"serial:{scanner.path}"}
    assert entries[0].payload == good.payload


def test_lines_of_standard_input(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    units = made.genuine[:40]
    with running_engine(site, "stdin:") as engine:
        engine.type_in(*(unit.payload for unit in units))
        shown = engine.feed.wait_verdicts(len(units))
        assert engine.end() == 0
    agree(site, shown, [accepted(unit) for unit in units])


def test_all_readers_of_a_dock_at_once(made: MadeSite, tmp_path: Path) -> None:
    """A unit read by two readers counts once, whichever was first."""
    site = made.copy_site(tmp_path)
    by_line, by_both = made.genuine[:20], made.genuine[20:40]
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        running_engine(site, f"serial:{scanner.path}", "stdin:") as engine,
    ):
        scanner.wait_for_host()
        engine.type_in(*(unit.payload for unit in (*by_line, *by_both)))
        for unit in by_both:
            assert scanner.scan(unit.payload, "]d2")
        shown = engine.feed.wait_verdicts(60)
        assert engine.end() == 0
    kept = records(site)
    for unit in (*by_line, *by_both):
        assert kept.changes_of(unit.identity, UnitChange.RECEIVE) == 1
    assert counts(shown) == {
        (VerdictClass.ACCEPT, Reason.OK): 40,
        (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION): 20,
    }
    received(kept, (*by_line, *by_both))


def counts(shown: list[VerdictShown]) -> dict[tuple[VerdictClass, Reason], int]:
    found: dict[tuple[VerdictClass, Reason], int] = {}
    for message in shown:
        key = (message.verdict_class, message.reason)
        found[key] = found.get(key, 0) + 1
    return found


def received(kept: SiteRecords, units: tuple[Unit, ...]) -> None:
    assert set(kept.claims) == {unit.identity for unit in units}


def test_what_the_screen_counts_is_what_the_journal_holds(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    with running_engine(site, "stdin:") as engine:
        show(engine, made)
        picture = engine.feed.next(Snapshot, lambda picture: picture.counters.scans == 4)
        assert engine.end() == 0
    counters = picture.counters
    assert (counters.scans, counters.accepted, counters.rescans, counters.quarantined) == (
        4,
        2,
        1,
        1,
    )
    assert [shown.scan_id for shown in picture.recent] == list(reversed(records(site).entries))


def show(engine: RunningEngine, made: MadeSite) -> None:
    one, two, forged = made.genuine[:3]
    engine.type_in(one.payload, two.payload, forged.forged(), made.recalled[0].payload)
