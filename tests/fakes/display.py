"""A display and a feed in memory, and messages as an engine sends them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from station.core.reasons import RULES, Reason, VerdictClass
from station.ports.display import (
    Counters,
    EngineMessage,
    FeedEvent,
    LatchState,
    ScreenRequest,
    Snapshot,
    VerdictShown,
)
from station.ports.health import Health, HealthStatus

GTIN: Final = "09506000134352"
SERIAL: Final = "K7QZ4M2XW9TRB"
TIME_UTC: Final = "2026-03-02T09:15:07.250Z"

ALL_WELL: Final = (
    Health("scanner:pos1", HealthStatus.OK, "connected"),
    Health("camera", HealthStatus.OK, "30 frames/s"),
    Health("registry", HealthStatus.OK, "generation 12"),
    Health("journal", HealthStatus.OK, "writes"),
)


@dataclass
class FakeDisplay:
    """`station.ports.display.Display`: keeps what was published."""

    published: list[EngineMessage] = field(default_factory=list)

    def publish(self, message: EngineMessage) -> None:
        self.published.append(message)


@dataclass
class FakeFeed:
    """`station.ports.display.EngineFeed`: gives what a test puts in, keeps what was asked."""

    waiting: list[FeedEvent] = field(default_factory=list)
    requests: list[ScreenRequest] = field(default_factory=list)
    connected: bool = True
    closed: bool = False

    def say(self, *events: FeedEvent) -> None:
        self.waiting += events

    def drain(self) -> tuple[FeedEvent, ...]:
        events = tuple(self.waiting)
        self.waiting.clear()
        return events

    def send(self, request: ScreenRequest) -> bool:
        if self.connected:
            self.requests.append(request)
        return self.connected

    def close(self) -> None:
        self.closed = True


def verdict(
    reason: Reason = Reason.OK,
    verdict_class: VerdictClass | None = None,
    *,
    scan_id: str = "SCAN0",
    serial: str = SERIAL,
    latched: bool | None = None,
    also: tuple[Reason, ...] = (),
    modifiers: tuple[Reason, ...] = (),
    provisional: bool = False,
    lane: str = "",
    other_shipment: str = "",
    gtin: str = GTIN,
    product: str = "Alpine Headphones",
    source: str = "serial:pos1",
    time_utc: str = TIME_UTC,
) -> VerdictShown:
    """A verdict; QUARANTINE latches unless told otherwise."""
    ruled = verdict_class if verdict_class is not None else RULES[reason].verdict_class
    assert ruled is not None
    return VerdictShown(
        scan_id=scan_id,
        time_utc=time_utc,
        verdict_class=ruled,
        reason=reason,
        also=also,
        modifiers=modifiers,
        provisional=provisional,
        gtin=gtin,
        serial=serial,
        product=product,
        source=source,
        latched=ruled is VerdictClass.QUARANTINE if latched is None else latched,
        commit_ms=1.5,
        total_ms=4.0,
        lane=lane,
        other_shipment=other_shipment,
    )


def snapshot(
    recent: Iterable[VerdictShown] = (),
    *,
    latch: LatchState | None = None,
    health: tuple[Health, ...] = ALL_WELL,
    counters: Counters | None = None,
    station: str = "Dock 3",
    site: str = "Lyon",
) -> Snapshot:
    """The whole picture of a dock."""
    return Snapshot(
        station=station,
        site=site,
        engine_version="0.1.0",
        registry_generation=12,
        registry_published_utc="2026-03-02T06:00:00.000Z",
        counters=Counters() if counters is None else counters,
        latch=LatchState(latched=False) if latch is None else latch,
        health=health,
        recent=tuple(recent),
    )
