"""The wording tables as their source has them: every text by its key, and where it stands.

Read from the syntax of the modules, so that a text can be put back in its place and nothing else
of a module changes. A key is the table's own: ``words.OK.message``, ``dock.hints.0``.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from station.core.language import Language
from station.core.policy_keys import columns
from station.core.wording.screens.texts import DockWords, ReviewWords
from station.core.wording.tongue import Tongue, Words

WORDING: Final = Path("station", "core", "wording")
FOLDERS: Final = (WORDING, WORDING / "causes", WORDING / "screens")
"""Each has one module a language, of its ISO 639-1 name."""

ENGLISH_ONLY: Final = frozenset({"AT_COMMAND"})
"""Tables that no other language has."""

_TONGUES: Final = frozenset({"ENGLISH", "CHINESE", "GERMAN", "SPANISH"})
_FIELDS: Final = {
    kind.__name__: tuple(field.name for field in fields(kind))
    for kind in (Words, Tongue, DockWords, ReviewWords)
}
_LITERAL_COLUMNS: Final = 76


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a table.

    Attributes:
        key: The table's own.
        text: What it says.
        start: Where its literal begins in the module, in bytes of UTF-8.
        end: Where it ends.
    """

    key: str
    text: str
    start: int
    end: int


def module_paths(root: Path, language: Language) -> tuple[Path, ...]:
    """The modules that hold a language."""
    return tuple(root / folder / f"{language.value}.py" for folder in FOLDERS)


def texts_of(source: str) -> dict[str, Text]:
    """Every text of a module, in its order.

    Raises:
        ValueError: Two texts have one key, or a table holds what is none.
    """
    lines = source.encode().splitlines(keepends=True)
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line))
    found: dict[str, Text] = {}
    for name, value in _assigned(ast.parse(source)):
        for key, node in _leaves(value, name):
            if key in found:
                msg = f"two texts are {key}"
                raise ValueError(msg)
            end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
            start = begins[node.lineno - 1] + node.col_offset
            found[key] = Text(key, str(node.value), start, begins[end_line - 1] + end_column)
    return found


def with_texts(source: str, wanted: dict[str, str]) -> str:
    """A module with some of its texts replaced; the layout is left to the formatter.

    Args:
        source: The module.
        wanted: The new texts by key; others stay.
    """
    body = source.encode()
    texts = texts_of(source)
    for text in sorted(texts.values(), key=lambda one: one.start, reverse=True):
        new = wanted.get(text.key, text.text)
        if new != text.text:
            body = body[: text.start] + _literal(new).encode() + body[text.end :]
    return body.decode()


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                if name not in ENGLISH_ONLY:
                    yield "tongue" if name in _TONGUES else name.strip("_").lower(), value
            case _:
                pass  # an import, a docstring, a function: no table


def _leaves(node: ast.expr, path: str) -> Iterator[tuple[str, ast.Constant]]:
    match node:
        case ast.Constant(value=str()):
            yield path, node
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                yield from _leaves(value, f"{path}.{_key(key)}")
        case ast.Tuple(elts=elements):
            for place, element in enumerate(elements):
                yield from _leaves(element, f"{path}.{place}")
        case ast.Call(func=ast.Name(id=kind), args=args, keywords=keywords):
            for name, value in zip(_FIELDS[kind], args, strict=False):
                yield from _leaves(value, f"{path}.{name}")
            for keyword in keywords:
                yield from _leaves(keyword.value, f"{path}.{keyword.arg}")
        case ast.Name():
            pass  # another table of the module, read by itself
        case _:
            msg = f"{path} holds no text: {ast.unparse(node)[:60]}"
            raise ValueError(msg)


def _key(node: ast.expr | None) -> str:
    match node:
        case ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str() as name):
            return name
        case ast.Tuple(elts=elements):
            return ".".join(map(_key, elements))
        case _:
            msg = "a table's key is a name, a string or several names"
            raise ValueError(msg)


def _literal(text: str) -> str:
    """A text as source, over several lines where it is long."""
    pieces, piece = [], ""
    for letter in text:
        if columns(piece) >= _LITERAL_COLUMNS - 12 and (letter == " " or columns(letter) > 1):
            pieces.append(piece)
            piece = ""
        piece += letter
    pieces.append(piece)
    quoted = ['"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in pieces]
    return quoted[0] if len(quoted) == 1 else f"({' '.join(quoted)})"
