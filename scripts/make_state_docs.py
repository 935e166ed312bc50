#!/usr/bin/env python3
"""Write docs/reference/states.md from the table of a unit's life.

scripts/make_state_docs.py            write the page
scripts/make_state_docs.py --check    exit 1 when the page differs from the table
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from station.core.acts import ACT_RULES, OF_THE_STATION, ActKind  # noqa: E402
from station.core.life import CAME_BACK, FINAL, HERE, LIFE, Happening  # noqa: E402
from station.core.registry import Overlay, UnitState  # noqa: E402
from station.core.undoing import OWN_UNDO, UNDOABLE  # noqa: E402
from station.core.verdict import UnitChange  # noqa: E402

PAGE: Final = Path("docs", "reference", "states.md")

_HEAD: Final = """\
<!-- Made by scripts/make_state_docs.py; change the table in station/core, not this page. -->

# States of a unit

How a unit stands at a site, and what leads from where to where. What is not drawn does not move a
unit: a verdict may still be QUARANTINE, and an act may still end the review of the item in hand.
"""

_MEANINGS: Final[dict[UnitState | None, str]] = {
    None: "not met here, or its receipt was taken back",
    UnitState.RECEIVED: "taken in at this site; counted once",
    UnitState.SHIPPED: "taken in, and gone out again",
    UnitState.QUARANTINED: "under suspicion; remembers the state before",
    UnitState.RETURNED: "away; expected back from a customer",
    UnitState.RETURNED_TO_SELLER: "given back; may legitimately come in again",
    UnitState.COUNTERFEIT: "the brand has called it counterfeit",
    UnitState.DESTROYED: "destroyed before a witness",
    UnitState.VOID: "its code was declared void",
    UnitState.REPLACED: "its code was replaced by another",
}

_NOTES: Final = """
A release gives a quarantined unit back the state it had in the house, and counts it as received
where it had none or was away. While another item with the same code is under review, or has to be
fetched, an item's end moves nothing but the item, and none of them is released; none is relabelled
before the other was fetched.

"The same unit" ends an item whose unit stands here or is settled. Of a unit that is quarantined, or
was only held, it ends all items but the last; of one that is destroyed or away, none.

An item whose code does not prove which unit it is never touches the unit it names, and is never
released; it is returned, confirmed or destroyed as an item.

## Overlays

{overlays} are not states. The registry lays them over any state and lifts them again; what was
under them is then as it was. While one stands, its unit is quarantined when it is scanned, and not
released.

## Undo

Undo restores exactly what stood before: the unit, the item under review, the fetch task. Whoever
did it may within {minutes} minutes, while nothing of it has moved since; later, and always for a
quarantine by the station, a supervisor with a reason. It is a further line of the journal, and is
not undone itself. Can be undone: verdicts that received or quarantined a unit, and {undoable}.
"""


def page() -> str:
    """The whole page."""
    overlays = ", ".join(str(overlay.name).lower() for overlay in Overlay).capitalize()
    undoable = ", ".join(f"`{kind.value}`" for kind in ActKind if kind in UNDOABLE)
    notes = _NOTES.format(
        overlays=overlays, undoable=undoable, minutes=int(OWN_UNDO.total_seconds() // 60)
    )
    return _HEAD + _states() + _diagram() + _table() + _acts() + notes


def _states() -> str:
    rows = []
    for state in LIFE:
        kinds = [
            word
            for word, states in (("final", FINAL), ("here", HERE), ("away", CAME_BACK))
            if state in states
        ]
        rows.append(f"| {_name(state)} | {_MEANINGS[state]} | {', '.join(kinds)} |\n")
    return "\n| state | means | |\n| --- | --- | --- |\n" + "".join(rows)


def _diagram() -> str:
    lines = ["\n```mermaid\nstateDiagram-v2\n"]
    for state, moves in LIFE.items():
        by_target: dict[UnitState, list[str]] = {}
        for happening, after in moves.items():
            by_target.setdefault(after, []).append(_word(happening))
        start = "[*]" if state is None else state.name
        lines += [
            f"    {start} --> {after.name}: {', '.join(words)}\n"
            for after, words in by_target.items()
        ]
    lines += [f"    {state.name} --> [*]\n" for state in LIFE if state in FINAL and state]
    return "".join([*lines, "```\n"])


def _table() -> str:
    rows = []
    for state, moves in LIFE.items():
        for happening, after in moves.items():
            gives_back = state is UnitState.QUARANTINED and happening is ActKind.RELEASE
            then = f"the state before, or {_name(after)}" if gives_back else _name(after)
            rows.append(f"| {_name(state)} | {_word(happening)} | {then} |\n")
    return "\n| from | what happens | to |\n| --- | --- | --- |\n" + "".join(rows)


def _acts() -> str:
    rows = []
    for kind, rule in ACT_RULES.items():
        needs = [
            word
            for word, needed in (
                ("a reason", rule.reason),
                ("a witness", rule.witness),
                (rule.reference, bool(rule.reference)),
            )
            if needed
        ]
        who = "the station itself" if kind in OF_THE_STATION else rule.role.name.lower()
        rows.append(f"| `{kind.value}` | {who} | {', '.join(needs)} |\n")
    return "\n## Acts\n\n| act | by at least | needs |\n| --- | --- | --- |\n" + "".join(rows)


def _name(state: UnitState | None) -> str:
    return "none" if state is None else f"`{state.name}`"


def _word(happening: Happening) -> str:
    if isinstance(happening, UnitChange):
        return f"verdict {happening.value}"
    return happening.value


def main(arguments: list[str]) -> int:
    """Write or check the page; the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    target = ROOT / PAGE
    if arguments:
        if target.is_file() and target.read_text("utf-8") == page():
            return 0
        print(f"{PAGE} differs from the table: run scripts/make_state_docs.py", file=sys.stderr)
        return 1
    target.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
