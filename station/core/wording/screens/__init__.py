"""Everything the dock screen writes itself, in every language.

Apart from the words of verdicts, so that what has no screen does not load them.
"""

from typing import Final

from station.core.language import Language
from station.core.wording.screens import de, en, es, zh
from station.core.wording.screens.texts import DockWords, Pair

__all__ = ["DOCK", "DockWords", "Pair"]

DOCK: Final[dict[Language, DockWords]] = {
    Language.ENGLISH: en.DOCK,
    Language.CHINESE: zh.DOCK,
    Language.GERMAN: de.DOCK,
    Language.SPANISH: es.DOCK,
}
