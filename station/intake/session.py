"""Who is signed in at a dock: pure, with time as a value.

A badge signs in, another badge changes over, the same badge again signs out, and so does standing
idle. One showing of a badge is one act however often it is read meanwhile. Leaves to others:
whether a badge counts (`badge_desk`) and what is journalled of it.
"""

from dataclasses import dataclass, replace
from typing import Final

from station.core.language import Language
from station.core.operators import Actor, Operator

SAME_SHOWING_NS: Final = 3_000_000_000
"""The same badge within this time of its last read is still being shown: a camera loses it for a
moment, a finger stays on the trigger."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody at the dock.

    Attributes:
        actor: Who.
        badge: The number of the badge they showed.
        number: Which sign-in this is, so that an answer to an earlier one is not taken for it.
        language: What they read; None for what the site's operators read.
    """

    actor: Actor
    badge: int
    number: int
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody came or went.

    Attributes:
        actor: Who.
        came: True for a sign-in.
        why: Why they went; ``""`` for a sign-in.
    """

    actor: Actor
    came: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Shown:
    name: str
    badge: int
    presentation: str
    last_ns: int


class Session:
    """One dock's attendance; one thread, though any may read `current`.

    Args:
        idle_ns: Who did nothing for so long is signed out.
    """

    def __init__(self, idle_ns: int) -> None:
        self._idle_ns = idle_ns
        self._current: SignedIn | None = None
        self._used_ns = 0
        self._shown: _Shown | None = None
        self._count = 0

    @property
    def current(self) -> SignedIn | None:
        """Who is signed in, as of the last call."""
        return self._current

    def show(
        self, operator: Operator, presentation: str, now_ns: int, *, stays: bool = False
    ) -> tuple[Step, ...]:
        """A badge that counts was shown alone.

        Args:
            operator: Whose.
            presentation: Which showing, where the source knows.
            now_ns: Monotonic.
            stays: Whether the same badge again leaves its operator signed in.

        Returns:
            What changed: nothing, one step, or a change-over.
        """
        before = self._shown
        self._shown = _Shown(operator.name, operator.badge, presentation, now_ns)
        current = self._current
        if before is not None and (before.name, before.badge) == (operator.name, operator.badge):
            same = before.presentation == presentation
            if same or now_ns - before.last_ns <= SAME_SHOWING_NS:
                return ()
        if current is None:
            return (self._come(operator, now_ns),)
        if current.actor.name != operator.name:
            return (self._go("another badge"), self._come(operator, now_ns))
        if stays:
            self.used(now_ns)
            return ()
        return (self._go("the badge again"),)

    def used(self, now_ns: int) -> None:
        """Something was done at the dock; readers may tell of it out of order."""
        self._used_ns = max(self._used_ns, now_ns)

    def tick(self, now_ns: int) -> tuple[Step, ...]:
        """Let time pass."""
        if self._current is None or now_ns - self._used_ns < self._idle_ns:
            return ()
        return (self._go("idle"),)

    def revise(self, operator: Operator | None) -> tuple[Step, ...]:
        """Hear how the operator who is signed in stands now; another language signs nobody out.

        Args:
            operator: From the roster; None for nobody of that name.
        """
        current = self._current
        if current is None:
            return ()
        if operator is None or not operator.active:
            return (self._go("removed"),)
        if operator.badge != current.badge:
            return (self._go("badge revoked"),)
        if operator.role is not current.actor.role:
            return (self._go("role changed"),)
        self._current = replace(current, language=operator.language)
        return ()

    def prove(self, number: int) -> Actor | None:
        """The PIN was given for a sign-in.

        Args:
            number: Which one.

        Returns:
            Who is proven now; None where that sign-in is over.
        """
        current = self._current
        if current is None or current.number != number:
            return None
        self._current = replace(current, actor=replace(current.actor, proven=True))
        return self._current.actor

    def _come(self, operator: Operator, now_ns: int) -> Step:
        self._count += 1
        actor = Actor(operator.name, operator.role, badge=True)
        self._current = SignedIn(actor, operator.badge, self._count, operator.language)
        self._used_ns = now_ns
        return Step(actor, came=True)

    def _go(self, why: str) -> Step:
        current = self._current
        if current is None:
            msg = "nobody is signed in"
            raise ValueError(msg)
        self._current = None
        return Step(current.actor, came=False, why=why)
