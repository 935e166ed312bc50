"""One result a line on standard output: an object as JSON, or its values between tabs.

Every command that prints objects takes ``--json`` and ``--plain``; which one was given is kept by
click for the command under way, so that only this module knows the difference.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from station.core.text import printable

Fields = Mapping[str, Any]
"""An object of the command line's contract: field name to what JSON can carry."""

PLAIN: Final = "station.plain"
"""Key in click's `meta` of the command under way."""


def json_text(fields: Fields) -> str:
    """One line of JSON, ASCII, without line end."""
    return json.dumps(fields, separators=(",", ":"))


def plain_text(fields: Fields) -> str:
    """The values in the order of their fields, a tab between two, without line end.

    Nothing is an empty value; a list or an object within stands as JSON. What a value holds of
    tabs, line ends and other control characters is drawn, never sent; nothing is cut off.
    """
    return "\t".join(map(_value, fields.values()))


def _value(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return printable(text, len(text))


def object_text() -> Callable[[Fields], str]:
    """How the command under way writes objects; asked on its own thread, used on any."""
    context = click.get_current_context(silent=True)
    return plain_text if context is not None and context.meta.get(PLAIN) else json_text


def put_object(fields: Fields) -> None:
    """Write one object to standard output."""
    click.echo(object_text()(fields))


def put_line(as_json: bool, fields: Fields, text: str) -> None:
    """Write one result to standard output: the object, or the words for people."""
    if as_json:
        put_object(fields)
    else:
        click.echo(text)
