"""What a health check says, and what it is given to look at."""

from dataclasses import dataclass
from enum import Enum

from station.app.config import Settings
from station.app.site_paths import SitePaths


class Status(Enum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        check: The check's name.
        status: How it ended.
        text: What is so.
        mend: What to do; ``""`` where all is well.
    """

    check: str
    status: Status
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A site that can be examined.

    Attributes:
        paths: Its layout.
        settings: Its configuration.
    """

    paths: SitePaths
    settings: Settings


def ok(text: str) -> Finding:
    """All is well."""
    return Finding("", Status.OK, text)


def warning(text: str, mend: str) -> Finding:
    """It works, and will not for ever."""
    return Finding("", Status.WARNING, text, mend)


def failed(text: str, mend: str) -> Finding:
    """It does not work."""
    return Finding("", Status.FAILED, text, mend)


def skipped(text: str, mend: str = "") -> Finding:
    """There is nothing to look at."""
    return Finding("", Status.SKIPPED, text, mend)
