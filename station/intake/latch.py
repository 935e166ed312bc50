"""The quarantine latch: after a quarantine the dock takes nothing but the tote's label.

A counterfeit must not be followed by the next unit as if nothing had happened, and no single key
press may wave it through. The tote label carries the site's own signature and counts only alone.
A supervisor with badge and PIN may take charge instead (`badge_desk`).

Across a restart the journal decides. What is in it and was not acknowledged in it stands again: no
kill loses a quarantine. What it acknowledges was put away and is not asked for twice, and what is
not in it never was a quarantine. The memory says only where to look: it is written before a
quarantine is journalled, and cleared after its acknowledgement was.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from station.core.codes import ControlCode, ControlKind
from station.core.crypto import PublicKey
from station.ports.display import LatchState
from station.ports.latch_memory import LatchMemory


def state_of(standing: Sequence[str]) -> LatchState:
    """A latch's state by the quarantines that stand, before anything was read."""
    return LatchState(latched=bool(standing), scan_id=standing[0] if standing else "")


class Latch:
    """State of one dock's latch; the verdict loop's thread only.

    It begins as it ended: a restart is no acknowledgement.

    Args:
        site_key: Verifies the site's tote labels.
        memory: Keeps a standing quarantine across a power cut.
    """

    def __init__(self, site_key: PublicKey, memory: LatchMemory) -> None:
        self._site_key = site_key
        self._memory = memory
        self._standing = list(memory.standing())
        self._state = state_of(self._standing)
        self._never_kept: deque[str] = deque()

    @property
    def state(self) -> LatchState:
        """As last changed."""
        return self._state

    @property
    def standing(self) -> tuple[str, ...]:
        """The scans whose quarantines stand, the one that is named first."""
        return tuple(self._standing)

    def close(self, scan_id: str) -> None:
        """A unit was quarantined; the first one's scan stays named while several stand."""
        self._standing.append(scan_id)
        if not self._state.latched:
            self._state = state_of(self._standing)
        self._memory.keep(self._standing)

    def never_kept(self, scan_id: str) -> None:
        """A scan could not be journalled, so that no unit was quarantined by it; any thread."""
        self._never_kept.append(scan_id)

    def reopen(self) -> bool:
        """Let go of quarantines that never were one: those units are scanned again.

        A unit put away now would lie in the tote without an entry.

        Returns:
            Whether the latch was released, or names another quarantine.
        """
        before = self._state
        while self._never_kept:
            scan_id = self._never_kept.popleft()
            if scan_id not in self._standing:
                continue
            self._standing.remove(scan_id)
            if self._standing:
                self._memory.keep(self._standing)
                self._state = replace(self._state, scan_id=self._standing[0])
            else:
                self._memory.forget()
                self._state = LatchState(latched=False, scan_id=scan_id)
        return self._state != before

    def refuse(self) -> LatchState:
        """Count a read that came while the latch was closed."""
        state = self._state
        self._state = LatchState(latched=True, scan_id=state.scan_id, refused=state.refused + 1)
        return self._state

    def is_own(self, code: ControlCode) -> bool:
        """Whether a label is a tote's of this site; only such a one releases the latch."""
        is_tote = code.kind is ControlKind.TOTE
        return is_tote and self._site_key.verify(code.signature, code.signed_bytes)

    def release(self, tote: str) -> None:
        """The quarantined items were put away, and the journal says so of each.

        Args:
            tote: Where, or ``""`` where a supervisor took charge of it.
        """
        self._standing.clear()
        self._memory.forget()
        self._state = LatchState(
            latched=False,
            scan_id=self._state.scan_id,
            tote=tote,
            refused=self._state.refused,
        )
