"""The site's client behind the three commands of the public suite for clients of the framework.

``init``, ``refresh`` and ``download`` as that suite's ``CLIENT-CLI.md`` asks. It drives
`station.transport.tuf_client` as `station sync` does and adds no check of its own. The site's trust
folder stands in the metadata folder, as ``trust/``; what it keeps is copied to where the suite
looks.

Source: https://github.com/theupdateframework/tuf-conformance, CLIENT-CLI.md.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from station.core.errors import StationError
from station.storage import durable
from station.transport.tuf_client import PINNED_ROOT, TufSource
from station.transport.tuf_fetch import open_origin
from station.transport.tuf_roles import METADATA_FOLDER, TARGETS_FOLDER

MAX_BYTES = 1 << 30


def init(metadata: Path, root: Path) -> None:
    """Give a site its first root."""
    trust = metadata / "trust"
    trust.mkdir()
    shutil.copyfile(root, trust / PINNED_ROOT)
    shutil.copyfile(root, metadata / PINNED_ROOT)


def opened(metadata: Path, metadata_url: str) -> TufSource:
    """The client of a site, for the publication its metadata address belongs to."""
    base = metadata_url.rstrip("/").removesuffix(METADATA_FOLDER)
    fetcher, base = open_origin(base, allow_http=True)
    return TufSource(metadata / "trust", fetcher, base, durable)


def show(metadata: Path) -> None:
    """Copy what is kept to where the suite looks for it: every role, and the newest root."""
    kept = metadata / "trust" / METADATA_FOLDER
    for path in kept.glob("*.json"):
        shutil.copyfile(path, metadata / path.name)
    roots = sorted(kept.glob("root_history/*.json"), key=lambda path: int(path.name.split(".")[0]))
    for path in roots[-1:]:
        shutil.copyfile(path, metadata / PINNED_ROOT)


def refresh(metadata: Path, metadata_url: str) -> TufSource:
    """Refresh, showing also what a refresh that failed has learned."""
    source = opened(metadata, metadata_url)
    try:
        source.refresh()
    finally:
        show(metadata)
    return source


def download(source: TufSource, metadata: Path, names: Sequence[str], folder: Path) -> None:
    """Fetch targets in order; one that is here already is not asked for."""
    try:
        for name in names:
            source.fetch(name, MAX_BYTES)
            copy = folder / quote(name, "")
            with source.open(name) as file:
                content = file.read()
            if not copy.is_file() or copy.read_bytes() != content:
                copy.write_bytes(content)
    finally:
        show(metadata)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it succeeded wholly, else 1."""
    parser = argparse.ArgumentParser(description="A site's client for the public conformance suite")
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url", default="")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-base-url", default="")
    parser.add_argument("--target-dir", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("trusted_root", type=Path)
    commands.add_parser("refresh")
    commands.add_parser("download")
    options = parser.parse_args(argv)
    try:
        if options.command == "init":
            init(options.metadata_dir, options.trusted_root)
        else:
            source = refresh(options.metadata_dir, options.metadata_url)
            if options.command == "download":
                base = options.metadata_url.rstrip("/").removesuffix(METADATA_FOLDER)
                if options.target_base_url.rstrip("/") != f"{base}{TARGETS_FOLDER}":
                    parser.error("targets lie beside the metadata in a publication")
                download(source, options.metadata_dir, options.target_name, options.target_dir)
    except StationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
