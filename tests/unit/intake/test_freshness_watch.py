"""The health strip says how old the registry is, when that changes and not more often."""

from dataclasses import replace

from station.core.policy import SitePolicy
from station.core.registry import RegistryGeneration
from station.intake.freshness_watch import FreshnessWatch
from station.ports.health import Health, HealthStatus
from tests.fakes.intake import FrozenClock

PUBLISHED = "2026-03-01T06:00:00.000Z"
GENERATION = RegistryGeneration(7, PUBLISHED, "", "")


class Watched:
    """A registry that grows older."""

    def __init__(self) -> None:
        self.generation = GENERATION
        self.clock = FrozenClock(PUBLISHED)
        self.reports: list[Health] = []
        self.watch = FreshnessWatch(
            lambda: self.generation, SitePolicy(), self.clock, self.reports.append
        )

    def at(self, time_utc: str) -> list[tuple[HealthStatus, str]]:
        """What is told by then."""
        self.clock.utc = time_utc
        self.watch.look()
        self.watch.look()
        told = [(report.status, report.text) for report in self.reports]
        self.reports.clear()
        return told


def test_each_tier_is_told_once() -> None:
    watched = Watched()
    assert watched.at(PUBLISHED) == []
    assert watched.at("2026-03-02T08:00:00.000Z") == []
    assert watched.at("2026-03-02T08:00:01.000Z") == [
        (
            HealthStatus.WARNING,
            "more than 26 h old: run 'station sync'; verdicts are flagged",
        )
    ]
    assert watched.at("2026-03-04T06:00:01.000Z") == [
        (
            HealthStatus.WARNING,
            "more than 72 h old: run 'station sync'; verdicts are provisional",
        )
    ]
    watched.generation = replace(GENERATION, number=8, published_utc="2026-03-04T05:00:00.000Z")
    assert watched.at("2026-03-04T06:00:02.000Z") == [
        (HealthStatus.OK, "generation 8 of 2026-03-04T05:00:00.000Z")
    ]


def test_a_wrong_clock_is_not_the_registry_s_fault() -> None:
    watched = Watched()
    watched.at(PUBLISHED)
    assert watched.at("2026-02-01T00:00:00.000Z") == []
