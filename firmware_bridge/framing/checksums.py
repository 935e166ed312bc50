"""Check sums of the wire protocols. Pure."""

from typing import Final

_CCITT: Final = 0x1021
_MODBUS: Final = 0xA001


def ssi_checksum(packet: bytes) -> bytes:
    """Two's complement of the sum of all bytes, 16 bits, high byte first.

    Args:
        packet: Everything before the checksum.

    Source: Zebra, Simple Serial Interface (SSI) Programmer's Guide, "Packet format".
    """
    return (-sum(packet) & 0xFFFF).to_bytes(2, "big")


def crc_ccitt(covered: bytes) -> bytes:
    """CRC-CCITT with polynomial 1021 and start value 0 (XMODEM), high byte first.

    Source: GROW GM65 user manual, "CRC-CCITT".
    """
    crc = 0
    for byte in covered:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ _CCITT if crc & 0x8000 else crc << 1
    return (crc & 0xFFFF).to_bytes(2, "big")


def crc_modbus(covered: bytes) -> bytes:
    """Modbus RTU's CRC, low byte first as it is sent.

    Source: Modbus over Serial Line V1.02, section 6.2.2.
    """
    crc = 0xFFFF
    for byte in covered:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ _MODBUS if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")
