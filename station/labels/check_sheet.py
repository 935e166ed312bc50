"""The sheet a scanner is certified with: the symbols of `station.core.commissioning` on one page.

A4 at 300 dots per inch, as PNG or PDF. Each symbol is read back before the sheet is written.
"""

import io
from pathlib import Path
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from station.core.commissioning import CONTENTS, CheckSymbol
from station.core.errors import ConfigurationError
from station.labels.picture import DEFAULT_DPI, LabelContent, PrintSize, label_image, write_whole
from station.labels.symbols import LabelError, SymbolKind

PAGE_PX: Final = (2480, 3508)
"""A4 at 300 dots per inch."""

FORMATS: Final = {".png": "PNG", ".pdf": "PDF"}

_MARGIN_PX: Final = 150
_TITLE_PX: Final = 60
_TEXT_PX: Final = 40
_COLUMNS: Final = 2
_ROW_PX: Final = 1000
_KINDS: Final = {"]d1": SymbolKind.RAW_DATA_MATRIX, "]d2": SymbolKind.GS1_DATA_MATRIX}


def draw_sheet() -> Image.Image:
    """Draw the page.

    Raises:
        LabelError: A symbol does not read back.
    """
    page = Image.new("L", PAGE_PX, 255)
    pen = ImageDraw.Draw(page)
    pen.text(
        (_MARGIN_PX, _MARGIN_PX),
        "Scanner check: scan the symbols in order, covering the others",
        fill=0,
        font=ImageFont.load_default(_TITLE_PX),
    )
    font = ImageFont.load_default(_TEXT_PX)
    column_px = (PAGE_PX[0] - 2 * _MARGIN_PX) // _COLUMNS
    for number, symbol in enumerate(CheckSymbol):
        row, column = divmod(number, _COLUMNS)
        left = _MARGIN_PX + column * column_px
        top = _MARGIN_PX + 2 * _TITLE_PX + row * _ROW_PX
        content = CONTENTS[symbol]
        drawn = label_image(
            LabelContent(content.payload, _KINDS[content.identifier]), PrintSize().module_px
        )
        _read_back(drawn, content.payload)
        pen.text((left, top), f"{number + 1}  {content.shows}", fill=0, font=font)
        page.paste(drawn, (left, top + 2 * _TEXT_PX))
    return page


def write_sheet(path: Path) -> None:
    """Write the page; the file appears whole or not at all.

    Raises:
        ConfigurationError: The file's ending is none of `FORMATS`.
        LabelError: A symbol does not read back, or the file cannot be written.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ConfigurationError(
            f"a sheet is a picture or a document, not {path.suffix or 'a file without ending'!r}",
            f"name it with {' or '.join(FORMATS)}",
        )
    out = io.BytesIO()
    if kind == "PNG":
        draw_sheet().save(out, kind, dpi=(DEFAULT_DPI, DEFAULT_DPI), optimize=True)
    else:
        draw_sheet().save(out, kind, resolution=DEFAULT_DPI)
    write_whole(path, out.getvalue())


def _read_back(drawn: Image.Image, payload: bytes) -> None:
    found = zxingcpp.read_barcodes(
        np.asarray(drawn),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix),
        text_mode=zxingcpp.TextMode.Plain,
    )
    if [read.bytes for read in found] != [payload]:
        raise LabelError("a test symbol does not read back", "report this with your version")
