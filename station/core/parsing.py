"""Parse: from a payload's bytes to what it is. Total: any bytes give a value of `codes`.

For: the verdict loop, `station check` and the tests. Leaves to others: whether a signature is
genuine (`verification`), and undoing scanner faults. Promises: pure; linear in the payload's
length; consumes everything or refuses; details never hold the payload's text.

What a payload may be depends on its symbol. A GS1 symbol holds an element string and nothing
else; any other two-dimensional or Code 128 symbol holds a Digital Link, an ``AZ:`` code, a control
label or a brand's serial, never an element string; EAN, UPC and ITF hold a GTIN. Where no
symbology identifier is known (a scanner set to send none), every form is tried in this order.

Which AI carries the tag is the product's choice, and the product is known only after this step.
So a well-formed tag under any AI from 91 to 99 makes a `SignedUnit` that remembers its AI, and
verification refuses it where the product says another. Two tags are refused.

Source: docs/reference/code-format.md (kinds and refusals); identifiers: ISO/IEC 15424, GS1
General Specifications, figure 5.1.3-1.
"""

import re
from functools import lru_cache
from typing import Final

from station.core.codes import (
    NO_ATTRIBUTES,
    Attributes,
    BrandSerial,
    CodeKind,
    LogisticUnit,
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    TradeItem,
    UnitIdentity,
)
from station.core.control_code import PREFIX as CONTROL_PREFIX
from station.core.control_code import read_control_code
from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.charset import DIGITS, LOWER, SET_82, UPPER, keeps_to
from station.core.gs1.check_digit import (
    GTIN_DIGITS,
    expand_upc_e,
    gtin_14,
    has_right_check_digit,
)
from station.core.gs1.digital_link import is_web_address, read_digital_link
from station.core.gs1.element_string import GS, ElementFault, Elements, read_element_string
from station.core.reasons import Reason
from station.core.symbol import MAX_PAYLOAD_BYTES, Symbol, SymbolFormat
from station.core.unit_code import (
    ALGORITHMS,
    TAG_AIS,
    TAG_CHARS,
    TAG_HEADER_BYTES,
    decode_tag,
    is_meant_as_tag,
    signed_bytes,
    unpack_tag,
)

ELEMENT_STRING_IDENTIFIERS: Final = frozenset(
    {"]C1", "]e0", "]e1", "]e2", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]J4"}
)
"""FNC1 in first position: GS1-128, DataBar and composite, Data Matrix, QR, DotCode; ``]d5``,
``]Q4`` and ``]J4`` are the same with an ECI announced, which some label software adds."""

RETAIL_IDENTIFIERS: Final = frozenset({"]E0", "]E1", "]E2", "]E3", "]E4"})
ITF_IDENTIFIERS: Final = frozenset({"]I0", "]I1", "]I3"})

_RETAIL_FORMATS: Final = frozenset(
    {SymbolFormat.EAN_13, SymbolFormat.EAN_8, SymbolFormat.UPC_A, SymbolFormat.UPC_E}
)

MIN_BRAND_SERIAL_CHARS: Final = 7
MAX_BRAND_SERIAL_CHARS: Final = 22

_AIM_IDENTIFIER: Final = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_CONTROL: Final = re.compile(rb"[\x00-\x1c\x1e\x1f\x7f]")
_ISO_15434: Final = b"[)>\x1e"
_OPAQUE: Final = re.compile(rb"(?:AZ|ZA):[0-9A-Za-z]{26}")
_CUT_OPAQUE: Final = re.compile(rb"(?:AZ|ZA):[0-9A-Za-z]{0,25}")
_OPAQUE_PREFIXES: Final = (b"AZ:", b"ZA:")
_BRAND_SERIAL_CHARS: Final = DIGITS + UPPER + LOWER + b"-"
_ITEM_START: Final = re.compile(rb"\x1d?01[0-9]{14}")
_ADD_ON: Final = re.compile(rb"([0-9]{13})(?:[0-9]{2}|[0-9]{5})")

