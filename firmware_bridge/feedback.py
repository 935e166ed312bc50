"""Host feedback in line mode: what makers' scanners understand. Tables, with their sources."""

from dataclasses import dataclass
from typing import Final

from firmware_bridge.conversation import Feedback


@dataclass(frozen=True, slots=True)
class Dialect:
    """Bytes for each piece of feedback; ``b""`` where the scanner has none.

    Attributes:
        good: The scan is taken.
        bad: It is not.
        disable: Read nothing more.
        enable: Read again.
        source: Where this stands.
    """

    good: bytes
    bad: bytes
    disable: bytes
    enable: bytes
    source: str

    def bytes_of(self, feedback: Feedback) -> bytes:
        """What is sent for a piece of feedback."""
        match feedback:
            case Feedback.GOOD:
                return self.good
            case Feedback.BAD:
                return self.bad
            case Feedback.DISABLE:
                return self.disable
            case Feedback.ENABLE:
                return self.enable


NO_FEEDBACK: Final = Dialect(b"", b"", b"", b"", "none configured")

DIALECTS: Final = {
    "none": NO_FEEDBACK,
    "honeywell": Dialect(
        good=b"\x1b7,",
        bad=b"\x1b8,\x1b8,",
        disable=b"",
        enable=b"",
        source="Honeywell Xenon/Granit User Guide, Host ACK: after each scan the scanner waits "
        "for one of these for 10 seconds and reads nothing meanwhile",
    ),
    "datalogic": Dialect(
        good=b"B",
        bad=b"\x01\x01\x01",
        disable=b"F",
        enable=b"E",
        source="Datalogic Magellan 800i Product Reference Guide, Host Commands: F is 'not on "
        "file', after which the scanner is dead until E",
    ),
    "zebra": Dialect(
        good=b"\a",
        bad=b"\a\a\a",
        disable=b"",
        enable=b"",
        source="Zebra DS Series Product Reference Guide, RS-232: Beep on <BEL>",
    ),
}
"""By the names `feedback` takes in the configuration."""
