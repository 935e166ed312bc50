"""The trust model names a test for every threat, and every test it names is there."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from station.core.reasons import Reason
from station.core.replaying import Part
from station.storage.journal_proof import Flaw
from tests.docs.pages import ROOT, text_of

PAGE: Final = Path("docs/explanation/trust-model.md")
HEAD: Final = ["threat", "check", "reason", "test"]

_TEST: Final = re.compile(r"`(tests/[a-z0-9_/]+\.py)((?:::\w+){1,2})`")


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables of threats."""
    found: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if "|" in line else []
        if cells == HEAD:
            inside = True
        elif not cells:
            inside = False
        elif inside and not set("".join(cells)) <= set("- "):
            found.append(cells)
    return found


def named_in(path: Path) -> set[str]:
    """The tests of a file, ``::name`` or ``::Class::name``."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(f"::{node.name}")
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {f"::{node.name}::{method.name}" for method in methods}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


ROWS: Final = rows(text_of(PAGE))


def fault_of(row: list[str]) -> str:
    """What is wrong with a row, or ``""``."""
    if len(row) != len(HEAD) or not row[0] or not row[1]:
        return "a threat, its check, its reason and its test are due"
    match = _TEST.fullmatch(row[3])
    if match is None:
        return "names no test"
    path = ROOT / match[1]
    if not path.is_file() or match[2] not in named_in(path):
        return f"there is no {match[1]}{match[2]}"
    unknown = {
        word for word in re.findall(r"`([A-Z_]{2,})`", row[2]) if word not in Reason.__members__
    }
    return f"no reasons: {unknown}" if unknown else ""


def test_there_are_threats_of_every_kind() -> None:
    assert len(ROWS) >= 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_row_names_a_test_that_is_there(row: list[str]) -> None:
    assert fault_of(row) == ""


def test_every_flaw_it_names_is_one() -> None:
    named = set(re.findall(r"\| ((?:`[a-z_]+`(?:, )?)+) \|", text_of(PAGE)))
    flaws = {word for cell in named for word in re.findall(r"`([a-z_]+)`", cell)}
    assert flaws - {part.value for part in Part} <= {flaw.value for flaw in Flaw}
    assert "truncated" in flaws


@pytest.mark.parametrize(
    "row",
    [
        ["a", "b", "", "`tests/docs/test_trust_model.py::test_of_nothing`"],
        ["a", "b", "", "`tests/docs/test_nowhere.py::test_there_are_threats_of_every_kind`"],
        ["a", "b", "", "looked at"],
        ["a", "", "", "`tests/docs/test_trust_model.py::test_there_are_threats_of_every_kind`"],
        [
            "a",
            "b",
            "`NO_REASON`",
            "`tests/docs/test_trust_model.py::test_every_flaw_it_names_is_one`",
        ],
        ["a", "b", "`tests/docs/test_trust_model.py::test_every_flaw_it_names_is_one`"],
    ],
)
def test_a_row_without_is_noticed(row: list[str]) -> None:
    assert fault_of(row) != ""
