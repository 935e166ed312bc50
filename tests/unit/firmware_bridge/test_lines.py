"""Line framing by example: what each kind of line, good or broken, becomes."""

import pytest

from firmware_bridge.framing.lines import (
    MAX_PAYLOAD_BYTES,
    Breakage,
    BrokenLine,
    Line,
    LineEvent,
    LineFormat,
    LineFramer,
    Terminator,
)

MS = 1_000_000
UNIT = b"010950600013435221K7QZ4M2XW9TRB\x1d99EQAB"


@pytest.mark.parametrize(
    ("terminator", "stream", "payloads"),
    [
        (Terminator.ANY, b"one\rtwo\nthree\r\nfour\n\r", [b"one", b"two", b"three", b"four"]),
        (Terminator.CR, b"one\rtwo\r\nth\nree\r", [b"one", b"two", b"th\nree"]),
        (Terminator.LF, b"one\ntwo\r\nth\rree\n", [b"one", b"two", b"th\rree"]),
        (Terminator.CRLF, b"one\r\nt\rw\no\r\n\r\n", [b"one", b"t\rw\no"]),
        (Terminator.ETX, b"one\x03\r\nt\rwo\x03", [b"one", b"t\rwo"]),
    ],
)
def test_each_terminator_ends_its_lines(
    terminator: Terminator, stream: bytes, payloads: list[bytes]
) -> None:
    framer = LineFramer(LineFormat(terminator=terminator))
    assert framer.feed(stream, 0) == tuple(Line(payload) for payload in payloads)
    assert framer.deadline_ns is None


def test_the_group_separator_and_blanks_belong_to_the_payload() -> None:
    payload = b" \t\x1d" + UNIT + b"\x1d\x1c\x0b\x0c "
    assert LineFramer().feed(payload + b"\r", 0) == (Line(payload),)


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        (b"]d2" + UNIT, Line(UNIT, "]d2")),
        (b"]E09506000134352", Line(b"9506000134352", "]E0")),
        (b"]d2]d2", Line(b"]d2", "]d2")),
        (b"]d2", Line(b"", "]d2")),
        (b"]2d", Line(b"]2d")),
        (b"]d", Line(b"]d")),
        (b"]d\x1d1", Line(b"]d\x1d1")),
        (b"x]d2", Line(b"x]d2")),
    ],
)
def test_an_identifier_is_split_off_the_front_and_only_there(sent: bytes, line: Line) -> None:
    assert LineFramer().feed(sent + b"\r", 0) == (line,)


@pytest.mark.parametrize(
    ("sent", "event"),
    [
        (b"\x02]d2abc\t", Line(b"abc", "]d2")),
        (b"\x02\t", Line(b"")),
        (b"]d2abc\t", BrokenLine(Breakage.NO_PREFIX, b"]d2abc\t")),
        (b"x\x02abc\t", BrokenLine(Breakage.NO_PREFIX, b"x\x02abc\t")),
        (b"\x02abc", BrokenLine(Breakage.NO_SUFFIX, b"\x02abc")),
        (b"\x02", BrokenLine(Breakage.NO_SUFFIX, b"\x02")),
    ],
)
def test_a_line_without_its_prefix_or_suffix_is_broken(sent: bytes, event: LineEvent) -> None:
    framer = LineFramer(LineFormat(prefix=b"\x02", suffix=b"\t"))
    assert framer.feed(sent + b"\r", 0) == (event,)


def test_prefix_and_suffix_do_not_share_bytes() -> None:
    framer = LineFramer(LineFormat(prefix=b"**", suffix=b"**"))
    assert framer.feed(b"***\r", 0) == (BrokenLine(Breakage.NO_SUFFIX, b"***"),)


def test_the_longest_payload_fits_and_one_byte_more_does_not() -> None:
    longest = b"]Q1" + b"9" * MAX_PAYLOAD_BYTES
    framer = LineFramer()
    assert framer.feed(longest + b"\r", 0) == (Line(longest[3:], "]Q1"),)
    assert framer.feed(longest + b"9\r", 0) == (BrokenLine(Breakage.TOO_LONG, longest),)


@pytest.mark.parametrize("terminator", [Terminator.LF, Terminator.CRLF])
def test_half_a_terminator_does_not_make_the_longest_line_too_long(terminator: Terminator) -> None:
    framer = LineFramer(LineFormat(terminator=terminator, max_payload_bytes=5))
    assert framer.feed(b"]d212345\r", 0) == ()
    assert framer.feed(b"\n", 0) == (Line(b"12345", "]d2"),)


