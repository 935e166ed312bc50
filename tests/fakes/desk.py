"""A desk at which commands are typed: a site, a brand folder and pictures of one's own."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image

from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.core.control_code import PREFIX
from station.labels.picture import LabelContent
from station.labels.scene import draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.made_site import GTIN, PASSPHRASE, MadeSite
from tests.fakes.warm_station import Done, Hook, WarmStation

KEYS: Final = {PASSPHRASE_VARIABLE: PASSPHRASE}


@dataclass
class Desk:
    """A site, a brand folder and pictures of one's own, and commands against them."""

    warm: WarmStation
    made: MadeSite
    folder: Path
    stdin: bytes = b""
    hook: Hook | None = None
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {
            "SITE": str(self.made.site),
            "BRAND": str(self.made.brand),
            "PUBLISHED": str(self.made.published),
            "TMP": str(self.folder),
            "GTIN": GTIN,
            "SERIAL": self.made.genuine[0].identity.serial,
            "CODE": self.made.genuine[0].payload.decode().replace("\x1d", "<GS>"),
            "RECALLED": self.made.recalled[0].payload.decode().replace("\x1d", "<GS>"),
        }

    def own_site(self) -> Path:
        """Work on a copy of the site from now on."""
        site = self.made.copy_site(self.folder)
        self.names["SITE"] = str(site)
        return site

    def own_brand(self) -> None:
        """Work on a copy of the brand folder from now on."""
        self.names["BRAND"] = str(shutil.copytree(self.made.brand, self.folder / "brand"))

    def own_all(self) -> None:
        """Work on copies of site and brand folder from now on."""
        self.own_site()
        self.own_brand()

    def argv(self, line: str) -> list[str]:
        """The words of a line; those in capitals stand for what there is."""
        words = []
        for word in line.split():
            for name, value in self.names.items():
                word = word.replace(name, value)  # noqa: PLW2901 - each in turn
            words.append(word)
        return words

    def run(self, line: str) -> Done:
        done = self.warm.run(
            *self.argv(line), stdin=self.stdin, cwd=self.folder, env=KEYS, hook=self.hook
        )
        assert "Traceback" not in done.err, done.err
        return done


def photo(desk: Desk, name: str, *payloads: bytes, torn: bool = False) -> Path:
    labels = [LabelContent(payload, _symbol_of(payload)) for payload in payloads]
    path = desk.folder / name
    Image.fromarray(draw_scene(labels, 7, torn=torn)).save(path)
    return path


def _symbol_of(payload: bytes) -> SymbolKind:
    """The site's own labels are no GS1 symbols."""
    is_control = payload.startswith(PREFIX)
    return SymbolKind.DATA_MATRIX if is_control else SymbolKind.GS1_DATA_MATRIX
