"""A GM65-class module as a conversation: lines, and a heartbeat that shows that it lives.

A module on a bare serial line has no plug to be seen out: without a heartbeat one that lost its
power is as silent as one that has nothing to read.
"""

from typing import Final

from firmware_bridge.conversation import ConversationEvent, Feedback, Remark
from firmware_bridge.framing.gm65 import HEARTBEAT, split_answers
from firmware_bridge.framing.lines import Breakage, LineFormat
from firmware_bridge.line_conversation import LineConversation

HEARTBEAT_NS: Final = 10_000_000_000
"""Source: GM65 manual, heartbeat: one every ten seconds, three without an answer mean a fault."""

MISSED: Final = 3
ANSWER_NS: Final = 200_000_000
"""An answer that has not come whole after this time is none."""


class Gm65Conversation:
    """A module. Implements `firmware_bridge.conversation.Conversation`."""

    def __init__(self, line_format: LineFormat | None = None) -> None:
        """Make one.

        Args:
            line_format: How the module is set to send a scan.
        """
        self._lines = LineConversation(line_format)
        self._outgoing = b""
        self._partial = b""
        self._partial_since_ns = 0
        self._next_ns: int | None = None
        self._unanswered = 0
        self._is_deaf = False

    @property
    def deadline_ns(self) -> int | None:
        """When a line breaks, an answer does, or the next heartbeat is due."""
        deadlines = [ns for ns in (self._lines.deadline_ns, self._next_ns) if ns is not None]
        if self._partial:
            deadlines.append(self._partial_since_ns + ANSWER_NS)
        return min(deadlines, default=None)

    def opened(self, mono_ns: int) -> None:
        """Ask for a sign of life."""
        self._unanswered = 0
        self._beat(mono_ns)

    def feed(self, received: bytes, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Take bytes that arrived: answers apart, the rest as lines."""
        events: list[ConversationEvent] = []
        lines, answers, partial = split_answers(self._partial + received)
        if not self._partial:
            self._partial_since_ns = mono_ns
        self._partial = partial
        if answers:
            self._unanswered = 0
            if self._is_deaf:
                self._is_deaf = False
                events.append(Remark(True, "the module answers again"))
        if lines:
            events += self._lines.feed(lines, mono_ns)
        return (*events, *self.expire(mono_ns))

    def expire(self, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Break what is late; send the next heartbeat."""
        events: list[ConversationEvent] = []
        if self._partial and mono_ns >= self._partial_since_ns + ANSWER_NS:
            late, self._partial = self._partial, b""
            events += self._lines.feed(late, mono_ns)
        events += self._lines.expire(mono_ns)
        if self._next_ns is not None and mono_ns >= self._next_ns:
            if self._unanswered >= MISSED and not self._is_deaf:
                self._is_deaf = True
                events.append(
                    Remark(
                        False,
                        "the module does not answer its heartbeat",
                        "check its power and both data wires, or set framing to lines",
                    )
                )
            self._beat(mono_ns)
        return tuple(events)

    def listen(self, mono_ns: int) -> None:
        """Nobody was listening until now."""
        self._lines.listen(mono_ns)
        self._partial_since_ns = max(self._partial_since_ns, mono_ns)

    def abandon(self, reason: Breakage) -> tuple[ConversationEvent, ...]:
        """The stream was interrupted."""
        self._outgoing = self._partial = b""
        self._next_ns = None
        return self._lines.abandon(reason)

    def tell(self, feedback: Feedback, mono_ns: int) -> None:
        """A module has no beeper that a host can sound."""

    def take_outgoing(self) -> bytes:
        """The bytes to be sent now."""
        outgoing, self._outgoing = self._outgoing, b""
        return outgoing

    def _beat(self, mono_ns: int) -> None:
        self._outgoing += HEARTBEAT
        self._unanswered += 1
        self._next_ns = mono_ns + HEARTBEAT_NS
