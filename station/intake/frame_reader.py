"""A source made of a camera and a decoder: pictures in, captures out.

A still picture is a presentation of its own, and one without a symbol is reported as such: someone
put it there to be read. In a stream an empty frame means nothing; a symbol is delivered once when
it comes into view and belongs to the same presentation until it has been out of view for a while.
Pictures are decoded in worker threads (the decoders release the interpreter's lock) and delivered
in order.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from station.core.causes import Cause, Told, told
from station.core.print_quality import PrintQuality
from station.core.reading import Capture, Read
from station.core.symbol import LINEAR_FORMATS, Corners, Symbol, center, is_evidence
from station.ports.clock import Clock, ScanIds
from station.ports.decoding import LabelFinder, LabelWatcher, PrintGrader, Sight
from station.ports.evidence import FrameSink
from station.ports.frames import Frame, FrameProblem, FrameSource
from station.ports.health import Health, HealthSink, HealthStatus
from station.ports.sources import CaptureSink

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

OUT_OF_VIEW_NS: Final = 700_000_000
"""A symbol that frames did not show for this long has left; when it comes back it is a new
presentation."""

LONGEST_GAP_NS: Final = 2_000_000_000
"""So long may a stream pause, on a busy machine or from a slow camera, with what it showed still
there afterwards; then a camera counts as lost, and items may have been changed."""

LINEAR_PATIENCE_NS: Final = 500_000_000
"""A linear symbol waits this long for the unit code beside it to come into focus."""

WORKERS: Final = 2
"""Decoding threads, for still pictures."""

STILLS_IN_FLIGHT: Final = 4
"""Pictures being decoded ahead of the one being delivered."""

MAX_GRADED: Final = 12
"""Labels of one capture whose print is looked at, spread over it: a tray's labels are of one batch,
and its verdicts must not wait for a hundred of them."""

MAX_PLACES_TOLD: Final = 10
"""Unread labels of one picture whose places are listed."""


@dataclass(slots=True)
class _InView:
    presentation: str
    first_seen_ns: int
    last_seen_ns: int
    places_delivered: int = 0
    is_missed: bool = False
    """Whether a frame since then did not show it."""

    def has_left(self, now_ns: int, *, shown: bool) -> bool:
        """Whether it is gone, or was and another one has come, by the frame at hand."""
        away_ns = now_ns - self.last_seen_ns
        return away_ns > (OUT_OF_VIEW_NS if self.is_missed or not shown else LONGEST_GAP_NS)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Symbols of one frame to be delivered together.

    Attributes:
        presentation: The presentation they belong to.
        symbols: At least one.
        others_in_view: How many other symbols are in view, also those this frame does not show.
    """

    presentation: str
    symbols: tuple[Symbol, ...]
    others_in_view: int


class View:
    """What a stream shows from frame to frame. Times are of one clock, rising."""

    def __init__(self) -> None:
        self._in_view: dict[bytes, _InView] = {}
        self._count = 0

    def see(self, symbols: Sequence[Symbol], now_ns: int) -> list[Sighting]:
        """Take one frame's symbols and say which are news.

        News is a code that comes into view, and a code that shows at more places than before. A
        linear code is none before it is evidence: two engines or two frames agree on it.

        Args:
            symbols: One for each place; may be empty.
            now_ns: When the frame was taken.
        """
        by_payload: dict[bytes, list[Symbol]] = {}
        for symbol in symbols:
            by_payload.setdefault(symbol.payload, []).append(symbol)
        for payload, known in list(self._in_view.items()):
            shown = payload in by_payload
            if known.has_left(now_ns, shown=shown):
                del self._in_view[payload]
            known.is_missed = not shown
        news: dict[str, list[Symbol]] = {}
        has_square = any(symbol.format not in LINEAR_FORMATS for symbol in symbols)
        newcomer = ""
        for payload, same in by_payload.items():
            seen = self._in_view.get(payload)
            if seen is None:
                newcomer = newcomer or self._new_presentation()
                seen = self._in_view[payload] = _InView(newcomer, now_ns, now_ns)
            seen.last_seen_ns = now_ns
            waits = same[0].format in LINEAR_FORMATS and (
                has_square
                or not any(is_evidence(symbol) for symbol in same)
                or now_ns - seen.first_seen_ns < LINEAR_PATIENCE_NS
            )
            if not waits and len(same) > seen.places_delivered:
                seen.places_delivered = len(same)
                news.setdefault(seen.presentation, []).extend(same)
        # A decoder misses a symbol now and then: what was just seen is still beside the others.
        in_view = len(symbols) + len(self._in_view.keys() - by_payload.keys())
        return [
            Sighting(presentation, tuple(delivered), in_view - len(delivered))
            for presentation, delivered in news.items()
        ]

    def _new_presentation(self) -> str:
        self._count += 1
        return f"view-{self._count}"


@dataclass(frozen=True, slots=True)
class Readers:
    """What looks at a source's pictures.

    Attributes:
        decoder: What reads still pictures.
        watcher: What reads the frames of a stream in order; None gives each to `decoder`.
        grader: Looks at the print of what is delivered; None leaves it unknown.
    """

    decoder: LabelFinder
    watcher: LabelWatcher | None = None
    grader: PrintGrader | None = None


