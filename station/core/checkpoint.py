"""Checkpoints: the journal's head at a moment, signed by the station's own key.

The hash chain alone shows a change to whoever kept an earlier head; a signed checkpoint shows it to
anyone who has the station's public key, back to the last one that was not cut off with the rest.
"""

from dataclasses import dataclass
from typing import Final

CHECKPOINT_DOMAIN: Final = b"intake-station/checkpoint/1\x00"
"""Keeps these messages apart from everything else the station's key signs."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed.

    Attributes:
        station: Whose journal it is.
        seq: The entry that was the last one then, from 1.
        head: Its chain hash, 32 bytes.
        time_utc: When that entry was decided, ISO 8601 with ``Z``.
    """

    station: str
    seq: int
    head: bytes
    time_utc: str

    def message(self) -> bytes:
        """The signed bytes: domain ‖ seq (8, big-endian) ‖ head (32) ‖ time ‖ 00 ‖ station."""
        return b"".join(
            (
                CHECKPOINT_DOMAIN,
                self.seq.to_bytes(8, "big"),
                self.head,
                self.time_utc.encode("ascii", "backslashreplace"),
                b"\x00",
                self.station.encode("utf-8", "backslashreplace"),
            )
        )
