"""What a read turns out to be: as read where it verifies, else under the faults of the table."""

import pytest

from station.core.codes import Attributes, CodeKind, UnitIdentity, identity_of
from station.core.crypto import PublicKey
from station.core.diagnosis.faults import SEPARATOR_SPELLINGS, ScannerFault
from station.core.errors import StorageError
from station.core.facts import SignatureStatus
from station.core.parsing import parse
from station.core.reading import Read
from station.core.registry import KeyState
from station.core.symbol import Symbol
from station.core.unit_code import digital_link, element_string, mint
from station.intake.recognising import MAX_TRIALS, Recognised, recognise
from tests.fakes.intake import BRAND_KEY, FORGER, GTIN, forged, genuine, registry, tote
from tests.fakes.keyboards import GS, LAYOUT_PAIRS, Keyboard
from tests.fakes.registry import FakeRegistry
from tests.fakes.replacing import replace

F = ScannerFault

# The worked example of docs/reference/code-format.md.
SERIAL = "K7QZ4M2XW9TRB"
EXAMPLE = UnitIdentity(GTIN, SERIAL)
LABEL = genuine(SERIAL)
LINK = digital_link("id.example.com", EXAMPLE, mint(EXAMPLE, 1, BRAND_KEY)).encode()


def read(payload: bytes, identifier: str = "", of: FakeRegistry | None = None) -> Recognised:
    symbol = Symbol(payload, identifier)
    found = Read("0" * 26, symbol)
    return recognise(found, parse(payload, identifier), of or registry(SERIAL))


def typed(payload: bytes, keyboard: Keyboard) -> bytes:
    arrived = keyboard.types(payload.decode())
    assert arrived is not None
    return arrived.encode()


