"""Changes a published generation behind its publisher's back, with keys that were stolen."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp

from station.transport.tuf_roles import RoleSigner, expiry
from tests.fakes.publishing import PublisherDesk, moment

CATALOGUE = "catalogue.json"


class Forger:
    """Holds the online key, and the keys of the brands whose files it changes.

    Only with `vouch` does it use the publisher's own key for the catalogue too.
    """

    def __init__(self, desk: PublisherDesk, number: int) -> None:
        """Take the newest publication.

        Args:
            desk: The publisher whose folder is changed, and whose keys are stolen.
            number: The generation that is out.
        """
        self._desk = desk
        self._number = number
        self._roles: dict[str, Metadata[Targets]] = {}

    def read(self, path: str) -> bytes:
        """A target as it stands."""
        info = self._role(path).signed.targets[path]
        return self._file(path, info.hashes["sha256"]).read_bytes()

    def put(self, path: str, content: bytes) -> None:
        """Replace or add a target."""
        self._file(path, hashlib.sha256(content).hexdigest()).write_bytes(content)
        self._role(path).signed.targets[path] = TargetFile.from_data(path, content)

    def edit(self, path: str, change: Callable[[Any], None]) -> None:
        """Change a document."""
        document = json.loads(self.read(path))
        change(document)
        self.put(path, json.dumps(document).encode())

    def edit_stream(self, slug: str, stream: str, change: Callable[[Any], None]) -> None:
        """Change what a brand says of a stream's files."""

        def edit(document: Any) -> None:
            change(next(one for one in document["streams"] if one["stream"] == stream))

        self.edit(f"brands/{slug}/rows.json", edit)

    def vouch(self) -> None:
        """Have the publisher vouch for where the brands' rows stand now."""

        def vouch(document: Any) -> None:
            for brand in document["brands"]:
                rows = self.read(f"brands/{brand['slug']}/rows.json")
                brand["rows_digest"] = hashlib.sha256(rows).hexdigest()

        self.edit(CATALOGUE, vouch)

    def sign(self) -> None:
        """Sign what was changed, and everything above it but the root."""
        metadata = self._desk.folder / "metadata"
        at = metadata / f"{self._number}.snapshot.json"
        snapshot = Metadata[Snapshot].from_file(str(at))
        for name, role in self._roles.items():
            role.sign(RoleSigner(self._desk.vault.load(name)))
            content = role.to_bytes()
            (metadata / f"{self._number}.{name}.json").write_bytes(content)
            listed = MetaFile.from_data(self._number, content, ["sha256"])
            snapshot.signed.meta[f"{name}.json"] = listed
        online = RoleSigner(self._desk.vault.load("online"))
        snapshot.sign(online)
        at.write_bytes(snapshot.to_bytes())
        described = MetaFile.from_data(self._number, snapshot.to_bytes(), ["sha256"])
        timestamp = Metadata(
            Timestamp(self._number, expires=expiry(moment(), 7), snapshot_meta=described)
        )
        timestamp.sign(online)
        (metadata / "timestamp.json").write_bytes(timestamp.to_bytes())

    def _role(self, path: str) -> Metadata[Targets]:
        name = f"brand-{path.split('/')[1]}" if "/" in path else "targets"
        if name not in self._roles:
            at = self._desk.folder / "metadata" / f"{self._number}.{name}.json"
            self._roles[name] = Metadata[Targets].from_file(str(at))
        return self._roles[name]

    def _file(self, path: str, digest: str) -> Path:
        folder, _, name = path.rpartition("/")
        return self._desk.folder / "targets" / folder / f"{digest}.{name}"
