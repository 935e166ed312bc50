"""People enrolled at a site by the product's own commands."""

from pathlib import Path
from typing import Final

from tests.fakes.command_line import station

SUPERVISOR_PIN: Final = "8056"


def enrol_staff(site: Path) -> None:
    """Enrol ANNA, an operator, and SVEN, a supervisor whose PIN is `SUPERVISOR_PIN`."""
    pin = site.parent / "sven.pin"
    pin.write_text(SUPERVISOR_PIN, "ascii")
    for argv in (
        ("add", "ANNA", "--role", "operator"),
        ("add", "SVEN", "--role", "supervisor"),
        ("pin", "SVEN", "--new-pin-file", str(pin)),
    ):
        done = station("operator", *argv, "--site", str(site))
        assert done.code == 0, done.err
