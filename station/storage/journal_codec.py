"""A journal entry as the bytes that are hashed and kept.

JSON with a fixed order of fields, so that the same entry always gives the same bytes, and readable
without this program. Payload bytes are base64. Every later release reads every earlier schema:
new fields get defaults in the core's dataclasses, and a change that defaults cannot bridge gets a
new schema number and a branch in `decode`.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec

from station.core.journal import JournalEntry

SCHEMA: Final[Literal[1]] = 1


class UnreadableEntryError(ValueError):
    """Bytes that are no journal entry, or one of a newer release."""


@dataclass(frozen=True, slots=True)
class _Envelope:
    schema: Literal[1]
    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class _Head:
    schema: int


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(_Envelope)
_HEAD_DECODER: Final = msgspec.json.Decoder(_Head)


def encode(entry: JournalEntry) -> bytes:
    """The entry as it is hashed and kept.

    A file name that is not valid Unicode is kept with its odd bytes spelled out;
    everything else comes back from `decode` as it went in.
    """
    try:
        return _ENCODER.encode(_Envelope(SCHEMA, entry))
    except UnicodeEncodeError:
        printable = replace(
            entry,
            source=_without_surrogates(entry.source),
            picture=_without_surrogates(entry.picture),
            station=_without_surrogates(entry.station),
            facts=replace(
                entry.facts,
                fault=None if entry.facts.fault is None else _without_surrogates(entry.facts.fault),
            ),
        )
        return _ENCODER.encode(_Envelope(SCHEMA, printable))


def decode(body: bytes) -> JournalEntry:
    """The entry kept in `body`.

    Raises:
        UnreadableEntryError: These bytes are no entry this release can read.
    """
    try:
        return _DECODER.decode(body).entry
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableEntryError(_why(body, error)) from error


def _why(body: bytes, error: Exception) -> str:
    try:
        schema = _HEAD_DECODER.decode(body).schema
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return f"not a journal entry: {error}"
    if schema > SCHEMA:
        return f"written by a newer release (schema {schema}, this one reads up to {SCHEMA})"
    return f"not a journal entry of schema {schema}: {error}"


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
