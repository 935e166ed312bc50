"""Evidence pictures in memory."""

import hashlib
from dataclasses import dataclass, field

from station.core.errors import StorageError
from station.core.evidence import Kept
from station.ports.evidence import PictureState


@dataclass
class FakePictures:
    """Implements `PictureStore`; set `fault` to make every call raise it.

    Attributes:
        files: Bytes by scan id and digest.
        now_s: When pictures are kept, seconds since 1970.
    """

    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    times: dict[tuple[str, str], float] = field(default_factory=dict)
    now_s: float = 0.0
    fault: StorageError | None = None

    def keep(self, scan_id: str, jpeg: bytes) -> str:
        self._check()
        if not (scan_id.isascii() and scan_id.isalnum() and len(scan_id) <= 40):
            raise ValueError(scan_id)
        digest = hashlib.sha256(jpeg).hexdigest()
        self.files[scan_id, digest] = jpeg
        self.times[scan_id, digest] = self.now_s
        return digest

    def kept(self) -> list[Kept]:
        self._check()
        return [
            Kept(*name, len(jpeg) // self._shares(jpeg), self.times[name])
            for name, jpeg in self.files.items()
        ]

    def remove(self, picture: Kept) -> None:
        self._check()
        self.files.pop((picture.scan_id, picture.digest), None)

    def tidy(self) -> None:
        self._check()

    def state(self, scan_id: str, digest: str) -> PictureState:
        self._check()
        jpeg = self.files.get((scan_id, digest))
        if jpeg is None:
            return PictureState.GONE
        sound = hashlib.sha256(jpeg).hexdigest() == digest
        return PictureState.SOUND if sound else PictureState.CHANGED

    def _shares(self, jpeg: bytes) -> int:
        return sum(other == jpeg for other in self.files.values())

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault
