"""Frames and JSON of the engine's socket, without any IO.

A frame is a 4-byte big-endian length and that many bytes of JSON: an object ``{"type", "body"}``.
Requests are decoded strictly (an unknown field is an error), because the engine acts on them;
messages leave room for fields that a newer engine adds. Any bytes give a value or `WireError`.
"""

import struct
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec

from station.core.act_request import MAX_REASON_CHARS, MAX_REFERENCE_CHARS
from station.core.acts import BY_REQUEST, ActKind
from station.core.errors import StationError
from station.core.reasons import DECLARABLE, Reason
from station.ports.display import (
    MAX_ID_CHARS,
    MAX_LABEL_BYTES,
    MAX_NAME_CHARS,
    MAX_PIN_CHARS,
    MAX_TYPED_BYTES,
    ActAnswer,
    AnswerRepeat,
    AskAct,
    Attendance,
    Counters,
    Declare,
    EngineMessage,
    GivePin,
    Goodbye,
    LatchState,
    Notice,
    ScreenRequest,
    Snapshot,
    TypeScan,
    VerdictShown,
)
from station.ports.health import Health

PROTOCOL_VERSION: Final = 2
"""Both ends must name the same one; docs/reference/engine-messages.md."""

MAX_FRAME_BYTES: Final = 256 * 1024
"""A snapshot of 50 verdicts is some 25 KiB."""

MAX_REQUEST_BYTES: Final = 4 * 1024
"""What an engine reads from a screen: the largest request, with a label in it, is some 2 KiB."""

_LENGTH: Final = struct.Struct(">I")


class WireError(StationError):
    """Bytes on the socket that are not this protocol, or a message that does not fit a frame."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "restart the screen; if it stays, both ends need one version")


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first frame in each direction.

    Attributes:
        protocol: `PROTOCOL_VERSION` of the sender.
        software: The sender's software version.
    """

    protocol: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    software: Annotated[str, msgspec.Meta(max_length=64)]


class _WireDeclare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`Declare` as it may arrive."""

    reason: Reason
    gtin: Annotated[str, msgspec.Meta(pattern=r"\A([0-9]{14})?\Z")] = ""


class _WireGivePin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`GivePin` as it may arrive."""

    pin: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4,12}\Z")]
    quarantine: Annotated[str, msgspec.Meta(max_length=64)] = ""


class _WireAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`AnswerRepeat` as it may arrive."""

    scan_id: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9]{1,26}\Z")]
    second: bool


class _WireAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`AskAct` as it may arrive, bounded; its text is made printable before it is kept."""

    request_id: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9-]{1,40}\Z")]
    kind: ActKind
    about: Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARS)]
    name: Annotated[str, msgspec.Meta(max_length=MAX_NAME_CHARS)]
    pin: Annotated[str, msgspec.Meta(max_length=MAX_PIN_CHARS)] = ""
    reason_text: Annotated[str, msgspec.Meta(max_length=MAX_REASON_CHARS)] = ""
    reference: Annotated[str, msgspec.Meta(max_length=MAX_REFERENCE_CHARS)] = ""
    witness: Annotated[str, msgspec.Meta(max_length=MAX_NAME_CHARS)] = ""
    witness_pin: Annotated[str, msgspec.Meta(max_length=MAX_PIN_CHARS)] = ""
    new_label: Annotated[bytes, msgspec.Meta(max_length=MAX_LABEL_BYTES)] = b""
    with_open_items: bool = False


