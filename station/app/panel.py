"""How large the screen's letters are for an eye two metres away, where the panel tells its size.

A monitor's EDID says how high its picture is; the kernel hands it on in /sys/class/drm. The
terminal is taken to fill the monitor, as the kiosk's does.

Source: VESA E-EDID 1.4, section 3.6.2 (screen size) and 3.10.2 (detailed timing, image size).
"""

import math
from pathlib import Path
from typing import Final

DISPLAYS: Final = Path("/sys/class/drm")
DISTANCE_MM: Final = 2000
GOOD_ARC_MINUTES: Final = 22.0
"""What ISO 9241-303 asks for reading with ease; 16 is its least."""

_EDID_BYTES: Final = 128
_HEADER: Final = b"\x00\xff\xff\xff\xff\xff\xff\x00"
_MM_PER_CM: Final = 10


def picture_height_mm(edid: bytes) -> int | None:
    """How high a monitor's picture is; None where the EDID is none or does not say."""
    if len(edid) < _EDID_BYTES or not edid.startswith(_HEADER):
        return None
    timing = edid[54:72]
    if timing[:2] != b"\x00\x00":
        height_mm = timing[13] | (timing[14] & 0x0F) << 8
        if height_mm:
            return height_mm
    return edid[22] * _MM_PER_CM or None


def panel_height_mm(displays: Path = DISPLAYS) -> int | None:
    """The height of the one connected monitor; None where there is none, or more than one."""
    heights = []
    for status in sorted(displays.glob("card*-*/status")):
        try:
            if status.read_text("ascii").strip() == "connected":
                heights.append(picture_height_mm(status.with_name("edid").read_bytes()))
        except (OSError, ValueError):
            continue
    return heights[0] if len(heights) == 1 else None


def arc_minutes(letter_mm: float, distance_mm: float = DISTANCE_MM) -> float:
    """The angle under which a letter is seen."""
    return math.degrees(2 * math.atan(letter_mm / (2 * distance_mm))) * 60


def letter_mm(columns: int, rows: int, panel_mm: int) -> float:
    """How high the longest verdict word of any language is on a terminal that fills the panel.

    Args:
        columns: Of the terminal.
        rows: Of the terminal.
        panel_mm: The panel's height.
    """
    from station.core.wording import TONGUES
    from station.tui.raster import fit_line

    banner_rows = max(1, rows * 7 // 12 - 4)
    words = (word for tongue in TONGUES.values() for word in tongue.verdicts.values())
    longest = max(words, key=len)
    drawn = fit_line(longest, max(1, columns - columns // 6), banner_rows)
    if drawn is None:
        return panel_mm / rows
    # Two pixels a row; what is left above and below a letter is no part of it.
    lit = [number for number, pixels in enumerate(drawn) if pixels.strip()]
    return (lit[-1] - lit[0] + 1) / 2 * panel_mm / rows
