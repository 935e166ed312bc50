"""A journal line, a verdict or an act, as the bytes that are hashed and kept.

JSON with a fixed order of fields, so that the same entry always gives the same bytes, and readable
without this program. Payload bytes are base64. Every later release reads every earlier schema:
new fields get defaults in the core's values, and a change that defaults cannot bridge gets a
new schema number and a branch in `decode`.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec

from station.core.acts import ActEntry
from station.core.journal import Entry, JournalEntry

SCHEMA: Final[Literal[1]] = 1


class UnreadableEntryError(ValueError):
    """Bytes that are no journal entry, or one of a newer release."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    schema: Literal[1]
    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class _Act:
    schema: Literal[1]
    act: ActEntry


@dataclass(frozen=True, slots=True)
class _Envelope:
    """Either of the two as it is read."""

    schema: Literal[1]
    entry: JournalEntry | None = None
    act: ActEntry | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    schema: int


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(_Envelope)
_HEAD_DECODER: Final = msgspec.json.Decoder(_Head)


def encode(entry: Entry) -> bytes:
    """The line as it is hashed and kept.

    Text that is not valid Unicode (a file name, say) is kept with its odd bytes spelled out;
    everything else comes back from `decode` as it went in.
    """
    try:
        return _ENCODER.encode(_sealed(entry))
    except UnicodeEncodeError:
        return _ENCODER.encode(_sealed(_spelled_out(entry)))


def decode(body: bytes) -> Entry:
    """The line kept in `body`.

    Raises:
        UnreadableEntryError: These bytes are no line this release can read.
    """
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableEntryError(_why(body, error)) from error
    if (envelope.entry is None) == (envelope.act is None):
        raise UnreadableEntryError("not a journal entry: it is neither one verdict nor one act")
    return envelope.entry or envelope.act  # type: ignore[return-value] # one of them is there


def _sealed(entry: Entry) -> _Verdict | _Act:
    return _Act(SCHEMA, entry) if isinstance(entry, ActEntry) else _Verdict(SCHEMA, entry)


def _spelled_out(entry: Entry) -> Entry:
    """The line with text that UTF-8 can carry."""
    if isinstance(entry, ActEntry):
        return replace(
            entry,
            station=_without_surrogates(entry.station),
            operator=_without_surrogates(entry.operator),
            reason_text=_without_surrogates(entry.reason_text),
            reference=_without_surrogates(entry.reference),
            witness=_without_surrogates(entry.witness),
        )
    fault = entry.facts.fault
    return msgspec.structs.replace(
        entry,
        source=_without_surrogates(entry.source),
        picture=_without_surrogates(entry.picture),
        station=_without_surrogates(entry.station),
        facts=msgspec.structs.replace(
            entry.facts, fault=None if fault is None else _without_surrogates(fault)
        ),
    )


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