def test_a_line_that_became_too_long_is_reported_before_it_ends() -> None:
    framer = LineFramer(LineFormat(max_payload_bytes=5))
    assert framer.feed(b"123456789", 0) == (BrokenLine(Breakage.TOO_LONG, b"12345678"),)
    assert framer.feed(b"0" * 100, 0) == ()
    assert framer.feed(b"tail\rnext\r", 0) == (Line(b"next"),)


def test_silence_breaks_a_line_at_the_deadline_and_not_before() -> None:
    framer = LineFramer()
    assert framer.feed(b"01095", 1_000 * MS) == ()
    assert framer.deadline_ns == 1_200 * MS
    assert framer.expire(1_200 * MS - 1) == ()
    assert framer.expire(1_200 * MS) == (BrokenLine(Breakage.GAP, b"01095"),)
    assert framer.expire(9_999 * MS) == ()


def test_slow_lines_are_whole_while_no_gap_is_too_long() -> None:
    framer = LineFramer()
    for number, byte in enumerate(b"010950600013435"):
        assert framer.feed(bytes([byte]), number * 199 * MS) == ()
    assert framer.feed(b"2\r", 15 * 199 * MS) == (Line(b"0109506000134352"),)


def test_silence_ends_the_dropping_of_an_endless_line_without_a_second_report() -> None:
    framer = LineFramer(LineFormat(max_payload_bytes=5))
    assert len(framer.feed(b"x" * 50, 0)) == 1
    assert framer.expire(200 * MS) == ()
    assert framer.feed(b"good\r", 201 * MS) == (Line(b"good"),)


def test_time_when_nobody_listened_is_no_gap() -> None:
    framer = LineFramer()
    framer.feed(b"0109", 0)
    framer.listen(5_000 * MS)
    assert framer.feed(b"5060\r", 5_199 * MS) == (Line(b"01095060"),)


def test_listening_does_not_turn_the_clock_back() -> None:
    framer = LineFramer()
    framer.feed(b"0109", 1_000 * MS)
    framer.listen(0)
    assert framer.deadline_ns == 1_200 * MS


def test_a_stream_without_gap_rule_waits_for_ever() -> None:
    framer = LineFramer(LineFormat(gap_ms=None))
    framer.feed(b"0109", 0)
    assert framer.deadline_ns is None
    assert framer.feed(b"5060\r", 10**18) == (Line(b"01095060"),)


def test_what_was_under_way_when_the_device_went_is_reported() -> None:
    framer = LineFramer()
    framer.feed(b"]d20109", 0)
    assert framer.abandon(Breakage.LOST) == (BrokenLine(Breakage.LOST, b"]d20109"),)
    assert framer.abandon(Breakage.LOST) == ()
    assert framer.feed(b"next\r", 0) == (Line(b"next"),)


@pytest.mark.parametrize(
    ("terminator", "last", "events"),
    [
        (Terminator.LF, b"]d2last", (Line(b"last", "]d2"),)),
        (Terminator.LF, b"last\r", (Line(b"last"),)),
        (Terminator.CR, b"last", (Line(b"last"),)),
        (Terminator.LF, b"", ()),
        (Terminator.LF, b"x" * 9, ()),
    ],
)
def test_the_end_of_the_stream_ends_the_last_line(
    terminator: Terminator, last: bytes, events: tuple[LineEvent, ...]
) -> None:
    framer = LineFramer(LineFormat(terminator=terminator, max_payload_bytes=5))
    framer.feed(last, 0)  # nine bytes are too many, and reported here
    assert framer.finish() == events
    assert framer.finish() == ()


@pytest.mark.parametrize(
    "arguments",
    [
        {"prefix": b"\r"},
        {"suffix": b"a\nb"},
        {"terminator": Terminator.CR, "prefix": b"\n"},
        {"terminator": Terminator.CRLF, "suffix": b"x\r"},
        {"terminator": Terminator.ETX, "suffix": b"\x03"},
        {"prefix": b"x" * 33},
        {"gap_ms": 0},
        {"max_payload_bytes": 0},
    ],
)
def test_a_format_that_cannot_work_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="line"):
        LineFormat(**arguments)  # type: ignore[arg-type]
