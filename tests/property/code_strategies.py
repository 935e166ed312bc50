"""Hypothesis strategies for codes: valid ones by construction, and bytes close to them."""

from typing import Final

from hypothesis import strategies as st

from station.core.codes import Algorithm, Attributes, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.gs1.charset import SET_82
from station.core.gs1.check_digit import check_digit
from station.core.symbol import SymbolFormat
from station.core.unit_code import digital_link, element_string, mint

KEYS: Final = {
    algorithm: PrivateKey.from_seed(algorithm, bytes(range(1, 33))) for algorithm in Algorithm
}
CHARACTERS_82: Final = SET_82.decode("ascii")

IDENTIFIERS: Final = (
    *("", "]d2", "]Q3", "]C1", "]e0", "]J1", "]d1", "]Q1", "]C0", "]A0"),
    *("]E0", "]E3", "]E4", "]I1", "]d", "d2", "]", "]zz", "]d2]d2"),
)

gtins = st.from_regex(r"[0-9]{13}", fullmatch=True).map(
    lambda digits: f"{digits}{check_digit(digits.encode('ascii'))}"
)
serials = st.text(CHARACTERS_82, min_size=1, max_size=20)
lots = st.text(CHARACTERS_82, min_size=1, max_size=20)
expiries = st.dates().map(lambda day: day.strftime("%y%m%d")) | st.just("270200")
identities = st.builds(UnitIdentity, gtins, serials)
attributes = st.builds(Attributes, st.none() | lots, st.none() | expiries)
algorithms = st.sampled_from(list(Algorithm))
key_ids = st.integers(0, 0xFFFF)
tag_ais = st.integers(91, 99).map(str)
hosts = st.from_regex(
    r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{2,4}){1,2}(:[0-9]{1,5})?", fullmatch=True
)


@st.composite
def element_strings(draw: st.DrawFn) -> bytes:
    """A valid unit code."""
    identity, algorithm = draw(identities), draw(algorithms)
    tag = mint(identity, draw(key_ids), KEYS[algorithm])
    return element_string(identity, tag, draw(attributes), draw(tag_ais))


@st.composite
def digital_links(draw: st.DrawFn) -> bytes:
    """A valid unit code as a web address."""
    identity, algorithm = draw(identities), draw(algorithms)
    tag = mint(identity, draw(key_ids), KEYS[algorithm])
    link = digital_link(draw(hosts), identity, tag, draw(attributes), draw(tag_ais))
    return link.encode("ascii")


_PIECES: Final = (
    *(b"01", b"21", b"99", b"10", b"17", b"00", b"8030", b"91", b"92", b"422", b"3103", b"\x1d"),
    *(b"09506000134352", b"K7QZ4M2XW9TRB", b"106141412345678908", b"261231", b"]d2", b"]"),
    *(b"https://", b"id.example.com", b"/", b"?", b"&", b"=", b"%", b"%2F", b"#", b"AZ:", b"ZA:"),
    *(b"STN1:TOTE:", b":", b"A" * 26, b"E" + b"Q" * 89, b"E" + b"Q" * 85, b"\x00", b"\r\n", b" "),
    *("٠١".encode(), "０１".encode(), b"\xff"),  # noqa: RUF001 they look alike
)
fragments = st.lists(st.sampled_from(_PIECES) | st.binary(max_size=4), max_size=12).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn, codes: st.SearchStrategy[bytes]) -> bytes:
    """A code with a few bytes changed, lost or added."""
    payload = bytearray(draw(codes))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(payload) - 1, 0)))
        payload[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(payload)


payloads = st.one_of(
    st.binary(max_size=200),
    fragments,
    element_strings(),
    digital_links(),
    damaged(element_strings()),
    damaged(digital_links()),
)
identifiers = st.sampled_from(IDENTIFIERS) | st.text(max_size=4)
formats = st.sampled_from(list(SymbolFormat))
