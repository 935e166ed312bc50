"""Every conversation on streams that never make sense: bounded memory, few words."""

import random
import tracemalloc
from collections.abc import Callable

import pytest

from firmware_bridge.conversation import Conversation
from firmware_bridge.framing.lines import MAX_PAYLOAD_BYTES, LineFormat, Terminator
from firmware_bridge.gm65_conversation import Gm65Conversation
from firmware_bridge.input_events import InputConversation
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.ssi_conversation import SsiConversation
from tests.fakes.key_events import stroke

MEGABYTES = 10
CHUNK = 1 << 16
MAX_BYTES = 1 << 20
STEP_NS = 1_000_000


def baud_mismatch(seed: int) -> bytes:
    """What 9600 baud looks like at 115200: long runs of few bit patterns, no terminator."""
    patterns = bytes([0x00, 0x80, 0xE0, 0xF8, 0xFE, 0xFF])
    return bytes(random.Random(seed).choices(patterns, k=CHUNK))


STREAMS: dict[str, Callable[[int], bytes]] = {
    "no terminator": lambda _: b"A" * CHUNK,
    "noise": lambda seed: random.Random(seed).randbytes(CHUNK),
    "a wrong baud rate": baud_mismatch,
    "zeros": lambda _: bytes(CHUNK),
    "a key held down": lambda _: (stroke(30) * (CHUNK // len(stroke(30)) + 1))[:CHUNK],
}

CONVERSATIONS: dict[str, Callable[[], Conversation]] = {
    "lines": LineConversation,
    "framed lines": lambda: LineConversation(LineFormat(Terminator.ETX, prefix=b"\x02")),
    "SSI": SsiConversation,
    "GM65": Gm65Conversation,
    "keys": InputConversation,
}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_megabytes_of_anything_stay_in_little_memory(name: str, stream: str) -> None:
    conversation = CONVERSATIONS[name]()
    conversation.opened(0)
    conversation.take_outgoing()
    # Byte by byte in Python: a tenth of it tells the same.
    megabytes = MEGABYTES if name == "lines" and stream in {"no terminator", "zeros"} else 1
    chunks = [STREAMS[stream](seed) for seed in range(2)]
    tracemalloc.start()
    try:
        for number in range(megabytes * (1 << 20) // CHUNK):
            for told in conversation.feed(chunks[number % 2], number * STEP_NS):
                assert len(getattr(told, "received", b"")) <= MAX_PAYLOAD_BYTES + 64
            assert len(conversation.take_outgoing()) <= MAX_BYTES
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 16 * MAX_BYTES


def test_a_stream_that_never_ends_is_one_report() -> None:
    conversation = LineConversation()
    told = [
        event
        for number in range(100)
        for event in conversation.feed(b"A" * CHUNK, number * STEP_NS)
    ]
    assert len(told) == 1
