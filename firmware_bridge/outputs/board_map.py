"""The board's register map.

Made by scripts/make_register_map.py from firmware/register_map.toml: change that.
"""

from enum import IntEnum
from typing import Final

UNIT: Final = 1
BAUD: Final = 115200
MAGIC: Final = 0x4942
VERSION: Final = 1
ARM_WORD: Final = 0xA55A
WATCHDOG_MS: Final = 120
SILENCE_MS: Final = 10
MIN_TIMEOUT_MS: Final = 100
MAX_TIMEOUT_MS: Final = 5000
DEFAULT_TIMEOUT_MS: Final = 500
MIN_DWELL_MS: Final = 50
MAX_DWELL_MS: Final = 10000
DEFAULT_DWELL_MS: Final = 2000


class Coil(IntEnum):
    """Coils."""

    RED = 0
    AMBER = 1
    GREEN = 2
    BUZZER = 3
    GATE = 4


class DiscreteInput(IntEnum):
    """Discrete inputs."""

    TRIGGER = 0
    PHOTO_EYE = 1
    GATE_OPEN_END = 2
    GATE_CLOSED_END = 3
    TRIPPED = 4
    ARMED = 5


class HoldingRegister(IntEnum):
    """Holding registers."""

    HEARTBEAT = 0
    TIMEOUT_MS = 1
    DWELL_MS = 2
    BLINK_MASK = 3
    ARM = 4


class InputRegister(IntEnum):
    """Input registers."""

    MAGIC = 0
    VERSION = 1
    RESET_CAUSE = 2
    TRIPS = 3
    FRAMES = 4
    CRC_ERRORS = 5
    UPTIME_S = 6
    UPTIME_S_HIGH = 7
    GATE_OPENINGS = 8
    TRIGGER_COUNT = 9
    PHOTO_EYE_COUNT = 10
