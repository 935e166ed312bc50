"""What turns a picture into symbols."""

from typing import TYPE_CHECKING, Protocol

from station.core.symbol import Symbol

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
