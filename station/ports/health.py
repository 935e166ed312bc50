"""Health travels apart from reads: what works, what does not, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


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
        text: What is wrong and what to do; short, for the health strip.
    """

    component: str
    status: HealthStatus
    text: str


HealthSink = Callable[[Health], None]
"""Takes a report; returns at once; may be called from any thread."""
