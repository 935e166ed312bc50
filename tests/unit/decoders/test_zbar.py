"""The second decoder where it is missing, old, or unsure."""

import subprocess
import sys
from typing import Final

import numpy as np
import pytest
import zxingcpp
from zxingcpp import BarcodeFormat

from station.decoders import zbar
from station.decoders.zbar import ZbarDecoder, unavailable_because
from tests.fakes.decoder import Pixels

WITHOUT_LIBRARY: Final = """
import ctypes.util
ctypes.util.find_library = lambda name: None
import numpy as np
from station.decoders.pipeline import default_pipeline
from station.decoders.zbar import ZbarDecoder, unavailable_because
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, label
print(unavailable_because())
assert ZbarDecoder().decode(label(UNIT, SymbolKind.GS1_QR)) == ()
assert default_pipeline().decode(np.full((90, 90), 9, np.uint8)) == ()
(found,) = default_pipeline().decode(label(UNIT, SymbolKind.GS1_DATA_MATRIX))
assert found.payload == UNIT
"""

NOT_BEFORE_IT_IS_NEEDED: Final = """
import sys
from station.decoders.pipeline import default_pipeline
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, label
assert default_pipeline().decode(label(UNIT, SymbolKind.GS1_DATA_MATRIX))
assert "pyzbar" not in sys.modules
"""


def python(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def drawn(content: str | bytes, kind: BarcodeFormat) -> Pixels:
    return np.pad(np.array(zxingcpp.create_barcode(content, kind).to_image(3)), 24, mode="edge")


def test_without_the_library_reading_goes_on_and_the_reason_names_the_mend() -> None:
    reason = python(WITHOUT_LIBRARY)
    assert "second decoder is off" in reason
    assert "Unable to find zbar shared library" in reason
    assert "apt install libzbar0" in reason


def test_the_library_is_not_loaded_before_a_picture_needs_it() -> None:
    python(NOT_BEFORE_IT_IS_NEEDED)


@pytest.mark.zbar
def test_with_the_library_there_is_no_reason() -> None:
    assert unavailable_because() is None


@pytest.mark.zbar
class TestAnOldLibrary:
    """One that cannot give raw bytes guesses a character set; only ASCII survives that."""

    @pytest.fixture(autouse=True)
    def _refuses_raw_bytes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zbar, "_CFG_BINARY", 99)

    def test_bytes_it_may_have_changed_are_not_believed(self) -> None:
        assert ZbarDecoder().decode(drawn(bytes(range(128, 256)), BarcodeFormat.QRCode)) == ()

    def test_ascii_is(self) -> None:
        (found,) = ZbarDecoder().decode(drawn("ABC\x1dDEF", BarcodeFormat.QRCode))
        assert found.payload == b"ABC\x1dDEF"


@pytest.mark.zbar
def test_an_ean_that_few_scan_lines_saw_is_not_believed() -> None:
    bars = drawn("9506000134352", BarcodeFormat.EAN13)
    middle = bars[bars.shape[0] // 2]
    assert len(ZbarDecoder().decode(np.tile(middle, (60, 1)))) == 1
    assert ZbarDecoder().decode(np.tile(middle, (4, 1))) == ()
