"""Every fault of the table, applied by a second model of scanners and keyboards, is undone.

The forward model (`tests.fakes.keyboards` and the few lines here) shares nothing with the product
but the table's names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from station.core.codes import Attributes, UnitIdentity, identity_of
from station.core.crypto import PublicKey
from station.core.diagnosis.candidates import MAX_CANDIDATES, candidates
from station.core.diagnosis.faults import ScannerFault, modifiers_of
from station.core.facts import SignatureStatus
from station.core.parsing import parse
from station.core.reading import Read
from station.core.reasons import Reason
from station.core.symbol import Symbol
from station.core.unit_code import SERIAL_ALPHABET, digital_link, element_string, mint
from station.intake.recognising import Recognised, recognise
from tests.fakes.intake import BRAND_KEY, GTIN, registry
from tests.fakes.keyboards import GS, LAYOUT_PAIRS, Keyboard
from tests.property.code_strategies import damaged, element_strings, identifiers, payloads

UNITS: Final = registry()

serials: Final = st.text(SERIAL_ALPHABET, min_size=13, max_size=13)
identities: Final = st.builds(UnitIdentity, st.just(GTIN), serials)
lots: Final = st.none() | st.text("ABCDEFGHJK0123456789", min_size=1, max_size=20)
attributes: Final = st.builds(Attributes, lots, st.none() | st.just("301231"))


def read(payload: bytes, identifier: str = "") -> Recognised:
    found = Read("0" * 26, Symbol(payload, identifier))
    return recognise(found, parse(payload, identifier), UNITS)


@st.composite
def labels(draw: st.DrawFn) -> tuple[UnitIdentity, str]:
    identity = draw(identities)
    tag = mint(identity, 1, BRAND_KEY)
    if draw(st.booleans()):
        return identity, digital_link("id.example.com", identity, tag)
    return identity, element_string(identity, tag, draw(attributes)).decode()


# ------------------------------------------------------------------ faults, forwards


@dataclass(frozen=True)
class Applied:
    """What a fault did, and the modifier that must be named for it; None where it did nothing."""

    text: str
    modifier: Reason | None


SPELLINGS: Final = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "\\x1d", "\\x1D", "\\u001d")
SPELLINGS_2: Final = ("\\u001D", "^]", "␝", "\t", "]", "|", " ")


def separators_by(replacement: str) -> Callable[[str], Applied]:
    def apply(text: str) -> Applied:
        done = text.replace(GS, replacement)
        return Applied(done, None if done == text else Reason.SCANNER_FAULT_SEPARATOR)

    return apply


separator_faults: Final = st.sampled_from(["", *SPELLINGS, *SPELLINGS_2]).map(separators_by)

affixes: Final = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=8)


@settings(max_examples=400, deadline=None)
@given(labels(), separator_faults)
def test_a_lost_or_spelled_separator(
    label: tuple[UnitIdentity, str], fault: Callable[[str], Applied]
) -> None:
    identity, text = label
    applied = fault(text)
    found = read(applied.text.encode())
    assert identity_of(found.code) == identity
    assert modifiers(found) == ({applied.modifier} - {None})


@settings(max_examples=600, deadline=None)
@given(
    labels(),
    st.sampled_from([("us", "us"), *LAYOUT_PAIRS]),
    st.booleans(),
    st.sampled_from(["", "<GS>", "]", "|", " ", GS]),
)
def test_keyboard_faults_with_and_without_a_separator(
    label: tuple[UnitIdentity, str], pair: tuple[str, str], caps_lock: bool, sent: str
) -> None:
    """The scanner sends its separator in its own way; then the keyboards do theirs."""
    identity, text = label
    as_sent = text.replace(GS, sent)
    arrived = Keyboard(*pair, caps_lock).types(as_sent)
    assume(arrived is not None)
    assert arrived is not None
    expected = set()
    if as_sent != text:
        expected.add(Reason.SCANNER_FAULT_SEPARATOR)
    if caps_lock:
        expected.add(Reason.SCANNER_FAULT_CASE)
    if Keyboard(*pair).types(as_sent) != as_sent:
        expected.add(Reason.SCANNER_FAULT_LAYOUT)

    found = read(arrived.encode())

    assert identity_of(found.code) == identity
    assert found.checked.status is SignatureStatus.VALID
    assert modifiers(found) == expected
    event(", ".join(sorted(reason.value for reason in expected)) or "no fault")
    if Reason.SCANNER_FAULT_LAYOUT in expected:
        # Layouts may read one code alike; the one named must be one that does.
        (named,) = (f.value for f in found.scanner_faults if f.value.startswith("layout"))
        _, scanner, host = named.split("_")
        assert Keyboard(scanner, host, caps_lock).types(as_sent) == arrived


@settings(max_examples=400, deadline=None)
@given(labels(), affixes, affixes, st.sampled_from(["", "]d2", "]Q1", "]C0", "]E0"]))
def test_prefix_suffix_and_a_wrong_identifier(
    label: tuple[UnitIdentity, str], prefix: str, suffix: str, identifier: str
) -> None:
    identity, text = label
    payload = f"{prefix}{text}{suffix}".encode()
    assume(read(text.encode(), identifier).scanner_faults or prefix or suffix)
    # What the standards themselves pass over, or an identifier of its own, is no prefix or suffix.
    assume(not text.startswith("https") or not suffix.startswith(("&", "#")))
    assume(not prefix.startswith("]"))
    found = read(payload, identifier)
    assert identity_of(found.code) == identity
    assert modifiers(found) == {Reason.SCANNER_FAULT_PREFIX}
    faults = set(found.scanner_faults)
    before = {ScannerFault.PREFIX_ADDED, ScannerFault.IDENTIFIER_TYPED}
    assert bool(faults & before) == bool(prefix)
    assert (ScannerFault.SUFFIX_ADDED in faults) == bool(suffix)


def modifiers(found: Recognised) -> set[Reason]:
    return set(modifiers_of(found.scanner_faults))


# ------------------------------------------------------------------ what never happens


@settings(max_examples=1500, deadline=None)
@given(payloads, identifiers)
@example(b"\xff" * 600, "]d2")
@example(b"01" * 200, "")
@example(b"09506000134352" * 9, "]C0")
def test_any_bytes_give_few_candidates_that_each_name_a_fault(
    payload: bytes, identifier: str
) -> None:
    found = list(candidates(payload, identifier))
    assert len(found) <= MAX_CANDIDATES
    assert all(candidate.faults for candidate in found)
    assert all(parse(candidate.payload) == candidate.code for candidate in found)
    assert found == list(candidates(payload, identifier))


@settings(max_examples=800, deadline=None)
@given(st.data())
def test_at_most_eight_signatures_are_checked(data: st.DataObject) -> None:
    """Counted at the key itself, for codes that look as much like a unit's as they can."""
    code = element_strings() | labels().map(lambda label: label[1].encode())
    payload = data.draw(payloads | damaged(code) | damaged(code).map(bytes.swapcase))
    checks = 0
    genuine = PublicKey.verify

    def counting(key: PublicKey, signature: bytes, message: bytes) -> bool:
        nonlocal checks
        checks += 1
        return genuine(key, signature, message)

    as_read = parse(payload)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PublicKey, "verify", counting)
        found = read(payload)
    assert checks <= 1 + 8
    if found.code == as_read and found.checked.status is SignatureStatus.VALID:
        assert checks == 1


@settings(max_examples=800, deadline=None)
@given(labels(), st.data())
def test_a_signature_that_holds_is_of_the_original_unit(
    label: tuple[UnitIdentity, str], data: st.DataObject
) -> None:
    """Whatever happens to a code, a repair names the unit it was printed for, or none."""
    identity, text = label
    arrived = data.draw(damaged(st.just(text.encode())))
    keyboard = Keyboard(*data.draw(st.sampled_from(LAYOUT_PAIRS)), data.draw(st.booleans()))
    try:
        typed = keyboard.types(arrived.decode())
    except UnicodeDecodeError:
        typed = None
    found = read(arrived if typed is None else typed.encode())
    if found.checked.status is SignatureStatus.VALID:
        assert identity_of(found.code) == identity
        event("repaired")
