"""An `aplay` on PATH that keeps what it was given."""

import stat
from pathlib import Path
from typing import Final

_SCRIPT: Final = """#!/bin/sh
# One file a sound, whole when it has its name.
n=$(ls '{kept}' | wc -l)
echo "$@" >> '{kept}.args'
cat > '{kept}.part'
{then}
mv '{kept}.part' '{kept}/'"$(printf %04d "$n").wav"
"""


class FakePlayer:
    """A player in a folder of its own.

    Args:
        folder: For it and what it keeps.
        fault: What it says and fails with, or ``""``.
    """

    def __init__(self, folder: Path, fault: str = "") -> None:
        self.folder = folder / "bin"
        self.kept = folder / "played"
        self.folder.mkdir()
        self.kept.mkdir()
        then = f"echo '{fault}' >&2; exit 1" if fault else ""
        program = self.folder / "aplay"
        program.write_text(_SCRIPT.format(kept=self.kept, then=then), "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    @property
    def sounds(self) -> list[bytes]:
        """What was played, in order."""
        return [path.read_bytes() for path in sorted(self.kept.glob("*.wav"))]

    @property
    def arguments(self) -> list[str]:
        """What it was called with, in order."""
        path = self.kept.with_name("played.args")
        return path.read_text("utf-8").splitlines() if path.exists() else []
