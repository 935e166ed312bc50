"""Tells how a camera check goes: a preview on a terminal, plain lines elsewhere, or JSON."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from station.app.camera_check import CameraCheck, Moment
from station.app.terminal import Colours, colours_of, has_utf8, is_terminal, places_text
from station.core.camera_advice import Advice, CameraView, Circumstances, Grade, LabelView
from station.core.text import printable

if TYPE_CHECKING:
    from PIL import Image

LINE_EVERY_S: Final = 1.0
"""How often a line is written for a stream."""

_MARKS: Final = {Grade.OK: "ok     ", Grade.WARNING: "warning", Grade.FAILED: "FAILED "}
_BEGIN: Final = "\x1b[?1049h\x1b[?25l"
"""Alternate screen, no cursor (xterm control sequences)."""
_END: Final = "\x1b[?25h\x1b[?1049l"
_HOME: Final = "\x1b[H"
_TO_LINE_END: Final = "\x1b[K"
_TO_SCREEN_END: Final = "\x1b[J"
_MAX_NAME_CHARS: Final = 200
_LEAST_PICTURE_ROWS: Final = 4


class Teller(Protocol):
    """Tells a check's moments; a context manager, since a terminal is given back at the end."""

    def __enter__(self) -> "Teller":
        """Begin."""
        ...

    def __exit__(self, *_: object) -> None:
        """End, also by an error."""
        ...

    def tell(self, moment: Moment) -> None:
        """One look."""
        ...

    def remark(self, text: str) -> None:
        """What is not about a look, such as a camera that was lost; from any thread."""
        ...


class Quiet:
    """Tells nothing but remarks, on standard error: for JSON."""

    def __enter__(self) -> "Quiet":
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def tell(self, moment: Moment) -> None:
        """Say nothing."""

    def remark(self, text: str) -> None:
        """A line on standard error."""
        sys.stderr.write(f"station camera check: {text}\n")


class Lines(Quiet):
    """A line for each still picture, and for a stream one a second.

    Args:
        monotonic_s: Tells the time.
    """

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._due_s = float("-inf")

    def tell(self, moment: Moment) -> None:
        """One line on standard output, if it is due."""
        now_s = self._monotonic_s()
        if not moment.frame.still and now_s < self._due_s:
            return
        self._due_s = now_s + LINE_EVERY_S
        name = printable(moment.frame.name, _MAX_NAME_CHARS)
        sys.stdout.write(f"{name}: {state_of(moment)}\n")
        sys.stdout.flush()


class Preview:
    """Draws the picture, its labels and the advice on a terminal, over and over.

    Args:
        out: The terminal.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._blocks = has_utf8()
        self._colours = colours_of(out) is Colours.EXACT
        self._remark = ""

    def __enter__(self) -> "Preview":
        """Take the screen."""
        self._out.write(_BEGIN)
        self._out.flush()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the screen back."""
        self._out.write(_END)
        self._out.flush()

    def remark(self, text: str) -> None:
        """Shown below the picture from the next one on."""
        self._remark = text

    def tell(self, moment: Moment) -> None:
        """Draw one look."""
        columns, rows = os.get_terminal_size(self._out.fileno())
        words = [
            f"{printable(moment.frame.name, _MAX_NAME_CHARS)}: {state_of(moment)}",
            *advice_lines(moment.advice),
            *([self._remark] if self._remark else []),
            "Ctrl+C ends",
        ]
        room = rows - len(words)
        drawn: tuple[str, ...] = ()
        if room >= _LEAST_PICTURE_ROWS:
            drawn = self._picture(moment, columns, room)
        else:
            words = words[: max(1, rows)]
        lines = [*drawn, *(self._fitting(line, columns) for line in words)]
        self._out.write(_HOME + f"{_TO_LINE_END}\r\n".join(lines) + _TO_LINE_END + _TO_SCREEN_END)
        self._out.flush()

    def _picture(self, moment: Moment, columns: int, rows: int) -> tuple[str, ...]:
        from station.tui.picture import Outline, fitted_size, picture_rows

        picture = _as_image(moment)
        sight = moment.look.sight
        outlines = [
            Outline(symbol.corners, is_read=True)
            for symbol in sight.symbols
            if symbol.corners is not None
        ]
        outlines += [Outline(corners, is_read=False) for corners in sight.unread]
        size = fitted_size(picture.width, picture.height, columns, rows)
        return picture_rows(picture, outlines, size, colours=self._colours, blocks=self._blocks)

    def _fitting(self, line: str, columns: int) -> str:
        """A line that does not wrap and has only what the terminal can show."""
        shown = line if self._blocks else line.encode("ascii", "replace").decode("ascii")
        return shown[:columns]


