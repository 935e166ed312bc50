"""Frames and JSON: round trips, every kind of wrong bytes, no way around the checks."""

import json
import struct
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from station.core.acts import BY_REQUEST, ActKind
from station.core.advice import Advice
from station.core.language import Language
from station.core.operators import Role
from station.core.reasons import DECLARABLE, Reason, VerdictClass
from station.ports.display import (
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
    StationFigures,
    VerdictShown,
)
from station.ports.health import Health, HealthStatus
from station.transport.engine_socket.codec import (
    MAX_FRAME_BYTES,
    MAX_REQUEST_BYTES,
    PROTOCOL_VERSION,
    FrameReader,
    Hello,
    WireError,
    decode_from_engine,
    decode_from_screen,
    encode,
)
from tests.fakes.display import snapshot, verdict
from tests.fakes.replacing import replace

ANY_CATEGORY: Final = ("L", "M", "N", "P", "S", "Z", "C")
"""With lone surrogates, which Hypothesis leaves out unless asked."""

MESSAGES = (
    verdict(),
    verdict(
        Reason.UNIT_RECALLED,
        also=(Reason.UNIT_BLOCKED, Reason.REGISTRY_STALE),
        modifiers=(Reason.SCANNER_FAULT_CASE,),
        provisional=True,
    ),
    LatchState(latched=True, scan_id="S", tote="", refused=3),
    Counters(accepted=1, rescans=2, held=3, quarantined=4, stops=5, scans=15),
    Health("camera", HealthStatus.FAILED, "no picture for 3 s: check the cable"),
    snapshot([verdict(scan_id=str(n)) for n in range(50)]),
    Notice("Too many requests"),
    Notice(advice=Advice.NOT_ALONE),
    Attendance("ANNA", Role.OPERATOR, proven=True, language=Language.CHINESE),
    verdict(Reason.WRONG_SHIPMENT, lane="lane 7", other_shipment="ASN-1"),
    ActAnswer("R-1", done=True, scan_id="S"),
    ActAnswer("R-1", done=False, text="it has moved since", remedy="look at it"),
    Goodbye("stopped"),
)


def body_of(frame: bytes) -> bytes:
    (length,) = struct.unpack_from(">I", frame)
    assert len(frame) == 4 + length
    return frame[4:]


def tried(decode: Callable[[bytes], object], body: bytes) -> object:
    """The value, or the package's own error; nothing else may come out."""
    try:
        return decode(body)
    except WireError as error:
        return error


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_comes_back_equal(message: EngineMessage) -> None:
    decoded = decode_from_engine(body_of(encode(message)))

    assert decoded == message
    assert type(decoded) is type(message)


@pytest.mark.parametrize("reason", sorted(DECLARABLE, key=str))
@pytest.mark.parametrize("gtin", ["", "09506000134352"])
def test_every_declaration_comes_back_equal(reason: Reason, gtin: str) -> None:
    assert decode_from_screen(body_of(encode(Declare(reason, gtin)))) == Declare(reason, gtin)


@pytest.mark.parametrize("given", [GivePin("4711"), GivePin("908172635401", "0" * 26)])
def test_a_pin_arrives_as_typed(given: GivePin) -> None:
    assert decode_from_screen(body_of(encode(given))) == given


@pytest.mark.parametrize("second", [False, True])
def test_an_answer_to_second_unit_comes_back_equal(second: bool) -> None:
    answer = AnswerRepeat("01KYYGRVJP0000000000000000", second)
    assert decode_from_screen(body_of(encode(answer))) == answer


@pytest.mark.parametrize(
    "change",
    [
        {"scan_id": ""},
        {"scan_id": "0" * 27},
        {"scan_id": "0\n"},
        {"scan_id": "../0"},
        {"second": 1},
        {"second": None},
        {"by": "BELA"},
    ],
)
def test_an_answer_that_is_none_ends_the_connection(change: dict[str, object]) -> None:
    message = json.loads(body_of(encode(AnswerRepeat("0" * 26, second=False))))
    message["body"].update(change)
    with pytest.raises(WireError):
        decode_from_screen(json.dumps(message).encode())


@pytest.mark.parametrize(
    "there", [Attendance(), Attendance("ANNA", Role.OPERATOR), Attendance("B", Role.ADMIN, True)]
)
def test_who_is_signed_in_arrives(there: Attendance) -> None:
    assert decode_from_engine(body_of(encode(there))) == there


@pytest.mark.parametrize(
    "figures", [None, StationFigures(9000, 0.00123, 0.0005, True, 0.01, "2026-01-01T00:00:00.000Z")]
)
def test_a_pictures_figures_come_back_equal(figures: StationFigures | None) -> None:
    picture = replace(snapshot(), figures=figures)
    assert decode_from_engine(body_of(encode(picture))) == picture


def test_a_picture_of_an_engine_without_figures_has_none() -> None:
    message = json.loads(body_of(encode(snapshot())))
    del message["body"]["figures"]
    assert decode_from_engine(json.dumps(message).encode()) == snapshot()


