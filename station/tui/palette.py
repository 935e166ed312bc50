"""Colours, shapes and characters of the dock screen, and the terminals that have less of them.

The verdict colours are exact xterm-256 entries, apart from each other for every kind of colour
blindness and dark or light enough for their text (tests hold both); what a terminal cannot show in
colour is said by word and shape.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.style import Style

from station.core.reasons import VerdictClass
from station.ports.health import HealthStatus
from station.tui.glyphs import AGAIN, BANG, BLOCK, CROSS, TICK, Bitmap

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

TEAL: Final = "#005F5F"
BLUE: Final = "#005FAF"
RED: Final = "#AF0000"
PULSE_RED: Final = "#D70000"
"""What a standing quarantine changes to and back once a second. Little brighter: a change of less
than a tenth of the relative luminance is no flash (WCAG 2.2, general flash thresholds)."""

AMBER: Final = "#FFD700"
WHITE: Final = "#FFFFFF"
DARK: Final = "#000000"
NEUTRAL: Final = "#262626"
"""Neither good nor bad: no verdict stands."""

GREY: Final = "#BCBCBC"
"""Second-rank text on dark."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Styles by meaning.

    Attributes:
        name: As chosen on the command line.
        accept: ACCEPT and ACCEPT_NOTE.
        caution: RESCAN and HOLD.
        alarm: QUARANTINE and STOP.
        pulse: What a standing quarantine changes to and back.
        neutral: The banner without a verdict.
        page: Everything else.
        quiet: Second-rank text of the page.
        strong: Headings of the page.
    """

    name: str
    accept: Style
    caution: Style
    alarm: Style
    pulse: Style
    neutral: Style
    page: Style
    quiet: Style
    strong: Style

    def verdict(self, verdict_class: VerdictClass) -> Style:
        """The style of a class."""
        match verdict_class:
            case VerdictClass.ACCEPT | VerdictClass.ACCEPT_NOTE:
                return self.accept
            case VerdictClass.RESCAN | VerdictClass.HOLD:
                return self.caution
            case VerdictClass.QUARANTINE | VerdictClass.STOP:
                return self.alarm

    def health(self, status: HealthStatus) -> Style:
        """The style of a health report."""
        match status:
            case HealthStatus.OK:
                return self.page
            case HealthStatus.WARNING:
                return self.caution
            case HealthStatus.FAILED:
                return self.alarm


def _coloured(name: str, accept: str) -> Theme:
    return Theme(
        name=name,
        accept=Style(color=WHITE, bgcolor=accept, bold=True),
        caution=Style(color=DARK, bgcolor=AMBER, bold=True),
        alarm=Style(color=WHITE, bgcolor=RED, bold=True),
        pulse=Style(color=WHITE, bgcolor=PULSE_RED, bold=True),
        neutral=Style(color=WHITE, bgcolor=NEUTRAL, bold=True),
        page=Style(color=WHITE, bgcolor=DARK),
        quiet=Style(color=GREY, bgcolor=DARK),
        strong=Style(color=WHITE, bgcolor=DARK, bold=True),
    )


THEMES: Final[dict[str, Theme]] = {
    "teal": _coloured("teal", TEAL),
    "blue": _coloured("blue", BLUE),
    # For terminals with 16 colours, whose exact shades are the terminal's own.
    "ansi": Theme(
        name="ansi",
        accept=Style(color="black", bgcolor="cyan"),
        caution=Style(color="black", bgcolor="yellow"),
        alarm=Style(color="bright_white", bgcolor="red", bold=True),
        pulse=Style(color="red", bgcolor="bright_white", bold=True),
        neutral=Style(color="bright_white", bgcolor="blue", bold=True),
        page=Style(color="white", bgcolor="black"),
        quiet=Style(color="white", bgcolor="black"),
        strong=Style(color="bright_white", bgcolor="black", bold=True),
    ),
    # For NO_COLOR: what stops the line is reversed, the rest is told by word and shape.
    "plain": Theme(
        name="plain",
        accept=Style(bold=True),
        caution=Style(bold=True, underline=True),
        alarm=Style(bold=True, reverse=True),
        pulse=Style(bold=True),
        neutral=Style(),
        page=Style(),
        quiet=Style(),
        strong=Style(bold=True),
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw on this terminal.

    Attributes:
        theme: Colours.
        unicode: Half blocks and signs; False for terminals that have ASCII only.
        font: Draws large letters of other scripts; None for what Pillow carries with it.
    """

    theme: Theme
    unicode: bool = True
    font: "FreeTypeFont | None" = None

    def sign(self, verdict_class: VerdictClass) -> str:
        """One character that stands for a class."""
        return (SIGNS if self.unicode else _ASCII_SIGNS)[verdict_class]

    def health_sign(self, status: HealthStatus) -> str:
        """One character that stands for a status."""
        return (_HEALTH_SIGNS if self.unicode else _ASCII_HEALTH_SIGNS)[status]

    def plain(self, text: str) -> str:
        """Text as this terminal can show it; what it cannot becomes a question mark."""
        return (
            text
            if self.unicode
            else text.translate(_TYPOGRAPHY).encode("ascii", "replace").decode("ascii")
        )


SHAPES: Final[dict[VerdictClass, Bitmap]] = {
    VerdictClass.ACCEPT: TICK,
    VerdictClass.ACCEPT_NOTE: TICK,
    VerdictClass.RESCAN: AGAIN,
    VerdictClass.HOLD: BANG,
    VerdictClass.QUARANTINE: CROSS,
    VerdictClass.STOP: BLOCK,
}

SIGNS: Final = {
    VerdictClass.ACCEPT: "✓",
    VerdictClass.ACCEPT_NOTE: "✓",
    VerdictClass.RESCAN: "⟳",
    VerdictClass.HOLD: "!",
    VerdictClass.QUARANTINE: "✕",
    VerdictClass.STOP: "■",
}
_ASCII_SIGNS: Final = {
    VerdictClass.ACCEPT: "+",
    VerdictClass.ACCEPT_NOTE: "+",
    VerdictClass.RESCAN: "@",
    VerdictClass.HOLD: "!",
    VerdictClass.QUARANTINE: "X",
    VerdictClass.STOP: "#",
}
_HEALTH_SIGNS: Final = {
    HealthStatus.OK: "✓",
    HealthStatus.WARNING: "!",
    HealthStatus.FAILED: "✕",
}
_ASCII_HEALTH_SIGNS: Final = {
    HealthStatus.OK: "+",
    HealthStatus.WARNING: "!",
    HealthStatus.FAILED: "X",
}
_TYPOGRAPHY: Final = str.maketrans(
    {
        "·": "-",
        "…": "~",
        "’": "'",
        "–": "-",
        "✓": "+",
        "⟳": "@",
        "✕": "X",
        "■": "#",
        "▸": ">",
        "▏": "|",
        "▴": "^",
        "▾": "v",
        **dict(zip("ÄÖÜäöüßÁÉÍÓÚÑáéíóúñ", "AOUaousAEIOUNaeioun", strict=True)),
    }
)
"""A character for a character, so that nothing changes its width."""
