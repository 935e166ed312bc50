"""Pictures for documents: well-formed, the same each time, and fetching nothing."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from rich.segment import Segment
from rich.style import Style

from station.tui.svg import CELL_HEIGHT_PX, CELL_WIDTH_PX, svg_of

SVG = "{http://www.w3.org/2000/svg}"
RED = Style(color="#FFFFFF", bgcolor="#AF0000", bold=True)
PLAIN = Style(color="#FFFFFF", bgcolor="#000000")


def parsed(*lines: tuple[Segment, ...]) -> Xml.Element:
    return Xml.fromstring(svg_of(lines, "A screen"))


def rects(svg: Xml.Element) -> list[tuple[str, str, str, str, str]]:
    """All but the paper."""
    names = ("x", "y", "width", "height", "fill")
    found = [tuple(rect.get(name, "") for name in names) for rect in svg.iter(f"{SVG}rect")]
    return found[1:]  # type: ignore[return-value]  # five names, five values


def test_text_stands_in_its_cells() -> None:
    svg = parsed((Segment("  ACCEPT  ", PLAIN),), (Segment("          ", PLAIN),))

    (text,) = svg.iter(f"{SVG}text")
    assert text.text == "ACCEPT"
    assert text.get("x") == str(2 * CELL_WIDTH_PX)
    assert text.get("textLength") == str(6 * CELL_WIDTH_PX)
    assert svg.get("viewBox") == f"0 0 {10 * CELL_WIDTH_PX} {2 * CELL_HEIGHT_PX}"
    assert svg.find(f"{SVG}title") is not None


def test_blocks_are_rectangles_in_their_colour() -> None:
    svg = parsed((Segment("█▀▄", RED),))

    background, full, upper, lower = rects(svg)
    assert background == ("0", "0", "27", "18", "#af0000")
    assert full == ("0", "0", "9", "18", "#ffffff")
    assert upper == ("9", "0", "9", "9", "#ffffff")
    assert lower == ("18", "9", "9", "9", "#ffffff")


def test_equal_blocks_are_one_rectangle_and_text_between_stays_text() -> None:
    svg = parsed((Segment("███ A ▀▀", PLAIN),))

    assert [rect[2] for rect in rects(svg)] == ["27", "18"]
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["A"]


def test_reversed_and_colourless_styles() -> None:
    svg = parsed((Segment("AB", Style(reverse=True)), Segment("CD", Style())))

    assert rects(svg) == [("0", "0", "18", "18", "#ffffff")]
    assert [text.get("fill") for text in svg.iter(f"{SVG}text")] == ["#000000", "#ffffff"]


def test_hostile_text_stays_text() -> None:
    hostile = "</text><script>alert(1)</script>&\"'"
    svg = parsed((Segment(hostile, PLAIN),))

    assert [element.tag for element in svg.iter() if element.tag == f"{SVG}script"] == []
    (text,) = svg.iter(f"{SVG}text")
    assert text.text == hostile


@pytest.fixture(scope="module")
def script(root: Path) -> Path:
    return root / "scripts" / "make_screenshots.py"


def test_the_documents_pictures_are_up_to_date(script: Path, root: Path) -> None:
    """Made anew from today's painter they are the same, byte for byte."""
    ended = subprocess.run(
        [sys.executable, str(script), "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(root), "PATH": "", "TZ": "Asia/Tokyo"},
    )

    assert (ended.returncode, ended.stderr) == (0, ""), "run scripts/make_screenshots.py"


def test_they_name_no_host_and_run_nothing(root: Path) -> None:
    pictures = sorted((root / "docs" / "images").glob("*.svg"))

    assert len(pictures) == 11
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
        assert not re.search(r"<(script|style|image|foreignObject)|@import|url\(", text)


def test_wrong_usage_is_told(script: Path, root: Path) -> None:
    ended = subprocess.run(
        [sys.executable, str(script), "--force"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(root), "PATH": ""},
    )

    assert ended.returncode == 2
    assert "Usage: make_screenshots.py" in ended.stderr
