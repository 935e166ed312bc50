#!/usr/bin/env python3
"""Write docs/reference/scanner-faults.md from the table of scanner faults.

scripts/make_scanner_fault_docs.py            write the page
scripts/make_scanner_fault_docs.py --check    exit 1 when the page differs from the table
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.generated_pages import write_or_check  # noqa: E402
from station.core.diagnosis.candidates import MAX_TEXT_BYTES  # noqa: E402
from station.core.diagnosis.faults import (  # noqa: E402
    FAULT_RULES,
    LAYOUT_NAMES,
    LAYOUT_SWAPS,
    MAX_AFFIX_BYTES,
    SEPARATOR_SPELLINGS,
)
from station.core.diagnosis.keyboards import LAYOUTS  # noqa: E402
from station.core.gs1.charset import SET_82  # noqa: E402
from station.core.text import printable_bytes  # noqa: E402
from station.intake.recognising import MAX_TRIALS  # noqa: E402

PAGE: Final = Path("docs", "reference", "scanner-faults.md")

_HEAD: Final = """\
<!-- Made by scripts/make_scanner_fault_docs.py; change the table in station/core/diagnosis. -->

# Scanner faults

What a scanner, or the computer it types into, may do to a code, and the station undoes. A code that
does not verify as read is tried again with each fault of this table undone, and with sensible
combinations: first separators and what stands around the code, then caps lock, then each keyboard
layout, then caps lock and layout; the fewest faults first.

* A **signed** code counts as repaired only if its signature then holds, by a key that may sign for
  the product. It is judged as the code it repairs to: accepted, quarantined as recalled, held as a
  repeat, like any other. The verdict names the fault as a modifier.
* A code **without signature** is looked up in the registry. One that is found is held
  (`UNIT_UNKNOWN_UNSIGNED` with the modifier), never accepted: another unit may bear the name that a
  guess gave.
* Nothing else is ever repaired. Where no reading verifies, the verdict is that of the read as it
  came. A transmission the device reports as broken is not tried at all.

"""

_BOUNDS: Final = """\
At most {trials} signatures or registry rows are asked for one read, beside the one as read;
readings that cannot be a unit's code are dropped before. Payloads of more than {text} bytes are not
tried.

Every fault is counted for its source in a ticket: `station scanner tickets` lists them, the health
strip shows them, `station scanner close-ticket` closes one when the scanner is mended.

## The table

| fault | modifier | what is wrong | the mend |
| --- | --- | --- | --- |
"""

_SEPARATORS: Final = """
## Separators

Lost: the places where GS is due are known without it, since a tag has 90 characters that begin in
few ways, and a lot (AI 10) may begin behind the serial wherever `10` stands in it. Spelled: all GS
of a code are replaced by one of

{spellings}

## Around the code

A symbology identifier that no symbol of this content has (`]d1` for a GS1 Data Matrix), one that
comes twice or without its bracket, up to {affix} printable characters, STX, ETX, tabulator, CR or
LF before the code, and as many behind a tag or an `AZ:` code.

## Keyboard layouts

A scanner types for one layout, the computer reads by another, each way between US English and the
others. Only characters that change are shown. Two that a dead key makes one letter (`´` and `E`:
`É`) are taken apart again. Caps lock acts on letters, on a French computer also as a shift lock.
Some layouts read one code alike (Spanish and Italian, where it holds no other of their characters
than `-` and `_`); then the first in the table is named. Text arrives as UTF-8.

| a code's character | {names} |
| --- | {rule} |
"""


def page() -> str:
    """The whole page."""
    rules = "".join(
        _cells(
            f"`{fault.value}`", f"`{rule.reason.value}`", _sentence(rule.text), _sentence(rule.mend)
        )
        for fault, rule in FAULT_RULES.items()
    )
    spellings = " ".join(f"`{_shown(spelling)}`" for spelling in SEPARATOR_SPELLINGS)
    swaps = [swap for swap in LAYOUT_SWAPS.values() if swap.scanner == "us"]
    return (
        _HEAD
        + _BOUNDS.format(trials=MAX_TRIALS, text=MAX_TEXT_BYTES)
        + rules
        + _SEPARATORS.format(
            spellings=spellings,
            affix=MAX_AFFIX_BYTES,
            names=" | ".join(f"read as {LAYOUT_NAMES[swap.host]}" for swap in swaps),
            rule=" | ".join("---" for _ in swaps),
        )
        + "".join(_layout_rows([LAYOUTS[swap.host] for swap in swaps]))
    )


def _layout_rows(hosts: list[str]) -> list[str]:
    """A row for each character of set 82 that some layout changes."""
    us = LAYOUTS["us"]
    rows = []
    for char in sorted(SET_82.decode("ascii")):
        arrived = [host[us.index(char)] for host in hosts]
        if set(arrived) != {char}:
            changed = ("" if there == char else _code(there) for there in arrived)
            rows.append(_cells(_code(char), *changed))
    return rows


def _code(char: str) -> str:
    return f"`` {char} ``" if char == "`" else f"`{char}`"


def _shown(spelling: bytes) -> str:
    text = spelling.decode("utf-8")
    names = {" ": "blank", "\t": "tabulator"}
    return names.get(text, text if not text.isascii() else printable_bytes(spelling))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.exit(write_or_check(ROOT / PAGE, page(), sys.argv[1:], __doc__ or ""))
