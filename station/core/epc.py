"""What EPCIS calls a thing by: EPC URNs and GS1 Digital Links, as the station's own values. Total.

Sources: GS1 EPC Tag Data Standard 2.0, section 6.3 (SGTIN, SSCC, PGLN), 6.4 (LGTIN) and 8 (pure
identity patterns); GS1 Digital Link Standard: URI Syntax, for addresses.
"""

import re
from typing import Final

from station.core.codes import LogisticUnit, PlainUnit, SignedUnit, TradeItem, UnitIdentity
from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.check_digit import check_digit
from station.core.gs1.digital_link import is_web_address, read_digital_link
from station.core.parsing import parse

MAX_EPC_CHARS: Final = 300

Epc = UnitIdentity | LogisticUnit | TradeItem

_SGTIN: Final = re.compile(r"urn:epc:id:sgtin:([0-9]{6,12})\.([0-9]{1,7})\.(\S{1,60})", re.ASCII)
_SSCC: Final = re.compile(r"urn:epc:id:sscc:([0-9]{6,12})\.([0-9]{5,11})", re.ASCII)
_ITEM_CLASS: Final = re.compile(
    r"urn:epc:(?:idpat:sgtin:([0-9]{6,12})\.([0-9]{1,7})\.\*"
    r"|class:lgtin:([0-9]{6,12})\.([0-9]{1,7})\.\S{1,60})",
    re.ASCII,
)
_PARTY: Final = re.compile(
    r"urn:epc:id:(?:pgln:([0-9]{6,12})\.([0-9]{0,6})|sgln:([0-9]{6,12})\.([0-9]{0,6})\.\S{1,60})",
    re.ASCII,
)
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_SERIAL: Final = AI_TABLE[b"21"]


def read_epc(text: str) -> Epc | None:
    """The unit, pallet or product an EPC or a Digital Link names; None for anything else."""
    if len(text) > MAX_EPC_CHARS or not text.isascii():
        return None
    if match := _SGTIN.fullmatch(text):
        return _unit(match[1], match[2], match[3])
    if match := _SSCC.fullmatch(text):
        company, reference = match[1], match[2]
        return _logistic_unit(reference[0] + company + reference[1:])
    if match := _ITEM_CLASS.fullmatch(text):
        gtin = _gtin(match[1] or match[3], match[2] or match[4])
        return None if gtin is None else TradeItem(gtin)
    if not is_web_address(text.encode("ascii")):
        return None
    match parse(text.encode("ascii"), ""):
        case PlainUnit(identity=identity) | SignedUnit(identity=identity):
            return identity
        case LogisticUnit() | TradeItem() as found:
            return found
        case _:
            return None


def read_party(text: str) -> str | None:
    """The GLN of a party, 13 digits, or None where the text names none."""
    if len(text) > MAX_EPC_CHARS or not text.isascii():
        return None
    if match := _PARTY.fullmatch(text):
        digits = (match[1] or match[3]) + (match[2] or match[4] or "")
        return f"{digits}{check_digit(digits.encode())}" if len(digits) == 12 else None
    elements = read_digital_link(text.encode("ascii"))
    if not isinstance(elements, dict):
        return None
    gln = elements.get("417") or elements.get("414")
    return gln or None


def _unit(company: str, reference: str, escaped: str) -> UnitIdentity | None:
    gtin = _gtin(company, reference)
    serial = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), escaped)
    if gtin is None or _SERIAL.problem(serial.encode("utf-8")) is not None:
        return None
    return UnitIdentity(gtin, serial)


def _gtin(company: str, reference: str) -> str | None:
    """A GTIN of the company prefix and the indicator with the item reference."""
    digits = reference[0] + company + reference[1:]
    return f"{digits}{check_digit(digits.encode())}" if len(digits) == 13 else None


def _logistic_unit(digits: str) -> LogisticUnit | None:
    if len(digits) != 17:
        return None
    return LogisticUnit(f"{digits}{check_digit(digits.encode())}")
