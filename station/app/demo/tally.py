"""Compares what the station said with the truth written down before."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from station.app.demo.plan import Answer, Item
from station.core.codes import identity_of
from station.core.parsing import parse


def write_truth(path: Path, plan: Sequence[Item], payloads: Mapping[int, bytes]) -> None:
    """Write the right answer of every item, one JSON object a line."""
    lines = []
    for item in plan:
        payload = payloads.get(item.number)
        identity = identity_of(parse(payload)) if payload is not None else None
        lines.append(
            json.dumps(
                {
                    "item": item.number,
                    "truth": item.kind.value,
                    "channel": item.channel.value,
                    "units": item.units,
                    "gtin": identity.gtin if identity else None,
                    "serial": identity.serial if identity else None,
                    "verdicts": [[v.name, reason.value] for v, reason in item.answers],
                },
                separators=(",", ":"),
            )
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass
class Tally:
    """Counts right and wrong as verdicts come in.

    Attributes:
        plan: What is presented.
    """

    plan: Sequence[Item]
    _given: dict[int, list[Answer]] = field(default_factory=dict)

    def add(self, number: int, answer: Answer) -> None:
        """Note one verdict for an item."""
        self._given.setdefault(number, []).append(answer)

    def wrong(self) -> list[str]:
        """One line for each item whose verdicts are not the right ones."""
        lines = []
        for item in self.plan:
            given = tuple(self._given.get(item.number, ()))
            if given != item.answers:
                lines.append(
                    f"item {item.number} ({item.kind.value}, by {item.channel.value}): "
                    f"{_words(given)} instead of {_words(item.answers)}"
                )
        return lines

    @property
    def units(self) -> int:
        """Physical units presented."""
        return sum(item.units for item in self.plan)

    @property
    def right_units(self) -> int:
        """Physical units with the right verdicts."""
        return sum(
            item.units
            for item in self.plan
            if tuple(self._given.get(item.number, ())) == item.answers
        )

    def by_kind(self) -> list[tuple[str, int, int, str]]:
        """For each kind: what it is, units right, units in all, the right final verdict."""
        right: Counter[str] = Counter()
        total: Counter[str] = Counter()
        final: dict[str, str] = {}
        for item in self.plan:
            name = item.kind.value
            total[name] += item.units
            if tuple(self._given.get(item.number, ())) == item.answers:
                right[name] += item.units
            verdict_class, reason = item.answers[-1]
            final[name] = f"{verdict_class.name} {reason.value}"
        return [(name, right[name], total[name], final[name]) for name in total]


def _words(answers: Sequence[Answer]) -> str:
    return ", ".join(f"{v.name} {reason.value}" for v, reason in answers) or "nothing"
