"""Everything the screens write themselves, in every language.

Apart from the words of verdicts, so that what has no screen does not load them.
"""

from typing import Final

from station.core.language import Language
from station.core.wording.screens import de, en, es, zh
from station.core.wording.screens.texts import DockWords, Pair, ReviewWords

__all__ = ["DOCK", "REVIEW", "DockWords", "Pair", "ReviewWords"]

DOCK: Final[dict[Language, DockWords]] = {
    Language.ENGLISH: en.DOCK,
    Language.CHINESE: zh.DOCK,
    Language.GERMAN: de.DOCK,
    Language.SPANISH: es.DOCK,
}

REVIEW: Final[dict[Language, ReviewWords]] = {
    Language.ENGLISH: en.REVIEW,
    Language.CHINESE: zh.REVIEW,
    Language.GERMAN: de.REVIEW,
    Language.SPANISH: es.REVIEW,
}
