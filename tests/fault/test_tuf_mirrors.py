"""The attacks of servers that The Update Framework names: endless, slow and lying ones.

The rest of them, and what must hold after each, is in `test_tuf_attacks`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from station.transport.http_access import HttpPools
from station.transport.tuf_fetch import CHUNK_BYTES
from tests.fakes.file_server import serving_folder
from tests.fakes.loopback_server import listening
from tests.fakes.tuf_world import NOTHING, ONLINE, World, new_rows


@dataclass
class Mirror:
    """A server whose answers for some files are an attacker's.

    Attributes:
        folder: What it serves otherwise.
        answers: By the end of a file's path.
        sent: Bytes of such answers so far.
    """

    folder: Path
    answers: dict[str, Callable[["Mirror", BaseHTTPRequestHandler], None]] = field(
        default_factory=dict
    )
    sent: int = 0
    address: str = ""
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def mirroring(folder: Path) -> Iterator[Mirror]:
    mirror = Mirror(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/")
            for end, answer in mirror.answers.items():
                if path.name.endswith(end):
                    with suppress(OSError):
                        answer(mirror, self)
                    return
            if not path.is_file():
                self.send_error(404)
                return
            content = path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with listening(Handler) as port:
        mirror.address = f"http://127.0.0.1:{port}/"
        try:
            yield mirror
        finally:
            mirror.ended.set()


def endless(mirror: Mirror, request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while not mirror.ended.is_set():
        request.wfile.write(bytes(4096))
        mirror.sent += 4096


def dripping(mirror: Mirror, request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    while not mirror.ended.wait(0.01):
        request.wfile.write(b"{")
        request.wfile.flush()
        mirror.sent += 1


class TestEndlessData:
    """A file that never ends, to fill the disk or to keep the refresh busy for ever."""

    @pytest.mark.parametrize(
        ("file", "learned"),
        [
            ("timestamp.json", NOTHING),
            ("2.snapshot.json", {"timestamp"}),
            (".catalogue.json", ONLINE | {"targets"}),
        ],
    )
    def test_it_is_cut_off_at_the_length_that_is_known(
        self, world: World, file: str, learned: set[str]
    ) -> None:
        with mirroring(world.served) as mirror:
            world.honest(mirror.address, "--allow-http")
            mirror.answers[file] = endless
            world.refused(
                "do not belong together, or were altered",
                "--allow-http",
                origin=mirror.address,
                learned=frozenset(learned),
            )
            # What is still in the sockets' buffers was sent and never read.
            assert mirror.sent < CHUNK_BYTES * 64
        used = sum(path.stat().st_size for path in self.left(world))
        assert used < CHUNK_BYTES * 4

    @staticmethod
    def left(world: World) -> list[Path]:
        return [path for path in (world.site / "trust").rglob("*") if path.is_file()]


class TestSlowRetrieval:
    """Bytes that drip in, so that the refresh neither ends nor fails."""

    @pytest.mark.parametrize(
        ("file", "learned"),
        [("timestamp.json", NOTHING), (".catalogue.json", ONLINE | {"targets"})],
    )
    def test_a_server_far_too_slow_is_given_up(
        self, world: World, file: str, learned: set[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = HttpPools.__init__.__kwdefaults__
        assert limits is not None
        assert limits["grace_s"] == 60.0
        monkeypatch.setitem(limits, "grace_s", 0.1)
        with mirroring(world.served) as mirror:
            world.honest(mirror.address, "--allow-http")
            mirror.answers[file] = dripping
            world.refused(
                "arrives too slowly",
                "--allow-http",
                origin=mirror.address,
                learned=frozenset(learned),
            )
            assert mirror.sent > 1


class TestMaliciousMirrors:
    """Of several copies some lie; what a lying one left does not spoil the next."""

    def test_an_honest_mirror_heals_what_a_lying_one_left(self, world: World) -> None:
        rows = new_rows(world)

        def half_a_lie(mirror: Mirror, request: BaseHTTPRequestHandler) -> None:
            content = bytearray(rows.read_bytes())
            content[10] ^= 1
            request.send_response(200)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content[:-5])
            request.close_connection = True

        with mirroring(world.served) as lying, serving_folder(world.second) as honest:
            world.honest(lying.address, "--allow-http")
            lying.answers[rows.name] = half_a_lie
            genuine = ONLINE | {"targets", "brand-acme", "brand-bolt"}
            world.refused("cannot fetch", "--allow-http", origin=lying.address, learned=genuine)
            assert list((world.site / "trust" / "incoming").glob("*.part"))
            healed = world.sync(honest, "--allow-http")
        assert (healed.code, healed.json[0]["generation"]) == (0, 2), healed.err

    def test_a_mirror_that_hides_the_newest_hides_it_from_nobody_else(self, world: World) -> None:
        with serving_folder(world.first) as stale, serving_folder(world.second) as fresh:
            world.honest(fresh, "--allow-http")
            assert world.sync(stale, "--allow-http").json[0]["changed"] is False
            assert world.sync(fresh, "--allow-http").json[0]["generation"] == 2
            outcome = world.sync(stale, "--allow-http")
        assert outcome.code == 4
        assert "older than what this site already trusts" in outcome.err
