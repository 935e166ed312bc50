"""Noticing a refresh between scans, and surviving one that cannot be opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from station.app.registry_holder import LOOK_EVERY_NS, RegistryHolder
from station.core.errors import StorageError
from station.ports.health import Health, HealthStatus
from tests.fakes.intake import GTIN, FrozenClock, registry
from tests.fakes.registry import FakeRegistry


class Folder:
    """A registry folder whose pointer and openings a test decides."""

    def __init__(self, pointer: Path) -> None:
        self.pointer = pointer
        self.opened: list[tuple[FakeRegistry, bool]] = []
        self.fault: StorageError | None = None
        self.number: int | None = None

    def switch(self) -> None:
        """As a refresh does it: another file under the same name."""
        aside = self.pointer.with_name("aside")
        aside.write_text(str(len(self.opened)), encoding="ascii")
        aside.rename(self.pointer)

    def open_current(self, warm: bool) -> FakeRegistry:
        if self.fault is not None:
            raise self.fault
        known = registry()
        number = len(self.opened) + 1 if self.number is None else self.number
        known.generation = replace(known.generation, number=number)
        self.opened.append((known, warm))
        return known


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "current")
    folder.switch()
    return folder


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def held(folder: Folder, clock: FrozenClock) -> tuple[RegistryHolder, list[Health]]:
    reports: list[Health] = []
    holder = RegistryHolder(folder.pointer, folder.open_current, clock, reports.append)
    return holder, reports


def test_a_refresh_is_noticed_and_the_old_registry_released(
    folder: Folder, clock: FrozenClock
) -> None:
    holder, reports = held(folder, clock)
    assert holder.current().generation.number == 1
    folder.switch()
    assert holder.current().generation.number == 1, "it looked before its time"
    clock.ns += LOOK_EVERY_NS
    assert holder.current().generation.number == holder.generation.number == 2
    assert [(known.closed, warm) for known, warm in folder.opened] == [(True, True), (False, False)]
    assert [report.status for report in reports] == [HealthStatus.OK, HealthStatus.OK]
    holder.close()
    assert folder.opened[-1][0].closed


def test_without_a_refresh_nothing_is_opened_again(folder: Folder, clock: FrozenClock) -> None:
    holder, _ = held(folder, clock)
    for _ in range(5):
        clock.ns += LOOK_EVERY_NS
        holder.current()
    assert len(folder.opened) == 1


def test_a_refresh_that_cannot_be_opened_leaves_the_old_registry_in_use(
    folder: Folder, clock: FrozenClock
) -> None:
    holder, reports = held(folder, clock)
    folder.fault = StorageError("the registry file is damaged", "run 'station sync'")
    folder.switch()
    clock.ns += LOOK_EVERY_NS
    assert holder.current().generation.number == 1
    assert not folder.opened[0][0].closed
    assert reports[-1] == Health(
        "registry", HealthStatus.WARNING, "the registry file is damaged: run 'station sync'"
    )
    folder.fault = None
    clock.ns += LOOK_EVERY_NS
    assert holder.current().generation.number == 2, "it is tried again"


def test_product_names_are_told_from_memory(folder: Folder, clock: FrozenClock) -> None:
    holder, _ = held(folder, clock)
    assert holder.product_name(GTIN) == "Headphones"
    assert holder.product_name("00000000000000") == ""


def test_an_older_generation_is_not_gone_back_to(folder: Folder, clock: FrozenClock) -> None:
    folder.number = 7
    holder, reports = held(folder, clock)
    folder.number = 6
    folder.switch()
    clock.ns += LOOK_EVERY_NS
    assert holder.current().generation.number == 7
    assert (reports[-1].status, "6" in reports[-1].text) == (HealthStatus.WARNING, True)
    folder.number = 8
    folder.switch()
    clock.ns += LOOK_EVERY_NS
    assert holder.current().generation.number == 8
    assert reports[-1].status is HealthStatus.OK
