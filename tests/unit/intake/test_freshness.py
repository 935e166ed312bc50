"""The registry's age tier, whatever the registry says of its age."""

import pytest

from station.core.facts import Freshness
from station.core.policy import SitePolicy
from station.intake.judge import freshness_of

NOW = "2026-03-10T12:00:00.000Z"


@pytest.mark.parametrize(
    ("published_utc", "tier"),
    [
        (NOW, Freshness.FRESH),
        ("2026-03-09T10:00:00Z", Freshness.FRESH),
        ("2026-03-09T09:59:59Z", Freshness.AMBER),
        ("2026-03-07T12:00:00Z", Freshness.AMBER),
        ("2026-03-07T11:59:59Z", Freshness.STALE),
        ("2026-03-10T13:00:00Z", Freshness.FRESH),
        ("2026-03-10T13:00:01Z", Freshness.UNKNOWN),
        ("", Freshness.STALE),
    ],
)
def test_tiers_have_the_ages_of_the_policy(published_utc: str, tier: Freshness) -> None:
    assert freshness_of(published_utc, NOW, SitePolicy()) is tier


@pytest.mark.parametrize(
    "published_utc", ["yesterday", "2026-02-30T00:00:00Z", "2026-03-10T12:00:00", "\x00"]
)
def test_what_is_no_moment_is_never_fresh_and_stops_nothing(published_utc: str) -> None:
    assert freshness_of(published_utc, NOW, SitePolicy()) is Freshness.STALE
