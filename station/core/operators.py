"""Who may do what at a site: operators, their roles and PINs, as values.

Leaves to others: badge codes (`control_code`), hashing (`crypto`), keeping (`storage`), who is
signed in (`intake`), and which act needs which role (`acts`).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

from station.core.causes import Cause
from station.core.language import Language

MIN_PIN_DIGITS: Final = 4
MAX_PIN_DIGITS: Final = 12

FREE_TRIES: Final = 5
"""Wrong PINs in a row before there is a wait."""

FIRST_WAIT_S: Final = 30
MAX_WAIT_S: Final = 24 * 3600
"""The wait doubles with every further wrong PIN up to a day: 10,000 PINs then take 27 years."""

SITE_OWNER: Final = "site-owner"
"""Whoever owns the site folder: enrols the first admin, and certifies scanners until somebody is
enrolled. No operator's name is in lower case."""


THE_STATION: Final = "station"
"""Who keeps pictures: nobody has to. No operator's name is in lower case."""


class Role(IntEnum):
    """What a person may do; each role may do everything of those before it, but for WITNESS."""

    WITNESS = 0
    """Sees to it that something is destroyed; does nothing alone."""
    OPERATOR = 1
    SUPERVISOR = 2
    ADMIN = 3


class Proof(Enum):
    """By what it was known who acts; stable names, as in the journal."""

    NAME = "name"
    """By their name alone: they have no PIN."""
    BADGE = "badge"
    """Their badge was shown at the dock."""
    PIN = "pin"
    """They gave their PIN."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who has shown who they are.

    Attributes:
        name: The operator's name as enrolled, 1 to 20 of ``A-Z 0-9 -``.
        role: What they may do.
        proven: Whether the PIN was given, with a badge or without.
        badge: Whether a badge was shown.
    """

    name: str
    role: Role
    proven: bool = False
    badge: bool = False

    @property
    def proof(self) -> Proof | None:
        """The best there is; None for nobody."""
        if not self.name:
            return None
        if self.proven:
            return Proof.PIN
        return Proof.BADGE if self.badge else Proof.NAME


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody enrolled at a site.

    Attributes:
        name: 1 to 20 of ``A-Z 0-9 -``; never given to another person.
        role: What they may do.
        badge: The number of the one badge that counts, 1 to 9999.
        active: False once removed.
        language: What they read; None for what the site's operators read. No verdict knows it.
    """

    name: str
    role: Role
    badge: int = 1
    active: bool = True
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class OperatorChange:
    """One change of the enrolled operators, a line of the journal too.

    Attributes:
        scan_id: Its id among scans and acts.
        time_utc: Wall clock, ISO 8601, milliseconds, ``Z``.
        after: How the operator stands after it.
        by: The admin who did it, or `SITE_OWNER`.
        what: In words, printable, at most 200 characters.
    """

    scan_id: str
    time_utc: str
    after: Operator
    by: str
    what: str


def pin_problem(pin: str) -> Cause | None:
    """What is wrong with a PIN somebody chose; None for a good one.

    A PIN anybody would try first is no PIN: one digit over and over, digits in even steps (1234,
    9876, 2468), or a shorter piece repeated (1212, 123123).
    """
    if not (MIN_PIN_DIGITS <= len(pin) <= MAX_PIN_DIGITS and pin.isascii() and pin.isdecimal()):
        return Cause.PIN_IS_NONE
    digits = [int(digit) for digit in pin]
    if len(_steps(digits)) == 1:
        return Cause.PIN_COUNTS
    if pin in (pin + pin)[1:-1]:
        return Cause.PIN_REPEATS
    return None


def wait_s(wrong_in_a_row: int) -> int:
    """How long after the last wrong PIN the next one may be tried, in seconds.

    Args:
        wrong_in_a_row: Wrong PINs since the last right one.
    """
    beyond = wrong_in_a_row - FREE_TRIES
    return 0 if beyond < 0 else min(MAX_WAIT_S, FIRST_WAIT_S << min(beyond, 20))


def _steps(digits: Sequence[int]) -> set[int]:
    return {(after - before) % 10 for before, after in itertools.pairwise(digits)}
