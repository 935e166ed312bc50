"""Lines of styled plain text, each exactly as wide as the screen.

What a message brings is text, never markup: it becomes a segment as it stands, after everything
that a terminal could act on has been replaced.
"""

from datetime import datetime, tzinfo
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from station.core.text import printable

Line = tuple[Segment, ...]

_COMMA: Final = "\N{FULLWIDTH COMMA}"

_MAX_SHOWN: Final = 400
"""Characters of one text; more than any line holds."""


def shown(text: str) -> str:
    """Text from a message, safe to draw."""
    return printable(text, _MAX_SHOWN)


def moment(time_utc: str, zone: tzinfo | None) -> str:
    """A moment of the journal's in a zone, to the minute; dashes for what is none."""
    try:
        when = datetime.fromisoformat(time_utc)
    except ValueError:
        return "----------------"
    if when.tzinfo is None:
        return shown(time_utc[:16])
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def cut(text: str, width: int) -> str:
    """Text in at most so many cells, an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else "…"[:width]


def padded(text: str, width: int) -> str:
    """Text in exactly so many cells."""
    return set_cell_size(cut(text, width), max(0, width))


def to_the_right(text: str, width: int) -> str:
    """Text at the end of exactly so many cells."""
    kept = cut(text, width)
    return " " * (width - cell_len(kept)) + kept


def line(width: int, fill: Style, *parts: tuple[str, Style]) -> Line:
    """Parts one after the other, cut or filled to the width."""
    segments: list[Segment] = []
    left = width
    for text, style in parts:
        if left <= 0:
            break
        kept = cut(text, left)
        segments.append(Segment(kept, style))
        left -= cell_len(kept)
    if left > 0:
        segments.append(Segment(" " * left, fill))
    return tuple(segments)


def centred(width: int, style: Style, text: str) -> Line:
    """One text in the middle."""
    kept = cut(text, width)
    before = (width - cell_len(kept)) // 2
    return (Segment(padded(" " * before + kept, width), style),)


def spread(width: int, fill: Style, left: tuple[str, Style], right: tuple[str, Style]) -> Line:
    """One text at each end; the right one stays whole."""
    room = max(0, width - cell_len(right[0]) - 1)
    return line(width, fill, (padded(left[0], room), left[1]), (" ", fill), right)


def text_of(lines: tuple[Line, ...]) -> str:
    """The characters alone, a line a row, without trailing spaces."""
    return "\n".join("".join(part.text for part in row).rstrip() for row in lines)


def wrapped(text: str, width: int, max_lines: int) -> list[str]:
    """Words over several lines; what is left over is cut on the last."""
    lines: list[str] = []
    words = [piece for word in text.split() for piece in _pieces(word, width)]
    while words and len(lines) < max_lines:
        taken = words.pop(0)
        while words and cell_len(taken) + 1 + cell_len(words[0]) <= width:
            taken += " " + words.pop(0)
        if words and len(lines) == max_lines - 1:
            taken += " " + " ".join(words)
        lines.append(cut(taken, width))
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """A sentence without spaces that fits no line, broken after its comma."""
    if cell_len(word) <= width or _COMMA not in word:
        return [word]
    *pieces, last = word.split(_COMMA)
    return [*(f"{piece}{_COMMA}" for piece in pieces), last]
