"""What the journal keeps of a verdict: enough to decide again and to prove it unchanged."""

import hashlib
from typing import Final

from msgspec import Struct

from station.core.acts import ActEntry
from station.core.codes import CodeKind, UnitIdentity
from station.core.facts import Facts
from station.core.print_quality import PrintQuality
from station.core.symbol import SymbolFormat
from station.core.verdict import Verdict

GENESIS_HASH: Final = bytes(32)
"""The predecessor of the first entry."""


class Timings(Struct, frozen=True):
    """Stage times of one scan in milliseconds; the latency trace is a by-product of the flow.

    `commit_ms` is known only after the entry is durable, so the journal's copy holds 0 there.
    """

    decode_ms: float = 0.0
    verify_ms: float = 0.0
    lookup_ms: float = 0.0
    commit_ms: float = 0.0
    total_ms: float = 0.0


class JournalEntry(Struct, frozen=True):
    """One verdict with everything it was made from.

    Attributes:
        scan_id: Unique.
        time_utc: Wall clock, ISO 8601, milliseconds, ``Z``.
        station: Which station decided.
        source: Which source read it.
        payload: The bytes as read.
        symbology_identifier: AIM identifier or ``""``.
        kind: What the payload is.
        identity: The unit it claims to be, or None.
        gtin: The GTIN where one is known, also of a code without serial.
        facts: What the decision used.
        verdict: What was decided.
        registry_generation: Number of the registry generation used.
        keys_digest: Which key set, hex.
        policy_version: Which policy; the station database keeps what it says.
        software_version: Which release decided.
        picture: Where a picture came from, or ``""``.
        timings: Stage times up to the commit.
        operator: Who was signed in, or ``""``.
        shipment: The shipment that was open, or ``""``.
        symbol_format: The symbology as the reader named it.
        complete: Whether the reader said that the payload is whole.
        proven: Whether the code proved which unit it is (`station.core.decision.is_trusted`).
        print_quality: How well the label is printed, an estimate no decision uses; None where it is
            not known.
    """

    scan_id: str
    time_utc: str
    station: str
    source: str
    payload: bytes
    symbology_identifier: str
    kind: CodeKind
    identity: UnitIdentity | None
    gtin: str | None
    facts: Facts
    verdict: Verdict
    registry_generation: int
    keys_digest: str
    policy_version: str
    software_version: str
    picture: str = ""
    timings: Timings = Timings()
    operator: str = ""
    shipment: str = ""
    symbol_format: SymbolFormat = SymbolFormat.UNKNOWN
    complete: bool = True
    proven: bool = False
    print_quality: PrintQuality | None = None


Entry = JournalEntry | ActEntry
"""A line of the journal."""


def chain_hash(previous: bytes, body: bytes) -> bytes:
    """The hash that binds an entry's stored bytes to everything before it.

    Args:
        previous: 32 bytes, the predecessor's hash, or `GENESIS_HASH`.
        body: The entry exactly as stored.

    Returns:
        32 bytes, SHA-256 over ``previous ‖ body``.
    """
    return hashlib.sha256(previous + body).digest()
