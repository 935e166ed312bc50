"""``station setup``: from nothing to a dock that can be scanned at, step by step."""

from pathlib import Path

import click

from station.app.brand_folder import note
from station.app.commands.scanner import check
from station.app.options import Choice, json_option, site_option
from station.app.pins import NOBODY
from station.app.result_lines import put_line
from station.app.setup_file import mark_done, read_answers, steps_done
from station.app.setup_steps import STEPS, Wizard, has_person
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError, ExitCode


@click.command()
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A TOML file with every answer, for fleets; nothing is asked.",
)
@click.option("--again", multiple=True, type=Choice(list(STEPS)), help="Take this step once more.")
@json_option
@site_option
@click.pass_context
def command(
    context: click.Context,
    answers_file: Path | None,
    again: tuple[str, ...],
    as_json: bool,
    site: Path,
) -> int:
    """Set up a dock: site, keys, check sheet, scanner, camera, sound.

    It may be broken off at any time and goes on where it was. What it finds out is written to
    station.toml, with comments; what stands there stays. config/setup/answers.toml shows what an
    answers file can say.
    """
    answers = None if answers_file is None else read_answers(answers_file)
    if answers is None and not has_person():
        raise ConfigurationError(
            "there is no terminal to ask on", "give every answer with --answers FILE"
        )

    def certify(source: str) -> int:
        # A dock that is being set up has nobody enrolled yet; where somebody is, it is refused.
        result: int = context.invoke(check, source=source, by=NOBODY, site=site)
        return result

    paths = SitePaths(site)
    wizard = Wizard(paths, answers, certify)
    behind = [] if not paths.config.exists() else steps_done(paths)
    for name, step in STEPS.items():
        if name in behind and name not in again:
            _tell(as_json, name, "before", "done in an earlier run")
            continue
        said = step(wizard)
        mark_done(paths, name)
        _tell(as_json, name, "done", said)
    note("Next: station sync, then station doctor")
    return ExitCode.DONE


def _tell(as_json: bool, step: str, status: str, text: str) -> None:
    put_line(as_json, {"step": step, "status": status, "text": text}, f"{step:<8} {text}")
