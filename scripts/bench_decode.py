"""How many pictures the station's cascade reads beside single engines, and at what cost.

Every picture goes to every engine, in turn and in changing order, in one run on one core, so that
the figures are comparable: pictures read correctly, pictures with a wrong text, linear reads that
count as evidence, and CPU time against zxing-cpp alone. Where no text is known, a text counts once
two different readings of the picture agree on it.

A CORPUS is a folder with a `gt.json`, or a folder of such folders. A `gt.json` lists
``{"file", "fmt": dm|qr|1d|none, "expect": [text…] or null}``. Exits with 1 when a text was wrong
and accepted.

    python scripts/bench_decode.py CORPUS… [--limit N] [--engines NAMES] [--json] [--missed]
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.cameras.images import read_picture  # noqa: E402
from station.core.symbol import Symbol, is_evidence  # noqa: E402
from station.decoders.pipeline import default_pipeline  # noqa: E402
from station.decoders.zbar import ZbarDecoder  # noqa: E402
from station.decoders.zxing import ZxingDecoder  # noqa: E402
from station.ports.decoding import Decoder  # noqa: E402

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

BASELINE = "zxing-cpp"
CASCADE = "station"
_UPC_E_CHARS = 8
_LONGEST_RETAIL_CODE = 13


@dataclass(slots=True)
class Tally:
    """What one engine made of one set.

    Attributes:
        images: Pictures shown.
        correct: Pictures of which every expected text was read.
        wrong: Pictures with a text that is not on them.
        accepted: Pictures correct by reads that count as evidence on their own.
        accepted_wrong: Pictures with a wrong text that counts as evidence.
        texts: Texts found of those that two readings confirm; only where none is known.
        cpu_s: Processor time.
        slowest_ms: The dearest picture, processor time.
        steps: Which step read how many symbols.
    """

    images: int = 0
    correct: int = 0
    wrong: int = 0
    accepted: int = 0
    accepted_wrong: int = 0
    texts: int = 0
    cpu_s: float = 0.0
    slowest_ms: float = 0.0
    steps: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a corpus.

    Attributes:
        path: Its file.
        kind: ``dm``, ``qr``, ``1d`` or ``none``.
        expected: The texts on it; None where they are not known.
    """

    path: Path
    kind: str
    expected: tuple[str, ...] | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print a table, or one JSON object a set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="pictures a set")
    parser.add_argument("--engines", default=f"{BASELINE},zbar,{CASCADE}")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--missed", action="store_true", help="list what the cascade did not read")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    makers: dict[str, Callable[[], Decoder]] = {
        BASELINE: ZxingDecoder,
        "zbar": ZbarDecoder,
        CASCADE: default_pipeline,
    }
    engines = {name: makers[name]() for name in options.engines.split(",")}
    failed = False
    for folder in folders_of(options.corpus):
        pictures = pictures_of(folder)[: options.limit]
        tallies, missed = run(pictures, engines)
        failed |= CASCADE in tallies and tallies[CASCADE].accepted_wrong > 0
        show(folder.name, tallies, as_json=options.as_json)
        if options.missed:
            for line in missed:
                print(f"    {line}")
    return 1 if failed else 0


def folders_of(corpora: Iterable[Path]) -> list[Path]:
    """The folders with a `gt.json`, at or below each corpus, by name."""
    return sorted({found.parent for path in corpora for found in path.rglob("gt.json")})


def pictures_of(folder: Path) -> list[Picture]:
    """What a folder's `gt.json` lists."""
    rows = json.loads((folder / "gt.json").read_text("utf-8"))
    return [
        Picture(
            folder / row["file"],
            row["fmt"],
            None if row["expect"] is None else tuple(row["expect"]),
        )
        for row in rows
    ]


def run(
    pictures: Sequence[Picture], engines: dict[str, Decoder]
) -> tuple[dict[str, Tally], list[str]]:
    """Show every picture to every engine; the order of engines turns from picture to picture."""
    tallies = {name: Tally() for name in engines}
    missed: list[str] = []
    names = list(engines)
    for number, picture in enumerate(pictures):
        pixels = read_picture(picture.path)
        if not isinstance(pixels, np.ndarray):
            raise SystemExit(f"{pixels.name}: {pixels.detail}")
        turn = number % len(names)
        found: dict[str, tuple[Symbol, ...]] = {}
        for name in names[turn:] + names[:turn]:
            started_s = time.thread_time()
            found[name] = engines[name].decode(pixels)
            spent_s = time.thread_time() - started_s
            tallies[name].cpu_s += spent_s
            tallies[name].slowest_ms = max(tallies[name].slowest_ms, 1_000 * spent_s)
        confirmed = _confirmed(pixels, found) if picture.expected is None else set()
        for name, symbols in found.items():
            count(tallies[name], picture, symbols, confirmed)
        if CASCADE in found:
            missed.extend(_missed(picture, found[CASCADE], confirmed))
    return tallies, missed