_COMMON_LAYOUT: Final = re.compile(
    rb"01([0-9]{14})(?:17([0-9]{6}))?21([%(set)s]{1,20})\x1d"
    rb"(?:10([%(set)s]{1,20})\x1d)?(9[1-9])([A-Za-z0-9_-]{89}[AQgw])" % {b"set": re.escape(SET_82)}
)
"""The element string as our own labels have it, in one match; anything else goes the long way
round through the table, with the same result."""

_ITEM_KEYS: Final = ("01", "02", "03", "8006")


def parse_symbol(symbol: Symbol) -> ParsedCode:
    """Say what a decoded symbol's payload is; see `parse`."""
    return parse(
        symbol.payload,
        symbol.symbology_identifier,
        symbol_format=symbol.format,
        complete=symbol.complete,
    )


def parse(
    payload: bytes,
    symbology_identifier: str = "",
    *,
    symbol_format: SymbolFormat = SymbolFormat.UNKNOWN,
    complete: bool = True,
) -> ParsedCode:
    """Say what a payload is.

    Args:
        payload: The bytes as read; GS is 0x1D. Where no identifier is given, the payload may
            begin with one, as scanners send it (``]d2…``).
        symbology_identifier: AIM identifier, e.g. ``]d2``, or ``""``.
        symbol_format: The symbology where the decoder names it.
        complete: False when the device reported a broken or over-long transmission.

    Returns:
        A value for any input; offsets count from the payload's first byte.
    """
    start = 0
    if not symbology_identifier:
        symbology_identifier, start = split_identifier(payload)
    is_element_string = symbology_identifier in ELEMENT_STRING_IDENTIFIERS
    if complete and (is_element_string or not symbology_identifier):
        common = _COMMON_LAYOUT.fullmatch(payload, start)
        unit = None if common is None else _common_unit(common)
        if unit is not None:
            return unit
    problem = _reading_problem(payload, start, complete)
    if problem is not None:
        return problem
    if is_element_string:
        return _of_elements(read_element_string(payload, start), payload)
    body = payload[start:]
    if symbology_identifier in RETAIL_IDENTIFIERS or symbol_format in _RETAIL_FORMATS:
        return _retail(body, symbology_identifier, symbol_format)
    if symbology_identifier in ITF_IDENTIFIERS or symbol_format is SymbolFormat.ITF:
        return _itf(body, start)
    if symbology_identifier:
        return _plain_symbol(body, start)
    return _unidentified(body, start)


def split_identifier(payload: bytes) -> tuple[str, int]:
    """The AIM identifier a payload begins with, or ``""``, and where its data begin."""
    if _AIM_IDENTIFIER.match(payload):
        return payload[:3].decode("ascii"), 3
    return "", 0


def _common_unit(match: re.Match[bytes]) -> SignedUnit | None:
    """The unit of a label in the common layout; None where a value needs the long way round."""
    gtin, expiry, serial, lot, tag_ai, text = match.groups()
    tag = unpack_tag(text)
    if tag[0] not in ALGORITHMS or not _is_gtin(gtin):
        return None
    attributes = NO_ATTRIBUTES
    if expiry is not None or lot is not None:
        if expiry is not None and AI_TABLE[b"17"].problem(expiry) is not None:
            return None
        attributes = Attributes(
            lot=None if lot is None else lot.decode("ascii"),
            expiry=None if expiry is None else expiry.decode("ascii"),
        )
    return _signed_unit(gtin, serial, tag, attributes, tag_ai.decode("ascii"))


@lru_cache(maxsize=1024)
def _is_gtin(digits: bytes) -> bool:
    """Whether 14 digits end in their check digit; goods come by the carton, so mostly known."""
    return has_right_check_digit(digits)


