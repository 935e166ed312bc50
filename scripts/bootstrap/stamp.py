"""The stamp that says what an environment holds, and whether that is current."""

import dataclasses
import hashlib
import json
import os
import sys
from typing import Self

from scripts.bootstrap.layout import PROFILES, RECIPE, ROOT, STAMP, VENV


def digest(profile: str) -> str:
    """Digest everything that decides what the profile's environment holds."""
    total = hashlib.sha256()
    for name in (*PROFILES[profile], *RECIPE):
        content = (ROOT / name).read_bytes()
        total.update(f"{name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def place() -> dict[str, str]:
    """Say what an environment is tied to besides its content: paths in it are absolute."""
    return {
        "root": str(ROOT),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": os.uname().machine,
    }


@dataclasses.dataclass(slots=True)
class Stamp:
    """What the last finished preparation left: written last, removed first.

    Attributes:
        place: See `place`.
        profiles: Profile to `digest` at the time.
        tiers: Tier to "on", or to why it is off. Kept so that no start asks twice.
    """

    place: dict[str, str]
    profiles: dict[str, str]
    tiers: dict[str, str]

    @classmethod
    def read(cls) -> Self | None:
        """Read the stamp; None when there is none that can be understood."""
        try:
            return cls(**json.loads(STAMP.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self) -> None:
        """Write the stamp so that it is either whole or absent."""
        draft = STAMP.with_suffix(".part")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(STAMP)


def is_ready(profile: str) -> bool:
    """Say whether the environment holds what the profile asks for, cheaply.

    Run by the environment's own Python, so that a Python that went away is noticed.
    """
    stamp = Stamp.read()
    return (
        stamp is not None
        and stamp.place == place()
        and stamp.profiles.get(profile) == digest(profile)
        and (VENV / "bin" / "station").exists()
    )
