"""A brand's desk: its folder, what it publishes, and the site that takes it."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.command_line import Outcome, station

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"
PASSPHRASE = "four words of chance"


class Desk:
    """A brand folder, a published folder and a site, and commands against them."""

    def __init__(self, folder: Path) -> None:
        self.brand = folder / "brand"
        self.published = folder / "published"
        self.site = folder / "site"

    def run(self, *argv: str, stdin: bytes = b"") -> Outcome:
        return station(*argv, stdin=stdin)

    def good(self, *argv: str, stdin: bytes = b"") -> list[dict[str, Any]]:
        outcome = self.run(*argv, "--json", stdin=stdin)
        assert outcome.code == 0, outcome.err
        return outcome.json

    def refused(self, *argv: str, stdin: bytes = b"", code: int = 2) -> str:
        outcome = self.run(*argv, stdin=stdin)
        assert outcome.code == code, outcome
        assert "Traceback" not in outcome.err
        assert outcome.out == ""
        return outcome.err

    def enrol(self) -> None:
        self.good("brand", "add", "acme", "--name", "Acme Coffee")
        self.good("key", "new", "acme")
        self.good("product", "add", GTIN, "--brand", "acme", "--name", "Beans")

    def order(self, count: int, *options: str, gtin: str = GTIN) -> list[dict[str, Any]]:
        return self.good("codes", "order", "--gtin", gtin, "--count", str(count), *options)

    def publish(self) -> dict[str, Any]:
        return self.good("publish", "--to", str(self.published))[0]

    def make_site(self) -> None:
        root = self.published / "metadata" / "1.root.json"
        fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
        self.good(
            *("init", "--name", "amsterdam-2", "--station", "dock-1"),
            *("--root", str(root), "--fingerprint", fingerprint),
        )

    def sync(self) -> dict[str, Any]:
        return self.good("sync", "--from", str(self.published))[0]

    def verdicts(self, codes: list[dict[str, Any]]) -> list[str]:
        lines = b"".join(code["element_string"].encode() + b"\n" for code in codes)
        outcome = self.run("check", "--json", "-", stdin=lines)
        return [f"{verdict['verdict']} {verdict['reason']}" for verdict in outcome.json]


def desk_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose folders every command finds by itself."""
    desk = Desk(folder)
    monkeypatch.setenv("STATION_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("STATION_BRAND_DIR", str(desk.brand))
    monkeypatch.setenv("STATION_SITE", str(desk.site))
    return desk
