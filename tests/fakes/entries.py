"""Journal entries for tests of what keeps and reads them."""

from station.core.acts import ActEntry, ActKind, Standing
from station.core.changes import changes_of
from station.core.codes import CodeKind, UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.facts import Facts, SignatureStatus
from station.core.journal import Entry, JournalEntry, Timings
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.verdict import UnitChange, Verdict
from tests.fakes.replacing import replace

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


def entry(
    number: int,
    verdict: Verdict = ACCEPTED,
    *,
    of: int | None = None,
    after: Entry | None = None,
) -> JournalEntry:
    """A numbered entry about the unit of the same number, or of number `of`.

    Args:
        number: Its own.
        verdict: What was decided.
        of: The unit's number.
        after: The line that left the unit as this one found it.
    """
    made = _entry(number, verdict, of)
    standing = None if after is None else changes_of(after).moves[0].leaves
    if standing is None:
        return made
    facts = replace(
        made.facts,
        claim_state=standing.state,
        claim_station=standing.station,
        claim_scan=standing.scan_id,
        claim_previous=standing.previous,
        standing_class=standing.verdict_class,
        standing_reason=standing.reason,
    )
    return replace(made, facts=facts)


def _entry(number: int, verdict: Verdict, of: int | None) -> JournalEntry:
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


def act(number: int, kind: ActKind, on: JournalEntry, *, leaves: Standing | None) -> ActEntry:
    """A numbered act that moves the unit of an entry from where that left it, or its item."""
    changes = changes_of(on)
    item = None if changes.item is None else changes.item.after
    scan_id = f"{number:026}"
    return ActEntry(
        scan_id=scan_id,
        time_utc=f"2026-01-31T13:{number // 60 % 60:02}:{number % 60:02}.000Z",
        station="dock-1",
        kind=kind,
        operator="SVEN",
        role=Role.SUPERVISOR,
        about=on.scan_id,
        identity=on.identity,
        gtin=on.gtin,
        before=changes.moves[0].leaves,
        after=leaves,
        moves=True,
        reason_text="checked by hand",
        software_version="0.0.1",
        item_before=item,
        item=None if item is None else replace(item, ended_by=scan_id),
    )


def standing(number: int, state: UnitState, previous: UnitState | None = None) -> Standing:
    """How line `number` leaves a unit."""
    return Standing(state, "dock-1", f"{number:026}", VerdictClass.ACCEPT, Reason.OK, previous)
