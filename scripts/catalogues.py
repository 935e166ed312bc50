#!/usr/bin/env python3
"""The wording of the screens as gettext catalogues, for translators.

scripts/catalogues.py export FOLDER    write station.pot, de.po, es.po and zh_Hans.po
scripts/catalogues.py import FILE.po   check a catalogue and write it into the tables, or say what
                                       is wrong with it (exit 1) and change nothing

The tables in station/core/wording stay the source (docs/explanation/decisions/0019-…).
"""

import argparse
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.wording_catalogues.po import RefusedError, export, take  # noqa: E402


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Export or import.

    Args:
        arguments: Of the command line.
        root: The checkout.

    Returns:
        0 done, 1 refused.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("export").add_argument("folder", type=Path, metavar="FOLDER")
    does.add_parser("import").add_argument("file", type=Path, metavar="FILE.po")
    given = parser.parse_args(arguments)
    if given.does == "export":
        try:
            written = export(root, given.folder)
        except OSError as error:
            sys.stderr.write(f"cannot write to {given.folder} ({error.strerror}): name another\n")
            return 1
        sys.stdout.writelines(f"{path}\n" for path in written)
        return 0
    try:
        imported = take(root, given.file)
    except RefusedError as error:
        sys.stderr.writelines(f"{fault}\n" for fault in error.faults)
        sys.stderr.write(f"refused, nothing was changed: {len(error.faults)} to mend\n")
        return 1
    sys.stdout.write(f"{imported.language.value}: {len(imported.changed)} texts changed\n")
    sys.stdout.writelines(f"{key}\n" for key in imported.changed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
