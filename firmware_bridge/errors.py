"""What goes wrong with a device, told so that a person can mend it."""

from enum import Enum


class PortFault(Enum):
    """Why a device cannot be used."""

    MISSING = "missing"
    FORBIDDEN = "forbidden"
    IN_USE = "in use"
    NOT_SERIAL = "not serial"
    NOT_WORKING = "not working"


class PortError(Exception):
    """A device that cannot be opened, read or written.

    Attributes:
        fault: Which of the known faults it is.
        message: What is wrong, one sentence without a full stop, naming the device.
        remedy: What to do next.
    """

    def __init__(self, fault: PortFault, message: str, remedy: str) -> None:
        super().__init__(message)
        self.fault = fault
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Both halves."""
        return f"{self.message}: {self.remedy}"


class OutputError(Exception):
    """An output device that cannot be reached, or refuses.

    Attributes:
        message: What is wrong, one sentence without a full stop, naming the device.
        remedy: What to do next.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Both halves."""
        return f"{self.message}: {self.remedy}"
