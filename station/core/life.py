"""The life of a unit at this site: one table of what leads from which state to which.

A state is what the site's own claim says; None is a unit it has not met, or has met and taken
back. Blocked, recalled, stolen and expired are overlays of the registry, not states: they are laid
over any state and lifted again without changing it (`station.core.registry.Overlay`).

docs/reference/states.md is drawn from this table.
"""

from typing import Final

from station.core.acts import ActKind
from station.core.registry import UnitState
from station.core.verdict import UnitChange

Happening = UnitChange | ActKind
"""What may move a unit: what a verdict writes on it, or an act."""

_S, _A, _C = UnitState, ActKind, UnitChange

FINAL: Final = frozenset({_S.DESTROYED, _S.VOID, _S.REPLACED})
"""States that nothing leads out of, no undo either."""

CAME_BACK: Final = frozenset({_S.RETURNED, _S.RETURNED_TO_SELLER})
"""States of a unit that is away and may legitimately come in again."""

HERE: Final = frozenset({_S.RECEIVED, _S.SHIPPED})
"""States of a unit that was taken in and is not suspect: another one like it is a second copy."""

_ENDINGS: Final[dict[Happening, UnitState]] = {
    _A.CONFIRM_COUNTERFEIT: _S.COUNTERFEIT,
    _A.RETURN_TO_SELLER: _S.RETURNED_TO_SELLER,
    _A.RELABEL: _S.REPLACED,
    _A.DESTROY: _S.DESTROYED,
}

_NEW: Final[dict[Happening, UnitState]] = {
    _C.RECEIVE: _S.RECEIVED,
    _C.QUARANTINE: _S.QUARANTINED,
    _A.RELEASE: _S.RECEIVED,
    _A.QUARANTINE: _S.QUARANTINED,
    **_ENDINGS,
}
"""A unit that comes in: by a verdict, or out of a hold by an act."""

LIFE: Final[dict[UnitState | None, dict[Happening, UnitState]]] = {
    None: _NEW,
    _S.RECEIVED: {
        # Again only where it went away meanwhile and the registry says that it came back.
        _C.RECEIVE: _S.RECEIVED,
        _C.QUARANTINE: _S.QUARANTINED,
        _A.SECOND_UNIT: _S.QUARANTINED,
    },
    _S.SHIPPED: {
        _C.RECEIVE: _S.RECEIVED,
        _C.QUARANTINE: _S.QUARANTINED,
        _A.SECOND_UNIT: _S.QUARANTINED,
    },
    _S.RETURNED: _NEW,
    _S.RETURNED_TO_SELLER: _NEW,
    _S.QUARANTINED: {_A.RELEASE: _S.RECEIVED, **_ENDINGS},
    _S.COUNTERFEIT: {_A.DESTROY: _S.DESTROYED},
    _S.DESTROYED: {},
    _S.VOID: {},
    _S.REPLACED: {},
}
"""State and what happens to the state after. What is not listed does not move a unit."""


def state_after(
    state: UnitState | None, happening: Happening, previous: UnitState | None = None
) -> UnitState | None:
    """The state something leaves a unit in, or None where it does not move it.

    Args:
        state: The state now, or None for a unit without standing here.
        happening: What happens.
        previous: For QUARANTINED: the state before, which a release gives back if the unit was in
            the house then; a unit that was away, or never met, is received by its release.
    """
    after = LIFE.get(state, {}).get(happening)
    released = state is UnitState.QUARANTINED and happening is ActKind.RELEASE
    return previous if released and previous in HERE else after


def remembered(state: UnitState | None, after: UnitState) -> UnitState | None:
    """What a standing remembers of the state before: only a quarantine does."""
    return state if after is UnitState.QUARANTINED else None
