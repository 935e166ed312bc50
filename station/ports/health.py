"""Health travels apart from reads: what works, what does not, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from station.core.causes import Told


class HealthStatus(Enum):
    """How a part of the station is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one part.

    Attributes:
        component: ``scanner``, ``camera``, ``registry``, ``journal``, ``decoder``, … and,
            where there are several, a name after a colon.
        status: How it is.
        text: What is wrong and what to do, in English; short, for the health strip.
        told: The same by name, for screens; None where it has none. What is told apart is the text.
    """

    component: str
    status: HealthStatus
    text: str
    told: Told | None = field(default=None, compare=False)


HealthSink = Callable[[Health], None]
"""Takes a report; returns at once; may be called from any thread."""
