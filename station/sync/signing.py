"""What the files of a publication say, in a few words, for whoever is to sign them.

A digest tells a person nothing: these words are made from the very bytes the digest is of, on the
signer's own machine. A file of a kind this release does not know is shown by its digest alone.
"""

from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO, Final

from station.core.registry_rows import RowStream
from station.sync import announcements, documents
from station.sync.chains import StreamSum
from station.sync.rows import count_rows

MAX_NAMED: Final = 3
"""Shipments of a document that are named."""

_WORDS: Final = {
    RowStream.LISTED: "units",
    RowStream.SIGNED: "units",
    RowStream.EXCEPTIONS: "exceptions",
    RowStream.CODES: "opaque codes",
}


def described(path: str, file: BinaryIO) -> str:
    """What a file says, or ``""`` where this release does not know its kind.

    Args:
        path: Its target path.
        file: Its content, verified against the digest that is to be signed.

    Raises:
        TrustError: It is damaged, so nobody should sign it.
    """
    name = path.rpartition("/")[2]
    if path == documents.CATALOGUE:
        catalogue = documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), documents.Catalogue)
        owned = ", ".join(f"{one.slug} ({len(one.products)})" for one in catalogue.brands)
        return (
            f"generation {catalogue.generation} of {catalogue.published_utc}, "
            f"{_sums(one for brand in catalogue.brands for one in brand.streams)}, "
            f"brands (with how many products): {owned}"
        )
    if name == "products.json":
        products = documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), documents.Products)
        return f"products {len(products.products)}, sellers {len(products.sellers)}"
    if name == "keys.json":
        keys = documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), documents.Keys)
        return "keys " + ", ".join(f"{key.key_id} {key.state}" for key in keys.keys)
    if name == "rows.json":
        rows = documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), documents.Rows)
        return _sums(chain.sum for chain in rows.streams)
    if name.startswith("shipments-"):
        return _announced(
            documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), announcements.Shipments)
        )
    if name.endswith((".rows", ".delta")):
        return _rows(file)
    return ""


def _sums(streams: Iterable[StreamSum]) -> str:
    """How many rows streams come to, those of one kind together."""
    rows: Counter[str] = Counter()
    for stream in streams:
        rows[_WORDS[stream.stream]] += stream.rows
    return ", ".join(f"{words} {count}" for words, count in rows.items())


def _announced(document: announcements.Shipments) -> str:
    """To which site, and how much; a few by name."""
    units = sum(line.count for one in document.shipments for line in one.lines)
    ids = [one.shipment_id for one in document.shipments[:MAX_NAMED]]
    more = ["..."] if len(document.shipments) > MAX_NAMED else []
    return (
        f"announced to site {document.site}: shipments {len(document.shipments)} "
        f"({', '.join(ids + more)}), units {units}"
    )


def _rows(file: BinaryIO) -> str:
    head, count = count_rows(file)
    whole = "all" if head.follows is None else "changes since the generation before"
    return f"{_WORDS[head.stream]} {count} ({whole})"
