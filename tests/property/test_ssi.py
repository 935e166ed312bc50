"""SSI: total on any bytes, the same however they are cut, back after any garbage, no scan twice."""

import random
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.conversation import Feedback, Remark
from firmware_bridge.framing.lines import BrokenLine, Line
from firmware_bridge.framing.ssi import (
    MAX_DATA_BYTES,
    BrokenPacket,
    Opcode,
    Side,
    SsiEvent,
    SsiFramer,
    SsiPacket,
)
from firmware_bridge.simulators.noise import Noise
from firmware_bridge.simulators.ssi_scanner import SsiDecoder
from firmware_bridge.ssi_conversation import SsiConversation
from station.core.reasons import VerdictClass
from tests.fakes.intake import Dock, genuine, registry

SECOND_NS = 1_000_000_000
SCANS = 2_000
BYTE_ERRORS = 0.005

packets = st.builds(
    SsiPacket,
    st.sampled_from([Opcode.DECODE_DATA, Opcode.ACK, Opcode.NAK, Opcode.EVENT]),
    st.just(Side.DECODER),
    st.integers(0, 3),
    st.binary(max_size=MAX_DATA_BYTES),
)


def framed(pieces: Sequence[bytes]) -> list[SsiEvent]:
    framer = SsiFramer(Side.DECODER)
    events: list[SsiEvent] = []
    for piece in pieces:
        events += framer.feed(piece, 0)
        assert framer.buffered_bytes <= 258
    return events + list(framer.finish())


@given(st.binary(max_size=2000))
def test_any_bytes_give_packets_or_reports(stream: bytes) -> None:
    for event in framed([stream]):
        assert isinstance(event, SsiPacket | BrokenPacket)


