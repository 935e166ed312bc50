#!/usr/bin/env python3
"""Throw mutated streams at every conversation with a scanner until told to stop.

For each: any bytes give scans, broken scans or remarks, and however the stream is cut, the same
scans come out. Prints the seed of a stream that breaks this, so that it can be made a test.

    scripts/fuzz_framings.py [--seconds N] [--seed N]
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from firmware_bridge.conversation import Conversation, ConversationEvent, Remark  # noqa: E402
from firmware_bridge.framing.gm65 import HEARTBEAT, command  # noqa: E402
from firmware_bridge.framing.lines import BrokenLine, Line, LineFormat, Terminator  # noqa: E402
from firmware_bridge.framing.ssi import Opcode, Side, SsiPacket  # noqa: E402
from firmware_bridge.gm65_conversation import Gm65Conversation  # noqa: E402
from firmware_bridge.input_events import RECORD, InputConversation  # noqa: E402
from firmware_bridge.line_conversation import LineConversation  # noqa: E402
from firmware_bridge.ssi_conversation import SsiConversation  # noqa: E402

SEEDS = (
    b"]d20109506000134352\x1d99TAG\r\n",
    b"\x02]Q3code!\x03\r\n",
    SsiPacket(Opcode.DECODE_DATA, Side.DECODER, data=b"\xc1code").encoded(),
    SsiPacket(Opcode.ACK, Side.DECODER).encoded(),
    bytes.fromhex("03000001003331"),
    HEARTBEAT + command(8, 0x2A, b"\x39\x01"),
    b"".join(RECORD.pack(0, 0, 1, key, down) for key in (42, 30, 97, 28) for down in (1, 0)),
    RECORD.pack(0, 0, 0, 3, 0) + RECORD.pack(0, 0, 0, 0, 0),
)
"""What makes sense to at least one of them."""

CONVERSATIONS: dict[str, Callable[[], Conversation]] = {
    "lines": LineConversation,
    "framed lines": lambda: LineConversation(LineFormat(Terminator.ETX, prefix=b"\x02")),
    "SSI": SsiConversation,
    "GM65": Gm65Conversation,
    "keys": InputConversation,
}
MAX_STREAM = 2_000
LATER_NS = 10_000_000_000


def mutated(chance: random.Random) -> bytes:
    """A stream of seeds, cut, doubled, changed and strewn with noise."""
    stream = bytearray()
    while len(stream) < chance.randrange(1, MAX_STREAM):
        piece = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randrange(3)):
            match chance.randrange(4):
                case 0:
                    piece[chance.randrange(len(piece))] ^= 1 << chance.randrange(8)
                case 1:
                    del piece[chance.randrange(len(piece)) :]
                    piece += b"\0"
                case 2:
                    piece += chance.randbytes(chance.randrange(20))
                case _:
                    piece *= 2
        stream += piece
    return bytes(stream[:MAX_STREAM])


def heard(make: Callable[[], Conversation], pieces: list[bytes]) -> list[ConversationEvent]:
    """What comes of a stream, and of the silence after it."""
    conversation = make()
    conversation.opened(0)
    events: list[ConversationEvent] = []
    for piece in pieces:
        events += conversation.feed(piece, 0)
        conversation.take_outgoing()
    return [*events, *conversation.expire(LATER_NS)]


def check(name: str, chance: random.Random) -> None:
    """One stream at one conversation.

    Raises:
        AssertionError: A promise is broken.
    """
    make, stream = CONVERSATIONS[name], mutated(chance)
    whole = heard(make, [stream])
    cuts = sorted(chance.randrange(len(stream) + 1) for _ in range(8))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    if not all(isinstance(event, Line | BrokenLine | Remark) for event in whole):
        raise AssertionError("something else came out")
    for other in (heard(make, pieces), heard(make, [bytes([byte]) for byte in stream])):
        if scans_of(other) != scans_of(whole):
            raise AssertionError("another cut gave other scans")


def scans_of(events: list[ConversationEvent]) -> list[Line]:
    """The scans among events; how often a broken one is told may depend on the cuts."""
    return [event for event in events if isinstance(event, Line)]


def main() -> int:
    """Fuzz; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    seed, deadline_s = options.seed, time.monotonic() + options.seconds
    while time.monotonic() < deadline_s:
        for name in CONVERSATIONS:
            try:
                check(name, random.Random(f"{name} {seed}"))  # noqa: S311 - repeatable
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                print(f"{name}, --seed {seed}: {error!r}")
                return 1
        seed += 1
    print(
        f"{seed - options.seed} streams at each of {len(CONVERSATIONS)} conversations, none broke"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
