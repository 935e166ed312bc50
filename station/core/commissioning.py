"""Certifying a scanner: what it is shown, what should arrive, and what a difference means.

Pure. The symbols are drawn by `station.labels.check_sheet`; `station.app.scanner_check` reads what
arrives.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.gs1.charset import SET_82

GS: Final = b"\x1d"

_SWAPS: Final = (
    bytes.maketrans(b"yYzZ", b"zZyY"),
    bytes.maketrans(b"aAqQzZwW", b"qQaAwWzZ"),
)
"""What German and French keyboard layouts do to letters."""

_SEPARATORS: Final = (b"<GS>", b"{GS}", b"]", b"|", b" ", "␝".encode())


class CheckSymbol(Enum):
    """The symbols of the sheet, in the order they are scanned."""

    PLAIN = "plain"
    SEPARATOR = "separator"
    CHARACTERS = "characters"
    LONGEST = "longest"
    CONTROLS = "controls"


@dataclass(frozen=True, slots=True)
class CheckContent:
    """One symbol of the sheet.

    Attributes:
        payload: What it holds, GS as 0x1D.
        identifier: The AIM identifier a scanner should send with it.
        shows: What it is for, for people.
    """

    payload: bytes
    identifier: str
    shows: str


CONTENTS: Final = {
    CheckSymbol.PLAIN: CheckContent(
        b"Station check: Yz Aq wW-1.", "]d1", "prefix, suffix, case and keyboard layout"
    ),
    CheckSymbol.SEPARATOR: CheckContent(
        b"010950600013435210CHECK\x1d240Check\x1d91check", "]d2", "group separators"
    ),
    CheckSymbol.CHARACTERS: CheckContent(
        b"010950600013435291" + SET_82, "]d2", "all of character set 82"
    ),
    CheckSymbol.LONGEST: CheckContent(
        b"010950600013435210CHECKCHECK0123456789\x1d91"
        + b"0123456789" * 9
        + b"\x1d92"
        + b"ABCDEFGHIJ" * 9,
        "]d2",
        "length: longer than any unit code",
    ),
    CheckSymbol.CONTROLS: CheckContent(
        b"CHECK\x1b[2J\x07\x08END", "]d1", "control characters, as an attacker would print them"
    ),
}
"""None of them has a serial: scanned at a working dock by mistake, none is taken for a unit."""


class Difference(Enum):
    """What is wrong with what arrived; the value is a stable name."""

    NONE = "none"
    NOTHING = "nothing"
    CASE = "case"
    LAYOUT = "layout"
    SEPARATOR_LOST = "separator lost"
    SEPARATOR_CHANGED = "separator changed"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    LENGTH = "length"
    SPLIT = "split"
    CONTROLS_STRIPPED = "controls stripped"
    OTHER = "other"
    IDENTIFIER = "identifier"


MENDS: Final = {
    Difference.NONE: "",
    Difference.NOTHING: "aim again; enable Data Matrix in the scanner",
    Difference.CASE: "switch case conversion off in the scanner, and caps lock on a keyboard one",
    Difference.LAYOUT: "set the scanner's keyboard country to US, or use its serial interface",
    Difference.SEPARATOR_LOST: "let the scanner send GS (FNC1) as byte 0x1D",
    Difference.SEPARATOR_CHANGED: "let the scanner send GS (FNC1) as byte 0x1D, not as text",
    Difference.PREFIX: "clear the scanner's prefix, or configure it here",
    Difference.SUFFIX: "clear the scanner's suffix, or configure it here",
    Difference.LENGTH: "lift the scanner's limit of length; over RS-232 compare baud rates",
    Difference.SPLIT: "let the scanner end a scan with CR only, and choose that terminator here",
    Difference.CONTROLS_STRIPPED: "nothing: control characters are refused here anyway",
    Difference.OTHER: "compare baud rate, parity and framing with the scanner's",
    Difference.IDENTIFIER: "let the scanner send AIM identifiers",
}
"""What to do about each."""

HARMLESS: Final = frozenset({Difference.NONE, Difference.CONTROLS_STRIPPED})
"""Does not keep a scanner from its certificate."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one symbol showed.

    Attributes:
        symbol: Which.
        difference: What was wrong.
        received: What arrived, at most the first scan of several.
    """

    symbol: CheckSymbol
    difference: Difference
    received: bytes

    @property
    def is_good(self) -> bool:
        """Whether the scanner may be used like this."""
        return self.difference in HARMLESS


def compare(symbol: CheckSymbol, scans: tuple[tuple[bytes, str], ...]) -> Finding:
    """Say what is wrong with what arrived for a symbol.

    Args:
        symbol: What was shown.
        scans: Everything that arrived: payload and AIM identifier of each.
    """
    content = CONTENTS[symbol]
    if not scans:
        return Finding(symbol, Difference.NOTHING, b"")
    received, identifier = scans[0]
    difference = _difference(content.payload, received)
    if len(scans) > 1:
        difference = Difference.SPLIT
    elif difference is Difference.NONE and identifier != content.identifier:
        difference = Difference.IDENTIFIER
    return Finding(symbol, difference, received)


def _difference(wanted: bytes, received: bytes) -> Difference:
    printable = bytes(code for code in wanted if code >= 0x20)
    substitutes = (wanted.replace(GS, text) for text in _SEPARATORS)
    tests = (
        (Difference.NONE, received == wanted),
        (Difference.NOTHING, not received),
        (Difference.CONTROLS_STRIPPED, GS not in wanted and received == printable),
        (Difference.CASE, received.lower() == wanted.lower()),
        (Difference.LAYOUT, any(received == wanted.translate(swap) for swap in _SWAPS)),
        (Difference.SEPARATOR_LOST, received == wanted.replace(GS, b"")),
        (Difference.SEPARATOR_CHANGED, GS in wanted and received in set(substitutes)),
        (Difference.PREFIX, received.endswith(wanted)),
        (Difference.SUFFIX, received.startswith(wanted)),
        (Difference.LENGTH, wanted.startswith(received)),
    )
    return next((difference for difference, is_so in tests if is_so), Difference.OTHER)
