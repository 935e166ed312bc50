"""The registry in use: a refresh is noticed between scans, and a bad one changes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from station.app.registry_holder import LOOK_EVERY_NS, RegistryHolder
from station.core.errors import StorageError
from station.ports.health import Health, HealthStatus
from tests.fakes.intake import GTIN, FrozenClock, registry
from tests.fakes.registry import GENERATION, FakeRegistry


class Site:
    """A pointer file, what it names, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.pointer = folder / "current"
        self.clock = FrozenClock()
        self.reports: list[Health] = []
        self.opened: list[FakeRegistry] = []
        self.warmed: list[bool] = []
        self.next: FakeRegistry | StorageError = registry("A1")
        self.switch(self.next)

    def switch(self, to: FakeRegistry | StorageError) -> None:
        """Replace the pointer as a refresh does: another file in its place."""
        self.next = to
        fresh = self.pointer.with_name("fresh")
        fresh.write_text("x", "utf-8")
        fresh.replace(self.pointer)

    def open(self, warm: bool) -> FakeRegistry:
        self.warmed.append(warm)
        if isinstance(self.next, StorageError):
            raise self.next
        self.opened.append(self.next)
        return self.next

    def holder(self) -> RegistryHolder:
        return RegistryHolder(self.pointer, self.open, self.clock, self.reports.append)

    def wait(self) -> None:
        self.clock.ns += LOOK_EVERY_NS


def generation(number: int) -> FakeRegistry:
    made = registry("A1")
    made.generation = replace(GENERATION, number=number)
    return made


def test_a_refresh_is_noticed_at_the_next_look(tmp_path: Path) -> None:
    site = Site(tmp_path)
    holder = site.holder()
    first = holder.current()
    second = generation(2)
    site.switch(second)
    assert holder.current() is first, "it looks too often"
    site.wait()
    assert holder.current() is second
    assert holder.generation.number == 2
    assert site.opened[0].closed
    assert not second.closed
    assert site.warmed == [True, False], "a dock must not wait for a refreshed registry"
    assert [report.status for report in site.reports] == [HealthStatus.OK] * 2
    assert "generation 2" in site.reports[-1].text


def test_without_a_refresh_nothing_is_opened_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    holder = site.holder()
    for _ in range(5):
        site.wait()
        holder.current()
    assert len(site.opened) == 1


def test_the_same_generation_in_other_files_is_taken(tmp_path: Path) -> None:
    """Base and overlay were made one; the old files will be removed."""
    site = Site(tmp_path)
    holder = site.holder()
    first = holder.current()
    rebased = generation(first.generation.number)
    site.switch(rebased)
    site.wait()
    assert holder.current() is rebased
    assert site.opened[0].closed


def test_a_refreshed_registry_that_cannot_be_opened_leaves_the_old_one_in_use(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path)
    holder = site.holder()
    first = holder.current()
    site.switch(StorageError("it is damaged", "run 'station sync'"))
    site.wait()
    assert holder.current() is first
    assert not site.opened[0].closed
    assert site.reports[-1] == Health(
        "registry", HealthStatus.WARNING, "it is damaged: run 'station sync'"
    )
    good = generation(3)
    site.switch(good)
    site.wait()
    assert holder.current() is good


def test_a_pointer_that_vanished_changes_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    holder = site.holder()
    first = holder.current()
    site.next = StorageError("there is no registry", "run 'station sync'")
    site.pointer.unlink()
    site.wait()
    assert holder.current() is first


def test_it_knows_products_by_name(tmp_path: Path) -> None:
    holder = Site(tmp_path).holder()
    assert holder.product_name(GTIN) == "Headphones"
    assert holder.product_name("09506000117843") == ""


def test_it_does_not_begin_without_a_registry(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.next = StorageError("there is no registry", "run 'station sync'")
    with pytest.raises(StorageError):
        site.holder()