# Golden: payload as it arrives, identifier beside it, faults in their order.
EXAMPLES = {
    "lost": (LABEL.replace(b"\x1d", b""), "]d2", [F.SEPARATOR_LOST]),
    "caps lock": (LABEL.swapcase(), "]d2", [F.CAPS_LOCK]),
    "caps lock with the identifier": (b"]D2" + LABEL.swapcase(), "", [F.CAPS_LOCK]),
    "caps lock, identifier split off": (LABEL.swapcase(), "]D2", [F.CAPS_LOCK]),
    "caps lock, lost": (
        LABEL.swapcase().replace(b"\x1d", b""),
        "",
        [F.CAPS_LOCK, F.SEPARATOR_LOST],
    ),
    "caps lock in a link": (LINK.swapcase(), "", [F.CAPS_LOCK]),
    "German, lost": (
        typed(LABEL, Keyboard(host="de")).replace(b"\x1d", b""),
        "]d2",
        [F.LAYOUT_US_DE, F.SEPARATOR_LOST],
    ),
    "German, spelled": (
        typed(LABEL.replace(b"\x1d", b"]"), Keyboard(host="de")),
        "]d2",
        [F.LAYOUT_US_DE, F.SEPARATOR_SPELLED],
    ),
    "French with caps lock": (
        typed(LABEL, Keyboard(host="fr", caps_lock=True)),
        "",
        [F.CAPS_LOCK, F.LAYOUT_US_FR],
    ),
    "French with shift lock": (
        typed(b"]d2" + LABEL, Keyboard(host="fr", shift_lock=True)),
        "",
        [F.CAPS_LOCK, F.LAYOUT_US_FR],
    ),
    "French with shift lock, lost": (
        typed(LABEL, Keyboard(host="fr", shift_lock=True)).replace(b"\x1d", b""),
        "]d2",
        [F.CAPS_LOCK, F.LAYOUT_US_FR, F.SEPARATOR_LOST],
    ),
    "identifier of a plain Data Matrix": (LABEL, "]d1", [F.IDENTIFIER_WRONG]),
    "identifier of a Code 128, typed": (b"]C0" + LABEL, "", [F.IDENTIFIER_WRONG]),
    "identifier nobody knows": (LABEL, "]zz", [F.IDENTIFIER_WRONG]),
    "identifier of a GS1 symbol on a link": (LINK, "]d2", [F.IDENTIFIER_WRONG]),
    "identifier twice": (b"]d2" + LABEL, "]d2", [F.IDENTIFIER_TYPED]),
    "identifier without its bracket": (b"d2" + LABEL, "", [F.IDENTIFIER_TYPED]),
    "prefix": (b"SCAN:" + LABEL, "", [F.PREFIX_ADDED]),
    "prefix before the identifier": (b"SCAN:]d2" + LABEL, "", [F.PREFIX_ADDED]),
    "STX and ETX": (b"\x02" + LABEL + b"\x03", "", [F.PREFIX_ADDED, F.SUFFIX_ADDED]),
    "tabulator": (LABEL + b"\t", "]d2", [F.SUFFIX_ADDED]),
    "suffix of a link": (LINK + b"!", "]Q1", [F.SUFFIX_ADDED]),
    "suffix that is a separator elsewhere": (LABEL + b"|", "]d2", [F.SUFFIX_ADDED]),
    "prefix, lost": (
        b"A" + LABEL.replace(b"\x1d", b""),
        "",
        [F.PREFIX_ADDED, F.SEPARATOR_LOST],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_fault_of_the_worked_example_is_undone_and_named(name: str) -> None:
    payload, identifier, faults = EXAMPLES[name]
    found = read(payload, identifier)
    assert identity_of(found.code) == EXAMPLE
    assert list(found.scanner_faults) == faults
    assert found.payload in {LABEL, LINK}
    assert found.checked.status is SignatureStatus.VALID


@pytest.mark.parametrize("spelling", SEPARATOR_SPELLINGS)
@pytest.mark.parametrize("identifier", ["", "]d2"])
def test_every_spelling_of_a_separator(spelling: bytes, identifier: str) -> None:
    found = read(LABEL.replace(b"\x1d", spelling), identifier)
    assert identity_of(found.code) == EXAMPLE
    assert found.scanner_faults == (F.SEPARATOR_SPELLED,)


def test_a_lot_that_ran_into_the_serial_is_told_from_it() -> None:
    tag = mint(EXAMPLE, 1, BRAND_KEY)
    label = element_string(EXAMPLE, tag, Attributes("L10", "301231"))
    for payload in (
        label.replace(b"\x1d", b""),
        label.replace(b"\x1d10", b"10"),
        label.replace(b"\x1d99", b"99"),
    ):
        found = read(payload, "]d2")
        assert found.payload == label
        assert found.scanner_faults == (F.SEPARATOR_LOST,)


def test_a_lot_is_found_behind_a_serial_full_of_places_for_one() -> None:
    identity = UnitIdentity(GTIN, "1010101010101")
    tag = mint(identity, 1, BRAND_KEY)
    label = element_string(identity, tag, Attributes("1010"))
    assert read(label.replace(b"\x1d", b"")).payload == label


@pytest.mark.parametrize("pair", LAYOUT_PAIRS, ids="->".join)
@pytest.mark.parametrize("caps_lock", [False, True], ids=["", "caps lock"])
@pytest.mark.parametrize("label", [LABEL, LINK], ids=["element string", "link"])
def test_every_layout_swap(pair: tuple[str, str], label: bytes, caps_lock: bool) -> None:
    arrived = typed(label, Keyboard(*pair, caps_lock))
    found = read(arrived)
    assert identity_of(found.code) == EXAMPLE
    assert found.payload == label
    assert (found.scanner_faults[0] is F.CAPS_LOCK) is caps_lock
    named = found.scanner_faults[-1].value.removeprefix("layout_").split("_")
    # Some layouts read a code alike; then the first of the table is named.
    assert arrived == typed(label, Keyboard(named[0], named[1], caps_lock))


@pytest.mark.parametrize("payload", [LABEL, LINK, b"]d2" + LABEL, LABEL + GS.encode()])
def test_what_verifies_as_read_is_left_alone(payload: bytes) -> None:
    found = read(payload)
    assert found.scanner_faults == ()
    assert found.payload == payload


@pytest.mark.parametrize(
    "payload",
    [
        forged(SERIAL),
        forged(SERIAL).swapcase(),
        LABEL[:-1] + b"A",
        LABEL.replace(b"M2", b"M3"),
        LABEL.replace(b"\x1d", b"~"),
        b"123456789" + LABEL,
        LABEL.upper(),
        typed(LABEL, Keyboard(host="de")).decode().encode("latin-1"),
        b"",
        tote().swapcase(),
    ],
    ids=[
        "forged",
        "forged, caps",
        "tag",
        "serial",
        "~",
        "long prefix",
        "upper",
        "Latin-1",
        "empty",
        "tote",
    ],
)
def test_what_is_not_in_the_table_is_not_repaired(payload: bytes) -> None:
    found = read(payload, "]d2")
    assert found.scanner_faults == ()
    assert found.payload == payload
    assert found.checked.status is not SignatureStatus.VALID


def test_a_broken_transmission_is_never_repaired() -> None:
    payload = LABEL.swapcase()
    broken = Read("0" * 26, Symbol(payload, "]d2", complete=False))
    code = parse(payload, "]d2", complete=False)
    assert recognise(broken, code, registry(SERIAL)).scanner_faults == ()


@pytest.mark.parametrize("change", ["revoked", "missing", "another product's", "another brand's"])
def test_only_a_key_entitled_to_the_product_proves_a_repair(change: str) -> None:
    known = registry(SERIAL)
    (key,) = known.key_records
    assert read(LABEL.swapcase(), of=known).scanner_faults
    known.key_records = {
        "revoked": [replace(key, state=KeyState.REVOKED)],
        "missing": [],
        "another product's": [replace(key, gtins=frozenset({"09506000134369"}))],
        "another brand's": [replace(key, public_key=FORGER.public_bytes)],
    }[change]
    assert read(LABEL.swapcase(), of=known).scanner_faults == ()


def test_a_key_id_that_the_layout_changed_is_diagnosed_too() -> None:
    """Y and Z in the tag's first characters name a key that nobody has, or a revoked one."""
    known = registry(SERIAL)
    (key,) = known.key_records
    tag = mint(EXAMPLE, 0x0600, BRAND_KEY)
    assert tag[:4] == "EQYA"
    arrived = typed(element_string(EXAMPLE, tag), Keyboard(host="de"))
    for others in ([], [replace(key, key_id=0x0640, state=KeyState.REVOKED)]):
        known.key_records = [replace(key, key_id=0x0600), *others]
        assert read(arrived, of=known).scanner_faults == (F.LAYOUT_US_DE,)


class TestForms:
    """Codes without signature: found in the registry, in a form the product accepts."""

    def known(self, *kinds: CodeKind) -> FakeRegistry:
        known = registry("Ab1")
        known.product_records = [replace(known.product_records[0], accepted_kinds=frozenset(kinds))]
        known.codes = {"AZ:abcdefghijklmnopqrstuvwxyz": (1, "Ab1")}
        return known

    @pytest.mark.parametrize(
        ("payload", "faults"),
        [
            (b"01" + GTIN.encode() + b"21aB1", (F.CAPS_LOCK,)),
            (b"01" + GTIN.encode() + b"21Ab110LOT", (F.SEPARATOR_LOST,)),
            (b"01" + GTIN.encode() + b"21Ab1|10LOT", (F.SEPARATOR_SPELLED,)),
            (b"az:ABCDEFGHIJKLMNOPQRSTUVWXYZ", (F.CAPS_LOCK,)),
            (b"AZ:abcdefghijklmnopqrstuvwxyz\t", (F.SUFFIX_ADDED,)),
            (b"d1AZ:abcdefghijklmnopqrstuvwxyz", (F.IDENTIFIER_TYPED,)),
        ],
    )
    def test_a_listed_unit_is_recognised(
        self, payload: bytes, faults: tuple[ScannerFault, ...]
    ) -> None:
        found = read(payload, of=self.known(CodeKind.SGTIN, CodeKind.OPAQUE))
        assert found.scanner_faults == faults
        assert found.knowledge.unit is not None
        assert read(payload, of=self.known(CodeKind.UC1)).scanner_faults == ()

    def test_one_that_is_not_listed_stays_as_read(self) -> None:
        found = read(
            b"01" + GTIN.encode() + b"21xY9", of=self.known(CodeKind.SGTIN, CodeKind.OPAQUE)
        )
        assert found.scanner_faults == ()


def test_a_registry_that_fails_leaves_the_code_as_read() -> None:
    known = registry(SERIAL)
    known.fault = StorageError("the registry is gone", "run 'station sync'")
    found = read(LABEL, of=known)
    assert identity_of(found.code) == EXAMPLE
    assert found.fault == "the registry is gone"
    assert found.checked.status is not SignatureStatus.VALID


class Counted:
    """Counts the signatures that are checked."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.checks = 0
        genuine_check = PublicKey.verify

        def verify(key: PublicKey, signature: bytes, message: bytes) -> bool:
            self.checks += 1
            return genuine_check(key, signature, message)

        patch.setattr(PublicKey, "verify", verify)


def test_a_code_that_verifies_costs_one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    assert read(LABEL, "]d2").scanner_faults == ()
    assert counted.checks == 1


def test_a_diagnosis_costs_at_most_eight_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forged tag without hyphens, and a serial in which a lot could begin again and again."""
    tag = b"EQAB" + b"yzYZaqAQ" * 10 + b"wzyzyA"
    payload = b"01" + GTIN.encode() + b"21" + b"1010101010yza" + b"\x1d99" + tag
    counted = Counted(monkeypatch)
    found = read(payload, "]d2")
    assert found.checked.status is SignatureStatus.INVALID
    assert counted.checks == 1 + MAX_TRIALS == 9
