"""The dock screen in what an operator meets, in three sizes; what it says is asserted first.

A picture that changed for the better is kept anew with `pytest --snapshot-update`.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion

from station.core.language import Language
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.shipments import ShipmentKind
from station.ports.display import (
    Attendance,
    Counters,
    EngineFound,
    FeedEvent,
    LatchState,
    ShipmentProgress,
    Snapshot,
)
from station.ports.health import Health, HealthStatus
from station.tui.dock import DockApp
from station.tui.lines import Line, text_of
from station.tui.palette import THEMES, Look
from station.tui.surface import Painting
from station.tui.svg import svg_of
from tests.fakes.display import FakeFeed, verdict
from tests.fakes.display import snapshot as picture
from tests.fakes.dock_screen import FrozenClock
from tests.fakes.replacing import replace
from tests.fakes.svg_snapshots import SvgSnapshots

SIZES: Final = ((80, 24), (120, 40), (40, 12))
OK, WARNING, FAILED = HealthStatus.OK, HealthStatus.WARNING, HealthStatus.FAILED
WELL: Final = (
    Health("scanner", OK, "connected"),
    Health("camera", OK, "30 frames a second"),
    Health("gate", OK, "at quarantine"),
    Health("registry", OK, "generation 12"),
    Health("outbox", OK, "12 events wait"),
    Health("disk", OK, "room enough"),
)


@dataclass(frozen=True)
class Scene:
    """What a screen is told, and what it must say of it.

    Attributes:
        told: After a first picture of a dock at work.
        says: Stands somewhere on the screen, in every size.
        banner: The class whose colours the banner has; None for none.
        strip: Stands in the health strip of the larger sizes.
    """

    told: tuple[FeedEvent, ...]
    says: tuple[str, ...]
    banner: VerdictClass | None = None
    strip: tuple[str, ...] = ()


def at_work() -> Snapshot:
    """A dock in the middle of a shipment."""
    before = (
        verdict(scan_id="B", serial="5W2N8QK4T7VCA"),
        verdict(Reason.READ_EMPTY, scan_id="A", serial=""),
    )
    counters = Counters(accepted=431, rescans=9, held=2, quarantined=4, scans=446)
    progress = ShipmentProgress("SHP-2207", ShipmentKind.ASN, 600, 431, 4, 2)
    return replace(
        picture(before, counters=counters, health=WELL),
        shipment=progress,
        sounds=True,
    )


ALL_OF_STRIP: Final = ("✓ SCANNER", "✓ CAMERA", "✓ GATE", "✓ REGISTRY 6 h", "✓ OUTBOX", "✓ DISK")
SCENES: dict[str, Scene] = {
    "idle": Scene((), (), strip=ALL_OF_STRIP),
    "accept": Scene((verdict(scan_id="1"),), ("Genuine", "✓ ACCEPT"), VerdictClass.ACCEPT),
    "quarantine": Scene(
        (
            verdict(Reason.SIGNATURE_INVALID, VerdictClass.QUARANTINE, scan_id="1"),
            LatchState(latched=True, scan_id="1", refused=2),
        ),
        ("The signature does not fit the code", "scan the tote's label"),
        VerdictClass.QUARANTINE,
    ),
    "rescan": Scene(
        (verdict(Reason.READ_EMPTY, scan_id="1", serial="", gtin="", product=""),),
        ("No code was read", "⟳ RESCAN"),
        VerdictClass.RESCAN,
    ),
    "hold": Scene(
        (verdict(Reason.REPEAT_SAME_STATION, VerdictClass.HOLD, scan_id="1"),),
        ("s same", "2 second"),
        VerdictClass.HOLD,
    ),
    "device gone": Scene(
        (Health("scanner", FAILED, "gone: plug it in again"),),
        ("✕ SCANNER",),
        strip=("✕ SCANNER", "SCANNER: gone: plug it in again"),
    ),
    "stale registry": Scene(
        (
            replace(at_work(), registry_published_utc="2026-02-26T12:00:00.000Z"),
            Health("registry", FAILED, "older than 72 h: run 'station sync'"),
        ),
        ("✕ REGISTRY 4 days",),
        strip=("REGISTRY: older than 72 h: run 'station sync'",),
    ),
    "syncing": Scene(
        (Health("sync", OK, "under way, 'station sync'"),), (), strip=("✓ SYNCING", "✓ DISK")
    ),
}


def reading(language: Language, *, latched: bool = False) -> tuple[FeedEvent, ...]:
    """Somebody who reads a language signs in while a verdict stands."""
    reason = Reason.UNIT_RECALLED if latched else Reason.REPEAT_SAME_STATION
    stands = verdict(reason, scan_id="1", also=(Reason.UNIT_BLOCKED,) if latched else ())
    signed_in = Attendance("ANNA", Role.SUPERVISOR, proven=True, language=language)
    return stands, Health("scanner", FAILED, "gone: plug it in again"), signed_in


SCENES |= {
    "hold in Chinese": Scene(
        reading(Language.CHINESE),
        ("! 待查", "s 同一件", "2 另一件", "q 退出"),
        VerdictClass.HOLD,
        ("✕ 扫描枪", "✓ 登记库 6 小时", "最近扫描", "到货 SHP-2207", "ANNA (主管, 已输入 PIN)"),
    ),
    "hold in German": Scene(
        reading(Language.GERMAN),
        ("! KLÄREN", "s dasselbe", "2 "),
        VerdictClass.HOLD,
        ("✕ SCANNER", "✓ REGISTER 6 h", "LETZTE SCANS", "LIEFERUNG SHP-2207", "(Schichtleitung"),
    ),
    "quarantine in Spanish": Scene(
        reading(Language.SPANISH, latched=True),
        ("✕ CUARENTENA", "scanee la etiqueta de la caja", "p "),
        VerdictClass.QUARANTINE,
        ("✕ ESCÁNER", "✓ REGISTRO 6 h", "ÚLTIMOS ESCANEOS", "Además: La marca ha bloqueado"),
    ),
}


def drawn(scene: Scene, size: tuple[int, int]) -> tuple[DockApp, tuple[Line, ...]]:
    """A scene as a real application draws it, its clock standing still."""
    feed, clock = FakeFeed(), FrozenClock()
    app = DockApp(feed, Look(THEMES["teal"]), clock, ticking=False)

    async def run() -> tuple[Line, ...]:
        async with app.run_test(size=size) as pilot:
            for told in ((EngineFound("0.1.0"), at_work()), scene.told):
                clock.ns += 1_000_000_000
                feed.say(*told)
                app.tick()
                await pilot.pause()
            painting = app.query_one(Painting)
            return tuple(tuple(painting.render_line(y)) for y in range(size[1]))

    return app, asyncio.run(run())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_what_an_operator_meets(
    name: str, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    scene = SCENES[name]

    app, lines = drawn(scene, size)

    assert app.model.view().banner.verdict_class is scene.banner
    text = text_of(lines)
    wanted = scene.says + (scene.strip if size[0] >= 80 else ())
    assert [part for part in wanted if part not in text] == []
    assert svg_of(lines, name) == snapshot(extension_class=SvgSnapshots)
