"""What a bad cable does to bytes, by a seeded chance."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Noise:
    """Rates of faults, each for one byte.

    Attributes:
        chance: Seeded, so that a run can be had again.
        flip: A bit of it is another.
        drop: It does not arrive.
        duplicate: It arrives twice.
    """

    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    flip: float = 0.0
    drop: float = 0.0
    duplicate: float = 0.0

    def of(self, sent: bytes) -> bytes:
        """What arrives."""
        chance = self.chance
        if not (self.flip or self.drop or self.duplicate):
            return sent
        arrived = bytearray()
        for byte in sent:
            if chance.random() < self.drop:
                continue
            changed = byte ^ 1 << chance.randrange(8) if chance.random() < self.flip else byte
            arrived.append(changed)
            if chance.random() < self.duplicate:
                arrived.append(changed)
        return bytes(arrived)
