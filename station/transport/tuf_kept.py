"""Whether the metadata a site keeps is signed as the root it was given demands; fetches nothing.

Source: TUF specification 1.0, section 5.3 to 5.6 (client workflow), over kept files: signatures and
who may sign what, from root to every brand.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tuf.api import exceptions as tuf_errors
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from station.core.errors import TrustError
from station.core.text import printable
from station.transport.tuf_client import PINNED_ROOT
from station.transport.tuf_roles import METADATA_FOLDER

MAX_KEPT_BYTES: Final = 64_000_000
_HISTORY: Final = "root_history"
_MEND: Final = (
    "station sync; where it stays, restore the site's trust folder from a backup, and find out who "
    "changed it"
)


def check_kept(trust: Path) -> datetime:
    """Check every signature a site goes by.

    Args:
        trust: The site's trust folder.

    Returns:
        Until when the newest publication is good.

    Raises:
        TrustError: Something is not signed as it must be, damaged, or missing.
        OSError: Something cannot be read.
    """
    folder = trust / METADATA_FOLDER
    try:
        root = _newest_root(trust, folder)
        expiries: list[datetime] = []
        for role in (Timestamp.type, Snapshot.type, Targets.type):
            content = _bounded(folder / f"{role}.json")
            metadata: Metadata[Any] = Metadata.from_bytes(content)
            root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
            if metadata.signed.type != role:
                raise TypeError(f"{role}.json is {metadata.signed.type} metadata")
            expiries.append(metadata.signed.expires)
            if isinstance(metadata.signed, Targets):
                _check_brands(folder, metadata.signed)
    except (tuf_errors.RepositoryError, ValueError, KeyError, TypeError) as error:
        said = printable(str(error) or type(error).__name__, 300)
        raise TrustError(
            f"what the site trusts is not what its publisher signed ({said})", _MEND
        ) from error
    except FileNotFoundError as error:
        raise TrustError(f"{error.filename} is missing", _MEND) from error
    return min(expiries)


def _newest_root(trust: Path, folder: Path) -> Root:
    """The last of the roots, each signed by the one before it and by itself."""
    trusted = Metadata[Root].from_bytes(_bounded(trust / PINNED_ROOT))
    trusted.signed.verify_delegate(Root.type, trusted.signed_bytes, trusted.signatures)
    while True:
        number = trusted.signed.version + 1
        path = folder / _HISTORY / f"{number}.root.json"
        if not path.is_file():
            return trusted.signed
        following = Metadata[Root].from_bytes(_bounded(path))
        for signer in (trusted.signed, following.signed):
            signer.verify_delegate(Root.type, following.signed_bytes, following.signatures)
        if following.signed.version != number:
            raise ValueError(f"{path.name} is version {following.signed.version}")
        trusted = following


def _check_brands(folder: Path, targets: Targets) -> None:
    if targets.delegations is None or targets.delegations.roles is None:
        return
    for name in targets.delegations.roles:
        path = folder / f"{name}.json"
        if path.is_file():
            brand = Metadata[Targets].from_bytes(_bounded(path))
            targets.verify_delegate(name, brand.signed_bytes, brand.signatures)


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MAX_KEPT_BYTES + 1)
    if len(content) > MAX_KEPT_BYTES:
        raise ValueError(f"{path.name} is too long")
    return content
