"""Where things are in a site folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SitePaths:
    """The layout of one site folder; makes nothing, opens nothing.

    Attributes:
        root: The site folder.
    """

    root: Path

    @property
    def config(self) -> Path:
        """``station.toml``."""
        return self.root / "station.toml"

    @property
    def station_db(self) -> Path:
        """Journal, claims, outbox."""
        return self.root / "station.db"

    @property
    def registry(self) -> Path:
        """Folder of registry generations."""
        return self.root / "registry"

    @property
    def trust(self) -> Path:
        """Folder of the trusted distribution metadata."""
        return self.root / "trust"

    @property
    def station_key(self) -> Path:
        """The station's own private key, mode 0600."""
        return self.root / "keys" / "station-key.pem"

    @property
    def upload_db(self) -> Path:
        """What of the outbox has been sent."""
        return self.root / "upload.db"

    @property
    def runtime(self) -> Path:
        """Folder of the engine's socket, mode 0750."""
        return self.root / "run"

    @property
    def socket(self) -> Path:
        """The engine's socket."""
        return self.runtime / "engine.sock"

    @property
    def latch(self) -> Path:
        """There while a quarantine stands unacknowledged."""
        return self.root / "latch"

    @property
    def clock(self) -> Path:
        """What is remembered of a clock that was right."""
        return self.root / "clock.json"

    @property
    def setup(self) -> Path:
        """Which steps of the first-run wizard are done."""
        return self.root / "setup.json"

    @property
    def last_sync(self) -> Path:
        """When the registry was last brought up to date, and to what."""
        return self.root / "last-sync.json"

    @property
    def announced(self) -> Path:
        """Which of the brands' announcements of shipments were taken in."""
        return self.root / "announced.json"

    @property
    def scanners(self) -> Path:
        """Certificates of checked scanners."""
        return self.root / "scanners"

    @property
    def pictures(self) -> Path:
        """Folder of evidence pictures, mode 0750; made with the first one."""
        return self.root / "pictures"

    @property
    def evidence(self) -> Path:
        """Folder of evidence packs, mode 0750; made with the first one."""
        return self.root / "evidence"

    @property
    def badges(self) -> Path:
        """Folder of badges to be printed, mode 0700; made with the first one."""
        return self.root / "badges"

    @property
    def sync_lock(self) -> Path:
        """Held by a refresh of the registry."""
        return self.root / "sync.lock"

    @property
    def lock(self) -> Path:
        """Held by the one writer of the site."""
        return self.root / "station.lock"
