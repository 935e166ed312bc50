"""The life of units at two docks of one site, against a small model of what ought to be.

Everything runs through the real loop and the real database; each step starts the engines anew, so
that every step is a restart, and scans of one step are decided ahead of the journal. The model
knows no scan ids, no rows and no rules of the code: only where a unit is, and who is suspect.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from station.core.act_request import NOT_FOUND
from station.core.acts import ActKind, Standing
from station.core.codes import Algorithm, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.journal import Entry, JournalEntry
from station.core.reasons import Reason
from station.core.registry import Overlay, UnitRecord, UnitState
from station.core.verdict import UnitChange
from station.storage import station_db
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.review_reader import ReviewReader
from tests.fakes.intake import OPERATOR, WITNESS, Dock, at, genuine, identity, registry
from tests.fakes.replacing import replace
from tests.fakes.station_store import FakeStationStore
from tests.property.journal_laws import check_history
from tests.property.unit_life_model import NEW, SERIALS, SPARE, Change, Expected, Model, Place

KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
DOCKS: Final = ("dock-1", "dock-2")
unit = st.sampled_from(SERIALS)
dock_number = st.integers(0, 1)

ENDS: Final = {
    ActKind.RETURN_TO_SELLER: "away",
    ActKind.CONFIRM_COUNTERFEIT: "counterfeit",
    ActKind.DESTROY: "destroyed",
}


class SharedStore(ReviewReader):
    """The site's database as both docks use it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.store = station_db.open_store(path, KEY.sign)
        self.entries: list[Entry] = []
        """What was committed, as the fake of shipments reads it."""

    def find(self, identity: UnitIdentity) -> Standing | None:
        return self.store.find(identity)

    def commit(self, entries: Sequence[Entry]) -> None:
        self.store.commit(entries)
        self.entries += entries

    def close(self) -> None:
        super().close()
        self.store.close()


class Overtaken:
    """The database as a slow dock has it: something else happens just before it writes."""

    def __init__(self, store: SharedStore, before: Callable[[], None]) -> None:
        self._store, self._before = store, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, entries: Sequence[Entry]) -> None:
        self._before()
        self._store.commit(entries)


def present(dock: Dock, serial: str) -> None:
    """A presentation of its own."""
    dock.wait(10)
    dock.scan(genuine(serial))
    dock.run()