def _signed_unit(
    gtin: bytes, serial: bytes, tag: bytes, attributes: Attributes, tag_ai: str
) -> SignedUnit:
    return SignedUnit(
        UnitIdentity(gtin.decode("ascii"), serial.decode("ascii")),
        ALGORITHMS[tag[0]],
        tag[1] << 8 | tag[2],
        tag[TAG_HEADER_BYTES:],
        signed_bytes(tag[:TAG_HEADER_BYTES], gtin, serial),
        attributes,
        tag_ai,
    )


def _reading_problem(payload: bytes, start: int, complete: bool) -> ReadProblem | None:
    """What is wrong with a payload before its content is looked at."""
    if not complete:
        return ReadProblem(Reason.READ_TRUNCATED, "the reader broke off", len(payload))
    if len(payload) == start:
        return ReadProblem(Reason.READ_EMPTY, "nothing was read", start)
    if len(payload) > MAX_PAYLOAD_BYTES:
        return _parse_error("longer than any symbol can be", MAX_PAYLOAD_BYTES)
    if payload.startswith(_ISO_15434, start):
        return _wrong_symbol("an ISO/IEC 15434 message", start)
    control = _CONTROL.search(payload, start)
    if control is None:
        return None
    at = control.start()
    return ReadProblem(Reason.READ_CONTROL_CHARS, f"control character 0x{payload[at]:02X}", at)


def _of_elements(read: Elements | ElementFault, payload: bytes) -> ParsedCode:
    """Say what elements mean together, whichever form they came in."""
    if isinstance(read, ElementFault):
        reason = Reason.READ_TRUNCATED if read.cut else Reason.PARSE_ERROR
        return ReadProblem(reason, read.detail, read.offset)
    if sum(key in read for key in _ITEM_KEYS) > 1:
        return _parse_error("more than one key of an item")
    found = _tag_among(read, payload)
    if isinstance(found, ReadProblem):
        return found
    gtin, serial = read.get("01"), read.get("21")
    if gtin is None or serial is None:
        return _without_unit_key(read, has_tag=found is not None)
    attributes = NO_ATTRIBUTES
    if "10" in read or "17" in read:
        attributes = Attributes(read.get("10"), read.get("17"))
    if found is not None:
        tag_ai, tag = found
        return _signed_unit(gtin.encode("ascii"), serial.encode("ascii"), tag, attributes, tag_ai)
    if "8030" in read:
        kind = CodeKind.DIGSIG
    elif "91" in read and "92" in read:
        kind = CodeKind.CRYPTO_TAIL
    else:
        kind = CodeKind.SGTIN
    return PlainUnit(UnitIdentity(gtin, serial), kind, attributes)


def _tag_among(read: Elements, payload: bytes) -> tuple[str, bytes] | ReadProblem | None:
    """The one tag among the elements and its AI, or why it is none."""
    found = None
    for ai, value in read.items():
        text = value.encode("ascii")
        if ai not in TAG_AIS or not is_meant_as_tag(text):
            continue
        offset = payload.find(text)
        tag = decode_tag(text)
        if isinstance(tag, str):
            cut = len(text) < TAG_CHARS and offset + len(text) == len(payload)
            reason = Reason.READ_TRUNCATED if cut else Reason.PARSE_ERROR
            return ReadProblem(reason, f"tag: {tag}", offset)
        if found is not None:
            return _parse_error("two tags", offset)
        found = ai, tag
    return found


def _without_unit_key(read: Elements, *, has_tag: bool) -> ParsedCode:
    """Elements that lack GTIN or serial."""
    if "01" in read and (has_tag or "8030" in read):
        return ReadProblem(Reason.NO_SERIAL, "a signed GTIN without a serial number")
    if has_tag:
        return _parse_error("a tag without a GTIN")
    if "00" in read:
        return LogisticUnit(read["00"])
    if "01" in read:
        return TradeItem(read["01"])
    return _wrong_symbol("GS1 data that name no trade item")


