"""What the files of a publication say, in a few words, for whoever is to sign them.

A digest tells a person nothing: these words are made from the very bytes the digest is of, on the
signer's own machine. A file of a kind this release does not know is shown by its digest alone.
"""

from typing import BinaryIO

from station.sync import documents
from station.sync.rows import RowKind, read_blocks


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
            f"units {catalogue.units}, opaque codes {catalogue.opaque_codes}, "
            f"brands (with how many products): {owned}"
        )
    if name == "products.json":
        products = documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), documents.Products)
        return f"products {len(products.products)}, sellers {len(products.sellers)}"
    if name == "keys.json":
        keys = documents.decode(file.read(documents.MAX_DOCUMENT_BYTES), documents.Keys)
        return "keys " + ", ".join(f"{key.key_id} {key.state}" for key in keys.keys)
    kinds = {"units.rows": RowKind.UNITS, "codes.rows": RowKind.CODES}
    if name in kinds:
        rows = sum(block.rows for block in read_blocks(file, kinds[name]))
        return f"{'units' if kinds[name] is RowKind.UNITS else 'opaque codes'} {rows}"
    return ""
