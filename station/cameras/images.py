"""Picture files as frames: one file, the pictures of a folder, or a pattern, sorted by name.

Files are read with Pillow: it tells a picture's size before anything is decoded, takes a file that
is cut short for an error, and prints nothing. Whatever a file holds gives pixels or a
`FrameProblem` that says what to do, and the next file follows. Memory: one file of at most
`MAX_FILE_BYTES` and one picture of at most `MAX_PIXELS`.
"""

import os
import stat
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageOps

from station.core.errors import DeviceError
from station.core.text import printable
from station.ports.clock import Clock
from station.ports.frames import Frame, FrameProblem

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

MAX_FILE_BYTES: Final = 50_000_000
MAX_PIXELS: Final = 64_000_000
"""Four times a good camera's picture; a file beyond it is a mistake or a decompression bomb."""

FORMATS: Final = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
"""Which files of a folder are pictures; a file named outright may have any name."""

_MAX_NAME_CHARS: Final = 300
_PATTERN_CHARS: Final = frozenset("*?[")
_WHITE: Final = 255
_KINDS_TEXT: Final = "PNG, JPEG, BMP, TIFF or WebP"


class ImageFiles:
    """Picture files as a frame source; every picture is a presentation of its own.

    Args:
        value: A file, a folder, or a pattern with ``*``, ``?``, ``[…]`` or ``**``.
        clock: Stamps frames.

    Raises:
        DeviceError: Nothing is there, or no picture.
    """

    def __init__(self, value: str, *, clock: Clock) -> None:
        self._paths = find_pictures(value)
        self._clock = clock
        self._closed = Event()

    def frames(self) -> Iterator[Frame | FrameProblem]:
        """The pictures in order; one that cannot be read is a problem, and the next follows."""
        for path in self._paths:
            if self._closed.is_set():
                return
            pixels = read_picture(path)
            if isinstance(pixels, FrameProblem):
                yield pixels
            else:
                yield Frame(pixels, self._clock.mono_ns(), _shown(path), still=True)

    def close(self) -> None:
        """End the iteration after the picture at hand."""
        self._closed.set()


def find_pictures(value: str) -> tuple[Path, ...]:
    """The picture files a name stands for, sorted by name.

    Folders below a folder are not entered. A pattern may match any file; ``**`` follows no
    symbolic link, so a link to a folder above is no endless way.

    Args:
        value: A file, a folder, or a pattern.

    Raises:
        DeviceError: Nothing is there, or no picture.
    """
    shown = printable(value, _MAX_NAME_CHARS)
    path = Path(value)
    try:
        if path.is_dir():
            found = [p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and not p.is_dir()]
            advice = f"put {_KINDS_TEXT} files there, or name another folder"
        elif _PATTERN_CHARS.isdisjoint(value) or os.path.lexists(path):
            found = [path] if os.path.lexists(path) else []
            advice = "check the path; it may be a file, a folder or a pattern in quotes"
        else:
            found = _matches(path)
            advice = "check the pattern; it must match files"
    except (OSError, ValueError) as error:
        raise DeviceError(
            f"cannot look for pictures at {shown} ({_words(error)})", "check the path"
        ) from error
    if not found:
        raise DeviceError(f"there is no picture at {shown}", advice)
    return tuple(sorted(found))


def read_picture(path: Path) -> "GreyPixels | FrameProblem":
    """Decode one file to grey, turned upright as its EXIF orientation says.

    Transparent parts count as white paper. Of a file with several pictures the first is read.

    Args:
        path: Any path; nothing but a regular file is opened for long.
    """
    try:
        content = _read_file(path)
    except OSError as error:
        return FrameProblem(_shown(path), f"cannot be read ({_words(error)}); check the file")
    if isinstance(content, str):
        return FrameProblem(_shown(path), content)
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            return _too_large(path, picture) or _grey(picture)
    except Exception as error:  # noqa: BLE001 - a hostile file can make any error of the library's
        advice = f"is no readable {_KINDS_TEXT} picture ({_words(error)}); take or save it again"
        return FrameProblem(_shown(path), advice)


def _matches(pattern: Path) -> list[Path]:
    """Files a pattern matches, searched from the last folder it names without wildcard."""
    fixed = Path()
    parts = list(pattern.parts)
    while parts and _PATTERN_CHARS.isdisjoint(parts[0]):
        fixed /= parts.pop(0)
    return [path for path in fixed.glob(str(Path(*parts))) if not path.is_dir()]


def _read_file(path: Path) -> bytes | str:
    """A regular file's content, or why it is refused. A pipe or device is never waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return "is no file; name a picture file"
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        return f"is larger than {MAX_FILE_BYTES // 1_000_000} MB; save it smaller"
    if not content:
        return "is an empty file; take or save it again"
    return content


def _too_large(path: Path, picture: Image.Image) -> FrameProblem | None:
    width, height = picture.size
    if width * height <= MAX_PIXELS:
        return None
    return FrameProblem(
        _shown(path),
        f"has {width} × {height} pixels, more than {MAX_PIXELS // 1_000_000} million; "
        "save it smaller",
    )


def _grey(picture: Image.Image) -> "GreyPixels":
    picture.draft("L", picture.size)
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I;16"):
        pixels = (np.asarray(upright) >> 8).astype(np.uint8)
    elif upright.mode in {"I", "F"}:
        raise ValueError(f"pixels of kind {upright.mode}")
    else:
        pixels = np.array(
            _on_paper(upright) if upright.has_transparency_data else upright.convert("L")
        )
    pixels.flags.writeable = False
    return pixels


def _on_paper(picture: Image.Image) -> Image.Image:
    grey, opacity = picture.convert("LA").split()
    return Image.composite(grey, Image.new("L", picture.size, _WHITE), opacity)


def _shown(path: Path) -> str:
    return printable(str(path), _MAX_NAME_CHARS)


def _words(error: Exception) -> str:
    """An error's own words without what would not fit a line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return printable(text.partition("<")[0].strip() or type(error).__name__, 100)