def _retail(body: bytes, symbology_identifier: str, symbol_format: SymbolFormat) -> ParsedCode:
    """An EAN or UPC symbol's GTIN, whatever its length."""
    if symbol_format is SymbolFormat.UPC_E or symbology_identifier == "]E0":
        body = expand_upc_e(body) or body
    elif symbology_identifier == "]E3":
        add_on = _ADD_ON.fullmatch(body)
        body = body if add_on is None else add_on[1]
    gtin = gtin_14(body)
    if gtin is None:
        return _parse_error("an EAN or UPC symbol with a wrong length, digit or check digit")
    return TradeItem(gtin)


def _itf(body: bytes, start: int) -> ParsedCode:
    """An ITF-14; any other ITF symbol is of another system, or half of one misread."""
    gtin = gtin_14(body) if len(body) == GTIN_DIGITS else None
    if gtin is None:
        return _wrong_symbol("an ITF symbol that is no ITF-14", start)
    return TradeItem(gtin)


def _plain_symbol(body: bytes, start: int) -> ParsedCode:
    """A symbol that is neither GS1's nor retail: an element string in it is a fault."""
    code = _own_form(body, start)
    if code is not None:
        return code
    if _ITEM_START.match(body) or GS in body:
        return _parse_error("an element string in a symbol without FNC1", start)
    return _brand_serial(body) or _wrong_symbol("a symbol of another system", start)


def _unidentified(body: bytes, start: int) -> ParsedCode:
    """A payload whose symbol is not known.

    Digits alone may be a GTIN, an element string or a brand's serial. What makes sense as an
    element string is one; then a GTIN of 8, 12, 13 or 14 digits with its check digit; then a
    brand's serial. What begins with a whole AI 01 is judged as an element string in any case.
    """
    code = _own_form(body, start)
    if code is not None:
        return code
    elements = _shifted(_of_elements(read_element_string(body), body), start)
    if not isinstance(elements, ReadProblem) or _ITEM_START.match(body) or GS in body:
        return elements
    gtin = gtin_14(body) or gtin_14(expand_upc_e(body) or b"")
    if gtin is not None:
        return TradeItem(gtin)
    return _brand_serial(body) or elements


def _own_form(body: bytes, start: int) -> ParsedCode | None:
    """The forms that tell themselves by how they begin; None for any other payload."""
    if is_web_address(body):
        link = read_digital_link(body)
        if link is None:
            return _wrong_symbol("a web address, no Digital Link", start)
        return _shifted(_of_elements(link, body), start)
    if body.startswith(CONTROL_PREFIX):
        return _shifted(read_control_code(body), start)
    if not body.startswith(_OPAQUE_PREFIXES):
        return None
    if _OPAQUE.fullmatch(body):
        return OpaqueUnit(body.decode("ascii"))
    if _CUT_OPAQUE.fullmatch(body):
        detail = "an AZ or ZA code of fewer than 26 characters"
        return ReadProblem(Reason.READ_TRUNCATED, detail, start + len(body))
    return _parse_error("an AZ or ZA code of other than 26 letters and digits", start)


def _brand_serial(body: bytes) -> BrandSerial | None:
    if not MIN_BRAND_SERIAL_CHARS <= len(body) <= MAX_BRAND_SERIAL_CHARS:
        return None
    return BrandSerial(body.decode("ascii")) if keeps_to(body, _BRAND_SERIAL_CHARS) else None


def _shifted(code: ParsedCode, start: int) -> ParsedCode:
    """Count a problem's offset from the payload's first byte, before the identifier."""
    if start and isinstance(code, ReadProblem):
        return ReadProblem(code.reason, code.detail, code.offset + start)
    return code


def _parse_error(detail: str, offset: int = 0) -> ReadProblem:
    return ReadProblem(Reason.PARSE_ERROR, detail, offset)


def _wrong_symbol(detail: str, offset: int = 0) -> ReadProblem:
    return ReadProblem(Reason.WRONG_SYMBOL, detail, offset)
