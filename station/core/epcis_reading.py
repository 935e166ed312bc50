"""EPCIS 2.0 documents as others write them: read whole or refused, in JSON or JSON-LD. Total.

Leaves to others which events count and what they mean (`shipment_epcis`, `observations`).

Sources: GS1 EPCIS 2.0, JSON-LD binding; GS1 CBV 2.0, section 7.1, for the ways a word is spelled.
"""

import json
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from station.core.errors import ConfigurationError
from station.core.text import printable

MAX_FILE_BYTES: Final = 64 << 20
MAX_EVENTS: Final = 100_000

STEP_PREFIXES: Final = (
    "urn:epcglobal:cbv:bizstep:",
    "https://ref.gs1.org/cbv/BizStep-",
    "cbv:BizStep-",
)
"""Before a business step that is spelled as an address."""

_WAYS: Final = {
    "EPCISDocument": ("epcisBody", "eventList"),
    "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody", "eventList"),
}
"""Where each kind of document has its events. Source: EPCIS 2.0, JSON-LD binding."""

ASK: Final = "ask the sender for a document that keeps to EPCIS 2.0"
"""What to do about an event that is none."""

_WHOLE: Final = "check that the file came whole, or ask the sender for it again"
_SPLIT: Final = "split it into several"


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """One event and where it stands in the document.

    Attributes:
        file: The document's name, as it may be shown.
        number: From 1.
        body: As it was read.
    """

    file: str
    number: int
    body: dict[str, Any]

    def fault(self, field: str, what: str, remedy: str = ASK) -> NoReturn:
        """Refuse the document for one of this event's fields.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(
            f"{self.file}, event {self.number}, {field}: {what}", f"{remedy}; nothing was changed"
        )

    def items(self, field: str) -> list[Any]:
        """A list; empty where the field is missing.

        Raises:
            ConfigurationError: It is none.
        """
        value = self.body.get(field, [])
        if not isinstance(value, list):
            self.fault(field, "not a list")
        return value

    def text(self, field: str) -> str:
        """A text; ``""`` where the field is missing.

        Raises:
            ConfigurationError: It is none.
        """
        value = self.body.get(field, "")
        if not isinstance(value, str):
            self.fault(field, "not a text")
        return value

    def step(self) -> str:
        """The business step, as CBV's bare word."""
        return bare_word(self.text("bizStep"), STEP_PREFIXES)

    def is_taken_back(self) -> bool:
        """Whether it says that an event told before is not so."""
        return "errorDeclaration" in self.body


def read_events(content: bytes, file: str) -> list[ReadEvent]:
    """Every event of a document, in its order.

    Args:
        content: The whole file.
        file: Its name, for messages.

    Raises:
        ConfigurationError: It is neither a document of events nor the answer to a query, is too
            large, or takes back an event that it does not name.
    """
    shown = printable(file, 200)
    document = _document(content, shown)
    listed: Any = document
    for name in _WAYS[document["type"]]:
        listed = listed.get(name) if isinstance(listed, dict) else None
    if not isinstance(listed, list) or not all(isinstance(event, dict) for event in listed):
        raise ConfigurationError(f"{shown}: its epcisBody holds no eventList", _WHOLE)
    if len(listed) > MAX_EVENTS:
        raise ConfigurationError(f"{shown}: more than {MAX_EVENTS} events", _SPLIT)
    events = [ReadEvent(shown, number, event) for number, event in enumerate(listed, 1)]
    for event in events:
        if event.is_taken_back() and not event.text("eventID"):
            event.fault("errorDeclaration", "it does not say of which event (no eventID)")
    return events


def bare_word(text: str, prefixes: tuple[str, ...]) -> str:
    """A CBV word, however it is spelled."""
    for prefix in prefixes:
        if text.startswith(prefix):
            return text.removeprefix(prefix)
    return text


def _document(content: bytes, shown: str) -> dict[str, Any]:
    if len(content) > MAX_FILE_BYTES:
        raise ConfigurationError(f"{shown} is larger than {MAX_FILE_BYTES >> 20} MiB", _SPLIT)
    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f"{shown}, line {error.lineno}, column {error.colno}: not JSON: {error.msg}", _WHOLE
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{shown}: byte {error.start + 1} is no UTF-8", _WHOLE) from None
    except RecursionError:
        raise ConfigurationError(f"{shown}: nested too deeply", _WHOLE) from None
    except ValueError as error:
        raise ConfigurationError(f"{shown}: {printable(str(error), 120)}", _WHOLE) from None
    if not isinstance(document, dict) or document.get("type") not in list(_WAYS):
        raise ConfigurationError(f"{shown} is no EPCIS 2.0 document in JSON", _WHOLE)
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of which no name stands twice: readers do not agree which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a name stands twice in one object"
        raise ValueError(msg)
    return found
