"""What a scanner is told and what it says beside its scans: dialects, SSI packets, GM65 frames."""

import pytest

from firmware_bridge.conversation import Conversation, Feedback, Remark
from firmware_bridge.feedback import DIALECTS
from firmware_bridge.framing.checksums import crc_ccitt, crc_modbus, ssi_checksum
from firmware_bridge.framing.gm65 import HEARTBEAT, WRITE_TYPE, command, split_answers
from firmware_bridge.framing.lines import Breakage, BrokenLine, Line
from firmware_bridge.framing.ssi import CONTINUED, RETRANSMIT, WAKE, Opcode, Side, SsiPacket
from firmware_bridge.gm65_conversation import HEARTBEAT_NS, MISSED, Gm65Conversation
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.ssi_conversation import (
    ANSWER_NS,
    AWAKE_NS,
    MAX_COMMANDS,
    REPEATED_WITHIN_NS,
    WAKING_NS,
    SsiConversation,
)

SECOND_NS = 1_000_000_000
ALIVE = bytes.fromhex("03 00 00 01 00 33 31")


# ------------------------------------------------------------------ check sums


def test_check_sums_are_those_of_the_manuals() -> None:
    # SSI guide, example of PARAM_SEND with the parameters every host sends first.
    assert ssi_checksum(bytes.fromhex("09C60400FF9F01EE01")) == bytes.fromhex("FC9F")
    # GM65 manual: heartbeat and its answer, baud rate, save to flash.
    assert crc_ccitt(bytes.fromhex("0A01000000")) == bytes.fromhex("301A")
    assert crc_ccitt(bytes.fromhex("00000100")) == bytes.fromhex("3331")
    assert crc_ccitt(bytes.fromhex("0802002A3901")) == bytes.fromhex("A7EA")
    assert crc_ccitt(bytes.fromhex("0901000000")) == bytes.fromhex("DEC8")
    # Modbus over Serial Line V1.02, appendix B.
    assert crc_modbus(bytes.fromhex("0207")) == bytes.fromhex("4112")


# -------------------------------------------------------------------- dialects


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("honeywell", b"\x1b7,", b"\x1b8,\x1b8,"),
        ("datalogic", b"B", b"\x01\x01\x01"),
        ("zebra", b"\a", b"\a\a\a"),
        ("none", b"", b""),
    ],
)
def test_feedback_goes_in_the_scanners_dialect(name: str, good: bytes, bad: bytes) -> None:
    conversation = LineConversation(dialect=DIALECTS[name])
    conversation.tell(Feedback.GOOD, 0)
    conversation.tell(Feedback.BAD, 0)
    assert conversation.take_outgoing() == good + bad
    assert conversation.take_outgoing() == b""


def test_a_scanner_left_dead_is_enabled_when_it_is_opened() -> None:
    conversation = LineConversation(dialect=DIALECTS["datalogic"])
    conversation.tell(Feedback.DISABLE, 0)
    assert conversation.take_outgoing() == b"F"
    conversation.opened(0)
    assert conversation.take_outgoing() == b"E"


def test_every_dialect_names_its_source() -> None:
    assert all(dialect.source for dialect in DIALECTS.values())


def test_what_a_lost_scanner_was_to_hear_is_forgotten() -> None:
    for conversation in (LineConversation(dialect=DIALECTS["datalogic"]), SsiConversation()):
        conversation.tell(Feedback.BAD, 0)
        conversation.abandon(Breakage.LOST)
        assert conversation.take_outgoing() == b""


# ------------------------------------------------------------------------- SSI


def decoder(opcode: Opcode, data: bytes = b"", status: int = 0) -> bytes:
    return SsiPacket(opcode, Side.DECODER, status, data).encoded()


def host(opcode: Opcode, data: bytes = b"", status: int = 0) -> bytes:
    return SsiPacket(opcode, Side.HOST, status, data).encoded()


ACK = host(Opcode.ACK)
DECODER_ACK = decoder(Opcode.ACK)


@pytest.fixture
def ssi() -> SsiConversation:
    """A conversation whose opening is over."""
    conversation = SsiConversation()
    conversation.opened(0)
    assert conversation.take_outgoing() == WAKE
    conversation.feed(DECODER_ACK, 0)  # of nothing: it was not sent yet
    conversation.expire(WAKING_NS)
    opening = conversation.take_outgoing()
    assert opening == host(Opcode.PARAM_SEND, bytes.fromhex("FF9F01EE01"))
    conversation.feed(DECODER_ACK, 0)
    assert conversation.take_outgoing() == host(Opcode.SCAN_ENABLE)
    conversation.feed(DECODER_ACK, 0)
    assert conversation.deadline_ns is None
    return conversation


