"""What waits together is decided as it would be one by one: the journal does not show which."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.acts import ActKind
from station.core.errors import StorageError
from station.core.journal import JournalEntry, Timings
from station.core.operators import Operator, Role
from station.core.reasons import Reason
from station.core.registry import UnitRecord
from station.intake.loop import MAX_TOGETHER
from tests.fakes.intake import (
    FORGER,
    Dock,
    FakeRoster,
    at,
    badge,
    forged,
    genuine,
    registry,
    tote,
    unsigned,
)
from tests.fakes.registry import FakeRegistry
from tests.fakes.replacing import replace
from tests.fakes.shipments import asn

NOW = "2026-01-01T00:00:00.000Z"
UNREADABLE = "U9"
"""The serial the registry cannot be asked about."""


class WornRegistry(FakeRegistry):
    """Fails for one unit and no other."""

    def unit(self, product_id: int, serial: str) -> UnitRecord | None:
        if serial == UNREADABLE:
            raise StorageError("the registry cannot be read", "run 'station sync'")
        return super().unit(product_id, serial)


CONTROLS = [
    badge("ANNA"),
    badge("BELA"),
    badge("ANNA", key=FORGER),
    tote("Q1"),
    tote("Q1", FORGER),
]
PAYLOADS: list[bytes] = [
    *(genuine(f"U{n}") for n in (1, 2, 3, 4, 9)),
    *(forged(f"U{n}") for n in (1, 5)),
    *(unsigned(f"U{n}") for n in (2, 6, 9)),
    genuine("U1").lower(),
    genuine("U3")[:-3],
    *CONTROLS,
    b"4006381333931",
    b"",
]
SOURCES = ["scanner", "handheld"]

Step = Callable[[Dock, list[str]], None]
"""Presents something to a dock; knows the scan ids presented before."""


@dataclass(frozen=True)
class Scan:
    payload: bytes
    source: str

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        dock.scan(self.payload, source=self.source, identifier=_identifier(self.payload))


@dataclass(frozen=True)
class Picture:
    payloads: tuple[bytes, ...]
    name: str

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        symbols = [
            replace(at(payload, 150.0 * n), symbology_identifier=_identifier(payload))
            for n, payload in enumerate(self.payloads)
        ]
        dock.picture(*symbols, name=self.name)


@dataclass(frozen=True)
class Declare:
    reason: Reason

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        dock.declare(self.reason)


@dataclass(frozen=True)
class Act:
    kind: ActKind
    back: int

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        about = seen[-1 - self.back % len(seen)] if seen else "none"
        dock.ask(self.kind, about, why="looked at", reference="Q1")


@dataclass(frozen=True)
class Shipment:
    closes: bool

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        dock.move("ASN-1", closes=self.closes, with_open_items=True)


@dataclass(frozen=True)
class Pause:
    seconds: float

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        dock.wait(self.seconds)
        dock.tick()


@dataclass(frozen=True)
class Pin:
    number: int

    def __call__(self, dock: Dock, seen: list[str]) -> None:
        dock.give_pin(self.number)


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Scan, st.sampled_from(PAYLOADS), st.sampled_from(SOURCES)),
    st.builds(Scan, st.sampled_from(PAYLOADS[:4]), st.just("scanner")),
    st.builds(
        Picture,
        st.lists(st.sampled_from(PAYLOADS[:-1]), min_size=1, max_size=5).map(tuple),
        st.sampled_from(["one.png", "two.png"]),
    ),
    st.builds(Declare, st.sampled_from([Reason.NO_CODE, Reason.UNREADABLE])),
    st.builds(
        Act,
        st.sampled_from([ActKind.UNDO, ActKind.QUARANTINE, ActKind.RELEASE]),
        st.integers(0, 5),
    ),
    st.builds(Shipment, st.booleans()),
    st.builds(Pause, st.sampled_from([0.0, 1.0, 3.0, 700.0])),
    st.builds(Pin, st.integers(0, 3)),
)


def worked_through(
    steps: list[Step], *, latches: bool, people: bool, required: bool, together: bool
) -> dict[str, Any]:
    """What a dock made of it all, without what depends on when the writer came to it."""
    known = registry("U1", "U2", "U3", "U6")
    worn = WornRegistry(
        brand_records=known.brand_records,
        product_records=known.product_records,
        key_records=known.key_records,
        unit_records=known.unit_records,
    )
    roster = FakeRoster(Operator("ANNA", Role.OPERATOR), Operator("BELA", Role.SUPERVISOR))
    dock = Dock(worn, latches=latches, roster=roster if people else None, required=required)
    dock.book.add_all([asn("U1", "U2", "U4")], "a.csv", NOW)
    seen: list[str] = []
    for step in steps:
        count = len(dock.arrived)
        step(dock, seen)
        for one in dock.arrived[count:]:
            seen += [read.scan_id for read in getattr(one, "reads", ())]
    if together:
        dock.run_together()
    else:
        engine = dock.engine()
        engine.start()
        for arrived in dock.arrived:
            dock.loop.submit(arrived)
            dock.loop._worker.wait_until_handled()
        end = engine.wait()
        assert end.crash is None, end.crash
    return {
        "journal": [_untimed(entry) for entry in dock.store.entries],
        "claims": dock.store.claims,
        "items": dock.store.items,
        "tasks": dock.store.tasks,
        "latches": dock.told.latches,
        "answers": sorted(dock.told.answers, key=lambda answer: answer.request_id),
        "attendances": dock.told.attendances,
        "notices": dock.told.notices,
        "failures": dock.told.failures,
    }


def _identifier(payload: bytes) -> str:
    """What the scanner says of it: control labels are no GS1 symbols."""
    return "]d1" if payload in CONTROLS else "]d2"


def _untimed(entry: Any) -> Any:
    return replace(entry, timings=Timings()) if isinstance(entry, JournalEntry) else entry


@settings(max_examples=100, deadline=None)
@given(
    st.lists(STEPS, min_size=2, max_size=3 * MAX_TOGETHER),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_what_waits_together_is_decided_as_one_by_one(
    steps: list[Step], latches: bool, people: bool, required: bool
) -> None:
    how = {"latches": latches, "people": people, "required": people and required}
    alone = worked_through(steps, together=False, **how)
    assert worked_through(steps, together=True, **how) == alone
