"""A picture of the screen as SVG: the same lines the terminal gets, for documents.

Half blocks are drawn as rectangles and text in the reader's own monospace font, so that nothing is
fetched from anywhere and the picture is the same, byte for byte, each time.
"""

from typing import Final
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from station.tui.lines import Line

CELL_WIDTH_PX: Final = 9
CELL_HEIGHT_PX: Final = 18

_BASELINE_PX: Final = 14
_FONT_PX: Final = 15
_WHITE: Final = "#ffffff"
_BLACK: Final = "#000000"
_HALVES: Final = {"█": (0.0, 1.0), "▀": (0.0, 0.5), "▄": (0.5, 0.5)}
"""Where a block begins in its cell and how much of it it covers."""


def svg_of(lines: tuple[Line, ...], title: str) -> str:
    """The picture as a document of its own.

    Args:
        lines: All of one width, at least one.
        title: For people who cannot see it.
    """
    width = sum(cell_len(part.text) for part in lines[0]) * CELL_WIDTH_PX
    height = len(lines) * CELL_HEIGHT_PX
    body = [drawn for row, line in enumerate(lines) for drawn in _line(line, row)]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-size="{_FONT_PX}" '
        'font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace">'
    )
    paper = f'<rect width="{width}" height="{height}" fill="{_BLACK}"/>'
    return "\n".join([opening, f"<title>{escape(title)}</title>", paper, *body, "</svg>", ""])


def _line(line: Line, row: int) -> list[str]:
    """Backgrounds first, so that no letter is cut by its neighbour's."""
    behind: list[str] = []
    front: list[str] = []
    column = 0
    for part in line:
        cells = cell_len(part.text)
        style = part.style or Style.null()
        ink, paper = _colours(style)
        if paper != _BLACK:
            behind.append(_rect(column, row, cells, 0.0, 1.0, paper))
        front += _part(part, column, row, ink, bold=bool(style.bold))
        column += cells
    return behind + front


def _part(part: Segment, column: int, row: int, ink: str, *, bold: bool) -> list[str]:
    """Runs of equal blocks as rectangles, runs of other characters as text."""
    drawn: list[str] = []
    text = part.text
    start = 0
    while start < len(text):
        char = text[start]
        end = start + 1
        same = _same_block if char in _HALVES else _both_text
        while end < len(text) and same(char, text[end]):
            end += 1
        run = text[start:end]
        at = column + cell_len(text[:start])
        if char in _HALVES:
            drawn.append(_rect(at, row, end - start, *_HALVES[char], ink))
        elif run.strip():
            lead = len(run) - len(run.lstrip())
            drawn.append(_text(run.strip(), at + lead, row, ink, bold=bold))
        start = end
    return drawn


def _same_block(one: str, other: str) -> bool:
    return one == other


def _both_text(_one: str, other: str) -> bool:
    return other not in _HALVES


def _text(text: str, column: int, row: int, ink: str, *, bold: bool) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{column * CELL_WIDTH_PX}" y="{row * CELL_HEIGHT_PX + _BASELINE_PX}" '
        f'textLength="{cell_len(text) * CELL_WIDTH_PX}" lengthAdjust="spacingAndGlyphs" '
        f'xml:space="preserve" fill="{ink}"{weight}>{escape(text)}</text>'
    )


def _rect(column: int, row: int, cells: int, top: float, share: float, colour: str) -> str:
    return (
        f'<rect x="{column * CELL_WIDTH_PX}" y="{row * CELL_HEIGHT_PX + top * CELL_HEIGHT_PX:g}" '
        f'width="{cells * CELL_WIDTH_PX}" height="{share * CELL_HEIGHT_PX:g}" fill="{colour}" '
        'shape-rendering="crispEdges"/>'
    )


def _colours(style: Style) -> tuple[str, str]:
    ink, paper = _hex(style.color, _WHITE), _hex(style.bgcolor, _BLACK)
    return (paper, ink) if style.reverse else (ink, paper)


def _hex(colour: Color | None, otherwise: str) -> str:
    if colour is None or colour.is_default:
        return otherwise
    return colour.get_truecolor().hex