def test_a_scan_is_acknowledged_and_given_on(ssi: SsiConversation) -> None:
    assert ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc101\x1d9"), 0) == (Line(b"01\x1d9", "]d2"),)
    assert ssi.take_outgoing() == ACK


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xc1]Q3abc", Line(b"abc", "]Q3")),
        (b"\x1babc", Line(b"abc", "]d1")),
        (b"\x77abc", Line(b"abc", "")),
        (b"\x1b", Line(b"", "]d1")),
        (b"", Line(b"", "")),
    ],
    ids=["its own identifier", "a known type", "another type", "an empty read", "nothing at all"],
)
def test_what_a_scan_is_of_is_told(ssi: SsiConversation, data: bytes, line: Line) -> None:
    assert ssi.feed(decoder(Opcode.DECODE_DATA, data), 0) == (line,)


def test_a_repeated_scan_is_acknowledged_and_not_taken_again(ssi: SsiConversation) -> None:
    assert len(ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc1one"), 0)) == 1
    ssi.take_outgoing()
    again = decoder(Opcode.DECODE_DATA, b"\xc1one", RETRANSMIT)
    assert ssi.feed(again, 2 * SECOND_NS) == ()
    assert ssi.take_outgoing() == ACK


def test_a_repeated_scan_whose_first_copy_was_lost_is_taken(ssi: SsiConversation) -> None:
    ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc1one"), 0)
    again = decoder(Opcode.DECODE_DATA, b"\xc1two", RETRANSMIT)
    assert ssi.feed(again, 2 * SECOND_NS) == (Line(b"two", "]d2"),)


def test_the_same_code_scanned_anew_is_taken_anew(ssi: SsiConversation) -> None:
    packet = decoder(Opcode.DECODE_DATA, b"\xc1one")
    assert len(ssi.feed(packet, 0)) == 1
    assert len(ssi.feed(packet, SECOND_NS)) == 1
    late = decoder(Opcode.DECODE_DATA, b"\xc1one", RETRANSMIT)
    assert len(ssi.feed(late, SECOND_NS + REPEATED_WITHIN_NS + 1)) == 1


def test_a_broken_packet_is_asked_for_again(ssi: SsiConversation) -> None:
    broken = bytearray(decoder(Opcode.DECODE_DATA, b"\xc1one"))
    broken[5] ^= 1
    assert ssi.feed(bytes(broken), 0) == ()
    ssi.expire(SECOND_NS)
    assert ssi.take_outgoing().count(host(Opcode.NAK, b"\1")) == 1


def test_half_a_packet_is_asked_for_again_after_the_gap(ssi: SsiConversation) -> None:
    assert ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc1one")[:6], 0) == ()
    assert ssi.deadline_ns == 200_000_000
    assert ssi.expire(200_000_000) == ()
    assert ssi.take_outgoing() == host(Opcode.NAK, b"\1")


def test_a_code_that_needs_several_packets_is_none_of_ours(ssi: SsiConversation) -> None:
    (event,) = ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc1" + b"x" * 200, CONTINUED), 0)
    assert isinstance(event, BrokenLine)
    assert event.reason is Breakage.TOO_LONG


def test_commands_wait_for_each_other(ssi: SsiConversation) -> None:
    ssi.tell(Feedback.BAD, 0)
    assert ssi.take_outgoing() == host(Opcode.LED_ON, b"\xff")
    ssi.feed(DECODER_ACK, 1)
    assert ssi.take_outgoing() == host(Opcode.BEEP, b"\x12")
    ssi.feed(DECODER_ACK, 2)
    ssi.tell(Feedback.DISABLE, 3)
    assert ssi.take_outgoing() == host(Opcode.SCAN_DISABLE)


def test_a_command_that_is_refused_for_its_check_sum_is_sent_again(ssi: SsiConversation) -> None:
    ssi.tell(Feedback.ENABLE, 0)
    ssi.take_outgoing()
    ssi.feed(decoder(Opcode.NAK, b"\1"), 1)
    assert ssi.take_outgoing() == host(Opcode.SCAN_ENABLE, status=RETRANSMIT)
    ssi.feed(decoder(Opcode.NAK, b"\6"), 2)  # denied: no use in asking again
    assert ssi.deadline_ns is None


def test_a_scanner_that_answers_nothing_is_told_once_and_told_when_it_is_back(
    ssi: SsiConversation,
) -> None:
    told: list[object] = []
    ssi.tell(Feedback.BAD, 0)
    now_ns = 0
    while ssi.deadline_ns is not None:
        now_ns = ssi.deadline_ns
        told += ssi.expire(now_ns)
    (remark,) = told
    assert isinstance(remark, Remark)
    assert not remark.is_well
    assert "set framing to lines" in remark.remedy
    # Two commands, three tries each; it is awake for the first try alone.
    assert now_ns == 6 * ANSWER_NS + 5 * WAKING_NS
    back = ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc1one"), now_ns)
    assert back == (Remark(True, "the scanner answers again"), Line(b"one", "]d2"))


def test_a_decoder_that_was_silent_is_woken_before_it_is_told_something(
    ssi: SsiConversation,
) -> None:
    ssi.tell(Feedback.DISABLE, AWAKE_NS)
    assert ssi.take_outgoing() == WAKE
    ssi.expire(AWAKE_NS + WAKING_NS - 1)
    assert ssi.take_outgoing() == b""
    ssi.expire(AWAKE_NS + WAKING_NS)
    assert ssi.take_outgoing() == host(Opcode.SCAN_DISABLE)
    ssi.expire(AWAKE_NS + WAKING_NS + ANSWER_NS)
    assert ssi.take_outgoing() == WAKE
    ssi.expire(AWAKE_NS + 2 * WAKING_NS + ANSWER_NS)
    assert ssi.take_outgoing() == host(Opcode.SCAN_DISABLE, status=RETRANSMIT)


def test_feedback_that_piles_up_is_bounded(ssi: SsiConversation) -> None:
    for _ in range(1000):
        ssi.tell(Feedback.GOOD, 0)
    assert len(ssi._commands) <= MAX_COMMANDS


def test_a_scan_cut_off_by_an_unplug_is_reported_as_torn(ssi: SsiConversation) -> None:
    ssi.feed(decoder(Opcode.DECODE_DATA, b"\xc1one")[:6], 0)
    assert ssi.abandon(Breakage.LOST) == (BrokenLine(Breakage.LOST, b""),)
    assert ssi.abandon(Breakage.LOST) == ()


# ------------------------------------------------------------------------ GM65


def test_a_heartbeat_is_the_manuals() -> None:
    assert bytes.fromhex("7E 00 0A 01 00 00 00 30 1A") == HEARTBEAT
    assert command(WRITE_TYPE, 0x2A, b"\x39\x01") == bytes.fromhex("7E000802002A3901A7EA")


def test_scans_and_answers_part(monkeypatch: pytest.MonkeyPatch) -> None:
    module = Gm65Conversation()
    module.opened(0)
    assert module.take_outgoing() == HEARTBEAT
    assert module.feed(b"]d2one\r" + ALIVE + b"]d2two\r", 1) == (
        Line(b"one", "]d2"),
        Line(b"two", "]d2"),
    )


@pytest.mark.parametrize("cut", range(1, len(ALIVE)))
def test_an_answer_in_pieces_is_an_answer(cut: int) -> None:
    module = Gm65Conversation()
    module.opened(0)
    assert module.feed(ALIVE[:cut], 1) == ()
    assert module.feed(ALIVE[cut:] + b"one\r", 2) == (Line(b"one"),)


def test_a_control_byte_that_is_no_answer_stays_in_its_line() -> None:
    module = Gm65Conversation()
    assert module.feed(b"\x02one\r", 0) == (Line(b"\x02one"),)
    # Looks like an answer, and never becomes one.
    assert module.feed(b"\x02\0\0\x30two\r", 1) == ()
    assert module.expire(SECOND_NS) == (Line(b"\x02\0\0\x30two"),)


def test_a_module_that_lost_its_power_is_noticed_and_told_when_it_is_back() -> None:
    module = Gm65Conversation()
    module.opened(0)
    told: list[object] = []
    for _ in range(MISSED + 3):
        assert module.deadline_ns is not None
        told += module.expire(module.deadline_ns)
    (remark,) = told
    assert isinstance(remark, Remark)
    assert not remark.is_well
    assert module.feed(ALIVE, 100 * HEARTBEAT_NS)[0] == Remark(True, "the module answers again")


def test_an_answer_carries_its_data() -> None:
    covered = bytes.fromhex("00 00 01 3E")
    rest, answers, partial = split_answers(b"\x02" + covered + crc_ccitt(covered))
    assert (rest, partial) == (b"", b"")
    assert [(answer.is_done, answer.data) for answer in answers] == [(True, b"\x3e")]


@pytest.mark.parametrize("made", [LineConversation, SsiConversation, Gm65Conversation])
def test_an_idle_conversation_says_nothing(made: type[Conversation]) -> None:
    conversation = made()
    conversation.listen(5)
    assert conversation.expire(SECOND_NS) == ()
    assert conversation.take_outgoing() == b""
