"""A page of the documentation that a script makes: written, or checked against what it would be."""

import sys
from pathlib import Path


def write_or_check(target: Path, text: str, arguments: list[str], script: str) -> int:
    """What such a script's command line does; the exit code.

    Args:
        target: The page.
        text: What it must hold.
        arguments: Nothing, to write it; ``--check``, to compare.
        script: The script's file; anything else is answered with how to run it.
    """
    command = f"scripts/{Path(script).name}"
    if arguments not in ([], ["--check"]):
        print(f"{command}            write the page", file=sys.stderr)
        print(f"{command} --check    exit 1 when it differs", file=sys.stderr)
        return 2
    if not arguments:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return 0
    if target.is_file() and target.read_text("utf-8") == text:
        return 0
    print(f"{target.name} differs from what it is made of: run {command}", file=sys.stderr)
    return 1
