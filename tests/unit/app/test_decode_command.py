"""``station decode``: one line a picture, exit codes, and nothing hostile in the terminal."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from station.labels.symbols import SymbolKind
from tests.fakes.command_line import station
from tests.fakes.decoder import UNIT, board, label

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.png"
    Image.fromarray(board((label(UNIT, SymbolKind.GS1_DATA_MATRIX), 100, 60))).save(path)
    return path


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "blank.png"
    Image.fromarray(board()).save(path)
    return path


def test_json_is_one_line_a_picture_with_the_fields_of_the_contract(good: Path) -> None:
    outcome = station("decode", "--json", str(good))
    (line,) = outcome.json
    assert list(line) == ["path", "width", "height", "ms", "symbols", "unread"]
    assert (line["path"], line["width"], line["height"]) == (str(good), 640, 480)
    assert line["ms"] > 0
    (found,) = line["symbols"]
    assert line["unread"] == []
    told = ["format", "symbology_identifier", "text", "raw_b64", "corners"]
    assert list(found) == [*told, "engine", "step", "witnesses", "print_estimate"]
    assert (found["engine"], found["step"], found["witnesses"]) == ("zxing-cpp", "as is", 1)
    print_estimate = found["print_estimate"]
    assert (print_estimate["grade"], print_estimate["weakest"]) == ("A", [])
    assert print_estimate["modulation"]["grade"] == "A"
    assert print_estimate["modulation"]["value"] > 0.9
    assert (found["format"], found["symbology_identifier"]) == ("DataMatrix", "]d2")
    assert base64.b64decode(found["raw_b64"]) == UNIT
    assert found["text"] == UNIT.decode().replace("\x1d", "<GS>")
    expected = [[116, 76], [276, 76], [276, 236], [116, 236]]
    assert np.abs(np.array(found["corners"]) - np.array(expected)).max() <= 3
    assert (outcome.code, outcome.err) == (0, "")


def test_plain_words_show_the_same(good: Path) -> None:
    outcome = station("decode", str(good))
    first, second, third = outcome.out.splitlines()
    assert first.startswith(f"{good}  640×480  ")
    assert second == f"  DataMatrix ]d2 {UNIT.decode().replace(chr(29), '<GS>')}"
    assert third == "    print: A (estimate)"


def test_exit_codes_tell_all_some_none(good: Path, blank: Path) -> None:
    assert station("decode", str(good)).code == 0
    assert station("decode", str(good), str(blank)).code == 1
    nothing = station("decode", str(blank))
    assert (nothing.code, nothing.out.splitlines()[1]) == (3, "  no symbol read")


def test_a_folder_is_its_pictures_by_name(good: Path, blank: Path) -> None:
    outcome = station("decode", "--json", str(good.parent))
    assert [Path(line["path"]).name for line in outcome.json] == ["blank.png", "good.png"]


def test_a_missing_picture_is_told_and_the_others_are_read(good: Path) -> None:
    outcome = station("decode", "--json", "/no/such.png", str(good))
    assert outcome.code == 2
    assert "there is no picture at /no/such.png" in outcome.err
    assert "check the path" in outcome.err
    assert len(outcome.json) == 1


def test_an_unreadable_picture_keeps_its_line(good: Path) -> None:
    broken = good.with_name("broken.png")
    broken.write_bytes(good.read_bytes()[:300])
    outcome = station("decode", "--json", str(broken), str(good))
    first, second = outcome.json
    assert (first["width"], first["symbols"]) == (0, [])
    assert len(second["symbols"]) == 1
    assert "broken.png: is no readable" in outcome.err
    assert outcome.code == 1


def test_no_picture_named_is_a_usage_error() -> None:
    outcome = station("decode")
    assert outcome.code == 2
    assert "IMAGE" in outcome.err


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_hostile_contents_and_names_stay_text(flags: list[str], tmp_path: Path) -> None:
    import zxingcpp

    hostile = b"\x1b]0;owned\x07\x9b31m\r\n\xff"
    drawn = np.array(zxingcpp.create_barcode(hostile, zxingcpp.BarcodeFormat.QRCode).to_image(4))
    path = tmp_path / "a\x1b[31mb\n.png"
    Image.fromarray(np.pad(drawn, 30, constant_values=255)).save(path)
    outcome = station("decode", *flags, str(path))
    assert outcome.code == 0
    printed = outcome.out.replace("\n", "")
    assert printed.isprintable()
    assert "\\x1b]0;owned\\x07\\x9b31m" in printed.replace("\\\\", "\\")
    if flags:
        (line,) = [json.loads(text) for text in outcome.out.splitlines()]
        assert base64.b64decode(line["symbols"][0]["raw_b64"]) == hostile
        assert line["path"] == str(path)


def test_it_loads_no_screen_and_no_database(good: Path) -> None:
    program = (
        "import sys\n"
        "from station.app.main import main\n"
        f"code = main(['decode', {str(good)!r}])\n"
        "loaded = {'textual', 'rich', 'sqlalchemy', 'alembic', 'sqlite3', 'serial', 'tuf'}\n"
        "sys.exit(code or ', '.join(loaded & set(sys.modules)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
