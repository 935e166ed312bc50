"""Roles of The Update Framework as this product uses them: names, key files, signing.

* ``root``: three keys, two of which must sign; needed for the first publication and once a year,
  to be kept offline otherwise.
* ``targets``: signs the catalogue and which brand signs which folder.
* ``snapshot`` and ``timestamp``: one key, needed at every publication.
* ``brand-SLUG``: signs ``brands/SLUG/*`` and nothing else.

Source: TUF specification 1.0, sections 2.1 (roles) and 4.2 (keys).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key, SecretsHandler, Signature, Signer, SSlibKey
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from station.core.crypto import PrivateKey

METADATA_FOLDER: Final = "metadata"
TARGETS_FOLDER: Final = "targets"

ROOT_KEYS: Final = ("root-1", "root-2", "root-3")
ROOT_THRESHOLD: Final = 2
TARGETS_KEY: Final = "targets"
ONLINE_KEY: Final = "online"

ROOT_VALID_DAYS: Final = 365
ROOT_RENEWED_BEFORE_DAYS: Final = 60
TARGETS_VALID_DAYS: Final = 90

TOP_LEVEL_KEYS: Final = {
    Root.type: ROOT_KEYS,
    Targets.type: (TARGETS_KEY,),
    Snapshot.type: (ONLINE_KEY,),
    Timestamp.type: (ONLINE_KEY,),
}


def brand_role(slug: str) -> str:
    """The role, and the name of the key, of a brand."""
    return f"brand-{slug}"


def brand_paths(slug: str) -> list[str]:
    """The target paths a brand's role may sign."""
    return [f"brands/{slug}/*"]


class RoleSigner(Signer):
    """Signs metadata with a key of `station.core.crypto`."""

    def __init__(self, private_key: PrivateKey) -> None:
        """Take a key.

        Args:
            private_key: Ed25519.
        """
        self._private_key = private_key
        self._public_key = metadata_key(private_key.public_bytes)

    @property
    def public_key(self) -> Key:
        """The public half as metadata lists it."""
        return self._public_key

    @property
    def public_bytes(self) -> bytes:
        """The raw public half."""
        return self._private_key.public_bytes

    def sign(self, payload: bytes) -> Signature:
        """Sign canonical metadata."""
        return Signature(self._public_key.keyid, self._private_key.sign(payload).hex())

    @classmethod
    def from_priv_key_uri(
        cls,
        priv_key_uri: str,  # noqa: ARG003 - the interface's
        public_key: Key,  # noqa: ARG003
        secrets_handler: SecretsHandler | None = None,  # noqa: ARG003
    ) -> Signer:
        """Keys come from a vault, not from addresses.

        Raises:
            ValueError: Always.
        """
        raise ValueError("keys are opened by name from the brand folder")


def metadata_key(public_bytes: bytes) -> SSlibKey:
    """An Ed25519 public key as metadata lists it; its id is the digest the specification names."""
    fields = {
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": {"public": public_bytes.hex()},
    }
    canonical = encode_canonical(fields) or ""
    key_id = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    return SSlibKey(key_id, "ed25519", "ed25519", {"public": public_bytes.hex()})


def expiry(published_utc: str, valid_days: int) -> datetime:
    """When metadata published at a moment expires, whole seconds, UTC.

    Args:
        published_utc: ISO 8601 with ``Z``.
        valid_days: How long it is valid.
    """
    moment = datetime.fromisoformat(published_utc).astimezone(UTC)
    return moment.replace(microsecond=0) + timedelta(days=valid_days)
