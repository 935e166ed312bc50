"""AIM symbology identifiers: what a scanner says of the symbol it read.

Which of them announce GS1 data is a matter of parsing (`station.core.parsing`).
"""

from typing import Final

from station.core.symbol import SymbolFormat

_MODIFIERS: Final = {
    SymbolFormat.DATA_MATRIX: ("d", "0123456"),
    SymbolFormat.QR_CODE: ("Q", "0123456"),
    SymbolFormat.CODE_128: ("C", "0124"),
    SymbolFormat.EAN_13: ("E", "03"),
    SymbolFormat.EAN_8: ("E", "4"),
    SymbolFormat.ITF: ("I", "013"),
}
"""Code character and modifiers of each symbology. ``]E0`` is EAN-13, UPC-A and UPC-E, sent as 13
digits; ``]E3`` is the same with an add-on. Source: ISO/IEC 15424."""

_FORMATS: Final = {
    f"]{code}{modifier}": symbol_format
    for symbol_format, (code, modifiers) in _MODIFIERS.items()
    for modifier in modifiers
}


def format_of_identifier(symbology_identifier: str) -> SymbolFormat:
    """The symbology an identifier names; UNKNOWN for none, and for one the station does not read.

    Args:
        symbology_identifier: AIM identifier such as ``]d2``, or anything else.
    """
    return _FORMATS.get(symbology_identifier, SymbolFormat.UNKNOWN)
