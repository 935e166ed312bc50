"""A publication in memory: one object that is published into, and a source that reads it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from station.core.errors import StorageError, TrustError
from station.ports.publication import Release


class FakePublication:
    """Implements `station.ports.publication.Publisher`; `released` is what a source sees."""

    def __init__(self) -> None:
        self.released: dict[str, bytes] | None = None
        self._written: dict[str, bytes] = {}
        self.prepared: tuple[int, list[str]] | None = None

    def prepare(self, number: int, slugs: list[str]) -> None:
        self.prepared = (number, slugs)
        self._written = {}

    def last(self, path: str) -> BinaryIO | None:
        content = (self.released or {}).get(path)
        return None if content is None else io.BytesIO(content)

    def last_size(self, path: str) -> int | None:
        content = (self.released or {}).get(path)
        return None if content is None else len(content)

    def keep(self, path: str) -> bool:
        content = (self.released or {}).get(path)
        if content is not None:
            self._written[path] = content
        return content is not None

    def size(self, path: str) -> int:
        return len(self._written[path])

    @contextmanager
    def target(self, path: str) -> Iterator[BinaryIO]:
        file = io.BytesIO()
        yield file
        self._written[path] = file.getvalue()

    def release(self, published_utc: str) -> Release:
        is_first = self.released is None
        self.released = dict(self._written)
        return Release(Path("1.root.json"), "0" * 64, is_first, published_utc)


@dataclass
class FakeSource:
    """Implements `station.ports.publication.TrustedSource` on a `FakePublication`."""

    publication: FakePublication
    fault: TrustError | StorageError | None = None
    fetched: dict[str, bytes] = field(default_factory=dict)
    _seen: dict[str, bytes] = field(default_factory=dict)

    def refresh(self) -> None:
        if self.fault is not None:
            raise self.fault
        if self.publication.released is None:
            raise StorageError("nothing is published", "publish first")
        self._seen = self.publication.released

    def fetch(self, path: str, max_bytes: int) -> int:
        if path not in self._seen:
            raise TrustError(f"the publication has no {path}", "tell the publisher")
        if len(self._seen[path]) > max_bytes:
            raise TrustError(f"{path} is too large", "tell the publisher")
        self.fetched[path] = self._seen[path]
        return len(self.fetched[path])

    def size(self, path: str) -> int | None:
        return len(self._seen[path]) if path in self._seen else None

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.fetched[path])

    def tidy(self) -> None:
        self.fetched.clear()
