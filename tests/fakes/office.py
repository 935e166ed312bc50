"""A site with people and scans, as its supervisor has it."""

from pathlib import Path
from typing import Any, Final

from station.app.pins import NEW_PIN_VARIABLE
from station.app.site_desk import StationDesk
from tests.e2e.test_killed_engine import lines
from tests.fakes.made_site import MadeSite
from tests.fakes.warm_station import WarmStation

PIN: Final = "816253440722"
ADMIN_PIN: Final = "634407258161"
WITNESS_PIN: Final = "725344061833"


class Office:
    """A site with people, scans and a desk."""

    def __init__(self, warm: WarmStation, made: MadeSite, folder: Path) -> None:
        self.warm, self.made = warm, made
        folder.mkdir()
        self.root = made.copy_site(folder)
        for name, role, pin in (("SVEN", "supervisor", PIN), ("WIM", "witness", WITNESS_PIN)):
            self.run("operator", "add", name, "--role", role)
            self.run("operator", "pin", name, env={NEW_PIN_VARIABLE: pin})

    def run(self, *argv: str, env: dict[str, str] | None = None, code: int = 0) -> list[Any]:
        done = self.warm.run(*argv, "--json", "--site", self.root, env=env)
        assert done.code == code, done.err
        return done.json

    def scan(self, *payloads: bytes) -> list[str]:
        """Scan ids."""
        done = self.warm.run(
            *("scan", "--json", "--site", self.root, "--source", "stdin:"), stdin=lines(*payloads)
        )
        return [one["scan_id"] for one in done.json]

    def scan_picture(self, name: str, content: bytes) -> str:
        """The first scan id."""
        file = self.root.parent / name
        file.write_bytes(content)
        done = self.warm.run("scan", "--json", "--site", self.root, "--source", f"images:{file}")
        return str(done.json[0]["scan_id"])

    @property
    def desk(self) -> StationDesk:
        return StationDesk(self.root)