_Grades = tuple[PrintQuality | None, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a worker made of a frame.

    Attributes:
        sight: What it shows.
        grades: Of a still, how its symbols are printed; empty for a frame of a stream.
    """

    sight: Sight
    grades: _Grades


class FrameReader:
    """Implements `station.ports.sources.Source` over a frame source and a decoder.

    Args:
        name: The source's name as configured.
        component: Which part of the station it is in health reports, e.g. ``camera``.
        frames: Where pictures come from.
        readers: What looks at them.
        clock: For stage times.
        scan_ids: Names reads.
        health: Told about unreadable pictures.
        prepare_worker: Called first in every decoding thread, e.g. to lower its priority.
        frame_sink: Told of every capture with its frame, before the loop is.
    """

    def __init__(
        self,
        name: str,
        component: str,
        frames: FrameSource,
        readers: Readers,
        *,
        clock: Clock,
        scan_ids: ScanIds,
        health: HealthSink,
        prepare_worker: Callable[[], None] | None = None,
        frame_sink: FrameSink | None = None,
    ) -> None:
        self._name = name
        self._component = component
        self._frames = frames
        self._readers = readers
        self._clock = clock
        self._scan_ids = scan_ids
        self._health = health
        self._prepare_worker = prepare_worker
        self._frame_sink = frame_sink
        self._view = View()
        self._stills = 0

    @property
    def name(self) -> str:
        """As configured."""
        return self._name

    def run(self, sink: CaptureSink) -> None:
        """Deliver captures until the frames end or `stop` is called.

        Raises:
            DeviceError: The device is gone for good.
        """
        with ThreadPoolExecutor(
            WORKERS, "decode", initializer=self._prepare_worker or _nothing
        ) as pool:
            decoding: deque[tuple[Frame, Future[_Seen]]] = deque()
            for arrived in self._frames.frames():
                if isinstance(arrived, FrameProblem):
                    self._report(arrived)
                    continue
                decoding.append((arrived, pool.submit(self._look, arrived)))
                ahead = STILLS_IN_FLIGHT if arrived.still else 0
                while len(decoding) > ahead:
                    self._deliver(*decoding.popleft(), pool, sink)
            for frame, looking in decoding:
                self._deliver(frame, looking, pool, sink)

    def stop(self) -> None:
        """Make `run` return soon."""
        self._frames.close()

    def _look(self, frame: Frame) -> "_Seen":
        """In a worker's thread; frames of a stream come one at a time.

        All symbols of a still are delivered, so their print is looked at here, beside other stills.
        """
        if frame.still or self._readers.watcher is None:
            sight = self._readers.decoder.look(frame.pixels)
        else:
            sight = Sight(self._readers.watcher.watch(frame.pixels))
        return _Seen(sight, self._grades(frame.pixels, sight.symbols) if frame.still else ())

    def _grades(self, pixels: "GreyPixels", symbols: tuple[Symbol, ...]) -> "_Grades":
        """How symbols are printed, in their order; in a worker's thread."""
        if self._readers.grader is None:
            return (None,) * len(symbols)
        # Of n symbols every (n / MAX_GRADED)th, rounded to whole ones.
        chosen = {i * len(symbols) // MAX_GRADED for i in range(MAX_GRADED)}
        is_few = len(symbols) <= MAX_GRADED
        return tuple(
            self._readers.grader.grade(pixels, symbol) if is_few or number in chosen else None
            for number, symbol in enumerate(symbols)
        )

    def _report(self, problem: FrameProblem, told_of: Told | None = None) -> None:
        text = f"{problem.name}: {problem.detail}"
        told_of = told_of or told(Cause.PICTURE_UNREAD, picture=problem.name, why=problem.detail)
        self._health(Health(self._component, HealthStatus.WARNING, text, told_of))

    def _deliver(
        self,
        frame: Frame,
        looking: "Future[_Seen]",
        pool: ThreadPoolExecutor,
        sink: CaptureSink,
    ) -> None:
        seen = looking.result()
        sight = seen.sight
        if frame.still and sight.unread:
            count = len(sight.unread)
            self._report(
                FrameProblem(frame.name, _unread_text(sight.unread)),
                told(Cause.LABELS_UNREAD, picture=frame.name, count=count),
            )
        for sighting in self._sightings(frame, sight.symbols):
            # Of a stream only news are graded, once; no frame waits in the pool before them.
            grades = (
                seen.grades or pool.submit(self._grades, frame.pixels, sighting.symbols).result()
            )
            reads = zip(sighting.symbols, grades, strict=True)
            capture = Capture(
                source=self._name,
                reads=tuple(Read(self._scan_ids.next(), *read) for read in reads),
                presentation=sighting.presentation,
                captured_mono_ns=frame.captured_mono_ns,
                decoded_mono_ns=self._clock.mono_ns(),
                picture=frame.name,
                others_in_view=sighting.others_in_view,
                unread=sight.unread,
            )
            if self._frame_sink is not None:
                self._frame_sink(capture, frame.pixels)
            sink(capture)

    def _sightings(self, frame: Frame, symbols: tuple[Symbol, ...]) -> Iterable[Sighting]:
        if not frame.still:
            seen_ns = frame.captured_mono_ns if frame.media_ns is None else frame.media_ns
            return self._view.see(symbols, seen_ns)
        self._stills += 1
        nothing = (Symbol(b"", engine=self._readers.decoder.name),)
        return [Sighting(f"picture-{self._stills}", symbols or nothing, 0)]


def _unread_text(unread: tuple[Corners, ...]) -> str:
    """Where labels are that could not be read, for people."""
    places = [f"{x:.0f}, {y:.0f}" for x, y in map(center, unread[:MAX_PLACES_TOLD])]
    more = f" and {len(unread) - len(places)} more" if len(unread) > len(places) else ""
    labels = "a label" if len(unread) == 1 else f"{len(unread)} labels"
    return (
        f"{labels} could not be read, at {'; '.join(places)}{more} (pixels from the left, from the "
        "top); take the picture nearer and sharper, or scan them one by one"
    )


def _nothing() -> None:
    """Leaves a worker thread as it is."""
