"""Journal entries for tests of what keeps and reads them."""

from dataclasses import replace

from station.core.codes import CodeKind, UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.facts import Facts, SignatureStatus
from station.core.journal import JournalEntry, Timings
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.verdict import UnitChange, Verdict

GTIN = "09506000134352"
SOURCE = "serial:/dev/ttyTEST"

ACCEPTED = Verdict(VerdictClass.ACCEPT, Reason.OK, change=UnitChange.RECEIVE)
QUARANTINED = Verdict(
    VerdictClass.QUARANTINE,
    Reason.UNIT_RECALLED,
    also=(Reason.UNIT_BLOCKED,),
    change=UnitChange.QUARANTINE,
)
RESCAN = Verdict(VerdictClass.RESCAN, Reason.PARSE_ERROR)


def unit(number: int) -> UnitIdentity:
    """The identity of a numbered unit."""
    return UnitIdentity(GTIN, f"S{number:012}")


def entry(number: int, verdict: Verdict = ACCEPTED, *, of: int | None = None) -> JournalEntry:
    """A numbered entry about the unit of the same number, or of number `of`."""
    identity = unit(number if of is None else of)
    return JournalEntry(
        scan_id=f"{number:026}",
        time_utc=f"2026-01-31T12:{number // 60 % 60:02}:{number % 60:02}.000Z",
        station="dock-1",
        source=SOURCE,
        payload=b"01" + identity.gtin.encode() + b"21" + identity.serial.encode() + b"\x1d99TAG",
        symbology_identifier="]d2",
        kind=CodeKind.UC1,
        identity=identity,
        gtin=identity.gtin,
        facts=Facts(
            kind=CodeKind.UC1,
            identity=identity,
            enrolled=True,
            signature=SignatureStatus.VALID,
            listed=True,
            unit_state=UnitState.ACTIVE,
            overlays=Overlay.RECALLED | Overlay.BLOCKED
            if verdict.reason is Reason.UNIT_RECALLED
            else Overlay.NONE,
        ),
        verdict=verdict,
        registry_generation=7,
        keys_digest="ab" * 32,
        policy_version="default",
        software_version="0.0.1",
        timings=Timings(decode_ms=1.5, verify_ms=0.25),
    )


def nameless(number: int) -> JournalEntry:
    """An entry about an item that could not be named: a RESCAN."""
    return replace(
        entry(number, RESCAN),
        identity=None,
        gtin=None,
        kind=CodeKind.NONE,
        facts=Facts(kind=CodeKind.NONE, problem=Reason.PARSE_ERROR),
    )


def faulted(number: int, *faults: ScannerFault, source: str = SOURCE) -> JournalEntry:
    """An accepted entry of a read under a scanner's faults."""
    made = entry(number)
    return replace(made, source=source, facts=replace(made.facts, scanner_faults=faults))