def count(tally: Tally, picture: Picture, symbols: Sequence[Symbol], confirmed: set[str]) -> None:
    """Add one picture's symbols to an engine's tally."""
    tally.images += 1
    tally.steps.update(f"{symbol.engine}/{symbol.step}" for symbol in symbols)
    texts = {_text(symbol) for symbol in symbols}
    if picture.expected is None:
        tally.texts += len(texts & confirmed)
        tally.correct += texts >= confirmed
        return
    expected = {_canonical(text) for text in picture.expected}
    evidence = {_text(symbol) for symbol in symbols if is_evidence(symbol)}
    tally.correct += bool(expected) and expected <= texts
    tally.wrong += bool(texts - expected)
    tally.accepted += bool(expected) and expected <= evidence
    tally.accepted_wrong += bool(evidence - expected)


def _missed(picture: Picture, symbols: Sequence[Symbol], confirmed: set[str]) -> Iterator[str]:
    texts = {_text(symbol) for symbol in symbols}
    expected = confirmed if picture.expected is None else set(map(_canonical, picture.expected))
    lost, made_up = expected - texts, texts - expected
    if lost or (made_up and picture.expected is not None):
        yield f"{picture.path.name}: missed {sorted(lost)}, besides {sorted(made_up)}"


def _confirmed(pixels: "GreyPixels", found: dict[str, tuple[Symbol, ...]]) -> set[str]:
    """Texts that two readings of a picture agree on: engines, and zxing-cpp on plain variants."""
    zxing = ZxingDecoder()
    readings = [{_text(symbol) for symbol in symbols} for symbols in found.values()]
    readings += [
        {_text(symbol) for symbol in zxing.decode(variant)} for variant in _variants(pixels)
    ]
    counts = Counter(text for reading in readings for text in reading)
    return {text for text, times in counts.items() if times > 1}


def _variants(pixels: "GreyPixels") -> "Iterator[GreyPixels]":
    """Plain preparations, one after the other: enlarged, blurred, thresholded, sharpened."""
    larger = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 1.2)
    yield larger  # type: ignore[misc]  # OpenCV's stub does not keep uint8
    yield blurred  # type: ignore[misc]
    yield cv2.adaptiveThreshold(  # type: ignore[misc]
        cv2.GaussianBlur(larger, (0, 0), 1.0),
        255,
        cv2.ADAPTIVE_THRESH_GAUSSIAN_C,
        cv2.THRESH_BINARY,
        31,
        5,
    )
    yield cv2.addWeighted(pixels, 2.0, cv2.GaussianBlur(pixels, (0, 0), 2.0), -1.0, 0)  # type: ignore[misc]


def _text(symbol: Symbol) -> str:
    return _canonical(symbol.payload.decode("utf-8", "replace"))


def _canonical(text: str) -> str:
    """EAN, UPC-A and UPC-E in one spelling, since origins write them with and without zeros."""
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_RETAIL_CODE:
        if len(text) == _UPC_E_CHARS and text[0] in "01":
            text = _upc_a_of(text)
        return text.lstrip("0")
    return text


def _upc_a_of(text: str) -> str:
    """Source: GS1 General Specifications, UPC-E zero suppression."""
    system, digits, check = text[0], text[1:7], text[7]
    last = digits[5]
    if last in "012":
        middle = digits[:2] + last + "0000" + digits[2:5]
    elif last == "3":
        middle = digits[:3] + "00000" + digits[3:5]
    elif last == "4":
        middle = digits[:4] + "00000" + digits[4]
    else:
        middle = digits[:5] + "0000" + last
    return system + middle + check


def show(name: str, tallies: dict[str, Tally], *, as_json: bool) -> None:
    """Print one set's figures."""
    base_s = tallies[BASELINE].cpu_s if BASELINE in tallies else 0.0
    for engine, tally in tallies.items():
        ratio = tally.cpu_s / base_s if base_s else 0.0
        if as_json:
            row = {"set": name, "engine": engine, "cpu_ratio": round(ratio, 3), **asdict(tally)}
            print(json.dumps(row))
            continue
        print(
            f"{name:24} {engine:10} {tally.images:4} images"
            f" {tally.correct:4} correct {tally.wrong:3} wrong"
            f" {tally.accepted:4} evidence {tally.accepted_wrong:3} false"
            f" {tally.texts:4} texts"
            f" {1_000 * tally.cpu_s / max(1, tally.images):7.2f} ms {ratio:6.2f} x"
            f" {tally.slowest_ms:6.0f} ms at most"
        )
    if not as_json and CASCADE in tallies:
        steps = ", ".join(f"{step} {n}" for step, n in tallies[CASCADE].steps.most_common())
        print(f"    {steps}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
