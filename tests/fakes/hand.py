"""A hand that holds labels before an engine's camera, for as long as reading takes."""

from typing import Final

from station.ports.display import VerdictShown
from tests.fakes.camera_server import CameraServer
from tests.fakes.decoder import Pixels
from tests.fakes.running_engine import RunningEngine
from tests.fakes.terminal import until

FRAMES_HELD_UP: Final = 3


def hold_up(
    engine: RunningEngine, camera: CameraServer, picture: Pixels, verdicts: int
) -> list[VerdictShown]:
    """Show three frames of a picture, and no more, until so many verdicts were told in all.

    How long reading takes then decides nothing: a label is shown anew only to a viewer that lost
    its connection and came back.
    """
    shown_to = 0

    def are_told() -> bool:
        nonlocal shown_to
        engine.feed.listen()
        if len(engine.feed.verdicts) < verdicts and camera.connections > shown_to:
            shown_to = camera.connections
            for _ in range(FRAMES_HELD_UP):
                camera.show(picture)
        return len(engine.feed.verdicts) >= verdicts

    until(are_told, f"{verdicts} verdicts")
    return list(engine.feed.verdicts.values())
