"""``station undo``: take back a verdict or an act."""

from pathlib import Path

import click

from station.app.act_request import carry_out
from station.app.acts_json import tell
from station.app.options import by_option, json_option, site_option
from station.app.pins import Named, offered_pin
from station.core.acts import ActKind
from station.ports.display import AskAct


@click.command()
@click.argument("scan", metavar="SCAN")
@by_option
@click.option("--reason", "why", default="", help="Why, in words; not for one's own of just now.")
@json_option
@site_option
def command(scan: str, by: Named, why: str, as_json: bool, site: Path) -> int:
    """Take back what a scan or act did to a unit, by a further line of the journal.

    SCAN is its id. Whoever did it may within 15 minutes, while the unit has not moved; later, and a
    quarantine always, a supervisor with a reason. Destruction and relabelling are final.
    """
    ask = AskAct("", ActKind.UNDO, scan, by.name, pin=offered_pin(by), reason_text=why)
    return tell(ask, carry_out(site, ask, "station undo"), as_json=as_json)
