"""What turns a picture into symbols."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from station.core.print_quality import PrintQuality
from station.core.symbol import Corners, Symbol

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels


class Decoder(Protocol):
    """Finds symbols in a picture. Total: any picture gives a tuple, never an exception."""

    @property
    def name(self) -> str:
        """The engine's name, as kept in `Symbol.engine`."""
        ...

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """All symbols found, in reading order (top to bottom, then left to right).

        Args:
            pixels: 2-D uint8, grey.

        Safe to call from several threads at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What a picture shows.

    Attributes:
        symbols: What was read, in reading order.
        unread: Outlines of what looks like a matrix code and could not be read, in reading order.
    """

    symbols: tuple[Symbol, ...]
    unread: tuple[Corners, ...] = ()


class LabelFinder(Decoder, Protocol):
    """A decoder that also tells where a label is that it could not read."""

    def look(self, pixels: "GreyPixels") -> Sight:
        """Everything found in a picture; total and safe from several threads, like `decode`.

        Args:
            pixels: 2-D uint8, grey.
        """
        ...


class LabelWatcher(Protocol):
    """Reads the frames of one stream in order; remembers what it saw."""

    def watch(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """The symbols in view in the next frame, read now or followed from earlier frames.

        Args:
            pixels: 2-D uint8, grey.

        Called by one thread at a time.
        """
        ...


class PrintGrader(Protocol):
    """Estimates how well a symbol is printed."""

    def grade(self, pixels: "GreyPixels", symbol: Symbol) -> PrintQuality | None:
        """The estimate, or None where nothing can be said; total and safe from several threads.

        Args:
            pixels: 2-D uint8, grey; the picture the symbol was read from.
            symbol: What was read.
        """
        ...
