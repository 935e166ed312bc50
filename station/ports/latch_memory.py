"""What a quarantine latch remembers across a power cut."""

from typing import Protocol


class LatchMemory(Protocol):
    """Remembers which quarantine stands; the verdict loop's thread only.

    Nothing is raised: a latch that cannot be remembered is closed all the same, and health says
    that it would not survive a restart.
    """

    def standing(self) -> str:
        """The scan whose quarantine stands unacknowledged, or ``""``."""
        ...

    def keep(self, scan_id: str) -> None:
        """Remember a quarantine; when this returns, it survives a power cut."""
        ...

    def forget(self) -> None:
        """The quarantine was acknowledged."""
        ...
