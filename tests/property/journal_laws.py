"""What must hold of any journal, told from its lines alone."""

from station.core.acts import ActEntry, ActKind
from station.core.codes import UnitIdentity
from station.core.journal import Entry, JournalEntry
from station.core.registry import UnitState
from station.core.verdict import UnitChange


def check_history(lines: list[Entry]) -> None:
    """What must hold of any journal, told from its lines alone."""
    counted: dict[UnitIdentity, int] = {}
    suspect: dict[UnitIdentity, bool] = {}
    by_id = {line.scan_id: line for line in lines}
    for line in lines:
        identity_of_line = line.identity
        if identity_of_line is None:
            continue
        if isinstance(line, JournalEntry):
            accepted = line.verdict.verdict_class.is_accept
            if accepted and line.verdict.change is UnitChange.RECEIVE:
                assert not suspect.get(identity_of_line), f"{line.scan_id} accepts a suspect"
                back = line.facts.unit_state is UnitState.RETURNED
                away = line.facts.claim_state is UnitState.RETURNED_TO_SELLER
                assert counted.get(identity_of_line, 0) == 0 or back or away, "counted twice"
                counted[identity_of_line] = 1
            if line.verdict.change is UnitChange.QUARANTINE:
                suspect[identity_of_line] = True
            continue
        _follow(line, counted, suspect, by_id)


def _follow(
    act: ActEntry,
    counted: dict[UnitIdentity, int],
    suspect: dict[UnitIdentity, bool],
    by_id: dict[str, Entry],
) -> None:
    assert act.identity is not None
    if act.replaced_by is not None:
        assert counted.get(act.replaced_by, 0) == 0
        counted[act.replaced_by] = 1
    if not act.moves:
        return
    state = None if act.after is None else act.after.state
    suspect[act.identity] = state is UnitState.QUARANTINED
    counted[act.identity] = int(state is UnitState.RECEIVED)
    if act.kind is ActKind.UNDO:
        undone = by_id[act.about]
        was = undone.before if isinstance(undone, ActEntry) else None
        if isinstance(undone, ActEntry):
            assert act.after == was, "an undo restores the very standing"
