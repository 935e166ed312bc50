"""Checks the PIN of whoever is signed in, away from the verdict loop: hashing takes its time."""

from collections.abc import Callable
from typing import Final

from station.core.advice import Advice
from station.core.errors import StationError
from station.core.text import printable
from station.intake.badge_desk import PinProven
from station.intake.session import SignedIn
from station.ports.clock import Clock
from station.ports.display import GivePin
from station.ports.identification import Identification
from station.ports.outcomes import Outcomes

MAX_NOTICE_CHARS: Final = 80


class PinDesk:
    """Takes PINs; one thread at a time, never the verdict loop's.

    Args:
        identification: Checks them.
        current: Who is signed in; any thread.
        deliver: Takes a right PIN to the verdict loop.
        outcomes: Told what was wrong.
        clock: Says when.
    """

    def __init__(
        self,
        identification: Identification,
        current: Callable[[], SignedIn | None],
        deliver: Callable[[PinProven], None],
        outcomes: Outcomes,
        clock: Clock,
    ) -> None:
        self._identification = identification
        self._current = current
        self._deliver = deliver
        self._outcomes = outcomes
        self._clock = clock

    def take(self, request: GivePin) -> None:
        """Check a PIN; takes some 0.1 s.

        Raises:
            WorkerEndedError: The verdict loop has ended.
        """
        signed_in = self._current()
        if signed_in is None:
            self._outcomes.notice(Advice.BADGE_TO_GIVE_PIN)
            return
        try:
            actor = self._identification.identify(signed_in.actor.name, request.pin)
        except StationError as error:
            self._outcomes.notice(error.told or printable(str(error), MAX_NOTICE_CHARS))
            return
        if not actor.proven:
            self._outcomes.notice(Advice.NO_PIN)
            return
        now_ns = self._clock.mono_ns()
        self._deliver(PinProven(signed_in.number, request.quarantine, now_ns))
