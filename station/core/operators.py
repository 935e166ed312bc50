"""Who may do what at a site: operators and their roles, as values.

Leaves to others: badges and PINs (`control_code`, `storage`), who is signed in (`intake`), and
which act needs which role (`acts`).
"""

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """What a person may do; each role may do everything of those before it, but for WITNESS."""

    WITNESS = 0
    """Sees to it that something is destroyed; does nothing alone."""
    OPERATOR = 1
    SUPERVISOR = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who has shown who they are.

    Attributes:
        name: The operator's name as enrolled, 1 to 20 of ``A-Z 0-9 -``.
        role: What they may do.
        proven: Whether a PIN was given besides the badge.
    """

    name: str
    role: Role
    proven: bool = False
