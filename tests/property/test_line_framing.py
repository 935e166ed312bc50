"""Line framing under any bytes, cut anyhow, at any time."""

import re
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.lines import (
    Breakage,
    BrokenLine,
    Line,
    LineEvent,
    LineFormat,
    LineFramer,
    Terminator,
)

MS = 1_000_000
STX = b"\x02"

terminators = st.sampled_from(Terminator)

formats = st.builds(
    LineFormat,
    terminator=terminators,
    prefix=st.sampled_from([b"", b"", STX, b">>"]),
    suffix=st.sampled_from([b"", b"", b"\t", b"<<"]),
    max_payload_bytes=st.integers(1, 12),
)

streams = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b"\r\n", b"\x03", STX, b">>", b"<<", b"\t", b"\x1d", b"]d2", b"]", b"\xff"]
    )
    | st.binary(min_size=1, max_size=9),
    max_size=14,
).map(b"".join)

clean_payloads = st.binary(max_size=12).map(
    lambda payload: re.sub(rb"[\r\n\x03\x02\t<>\]]", b".", payload)
)

SENT = {
    Terminator.ANY: [b"\r", b"\n", b"\r\n"],
    Terminator.CR: [b"\r", b"\r\n"],
    Terminator.LF: [b"\n", b"\r\n"],
    Terminator.CRLF: [b"\r\n"],
    Terminator.ETX: [b"\x03", b"\x03\r\n"],
}


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    """The stream in pieces."""
    ends = [*sorted({place % (len(stream) + 1) for place in places}), len(stream)]
    return [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def framed(line_format: LineFormat, pieces: Sequence[bytes]) -> list[LineEvent]:
    """All events, the stream's end included."""
    framer = LineFramer(line_format)
    events = [event for piece in pieces for event in framer.feed(piece, 0)]
    return [*events, *framer.finish()]


def split_lines(stream: bytes, terminator: Terminator) -> list[bytes]:
    """The stream's lines, worked out another way: whole stream at hand, no state."""
    match terminator:
        case Terminator.ANY:
            return stream.replace(b"\r", b"\n").split(b"\n")
        case Terminator.CR:
            return [line.lstrip(b"\n") for line in stream.split(b"\r")]
        case Terminator.LF:
            return [line.removesuffix(b"\r") for line in stream.split(b"\n")]
        case Terminator.CRLF:
            *lines, last = stream.split(b"\r\n")
            return [*lines, last.removesuffix(b"\r")]
        case Terminator.ETX:
            return [line.lstrip(b"\r\n") for line in stream.split(b"\x03")]


def expected(line_format: LineFormat, stream: bytes) -> list[LineEvent]:
    """What framing must give, without a framer."""
    prefix, suffix = re.escape(line_format.prefix), re.escape(line_format.suffix)
    whole = re.compile(prefix + rb"(\][A-Za-z][0-9A-Za-z])?(.*)" + suffix, re.DOTALL)
    limit = line_format.max_line_bytes
    events: list[LineEvent] = []
    for line in split_lines(stream, line_format.terminator):
        if not line:
            continue
        if len(line) > limit:
            events.append(BrokenLine(Breakage.TOO_LONG, line[:limit]))
        elif matched := whole.fullmatch(line):
            events.append(Line(matched[2], (matched[1] or b"").decode("ascii")))
        elif line.startswith(line_format.prefix):
            events.append(BrokenLine(Breakage.NO_SUFFIX, line))
        else:
            events.append(BrokenLine(Breakage.NO_PREFIX, line))
    return events


@given(formats, streams)
def test_a_stream_gives_the_lines_that_are_in_it(line_format: LineFormat, stream: bytes) -> None:
    assert framed(line_format, [stream]) == expected(line_format, stream)


@given(formats, streams, st.lists(st.integers(0, 200), max_size=6))
def test_how_a_stream_is_cut_into_reads_does_not_matter(
    line_format: LineFormat, stream: bytes, places: list[int]
) -> None:
    whole = framed(line_format, [stream])
    assert framed(line_format, cut(stream, places)) == whole
    assert framed(line_format, [bytes([byte]) for byte in stream]) == whole


@given(
    formats,
    st.lists(st.tuples(streams, st.integers(-300, 300), st.sampled_from("feli"))),
)
def test_any_calls_in_any_order_stay_within_one_line_of_memory(
    line_format: LineFormat, calls: list[tuple[bytes, int, str]]
) -> None:
    framer = LineFramer(line_format)
    mono_ns = 0
    for received, step_ms, call in calls:
        mono_ns += step_ms * MS
        if call == "f":
            framer.feed(received, mono_ns)
        elif call == "e":
            framer.expire(mono_ns)
        elif call == "l":
            framer.listen(mono_ns)
        else:
            framer.abandon(Breakage.LOST)
        assert framer.buffered_bytes <= line_format.max_line_bytes + 1
        if call == "e":
            assert framer.deadline_ns is None or framer.deadline_ns > mono_ns


@given(terminators, streams, clean_payloads, clean_payloads, st.data())
def test_after_any_garbage_the_second_of_two_good_lines_arrives(
    terminator: Terminator, garbage: bytes, first: bytes, second: bytes, data: st.DataObject
) -> None:
    end = data.draw(st.sampled_from(SENT[terminator]))
    prefix = data.draw(st.sampled_from([b"", STX]))
    line_format = LineFormat(terminator=terminator, prefix=prefix, max_payload_bytes=20)
    stream = garbage + prefix + b"1" + first + end + prefix + b"2" + second + end
    assert framed(line_format, [stream])[-1] == Line(b"2" + second)


@given(terminators, clean_payloads, clean_payloads, st.integers(0, 30), st.integers(200, 2_000))
def test_a_line_that_fell_silent_is_never_joined_to_the_next(
    terminator: Terminator, lost: bytes, payload: bytes, at: int, silence_ms: int
) -> None:
    framer = LineFramer(LineFormat(terminator=terminator))
    begun = b"1" + lost[:at]
    assert framer.feed(begun, 5 * MS) == ()
    after_ns = (5 + silence_ms) * MS
    events = framer.feed(b"2" + payload + SENT[terminator][-1], after_ns)
    assert events == (BrokenLine(Breakage.GAP, begun), Line(b"2" + payload))


@given(formats, st.sampled_from(["", "]d2", "]Q3", "]E0", "]C1"]), clean_payloads, st.data())
def test_what_a_scanner_sends_is_what_arrives(
    line_format: LineFormat, identifier: str, payload: bytes, data: st.DataObject
) -> None:
    payload = payload[: line_format.max_payload_bytes]
    end = data.draw(st.sampled_from(SENT[line_format.terminator]))
    body = line_format.prefix + identifier.encode() + payload + line_format.suffix
    events = framed(line_format, [body + end])
    assert events == ([Line(payload, identifier)] if body else [])


@pytest.mark.parametrize("terminator", Terminator)
def test_ten_megabytes_without_a_terminator_are_one_report(terminator: Terminator) -> None:
    framer = LineFramer(LineFormat(terminator=terminator))
    limit = LineFormat(terminator=terminator).max_line_bytes
    events: list[LineEvent] = []
    for _ in range(160):
        events += framer.feed(b"\xaa" * 65_536, 0)
        assert framer.buffered_bytes <= limit
    assert events == [BrokenLine(Breakage.TOO_LONG, b"\xaa" * limit)]
    end = SENT[terminator][-1]
    assert framer.feed(end + b"next" + end, 0) == (Line(b"next"),)
