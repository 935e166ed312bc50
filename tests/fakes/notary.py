"""Who seals the lines of changes in tests: a station's key of their own."""

import os
from itertools import count
from typing import Final

from station.core.acts import ActEntry, ActKind, sealed
from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.operators import SITE_OWNER, OperatorChange, Proof, Role
from station.core.records import person_record
from station.storage.notary import Notary
from tests.fakes.replacing import replace

STATION_KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes([7] * 32))
_NUMBERS: Final = count(1)


def next_id() -> str:
    """Given out once, also by a forked child: what it wrote before it was killed stays."""
    return f"N{os.getpid():010d}{next(_NUMBERS):015d}"


NOTARY: Final = Notary(STATION_KEY.sign, STATION_KEY.public_key.verify, next_id, "1.2.3")


def change_line(change: OperatorChange, station: str = "dock-1") -> ActEntry:
    """The journal's line of a change of somebody who has no PIN."""
    act = ActEntry(
        scan_id=change.scan_id,
        time_utc=change.time_utc,
        station=station,
        kind=ActKind.OPERATOR_CHANGED,
        operator=change.by,
        role=change.after.role if change.by == change.after.name else Role.ADMIN,
        reason_text=change.what,
        reference=change.after.name,
        software_version="1.2.3",
        proof=Proof.NAME if change.by == SITE_OWNER else Proof.PIN,
        person=person_record(change.after, ""),
    )
    return replace(act, seal=STATION_KEY.sign(sealed(act)))
