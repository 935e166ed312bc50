"""What changed in a sorted stream of rows since it was published last.

Both sides are read once, side by side, a block at a time: ten million rows cost no more memory than
ten. A row that is gone has no place in a segment, which only says what is new; so it ends the
comparison, and the stream is published whole again.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

_Row = TypeVar("_Row", bound=tuple[Any, ...])

Piece = tuple[int, list[_Row]]
"""Product id and some of its rows by key, the row's first field; product id 0 for opaque codes."""


class RowsRemovedError(Exception):
    """A row that was published is gone."""


def changed_rows(
    before: Iterable[Piece[_Row]],
    after: Iterable[Piece[_Row]],
    replaced: Callable[[int, list[_Row]], None],
) -> Iterator[Piece[_Row]]:
    """The rows that are new or changed.

    Args:
        before: The stream as it was, by (product id, key).
        after: As it is now, likewise; no piece is empty.
        replaced: Told the rows as they were that changed, in their order.

    Raises:
        RowsRemovedError: A row of `before` is not in `after`.
    """
    old = _Pieces(before)
    for product_id, rows in after:
        known = old.up_to(product_id, rows[-1][0])
        if known == rows:
            continue
        was = {row[0]: row for row in known}
        changed = [row for row in rows if was.get(row[0]) != row]
        if len(was.keys() & {row[0] for row in rows}) < len(was):
            raise RowsRemovedError
        if changed:
            if was_changed := [was[row[0]] for row in changed if row[0] in was]:
                replaced(product_id, was_changed)
            yield product_id, changed
    if old.product_id is not None:
        raise RowsRemovedError


class _Pieces:
    """Pieces that are taken up to a key at a time."""

    def __init__(self, pieces: Iterable[Piece[Any]]) -> None:
        self._pieces = iter(pieces)
        self.product_id: int | None = None
        self._rows: Sequence[Any] = ()
        self._next()

    def _next(self) -> None:
        self.product_id, self._rows = next(self._pieces, (None, ()))

    def up_to(self, product_id: int, key: str) -> list[Any]:
        """What is left of a product up to a key, that one too.

        Raises:
            RowsRemovedError: Something is left of a product before it.
        """
        taken: list[Any] = []
        while self.product_id is not None and self.product_id <= product_id:
            if self.product_id < product_id:
                raise RowsRemovedError
            end = bisect_right(self._rows, key, key=_key)
            taken += self._rows[:end]
            if end < len(self._rows):
                self._rows = self._rows[end:]
                break
            self._next()
        return taken


def _key(row: Sequence[str]) -> str:
    return row[0]
