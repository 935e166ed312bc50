"""Recognise: what a read is, with the faults of its scanner undone where it does not verify.

A code that verifies as read costs what it cost before. Any other is looked at again under each
fault of the declared table (`station.core.diagnosis`): a reading whose signature holds, by a key
entitled to the product, is the code; so is, for forms without signature, one that the registry
lists, and the decision holds such a unit. At most `MAX_TRIALS` readings are asked about. Where
none verifies, the read is what it was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Final, NamedTuple

from station.core.codes import (
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    TradeItem,
    kind_of,
)
from station.core.diagnosis.candidates import Candidate, candidates
from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.facts import SignatureStatus
from station.core.gs1.check_digit import other_levels
from station.core.reading import Read
from station.core.reasons import Reason
from station.core.registry import KeyRecord, ProductRecord
from station.core.verification import (
    NOTHING_KNOWN,
    Knowledge,
    SignatureCheck,
    check_signature,
)
from station.ports.registry import Registry

MAX_TRIALS: Final = 8
"""Signatures checked, or units looked up, to diagnose one read, beside the one as read. A check
costs some tenth of a millisecond; a forged label must not cost many of them."""

_DIAGNOSABLE: Final = frozenset(
    {
        Reason.READ_TRUNCATED,
        Reason.READ_CONTROL_CHARS,
        Reason.WRONG_SYMBOL,
        Reason.PARSE_ERROR,
        Reason.NO_SERIAL,
    }
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a read turned out to be.

    Attributes:
        code: As read, or as repaired.
        payload: The bytes that parse to it, without an identifier typed before them where it was
            repaired.
        knowledge: Product and key of a signed code; of other forms also the unit. Never a claim.
        checked: What became of its signature.
        scanner_faults: What was undone.
        fault: Why the registry could not be asked, or None.
    """

    code: ParsedCode
    payload: bytes
    knowledge: Knowledge
    checked: SignatureCheck
    scanner_faults: tuple[ScannerFault, ...] = ()
    fault: str | None = None


class Question(NamedTuple):
    """What `station.core.verification.check_signature` is asked."""

    code: ParsedCode
    product: ProductRecord | None
    key: KeyRecord | None


CheckAll = Callable[[Sequence[Question]], Iterator[SignatureCheck]]
"""Checks signatures, one answer for each question in their order, at the latest when asked."""


def check_in_turn(questions: Sequence[Question]) -> Iterator[SignatureCheck]:
    """Check signatures one after the other, each when it is asked for."""
    return starmap(check_signature, questions)


def recognise(read: Read, code: ParsedCode, registry: Registry) -> Recognised:
    """Say what a read is.

    Args:
        read: As it came.
        code: What its payload parses to.
        registry: The generation to ask. One that fails leaves the code as read, and says so.
    """
    return next(recognise_all([(read, code)], registry))


def recognise_all(
    parsed: Sequence[tuple[Read, ParsedCode]],
    registry: Registry,
    check_all: CheckAll = check_in_turn,
) -> Iterator[Recognised]:
    """Say what each of several reads is, as `recognise` would.

    Args:
        parsed: Reads as they came, each with what its payload parses to.
        registry: The generation to ask.
        check_all: Checks the signatures of all as they were read.

    Returns:
        One for each read in their order, settled when it is asked for: the first need not wait for
        the last one's signature.
    """
    found = [_looked_up(code, registry) for _, code in parsed]
    checks = check_all(
        [
            Question(code, known.product, known.key)
            for (_, code), (known, _) in zip(parsed, found, strict=True)
        ]
    )
    return (
        _settled(read, code, known, checked, fault, registry)
        for (read, code), (known, fault), checked in zip(parsed, found, checks, strict=True)
    )


def _looked_up(code: ParsedCode, registry: Registry) -> tuple[Knowledge, str | None]:
    """What the registry says of a code as read, or why it could not be asked."""
    try:
        return _known(code, registry), None
    except StorageError as error:
        return NOTHING_KNOWN, error.message


def _settled(
    read: Read,
    code: ParsedCode,
    known: Knowledge,
    checked: SignatureCheck,
    fault: str | None,
    registry: Registry,
) -> Recognised:
    """What a read is once its signature was checked; one that fails is looked at again."""
    symbol = read.symbol
    verified = checked.status is SignatureStatus.VALID
    if fault is None and not verified and symbol.complete and _may_be_faulted(code, known):
        found = candidates(symbol.payload, symbol.symbology_identifier)
        try:
            repaired = _diagnose(found, registry)
        except StorageError as error:
            known, checked = NOTHING_KNOWN, check_signature(code, None, None)
            fault = error.message
        else:
            if repaired is not None:
                return repaired
    return Recognised(code, symbol.payload, known, checked, fault=fault)


def _known(code: ParsedCode, registry: Registry) -> Knowledge:
    """What the registry says of a code; of a signed one not yet its unit."""
    match code:
        case SignedUnit(identity=identity, key_id=key_id):
            product = registry.product(identity.gtin)
            if product is None:
                return _unenrolled(identity.gtin, registry)
            return Knowledge(product, registry.key(product.brand_id, key_id))
        case PlainUnit(identity=identity):
            product = registry.product(identity.gtin)
            if product is None:
                return _unenrolled(identity.gtin, registry)
            return Knowledge(product, unit=registry.unit(product.product_id, identity.serial))
        case OpaqueUnit(code=name):
            found = registry.unit_by_code(name)
            return NOTHING_KNOWN if found is None else Knowledge(found[0], unit=found[1])
        case TradeItem(gtin=gtin):
            product = registry.product(gtin)
            return _unenrolled(gtin, registry) if product is None else Knowledge(product)
        case _:
            return NOTHING_KNOWN


def _unenrolled(gtin: str, registry: Registry) -> Knowledge:
    """What is known of a GTIN nobody enrolled: whether it is close to one that somebody did."""
    kin = any(registry.product(level) is not None for level in other_levels(gtin))
    return Knowledge(level_of_enrolled=kin)


def _may_be_faulted(code: ParsedCode, known: Knowledge) -> bool:
    """Whether a read without a signature that holds may be a unit's code that a scanner changed.

    A signature of a product that nobody enrolled cannot verify under any reading.
    """
    match code:
        case SignedUnit():
            return known.product is not None
        case PlainUnit():
            return known.product is not None and known.unit is None
        case OpaqueUnit():
            return known.unit is None
        case ReadProblem(reason=reason):
            return reason in _DIAGNOSABLE
        case _:
            return False


def _diagnose(found: Iterator[Candidate], registry: Registry) -> Recognised | None:
    """The first candidate that verifies, within the bound; cheap questions come first."""
    trials = 0
    for candidate in found:
        code = candidate.code
        known = _known(code, registry)
        if isinstance(code, SignedUnit) and known.key is None:
            continue
        trials += 1
        checked = check_signature(code, known.product, known.key)
        if _verifies(code, known, checked):
            return Recognised(code, candidate.payload, known, checked, candidate.faults)
        if trials == MAX_TRIALS:
            break
    return None


def _verifies(code: ParsedCode, known: Knowledge, checked: SignatureCheck) -> bool:
    if isinstance(code, SignedUnit):
        return checked.status is SignatureStatus.VALID and checked.key_entitled
    accepted = known.product is not None and kind_of(code) in known.product.accepted_kinds
    return accepted and known.unit is not None
