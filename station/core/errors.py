"""Errors a person can act on.

Three families, kept apart: a bad code or an unknown unit is a *value* with a stable reason
(`station.core.reasons`), never an exception; a lost device, a full disk or a wrong file is a
`StationError` that says what to do; a caller's mistake is an ordinary `ValueError` or `TypeError`.
"""

from enum import IntEnum

from station.core.causes import Told


class ExitCode(IntEnum):
    """What a command's process returns; frozen as a contract with scripts that call us."""

    DONE = 0
    NOT_ALL_ACCEPTED = 1
    USAGE = 2
    NOTHING_DECODABLE = 3
    DATABASE = 4
    DEVICE_OR_STOP = 5
    INTERNAL = 70
    INTERRUPTED = 130


class StationError(Exception):
    """A condition that ends a command or stops a station, told so that a person can mend it.

    Attributes:
        message: What is wrong, one sentence without a full stop, naming the file, key or device.
        remedy: What to do next, one sentence or a command.
        told: The same by name, for screens in other languages; None where it has no name.
        exit_code: What the command returns.
    """

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, remedy: str, *, told: Told | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.told = told

    def __str__(self) -> str:
        """Both halves, as the command line prints them."""
        return f"{self.message}: {self.remedy}"


class ConfigurationError(StationError):
    """A file, option or argument that cannot be used as it stands."""

    exit_code = ExitCode.USAGE


class StorageError(StationError):
    """A registry or station database that is missing, locked, damaged or of another schema."""

    exit_code = ExitCode.DATABASE


class DamagedError(StorageError):
    """A database that is not as it was written: no disk with more room would make it readable."""


class DeviceError(StationError):
    """A camera, scanner or output that is missing or does not answer."""

    exit_code = ExitCode.DEVICE_OR_STOP


class TrustError(StationError):
    """Metadata or a key that cannot be trusted; nothing was changed."""

    exit_code = ExitCode.DATABASE


class NotIdentifiedError(StationError):
    """Somebody who is not who they say, or may not do what they ask."""

    exit_code = ExitCode.NOT_ALL_ACCEPTED
