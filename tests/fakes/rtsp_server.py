"""A network camera that speaks RTSP with H.264: GStreamer's server in a process of its own.

Real ones stall and die; so does this one, by signals.
"""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.fakes.decoder import Pixels
from tests.fakes.source import DEADLINE_S, Collected

SYSTEM_PYTHON: Final = "/usr/bin/python3"
"""Debian's packages are there and not in the environment."""
PROGRAM: Final = Path(__file__).with_name("rtsp_server_process.py")
FRAMES_PER_S: Final = 20


class RtspServer:
    """Shows one picture over and over, to whoever is connected.

    Args:
        folder: For the pictures on their way.
        size: Width and height, pixels; both even.
        port: 0 for any free one; a former one to come back under the same address.

    Attributes:
        port: Where it listens, or listened.
    """

    def __init__(self, folder: Path, size: tuple[int, int], port: int = 0) -> None:
        self._folder = folder
        self._size = size
        self._shown = 0
        self._told: Collected[dict[str, Any]] = Collected()
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, PROGRAM, *map(str, (*size, FRAMES_PER_S, port))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # The environment's variables would lead the system's Python astray.
            env={"PATH": os.environ["PATH"], "GST_REGISTRY": str(folder / "gst-registry.bin")},
            text=True,
        )
        self._ear = threading.Thread(target=self._listen, name="rtsp server", daemon=True)
        self._ear.start()
        self._told.wait_for_count(1)
        self.port = int(self._told.items[0]["port"])

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/live"

    def show(self, picture: Pixels) -> None:
        """Change the picture."""
        width, height = self._size
        assert picture.shape == (height, width)
        self._shown += 1
        path = self._folder / f"shown-{self.port}-{self._shown}.rgb"
        path.write_bytes(np.repeat(picture, 3).tobytes())
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()

    def wait_for_viewers(self, count: int) -> None:
        """Wait until so many viewers were served in all."""
        self._told.wait_for(
            lambda told: told[-1].get("viewers", 0) >= count, f"{count} viewers of the server"
        )

    def stall(self) -> None:
        """Stand still, connections and all, as a camera that hangs."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Work again."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Die at once, as by a power cut; idempotent."""
        self._process.kill()
        self._process.wait(DEADLINE_S)
        self._ear.join(DEADLINE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._told(json.loads(line))
