"""The page of dependencies has a line for each, and no line for what is none."""

import re
import tomllib
from importlib.metadata import metadata
from typing import Final

import pytest

from tests.docs.pages import ROOT

PAGE: Final = (ROOT / "docs" / "reference" / "dependencies.md").read_text("utf-8")
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SECTIONS: Final = {
    "The station runs on": PROJECT["project"]["dependencies"],
    "The tests run on": PROJECT["dependency-groups"]["test"],
    "Building and installing": [
        *PROJECT["dependency-groups"]["build"],
        *PROJECT["dependency-groups"]["uv"],
    ],
}


def rows(heading: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0]


def licence_words(package: str) -> str:
    """What the installed package says of its licence."""
    told = metadata(package)
    return " | ".join(
        [
            *told.get_all("License-Expression", []),
            *told.get_all("License", []),
            *[line for line in told.get_all("Classifier", []) if line.startswith("License ::")],
        ]
    )


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_dependency_has_one_line_and_nothing_else_has(heading: str) -> None:
    listed = [row[0].strip("`") for row in rows(heading)]

    assert listed == sorted(name_of(requirement) for requirement in SECTIONS[heading])


@pytest.mark.parametrize(
    ("package", "licence"),
    [(row[0].strip("`"), row[1]) for heading in SECTIONS for row in rows(heading)],
)
def test_the_licence_is_what_the_package_says(package: str, licence: str) -> None:
    if package == "uv":
        pytest.importorskip("uv")  # not there where plain pip installed the rest

    assert licence
    assert licence in licence_words(package)


def test_every_cell_is_filled() -> None:
    headings = [*SECTIONS, "Considered and left out"]
    assert [row for heading in headings for row in rows(heading) if "" in row] == []


@pytest.mark.parametrize("row", rows("The station runs on"), ids=lambda row: str(row[0]))
def test_a_package_is_imported_in_the_rooms_named(row: list[str]) -> None:
    module = {
        "opencv-python-headless": "cv2",
        "pillow": "PIL",
        "pyserial": "serial",
        "zxing-cpp": "zxingcpp",
    }.get(row[0].strip("`"), row[0].strip("`"))
    imports = re.compile(rf"^\s*(import|from) {module}\b", re.MULTILINE)
    using = {
        path.relative_to(ROOT).parts[0 if path.is_relative_to(ROOT / "firmware_bridge") else 1]
        for package in ("station", "firmware_bridge")
        for path in (ROOT / package).rglob("*.py")
        if imports.search(path.read_text("utf-8"))
    }

    assert using == set(re.findall(r"`([a-z_]+)`", row[2]))
