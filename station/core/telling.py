"""Refusals and errors made of a cause, so that they can be said in any language.

Their own text is English, for command lines and logs; the cause goes along for the screens.
"""

from typing import Final, TypeVar

from station.core.act_request import Refusal
from station.core.causes import Cause, Told, told
from station.core.errors import StationError
from station.core.text import printable
from station.core.wording.causes import words_at_command

_MAX_GIVEN_CHARS: Final = 200

_Error = TypeVar("_Error", bound=StationError)


def refuse(cause: Cause, **given: object) -> Refusal:
    """A refusal for a reason that has words in every language.

    Args:
        cause: Which.
        given: What stands in its places.
    """
    why = told(cause, **given)
    words = words_at_command(why)
    return Refusal(words.message, words.next_action, why)


def refused_by(error: StationError) -> Refusal:
    """A refusal because something else failed."""
    return Refusal(error.message, error.remedy, error.told)


def failure(kind: type[_Error], cause: Cause, **given: object) -> _Error:
    """An error for a reason that has words in every language, to be raised.

    Args:
        kind: Of which family.
        cause: Which.
        given: What stands in its places.
    """
    why = told(cause, **given)
    words = words_at_command(why)
    return kind(words.message, words.next_action, told=why)


def plain(why: Told | None) -> Told | None:
    """The same with everything given made safe to send and to draw."""
    if why is None:
        return None
    return Told(
        why.cause, tuple((name, printable(what, _MAX_GIVEN_CHARS)) for name, what in why.given)
    )
