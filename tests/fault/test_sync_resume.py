"""A refresh over a line that breaks: nothing is sent twice, and nothing trusted unseen."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import pytest

from station.core.errors import StorageError, TrustError
from station.core.registry import UnitState
from station.ports.brand_store import NewOrder
from station.transport import tuf_client
from station.transport.tuf_fetch import HttpFetcher
from tests.fakes.loopback_server import listening
from tests.fakes.publishing import PublisherDesk, SiteDesk, filled_store, moment

UNITS: Final = 20_000
"""Random ones, some 140 kB packed: many pieces, and a break is far from both ends."""


@dataclass
class Line:
    """A file server whose line breaks.

    Attributes:
        folder: What it serves.
        fragile: The name of the file that breaks.
        breaks: How many bytes of it go through before each break; all from then on.
        ranges: Whether it honours them: yes, no, or with a lie.
        sent: Bytes of rows sent so far.
    """

    folder: Path
    fragile: str
    breaks: list[int] = field(default_factory=list)
    ranges: str = "yes"
    sent: int = 0
    address: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = self.folder / request.path.lstrip("/")
        if not path.is_file():
            request.send_error(404)
            return
        content, start = path.read_bytes(), 0
        wanted = request.headers.get("Range", "")
        if wanted and self.ranges != "no":
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            told = start if self.ranges == "yes" else start + 1
            if start >= len(content):
                request.send_error(416)
                return
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {told}-{len(content) - 1}/{len(content)}")
        else:
            request.send_response(200)
        rest = content[start:]
        request.send_header("Content-Length", str(len(rest)))
        request.end_headers()
        if path.name == self.fragile and self.breaks:
            rest = rest[: self.breaks.pop(0)]
            request.close_connection = True
        if path.suffix == ".rows":
            self.sent += len(rest)
        request.wfile.write(rest)


@contextmanager
def served(folder: Path, fragile: str) -> Iterator[Line]:
    line = Line(folder, fragile)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            line.answer(self)

    with listening(Handler) as port:
        line.address = f"http://127.0.0.1:{port}/"
        yield line


@dataclass
class Scene:
    site: SiteDesk
    line: Line
    rows_bytes: int
    rows_digest: str

    def sync(self) -> int:
        fetcher = HttpFetcher(allow_http=True)
        return self.site.sync_with(fetcher, self.line.address).generation.number

    @property
    def part(self) -> Path:
        return self.site.trust / "incoming" / f"{self.rows_digest}.part"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("publisher")
    store = filled_store()
    order = store.add_order(NewOrder(1, None, UnitState.ACTIVE, None, moment()))
    serials = [hashlib.sha256(b"%d" % at).hexdigest()[:13].upper() for at in range(UNITS)]
    assert store.add_units(order, [(serial, None) for serial in serials]) is None
    desk = PublisherDesk(folder, store)
    desk.publish()
    return desk.folder, desk.root


@pytest.fixture
def scene(
    published: tuple[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    folder, root = published
    rows = max(folder.rglob("*.rows"), key=lambda path: path.stat().st_size)
    with served(folder, rows.name) as line:
        site = SiteDesk(tmp_path / "site", root)
        yield Scene(site, line, rows.stat().st_size, rows.name.partition(".")[0])


def all_rows(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.rows"))


def test_an_honest_line_sends_everything_once(scene: Scene) -> None:
    assert scene.sync() == 1
    assert scene.line.sent == all_rows(scene.line.folder)


def test_a_line_that_breaks_again_and_again_sends_nothing_twice(scene: Scene) -> None:
    scene.line.breaks = [scene.rows_bytes // 10] * tuf_client.MAX_BREAKS
    assert scene.sync() == 1
    assert scene.line.sent == all_rows(scene.line.folder)


def test_a_run_that_gave_up_is_gone_on_with_by_the_next(scene: Scene) -> None:
    scene.line.breaks = [scene.rows_bytes // 2, 0]
    with pytest.raises(StorageError, match="cannot fetch"):
        scene.sync()
    kept = scene.part.stat().st_size
    assert kept == scene.rows_bytes // 2
    assert scene.site.in_use is None
    assert scene.sync() == 1
    assert scene.line.sent == all_rows(scene.line.folder)
    assert not scene.part.parent.exists()


@pytest.mark.parametrize("ranges", ["no", "lie"])
def test_a_server_without_ranges_or_with_false_ones_sends_the_whole_again(
    scene: Scene, ranges: str
) -> None:
    scene.line.ranges = ranges
    scene.line.breaks = [scene.rows_bytes // 2]
    assert scene.sync() == 1
    refused = scene.rows_bytes - scene.rows_bytes // 2 if ranges == "lie" else 0
    again = scene.line.sent - all_rows(scene.line.folder) - scene.rows_bytes // 2
    assert 0 <= again <= refused


@pytest.mark.parametrize("size", ["short", "whole", "longer"])
def test_bytes_spoilt_on_the_disk_are_thrown_away(scene: Scene, size: str) -> None:
    count = {"short": 1000, "whole": scene.rows_bytes, "longer": scene.rows_bytes + 1}[size]
    scene.part.parent.mkdir(parents=True)
    scene.part.write_bytes(b"\0" * count)
    assert scene.sync() == 1


def test_another_file_than_the_signed_one_is_refused_and_not_kept(
    scene: Scene, tmp_path: Path
) -> None:
    (rows,) = scene.line.folder.rglob(f"{scene.rows_digest}.*")
    honest = rows.read_bytes()
    rows.write_bytes(honest[:-1] + b"\1")
    try:
        with pytest.raises(TrustError, match="do not belong together"):
            scene.sync()
        assert not scene.part.exists()
    finally:
        rows.write_bytes(honest)
    assert scene.sync() == 1


def test_a_line_that_gets_nowhere_is_given_up(scene: Scene) -> None:
    scene.line.breaks = [0] * 100
    with pytest.raises(StorageError, match="cannot fetch"):
        scene.sync()
    assert len(scene.line.breaks) == 99


def test_a_link_in_the_place_of_a_part_is_not_followed(scene: Scene, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    scene.part.parent.mkdir(parents=True)
    scene.part.symlink_to(elsewhere)
    assert scene.sync() == 1
    assert elsewhere.read_bytes() == b"precious"
