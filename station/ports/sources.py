"""Where reads come from."""

from collections.abc import Callable
from typing import Protocol

from station.core.reading import Capture

CaptureSink = Callable[[Capture], None]
"""Takes a capture into the loop's queue; blocks while it is full: a read is never dropped."""


class Source(Protocol):
    """A camera with its decoder, a scanner, a folder of pictures, standard input.

    One thread per source calls `run`, which returns when the source has ended or `stop` was
    called, and raises `station.core.errors.DeviceError` when the device is gone for good. A device
    that may come back is waited for inside `run` and reported through health.
    """

    @property
    def name(self) -> str:
        """As configured, e.g. ``images:photos/``."""
        ...

    def run(self, sink: CaptureSink) -> None:
        """Deliver captures to the sink until the end."""
        ...

    def stop(self) -> None:
        """Make `run` return soon; from any thread; idempotent."""
        ...
