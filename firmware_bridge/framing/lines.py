"""Line mode: the framing of a scanner that sends each scan as a line of bytes.

Bytes and the time they arrived go in; complete lines and reports of broken ones come out. Whatever
the bytes, however they are cut into reads, memory stays within one line and every line ends in
exactly one event. Reading a port, waiting and clocks are left to the caller
(`firmware_bridge.serial_port`); the meaning of a payload is left to whoever takes the lines.

Payloads stay bytes throughout: text functions such as ``str.strip`` and ``splitlines`` take the
group separator 0x1D for white space and would eat it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

MAX_PAYLOAD_BYTES: Final = 7089
"""The longest payload of any symbol: QR Code version 40-L, digits (ISO/IEC 18004)."""

GAP_MS: Final = 200
"""Silence inside a line that makes it a broken scan.

A scanner sends a line in one go; at 1200 baud a byte takes 8 ms, and USB adapters hold bytes back
for at most some 16 ms (FTDI's latency timer).
"""

MAX_AFFIX_BYTES: Final = 32
"""The longest prefix or suffix: bounds the buffer, and no dock needs a longer one."""

_AIM: Final = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
"""Flag character, code character, modifier. Source: ISO/IEC 15424."""

_AIM_BYTES: Final = 3
_SLICE_BYTES: Final = 4096
_CR: Final = b"\r"
_NS_PER_MS: Final = 1_000_000


class Terminator(Enum):
    """What ends a line."""

    ANY = "any"
    """CR, LF or CR LF, whichever comes."""
    CR = "cr"
    """CR, with or without an LF after it."""
    LF = "lf"
    """LF, with or without a CR before it."""
    CRLF = "crlf"
    """CR LF only: a lone CR or LF is data."""
    ETX = "etx"
    """0x03, with or without CR and LF after it; usually with STX (0x02) as prefix."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a terminator is found.

    Attributes:
        pattern: Matches a terminator and nothing else.
        trailing: Bytes at the front of a line that still belong to the terminator before it.
        cr_pends: Whether a CR at the end of what has come may be half of a terminator.
    """

    pattern: re.Pattern[bytes]
    trailing: bytes = b""
    cr_pends: bool = False


_RULES: Final = {
    Terminator.ANY: _Rule(re.compile(rb"[\r\n]")),
    Terminator.CR: _Rule(re.compile(rb"\r"), trailing=b"\n"),
    Terminator.LF: _Rule(re.compile(rb"\r?\n"), cr_pends=True),
    Terminator.CRLF: _Rule(re.compile(rb"\r\n"), cr_pends=True),
    Terminator.ETX: _Rule(re.compile(rb"\x03"), trailing=b"\r\n"),
}


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How a scanner is set to send a scan: prefix, AIM identifier, data, suffix, terminator.

    Attributes:
        terminator: What ends a line.
        prefix: Bytes before every scan, 0 to 32; none of the terminator's.
        suffix: Bytes after every scan, before the terminator; likewise.
        gap_ms: Silence inside a line that breaks it; None never does (a file, a pipe).
        max_payload_bytes: The longest payload taken; a longer line is reported and dropped.

    Raises:
        ValueError: An affix is too long or holds a byte of the terminator, or a limit is not
            positive.
    """

    terminator: Terminator = Terminator.ANY
    prefix: bytes = b""
    suffix: bytes = b""
    gap_ms: int | None = GAP_MS
    max_payload_bytes: int = MAX_PAYLOAD_BYTES

    def __post_init__(self) -> None:
        rule = _RULES[self.terminator]
        for name, affix in (("prefix", self.prefix), ("suffix", self.suffix)):
            if len(affix) > MAX_AFFIX_BYTES:
                raise ValueError(f"line {name} is longer than {MAX_AFFIX_BYTES} bytes")
            if rule.pattern.search(affix) or any(byte in rule.trailing for byte in affix):
                raise ValueError(f"line {name} holds the line's own terminator")
        if rule.cr_pends and self.suffix.endswith(_CR):
            raise ValueError("line suffix holds the line's own terminator")
        if self.max_payload_bytes < 1 or (self.gap_ms is not None and self.gap_ms < 1):
            raise ValueError("line limits are 1 or more")

    @property
    def max_line_bytes(self) -> int:
        """The longest line without its terminator."""
        return len(self.prefix) + _AIM_BYTES + self.max_payload_bytes + len(self.suffix)


@dataclass(frozen=True, slots=True)
class Line:
    """A complete line.

    Attributes:
        payload: The data, without prefix, AIM identifier, suffix and terminator; GS is 0x1D.
            Empty where the scanner sent its prefix or identifier around nothing.
        symbology_identifier: AIM identifier such as ``]d2``, or ``""`` when the line had none.
    """

    payload: bytes
    symbology_identifier: str = ""


class Breakage(Enum):
    """Why a line is broken."""

    GAP = "the rest of the scan did not come"
    TOO_LONG = "the scan is longer than any symbol"
    LOST = "the scanner went away in the middle of a scan"
    KEYS_LOST = "keys of the scan were lost on their way"
    NO_PREFIX = "the scan does not begin with the configured prefix"
    NO_SUFFIX = "the scan does not end with the configured suffix"


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that must not be taken for a scan.

    Attributes:
        reason: What is wrong with it.
        received: What came of it, as it came, at most `LineFormat.max_line_bytes`.
    """

    reason: Breakage
    received: bytes


LineEvent = Line | BrokenLine


def split_identifier(body: bytes) -> Line:
    """Split an AIM identifier off the front of a scan, where it has one."""
    if _AIM.match(body):
        return Line(body[_AIM_BYTES:], body[:_AIM_BYTES].decode("ascii"))
    return Line(body)


class LineFramer:
    """Cuts a byte stream into lines. Total: any bytes at any time; one thread at a time.

    Empty lines say nothing and are ignored (CR LF read as two terminators makes one per scan). An
    over-long line is reported once, when it becomes too long, and the rest of it is dropped. The
    next line after a broken one starts clean: of two good lines after any garbage at least the
    second arrives.
    """

    def __init__(self, line_format: LineFormat | None = None) -> None:
        self._format = line_format or LineFormat()
        self._rule = _RULES[self._format.terminator]
        self._limit = self._format.max_line_bytes
        self._buffer = bytearray()
        self._dropping = False
        self._quiet_since_ns = 0

    @property
    def deadline_ns(self) -> int | None:
        """When the line under way counts as broken if nothing more comes; None without one."""
        if self._format.gap_ms is None or not (self._buffer or self._dropping):
            return None
        return self._quiet_since_ns + self._format.gap_ms * _NS_PER_MS

    @property
    def buffered_bytes(self) -> int:
        """How much of an unfinished line is held."""
        return len(self._buffer)

    def feed(self, received: bytes, mono_ns: int) -> tuple[LineEvent, ...]:
        """Take bytes.

        Args:
            received: Any bytes, any number of them.
            mono_ns: Monotonic clock, when they arrived.

        Returns:
            What they completed or broke, in order.
        """
        events = list(self.expire(mono_ns))
        for start in range(0, len(received), _SLICE_BYTES):
            self._take(received[start : start + _SLICE_BYTES], events)
        if received:
            self._quiet_since_ns = mono_ns
        return tuple(events)

    def expire(self, mono_ns: int) -> tuple[LineEvent, ...]:
        """Report the line under way as broken if it has been silent for too long.

        Args:
            mono_ns: Monotonic clock, now, with no byte waiting to be fed.
        """
        deadline_ns = self.deadline_ns
        if deadline_ns is None or mono_ns < deadline_ns:
            return ()
        return self.abandon(Breakage.GAP)

    def listen(self, mono_ns: int) -> None:
        """Start the silence anew: nobody was listening until now, so no gap can be told.

        Without this a caller that was busy elsewhere would call a good scan broken, whose second
        half waited for it all the while.
        """
        self._quiet_since_ns = max(self._quiet_since_ns, mono_ns)

    def abandon(self, reason: Breakage) -> tuple[LineEvent, ...]:
        """Give up the line under way, if any: the stream was interrupted."""
        partial = self._partial()
        silent = self._dropping or not partial
        self._clear()
        return () if silent else (BrokenLine(reason, partial),)

    def finish(self) -> tuple[LineEvent, ...]:
        """Take the end of the stream as the end of the last line (a file, a pipe)."""
        partial = self._partial()
        dropping = self._dropping
        self._clear()
        if dropping:
            return ()
        if self._rule.cr_pends:
            partial = partial.removesuffix(_CR)
        return tuple(self._events_of(partial))

    def _partial(self) -> bytes:
        return bytes(self._buffer[: self._limit])

    def _clear(self) -> None:
        self._buffer.clear()
        self._dropping = False

    def _take(self, received: bytes, events: list[LineEvent]) -> None:
        buffer = self._buffer
        search_from = max(0, len(buffer) - 1)  # a CR waiting for its LF
        buffer += received
        line_start = 0
        for match in self._rule.pattern.finditer(buffer, search_from):
            line = bytes(buffer[line_start : match.start()]).lstrip(self._rule.trailing)
            line_start = match.end()
            if not self._dropping:
                events += self._events_of(line)
            self._dropping = False
        del buffer[:line_start]
        if self._rule.trailing:
            buffer[:] = buffer.lstrip(self._rule.trailing)
        cr_waits = self._rule.cr_pends and buffer.endswith(_CR)
        if not self._dropping and len(buffer) - cr_waits > self._limit:
            events.append(BrokenLine(Breakage.TOO_LONG, self._partial()))
            self._dropping = True
        if self._dropping:
            buffer[:] = _CR if cr_waits else b""

    def _events_of(self, line: bytes) -> tuple[LineEvent, ...]:
        """The event of a line without its terminator; none of an empty one."""
        if not line:
            return ()
        prefix, suffix = self._format.prefix, self._format.suffix
        if len(line) > self._limit:
            return (BrokenLine(Breakage.TOO_LONG, line[: self._limit]),)
        if not line.startswith(prefix):
            return (BrokenLine(Breakage.NO_PREFIX, line),)
        if not line.endswith(suffix) or len(line) < len(prefix) + len(suffix):
            return (BrokenLine(Breakage.NO_SUFFIX, line),)
        return (split_identifier(line[len(prefix) : len(line) - len(suffix)]),)
