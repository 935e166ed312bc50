"""A Modbus device's tables and answers, without a wire: requests in, answers out.

For the simulated board and for output modules on a simulated network. Written against the Modbus
Application Protocol V1.1b3, not against a client.
"""

from typing import Final

ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3
REFUSED: Final = 4

MAX_BITS: Final = 2000
MAX_REGISTERS: Final = 125

_MULTIPLE: Final = frozenset({15, 16})
_SINGLE: Final = frozenset({5, 6})


class ModbusSlave:
    """Four tables in memory; subclasses say what may be written and what follows from it."""

    def __init__(self, coils: int, inputs: int, holding: int, registers: int) -> None:
        """Make tables of the given sizes, all zero."""
        self.coils = [False] * coils
        self.inputs = [False] * inputs
        self.holding = [0] * holding
        self.registers = [0] * registers

    def may_write_coil(self, address: int, on: bool) -> int:  # noqa: ARG002 - for subclasses
        """0, or the exception code; addresses outside the table are refused elsewhere."""
        return 0

    def may_write_register(self, address: int, value: int) -> int:  # noqa: ARG002 - likewise
        """0, or the exception code."""
        return 0

    def write_coil(self, address: int, on: bool) -> None:
        """Write what may be written."""
        self.coils[address] = on

    def write_register(self, address: int, value: int) -> None:
        """Write what may be written."""
        self.holding[address] = value

    def answer(self, request: bytes) -> bytes:
        """The answer to a request, both without unit and check sum.

        Args:
            request: Function code and data, at least one byte.
        """
        function = request[0]
        if len(request) < 5:
            return _refusal(function, ILLEGAL_VALUE)
        address = int.from_bytes(request[1:3], "big")
        word = int.from_bytes(request[3:5], "big")
        match function:
            case 1 | 2:
                return _bits(function, self.coils if function == 1 else self.inputs, address, word)
            case 3 | 4:
                table = self.holding if function == 3 else self.registers
                return _words(function, table, address, word)
            case 5 | 15:
                return self._write_coils(function, address, word, request)
            case 6 | 16:
                return self._write_registers(function, address, word, request)
            case _:
                return _refusal(function, ILLEGAL_FUNCTION)

    def _write_coils(self, function: int, address: int, word: int, request: bytes) -> bytes:
        if function in _SINGLE:
            if word not in {0, 0xFF00}:
                return _refusal(function, ILLEGAL_VALUE)
            values = [word != 0]
        else:
            packed = request[6:]
            if not 1 <= word <= len(packed) * 8:
                return _refusal(function, ILLEGAL_VALUE)
            values = [bool(packed[n // 8] >> (n % 8) & 1) for n in range(word)]
        if address + len(values) > len(self.coils):
            return _refusal(function, ILLEGAL_ADDRESS)
        places = list(enumerate(values, address))
        for place, on in places:
            if code := self.may_write_coil(place, on):
                return _refusal(function, code)
        for place, on in places:
            self.write_coil(place, on)
        return request[:5]

    def _write_registers(self, function: int, address: int, word: int, request: bytes) -> bytes:
        if function in _SINGLE:
            values = [word]
        else:
            packed = request[6:]
            if word < 1 or len(packed) != 2 * word:
                return _refusal(function, ILLEGAL_VALUE)
            values = [int.from_bytes(packed[n : n + 2], "big") for n in range(0, 2 * word, 2)]
        if address + len(values) > len(self.holding):
            return _refusal(function, ILLEGAL_ADDRESS)
        places = list(enumerate(values, address))
        for place, value in places:
            if code := self.may_write_register(place, value):
                return _refusal(function, code)
        for place, value in places:
            self.write_register(place, value)
        return request[:5]


def request_bytes(start: bytes) -> int | None:
    """How long an RTU request is, unit and CRC included.

    Args:
        start: Its first bytes, at least two.

    Returns:
        None while that cannot be told; 0 for a function nobody knows.
    """
    function = start[1]
    if 1 <= function <= 6:
        return 8
    if function in _MULTIPLE:
        return None if len(start) < 7 else 9 + start[6]
    return 0


def _bits(function: int, table: list[bool], address: int, count: int) -> bytes:
    if not 1 <= count <= MAX_BITS:
        return _refusal(function, ILLEGAL_VALUE)
    if address + count > len(table):
        return _refusal(function, ILLEGAL_ADDRESS)
    packed = bytearray((count + 7) // 8)
    for number, on in enumerate(table[address : address + count]):
        packed[number // 8] |= on << (number % 8)
    return bytes([function, len(packed)]) + packed


def _words(function: int, table: list[int], address: int, count: int) -> bytes:
    if not 1 <= count <= MAX_REGISTERS:
        return _refusal(function, ILLEGAL_VALUE)
    if address + count > len(table):
        return _refusal(function, ILLEGAL_ADDRESS)
    words = b"".join(word.to_bytes(2, "big") for word in table[address : address + count])
    return bytes([function, len(words)]) + words


def _refusal(function: int, code: int) -> bytes:
    return bytes([function | 0x80, code])