def test_a_hello_goes_both_ways() -> None:
    body = body_of(encode(Hello(PROTOCOL_VERSION, "0.1.0")))

    assert decode_from_engine(body) == decode_from_screen(body) == Hello(PROTOCOL_VERSION, "0.1.0")


@given(st.text(st.characters(categories=ANY_CATEGORY), max_size=60))
@example("half a pair: \ud800")
def test_any_text_in_a_message_arrives(text: str) -> None:
    decoded = decode_from_engine(body_of(encode(verdict(product=text))))

    assert isinstance(decoded, VerdictShown)
    assert decoded.product == text.encode("utf-8", "replace").decode()


def test_a_message_that_fits_no_frame_is_refused_by_name() -> None:
    with pytest.raises(WireError, match=r"a goodbye message of \d+ bytes exceeds 262144"):
        encode(Goodbye("x" * MAX_FRAME_BYTES))


WRONG_REQUESTS = {
    "empty": b"",
    "not JSON": b"hello",
    "not UTF-8": b'{"type":"declare","body":{"reason":"\xff"}}',
    "not an object": b"[1,2]",
    "a null": b"null",
    "no type": b'{"body":{"reason":"DAMAGED"}}',
    "a type that is no text": b'{"type":1,"body":{}}',
    "no body": b'{"type":"declare"}',
    "an unknown type": b'{"type":"release","body":{}}',
    "a message instead of a request": body_of(encode(LatchState(latched=False))),
    "a verdict from a screen": body_of(encode(verdict())),
    "an unknown field beside the body": b'{"type":"declare","body":{"reason":"DAMAGED"},"x":1}',
    "an unknown field": b'{"type":"declare","body":{"reason":"DAMAGED","role":"admin"}}',
    "an unknown reason": b'{"type":"declare","body":{"reason":"FINE"}}',
    "a reason no operator may declare": b'{"type":"declare","body":{"reason":"OK"}}',
    "a GTIN of 13": b'{"type":"declare","body":{"reason":"DAMAGED","gtin":"9506000134352"}}',
    "a GTIN of 15": b'{"type":"declare","body":{"reason":"DAMAGED","gtin":"095060001343520"}}',
    "a GTIN with a newline": (
        b'{"type":"declare","body":{"reason":"DAMAGED","gtin":"09506000134352\\n"}}'
    ),
    "a GTIN of other digits": (
        '{"type":"declare","body":{"reason":"DAMAGED","gtin":"٠٩٥٠٦٠٠٠١٣٤٣٥٢"}}'.encode()
    ),
    "a PIN of three digits": b'{"type":"pin","body":{"pin":"471"}}',
    "a PIN of 13": b'{"type":"pin","body":{"pin":"4711471147114"}}',
    "a PIN of letters": b'{"type":"pin","body":{"pin":"four"}}',
    "a PIN of other digits": '{"type":"pin","body":{"pin":"٤٧١١"}}'.encode(),
    "a PIN with a line end": b'{"type":"pin","body":{"pin":"4711\\n"}}',
    "a PIN that is a number": b'{"type":"pin","body":{"pin":4711}}',
    "a PIN for somebody else": b'{"type":"pin","body":{"pin":"4711","name":"CHEF"}}',
    "a PIN for a quarantine too long": (
        b'{"type":"pin","body":{"pin":"4711","quarantine":"' + b"0" * 65 + b'"}}'
    ),
    "a GTIN that is a number": b'{"type":"declare","body":{"reason":"DAMAGED","gtin":9506}}',
    "two values": b'{"type":"declare","body":{"reason":"DAMAGED"}}{}',
    "deep nesting": b'{"type":"declare","body":' + b"[" * 2000 + b"]" * 2000 + b"}",
    "a hello without a version": b'{"type":"hello","body":{"software":"x"}}',
    "a hello with more": b'{"type":"hello","body":{"protocol":1,"software":"x","admin":true}}',
    "a hello of a long name": json.dumps(
        {"type": "hello", "body": {"protocol": 1, "software": "x" * 65}}
    ).encode(),
}


