"""Hostile barcodes through wedge, serial line and camera: nothing of them acts, nothing ends.

A real engine, a real dock screen in a real terminal (tmux); what stands in the pane is read back.
"""

from pathlib import Path
from typing import Final

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.core.reasons import VerdictClass
from station.ports.display import Snapshot
from tests.fakes.desk import Desk
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.site_records import records
from tests.fakes.terminal import STATION, Tmux, until

HOSTILE: Final[dict[str, bytes]] = {
    "control sequences": b"\x1b]0;owned\x07\x1b[2J\x1b[31m\x1b[?1049lowned",
    "keys of the screen": b"q y\x11y\x10\x03y\x1bOPy\x1b[15~y\x1b[Auyny",
    "markup": b"[red]owned[/red][@click=app.quit]q[/]",
    "direction": "a\u202egnip\u2066\u200f\u2028b".encode(),
    "no text": b"\xff\xfe\x80\xc3(owned",
    "control characters": bytes(byte for byte in range(32) if byte not in b"\r\n"),
    "ten thousand": b"qy" * 5000,
    "a paste without an end": b"\x1b[200~" + b"qyuy" * 20,
    "key reports": b"\x1b[113;5u\x1b[121u\x1b[99999999;1u\x1b[1:2;3uqy",
    "another window": b"\x1b[?2048;1$y\x1b[48;3;3;30;30tqyuy",
}
FORBIDDEN: Final = ("\u202e", "\u2066", "\u200f", "\u2028", "\x1b", "\x07", "\x9b")


def unharmed(screen: Tmux) -> None:
    """The whole layout stands, nothing of a code became anything else than text."""
    shown = screen.see("LAST SCANS", "q quit")
    assert not [one for one in FORBIDDEN if one in shown]
    assert not screen.ended


@pytest.mark.tmux
class TestAtTheDock:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_typed_by_a_keyboard_scanner(self, made: MadeSite, tmp_path: Path, name: str) -> None:
        site, unit = made.copy_site(tmp_path), made.genuine[0]
        with (
            running_engine(site, "screen:"),
            Tmux(tmp_path, (*STATION, "dock", "--site", str(site))) as screen,
        ):
            screen.see("LAST SCANS", "q quit")
            screen.send(HOSTILE[name] + b"\r")
            # A scanner's next code comes after a pause; it is read whole, separators and all.
            until(lambda: _typed_in(screen, unit.payload), lambda: screen.text)
            unharmed(screen)
        kept = records(site)
        accepted = [
            entry
            for entry in kept.entries.values()
            if entry.verdict.verdict_class is VerdictClass.ACCEPT
        ]
        assert {entry.payload for entry in accepted} == {unit.payload}
        others = [entry for entry in kept.entries.values() if entry not in accepted]
        assert {entry.verdict.verdict_class for entry in others} <= {
            VerdictClass.RESCAN,
            VerdictClass.HOLD,
        }
        assert kept.acts == {}

    def test_read_by_a_serial_scanner(self, made: MadeSite, tmp_path: Path) -> None:
        site = made.copy_site(tmp_path)
        with (
            SimulatedLineScanner(tmp_path) as scanner,
            running_engine(site, f"serial:{scanner.path}") as engine,
            Tmux(tmp_path, (*STATION, "dock", "--site", str(site))) as screen,
        ):
            screen.see("LAST SCANS", "q quit")
            scanner.wait_for_host()
            for count, payload in enumerate(HOSTILE.values(), 1):
                scanner.scan(payload, "")
                engine.feed.until(lambda: len(engine.feed.verdicts) >= count, "its verdict")  # noqa: B023
                unharmed(screen)
            scanner.scan(made.genuine[0].payload, "]d2")
            screen.see("Genuine")

    def test_typing_is_replayed_unharmed_beside_a_scanner(
        self, made: MadeSite, tmp_path: Path
    ) -> None:
        site = made.copy_site(tmp_path)
        with (
            running_engine(site, "screen:") as engine,
            Tmux(tmp_path, (*STATION, "dock", "--site", str(site))) as screen,
        ):
            screen.see("LAST SCANS", "q quit")
            first, second = made.genuine[:2]
            screen.send(first.payload + b"\r" + second.payload + b"\r")
            engine.feed.until(lambda: len(engine.feed.verdicts) == 2, "two back to back")
            # Two pictures are a second apart: the scanner's burst has ended.
            for _ in range(2):
                engine.feed.next(Snapshot, lambda _: True, after=len(engine.feed.heard))
            screen.press("d")
            screen.see("Declare this item DAMAGED? Press Y to confirm")
            screen.paste(made.genuine[2].payload.decode())
            engine.feed.until(lambda: len(engine.feed.verdicts) == 3, "the pasted one")
        assert [entry.payload for entry in records(site).entries.values()] == [
            unit.payload for unit in made.genuine[:3]
        ]


def _typed_in(screen: Tmux, payload: bytes) -> bool:
    if "Genuine" in screen.text:
        return True
    screen.send(payload + b"\r")
    return "Genuine" in screen.text


def test_seen_by_a_camera(desk: Desk) -> None:
    """Drawn by another encoder as plain Data Matrix symbols, read off the picture."""
    site = desk.own_site()
    wanted = {name: payload for name, payload in HOSTILE.items() if name != "ten thousand"}
    for number, payload in enumerate(wanted.values()):
        symbol = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.DataMatrix)
        drawn = np.asarray(symbol.to_image(scale=6, add_quiet_zones=True))
        Image.fromarray(np.pad(drawn, 60, constant_values=255)).save(desk.folder / f"{number}.png")
    done = desk.run("scan --site SITE --source images:TMP --plain")
    assert done.code in {1, 3}
    assert not set(done.out.decode()) & set(FORBIDDEN)
    assert not set(done.err) & set(FORBIDDEN)
    entries = records(site).entries.values()
    assert {entry.payload for entry in entries} >= set(wanted.values())
    assert not any(entry.verdict.verdict_class.is_accept for entry in entries)
