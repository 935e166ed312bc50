"""The declared table of scanner faults. Nothing outside it is ever repaired.

The values of `ScannerFault` are stable names: journal and tickets hold them.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.reasons import Reason


class ScannerFault(Enum):
    """What a scanner, or the computer it types into, does to a code."""

    SEPARATOR_LOST = "separator_lost"
    SEPARATOR_SPELLED = "separator_spelled"
    CAPS_LOCK = "caps_lock"
    LAYOUT_US_DE = "layout_us_de"
    LAYOUT_US_FR = "layout_us_fr"
    LAYOUT_US_ES = "layout_us_es"
    LAYOUT_US_IT = "layout_us_it"
    LAYOUT_DE_US = "layout_de_us"
    LAYOUT_FR_US = "layout_fr_us"
    LAYOUT_ES_US = "layout_es_us"
    LAYOUT_IT_US = "layout_it_us"
    IDENTIFIER_WRONG = "identifier_wrong"
    IDENTIFIER_TYPED = "identifier_typed"
    PREFIX_ADDED = "prefix_added"
    SUFFIX_ADDED = "suffix_added"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One row of the table.

    Attributes:
        reason: The modifier a verdict gets.
        text: What is wrong, for the health strip and tickets; at most 60 characters.
        mend: What to do about it; at most 80 characters.
    """

    reason: Reason
    text: str
    mend: str


@dataclass(frozen=True, slots=True)
class LayoutSwap:
    """A keyboard scanner and its computer set to different layouts.

    Attributes:
        scanner: The layout the scanner types for, a name of `keyboards.LAYOUTS`.
        host: The layout the computer reads by.
    """

    scanner: str
    host: str


_F, _R = ScannerFault, Reason

LAYOUT_SWAPS: Final[dict[ScannerFault, LayoutSwap]] = {
    _F.LAYOUT_US_DE: LayoutSwap("us", "de"),
    _F.LAYOUT_US_FR: LayoutSwap("us", "fr"),
    _F.LAYOUT_US_ES: LayoutSwap("us", "es"),
    _F.LAYOUT_US_IT: LayoutSwap("us", "it"),
    _F.LAYOUT_DE_US: LayoutSwap("de", "us"),
    _F.LAYOUT_FR_US: LayoutSwap("fr", "us"),
    _F.LAYOUT_ES_US: LayoutSwap("es", "us"),
    _F.LAYOUT_IT_US: LayoutSwap("it", "us"),
}
"""Most likely first: scanners leave the factory set to US."""

LAYOUT_NAMES: Final = {
    "us": "US English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
}


def _layout_rule(swap: LayoutSwap) -> FaultRule:
    scanner, host = LAYOUT_NAMES[swap.scanner], LAYOUT_NAMES[swap.host]
    return FaultRule(
        _R.SCANNER_FAULT_LAYOUT,
        f"the scanner types {scanner}, the computer reads {host}",
        "set the scanner to the computer's keyboard layout, or use its serial port",
    )


FAULT_RULES: Final[dict[ScannerFault, FaultRule]] = {
    _F.SEPARATOR_LOST: FaultRule(
        _R.SCANNER_FAULT_SEPARATOR,
        "separators are lost",
        "let the scanner send FNC1 as GS (0x1D), and control characters",
    ),
    _F.SEPARATOR_SPELLED: FaultRule(
        _R.SCANNER_FAULT_SEPARATOR,
        "separators are replaced by other characters",
        "let the scanner send FNC1 as GS (0x1D), without substitution",
    ),
    _F.CAPS_LOCK: FaultRule(
        _R.SCANNER_FAULT_CASE,
        "caps lock is on",
        "switch caps lock off, and the scanner's case conversion",
    ),
    **{fault: _layout_rule(swap) for fault, swap in LAYOUT_SWAPS.items()},
    _F.IDENTIFIER_WRONG: FaultRule(
        _R.SCANNER_FAULT_PREFIX,
        "the symbology identifier names another symbol",
        "let the scanner send AIM identifiers as they are, or none",
    ),
    _F.IDENTIFIER_TYPED: FaultRule(
        _R.SCANNER_FAULT_PREFIX,
        "the symbology identifier comes twice or maimed",
        "let the scanner send the AIM identifier once, or none",
    ),
    _F.PREFIX_ADDED: FaultRule(
        _R.SCANNER_FAULT_PREFIX,
        "something is sent before the code",
        "take the prefix out of the scanner's data format",
    ),
    _F.SUFFIX_ADDED: FaultRule(
        _R.SCANNER_FAULT_PREFIX,
        "something is sent after the code",
        "take the suffix out of the scanner's data format; CR alone ends a scan",
    ),
}
"""Every fault's modifier and words."""

SEPARATOR_SPELLINGS: Final = (
    b"<GS>",
    b"{GS}",
    b"[GS]",
    b"<FNC1>",
    b"{FNC1}",
    b"\\x1d",
    b"\\x1D",
    b"\\u001d",
    b"\\u001D",
    b"^]",
    "\N{SYMBOL FOR GROUP SEPARATOR}".encode(),
    b"\t",
    b"]",
    b"|",
    b" ",
)
"""What stands in the place of GS. None can stand in a value beside it: those of characters of set
82 alone would leave a serial longer than any, the rest is outside the set."""

MAX_AFFIX_BYTES: Final = 8
"""The longest prefix or suffix that is taken off."""


def modifiers_of(faults: tuple[ScannerFault, ...]) -> tuple[Reason, ...]:
    """The modifiers of a verdict, each once, in the table's order."""
    if not faults:
        return ()
    return tuple(dict.fromkeys(FAULT_RULES[fault].reason for fault in faults))
