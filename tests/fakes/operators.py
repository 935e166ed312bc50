"""Changes of operators, each with an id of its own."""

from itertools import count
from typing import Final

from station.core.operators import SITE_OWNER, Operator, OperatorChange

_NUMBERS: Final = count(1)


def change(after: Operator, what: str = "changed", by: str = SITE_OWNER) -> OperatorChange:
    scan_id = f"{next(_NUMBERS):026d}"
    return OperatorChange(scan_id, "2026-01-01T00:00:00.000Z", after, by, what)
