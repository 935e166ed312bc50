"""What ought to be of the units of a site: where each is, and who is suspect."""

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from station.core.reasons import VerdictClass

SERIALS: Final = ("A", "B", "C")
SPARE: Final = ("N1", "N2", "N3")


@dataclass(frozen=True)
class Place:
    """Where a unit is: new, here, suspect, away, counterfeit, destroyed or replaced."""

    word: str = "new"
    at: str = ""
    was_here: bool = False
    came_back: bool = False


NEW: Final = Place()


@dataclass
class Change:
    """What one line did, for whoever takes it back."""

    serial: str
    undoable: bool
    place: tuple[Place, Place] | None = None
    item: str = ""
    opened: bool = False
    task: str = ""
    version: dict[str, int] = field(default_factory=dict)


Expected = tuple[set[VerdictClass], Place | None]


class Model:
    """What ought to be."""

    def __init__(self) -> None:
        self.place = dict.fromkeys((*SERIALS, *SPARE), NEW)
        self.registry = dict.fromkeys((*SERIALS, *SPARE), "active")
        self.open: dict[str, str] = {}
        self.tasks: dict[str, str] = {}
        self.in_pictures: set[str] = set()
        self.changes: dict[str, Change] = {}
        self.version: dict[str, int] = {}
        self._versions = count(1)

    def touch(self, change: Change, *names: str) -> None:
        """A new version of what was changed; the change remembers it and the one before."""
        for name in names:
            change.version[f"before {name}"] = self.version.get(name, 0)
            self.version[name] = change.version[name] = next(self._versions)

    def move(self, change: Change, place: Place) -> None:
        change.place = (self.place[change.serial], place)
        self.place[change.serial] = place
        self.touch(change, f"place {change.serial}")

    def scanned(self, serial: str, dock: str) -> Expected:
        """What a presentation of its own must give, and where the unit is then, if it moves."""
        place, said = self.place[serial], self.registry[serial]
        back = said == "returned"
        if place.word in {"suspect", "counterfeit", "destroyed", "replaced"}:
            return {VerdictClass.QUARANTINE}, None
        if said == "recalled":
            was_here = place.word == "here"
            at = place.at or dock
            return {VerdictClass.QUARANTINE}, Place("suspect", at, was_here)
        if place.word in {"new", "away"}:
            return ACCEPTS, Place("here", dock, came_back=back or place.word == "away")
        if back and not place.came_back:
            return ACCEPTS, Place("here", dock, came_back=True)
        if place.at == dock:
            return {VerdictClass.HOLD}, None
        return {VerdictClass.QUARANTINE}, Place("suspect", place.at, was_here=True)

    def others(self, serial: str, item: str) -> bool:
        return self.other_items(serial, item) or serial in self.tasks.values()

    def other_items(self, serial: str, item: str) -> bool:
        return any(of == serial and one != item for one, of in self.open.items())


ACCEPTS: Final = {VerdictClass.ACCEPT, VerdictClass.ACCEPT_NOTE}
