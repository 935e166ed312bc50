"""Draws an operator's badge: a control code of the site's own, as a picture for a printer."""

from pathlib import Path

from station.app.site_paths import SitePaths
from station.core.codes import ControlKind
from station.core.control_code import make_control_code
from station.core.operators import Operator
from station.labels.picture import LabelContent, write_label
from station.labels.symbols import SymbolKind
from station.storage.key_files import read_station_key


def draw_badge(paths: SitePaths, operator: Operator, out: Path) -> None:
    """Write the badge that counts as PNG, whole or not at all; it is read back first.

    Raises:
        StorageError: The site's key cannot be read.
        LabelError: It cannot be drawn or written.
    """
    key = read_station_key(paths.station_key)
    payload = make_control_code(ControlKind.BADGE, operator.name, key, operator.badge)
    words = f"BADGE {operator.name}", f"{operator.role.name} {operator.badge}"
    write_label(out, LabelContent(payload, SymbolKind.DATA_MATRIX, words))
