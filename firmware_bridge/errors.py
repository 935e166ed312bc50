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
        detail: The system's own words, where it gave any.
    """

    def __init__(self, fault: PortFault, message: str, remedy: str, detail: str = "") -> None:
        super().__init__(message)
        self.fault = fault
        self.detail = detail
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Both halves."""
        return f"{self.message}: {self.remedy}"


class OutputFault(Enum):
    """Why an output device cannot be used."""

    LOST = "lost"
    REFUSES = "refuses"
    NO_BOARD = "no board"
    OTHER_PROGRAM = "other program"
    GATE_DROPPED = "gate dropped"
    LIMIT_SWITCHES = "limit switches"
    GATE_ASTRAY = "gate astray"


class OutputError(Exception):
    """An output device that cannot be reached, or refuses.

    Attributes:
        message: What is wrong, one sentence without a full stop, naming the device.
        remedy: What to do next.
        fault: Which of the known faults it is.
        device: Where it is, where that is told.
    """

    def __init__(
        self,
        message: str,
        remedy: str,
        fault: OutputFault = OutputFault.LOST,
        device: str = "",
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.device = device
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Both halves."""
        return f"{self.message}: {self.remedy}"
