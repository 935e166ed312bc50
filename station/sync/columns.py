"""Sorted rows as packed columns: what stands in one block of a file of rows.

A row's key and its other fields have nothing to do with each other, so they are packed apart, each
column a zstd frame of its own (RFC 8878): a third smaller than rows packed as text, because each
kind of byte gets a code of its own. Keys are written as what they do not share with the key before
them; of the other fields each combination is written once and then named by number.

Packing the same columns gives the same bytes. Unpacking is total and bounded: a frame must say how
much it holds, and no more than that is ever made.

Source: docs/reference/registry-distribution.md.
"""

from itertools import pairwise
from typing import Final

import zstandard

from station.core.errors import TrustError

MAX_COLUMN_BYTES: Final = 1 << 20
"""More than any column of a block of rows of greatest length has."""

MAX_PACKED_BYTES: Final = MAX_COLUMN_BYTES + 4096
"""zstd adds a few bytes to what cannot be packed."""

_LEVEL: Final = 6
"""Above it, a tenth is gained for twice the time; see bench_sync."""


class Packer:
    """Packs columns; holds what is costly to make, for one thread."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True)

    def column(self, raw: bytes) -> bytes:
        """Pack one column of at most `MAX_COLUMN_BYTES`."""
        return self._compressor.compress(raw)

    def strings(self, strings: list[str]) -> tuple[bytes, bytes]:
        """Pack ASCII strings of 1 to 255 characters, best where they are sorted.

        Returns:
            The column of their shapes (for each how many characters it shares with the one before,
            then for each how many it has) and that of the characters not shared.
        """
        shared = bytes([0, *[_shared(before, string) for before, string in pairwise(strings)]])
        shapes = shared + bytes(map(len, strings))
        rest = "".join([string[count:] for string, count in zip(strings, shared, strict=True)])
        return self.column(shapes), self.column(rest.encode("ascii"))

    def choices(self, lines: list[str]) -> tuple[bytes, bytes]:
        """Pack lines without LF of which there are few different ones; at most 65 536 lines.

        Returns:
            The column of numbers (for each line the high byte, then for each the low byte) and that
            of the different lines, in the order of their first appearance, each ended by LF.
        """
        numbers: dict[str, int] = {}
        chosen = [numbers.setdefault(line, len(numbers)) for line in lines]
        planes = bytes([number >> 8 for number in chosen]) + bytes([n & 255 for n in chosen])
        different = "".join([f"{line}\n" for line in numbers])
        return self.column(planes), self.column(different.encode("ascii"))


class Unpacker:
    """Unpacks columns that anybody may have written; for one thread."""

    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor()

    def column(self, packed: bytes) -> bytes:
        """Unpack one column.

        Raises:
            TrustError: It is damaged, of a length it does not say, or of more than
                `MAX_COLUMN_BYTES`.
        """
        try:
            size = zstandard.get_frame_parameters(packed).content_size
            if size > MAX_COLUMN_BYTES:  # an unknown size is a very great one
                raise damaged("a block unpacks to more than any may, or does not say to how much")
            # With a known size the library makes room for just that, and refuses what goes beyond.
            raw = self._decompressor.decompress(packed, allow_extra_data=False)
        except zstandard.ZstdError:
            raise damaged("a block does not unpack") from None
        if len(raw) != size:
            raise damaged("a block unpacks to another length than it says")
        return raw

    def strings(self, shapes: bytes, rest: bytes, count: int) -> list[str]:
        """Unpack `Packer.strings`.

        Args:
            shapes: The packed column of shapes.
            rest: The packed column of characters.
            count: How many strings there are.

        Raises:
            TrustError: The columns do not fit each other or the count.
        """
        shape = self.column(shapes)
        if len(shape) != 2 * count:
            raise damaged("a block's columns do not fit each other")
        text = _ascii(self.column(rest))
        strings = []
        string = ""
        at = 0
        for shared, length in zip(shape[:count], shape[count:], strict=True):
            end = at + length - shared
            if end <= at or shared > len(string):
                raise damaged("a block's columns do not fit each other")
            string = string[:shared] + text[at:end]
            strings.append(string)
            at = end
        if at != len(text):
            raise damaged("a block's columns do not fit each other")
        return strings

    def choices(self, numbers: bytes, lines: bytes, count: int) -> tuple[list[int], list[str]]:
        """Unpack `Packer.choices`.

        Args:
            numbers: The packed column of numbers.
            lines: The packed column of different lines.
            count: How many numbers there are.

        Returns:
            For each row the index of its line; and the different lines.

        Raises:
            TrustError: The columns do not fit each other or the count.
        """
        planes = self.column(numbers)
        if len(planes) != 2 * count:
            raise damaged("a block's columns do not fit each other")
        text = _ascii(self.column(lines))
        different = text.split("\n")
        if different.pop() != "" or len(different) > count:
            raise damaged("a block's columns do not fit each other")
        high, low = planes[:count], planes[count:]
        chosen = [h << 8 | n for h, n in zip(high, low, strict=True)] if any(high) else list(low)
        if max(chosen) >= len(different):
            raise damaged("a block's columns do not fit each other")
        return chosen, different


def damaged(why: str) -> TrustError:
    """The error for content that was signed and yet is not right."""
    return TrustError(
        f"the publication cannot be used: {why}",
        "nothing was changed; tell the publisher, and run 'station sync' again later",
    )


def _shared(before: str, string: str) -> int:
    """How many characters two strings begin with together; one of the second is left over."""
    count = 0
    for one, other in zip(before, string[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count


def _ascii(raw: bytes) -> str:
    if not raw.isascii():
        raise damaged("a block holds something other than rows")
    return raw.decode("ascii")
