"""Checks a camera, or pictures one has taken: what it shows, held to the design rules.

The numbers of the last looks are what a person who moves the camera wants; those of all looks are
the summary. Memory is bounded however long it goes on.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from station.app.camera_look import Look, look_at, median_label
from station.cameras.condition import Condition
from station.cameras.settings import SettingAnswer
from station.core.camera_advice import (
    Advice,
    CameraView,
    Circumstances,
    Grade,
    LabelView,
    advise,
)
from station.ports.decoding import LabelFinder
from station.ports.frames import Frame, FrameProblem, FrameSource

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_RECENT_LOOKS: Final = 8
_MOST_LABELS: Final = 10_000
"""Kept for the medians: at 10 looks a second, of the last quarter of an hour."""
_NS_A_S: Final = 1_000_000_000


@dataclass(slots=True)
class _Tally:
    """What was seen in some looks."""

    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=_RECENT_LOOKS))
    labels: deque[LabelView] = field(default_factory=lambda: deque(maxlen=_MOST_LABELS))
    conditions: Counter[Condition | None] = field(default_factory=Counter)
    count: int = 0
    read: int = 0
    shown: int = 0
    modules: int = 0
    view_px: int = 0

    def add(self, look: Look) -> None:
        self.looks.append(look)
        self.labels.extend(look.labels)
        self.conditions[look.condition] += 1
        self.count += 1
        self.read += bool(look.sight.symbols)
        self.shown += bool(look.sight.unread) and not look.sight.symbols
        self.modules = look.modules or self.modules
        self.view_px = min(look.width, look.height)


@dataclass(slots=True)
class _Pace:
    """The rate of a stream, by its own count and clock."""

    first: tuple[int, int] | None = None
    last: tuple[int, int] = (0, 0)

    def see(self, frame: Frame) -> None:
        if not frame.number:
            return
        at_ns = frame.captured_mono_ns if frame.media_ns is None else frame.media_ns
        self.last = (frame.number, at_ns)
        self.first = self.first or self.last

    @property
    def frames_per_s(self) -> float | None:
        if self.first is None or self.last[1] <= self.first[1]:
            return None
        return (self.last[0] - self.first[0]) * _NS_A_S / (self.last[1] - self.first[1])


@dataclass(frozen=True, slots=True)
class Moment:
    """What is told while the check goes on.

    Attributes:
        look: The picture just looked at.
        pixels: It.
        frame: Its name, and whether it is a still one.
        recent: What the last looks showed.
        advice: On these.
    """

    look: Look
    pixels: "GreyPixels"
    frame: Frame
    recent: CameraView
    advice: tuple[Advice, ...]


class CameraCheck:
    """One check of one source.

    Args:
        decoder: As the source's kind is decoded.
        about: What no picture tells.
    """

    def __init__(self, decoder: LabelFinder, about: Circumstances) -> None:
        self._decoder = decoder
        self._about = about
        self._tally = _Tally()
        self._pace = _Pace()
        self._answers: tuple[SettingAnswer, ...] = ()

    def answered(self, answers: tuple[SettingAnswer, ...]) -> None:
        """Take what the driver made of its settings; from any thread."""
        self._answers = answers

    def run(
        self,
        source: FrameSource,
        most: int | None,
        tell: Callable[[Moment], None],
        problem: Callable[[FrameProblem], None],
    ) -> None:
        """Look at pictures until the source ends, is closed, or enough were looked at.

        Args:
            source: Not yet read.
            most: Pictures to look at; None for all.
            tell: Told after each look.
            problem: Told of each picture that could not be read.

        Raises:
            DeviceError: The camera is gone for good.
        """
        for frame in source.frames():
            if isinstance(frame, FrameProblem):
                problem(frame)
                continue
            self._pace.see(frame)
            look = look_at(frame.pixels, self._decoder)
            self._tally.add(look)
            recent = self._recent()
            advice = (*advise(recent, self._about), *self._settings())
            tell(Moment(look, frame.pixels, frame, recent, advice))
            if most is not None and self._tally.count >= most:
                source.close()
                return

    @property
    def view(self) -> CameraView:
        """What all looks showed."""
        tally = self._tally
        return self._view(tally, list(tally.labels))

    @property
    def modules(self) -> int:
        """A side of the last label read; 0 for none."""
        return self._tally.modules

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the last picture, pixels; zeros before the first."""
        if not self._tally.looks:
            return (0, 0)
        last = self._tally.looks[-1]
        return (last.width, last.height)

    @property
    def answers(self) -> tuple[SettingAnswer, ...]:
        """What the driver made of its settings."""
        return self._answers

    @property
    def advice(self) -> tuple[Advice, ...]:
        """On all looks."""
        return (*advise(self.view, self._about), *self._settings())

    def _recent(self) -> CameraView:
        recent = _Tally()
        for look in self._tally.looks:
            recent.add(look)
        return self._view(recent, list(recent.labels))

    def _view(self, tally: _Tally, labels: list[LabelView]) -> CameraView:
        usual, times = next(iter(tally.conditions.most_common(1)), (None, 0))
        # A picture with a label that reads is no bad one, whatever lies around the label.
        is_bad = usual is not None and 2 * times > tally.count and 2 * tally.read <= tally.count
        return CameraView(
            looks=tally.count,
            read=tally.read,
            shown=tally.shown,
            label=median_label(labels),
            frames_per_s=self._pace.frames_per_s,
            view_px=tally.view_px,
            picture_fault=usual.value if is_bad and usual is not None else "",
        )

    def _settings(self) -> tuple[Advice, ...]:
        return tuple(_setting(answer) for answer in self._answers)


def _setting(answer: SettingAnswer) -> Advice:
    if answer.taken:
        return Advice("settings", Grade.OK, f"{answer.name} = {answer.has or answer.asked}")
    has = f"has {answer.has}" if answer.has else "does not tell what it has"
    return Advice(
        "settings",
        Grade.WARNING,
        f"{answer.name} = {answer.asked} was not taken; the camera {has}",
        "choose what its driver has (v4l2-ctl -L), or take the key out of station.toml",
    )
