"""Puts demo items into the operator's hands: draws what the camera will see, checks that it is so.

Every picture is looked at by the decoders before it is used: a good label must read, a torn one
must not. Then the truth about the station is not clouded by an unlucky drawing.
"""

import io
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from station.app.demo.dock import InHand
from station.app.demo.made_up_site import PRODUCTS, MadeUpSite
from station.app.demo.plan import Channel, Item, Kind
from station.core.codes import identity_of
from station.core.parsing import parse
from station.core.reasons import Reason
from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from station.ports.decoding import Decoder

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

JPEG_QUALITY: Final = 92
TRIES: Final = 6

_SYMBOLS: Final = {
    "dm": (SymbolKind.GS1_DATA_MATRIX, "]d2"),
    "qr": (SymbolKind.GS1_QR_LOW, "]Q3"),
}


class DrawingError(Exception):
    """No drawing of an item did what it should; a defect of ours, not of the station's."""


class Hands:
    """Makes each item ready to be presented.

    Args:
        made: The made-up site with its payloads.
        decoder: Looks at every picture first.
        seed: Decides how labels lie.
    """

    def __init__(self, made: MadeUpSite, decoder: Decoder, seed: int) -> None:
        self._made = made
        self._decoder = decoder
        self._seed = seed

    def empty_view(self) -> bytes:
        """The camera's view with nothing in it, as JPEG."""
        return self._drawn([], Conditions(0.0), self._seed, torn=False)[0]

    def take(self, item: Item) -> InHand:
        """One item, ready to be presented.

        Raises:
            DrawingError: Its picture cannot be made to read, or not to read.
        """
        payload = self._made.payloads.get(item.number, b"")
        kind, identifier = _SYMBOLS[PRODUCTS[item.product].symbol]
        if item.channel is Channel.SCANNER:
            return InHand(item.number, item.channel, 1, payload, symbology_identifier=identifier)
        declared = {Kind.UNCODED: Reason.NO_CODE, Kind.DAMAGED: Reason.UNREADABLE}.get(item.kind)
        labels = [LabelContent(payload, kind, _text_for_people(payload))] * item.units
        return InHand(
            item.number,
            item.channel,
            item.units,
            payload,
            jpeg=self._picture(item, labels if payload else [], torn=declared is not None),
            declared=declared,
        )

    def _picture(self, item: Item, labels: list[LabelContent], *, torn: bool) -> bytes:
        wanted = [] if torn else [label.payload for label in labels]
        for attempt in range(TRIES):
            conditions = Conditions(1.0 - attempt / TRIES)
            seed = (self._seed * 100_003 + item.number) * TRIES + attempt
            jpeg, pixels = self._drawn(labels, conditions, seed, torn=torn)
            if [symbol.payload for symbol in self._decoder.decode(pixels)] == wanted:
                return jpeg
        raise DrawingError(f"no picture of item {item.number} ({item.kind.value}) is right")

    def _drawn(
        self, labels: list[LabelContent], conditions: Conditions, seed: int, *, torn: bool
    ) -> "tuple[bytes, GreyPixels]":
        """A picture as the camera sends it, and its pixels after that."""
        out = io.BytesIO()
        scene = Image.fromarray(draw_scene(labels, seed, conditions, torn=torn))
        scene.save(out, "JPEG", quality=JPEG_QUALITY)
        return out.getvalue(), np.asarray(Image.open(io.BytesIO(out.getvalue())))


def _text_for_people(payload: bytes) -> tuple[str, ...]:
    """The human readable interpretation below a symbol."""
    identity = identity_of(parse(payload))
    if identity is None:
        return ()
    return (f"(01) {identity.gtin}", f"(21) {identity.serial}")
