"""Line mode as a conversation: lines come, feedback goes in the scanner's dialect.

Nothing is acknowledged on either side; feedback that is lost is a beep that is not heard.
"""

from firmware_bridge.conversation import ConversationEvent, Feedback
from firmware_bridge.feedback import NO_FEEDBACK, Dialect
from firmware_bridge.framing.lines import Breakage, LineFormat, LineFramer


class LineConversation:
    """A scanner in line mode. Implements `firmware_bridge.conversation.Conversation`."""

    def __init__(
        self, line_format: LineFormat | None = None, dialect: Dialect = NO_FEEDBACK
    ) -> None:
        """Make one.

        Args:
            line_format: How the scanner is set to send a scan.
            dialect: What it understands.
        """
        self._framer = LineFramer(line_format)
        self._dialect = dialect
        self._outgoing = b""

    @property
    def deadline_ns(self) -> int | None:
        """When the line under way counts as broken."""
        return self._framer.deadline_ns

    def opened(self, mono_ns: int) -> None:  # noqa: ARG002 - the interface's signature
        """A scanner left disabled by a station that died reads again."""
        self._outgoing = self._dialect.enable

    def feed(self, received: bytes, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Take bytes that arrived."""
        return self._framer.feed(received, mono_ns)

    def expire(self, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Break a line that has been silent for too long."""
        return self._framer.expire(mono_ns)

    def listen(self, mono_ns: int) -> None:
        """Nobody was listening until now."""
        self._framer.listen(mono_ns)

    def abandon(self, reason: Breakage) -> tuple[ConversationEvent, ...]:
        """Break the line under way; what was to be told is of no use any more."""
        self._outgoing = b""
        return self._framer.abandon(reason)

    def tell(self, feedback: Feedback, mono_ns: int) -> None:  # noqa: ARG002 - likewise
        """Queue the dialect's bytes."""
        self._outgoing += self._dialect.bytes_of(feedback)

    def take_outgoing(self) -> bytes:
        """The bytes to be sent now."""
        outgoing, self._outgoing = self._outgoing, b""
        return outgoing
