"""``station decode``: the symbols in pictures, nothing else; no site, no registry, no verdict."""

import base64
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from station.app.options import complete_path, json_option
from station.app.print_report import print_record, print_words
from station.app.result_lines import put_object
from station.core.errors import DeviceError, ExitCode
from station.core.print_quality import PrintQuality
from station.core.symbol import Point, Symbol, center
from station.core.text import printable, printable_bytes
from station.ports.decoding import LabelFinder, PrintGrader, Sight
from station.ports.frames import FrameProblem

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_MAX_PATH_CHARS = 400
_ESCAPED_BYTE_CHARS = 4
"""The longest way a byte is shown, ``<GS>`` or ``\\x1b``."""


@click.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE…", shell_complete=complete_path)
@json_option
def command(images: tuple[str, ...], as_json: bool) -> int:
    """List the symbols in pictures.

    An IMAGE is a file, a folder or a quoted pattern. Exit code 0: every picture holds a symbol that
    was read; 1: some do; 2: an IMAGE is missing; 3: none does.
    """
    from station.cameras.images import find_pictures, read_picture
    from station.decoders.pipeline import default_pipeline
    from station.decoders.print_grading import PictureGrader

    decoder, grader = default_pipeline(), PictureGrader()
    pictures, missing = 0, False
    decoded = 0
    for image in images:
        try:
            paths = find_pictures(image)
        except DeviceError as error:
            click.echo(f"station decode: {error.message}\n  {error.remedy}", err=True)
            missing = True
            continue
        for path in paths:
            pictures += 1
            decoded += _decode(path, read_picture(path), decoder, grader, as_json=as_json)
    if missing:
        return ExitCode.USAGE
    if not decoded:
        click.echo(
            "station decode: no symbol was read\n"
            "  take the picture again: the whole label, flat, sharp and evenly lit",
            err=True,
        )
        return ExitCode.NOTHING_DECODABLE
    return ExitCode.DONE if decoded == pictures else ExitCode.NOT_ALL_ACCEPTED


def _decode(
    path: Path,
    picture: "GreyPixels | FrameProblem",
    decoder: LabelFinder,
    grader: PrintGrader,
    *,
    as_json: bool,
) -> bool:
    """Print one picture's symbols; says whether there were any."""
    sight = Sight(())
    height, width, elapsed_ms = 0, 0, 0.0
    qualities: list[PrintQuality | None] = []
    if isinstance(picture, FrameProblem):
        click.echo(f"station decode: {picture.name}: {picture.detail}", err=True)
    else:
        height, width = picture.shape
        started_s = time.perf_counter()
        sight = decoder.look(picture)
        elapsed_ms = (time.perf_counter() - started_s) * 1_000
        qualities = [grader.grade(picture, symbol) for symbol in sight.symbols]
    read = list(zip(sight.symbols, qualities, strict=True))
    if as_json:
        line = {
            "path": str(path),
            "width": width,
            "height": height,
            "ms": round(elapsed_ms, 3),
            "symbols": [_fields(symbol, quality) for symbol, quality in read],
            "unread": [_rounded(outline) for outline in sight.unread],
        }
        put_object(line)
        return bool(sight.symbols)
    click.echo(f"{printable(str(path), _MAX_PATH_CHARS)}  {width}×{height}  {elapsed_ms:.1f} ms")
    for symbol, quality in read:
        click.echo(f"  {symbol.format.value} {symbol.symbology_identifier} {_text(symbol)}")
        if quality is not None:
            click.echo(f"    {print_words(quality)}")
    if not sight.symbols:
        click.echo("  no symbol read")
    for outline in sight.unread:
        x, y = center(outline)
        click.echo(f"  a label at {x:.0f}, {y:.0f} could not be read")
    return bool(sight.symbols)


def _fields(symbol: Symbol, quality: PrintQuality | None) -> dict[str, object]:
    return {
        "format": symbol.format.value,
        "symbology_identifier": symbol.symbology_identifier,
        "text": _text(symbol),
        "raw_b64": base64.b64encode(symbol.payload).decode("ascii"),
        "corners": _rounded(symbol.corners or ()),
        "engine": symbol.engine,
        "step": symbol.step,
        "witnesses": symbol.witnesses,
        "print_estimate": print_record(quality),
    }


def _rounded(outline: tuple[Point, ...]) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in outline]


def _text(symbol: Symbol) -> str:
    """The whole payload, printable; GS as ``<GS>``."""
    return printable_bytes(symbol.payload, _ESCAPED_BYTE_CHARS * len(symbol.payload))
