"""Importing the product does nothing: no thread, socket, process or file comes of it.

A hook of the interpreter reports every such event while all modules are imported in a fresh
process. An event counts when a module of ours caused it; what libraries do at import is theirs.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]

PROBE: Final = """
import importlib, json, pkgutil, sys, threading

ours = tuple(sys.argv[1].split("|"))
watched = ("open", "socket.", "subprocess.", "os.", "thread.", "sqlite3.", "shutil.",
           "tempfile.", "signal.", "ctypes.dlopen", "urllib.")
harmless = ("os.listdir", "os.scandir")  # how the interpreter looks for modules
events = []
watching = True

def hook(event, args):
    if not watching or not event.startswith(watched) or event in harmless:
        return
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return  # the import itself, or a module imported further down
        if name.startswith(ours):
            events.append(f"{name}:{frame.f_lineno}: {event} {args!r}"[:300])
            return
        frame = frame.f_back

def start(thread, start=threading.Thread.start):
    hook("thread.start", [thread.name])  # threads have no event of their own everywhere
    start(thread)

sys.addaudithook(hook)
threading.Thread.start = start
imported = []
for root in sys.argv[2:]:
    package = importlib.import_module(root)
    imported.append(root)
    for module in pkgutil.walk_packages(package.__path__, root + "."):
        if module.name.endswith(".__main__") or ".migrations" in module.name:
            continue  # run, not imported
        importlib.import_module(module.name)
        imported.append(module.name)
watching = False
threads = [thread.name for thread in threading.enumerate()]
print(json.dumps({"events": events, "threads": threads, "imported": imported}))
"""


def import_all(folder: Path, *packages: str) -> dict[str, list[str]]:
    ours = "|".join(f"{folder / package}/" for package in packages)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, ours, *packages],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def test_importing_everything_does_nothing() -> None:
    told = import_all(ROOT, "station", "firmware_bridge")

    assert told["events"] == []
    assert told["threads"] == ["MainThread"]
    assert {"station.app.main", "station.core", "firmware_bridge"} <= set(told["imported"])


@pytest.mark.parametrize(
    ("source", "event"),
    [
        ("open('left.txt', 'w').close()", "open"),
        ("import pathlib\npathlib.Path('left').mkdir()", "os.mkdir"),
        ("import socket\nsocket.socket().close()", "socket.__new__"),
        ("import threading\nthreading.Thread(target=int).start()", "thread.start"),
        ("import sqlite3\nsqlite3.connect(':memory:').close()", "sqlite3.connect"),
        ("import subprocess\nsubprocess.run(['true'])", "subprocess.Popen"),
    ],
    ids=["file", "folder", "socket", "thread", "database", "process"],
)
def test_an_import_that_does_something_is_seen(tmp_path: Path, source: str, event: str) -> None:
    package = tmp_path / "planted"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "busy.py").write_text(source + "\n", "utf-8")

    told = import_all(tmp_path, "planted")

    assert any(f"busy.py:{len(source.splitlines())}: {event}" in line for line in told["events"])
