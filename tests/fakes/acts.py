"""Acts of people for tests of what keeps and tells them."""

from typing import Any

from station.core.acts import ActEntry, ActKind, Standing
from station.core.codes import UnitIdentity
from station.core.journal import JournalEntry
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from tests.fakes.entries import GTIN

NEW_LABEL = UnitIdentity(GTIN, "NEWLABEL00001")

RECEIVED = Standing(UnitState.RECEIVED, "dock-1", "", VerdictClass.ACCEPT, Reason.OK)
QUARANTINED = Standing(
    UnitState.QUARANTINED, "dock-1", "", VerdictClass.QUARANTINE, Reason.UNIT_RECALLED
)


def act(number: int, kind: ActKind, about: JournalEntry | ActEntry, **more: Any) -> ActEntry:
    """A numbered act of a supervisor about an entry, which moves its unit unless said otherwise."""
    fields: dict[str, Any] = {
        "identity": about.identity,
        "gtin": about.gtin,
        "moves": True,
        "reason_text": "looked at it",
        "time_utc": f"2026-01-31T13:{number // 60 % 60:02}:{number % 60:02}.000Z",
    }
    return ActEntry(
        scan_id=f"{number:026}",
        station=about.station,
        kind=kind,
        operator="BOB",
        role=Role.SUPERVISOR,
        about=about.scan_id,
        **fields | more,
    )
