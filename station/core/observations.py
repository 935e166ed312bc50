"""What EPCIS events of stations say of single units, and how a unit stands after them. Total.

A brand learns from its stations' events where a unit was received, that it was given back, that it
or its code is no more; the next publication tells all other stations, which is how those without a
common database hear of each other's units. Guilt is never decided by a timestamp: what does not
follow from how a unit stands changes nothing, and is told to the brand.

What is passed over: holding and inspecting, because a suspicion at one dock is no fact of the
registry; shipping from a warehouse, because nobody can tell a sale from a transfer by it.

Sources: GS1 EPCIS 2.0 (ObjectEvent, error declaration); GS1 CBV 2.0, sections 7.1 and 7.2.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from station.core.codes import UnitIdentity
from station.core.epc import read_epc
from station.core.epcis_reading import ReadEvent, bare_word
from station.core.registry import UnitState

MAX_ID_CHARS: Final = 2048

_DISPOSITION_PREFIXES: Final = (
    "urn:epcglobal:cbv:disp:",
    "https://ref.gs1.org/cbv/Disp-",
    "cbv:Disp-",
)
_STATES: Final = {
    "receiving": UnitState.RECEIVED,
    "destroying": UnitState.DESTROYED,
    "decommissioning": UnitState.REPLACED,
}
_RETURNED: Final = ("shipping", "returned")

_NOWHERE: Final = frozenset(
    {UnitState.ACTIVE, UnitState.EXPECTED, UnitState.RETURNED, UnitState.RETURNED_TO_SELLER}
)
"""States of a unit that is not known to be anywhere, and may be met at any station."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One unit in one event.

    Attributes:
        event: Names the event for good: SHA-256 of its id, or of its content where it has none.
        identity: The unit.
        state: What became of it.
        read_point: Where, as the event spells it.
        taken_back: It is said that this is not so.
    """

    event: bytes
    identity: UnitIdentity
    state: UnitState
    read_point: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """How a unit stands.

    Attributes:
        state: Its state.
        place: The station that has it, or None.
    """

    state: UnitState
    place: str | None = None


def observations_of(event: ReadEvent) -> tuple[Observation, ...]:
    """What an event says of single units; nothing where it speaks of something else.

    Raises:
        ConfigurationError: A field of one that counts is not what EPCIS asks for.
    """
    if event.text("type") != "ObjectEvent":
        return ()
    step = event.step()
    disposition = bare_word(event.text("disposition"), _DISPOSITION_PREFIXES)
    state = _STATES.get(step)
    if (step, disposition) == _RETURNED:
        state = UnitState.RETURNED_TO_SELLER
    if state is None:
        return ()
    named, read_point, taken_back = _name(event), _read_point(event), event.is_taken_back()
    units = (read_epc(one) if isinstance(one, str) else None for one in event.items("epcList"))
    return tuple(
        Observation(named, unit, state, read_point, taken_back)
        for unit in dict.fromkeys(units)
        if isinstance(unit, UnitIdentity)
    )


def follow(stands: Whereabouts, state: UnitState, place: str | None) -> Whereabouts | None:
    """How a unit stands once something was seen of it; None where that does not follow.

    Args:
        stands: How it stands.
        state: What became of it: received, returned to its seller, destroyed or replaced.
        place: At which station; None where that cannot be told.
    """
    is_received = state is UnitState.RECEIVED
    after = Whereabouts(state, place if is_received else None)
    # An unknown place is nobody's: it never is the one that has the unit.
    is_there = stands.state is UnitState.RECEIVED and place is not None and stands.place == place
    if stands == after and (is_there or not is_received):
        return stands
    is_condemned = stands.state is UnitState.COUNTERFEIT and state is UnitState.DESTROYED
    follows = stands.state in _NOWHERE or is_condemned or (is_there and not is_received)
    return after if follows else None


def _name(event: ReadEvent) -> bytes:
    """A digest of constant size, since ids are of any length, and some events have none."""
    event_id = event.text("eventID")
    if len(event_id) > MAX_ID_CHARS:
        event.fault("eventID", f"longer than {MAX_ID_CHARS} characters")
    told = json.dumps(event_id or event.body, sort_keys=True)
    return hashlib.sha256(told.encode("ascii")).digest()


def _read_point(event: ReadEvent) -> str:
    read_point = event.body.get("readPoint", {})
    if not isinstance(read_point, dict) or not isinstance(read_point.get("id", ""), str):
        event.fault("readPoint", "no object with an id")
    return str(read_point.get("id", ""))
