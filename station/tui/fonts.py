"""Finds a font of this computer that draws Chinese, for large letters.

None comes with the station: such a font has 2 to 20 MB. Without one, what it would draw is said in
small letters, and the verdict's word in large English ones.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import ImageFont

from station.tui.raster import FONT_SIZE

_NAMES: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansSC-Bold.otf",
    "SourceHanSansSC-Bold.otf",
)
"""Of Debian's fonts-noto-cjk, fonts-wqy-microhei, fonts-wqy-zenhei and fonts-droid-fallback, and of
other systems; bold ones last, whose strokes run into each other at a dozen pixels."""

_SIMPLIFIED: Final = {"NotoSansCJK-Bold.ttc": 2, "NotoSansCJK-Regular.ttc": 2}
"""Which face of a collection has simplified characters, where it is not the first."""

FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
)


def chinese_font(folders: Sequence[Path] = FOLDERS) -> ImageFont.FreeTypeFont | None:
    """The best such font at the size letters are drawn from, or None where there is none."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.expanduser().rglob("*.[ot]t[cf]"):
            found.setdefault(path.name, path)
    for name in _NAMES:
        if name in found:
            try:
                return ImageFont.truetype(found[name], FONT_SIZE, _SIMPLIFIED.get(name, 0))
            except OSError:
                continue  # damaged, or without that face: another may do
    return None
