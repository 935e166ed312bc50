"""Label pictures: symbol, quiet zone and the text for people, as PNG at its printing size.

Every picture is read back before it is written: a label that does not read as what it should say is
an error, never a file.
"""

import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from station.core.text import printable
from station.labels.symbols import LabelError, SymbolKind, identifier_of, make_symbol

DEFAULT_X_DIMENSION_MM: Final = 0.495
"""Width of one module. Source: GS1 General Specifications, symbol specification tables: 0.495 mm is
within the range for Data Matrix and QR in general distribution."""

DEFAULT_DPI: Final = 300
MIN_MODULE_PX: Final = 2
MAX_SIDE_PX: Final = 6000

_MM_PER_INCH: Final = 25.4
MIN_QUIET_MODULES: Final = 4
"""A Data Matrix needs 1, and gets more since real labels are cut askew."""

_TEXT_MODULES: Final = 2
"""Height of a line of text, in modules; never below `_MIN_TEXT_PX`."""
_MIN_TEXT_PX: Final = 11
_MAX_LINE_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class LabelContent:
    """What a label says.

    Attributes:
        payload: What the symbol carries.
        kind: Which symbol.
        lines: Human readable interpretation and other text below the symbol.
        side: Modules of a matrix code's side, where all labels are to be alike; None for the
            smallest.
    """

    payload: bytes
    kind: SymbolKind
    lines: tuple[str, ...] = ()
    side: int | None = None


@dataclass(frozen=True, slots=True)
class PrintSize:
    """How large a label is printed.

    Attributes:
        x_dimension_mm: Width of one module.
        dpi: The printer's dots per inch.
    """

    x_dimension_mm: float = DEFAULT_X_DIMENSION_MM
    dpi: int = DEFAULT_DPI

    @property
    def module_px(self) -> int:
        """Whole printer dots a module: a fraction would blur edges."""
        return max(MIN_MODULE_PX, round(self.x_dimension_mm / _MM_PER_INCH * self.dpi))


def label_image(content: LabelContent, module_px: int) -> Image.Image:
    """Draw a label.

    Args:
        content: What it says.
        module_px: Width of a module, pixels.

    Returns:
        A grey picture, black on white, quiet zone included.

    Raises:
        LabelError: The payload does not fit the symbol, or the picture would be too large.
    """
    symbol = make_symbol(content.payload, content.kind, side=content.side)
    lines = [printable(line, _MAX_LINE_CHARS) for line in content.lines]
    quiet = max(MIN_QUIET_MODULES, symbol.quiet_zone_modules)
    framed = np.pad(~symbol.modules, quiet, constant_values=True)
    height, width = (side * module_px for side in framed.shape)
    text_px = max(_MIN_TEXT_PX, _TEXT_MODULES * module_px)
    font = ImageFont.load_default(text_px)
    line_px = round(text_px * 1.3)
    width = max([width, *(round(font.getlength(line)) + 2 * module_px for line in lines)])
    total = height + line_px * len(lines) + (module_px * 2 if lines else 0)
    if max(width, total) > MAX_SIDE_PX:
        raise LabelError(
            f"the label would be {width} × {total} pixels",
            "choose a smaller X-dimension or fewer dots per inch",
        )
    picture = Image.new("L", (width, total), 255)
    dots = np.kron(framed, np.ones((module_px, module_px), np.bool_)).astype(np.uint8) * 255
    picture.paste(Image.fromarray(dots), ((width - dots.shape[1]) // 2, 0))
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        left = (width - font.getlength(line)) / 2
        pen.text((left, height + number * line_px), line, fill=0, font=font)
    return picture


def write_label(path: Path, content: LabelContent, size: PrintSize | None = None) -> None:
    """Draw a label, read it back, and write it as PNG; the file appears whole or not at all.

    Args:
        path: The file to write; an existing one is replaced.
        content: What the label says.
        size: How large it is printed.

    Raises:
        LabelError: The label cannot be drawn, does not read back, or cannot be written.
    """
    size = size or PrintSize()
    out = io.BytesIO()
    label_image(content, size.module_px).save(out, "PNG", dpi=(size.dpi, size.dpi), optimize=True)
    _read_back(out, content)
    write_whole(path, out.getvalue())


def _read_back(png: io.BytesIO, content: LabelContent) -> None:
    """Refuse a picture that does not read as its content, and as nothing else of its symbology.

    About one Data Matrix in 500 has a row of modules that also reads as a short ITF. No other draw
    would mend it, and the station's decoders leave such ghosts out.
    """
    with Image.open(png, formats=("PNG",)) as picture:
        found = zxingcpp.read_barcodes(np.asarray(picture), text_mode=zxingcpp.TextMode.Plain)
    wanted = identifier_of(content.kind)
    reads = [(read.bytes, read.symbology_identifier) for read in found]
    if [read for read in reads if read[1][:2] == wanted[:2]] != [(content.payload, wanted)]:
        raise LabelError(
            "the drawn label does not read back as what it should say",
            "choose a larger X-dimension or another --symbol",
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole or not at all.

    Raises:
        LabelError: It cannot be written; nothing of it is left.
    """
    try:
        _replace(path, content)
    except OSError as error:
        raise LabelError(
            f"cannot write {path}: {error.strerror or error}", "check folder, rights and free space"
        ) from None


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        _fsync_folder(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