class _WireTyped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`TypeScan` as it may arrive."""

    payload: Annotated[bytes, msgspec.Meta(min_length=1, max_length=MAX_TYPED_BYTES)]
    complete: bool = True


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    body: msgspec.Raw


_NAMES: Final[dict[type, str]] = {
    Hello: "hello",
    VerdictShown: "verdict",
    LatchState: "latch",
    Attendance: "attendance",
    Counters: "counters",
    Health: "health",
    Snapshot: "snapshot",
    Notice: "notice",
    Goodbye: "goodbye",
    ActAnswer: "act-answer",
    Declare: "declare",
    GivePin: "pin",
    AnswerRepeat: "answer",
    AskAct: "act",
    TypeScan: "typed",
}
_HELLO: Final = msgspec.json.Decoder(Hello)
_DECLARE: Final = msgspec.json.Decoder(_WireDeclare)
_TYPED: Final = msgspec.json.Decoder(_WireTyped)
_GIVE_PIN: Final = msgspec.json.Decoder(_WireGivePin)
_ANSWER: Final = msgspec.json.Decoder(_WireAnswer)
_ACT: Final = msgspec.json.Decoder(_WireAct)
_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_MESSAGES: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    _NAMES[kind]: msgspec.json.Decoder(kind)
    for kind in (
        VerdictShown,
        LatchState,
        Attendance,
        Counters,
        Health,
        Snapshot,
        Notice,
        ActAnswer,
        Goodbye,
    )
}

_T = TypeVar("_T")


def encode(value: Hello | EngineMessage | ScreenRequest) -> bytes:
    """One frame, length included.

    Text that UTF-8 cannot carry (lone surrogates) is replaced rather than refused.

    Raises:
        WireError: The frame would be larger than `MAX_FRAME_BYTES`.
    """
    name = _NAMES[type(value)]
    try:
        body = msgspec.json.encode({"type": name, "body": value})
    except UnicodeEncodeError:
        plain = _without_surrogates(msgspec.to_builtins(value))
        body = msgspec.json.encode({"type": name, "body": plain})
    if len(body) > MAX_FRAME_BYTES:
        raise WireError(f"a {name} message of {len(body)} bytes exceeds {MAX_FRAME_BYTES}")
    return _LENGTH.pack(len(body)) + body


def decode_from_engine(body: bytes) -> Hello | EngineMessage:
    """What an engine said.

    Args:
        body: One frame without its length.

    Raises:
        WireError: It is not a message of this protocol.
    """
    name, raw = _open(body)
    if name == "hello":
        return _decode(_HELLO, raw)
    decoder = _MESSAGES.get(name)
    if decoder is None:
        raise WireError(f"the engine sent an unknown message type {name[:32]!a}")
    return cast("EngineMessage", _decode(decoder, raw))


def decode_from_screen(body: bytes) -> Hello | ScreenRequest:
    """What a screen asks.

    Args:
        body: One frame without its length.

    Raises:
        WireError: It is not a request, or asks for what no screen may.
    """
    name, raw = _open(body)
    if name == "hello":
        return _decode(_HELLO, raw)
    if name == "pin":
        given = _decode(_GIVE_PIN, raw)
        return GivePin(given.pin, given.quarantine)
    if name == "answer":
        answer = _decode(_ANSWER, raw)
        return AnswerRepeat(answer.scan_id, answer.second)
    if name == "typed":
        typed = _decode(_TYPED, raw)
        return TypeScan(typed.payload, typed.complete)
    if name == "act":
        return _asked(_decode(_ACT, raw))
    if name != "declare":
        raise WireError(f"a screen sent an unknown request type {name[:32]!a}")
    wire = _decode(_DECLARE, raw)
    if wire.reason not in DECLARABLE:
        raise WireError(f"a screen declared {wire.reason.value}, which no operator may")
    return Declare(wire.reason, wire.gtin)


def _asked(wire: _WireAct) -> AskAct:
    if wire.kind not in BY_REQUEST:
        raise WireError(f"a screen asked for {wire.kind.value}, which nobody can ask for")
    return AskAct(
        request_id=wire.request_id,
        kind=wire.kind,
        about=wire.about,
        name=wire.name,
        pin=wire.pin,
        reason_text=wire.reason_text,
        reference=wire.reference,
        witness=wire.witness,
        witness_pin=wire.witness_pin,
        new_label=wire.new_label,
        with_open_items=wire.with_open_items,
    )


class FrameReader:
    """Cuts a byte stream into frames; holds at most one frame and what was fed with it.

    Args:
        max_body_bytes: Longest body accepted.
    """

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are complete with these bytes.

        Raises:
            WireError: A length is zero or above the limit; the stream cannot be followed further.
        """
        self._buffer += data
        bodies: list[bytes] = []
        start = 0
        while len(self._buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, start)
            if not 0 < length <= self._max_body_bytes:
                raise WireError(f"a frame of {length} bytes is not 1 to {self._max_body_bytes}")
            end = start + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            bodies.append(bytes(self._buffer[start + _LENGTH.size : end]))
            start = end
        del self._buffer[:start]
        return bodies


def _open(body: bytes) -> tuple[str, msgspec.Raw]:
    envelope = _decode(_ENVELOPE, body)
    return envelope.type, envelope.body


def _decode(decoder: msgspec.json.Decoder[_T], body: bytes | msgspec.Raw) -> _T:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        detail = str(error)[:120].encode("ascii", "backslashreplace").decode()
        raise WireError(f"not a message of this protocol ({detail})") from error


def _without_surrogates(plain: Any) -> Any:
    if isinstance(plain, str):
        return plain.encode("utf-8", "replace").decode()
    if isinstance(plain, dict):
        return {key: _without_surrogates(value) for key, value in plain.items()}
    if isinstance(plain, (list, tuple)):
        return [_without_surrogates(value) for value in plain]
    return plain
