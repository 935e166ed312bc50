"""The command line's front door: help and version at once, everything else loaded when asked for.

Top-level `--help` and `--version` must not pay for any library, so they are answered from plain
tables here; a command's module, and click with it, is imported only when the command runs. Not even
`typing` is imported: it takes as long as a bare interpreter.
"""

import os
import sys

from station import __version__

COMMANDS: dict[str, str] = {
    "demo": "Show the main job on a made-up site, without any hardware.",
    "init": "Make a site folder.",
    "setup": "Set up a dock step by step, or from a file of answers.",
    "config": "Show what a site is configured to be, and by what.",
    "doctor": "Check this installation and site; every failure names its mend.",
    "run": "Run the engine: devices, verdicts, journal.",
    "dock": "Show the operator's screen of a running engine.",
    "scan": "Take in units without a screen: verdicts are journalled and claimed.",
    "check": "Give the same verdict, read only.",
    "decode": "List the symbols in pictures, nothing else.",
    "brand": "Brands of a brand folder.",
    "key": "Signing keys of a brand.",
    "product": "Enrolled products of a brand.",
    "codes": "Order, list and mark unit codes.",
    "label": "Draw label pictures of unit codes and of quarantine totes.",
    "operator": "People of a site: badges, roles, PINs.",
    "seller": "Who may supply a brand's products.",
    "despatch": "Shipments a brand announces to sites.",
    "capture": "Take in stations' events: where a brand's units were received.",
    "publish": "Write the signed registry to a folder.",
    "signing": "Keys that sign publications on other machines.",
    "sync": "Bring a site's registry up to date.",
    "outbox": "Send a site's events up, and see what waits.",
    "policy": "Show and check what a site decides where the rules leave a choice.",
    "camera": "Check whether a camera sees labels well, and what to do if not.",
    "scanner": "Certify scanners; their maintenance tickets.",
    "review": "Show the supervisor's screens: review, undo, shipments, people, figures.",
    "sound": "Hear the dock's sounds.",
    "quarantine": "Items under review, and what becomes of them.",
    "undo": "Take back what a scan or act did to a unit.",
    "shipment": "Announced shipments: import, open, close and add up.",
    "journal": "Prove and export what the station decided.",
    "figures": "Say how many alarms were false, and how long items wait.",
    "replay": "Decide again from the journal and report any difference.",
    "clock": "Say whether the clock can be believed, and that it is right.",
    "db": "Check, back up, restore and upgrade databases.",
}
"""Command name to one line of help; the module is ``station.app.commands.<name>``."""

COMPLETION_VARIABLE = "_STATION_COMPLETE"
"""Set by a shell that asks for completions."""

_HELP_HEAD = """\
Usage: station [--version] [--help] COMMAND [ARGS]...

  Scans every unit at the dock and decides, offline, whether it is genuine.

Commands:
"""

_HELP_TAIL = """
Run 'station COMMAND --help' for a command's options.
"""


def help_text() -> str:
    """The top-level help, one line a command."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{line}\n" for name, line in COMMANDS.items()]
    return _HELP_HEAD + "".join(lines) + _HELP_TAIL


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Arguments without the program's name; the process's own by default.

    Returns:
        The exit code (`station.core.errors.ExitCode`).
    """
    args = sys.argv[1:] if argv is None else argv
    if None in {sys.stdin, sys.stdout, sys.stderr}:
        from station.app.standard_streams import open_missing

        open_missing()
    if COMPLETION_VARIABLE in os.environ:
        from station.app.completion import complete

        return complete(os.environ[COMPLETION_VARIABLE])
    if not args or args[0] in {"--help", "-h", "help"}:
        return _answer(help_text(), 0 if args else 2)
    if args[0] == "--version":
        return _answer(f"station {__version__}\n", 0)
    try:
        from station.app.dispatch import run_command

        return run_command(args)
    except KeyboardInterrupt:
        sys.stderr.write("station: interrupted\n")
        return 130


def _answer(text: str, code: int) -> int:
    """Print an answer; who asks for help and does not read it is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        from station.app.standard_streams import output_fault, say, silence_stdout

        silence_stdout()
        fault = output_fault(error)
        if fault is None:
            return code
        say(f"station: {fault.message}\n  {fault.remedy}\n")
        return fault.exit_code
    return code
