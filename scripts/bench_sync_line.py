"""Serves a published folder over HTTP for the sync bench, and notes every byte of a file it sends.

    python scripts/bench_sync_line.py FOLDER NOTES

Prints its port, then runs until its standard input ends. A line of NOTES is ``bytes TAB path``.
While a file ``NOTES.break`` is there, the first request for the whole of a segment is cut off half
way through.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Line:
    """What is served, and what was sent of it."""

    def __init__(self, folder: Path, notes: Path) -> None:
        self._folder = folder
        self._notes = notes
        self._break = Path(f"{notes}.break")
        self._broken: set[str] = set()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Send a file, or the rest of it (RFC 9110, section 14)."""
        path = self._folder / request.path.lstrip("/")
        if not path.is_file():
            request.send_error(404)
            return
        content = path.read_bytes()
        wanted = request.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if wanted:
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            request.send_response(200)
        rest = content[start:]
        request.send_header("Content-Length", str(len(rest)))
        request.end_headers()
        fragile = path.suffix == ".delta" and self._break.exists()
        if fragile and not wanted and path.name not in self._broken:
            self._broken.add(path.name)
            rest = rest[: len(rest) // 2]
            request.close_connection = True
        request.wfile.write(rest)
        with self._notes.open("a") as file:
            file.write(f"{len(rest)}\t{request.path}\n")


def main() -> int:
    """Serve until standard input ends."""
    line = Line(Path(sys.argv[1]), Path(sys.argv[2]))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            line.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        print(http.server_address[1], flush=True)
        sys.stdin.read()
        http.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
