"""What each script that writes a reference page does with it: write, or check it is current."""

import sys
from pathlib import Path


def write_or_check(target: Path, text: str, arguments: list[str], usage: str) -> int:
    """Write a page, or with ``--check`` say whether it is current.

    Args:
        target: Where the page is.
        text: What it must hold.
        arguments: Of the command line.
        usage: Printed where they are wrong; its second paragraph begins with the script's name.

    Returns:
        The exit code: 1 where the page is not current, 2 for wrong arguments.
    """
    if arguments not in ([], ["--check"]):
        print(usage, file=sys.stderr)
        return 2
    if not arguments:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return 0
    if target.is_file() and target.read_text("utf-8") == text:
        return 0
    script = usage.partition("\n\n")[2].split()[0]
    print(f"{target} is not current: run {script}", file=sys.stderr)
    return 1
