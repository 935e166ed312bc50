"""A watcher that answers each frame from a decoder and remembers nothing."""

from station.core.symbol import Symbol
from station.ports.decoding import Decoder
from tests.fakes.decoder import Pixels


class FakeWatcher:
    """Implements `station.ports.decoding.LabelWatcher`."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def watch(self, pixels: Pixels) -> tuple[Symbol, ...]:
        return self._decoder.decode(pixels)
