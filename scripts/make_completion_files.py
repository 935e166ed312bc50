#!/usr/bin/env python3
"""Write the completion files of config/completions with click's own templates.

scripts/make_completion_files.py            write them
scripts/make_completion_files.py --check    exit 1 when one differs
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete  # noqa: E402

from scripts.generated_pages import write_or_check  # noqa: E402
from station.app.completion import PROGRAM, WholeProgram  # noqa: E402
from station.app.main import COMPLETION_VARIABLE  # noqa: E402

FOLDER: Final = Path("config", "completions")
FILES: Final[dict[str, type[ShellComplete]]] = {
    "station.bash": BashComplete,
    "_station": ZshComplete,
    "station.fish": FishComplete,
}


def text_of(shell: type[ShellComplete]) -> str:
    """One shell's file, whichever shell this machine has."""
    made = shell(WholeProgram(PROGRAM), {}, PROGRAM, COMPLETION_VARIABLE)
    text = (made.source_template % made.source_vars()).strip()
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check every file; the exit code."""
    codes = [
        write_or_check(ROOT / FOLDER / name, text_of(shell), arguments, __doc__ or "")
        for name, shell in FILES.items()
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
