"""GM65 modules: total on any bytes, the same however they are cut, back after any garbage."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.conversation import Remark
from firmware_bridge.framing.checksums import crc_ccitt
from firmware_bridge.framing.gm65 import ModuleAnswer, split_answers
from firmware_bridge.framing.lines import BrokenLine, Line
from firmware_bridge.gm65_conversation import Gm65Conversation

SECOND_NS = 1_000_000_000
LONGEST_ANSWER_BYTES = 261


def answer(head: int, status: int, data: bytes) -> bytes:
    covered = bytes([0, status, len(data)]) + data
    return bytes([head]) + covered + crc_ccitt(covered)


answers = st.builds(
    answer, st.sampled_from([2, 3]), st.sampled_from([0, 1]), st.binary(max_size=255)
)
lines = st.binary(min_size=1, max_size=60).map(
    lambda raw: bytes(0x21 + byte % 0x5D for byte in raw) + b"\r"
)
streams = st.lists(
    st.binary(max_size=40) | answers | lines | st.just(b"\x02\x00"), max_size=12
).map(b"".join)


def split(pieces: Sequence[bytes]) -> tuple[bytes, list[ModuleAnswer], bytes]:
    """What a stream is split into, piece by piece."""
    around, held = b"", b""
    found: list[ModuleAnswer] = []
    for piece in pieces:
        rest, came, held = split_answers(held + piece)
        assert len(held) < LONGEST_ANSWER_BYTES
        around += rest
        found += came
    return around, found, held


@given(streams, st.lists(st.integers(0, 600), max_size=20))
def test_how_a_stream_is_cut_does_not_matter(stream: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    whole = split([stream])
    assert split([stream[a:b] for a, b in pairwise(places)]) == whole
    assert split([stream[at : at + 1] for at in range(len(stream))]) == whole or not stream


@given(st.lists(answers | lines, max_size=8))
def test_answers_and_scans_are_told_apart(sent: list[bytes]) -> None:
    around, found, held = split([b"".join(sent)])
    assert around == b"".join(piece for piece in sent if piece.endswith(b"\r") and piece[0] > 3)
    assert len(found) == sum(piece[0] <= 3 for piece in sent)
    assert held == b""


@given(st.lists(st.binary(max_size=300) | answers | lines, max_size=12), st.integers(0, 20))
def test_a_conversation_is_total(stream: list[bytes], seconds: int) -> None:
    module = Gm65Conversation()
    module.opened(0)
    for number, received in enumerate(stream):
        now_ns = number * seconds * SECOND_NS
        for event in (*module.feed(received, now_ns), *module.expire(now_ns)):
            assert isinstance(event, Line | BrokenLine | Remark)
        module.take_outgoing()


@given(streams, lines, lines)
def test_of_two_scans_after_garbage_the_second_arrives(
    garbage: bytes, one: bytes, other: bytes
) -> None:
    module = Gm65Conversation()
    module.opened(0)
    module.feed(garbage + one, 0)
    module.expire(SECOND_NS)
    events = module.feed(other, 2 * SECOND_NS)
    assert Line(other[:-1], "") in events
