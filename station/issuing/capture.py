"""Takes in what stations' EPCIS events say of a brand's units: the source of "received at".

An event is taken once, by its id, however often it comes. One that is taken back is undone as if
it had never been told: what was told of the unit since is followed anew. Where the brand itself has
marked the unit meanwhile, its own word stands.

Whoever delivers a document was let in by the brand's receiver; nothing here proves who wrote it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from urllib.parse import unquote

from station.core.codes import UnitIdentity
from station.core.epc import read_party
from station.core.epcis_reading import ReadEvent
from station.core.observations import Observation, Whereabouts, follow, observations_of
from station.core.registry import ProductRecord, UnitRecord
from station.issuing.names import is_station_name, quoted
from station.ports.brand_store import BrandStore, NotedObservation

MAX_NOTED: Final = 256
"""Observations kept of one unit: nothing genuine is received and given back that often."""


class Doubt(Enum):
    """Why something that was told changes nothing, and a person should look."""

    NOT_ISSUED = "not_issued"
    """The product is the brand's, the serial is none it issued."""
    DOES_NOT_FOLLOW = "does_not_follow"
    """As the unit stands, that cannot have happened to it: there may be two with one code."""
    MARKED_SINCE = "marked_since"
    """It was taken back, and the brand has marked the unit since: that stands."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What was told and changed nothing.

    Attributes:
        identity: The unit.
        doubt: Why.
        told: What became of it, as it was told; with the station.
        stands: How the unit stands; None where it was never issued.
    """

    identity: UnitIdentity
    doubt: Doubt
    told: Whereabouts
    stands: Whereabouts | None


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of a document.

    Attributes:
        events: How many it holds.
        passed_over: How many of them speak of something else, or of others' units.
        known: How many observations were here already.
        changed: By how many a unit stands otherwise now.
        unchanged: By how many it stands as it was told to before.
        doubtful: The others, in their order.
    """

    events: int
    passed_over: int
    known: int
    changed: int
    unchanged: int
    doubtful: tuple[Doubtful, ...]


def capture(store: BrandStore, events: Iterable[ReadEvent]) -> Captured:
    """Take in a document, all of it or nothing.

    Args:
        store: The brand folder's.
        events: In the order in which they were told.

    Raises:
        ConfigurationError: An event that counts is not what EPCIS asks for, or a unit was told of
            more than `MAX_NOTED` times; nothing was changed.
    """
    with store.transaction():
        taking = _Taking(store)
        for event in events:
            taking.take(event)
    return taking.captured()


class _Taking:
    """One document."""

    def __init__(self, store: BrandStore) -> None:
        self._store = store
        self._products: dict[str, ProductRecord | None] = {}
        self._events = self._passed_over = self._known = self._changed = self._unchanged = 0
        self._doubtful: list[Doubtful] = []

    def captured(self) -> Captured:
        return Captured(
            self._events,
            self._passed_over,
            self._known,
            self._changed,
            self._unchanged,
            tuple(self._doubtful),
        )

    def take(self, event: ReadEvent) -> None:
        self._events += 1
        ours = [
            (seen, product)
            for seen in observations_of(event)
            if (product := self._product(seen.identity.gtin)) is not None
        ]
        if not ours:
            self._passed_over += 1
        for seen, product in ours:
            self._observe(event, seen, product)

    def _product(self, gtin: str) -> ProductRecord | None:
        if gtin not in self._products:
            self._products[gtin] = self._store.product(gtin)
        return self._products[gtin]

    def _observe(self, event: ReadEvent, seen: Observation, product: ProductRecord) -> None:
        place = place_of(seen.read_point)
        told = Whereabouts(seen.state, place)
        issued = self._store.unit(product.product_id, seen.identity.serial)
        if issued is None:
            self._doubtful.append(Doubtful(seen.identity, Doubt.NOT_ISSUED, told, None))
            return
        unit = issued.record
        history = self._store.observations(unit.product_id, unit.serial)
        known = next((one for one in history if one.event == seen.event), None)
        if known is not None and (known.taken_back or not seen.taken_back):
            self._known += 1
            return
        if known is None and len(history) >= MAX_NOTED:
            event.fault(
                "epcList",
                f"unit {quoted(unit.serial)} was told of more than {MAX_NOTED} times",
                "find out which station sends these events",
            )
        standing = _Standing(unit, history)
        if known is not None:
            self._store.note_observation(replace(known, taken_back=True))
            self._take_back(seen.identity, standing, known)
            return
        noted = NotedObservation(
            unit.product_id,
            unit.serial,
            len(history) + 1,
            seen.event,
            seen.state,
            place,
            standing.base_of_next,
            seen.taken_back,
        )
        self._store.note_observation(noted)
        after = standing.stands if noted.taken_back else follow(standing.stands, seen.state, place)
        self._stand(seen.identity, standing, told, after, Doubt.DOES_NOT_FOLLOW)

    def _take_back(
        self, identity: UnitIdentity, standing: "_Standing", wrong: NotedObservation
    ) -> None:
        told = Whereabouts(wrong.state, wrong.place)
        self._stand(identity, standing, told, standing.without(wrong), Doubt.MARKED_SINCE)

    def _stand(
        self,
        identity: UnitIdentity,
        standing: "_Standing",
        told: Whereabouts,
        after: Whereabouts | None,
        doubt: Doubt,
    ) -> None:
        """How the unit stands now; None leaves it as it stands, in doubt."""
        if after is None:
            self._doubtful.append(Doubtful(identity, doubt, told, standing.stands))
        elif after == standing.stands:
            self._unchanged += 1
        else:
            unit = replace(standing.unit, state=after.state, place=after.place)
            self._store.update_unit(unit)
            self._changed += 1


class _Standing:
    """How a unit stands, and what was told of it since the brand last marked it."""

    def __init__(self, unit: UnitRecord, history: list[NotedObservation]) -> None:
        self.unit: Final = unit
        self.stands: Final = Whereabouts(unit.state, unit.place)
        starts = [at for at, one in enumerate(history) if one.base is not None]
        self._since = history[starts[-1] :] if starts else []

    @property
    def base_of_next(self) -> Whereabouts | None:
        """What is kept with the next observation: how the unit stands, unless that follows."""
        return None if self._told(self._since) == self.stands else self.stands

    def without(self, wrong: NotedObservation) -> Whereabouts | None:
        """How it would stand if that had never been told; None where the brand's mark stands."""
        if wrong not in self._since or self._told(self._since) != self.stands:
            return None
        return self._told([one for one in self._since if one is not wrong])

    def _told(self, told: list[NotedObservation]) -> Whereabouts | None:
        """How it stands by what was told; what does not follow changes nothing."""
        base = self._since[0].base if self._since else None
        if base is None:
            return None
        stands = base
        for one in told:
            if not one.taken_back:
                stands = follow(stands, one.state, one.place) or stands
        return stands


def place_of(read_point: str) -> str | None:
    """The station an event's read point names: a GLN, or the last part of its address.

    None where it is neither: such a place is never taken for another one.
    """
    party = read_party(read_point)
    if party is not None:
        return party
    last = unquote(read_point.rpartition("/")[2])
    return last if is_station_name(last) else None