@given(st.binary(max_size=600), st.lists(st.integers(0, 600), max_size=20))
def test_how_a_stream_is_cut_does_not_matter(stream: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert framed(pieces) == framed([stream])
    assert framed([bytes([byte]) for byte in stream]) == framed([stream])


@given(st.lists(packets, max_size=5))
def test_what_is_encoded_is_framed(sent: list[SsiPacket]) -> None:
    assert framed([b"".join(packet.encoded() for packet in sent)]) == sent


@given(st.binary(max_size=300), packets, packets)
def test_of_two_good_packets_after_garbage_the_second_arrives(
    garbage: bytes, one: SsiPacket, other: SsiPacket
) -> None:
    framer = SsiFramer(Side.DECODER)
    framer.feed(garbage + one.encoded(), 0)
    # The decoder waits for an answer, and the host notices the silence.
    events = [*framer.expire(SECOND_NS), *framer.feed(other.encoded(), 2 * SECOND_NS)]
    assert other in [*events, *framer.finish()]


@given(packets, st.data())
def test_no_single_changed_bit_makes_another_packet(packet: SsiPacket, data: st.DataObject) -> None:
    encoded = bytearray(packet.encoded())
    bit = data.draw(st.integers(0, len(encoded) * 8 - 1))
    encoded[bit // 8] ^= 1 << bit % 8
    got = [event for event in framed([bytes(encoded)]) if isinstance(event, SsiPacket)]
    # A length that shrank may leave a whole packet inside; it is never this one, changed.
    assert all(event.data != packet.data or event == packet for event in got)


@given(st.lists(st.binary(max_size=60), max_size=20), st.integers(0, 5))
def test_a_conversation_is_total(stream: list[bytes], seconds: int) -> None:
    conversation = SsiConversation()
    conversation.opened(0)
    for number, piece in enumerate(stream):
        now_ns = number * seconds * SECOND_NS
        for event in (*conversation.feed(piece, now_ns), *conversation.expire(now_ns)):
            assert isinstance(event, Line | BrokenLine | Remark)
        assert len(conversation.take_outgoing()) < 5_000


class Wire:
    """A decoder and a host with a bad cable in between, in virtual time."""

    def __init__(self, seed: int, byte_errors: float, *, low_power: bool = False) -> None:
        self.noise = Noise(random.Random(seed), flip=byte_errors / 2, drop=byte_errors / 2)
        self.decoder = SsiDecoder(low_power=low_power)
        self.host = SsiConversation()
        self.now_ns = 0
        self.taken: list[bytes] = []
        self.host.opened(0)
        while not self.decoder.packeted:
            self.step()

    def step(self) -> None:
        """Carry what is on its way; without anything, let time pass to the next deadline."""
        to_decoder = self.noise.of(self.host.take_outgoing())
        to_host = self.noise.of(self.decoder.take_outgoing())
        if to_decoder or to_host:
            self.now_ns += 10_000_000
            if to_decoder:
                self.decoder.feed(to_decoder, self.now_ns)
            if to_host:
                self.keep(self.host.feed(to_host, self.now_ns))
            return
        deadlines = [self.host.deadline_ns, self.decoder.deadline_ns]
        self.now_ns = max(self.now_ns, min(ns for ns in deadlines if ns is not None))
        self.decoder.expire(self.now_ns)
        self.keep(self.host.expire(self.now_ns))

    def keep(self, events: Sequence[object]) -> None:
        self.taken += [event.payload for event in events if isinstance(event, Line)]

    def scan(self, payload: bytes) -> None:
        assert self.decoder.scan(payload, self.now_ns)
        while self.decoder.is_busy:
            self.step()
        self.now_ns += SECOND_NS


def test_2000_scans_at_half_a_percent_of_byte_errors_are_never_taken_twice_or_wrong() -> None:
    serials = [f"SN{number:05d}" for number in range(SCANS)]
    labels = [genuine(serial) for serial in serials]
    wire = Wire(seed=5, byte_errors=BYTE_ERRORS)
    for label in labels:
        wire.scan(label)

    wrong = set(wire.taken) - set(labels)
    assert len(wire.taken) == len(set(wire.taken)), "a scan was taken twice"
    assert len(wire.taken) >= SCANS * 0.85
    # A sum is a weak check: some errors undo each other. The signature is the strong one.
    assert len(wrong) < SCANS * 0.005

    dock = Dock(registry(*serials))
    for payload in wire.taken:
        dock.scan(payload)
        dock.wait(5)
    dock.run()
    accepted = [e for e in dock.told.verdicts if e.verdict.verdict_class is VerdictClass.ACCEPT]
    assert {entry.payload for entry in accepted} == set(wire.taken) - wrong
    assert len({entry.identity for entry in accepted}) == len(accepted)
    print(
        f"{SCANS} scans, {BYTE_ERRORS:.1%} of bytes wrong: {len(accepted)} accepted, "
        f"{len(wrong)} wrong and refused, 0 twice, {wire.decoder.given_up} given up by the scanner"
    )


@given(st.lists(st.integers(0, 60), max_size=6))
def test_a_sleeping_decoder_hears_whatever_it_is_told(pauses_s: list[int]) -> None:
    wire = Wire(seed=1, byte_errors=0, low_power=True)
    for number, pause_s in enumerate(pauses_s):
        wire.now_ns += pause_s * SECOND_NS
        wire.host.tell(Feedback.ENABLE if number % 2 else Feedback.DISABLE, wire.now_ns)
        while wire.host.deadline_ns is not None:
            wire.step()
        assert wire.decoder.enabled == bool(number % 2)


def test_the_noise_bites_so_that_the_figures_mean_something() -> None:
    """Without the retransmit bit's rule the same run takes scans twice."""
    wire = Wire(seed=5, byte_errors=BYTE_ERRORS)
    wire.host._is_known = lambda packet, mono_ns: False  # type: ignore[method-assign]
    for number in range(SCANS):
        wire.scan(genuine(f"SN{number:05d}"))
    assert len(wire.taken) > len(set(wire.taken))
