"""When a site's registry was last brought up to date: kept by `station sync`, told by others."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from station.core.text import printable
from station.storage.durable import write_atomically

_MAX_BYTES: Final = 64 * 1024
_MAX_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class LastSync:
    """A refresh that succeeded.

    Attributes:
        time: When it had, with its offset.
        fallback: Why everything had to be fetched whole, printable; ``""`` where it had not.
    """

    time: datetime
    fallback: str


class _Told(msgspec.Struct, frozen=True):
    """What is read of the file."""

    time_utc: str
    fallback: str = ""


def remember_sync(path: Path, time_utc: str, generation: int, fallback: str) -> None:
    """Keep a refresh that succeeded.

    Raises:
        OSError: It cannot be written.
    """
    told = {"time_utc": time_utc, "generation": generation, "fallback": fallback}
    write_atomically(path, json.dumps(told).encode("ascii"))


def read_last_sync(path: Path) -> LastSync | None:
    """The last one; None where there was none.

    Raises:
        OSError: The file cannot be read.
        ValueError: It says no time, or none that can be compared.
    """
    try:
        with path.open("rb") as file:
            told = msgspec.json.decode(file.read(_MAX_BYTES), type=_Told)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    time = datetime.fromisoformat(told.time_utc)
    if time.tzinfo is None:
        raise ValueError("it says no offset")
    return LastSync(time, printable(told.fallback, _MAX_TEXT))