def _as_image(moment: Moment) -> "Image.Image":
    from PIL import Image

    return Image.fromarray(moment.pixels)


def teller_for(*, as_json: bool, preview: bool) -> Teller:
    """How to tell, by what standard output is."""
    if as_json:
        return Quiet()
    if preview and is_terminal(sys.stdout) and places_text():
        return Preview(sys.stdout)
    return Lines()


def state_of(moment: Moment) -> str:
    """A look in a few words."""
    view, look = moment.recent, moment.look
    parts = [f"{look.width} × {look.height}"]
    if view.frames_per_s is not None:
        parts.append(f"{view.frames_per_s:.0f} frames a second")
    read, unread = len(look.sight.symbols), len(look.sight.unread)
    parts.append(f"{read} read" + (f", {unread} unread" if unread else ""))
    if view.label is not None:
        parts.append(_label_words(view.label))
    if look.condition is not None and not look.sight.symbols:
        parts.append(look.condition.name.lower())
    return "; ".join(parts)


def _label_words(label: LabelView) -> str:
    words = f"{label.module_px:.1f} px a module, contrast {label.contrast:.0f}"
    if label.blur_modules is not None and label.smear_modules is not None:
        words += f", blur {label.blur_modules:.1f}, smear {label.smear_modules:.1f} modules"
    return words


def advice_lines(advice: Iterable[Advice]) -> list[str]:
    """Each thing on a line of its own, with its mend below."""
    lines: list[str] = []
    for one in advice:
        lines.append(f"{_MARKS[one.grade]} {one.subject:<9} {one.text}")
        if one.mend:
            lines.append(f"        -> {one.mend}")
    return lines


def summary(check: CameraCheck, source: str, about: Circumstances) -> dict[str, Any]:
    """The whole check as one JSON object."""
    view, advice = check.view, check.advice
    width, height = check.size
    return {
        "source": source,
        "passed": is_passed(advice),
        "frames": view.looks,
        "read": view.read,
        "unread": view.shown,
        "width": width,
        "height": height,
        "frames_per_s": _rounded(view.frames_per_s),
        **_label_fields(view, check.modules),
        "exposure_at_most_ms": _rounded(about.longest_exposure_ms),
        "findings": [
            {"subject": one.subject, "grade": one.grade.value, "text": one.text, "mend": one.mend}
            for one in advice
        ],
        "settings": [
            {"name": one.name, "asked": one.asked, "has": one.has, "taken": one.taken}
            for one in check.answers
        ],
    }


def is_passed(advice: Iterable[Advice]) -> bool:
    """Whether nothing failed; a warning is no failure."""
    return all(one.grade is not Grade.FAILED for one in advice)


def _label_fields(view: CameraView, modules: int) -> dict[str, Any]:
    label = view.label
    return {
        "modules": modules or None,
        "module_px": None if label is None else _rounded(label.module_px),
        "contrast": None if label is None else _rounded(label.contrast),
        "bright_share": None if label is None else _rounded(label.bright_share),
        "blur_modules": None if label is None else _rounded(label.blur_modules),
        "smear_modules": None if label is None else _rounded(label.smear_modules),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