class Site(RuleBasedStateMachine):
    """Two docks, one database."""

    lines = Bundle("lines")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="unit-life-"))
        self.stack.callback(shutil.rmtree, folder)
        path = folder / "station.db"
        station_db.create(path, "site")
        self.store = SharedStore(path)
        self.stack.callback(self.store.close)
        self.registry = registry(*SERIALS, *SPARE)
        self.docks = [
            Dock(self.registry, station=name, store=self.store)  # type: ignore[arg-type]
            for name in DOCKS
        ]
        self.docks[1].ids = self.docks[0].ids
        self.model = Model()

    def teardown(self) -> None:
        path = self.store.path
        with JournalReader(path) as journal:
            assert prove(journal, check_signature=KEY.public_key.verify).finding is None
            lines = list(journal.entries())
        self.stack.close()
        check_history(lines)

    # ---------------------------------------------------------------------------- scans

    @rule(target=lines, serials=st.lists(unit, min_size=1, max_size=3), number=dock_number)
    def scan(self, serials: list[str], number: int) -> object:
        dock = self.docks[number]
        told = len(dock.told.verdicts)
        for serial in serials:
            dock.wait(10)
            dock.scan(genuine(serial))
        dock.run()
        verdicts = dock.told.verdicts[told:]
        assert len(verdicts) == len(serials)
        assert not dock.told.failures
        for serial, entry in zip(serials, verdicts, strict=True):
            self._scanned(serial, dock.station, entry)
        return multiple(*(entry.scan_id for entry in verdicts))

    @rule(serial=unit, number=dock_number)
    def scan_at_both_docks_at_once(self, serial: str, number: int) -> None:
        """One dock has decided when the other's verdict is journalled: only one may move a unit."""
        slow, fast = self.docks[number], self.docks[1 - number]
        expected = self.model.scanned(serial, slow.station)
        failed = len(slow.told.failures)
        slow.store = cast("FakeStationStore", Overtaken(self.store, lambda: present(fast, serial)))
        present(slow, serial)
        slow.store = fast.store
        theirs = fast.told.verdicts[-1]
        self._scanned(serial, fast.station, theirs)
        if len(slow.told.failures) > failed:
            assert theirs.verdict.change is not UnitChange.NONE
            assert expected[1] is not None
            slow.told.failures.clear()
            return
        assert theirs.verdict.change is UnitChange.NONE or expected[1] is None
        self._scanned(serial, slow.station, slow.told.verdicts[-1], expected)

    def _scanned(
        self, serial: str, station: str, entry: JournalEntry, expected: Expected | None = None
    ) -> None:
        model, change = self.model, Change(serial, undoable=False)
        classes, moved = model.scanned(serial, station) if expected is None else expected
        duplicate = moved is not None and moved.word == "suspect" and moved.at != station
        recalled = model.registry[serial] == "recalled"
        assert entry.verdict.verdict_class in classes, (entry.verdict, model.place[serial])
        if moved is not None:
            model.move(change, moved)
            change.undoable = True
        if not entry.verdict.verdict_class.is_accept:
            model.open[entry.scan_id] = serial
            change.item, change.opened = entry.scan_id, True
            model.touch(change, f"item {entry.scan_id}")
        if duplicate:
            model.tasks[entry.scan_id] = serial
            change.task = entry.scan_id
            model.touch(change, f"task {entry.scan_id}")
        assert duplicate or recalled or entry.verdict.change is not UnitChange.QUARANTINE
        model.changes[entry.scan_id] = change

    @rule(serial=unit, number=dock_number)
    def scan_twice_at_once(self, serial: str, number: int) -> None:
        """A further read of one presentation says the same again and changes nothing."""
        dock = self.docks[number]
        told = len(dock.told.verdicts)
        dock.wait(10)
        dock.scan(genuine(serial))
        dock.scan(genuine(serial))
        dock.run()
        first, second = dock.told.verdicts[told:]
        self._scanned(serial, dock.station, first)
        assert second.verdict.verdict_class is first.verdict.verdict_class
        assert second.verdict.change is UnitChange.NONE

    @rule(target=lines, serial=unit, number=dock_number, copies=st.integers(2, 3))
    def see_copies_in_one_picture(self, serial: str, number: int, copies: int) -> object:
        """So many items lie there, each to be dealt with; one taken in before is still to fetch."""
        dock, model = self.docks[number], self.model
        place = model.place[serial]
        told = len(dock.told.verdicts)
        dock.wait(10)
        shown = [at(genuine(serial), 300.0 * copy) for copy in range(copies)]
        dock.picture(*shown, name=f"picture {told}")
        dock.run()
        verdicts = dock.told.verdicts[told:]
        assert [one.verdict.reason for one in verdicts] == [Reason.CODE_TWICE_IN_FRAME] * copies
        for entry in verdicts:
            change = Change(serial, undoable=False, item=entry.scan_id, opened=True)
            if entry is verdicts[0] and place.word in {"new", "here", "away"}:
                was_here = place.word == "here"
                model.move(change, Place("suspect", place.at or dock.station, was_here))
                change.undoable = True
                if was_here:
                    model.tasks[entry.scan_id] = serial
                    change.task = entry.scan_id
                    model.touch(change, f"task {entry.scan_id}")
            model.open[entry.scan_id] = serial
            model.in_pictures.add(entry.scan_id)
            model.touch(change, f"item {entry.scan_id}")
            model.changes[entry.scan_id] = change
        return multiple(*(entry.scan_id for entry in verdicts))

    @rule(line=lines, number=dock_number)
    def an_operator_calls_no_two_of_a_picture_one(self, line: str, number: int) -> None:
        if line in self.model.in_pictures:
            dock = self.docks[number]
            dock.ask(ActKind.SAME_UNIT, line, OPERATOR)
            dock.run()
            assert not dock.told.answers[-1].done

    @rule(serial=unit, said=st.sampled_from(["active", "recalled", "returned"]))
    def publish(self, serial: str, said: str) -> None:
        self.model.registry[serial] = said
        record = UnitRecord(1, serial, UnitState.ACTIVE)
        if said == "recalled":
            record = replace(record, overlays=Overlay.RECALLED)
        elif said == "returned":
            record = replace(record, state=UnitState.RETURNED)
        records = self.registry.unit_records
        place = next(n for n, one in enumerate(records) if one.serial == serial)
        records[place] = record

    # ----------------------------------------------------------------------------- acts

    def _ask(self, number: int, kind: ActKind, about: str, **more: object) -> str:
        """The act's id, or ``""`` where it was refused."""
        dock = self.docks[number]
        dock.ask(kind, about, why="because", **more)  # type: ignore[arg-type]
        dock.run()
        return dock.told.answers[-1].scan_id

    @rule(target=lines, item=lines, number=dock_number)
    def release(self, item: str, number: int) -> object:
        model = self.model
        done = self._ask(number, ActKind.RELEASE, item)
        serial = model.open.get(item)
        place = NEW if serial is None else model.place[serial]
        allowed = (
            serial is not None
            and place.word in {"new", "suspect", "away"}
            and not model.others(serial, item)
            and model.registry[serial] != "recalled"
        )
        assert bool(done) is allowed, (place, item)
        if not done or serial is None:
            return multiple()
        change = self._ended(item, serial, undoable=True)
        back = model.registry[serial] == "returned"
        model.move(change, Place("here", place.at or DOCKS[number], came_back=back))
        model.changes[done] = change
        return done

    @rule(target=lines, item=lines, kind=st.sampled_from(sorted(ENDS, key=str)), number=dock_number)
    def end(self, item: str, kind: ActKind, number: int) -> object:
        model = self.model
        done = self._ask(number, kind, item, reference="B-1", witness=WITNESS)
        serial = model.open.get(item)
        allowed = serial is not None and model.place[serial].word != "here"
        assert bool(done) is allowed
        if not done or serial is None:
            return multiple()
        place = model.place[serial]
        alone = not model.others(serial, item)
        change = self._ended(item, serial, undoable=kind is not ActKind.DESTROY)
        movable = {"new", "suspect", "away"} | (
            {"counterfeit"} if kind is ActKind.DESTROY else set()
        )
        if alone and place.word in movable:
            model.move(change, Place(ENDS[kind], place.at or DOCKS[number]))
        model.changes[done] = change
        return done

    @rule(target=lines, item=lines, second=st.booleans(), number=dock_number)
    def answer(self, item: str, second: bool, number: int) -> object:
        model = self.model
        kind = ActKind.SECOND_UNIT if second else ActKind.SAME_UNIT
        done = self._ask(number, kind, item)
        serial = model.open.get(item)
        word = "" if serial is None else model.place[serial].word
        same = word in {"here", "counterfeit", "replaced"} or (
            serial is not None and word in {"new", "suspect"} and model.other_items(serial, item)
        )
        assert bool(done) is (word == "here" if second else same)
        if not done or serial is None:
            return multiple()
        if not second:
            model.changes[done] = self._ended(item, serial, undoable=True)
            return done
        change = Change(serial, undoable=True, item=item, task=done)
        model.touch(change, f"item {item}", f"task {done}")
        model.move(change, Place("suspect", model.place[serial].at, was_here=True))
        model.tasks[done] = serial
        model.changes[done] = change
        return done

    @rule(target=lines, task=lines, found=st.booleans(), number=dock_number)
    def fetch(self, task: str, found: bool, number: int) -> object:
        model = self.model
        reference = "" if found else NOT_FOUND
        done = self._ask(number, ActKind.FETCHED, task, reference=reference)
        assert bool(done) is (task in model.tasks)
        if not done:
            return multiple()
        serial = model.tasks.pop(task)
        change = Change(serial, undoable=False, task=task)
        model.touch(change, f"task {task}")
        if found:
            model.open[done] = serial
            model.touch(change, f"item {done}")
        model.changes[done] = change
        return done

    @rule(target=lines, item=lines, new=st.sampled_from(SPARE), number=dock_number)
    def relabel(self, item: str, new: str, number: int) -> object:
        model = self.model
        done = self._ask(number, ActKind.RELABEL, item, new_label=genuine(new))
        serial = model.open.get(item)
        allowed = (
            serial is not None
            and model.place[serial].word not in {"here", "counterfeit", "destroyed"}
            and serial not in model.tasks.values()
            and model.registry[serial] != "recalled"
            and model.place[new] == NEW
        )
        assert bool(done) is allowed
        if not done or serial is None:
            return multiple()
        change = self._ended(item, serial, undoable=False)
        if model.place[serial].word != "replaced":
            model.move(change, Place("replaced", model.place[serial].at or DOCKS[number]))
        model.place[new] = Place("here", DOCKS[number])
        model.changes[done] = change
        return done

    def _ended(self, item: str, serial: str, *, undoable: bool) -> Change:
        del self.model.open[item]
        change = Change(serial, undoable, item=item)
        self.model.touch(change, f"item {item}")
        return change

    @rule(target=lines, line=lines, number=dock_number)
    def undo(self, line: str, number: int) -> object:
        model = self.model
        done = self._ask(number, ActKind.UNDO, line)
        change = model.changes.get(line)
        untouched = change is not None and all(
            model.version.get(name, 0) == version
            for name, version in change.version.items()
            if not name.startswith("before ")
        )
        assert bool(done) is (change is not None and change.undoable and untouched), change
        if not done or change is None:
            return multiple()
        if change.place is not None:
            model.place[change.serial] = change.place[0]
        for name in [name for name in change.version if not name.startswith("before ")]:
            model.version[name] = change.version[f"before {name}"]
        if change.item:
            if change.opened:
                del model.open[change.item]
                model.version[f"item {change.item}"] = -1
            else:
                model.open[change.item] = change.serial
        if change.task:
            del model.tasks[change.task]
            model.version[f"task {change.task}"] = -1
        return done

    @rule(line=lines, number=dock_number)
    def an_operator_without_a_pin_ends_nothing(self, line: str, number: int) -> None:
        for kind in (ActKind.RELEASE, *ENDS, ActKind.UNDO):
            dock = self.docks[number]
            dock.ask(kind, line, OPERATOR, why="because", reference="B-1", witness=WITNESS)
            dock.run()
            assert not dock.told.answers[-1].done

    # ----------------------------------------------------------------------- invariants

    @invariant()
    def every_unit_is_where_the_model_has_it(self) -> None:
        words = {
            None: "new",
            UnitState.RECEIVED: "here",
            UnitState.QUARANTINED: "suspect",
            UnitState.RETURNED_TO_SELLER: "away",
            UnitState.COUNTERFEIT: "counterfeit",
            UnitState.DESTROYED: "destroyed",
            UnitState.REPLACED: "replaced",
        }
        for serial, place in self.model.place.items():
            standing = self.store.find(identity(serial))
            state = None if standing is None else standing.state
            assert words[state] == place.word, (serial, standing)

    @invariant()
    def what_is_under_review_and_to_be_fetched_is_what_the_model_has(self) -> None:
        assert {one.scan_id for one in self.store.open_items("", 999)} == set(self.model.open)
        assert {one.scan_id for one in self.store.open_tasks("", 999)} == set(self.model.tasks)


@pytest.mark.slow
def test_the_site_keeps_to_the_model() -> None:
    run_state_machine_as_test(
        Site,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            # Shrinking replays it for minutes, on a disk that syncs; forty steps can be read.
            phases=[Phase.generate],
        ),
    )
