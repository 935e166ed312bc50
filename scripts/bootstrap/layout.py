"""Where things are in a checkout, and what decides how its environment looks."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
VENV: Final = ROOT / ".venv"
STAMP: Final = VENV / "stamp.json"
LOG: Final = ROOT / ".venv.log"
LOCK: Final = ROOT / ".venv.lock"
OLD: Final = ROOT / ".venv.old"

PYTHON: Final = VENV / "bin" / "python"
"""The environment's own."""

PROGRAM: Final = ROOT / "scripts" / "_bootstrap.py"

BUILD_LOCK: Final = "scripts/requirements.lock"
UV_LOCK: Final = "scripts/requirements-uv.lock"

PROFILES: Final = {
    "run": ("requirements.lock", BUILD_LOCK),
    "test": ("requirements.lock", BUILD_LOCK, "tests/requirements.lock"),
}
"""Which lock files a profile installs."""

RECIPE: Final = (
    *(UV_LOCK, "pyproject.toml", "station/__init__.py", "scripts/_bootstrap.py"),
    *sorted(f"scripts/bootstrap/{path.name}" for path in Path(__file__).parent.glob("*.py")),
)
"""What else decides how the environment looks."""
