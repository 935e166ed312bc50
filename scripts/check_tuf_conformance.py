#!/usr/bin/env python3
"""Hold the site's client to the public conformance suite of The Update Framework.

    scripts/check_tuf_conformance.py CHECKOUT [--env DIR] [-- PYTEST ARGUMENTS]

CHECKOUT is a clone of https://github.com/theupdateframework/tuf-conformance; nothing of it is part
of this product. Its requirements are installed into an environment of its own: in DIR, which is
kept, or a temporary one. The suite sets clocks with Debian's `faketime`. It runs against
`tests/conformance/tuf_client_adapter.py`; what that is expected to fail, and why, stands in
`tests/conformance/expected_failures.txt`: one that passes all the same is a failure too.

Exit code: pytest's. Takes some 70 s.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
ADAPTER: Final = ROOT / "tests" / "conformance" / "tuf_client_adapter.py"
EXPECTED: Final = ROOT / "tests" / "conformance" / "expected_failures.txt"
SUITE: Final = "tuf_conformance"


def problem(checkout: Path) -> str:
    """What keeps the suite from running, in words, or ``""``."""
    if not (checkout / SUITE).is_dir():
        return f"{checkout} is no checkout of tuf-conformance"
    return "" if shutil.which("faketime") else "faketime is not installed"


def client_in(folder: Path) -> Path:
    """An executable that starts the adapter, with the expected failures where the suite looks."""
    client = folder / "client"
    client.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ADAPTER}" "$@"\n', "utf-8")
    client.chmod(0o755)
    shutil.copyfile(EXPECTED, client.with_name("client.xfails"))
    return client


def suite_python(environment: Path, checkout: Path) -> Path:
    """The interpreter of the suite's environment, which is made where it is not there."""
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", str(checkout)]
    subprocess.run(install, check=True)
    return python


def run(checkout: Path, environment: Path, folder: Path, arguments: Sequence[str]) -> int:
    """Run the suite; pytest's exit code.

    Args:
        checkout: The suite.
        environment: Its environment.
        folder: For what is written on the way.
        arguments: More arguments for pytest.
    """
    python = suite_python(environment, checkout)
    command = [
        *(str(python), "-m", "pytest", str(checkout / SUITE), "--rootdir", str(checkout)),
        *("-p", "no:cacheprovider", "--entrypoint", str(client_in(folder)), *arguments),
    ]
    return subprocess.run(command, cwd=folder, check=False).returncode


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description="Hold the site's client to the public TUF conformance suite."
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--env", type=Path, help="the suite's own environment; made and kept")
    parser.add_argument("arguments", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args(argv)
    checkout: Path = options.checkout.absolute()
    fault = problem(checkout)
    if fault:
        print(f"check_tuf_conformance: {fault}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        environment = options.env.absolute() if options.env else Path(folder) / "env"
        return run(checkout, environment, Path(folder), options.arguments)


if __name__ == "__main__":
    sys.exit(main())
