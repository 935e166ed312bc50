"""A live camera: its newest frame only, reopened after a failed read.

A grabber thread reads as fast as the camera delivers and keeps one frame; whoever iterates gets
the newest and never an old one, however slow it is. Opening and reading have finite timeouts, so a
camera that stalls is noticed; it is then tried again after 0.5, 1, 2, … up to 10 seconds, and
health says so meanwhile. `close` ends the iteration at once; the grabber follows within the read
timeout.

Order of events: health reports come from the grabber, in the order of what happened.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import cv2

from station.cameras.condition import Condition, ConditionWatch
from station.cameras.controls import apply_settings
from station.cameras.opencv import MAX_PIXELS, be_quiet, grey
from station.cameras.settings import CameraSettings, SettingAnswer
from station.core.causes import Cause, Told, told
from station.core.errors import ConfigurationError, DeviceError
from station.core.text import printable
from station.ports.clock import Clock
from station.ports.frames import Frame, FrameProblem
from station.ports.health import Health, HealthSink, HealthStatus

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

OPEN_TIMEOUT_MS: Final = 5_000
READ_TIMEOUT_MS: Final = 2_000
"""A camera at one frame a second is still on time."""
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 10.0

_COMPONENT: Final = "camera"
_SCHEMES: Final = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "tcp", "udp"})
_INDEX: Final = re.compile(r"[0-9]{1,3}")
_DEVICE: Final = re.compile(r"/dev/[A-Za-z0-9/_.:-]+")
_JOIN_S: Final = 0.2
_USAGE: Final = "write camera:0 for the first local camera, camera:/dev/video0, or camera:http://…"


_CAUSES: Final = {
    Condition.FROZEN: Cause.CAMERA_FROZEN,
    Condition.COVERED: Cause.CAMERA_COVERED,
    Condition.DARK: Cause.CAMERA_DARK,
    Condition.BRIGHT: Cause.CAMERA_BRIGHT,
    Condition.BLURRED: Cause.CAMERA_BLURRED,
}


class CameraStream:
    """A camera as a frame source.

    Args:
        value: A URL (http, https, rtsp, …), an index such as ``0``, or a device path.
        clock: Stamps frames.
        health: Told from the grabber's thread when the camera is lost and when it is back.
        settings: How a local camera is set, each time it is opened.
        answered: Told by the grabber, after each opening, what the driver made of the settings.
        prepare_grabber: Called first in the grabber's thread, e.g. to lower its priority: it
            unpacks every picture, which may take a whole core.
        give_up_after_s: How long it may be away before it counts as gone for good; None waits
            for ever.
        open_timeout_ms: How long connecting may take (network cameras).
        read_timeout_ms: How long a frame may take (network cameras).
        first_pause_s: The first pause before it is opened again; doubles up to 10 s.

    Raises:
        ConfigurationError: The value is no camera's name, or settings are given for a camera on the
            network.
        DeviceError: The local device does not exist.
    """

    def __init__(
        self,
        value: str,
        *,
        clock: Clock,
        health: HealthSink,
        settings: CameraSettings | None = None,
        answered: Callable[[tuple[SettingAnswer, ...]], None] | None = None,
        prepare_grabber: Callable[[], None] | None = None,
        give_up_after_s: float | None = None,
        open_timeout_ms: int = OPEN_TIMEOUT_MS,
        read_timeout_ms: int = READ_TIMEOUT_MS,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._target = _target(value)
        self._name = shown(value)
        self._settings = settings or CameraSettings()
        if not self._is_local and not self._settings.is_empty:
            raise ConfigurationError(
                f"{self._name} is on the network and takes no settings from here",
                "set them on the camera's own pages, and take its [source.camera] section out",
            )
        self._clock = clock
        self._health = health
        self._answered = answered
        self._prepare_grabber = prepare_grabber
        self._refused = ""
        self._not_taken = ""
        self._count = 0
        self._give_up_after_s = give_up_after_s
        self._open_timeout_ms = open_timeout_ms
        self._read_timeout_ms = read_timeout_ms
        self._first_pause_s = first_pause_s
        self._changed = threading.Condition()
        self._condition = ConditionWatch()
        self._newest: Frame | None = None
        self._gone: Exception | None = None
        self._closed = threading.Event()
        be_quiet()

    def frames(self) -> Iterator[Frame | FrameProblem]:
        """The newest frame, again and again, until `close`.

        Raises:
            DeviceError: It was away for longer than `give_up_after_s`.
        """
        grabber = threading.Thread(target=self._run, name=f"camera {self._name}", daemon=True)
        grabber.start()
        try:
            while (frame := self._next()) is not None:
                yield frame
        finally:
            self.close()
            grabber.join(_JOIN_S)

    def close(self) -> None:
        """End the iteration; from any thread; idempotent."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()

    def _next(self) -> Frame | None:
        """Wait for a frame not yet given out; None when closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed.is_set() or self._newest is not None or self._gone is not None
            )
            if self._closed.is_set():
                return None
            frame, self._newest = self._newest, None
            if frame is None and self._gone is not None:
                raise self._gone
            return frame

    # ------------------------------------------------------------- the grabber's thread

    def _run(self) -> None:
        """Grab; whatever ends the grabber unforeseen ends the iteration too, with that error."""
        try:
            if self._prepare_grabber is not None:
                self._prepare_grabber()
            self._grab()
        except Exception as error:  # noqa: BLE001 - handed to the consumer's thread, which raises it
            self._end_with(error)

    def _grab(self) -> None:
        """Open, read until it fails, pause, again; ends when closed or given up."""
        pause_s = self._first_pause_s
        away_since = time.monotonic()
        lost_told = False
        while not self._closed.is_set():
            if self._read_until_it_fails():
                pause_s, away_since, lost_told = self._first_pause_s, time.monotonic(), False
            if self._closed.is_set():
                return
            if not lost_told:
                self._tell(
                    HealthStatus.FAILED,
                    f"{self._name} gives no picture, trying again; check its power, cable, "
                    "network and address",
                    told(Cause.CAMERA_SILENT, device=self._name),
                )
                lost_told = True
            limit_s = self._give_up_after_s
            if limit_s is not None and time.monotonic() - away_since >= limit_s:
                advice = "check its power, cable, network and address, then start again"
                self._end_with(DeviceError(f"{self._name} gives no picture", advice))
                return
            self._closed.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _read_until_it_fails(self) -> bool:
        """Keep the newest frame of one connection; says whether there was any."""
        capture = self._open()
        before = self._count
        try:
            while not self._closed.is_set():
                was_read, picture = capture.read()
                if not was_read or not 0 < picture.shape[0] * picture.shape[1] <= MAX_PIXELS:
                    break
                self._count += 1
                pixels = grey(picture)
                if self._count == before + 1:
                    height, width = pixels.shape
                    self._tell_well(
                        f"delivers {width} × {height} pixels",
                        told(Cause.CAMERA_DELIVERS, device=self._name, width=width, height=height),
                    )
                self._keep(pixels)
        finally:
            capture.release()
        return self._count > before

    @property
    def _is_local(self) -> bool:
        return isinstance(self._target, int) or self._target.startswith("/dev/")

    def _open(self) -> cv2.VideoCapture:
        if self._is_local:
            capture = cv2.VideoCapture(self._target, cv2.CAP_V4L2)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            if capture.isOpened():
                self._set(capture)
            return capture
        timeouts = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            self._open_timeout_ms,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            self._read_timeout_ms,
        ]
        return cv2.VideoCapture(self._target, cv2.CAP_FFMPEG, timeouts)

    def _set(self, capture: cv2.VideoCapture) -> None:
        """Set the camera, and keep what it refused for health."""
        answers = apply_settings(capture, self._settings)
        self._refused = refused_text(answers)
        self._not_taken = not_taken(answers)
        if self._answered is not None and answers:
            self._answered(answers)

    def _keep(self, pixels: "GreyPixels") -> None:
        frame = Frame(
            pixels,
            self._clock.mono_ns(),
            f"{self._name}#{self._count}",
            still=False,
            number=self._count,
        )
        news = self._condition.see(pixels, frame.captured_mono_ns)
        if news is not None and news.condition is not None:
            cause = _CAUSES[news.condition]
            text = f"{self._name} {news.condition.value}"
            self._tell(HealthStatus.WARNING, text, told(cause, device=self._name))
        elif news is not None:
            told_of = told(Cause.CAMERA_GOOD_AGAIN, device=self._name)
            self._tell_well("gives a good picture again", told_of)
        with self._changed:
            self._newest = frame
            self._changed.notify_all()

    def _end_with(self, error: Exception) -> None:
        with self._changed:
            self._gone = error
            self._changed.notify_all()

    def _tell_well(self, what: str, told_of: Told) -> None:
        """All is well with the pictures; a setting that was refused stays a warning."""
        status = HealthStatus.WARNING if self._refused else HealthStatus.OK
        if self._refused:
            told_of = told(Cause.CAMERA_REFUSES, device=self._name, settings=self._not_taken)
        self._tell(status, f"{self._name} {what}{self._refused}", told_of)

    def _tell(self, status: HealthStatus, text: str, told_of: Told) -> None:
        self._health(Health(_COMPONENT, status, text, told_of))


def not_taken(answers: tuple[SettingAnswer, ...]) -> str:
    """What a driver did not take, and what it has instead; ``""`` if it took all."""
    return ", ".join(
        f"{answer.name} = {answer.asked}" + (f" (it has {answer.has})" if answer.has else "")
        for answer in answers
        if not answer.taken
    )


def refused_text(answers: tuple[SettingAnswer, ...]) -> str:
    """What a driver did not take and what to do, to follow another statement; ``""`` if all."""
    refused = not_taken(answers)
    if not refused:
        return ""
    return (
        f" and does not take {refused}; choose what its driver has (v4l2-ctl -L), or "
        "take the key out of station.toml"
    )


def shown(value: str) -> str:
    """A camera's name for people: without the password a URL may hold, and printable."""
    with suppress(ValueError):
        parts = urlsplit(value)
        if parts.netloc:
            host = parts.netloc.rpartition("@")[2]
            return printable(f"{parts.scheme}://{host}{parts.path}", 120)
    return printable(f"camera {value}", 120)


def _target(value: str) -> int | str:
    """What OpenCV is given: an index, a device path or a URL."""
    if _INDEX.fullmatch(value):
        _require(Path(f"/dev/video{int(value)}"))
        return int(value)
    if _DEVICE.fullmatch(value):
        _require(Path(value))
        return value
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not value.isprintable():
        raise ConfigurationError(f"{shown(value)} is no camera", _USAGE)
    return value


def _require(device: Path) -> None:
    if not device.exists():
        found = ", ".join(sorted(str(path) for path in Path("/dev").glob("video*")))
        raise DeviceError(
            f"there is no camera device {device}",
            f"connect it, or use one of: {found}" if found else "connect it; there is none here",
        )
