"""Fetching: from a directory that may be hostile, and over HTTP from a server that may be."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError

from station.core.errors import ConfigurationError
from station.transport.http_access import HttpAccess, HttpPools
from station.transport.tuf_fetch import (
    DIRECTORY_BASE,
    DirectoryFetcher,
    HttpFetcher,
    open_origin,
)
from tests.fakes.loopback_server import listening
from tests.fakes.publishing import PublisherDesk, SiteDesk

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A server on this machine whose answers a test writes."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    running = Server("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.asked.append((self.path, dict(self.headers)))
            running.answers.get(self.path, not_found)(self)

    with listening(Handler) as port:
        running.address = f"http://127.0.0.1:{port}"
        yield running


def not_found(request: BaseHTTPRequestHandler) -> None:
    request.send_error(404)


def give(content: bytes, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def lead_to(address: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", address)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving() as running:
        yield running


def fetched(fetcher: HttpFetcher, url: str) -> bytes:
    return b"".join(fetcher.fetch(url))


class TestOrigin:
    def test_a_directory(self, tmp_path: Path) -> None:
        fetcher, base = open_origin(str(tmp_path), allow_http=False)
        assert isinstance(fetcher, DirectoryFetcher)
        assert base == DIRECTORY_BASE

    def test_https(self) -> None:
        fetcher, base = open_origin("https://registry.example/acme", allow_http=False)
        assert isinstance(fetcher, HttpFetcher)
        assert base == "https://registry.example/acme/"

    def test_http_only_with_leave(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            open_origin("http://registry.example/", allow_http=False)
        assert "is not encrypted" in caught.value.message
        assert "--allow-http" in caught.value.remedy
        open_origin("http://registry.example/", allow_http=True)

    @pytest.mark.parametrize(
        "origin",
        ["ftp://x/", "file:///etc", "https://", "https://x/?a=b", "https://x/#y", "https:///x"],
    )
    def test_other_addresses_are_refused(self, origin: str) -> None:
        with pytest.raises(ConfigurationError, match="cannot sync from"):
            open_origin(origin, allow_http=True)

    def test_a_missing_directory_is_told_without_control_characters(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            open_origin("/no/such\x1b[2J/place", allow_http=False)
        assert "there is no directory" in caught.value.message
        assert "\x1b" not in caught.value.message


class TestDirectory:
    @pytest.fixture
    def fetcher(self, tmp_path: Path) -> DirectoryFetcher:
        folder = tmp_path / "stick"
        (folder / "metadata").mkdir(parents=True)
        (folder / "metadata" / "1.root.json").write_bytes(b"root")
        (tmp_path / "secret").write_bytes(b"secret")
        return DirectoryFetcher(folder)

    def test_a_file_is_read(self, fetcher: DirectoryFetcher) -> None:
        pieces = fetcher.fetch(f"{DIRECTORY_BASE}metadata/1.root.json")
        assert b"".join(pieces) == b"root"

    @pytest.mark.parametrize(
        "path",
        [
            "../secret",
            "metadata/../../secret",
            "%2e%2e/secret",
            "metadata/..%2f..%2fsecret",
            "/etc/passwd",
            "",
            "metadata/",
            "metadata/2.root.json",
            "metadata/1.root.json/x",
            "a%00b",
        ],
    )
    def test_what_is_not_there_or_outside_is_not_found(
        self, fetcher: DirectoryFetcher, path: str
    ) -> None:
        with pytest.raises(DownloadHTTPError) as caught:
            fetcher.fetch(DIRECTORY_BASE + path)
        assert caught.value.status_code == 404

    def test_a_pipe_does_not_hold_the_refresh(
        self, fetcher: DirectoryFetcher, tmp_path: Path
    ) -> None:
        os.mkfifo(tmp_path / "stick" / "timestamp.json")
        with pytest.raises(DownloadError, match="not a plain file"):
            fetcher.fetch(f"{DIRECTORY_BASE}timestamp.json")

    @pytest.mark.parametrize("what", ["file", "folder"])
    def test_a_link_that_leads_outside_is_not_followed(
        self, fetcher: DirectoryFetcher, tmp_path: Path, what: str
    ) -> None:
        if what == "file":
            (tmp_path / "stick" / "secret").symlink_to(tmp_path / "secret")
        else:
            (tmp_path / "outside").mkdir()
            (tmp_path / "secret").rename(tmp_path / "outside" / "secret")
            (tmp_path / "stick" / "targets").symlink_to(tmp_path / "outside")
        name = "secret" if what == "file" else "targets/secret"
        with pytest.raises(DownloadError, match="leads outside"):
            fetcher.fetch(DIRECTORY_BASE + name)

    def test_a_link_inside_and_one_to_the_whole_are_followed(
        self, fetcher: DirectoryFetcher, tmp_path: Path
    ) -> None:
        (tmp_path / "stick" / "a").symlink_to(tmp_path / "stick" / "metadata" / "1.root.json")
        (tmp_path / "current").symlink_to(tmp_path / "stick")
        for one in (fetcher, DirectoryFetcher(tmp_path / "current")):
            assert b"".join(one.fetch(f"{DIRECTORY_BASE}a")) == b"root"

    def test_a_name_too_long_is_told(self, fetcher: DirectoryFetcher) -> None:
        with pytest.raises(DownloadError, match="File name too long"):
            fetcher.fetch(DIRECTORY_BASE + "x" * 300)


class TestHttp:
    def test_a_file_arrives(self, server: Server) -> None:
        server.answers["/a"] = give(b"x" * 1_000_000)
        assert fetched(HttpFetcher(allow_http=True), f"{server.address}/a") == b"x" * 1_000_000
        ((_, headers),) = server.asked
        assert headers["Accept-Encoding"] == "identity"
        assert headers["User-Agent"].startswith("intake-station/")

    def test_a_packed_answer_is_not_unpacked(self, server: Server) -> None:
        server.answers["/a"] = give(b"raw", Content_Encoding="gzip")
        assert fetched(HttpFetcher(allow_http=True), f"{server.address}/a") == b"raw"

    def test_what_is_not_there_is_not_found(self, server: Server) -> None:
        with pytest.raises(DownloadHTTPError) as caught:
            fetched(HttpFetcher(allow_http=True), f"{server.address}/a")
        assert caught.value.status_code == 404

    def test_a_redirect_is_followed(self, server: Server) -> None:
        server.answers["/a"] = lead_to("/b")
        server.answers["/b"] = give(b"here")
        assert fetched(HttpFetcher(allow_http=True), f"{server.address}/a") == b"here"

    def test_redirects_end(self, server: Server) -> None:
        server.answers["/a"] = lead_to("/a")
        with pytest.raises(DownloadHTTPError, match="answers 302"):
            fetched(HttpFetcher(allow_http=True), f"{server.address}/a")
        assert len(server.asked) == 4

    @pytest.mark.parametrize("address", ["ftp://x/", "file:///etc/passwd", "gopher://x"])
    def test_a_redirect_elsewhere_is_refused(self, server: Server, address: str) -> None:
        server.answers["/a"] = lead_to(address)
        with pytest.raises(DownloadError, match="not https://"):
            fetched(HttpFetcher(allow_http=True), f"{server.address}/a")

    def test_a_file_that_breaks_off_is_told(self, server: Server) -> None:
        def cut(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Length", "1000")
            request.end_headers()
            request.wfile.write(b"half")

        server.answers["/a"] = cut
        with pytest.raises(DownloadError, match="broke off"):
            fetched(HttpFetcher(allow_http=True), f"{server.address}/a")

    def test_a_server_that_falls_silent_is_given_up(self, server: Server) -> None:
        release = threading.Event()

        def silent(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Length", "1000")
            request.end_headers()
            request.wfile.write(b"half")
            request.wfile.flush()
            release.wait(30)

        server.answers["/a"] = silent
        try:
            with pytest.raises(DownloadError, match="broke off"):
                fetched(HttpFetcher(allow_http=True, silence_s=0.05), f"{server.address}/a")
        finally:
            release.set()

    def test_a_server_that_drips_is_given_up(self, server: Server) -> None:
        """It never falls silent, and is far too slow all the same."""

        def drip(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            with contextlib.suppress(OSError):
                while True:
                    request.wfile.write(b"x")
                    request.wfile.flush()
                    pause.wait(0.01)

        pause = threading.Event()
        server.answers["/a"] = drip
        pools = HttpPools(HttpAccess(), "", grace_s=0.1)
        fetcher = HttpFetcher(allow_http=True, pools=pools)
        with pytest.raises(SlowRetrievalError, match="too slowly"):
            fetched(fetcher, f"{server.address}/a")

    def test_nobody_there_is_told(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            with pytest.raises(DownloadError, match="cannot reach"):
                fetched(HttpFetcher(allow_http=True), f"http://127.0.0.1:{port}/a")

    def test_a_proxy_named_by_the_environment_is_used(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", server.address)
        server.answers["http://registry.example/a"] = give(b"by proxy")
        url = "http://registry.example/a"
        assert fetched(HttpFetcher(allow_http=True), url) == b"by proxy"


def test_a_site_syncs_over_http(server: Server, tmp_path: Path) -> None:
    desk = PublisherDesk(tmp_path / "desk")
    desk.publish()
    for path in desk.folder.rglob("*"):
        if path.is_file():
            at = "/r/" + path.relative_to(desk.folder).as_posix()
            server.answers[at] = give(path.read_bytes())
    site = SiteDesk(tmp_path / "site", desk.root)
    fetcher, base = open_origin(f"{server.address}/r", allow_http=True)
    summary = site.sync_with(fetcher, base)
    assert (summary.changed, summary.units) == (True, 8)
    assert site.sync_with(fetcher, base).changed is False
