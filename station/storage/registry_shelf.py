"""The refresh's view of a site's registry generations. Fulfils `RegistryShelf`.

Only the one process that holds the site's refresh lock may build, switch and tidy.
"""

from typing import Final

from station.core.errors import StorageError, TrustError
from station.core.registry import RegistryGeneration
from station.ports.registry import RegistryContent
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder
from station.storage.sqlite import faults_told


class SiteRegistryShelf:
    """A site's ``registry/`` folder."""

    def __init__(self, folder: RegistryFolder) -> None:
        self._folder: Final = folder

    def current(self) -> RegistryGeneration | None:
        """The generation in use, or None; its digests are empty when its file is not sound.

        Raises:
            StorageError: It cannot be read which one is in use.
        """
        number = self._folder.current()
        if number is None:
            return None
        try:
            registry = self._folder.open_current(warm=False)
        except StorageError:
            # A registry can always be fetched anew; only its number must not be forgotten.
            return RegistryGeneration(number, "", "", "")
        generation = registry.generation
        registry.close()
        return generation

    def build(self, content: RegistryContent) -> int:
        """Build a generation's file beside the one in use, and check it.

        Returns:
            How many units it holds.

        Raises:
            TrustError: The content is not what its generation's digest says.
            StorageError: It cannot be built.
        """
        generation = content.generation
        path = self._folder.path(generation.number)
        with faults_told(path):
            path.parent.mkdir(mode=0o750, exist_ok=True)
            # Left by a run that was killed before it had checked or switched, or found unsound.
            path.unlink(missing_ok=True)
        build = build_registry(path, content)
        if build.digest != generation.state_digest:
            with faults_told(path):
                path.unlink()
            raise TrustError(
                f"generation {generation.number} does not have the content its publisher signed",
                "nothing was changed; run 'station sync' again; if it persists, tell the publisher",
            )
        return build.rows

    def switch(self, number: int) -> None:
        """Make a built generation the one in use, durably.

        Raises:
            StorageError: It cannot be; the old one stays in use.
        """
        self._folder.switch(number)

    def tidy(self) -> None:
        """Remove generations that are no longer needed, and what killed builds left.

        Raises:
            StorageError: The folder cannot be cleaned.
        """
        self._folder.remove_old()
