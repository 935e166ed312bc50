"""What a how-to page may take for given: folders made with the product's own commands."""

import hashlib
from pathlib import Path
from typing import Final

from tests.fakes.command_line import station

GTIN: Final = "09506000134352"
PASSPHRASE: Final = "four words of chance"


def make_start(name: str, folder: Path) -> None:
    """Make in ``folder`` what pages that start with ``name`` find.

    Args:
        name: ``empty``; ``brand``: a brand folder ``brand`` with the brand acme, a key, a product
            and five codes; ``site``: that, published in ``published``, a site ``site`` of the name
            berlin that has it, and the labels in ``labels``.
        folder: Exists and is empty; the current directory.
    """
    if name == "empty":
        return
    _well("brand", "add", "acme", "--name", "Acme")
    _well("key", "new", "acme")
    _well("product", "add", GTIN, "--brand", "acme", "--name", "Headphones")
    _well("codes", "order", "--gtin", GTIN, "--count", "5", "--seed", "7", "--out", "codes.csv")
    if name == "brand":
        return
    if name != "site":
        raise ValueError(f"no page can start with {name!r}")
    _well("publish", "--to", "published")
    root = Path("published", "metadata", "1.root.json")
    fingerprint = hashlib.sha256((folder / root).read_bytes()).hexdigest()
    _well(
        *("init", "--name", "berlin", "--station", "dock-1", "--from", "published"),
        *("--root", str(root), "--fingerprint", fingerprint),
    )
    _well("sync")
    _well("label", GTIN, "--all", "--out", "labels")


def _well(*argv: str) -> None:
    outcome = station(*argv)
    assert outcome.code == 0, outcome
