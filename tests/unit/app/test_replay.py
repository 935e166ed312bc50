"""Acts and standings decided again: a unit's lines follow from each other, or it is told."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from station.app.replay import Replay
from station.core.acts import ActEntry, ActKind
from station.core.changes import changes_of
from station.core.codes import UnitIdentity
from station.core.journal import Entry
from station.core.operators import Role
from station.core.policy import SitePolicy
from station.core.registry import UnitState
from station.core.replaying import Part
from station.storage import station_db
from station.storage.journal_codec import encode
from station.storage.journal_reader import JournalReader
from tests.fakes.entries import GTIN, QUARANTINED, RESCAN, act, entry, standing
from tests.fakes.replacing import replace

NEW_LABEL = UnitIdentity(GTIN, "NEWLABEL00001")

quarantined = entry(2, QUARANTINED)
released = act(3, ActKind.RELEASE, quarantined, leaves=standing(3, UnitState.RECEIVED))
undone = ActEntry(
    scan_id=f"{4:026}",
    time_utc="2026-01-31T13:00:04.000Z",
    station="dock-1",
    kind=ActKind.UNDO,
    operator="SVEN",
    role=Role.SUPERVISOR,
    about=released.scan_id,
    identity=released.identity,
    gtin=GTIN,
    before=released.after,
    after=released.before,
    moves=True,
    item_before=released.item,
    item=released.item_before,
)
destroyed = replace(
    act(5, ActKind.DESTROY, quarantined, leaves=None),
    after=replace(
        undone.after or standing(5, UnitState.DESTROYED),
        state=UnitState.DESTROYED,
        scan_id=f"{5:026}",
        previous=None,
    ),
    witness="EVE",
)
LINES: tuple[Entry, ...] = (entry(1), quarantined, released, undone, destroyed)


def written(path: Path, lines: Sequence[Entry]) -> Path:
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, signer=lambda _message: bytes(64))
    for line in lines:
        store.commit([line])
    store.close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path / "station.db", LINES)


def rewrite(path: Path, seq: int, line: Entry) -> None:
    """Put another line in the place of one; replay asks for no hash."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET body = ? WHERE seq = ?", (encode(line), seq))


def found(path: Path) -> list[tuple[int, Part, str]]:
    """What comes out differently of acts and standings."""
    with JournalReader(path) as journal:
        policies = {"default": SitePolicy()}
        result = Replay(journal, policies, None).run(journal.stored_since(""))
    return [
        (one.seq, one.difference.part, one.difference.field)
        for one in result.first
        if one.difference.part in {Part.ACT, Part.STANDING}
    ]


def test_a_units_lines_follow_from_each_other(path: Path) -> None:
    assert found(path) == []


def leaving(line: ActEntry, state: UnitState) -> ActEntry:
    assert line.after is not None
    return replace(line, after=replace(line.after, state=state))


@pytest.mark.parametrize(
    ("seq", "line", "expected"),
    [
        (
            3,
            leaving(released, UnitState.SHIPPED),
            [
                (3, Part.ACT, "after.state"),
                (4, Part.STANDING, "standing"),
            ],
        ),
        (
            3,
            replace(released, before=None),
            # A unit that was never met may be received by a release too; an undo gives back what
            # the act says it found.
            [(3, Part.STANDING, "standing"), (4, Part.ACT, "after")],
        ),
        (3, replace(released, role=Role.OPERATOR), [(3, Part.ACT, "role")]),
        (5, replace(destroyed, witness=""), [(5, Part.ACT, "witness")]),
        (5, leaving(destroyed, UnitState.RECEIVED), [(5, Part.ACT, "after.state")]),
        (4, replace(undone, about="NOBODY"), [(4, Part.ACT, "about")]),
        (
            4,
            leaving(undone, UnitState.RECEIVED),
            [(4, Part.ACT, "after"), (5, Part.STANDING, "standing")],
        ),
        (4, replace(undone, moves=False), [(4, Part.ACT, "moves"), (5, Part.STANDING, "standing")]),
    ],
)
def test_a_line_that_does_not_follow_is_told(
    path: Path, seq: int, line: Entry, expected: list[tuple[int, Part, str]]
) -> None:
    rewrite(path, seq, line)
    assert found(path) == expected


def test_a_verdict_that_found_its_unit_otherwise_than_it_was_is_told(path: Path) -> None:
    """It says that the unit stood released; meanwhile it had been destroyed."""
    store = station_db.open_store(path, signer=lambda _message: bytes(64))
    store.commit([entry(6, RESCAN, of=2, after=released)])
    store.close()
    assert found(path) == [(6, Part.STANDING, "standing")]


def test_a_new_label_is_found_by_the_line_that_put_it_on(tmp_path: Path) -> None:
    relabelled = replace(
        act(3, ActKind.RELABEL, quarantined, leaves=standing(3, UnitState.REPLACED)),
        replaced_by=NEW_LABEL,
    )
    received = replace(relabelled, identity=NEW_LABEL, after=changes_of(relabelled).moves[1].leaves)
    seen = replace(entry(4, RESCAN, after=received), identity=NEW_LABEL)
    path = written(tmp_path / "station.db", (quarantined, relabelled, seen))
    assert found(path) == []
    rewrite(path, 2, replace(relabelled, station="dock-9"))
    assert found(path) == [(3, Part.STANDING, "standing")]