@pytest.mark.parametrize("body", WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_a_wrong_request_is_an_error_of_this_package(body: bytes) -> None:
    with pytest.raises(WireError):
        decode_from_screen(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_the_packages_error(body: bytes) -> None:
    for decode in (decode_from_engine, decode_from_screen):
        outcome = tried(decode, body)
        assert not isinstance(outcome, WireError) or outcome.message.isprintable()


@given(st.sampled_from(MESSAGES), st.data())
def test_a_damaged_message_is_a_value_or_the_packages_error(
    message: EngineMessage, data: st.DataObject
) -> None:
    body = bytearray(body_of(encode(message)))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] = data.draw(st.integers(0, 255))

    outcome = tried(decode_from_engine, bytes(body))

    assert not isinstance(outcome, WireError) or outcome.message.isprintable()


def test_a_newer_engine_may_add_fields_but_not_requests() -> None:
    plain = json.loads(body_of(encode(Goodbye("bye"))))
    plain["body"]["later"] = 1

    assert decode_from_engine(json.dumps(plain).encode()) == Goodbye("bye")


def test_a_class_or_status_nobody_knows_is_refused() -> None:
    for message, field, value in (
        (verdict(), "verdict_class", 6),
        (verdict(), "reason", "FINE"),
        (Health("camera", HealthStatus.OK, ""), "status", "splendid"),
    ):
        plain = json.loads(body_of(encode(message)))
        plain["body"][field] = value
        with pytest.raises(WireError, match="not a message of this protocol"):
            decode_from_engine(json.dumps(plain).encode())


class TestFrameReader:
    def frames(self) -> list[bytes]:
        return [encode(message) for message in MESSAGES]

    @given(st.lists(st.integers(1, 5000), min_size=1, max_size=40))
    def test_any_cutting_gives_the_same_bodies(self, sizes: list[int]) -> None:
        stream = b"".join(self.frames())
        reader = FrameReader(MAX_FRAME_BYTES)
        bodies: list[bytes] = []
        place = 0
        while place < len(stream):
            size = sizes[place % len(sizes)]
            bodies += reader.feed(stream[place : place + size])
            place += size

        assert [decode_from_engine(body) for body in bodies] == list(MESSAGES)

    def test_byte_by_byte(self) -> None:
        reader = FrameReader(MAX_FRAME_BYTES)
        frame = encode(Goodbye("bye"))

        found = [body for byte in frame for body in reader.feed(bytes([byte]))]

        assert found == [frame[4:]]

    @pytest.mark.parametrize("length", [0, MAX_REQUEST_BYTES + 1, 2**32 - 1])
    def test_a_length_out_of_bounds_is_refused_before_anything_is_kept(self, length: int) -> None:
        with pytest.raises(WireError, match=f"a frame of {length} bytes"):
            FrameReader(MAX_REQUEST_BYTES).feed(struct.pack(">I", length))

    def test_a_frame_of_the_limit_is_taken(self) -> None:
        body = b"x" * MAX_REQUEST_BYTES

        assert FrameReader(MAX_REQUEST_BYTES).feed(struct.pack(">I", len(body)) + body) == [body]


def test_the_class_on_the_wire_is_its_number() -> None:
    """docs/reference/engine-messages.md promises it."""
    plain = json.loads(body_of(encode(verdict(Reason.UNIT_STOLEN))))

    assert plain["type"] == "verdict"
    assert plain["body"]["verdict_class"] == int(VerdictClass.QUARANTINE) == 4
    assert plain["body"]["reason"] == "UNIT_STOLEN"


LARGEST_ACT = AskAct(
    "R" * 40,
    ActKind.RELABEL,
    "\U0001f4e6" * 40,
    "\U0001f4e6" * 40,
    "\U0001f4e6" * 64,
    "\U0001f4e6" * 200,
    "\U0001f4e6" * 80,
    "\U0001f4e6" * 40,
    "\U0001f4e6" * 64,
    bytes(400),
    with_open_items=True,
)


@pytest.mark.parametrize("kind", sorted(BY_REQUEST, key=str))
def test_every_request_for_an_act_comes_back_equal(kind: ActKind) -> None:
    ask = AskAct(
        "R-1",
        kind,
        "S",
        "SVEN",
        "2222",
        "why",
        "B-1",
        "WIM",
        "3333",
        b"01\x1d",
        with_open_items=True,
    )
    assert decode_from_screen(body_of(encode(ask))) == ask


def test_the_largest_request_fits_what_an_engine_reads() -> None:
    frame = encode(LARGEST_ACT)
    assert len(frame) < MAX_REQUEST_BYTES
    assert decode_from_screen(body_of(frame)) == LARGEST_ACT


@pytest.mark.parametrize("kind", sorted(set(ActKind) - BY_REQUEST, key=str))
def test_what_nobody_can_ask_for_ends_the_connection(kind: ActKind) -> None:
    frame = encode(AskAct("R-1", kind, "S", "SVEN"))
    with pytest.raises(WireError, match="nobody can ask for"):
        decode_from_screen(body_of(frame))


@pytest.mark.parametrize(
    "change",
    [
        {"request_id": ""},
        {"request_id": "R\n"},
        {"request_id": "R" * 41},
        {"kind": "explode"},
        {"about": "S" * 41},
        {"name": 5},
        {"pin": "1" * 65},
        {"reason_text": "x" * 201},
        {"reference": "x" * 81},
        {"new_label": "!"},
        {"with_open_items": 1},
        {"role": "admin"},
    ],
    ids=str,
)
def test_a_request_for_an_act_is_decoded_strictly(change: dict[str, object]) -> None:
    body = {"request_id": "R", "kind": "release", "about": "S", "name": "SVEN"} | change
    with pytest.raises(WireError):
        decode_from_screen(json.dumps({"type": "act", "body": body}).encode())


def test_a_pin_is_in_no_ones_words() -> None:
    assert "2222" not in repr(AskAct("R", ActKind.RELEASE, "S", "SVEN", pin="2222"))
