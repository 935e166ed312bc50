"""The banner: verdict word, shape and next action in large letters, the reason and the unit below.

Fitted to any size: the word is never cut off; the action is drawn as large as the rest allows and
falls back to bold text.
"""

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from station.core.language import Language
from station.core.reasons import VerdictClass
from station.core.wording import Said, verdict_word
from station.core.wording.screens import DOCK, DockWords
from station.ports.display import VerdictShown
from station.tui.glyphs import BANG, Bitmap
from station.tui.lines import Line, centred, shown, wrapped
from station.tui.model import Banner, BannerKind, DockView
from station.tui.palette import SHAPES, SIGNS, Look
from station.tui.raster import can_spell, cells, fit_line, fit_lines, scaled
from station.tui.speech import loss_of, said_of

_MIN_WORD_ROWS: Final = 5
_MIN_SHAPE_PIXELS: Final = 5
_SHAPE_GAP: Final = 2
_MARGIN: Final = 1
_KEPT: Final = 4
"""Banners kept drawn: the one that stands, with both sets of a quarantine's colours."""
_EDGE: Final = 2
"""Columns of a flash at either side, about as wide as its row above and below is high."""
_PIXELS: Final = frozenset("█▀▄#")
"""What large letters are made of, in blocks and in ASCII."""

_ENGLISH: Final = DOCK[Language.ENGLISH]


@dataclass(frozen=True, slots=True)
class BannerText:
    """What a banner says, before it is drawn.

    Attributes:
        word: Drawn largest.
        shape: Drawn beside it, or None.
        sign: Stands for the shape where there is no room to draw it.
        action: What to do, an imperative.
        details: Further lines, the most important first.
        least_details: How many of them matter more than large letters for the action.
        sign_word: The word in English, a sign where the letters of `word` cannot be drawn.
    """

    word: str
    shape: Bitmap | None
    sign: str
    action: str
    details: tuple[str, ...]
    least_details: int = 1
    sign_word: str = ""


def banner_text(view: DockView, width: int) -> BannerText:
    """What to say, in lines of so many cells."""
    banner, words = view.banner, DOCK[view.language]
    match banner.kind:
        case BannerKind.CONNECTING:
            return BannerText(words.wait, None, "", words.connecting, (), sign_word=_ENGLISH.wait)
        case BannerKind.LOST:
            return _lost_text(view)
        case BannerKind.READY:
            return BannerText(words.ready, None, "", words.scan_next, (), sign_word=_ENGLISH.ready)
        case BannerKind.VERDICT:
            return _verdict_text(view, width)


def banner_style(banner: Banner, look: Look, *, pulse: bool = False) -> Style:
    """Its colours; a standing quarantine has two sets of them that take turns."""
    if banner.latched and pulse:
        return look.theme.pulse
    verdict_class = banner.verdict_class
    if verdict_class is not None:
        return look.theme.verdict(verdict_class)
    return look.theme.caution if banner.kind is BannerKind.LOST else look.theme.neutral


def paint_banner(
    view: DockView,
    width: int,
    height: int,
    look: Look,
    *,
    pulse: bool = False,
    flash: bool = False,
) -> tuple[Line, ...]:
    """The banner as exactly ``height`` lines.

    Args:
        view: What is known.
        width: Cells, at least 1.
        height: Lines, at least 1.
        look: How to draw.
        pulse: The other half of a standing quarantine's second.
        flash: The edge the other way round, as a sound that is seen.
    """
    style = banner_style(view.banner, look, pulse=pulse)
    lines = _painted(banner_text(view, width), style, width, height, look)
    return _with_edge(lines, width) if flash else lines


