"""Where things are in a brand folder, and the options every brand command shares.

The passphrase is asked for only when a key must be opened, once a command, and never on a station.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from station.core.crypto import MAX_PASSPHRASE_BYTES
from station.core.errors import ConfigurationError
from station.storage.brand_store import SqliteBrandStore
from station.storage.key_files import EncryptedKeyFolder

PASSPHRASE_VARIABLE: Final = "STATION_KEY_PASSPHRASE"  # noqa: S105 - a name, no secret

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class BrandFolder:
    """A brand folder: its database, its brands' keys, and the publisher's keys and state.

    Attributes:
        root: The folder.
        passphrase: Gives the passphrase; called at most once for each set of keys.
    """

    root: Path
    passphrase: Callable[[], bytes] = field(repr=False)

    def open(self) -> SqliteBrandStore:
        """Open the database.

        Raises:
            StorageError: There is none, or it cannot be used.
        """
        return SqliteBrandStore(self.root)

    def open_or_create(self) -> SqliteBrandStore:
        """Open the database; make the folder where there is none."""
        return SqliteBrandStore.open_or_create(self.root)

    @property
    def keys(self) -> EncryptedKeyFolder:
        """The brands' signing keys."""
        return EncryptedKeyFolder(self.root / "keys", self.passphrase)

    @property
    def publisher(self) -> Path:
        """The publisher's own keys and what it has published."""
        return self.root / "publisher"

    @property
    def publisher_keys(self) -> EncryptedKeyFolder:
        """The keys that sign publications."""
        return EncryptedKeyFolder(self.publisher, self.passphrase)


def brand_dir_option(command: _Command) -> _Command:
    """Add ``--brand-dir``."""
    return click.option(
        "--brand-dir",
        envvar="STATION_BRAND_DIR",
        default="brand",
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="The brand folder; also STATION_BRAND_DIR.",
    )(command)


def passphrase_option(command: _Command) -> _Command:
    """Add ``--passphrase-file``."""
    return click.option(
        "--passphrase-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"File whose first line opens the keys; otherwise {PASSPHRASE_VARIABLE}, or asked.",
    )(command)


def brand_folder(root: Path, passphrase_file: Path | None = None) -> BrandFolder:
    """The folder a command names, with the passphrase found as its options say."""
    return BrandFolder(root, lambda: find_passphrase(root, passphrase_file))


def find_passphrase(root: Path, passphrase_file: Path | None) -> bytes:
    """The passphrase from a file, the environment or the keyboard, in this order.

    Raises:
        ConfigurationError: There is none, or it cannot be used.
    """
    if passphrase_file is not None:
        passphrase = _first_line(passphrase_file)
    elif PASSPHRASE_VARIABLE in os.environ:
        passphrase = os.fsencode(os.environ[PASSPHRASE_VARIABLE])
    elif sys.stdin.isatty():
        is_new = not any(root.glob("*/*.pem"))
        text = click.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new, err=True)
        passphrase = str(text).encode("utf-8", "surrogateescape")
    else:
        raise ConfigurationError(
            "the keys need a passphrase, and there is no terminal to ask on",
            f"set {PASSPHRASE_VARIABLE}, or name a file with --passphrase-file",
        )
    if not 0 < len(passphrase) <= MAX_PASSPHRASE_BYTES:
        raise ConfigurationError(
            f"the passphrase has {len(passphrase)} bytes",
            f"use one of 1 to {MAX_PASSPHRASE_BYTES} bytes; several words are best",
        )
    return passphrase


def _first_line(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.readline(MAX_PASSPHRASE_BYTES + 3).rstrip(b"\r\n")
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the passphrase file {path}: {error.strerror or error}",
            "check the file's name and rights",
        ) from None


def note(text: str) -> None:
    """Write words for people to standard error."""
    click.echo(text, err=True)
