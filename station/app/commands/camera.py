"""``station camera``: whether a camera sees labels well enough, and what to do if not."""

import signal
from contextlib import closing
from pathlib import Path
from types import FrameType

import click

from station.app.clock import SystemClock
from station.app.config import SourceSection, load
from station.app.options import json_option, site_option
from station.app.result_lines import put_object
from station.app.site_paths import SitePaths
from station.app.sources import (
    CAMERA_ABSENT_S,
    PICTURES,
    camera_settings,
    kind_and_value,
    name_of,
)
from station.core.camera_advice import NO_LABEL_MEND, Circumstances
from station.core.errors import ConfigurationError, ExitCode
from station.core.text import printable
from station.ports.frames import FrameProblem
from station.ports.health import Health, HealthStatus

MODULE_MM = 0.495
"""As labels are printed unless told otherwise (`station label`)."""
SPEED_M_PER_S = 0.5


@click.group()
def command() -> None:
    """Check cameras."""


@command.command()
@click.argument("source")
@click.option(
    "--frames",
    "most",
    type=click.IntRange(1, 1_000_000),
    help="End after so many pictures; a camera goes on until Ctrl+C otherwise.",
)
@click.option("--once", is_flag=True, help="One picture: --frames 1.")
@click.option(
    "--distance",
    "distance_cm",
    type=click.FloatRange(1, 10_000),
    help="From lens to label in cm, so that advice is in cm and not in per cent.",
)
@click.option(
    "--speed",
    "speed_m_per_s",
    type=click.FloatRange(0, 20),
    default=SPEED_M_PER_S,
    show_default=True,
    help="How fast labels pass, in m/s; 0 where they are held still.",
)
@click.option(
    "--module-mm",
    type=click.FloatRange(0.1, 10),
    default=MODULE_MM,
    show_default=True,
    help="Width of a printed module.",
)
@click.option("--no-preview", is_flag=True, help="Lines instead of a preview, on a terminal too.")
@json_option
@site_option
def check(
    source: str,
    most: int | None,
    once: bool,
    distance_cm: float | None,
    speed_m_per_s: float,
    module_mm: float,
    no_preview: bool,
    as_json: bool,
    site: Path,
) -> int:
    """Say whether a camera sees labels well: distance, focus, exposure, light, rate.

    SOURCE is a camera:, video: or images: source. Hold a label with a unit code before the camera:
    a terminal shows what it sees, and what to do about it, until Ctrl+C. A site's settings for the
    source are used where there is a site. Exit code 0: all is well; 1: something failed; 3: no
    label was seen.
    """
    kind, value = kind_and_value(source)
    if kind not in PICTURES:
        raise ConfigurationError(
            f"{printable(source)!r} has no camera that could be checked",
            "name a camera:, video: or images: source; for scanners see 'station scanner check'",
        )
    about = Circumstances(speed_m_per_s, module_mm, distance_cm)
    from station.app.camera_check import CameraCheck
    from station.app.camera_report import advice_lines, is_passed, summary, teller_for
    from station.cameras import open_source
    from station.decoders.glance import default_glance
    from station.decoders.pipeline import default_pipeline

    checked = CameraCheck(default_pipeline() if kind == "images" else default_glance(), about)
    teller = teller_for(as_json=as_json, preview=not no_preview)

    def health(report: Health) -> None:
        if report.status is not HealthStatus.OK:
            teller.remark(report.text)

    def problem(found: FrameProblem) -> None:
        teller.remark(f"{found.name}: {found.detail}")

    frames = open_source(
        kind,
        value,
        clock=SystemClock(),
        health=health,
        settings=camera_settings(_section(site, source)),
        answered=checked.answered,
        give_up_after_s=CAMERA_ABSENT_S,
    )
    interrupted = False

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        # A second signal ends the process at once.
        signal.signal(number, signal.SIG_DFL)
        frames.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    with closing(frames), teller:
        checked.run(frames, 1 if once else most, teller.tell, problem)
    advice = checked.advice
    if as_json:
        put_object(summary(checked, name_of(kind, value), about))
    else:
        for line in advice_lines(advice):
            click.echo(line)
    if interrupted:
        return ExitCode.INTERRUPTED
    if not checked.view.read and not checked.view.shown:
        click.echo(f"station camera check: no label was seen\n  {NO_LABEL_MEND}", err=True)
        return ExitCode.NOTHING_DECODABLE
    return ExitCode.DONE if is_passed(advice) else ExitCode.NOT_ALL_ACCEPTED


def _section(site: Path, source: str) -> SourceSection | None:
    """How a site sets the source; nothing where there is no site."""
    path = SitePaths(site).config
    return load(path).source_sections.get(source) if path.exists() else None
