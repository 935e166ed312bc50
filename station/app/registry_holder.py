"""Holds the registry generation in use and notices a refresh, between scans."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.core.causes import Cause, because, told
from station.core.errors import StorageError
from station.core.registry import RegistryGeneration
from station.ports.clock import Clock
from station.ports.health import Health, HealthSink, HealthStatus
from station.ports.registry import Registry

LOOK_EVERY_NS: Final = 500_000_000
"""How often the loop looks whether a refresh switched the registry; a look costs one stat."""


class RegistryHolder:
    """Gives the verdict loop the newest registry.

    Args:
        pointer: The file a refresh replaces when it switches.
        open_current: Opens the generation the pointer names; told whether to read it through
            first, which is done at the start only: a refresh has just written its file, and
            reading gigabytes between two scans would stall the dock.
        clock: For the interval between looks.
        health: Told after each opening, and when a refreshed registry cannot be opened.
    """

    def __init__(
        self,
        pointer: Path,
        open_current: Callable[[bool], Registry],
        clock: Clock,
        health: HealthSink,
    ) -> None:
        self._pointer = pointer
        self._open_current = open_current
        self._clock = clock
        self._health = health
        self._seen = self._look()
        self._registry = open_current(True)
        self._looked_ns = clock.mono_ns()
        self._tell()

    def current(self) -> Registry:
        """The registry to decide with; the verdict loop's thread only.

        A refresh whose file cannot be opened leaves the old generation in use: it was good before.
        Nor is an older one gone back to: it knows fewer revoked keys and stolen units.
        """
        now_ns = self._clock.mono_ns()
        if now_ns - self._looked_ns >= LOOK_EVERY_NS:
            self._looked_ns = now_ns
            seen = self._look()
            if seen != self._seen and self._switch():
                self._seen = seen
        return self._registry

    @property
    def generation(self) -> RegistryGeneration:
        """Which generation is in use; any thread."""
        return self._registry.generation

    def product_name(self, gtin: str) -> str:
        """An enrolled product's name, or ``""``; a look-up in memory, any thread."""
        product = self._registry.product(gtin)
        return product.name if product is not None else ""

    def close(self) -> None:
        """Release the file."""
        self._registry.close()

    def _switch(self) -> bool:
        """Open what the pointer names; False where that is to be tried again at the next look."""
        old = self._registry
        try:
            new = self._open_current(False)
        except StorageError as error:
            self._health(
                Health(
                    "registry",
                    HealthStatus.WARNING,
                    str(error),
                    because(Cause.REGISTRY_UNREADABLE, error.told, error.message),
                )
            )
            return False
        number, offered = old.generation.number, new.generation.number
        if offered < number:
            new.close()
            text = f"generation {offered} is older than {number}, which stays in use; run "
            told_of = told(Cause.REGISTRY_OLDER, offered=offered, number=number)
            self._health(Health("registry", HealthStatus.WARNING, f"{text}'station sync'", told_of))
            return True
        self._registry = new
        old.close()
        self._tell()
        return True

    def _tell(self) -> None:
        generation = self._registry.generation
        text = f"generation {generation.number} of {generation.published_utc}"
        told_of = told(
            Cause.REGISTRY_IN_USE, number=generation.number, time=generation.published_utc
        )
        self._health(Health("registry", HealthStatus.OK, text, told_of))

    def _look(self) -> tuple[int, int]:
        """What tells one pointer file from the next; ``(0, 0)`` while there is none."""
        try:
            status = os.stat(self._pointer)  # noqa: PTH116 - one look a half second, hot path
        except OSError:
            return (0, 0)
        return (status.st_ino, status.st_mtime_ns)
