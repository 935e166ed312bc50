"""``station run``: the engine."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import click

from station import __version__
from station.app.engine_face import EngineFace
from station.app.intake_session import make_engine, open_site
from station.app.options import complete_source, settings_option, site_option
from station.app.outputs import make_outputs
from station.app.sound import make_sound
from station.app.sources import KINDS, SCREEN
from station.core.errors import ConfigurationError, ExitCode
from station.intake.asking import Asking
from station.intake.heartbeat import Heartbeat
from station.scanners.line_captures import LineCaptures
from station.transport.service_manager import ServiceManager


@click.command(epilog="Sources: " + "; ".join(KINDS.values()) + ".")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="SOURCE",
    shell_complete=complete_source,
    help="Instead of the sources in station.toml.",
)
@settings_option
@site_option
def command(sources: tuple[str, ...], flags: tuple[str, ...], site: Path) -> int:
    """Run the engine: devices, verdicts, journal, and the socket for dock screens.

    It runs until it is told to end (Ctrl+C, or SIGTERM), then keeps what was read.
    """
    face = EngineFace(__version__)
    manager = ServiceManager(os.environ, os.getpid())
    with open_site(site, "station run", face.health, flags) as opened:
        used = sources or opened.settings.sources
        if not used:
            raise ConfigurationError(
                f"{opened.settings.file} names no source",
                'add [[source]] with use = "serial:…", or give --source',
            )
        with face.serving(opened) as outcomes, ExitStack() as stack:
            outputs = make_outputs(opened.settings.outputs, outcomes.health)
            face.sound = make_sound(opened.settings.sound, outcomes.health)
            if face.sound is not None:
                outputs.append(face.sound)
            read = [use for use in used if use != SCREEN]
            if SCREEN in used:
                face.typed = LineCaptures(SCREEN, opened.scan_ids, opened.clock)
            engine = make_engine(opened, read, outcomes, is_dock=True, outputs=outputs)
            for output in outputs:
                output.start()
                stack.callback(output.close)

            def end_soon(number: int, _frame: FrameType | None) -> None:
                # A second signal ends the process at once: what was told is durable.
                signal.signal(number, signal.SIG_DFL)
                manager.ending()
                engine.stop()

            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, end_soon)
            engine.start()
            asking = Asking(opened.book, engine.submit, opened.scan_ids, outcomes)
            face.take_requests(engine.submit, asking, engine.crashed)
            face.words.say(f"station run: ready, screens connect to {opened.paths.socket}\n")
            manager.ready()
            with Heartbeat(engine.submit, manager.alive, manager.beat_every_s):
                end = engine.wait(until_sources_end=False)
            if end.crash is not None:
                face.farewell = "internal error"
    if end.crash is not None:
        raise end.crash
    return ExitCode.DONE
