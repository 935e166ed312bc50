"""Makes a dock's sounds as they are set in ``station.toml``."""

from station.actuators.sound import SoundActuator, Voice, player_there
from station.app.config import SoundSection
from station.ports.health import HealthSink


def voice_of(section: SoundSection) -> Voice:
    """How a station sounds."""
    return Voice(section.semitones, section.volume_percent, section.device)


def make_sound(section: SoundSection, health: HealthSink) -> SoundActuator | None:
    """The sounds; None where they are switched off or there is nothing to play them with.

    The screens ring their terminal's bell then.
    """
    if not section.enabled or not player_there():
        return None
    return SoundActuator(voice_of(section), health)
