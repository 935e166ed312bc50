"""What is said between a scanner and its host, without a port: bytes and times in, scans out.

One interface for line mode, SSI packets and modules with a protocol of their own, so that whoever
reads the port need not know which it is.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from firmware_bridge.framing.lines import Breakage, LineEvent


class Feedback(Enum):
    """What a host tells a scanner about the scan it sent."""

    GOOD = "good"
    BAD = "bad"
    DISABLE = "disable"
    """Read nothing more until enabled: for a quarantine, where another reader can release it."""
    ENABLE = "enable"


@dataclass(frozen=True, slots=True)
class Remark:
    """How the device on the other side is, beyond its port.

    Attributes:
        is_well: Whether it works.
        text: What is so.
        remedy: What to do; ``""`` when all is well.
    """

    is_well: bool
    text: str
    remedy: str = ""


ConversationEvent = LineEvent | Remark


class Conversation(Protocol):
    """One device's side of the wire; a single thread calls all of it.

    Total: any bytes at any time. Whatever is to be sent waits in `take_outgoing` after every call.
    """

    @property
    def deadline_ns(self) -> int | None:
        """When `expire` wants to be called if nothing comes; None never."""
        ...

    def opened(self, mono_ns: int) -> None:
        """The port was opened, for the first time or again."""
        ...

    def feed(self, received: bytes, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Take bytes that arrived."""
        ...

    def expire(self, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Time has passed and no byte waits."""
        ...

    def listen(self, mono_ns: int) -> None:
        """Nobody was listening until now: silence before this is none."""
        ...

    def abandon(self, reason: Breakage) -> tuple[ConversationEvent, ...]:
        """The stream was interrupted."""
        ...

    def tell(self, feedback: Feedback, mono_ns: int) -> None:
        """Tell the scanner about its scan, as far as it can be told."""
        ...

    def take_outgoing(self) -> bytes:
        """The bytes to be sent now; they are forgotten here."""
        ...