@lru_cache(maxsize=_KEPT)
def _painted(
    text: BannerText, style: Style, width: int, height: int, look: Look
) -> tuple[Line, ...]:
    """The lines: a banner stands longer than a picture, of which there are twenty a second."""
    said = _spelled(text, look)
    details = [look.plain(detail) for detail in said.details]
    body = (
        _all_large(said, details, width - 2 * _MARGIN, height, look)
        or _word_large(said, details, width, height, look)
        or [look.plain(text) for text in (said.word, *wrapped(said.action, width, 2))] + details
    )
    above = max(0, (height - len(body) + 1) // 2)
    rows = ([""] * above + body + [""] * height)[:height]
    return tuple(centred(width, style, row) for row in rows)


def _with_edge(lines: tuple[Line, ...], width: int) -> tuple[Line, ...]:
    """The outermost rows and columns with their colours swapped, but for large letters there."""
    sides = [min(_EDGE, width), max(_EDGE, width - _EDGE), width]
    edged = []
    for row, cells_of_row in enumerate(lines):
        left, inner, right = Segment.divide(cells_of_row, sides)
        inner = _swapped(inner) if row in {0, len(lines) - 1} else inner
        edged.append((*_swapped(left), *inner, *_swapped(right)))
    return tuple(edged)


def _swapped(parts: list[Segment]) -> list[Segment]:
    return [
        part
        if part.style is None or _PIXELS & set(part.text)
        else Segment(part.text, part.style + Style(reverse=not part.style.reverse))
        for part in parts
    ]


def _spelled(said: BannerText, look: Look) -> BannerText:
    """With a word that can be drawn: what no font here spells is read from nowhere near."""
    if not said.sign_word or can_spell(said.word, look.font):
        return said
    action = f"{said.word} · {said.action}"
    return replace(said, word=said.sign_word, action=action)


def _all_large(
    said: BannerText, details: list[str], width: int, height: int, look: Look
) -> list[str] | None:
    """Word and action in large letters, giving up the lesser details for them."""
    least = min(said.least_details, len(details))
    ways = [details[:kept] for kept in range(len(details), least - 1, -1)]
    # Short reasons, as Chinese ones are, share a line before large letters are given up.
    shared = " · ".join(details[:least])
    ways += [[shared]] if least > 1 and cell_len(shared) <= width else []
    for kept, margin in itertools.product(ways, (1, 0)):
        large = _word_and_action(said, width, height - len(kept) - margin, look)
        if large is not None:
            gap = [""] if len(large) + len(kept) + margin < height and kept else []
            return [*large, *gap, *kept]
    return None


def _word_and_action(said: BannerText, width: int, rows: int, look: Look) -> list[str] | None:
    """Both in large letters with an empty row between; None where they do not fit so."""
    most = min(rows - 4, max(_MIN_WORD_ROWS, rows * 3 // 5))
    for word_rows in range(most, _MIN_WORD_ROWS - 1, -1):
        word = _word(said, width, word_rows, look)
        if word is None:
            continue
        # The action never as loud as the word.
        action_rows = min(rows - len(word) - 1, max(6, len(word) * 2 // 3))
        action = _large_action(said.action, width, action_rows, look)
        if action is not None:
            return [*word, "", *action]
    return None


def _word_large(
    said: BannerText, details: list[str], width: int, height: int, look: Look
) -> list[str] | None:
    """The word in large letters, everything else as text; None where not even that fits."""
    room = width - 2 * (cell_len(said.sign) + 1)
    action = wrapped(look.plain(said.action), room, 2)
    for kept in range(len(details), -1, -1):
        rows = height - kept - len(action)
        word = _word(said, width, rows, look) if rows >= 3 else None
        if word is None:
            continue
        shaped = _word_with_shape(said, width, rows, look) is not None
        mark = "" if shaped else look.plain(said.sign)
        marked = [f"{mark} {text} {mark}".strip() for text in action]
        gap = [""] if len(word) < rows else []
        return [*word, *gap, *marked, *details[:kept]]
    return None


def _large_action(action: str, width: int, rows: int, look: Look) -> list[str] | None:
    if not look.unicode or rows < 3:
        return None
    lines = fit_lines(action, width, rows, font=look.font)
    if lines is None:
        return None
    # All lines in one picture with a pixel between them, so that half rows are shared.
    joined: list[str] = []
    for pixels in lines:
        if joined:
            joined.append(" " * width)
        joined += [_in_middle(row, width) for row in _same_width(pixels)]
    return list(cells(tuple(joined)))


def _word(said: BannerText, width: int, rows: int, look: Look) -> list[str] | None:
    """Shape and word side by side; the word alone where there is no room for both."""
    beside = _word_with_shape(said, width, rows, look)
    if beside is not None:
        return beside
    word = fit_line(said.word, width, rows, blocks=look.unicode, font=look.font)
    return None if word is None else list(cells(word, blocks=look.unicode))


def _word_with_shape(said: BannerText, width: int, rows: int, look: Look) -> list[str] | None:
    if said.shape is None:
        return None
    most = rows * (2 if look.unicode else 1)
    for height in range(most, _MIN_SHAPE_PIXELS - 1, -1):
        beside = scaled(said.shape, height)
        room = width - len(beside[0]) - _SHAPE_GAP
        letters = (
            fit_line(said.word, room, rows, blocks=look.unicode, font=look.font)
            if room > 0
            else None
        )
        if letters is not None and len(letters) >= height:
            above = (len(letters) - height) // 2
            blank = " " * len(beside[0])
            column = [blank] * above + list(beside) + [blank] * len(letters)
            gap = " " * _SHAPE_GAP
            both = tuple(a + gap + b for a, b in zip(column, letters, strict=False))
            return list(cells(both, blocks=look.unicode))
    return None


def _same_width(pixels: Bitmap) -> Bitmap:
    width = max(map(len, pixels))
    return tuple(row.ljust(width) for row in pixels)


def _in_middle(row: str, width: int) -> str:
    return (" " * ((width - len(row)) // 2) + row).ljust(width)


def _lost_text(view: DockView) -> BannerText:
    lost, words = view.banner.lost, DOCK[view.language]
    said = None if lost is None else loss_of(lost, view.language)
    details = [] if said is None else [said.message]
    if view.latched:
        details.append(words.keep_aside)
    details.append(words.hold_all)
    # A command is no help to whoever has nothing to type it into.
    action = words.call_supervisor if said is None or view.kiosk else said.next_action
    return BannerText(
        words.no_engine,
        BANG,
        "!",
        action,
        tuple(details),
        least_details=2,
        sign_word=_ENGLISH.no_engine,
    )


def _verdict_text(view: DockView, width: int) -> BannerText:
    banner = view.banner
    verdict = banner.verdict
    verdict_class = banner.verdict_class
    if verdict_class is None:
        raise ValueError("a verdict's banner without a verdict")
    words = DOCK[view.language]
    said = None if verdict is None else said_of(verdict, view.language)
    details: list[str] = []
    if verdict is None or said is None:
        details.append(words.awaits_tote)
        action = words.into_tote
    elif banner.second:
        details += wrapped(words.two_units, width, 2)
        action = words.into_tote
    else:
        # On a handheld a second line rather than a reason cut short.
        details += wrapped(_reason_line(verdict, said, words), width, 2)
        action = said.next_action
    matter = len(details)
    if banner.latched:
        details.append(_latch_line(view, words))
    if verdict is not None and said is not None:
        details += _unit_lines(verdict, width)
        details += _also_lines(said, words)
    return BannerText(
        verdict_word(verdict_class, view.language),
        SHAPES[verdict_class],
        SIGNS[verdict_class],
        action,
        tuple(details),
        least_details=matter + banner.latched,
        sign_word=verdict_word(verdict_class),
    )


def _reason_line(verdict: VerdictShown, said: Said, words: DockWords) -> str:
    note = f"{words.note}: " if verdict.verdict_class is VerdictClass.ACCEPT_NOTE else ""
    later = f" · {words.provisional}" if verdict.provisional else ""
    return f"{note}{said.message}{later}"


def _latch_line(view: DockView, words: DockWords) -> str:
    waiting, refused = view.waiting_units, view.refused
    units = f"{words.units.format(count=waiting)}: " if waiting > 1 else ""
    reads = f" · {words.refused.format(count=refused)}" if refused else ""
    return f"{units}{words.then_tote}{reads}"


def _unit_lines(verdict: VerdictShown, width: int) -> list[str]:
    """As much of the unit's name as fits; the serial rather than the product."""
    product, gtin, serial = (
        shown(part) for part in (verdict.product, verdict.gtin, verdict.serial)
    )
    units = (
        " · ".join(part for part in parts if part)
        for parts in ((product, gtin, serial), (product, serial), (gtin, serial), (serial or gtin,))
    )
    unit = next((unit for unit in units if cell_len(unit) <= width), serial or gtin or product)
    return [unit] if unit else []


def _also_lines(said: Said, words: DockWords) -> list[str]:
    return [f"{words.also}: {'; '.join(said.further)}"] if said.further else []
