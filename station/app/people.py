"""Who may act at a site: the one place that chooses how people are identified."""

from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError
from station.core.operators import Actor
from station.core.text import printable
from station.ports.identification import Identification


class NobodyEnrolled:
    """Implements `station.ports.identification.Identification` for a site without operators."""

    def __init__(self, paths: SitePaths) -> None:
        self._paths = paths

    def identify(self, name: str, pin: str) -> Actor:
        """Refuse; a PIN is not looked at.

        Raises:
            ConfigurationError: Always.
        """
        del pin
        raise ConfigurationError(
            f"{self._paths.root} knows no operator {printable(name, 20)!r}",
            "enrol one first: 'operator add'",
        )


def people_of(paths: SitePaths) -> Identification:
    """How the people of a site are identified."""
    return NobodyEnrolled(paths)
