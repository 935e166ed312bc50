"""What the import contracts cannot say about `station.core`: what it calls, and what else it uses.

The contracts name what is forbidden; this names what is allowed, so a module nobody thought of is
found too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

CORE: Final = Path(__file__).resolve().parents[2] / "station" / "core"

ALLOWED: Final = {
    "__future__",
    "abc",
    "base64",
    "binascii",
    "bisect",
    "collections",
    "collections.abc",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "hmac",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "struct",
    "types",
    "typing",
    "unicodedata",
    "zlib",
}
# Module of the core to what it may import besides.
# csv splits a line it is given; it opens nothing. msgspec makes the values of every verdict.
ALSO_ALLOWED: Final = {
    "crypto": {"cryptography", "secrets"},
    "shipment_csv": {"csv"},
    "facts": {"msgspec"},
    "journal": {"msgspec"},
    "replaying": {"msgspec"},
    "verdict": {"msgspec"},
    "verification": {"msgspec"},
}

# A clock or a file behind a name that has to be importable for its other uses.
FORBIDDEN_ATTRIBUTES: Final = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}
FORBIDDEN_CALLS: Final = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "."


def violations(tree: ast.AST, also: set[str]) -> list[str]:
    found = []
    for line, name in imported(tree):
        top = name.partition(".")[0]
        if not (name in ALLOWED or top in also or name == "station" or top == "station"):
            found.append(f"line {line}: imports {name}")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in FORBIDDEN_CALLS:
                found.append(f"line {node.lineno}: calls {name}()")
            case ast.Attribute(value=ast.Name(id="datetime" | "date"), attr=attribute) if (
                attribute in FORBIDDEN_ATTRIBUTES
            ):
                found.append(f"line {node.lineno}: calls {attribute}()")
    return found


@pytest.mark.parametrize(
    "path", sorted(CORE.rglob("*.py")), ids=lambda path: str(path.relative_to(CORE))
)
def test_core_computes_and_nothing_else(path: Path) -> None:
    module = ".".join(path.relative_to(CORE).with_suffix("").parts)
    also = ALSO_ALLOWED.get(module, set())

    assert violations(ast.parse(path.read_bytes()), also) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import tarfile", "line 1: imports tarfile"),
        ("from concurrent import futures", "line 1: imports concurrent"),
        ("from datetime import datetime\nx = datetime.now()", "line 2: calls now()"),
        ("def f():\n    return open('x')", "line 2: calls open()"),
        ("from . import other", "line 1: imports ."),
    ],
)
def test_what_a_violation_looks_like(source: str, told: str) -> None:
    assert violations(ast.parse(source), set()) == [told]
