"""What a quarantine latch remembers across a power cut."""

from collections.abc import Sequence
from typing import Protocol


class LatchMemory(Protocol):
    """Remembers which quarantines stand; one thread at a time.

    Nothing is raised: a latch that cannot be remembered is closed all the same, and health says
    that it would not survive a restart.
    """

    def standing(self) -> tuple[str, ...]:
        """The scans whose quarantines stand unacknowledged, the first one first."""
        ...

    def keep(self, scan_ids: Sequence[str]) -> None:
        """Remember these quarantines alone, at least one; on return they survive a power cut."""
        ...

    def forget(self) -> None:
        """Every quarantine was acknowledged, or was none."""
        ...
