"""What holds for the files of the repository as text."""

import ast
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]

# Spelled in pieces, so that this file keeps the rule it checks.
INDEX_HOSTS: Final = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
    )
]
PACKAGES: Final = ("station", "firmware_bridge")


def tracked_files() -> list[Path]:
    """What git holds, or would hold with the next commit; in an unpacked archive, everything."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            [
                *("git", "-c", "safe.directory=*", "ls-files", "-z"),
                *("--cached", "--others", "--exclude-standard"),
            ],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_package_index() -> None:
    """Whoever installs chooses the index; the project's files leave it open."""
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        for number, line in enumerate(content.lower().splitlines(), 1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: {host}"
                for host in INDEX_HOSTS
                if host.encode() in line
            ]

    assert found == []


def test_lock_files_give_a_hash_for_every_package() -> None:
    for path in (
        ROOT / "requirements.lock",
        ROOT / "tests" / "requirements.lock",
        ROOT / "scripts" / "requirements.lock",
        ROOT / "scripts" / "requirements-uv.lock",
    ):
        blocks = path.read_text("utf-8").replace("\\\n", " ").splitlines()
        pinned = [line for line in blocks if line and not line.lstrip().startswith("#")]
        assert pinned
        assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    missing = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / package).rglob("*.py"))
        if not (ast.get_docstring(ast.parse(path.read_bytes())) or "").strip()
    ]

    assert missing == []


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_ship_their_types(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
