"""Freshness watch: tells health how old the registry is by the site's tiers, once a second.

What the age makes of a verdict is decided for each one; this is what the screen says meanwhile.
"""

from collections.abc import Callable
from typing import Final

from station.core.facts import Freshness
from station.core.policy import SitePolicy
from station.core.registry import RegistryGeneration
from station.intake.judge import freshness_of
from station.ports.clock import Clock
from station.ports.health import Health, HealthSink, HealthStatus

COMPONENT: Final = "registry"

_WORDS: Final = {
    Freshness.AMBER: "more than {fresh:g} h old: run 'station sync'; verdicts are flagged",
    Freshness.STALE: "more than {amber:g} h old: run 'station sync'; verdicts are provisional",
}


class FreshnessWatch:
    """Watches the registry in use; one thread.

    Args:
        generation: Which is in use.
        policy: The site's own tiers; a brand may ask for tighter ones.
        clock: For the time.
        health: Told when the tier changes, and of each generation that is not fresh.
    """

    def __init__(
        self,
        generation: Callable[[], RegistryGeneration],
        policy: SitePolicy,
        clock: Clock,
        health: HealthSink,
    ) -> None:
        self._generation = generation
        self._policy = policy
        self._clock = clock
        self._health = health
        self._told: tuple[int, Freshness] | None = None

    def look(self) -> None:
        """Look once. An age that a wrong clock hides is left to whoever watches the clock."""
        generation = self._generation()
        policy = self._policy
        tier = freshness_of(generation.published_utc, self._clock.now_utc(), policy)
        if tier is Freshness.UNKNOWN or self._told == (generation.number, tier):
            return
        is_first = self._told is None
        self._told = (generation.number, tier)
        words = _WORDS.get(tier)
        if words is not None:
            text = words.format(fresh=policy.fresh_hours, amber=policy.amber_hours)
            self._health(Health(COMPONENT, HealthStatus.WARNING, text))
        elif not is_first:
            text = f"generation {generation.number} of {generation.published_utc}"
            self._health(Health(COMPONENT, HealthStatus.OK, text))
