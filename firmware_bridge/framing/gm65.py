"""Frames of GM65-class scanner modules (GROW GM65, GM67, GM812 and their kin).

A module sends scans as lines; beside them it takes command frames and answers them. A command is
``7E 00``, type, length of the data, address (2 bytes), data, CRC; an answer ``02`` or ``03`` (of a
heartbeat), ``00``, status, length, data, CRC. The CRC is CRC-CCITT over everything after the first
two bytes.

Source: GROW GM65 Bar Code Reader Module User Manual V1.0, section 2 and appendix D.
"""

import re
from dataclasses import dataclass
from typing import Final

from firmware_bridge.framing.checksums import crc_ccitt

COMMAND_HEAD: Final = b"\x7e\x00"
HEARTBEAT_TYPE: Final = 0x0A
READ_TYPE: Final = 0x07
WRITE_TYPE: Final = 0x08

ANSWER: Final = 0x02
HEARTBEAT_ANSWER: Final = 0x03
HEAD_BYTES: Final = 4
CRC_BYTES: Final = 2

_LONGEST_BYTES: Final = HEAD_BYTES + 255 + CRC_BYTES
_MAY_BEGIN: Final = re.compile(rb"[\x02\x03](?:\x00|\Z)")
"""STX or ETX, then zero: no line of a scanner holds the two in a row."""


@dataclass(frozen=True, slots=True)
class ModuleAnswer:
    """What a module says of a command.

    Attributes:
        to_heartbeat: Whether it answers a heartbeat.
        is_done: Whether the command was carried out.
        data: What was asked for.
    """

    to_heartbeat: bool
    is_done: bool
    data: bytes


def command(kind: int, address: int, data: bytes) -> bytes:
    """A command frame.

    Args:
        kind: `READ_TYPE`, `WRITE_TYPE` or `HEARTBEAT_TYPE`.
        address: Of the zone bits, 0 to 0xFFFF.
        data: 1 to 255 bytes.
    """
    covered = bytes([kind, len(data)]) + address.to_bytes(2, "big") + data
    return COMMAND_HEAD + covered + crc_ccitt(covered)


HEARTBEAT: Final = command(HEARTBEAT_TYPE, 0, b"\0")


def split_answers(received: bytes) -> tuple[bytes, tuple[ModuleAnswer, ...], bytes]:
    """Part the answers from what is around them.

    Args:
        received: Bytes of the stream, in order.

    Returns:
        The bytes that belong to no answer, the answers, and the beginning of an answer that has
        not come whole, to be put before the next bytes.
    """
    rest = bytearray()
    answers: list[ModuleAnswer] = []
    at = 0
    while (begin := _MAY_BEGIN.search(received, at)) is not None:
        rest += received[at : begin.start()]
        at = begin.start()
        front = received[at : at + _LONGEST_BYTES]
        length = _answer_bytes(front)
        if length is None:
            return bytes(rest), tuple(answers), received[at:]
        frame = front[:length]
        if crc_ccitt(frame[1:-CRC_BYTES]) != frame[-CRC_BYTES:]:
            rest.append(received[at])
            at += 1
            continue
        answers.append(
            ModuleAnswer(
                frame[0] == HEARTBEAT_ANSWER, frame[2] == 0, bytes(frame[HEAD_BYTES:-CRC_BYTES])
            )
        )
        at += length
    return bytes(rest) + received[at:], tuple(answers), b""


def _answer_bytes(front: bytes) -> int | None:
    """How long the answer that begins here is; None where not all of it has come."""
    if len(front) < HEAD_BYTES:
        return None
    total = HEAD_BYTES + front[3] + CRC_BYTES
    return total if len(front) >= total else None
