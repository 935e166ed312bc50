"""What a stream shows from frame to frame, and frames turned into captures."""

from collections.abc import Iterator
from dataclasses import replace

from station.core.reading import Capture
from station.core.symbol import Symbol, SymbolFormat
from station.intake.frame_reader import (
    LINEAR_PATIENCE_NS,
    LONGEST_GAP_NS,
    MAX_GRADED,
    OUT_OF_VIEW_NS,
    FrameReader,
    Readers,
    View,
)
from station.ports.decoding import LabelFinder, LabelWatcher, PrintGrader, Sight
from station.ports.frames import Frame, FrameProblem
from station.ports.health import Health, HealthStatus
from tests.fakes.grader import SOUND, FakeGrader
from tests.fakes.intake import CountingIds, FrozenClock, at

STEP_NS = 33_000_000
EAN = Symbol(b"4006381333931", "]E0", SymbolFormat.EAN_13)
PLACED = Symbol(b"one", "]d2", SymbolFormat.DATA_MATRIX, ((0, 0), (9, 0), (9, 9), (0, 9)))
UNSURE = replace(EAN, corners=((0, 0), (90, 0), (90, 30), (0, 30)))


def test_a_symbol_is_news_once_while_it_stays_in_view() -> None:
    view = View()
    news = [view.see((at(b"one", n),), n * STEP_NS) for n in range(100)]
    assert [len(sightings) for sightings in news] == [1] + [0] * 99


def test_a_symbol_that_was_away_is_a_new_presentation() -> None:
    view = View()
    (first,) = view.see((at(b"one", 0),), 0)
    assert view.see((at(b"one", 0),), OUT_OF_VIEW_NS) == []
    assert view.see((), OUT_OF_VIEW_NS + STEP_NS) == []
    (second,) = view.see((at(b"one", 0),), 2 * OUT_OF_VIEW_NS + 1)
    assert first.presentation != second.presentation


def test_what_no_frame_missed_is_still_there_after_a_pause_of_the_stream() -> None:
    """A busy machine or a slow camera takes nothing out of view."""
    view = View()
    view.see((at(b"one", 0),), 0)
    assert view.see((at(b"one", 0),), LONGEST_GAP_NS) == []
    assert view.see((at(b"one", 0),), 2 * LONGEST_GAP_NS) == []
    (again,) = view.see((at(b"one", 0),), 3 * LONGEST_GAP_NS + 1)
    assert again.presentation == "view-2"


def test_one_frame_without_it_in_a_pause_takes_it_out_of_view() -> None:
    view = View()
    view.see((at(b"one", 0),), 0)
    assert view.see((), STEP_NS) == []
    (again,) = view.see((at(b"one", 0),), OUT_OF_VIEW_NS + 1)
    assert again.presentation == "view-2"


def test_a_flicker_shorter_than_the_limit_is_the_same_presentation() -> None:
    view = View()
    view.see((at(b"one", 0),), 0)
    assert view.see((), STEP_NS) == []
    assert view.see((at(b"one", 0),), OUT_OF_VIEW_NS) == []


def test_a_copy_coming_into_view_is_news_with_both_places() -> None:
    view = View()
    (first,) = view.see((at(b"one", 0),), 0)
    (both,) = view.see((at(b"one", 0), at(b"one", 300)), STEP_NS)
    assert len(both.symbols) == 2
    assert both.presentation == first.presentation
    assert view.see((at(b"one", 0), at(b"one", 300)), 2 * STEP_NS) == []


def test_symbols_that_come_together_are_one_presentation_and_count_the_others() -> None:
    view = View()
    view.see((at(b"one", 0),), 0)
    (sighting,) = view.see((at(b"one", 0), at(b"two", 200), at(b"three", 400)), STEP_NS)
    assert [symbol.payload for symbol in sighting.symbols] == [b"two", b"three"]
    assert sighting.others_in_view == 1


def test_what_the_decoder_missed_in_one_frame_still_counts_as_beside() -> None:
    view = View()
    view.see((at(b"counterfeit", 0),), 0)
    (sighting,) = view.see((at(b"label", 200),), STEP_NS)
    assert sighting.others_in_view == 1
    (sighting,) = view.see((at(b"other label", 200),), OUT_OF_VIEW_NS + 2 * STEP_NS)
    assert sighting.others_in_view == 0


def test_a_linear_symbol_waits_for_the_unit_code_beside_it() -> None:
    view = View()
    assert view.see((EAN,), 0) == []
    (sighting,) = view.see((EAN, at(b"unit", 0)), LINEAR_PATIENCE_NS)
    assert [symbol.payload for symbol in sighting.symbols] == [b"unit"]


def test_a_linear_symbol_that_stays_alone_is_news() -> None:
    view = View()
    assert view.see((EAN,), 0) == []
    (sighting,) = view.see((EAN,), LINEAR_PATIENCE_NS)
    assert sighting.symbols == (EAN,)


def test_a_linear_symbol_from_a_picture_is_no_news_before_a_second_witness() -> None:
    view = View()
    for n in range(3):
        assert view.see((UNSURE,), n * LINEAR_PATIENCE_NS) == []
    sure = replace(UNSURE, witnesses=2)
    (sighting,) = view.see((sure,), 3 * LINEAR_PATIENCE_NS)
    assert sighting.symbols == (sure,)


class _Frames:
    """Implements `FrameSource` over a list."""

    def __init__(self, *frames: Frame | FrameProblem) -> None:
        self._frames = frames
        self.closed = False

    def frames(self) -> Iterator[Frame | FrameProblem]:
        yield from self._frames

    def close(self) -> None:
        self.closed = True


class _Decoder:
    """Implements `Decoder`: the "pixels" are the answer."""

    name = "scripted"

    def decode(self, pixels: object) -> tuple[Symbol, ...]:
        assert isinstance(pixels, tuple)
        return pixels

    def look(self, pixels: object) -> Sight:
        assert isinstance(pixels, tuple)
        return Sight(pixels)


def _frame(name: str, *symbols: Symbol, still: bool, media_ns: int | None = None) -> Frame:
    return Frame(symbols, 5, name, still, media_ns)  # type: ignore[arg-type]


def _read(
    *frames: Frame | FrameProblem,
    decoder: LabelFinder | None = None,
    watcher: LabelWatcher | None = None,
    grader: PrintGrader | None = None,
) -> tuple[list[Capture], list[Health]]:
    captures: list[Capture] = []
    reports: list[Health] = []
    reader = FrameReader(
        "images:x",
        "images",
        _Frames(*frames),
        Readers(decoder or _Decoder(), watcher, grader),
        clock=FrozenClock(),
        scan_ids=CountingIds(),
        health=reports.append,
    )
    reader.run(captures.append)
    return captures, reports


def test_stills_are_delivered_in_order_each_a_presentation_and_empty_ones_too() -> None:
    frames = [_frame(f"{n}.png", at(b"%d" % n, 0), still=True) for n in range(20)]
    captures, reports = _read(*frames, _frame("empty.png", still=True))
    assert [capture.picture for capture in captures] == [frame.name for frame in frames] + [
        "empty.png"
    ]
    assert len({capture.presentation for capture in captures}) == 21
    assert captures[-1].reads[0].symbol.payload == b""
    assert not reports


def test_an_empty_frame_of_a_stream_is_nothing() -> None:
    captures, _ = _read(_frame("0", still=False), _frame("1", at(b"one", 0), still=False))
    assert [capture.picture for capture in captures] == ["1"]


def test_a_recording_goes_by_its_own_time() -> None:
    away_ns = LONGEST_GAP_NS + 1
    captures, _ = _read(
        _frame("0", at(b"one", 0), still=False, media_ns=0),
        _frame("1", at(b"one", 0), still=False, media_ns=away_ns),
    )
    assert len({capture.presentation for capture in captures}) == 2


def test_an_unreadable_picture_is_a_report_and_the_next_one_is_read() -> None:
    captures, reports = _read(
        FrameProblem("bad.png", "not a picture: remove it"),
        _frame("good.png", at(b"one", 0), still=True),
    )
    assert len(captures) == 1
    assert reports == [Health("images", HealthStatus.WARNING, "bad.png: not a picture: remove it")]


def test_labels_that_could_not_be_read_are_told_with_their_places() -> None:
    class Finder(_Decoder):
        def look(self, pixels: object) -> Sight:
            outline = ((0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0))
            return Sight((at(b"one", 0),), (outline,) * 12)

    captures, reports = _read(_frame("tray.png", still=True), decoder=Finder())
    assert len(captures) == 1
    assert reports == [
        Health(
            "images",
            HealthStatus.WARNING,
            "tray.png: 12 labels could not be read, at " + "; ".join(["10, 10"] * 10) + " and 2 "
            "more (pixels from the left, from the top); take the picture nearer and sharper, or "
            "scan them one by one",
        )
    ]


def test_a_frame_is_shown_with_its_capture_before_the_loop_is_told() -> None:
    told: list[tuple[str, object, object]] = []
    reader = FrameReader(
        "camera:0",
        "camera",
        _Frames(
            _frame("0", still=False),
            _frame("1", at(b"one", 0), still=False),
            _frame("empty.png", still=True),
        ),
        Readers(_Decoder()),
        clock=FrozenClock(),
        scan_ids=CountingIds(),
        health=print,
        frame_sink=lambda capture, pixels: told.append(("frame", capture, pixels)),
    )
    reader.run(lambda capture: told.append(("loop", capture, None)))
    assert [who for who, _, _ in told] == ["frame", "loop"] * 2
    assert told[0][1] is told[1][1]
    assert [pixels for who, _, pixels in told if who == "frame"] == [(at(b"one", 0),), ()]


def test_frames_of_a_stream_go_to_the_watcher_and_stills_to_the_decoder() -> None:
    class Everywhere:
        def watch(self, pixels: object) -> tuple[Symbol, ...]:
            return (at(b"watched", 0),)

    captures, _ = _read(
        _frame("still.png", at(b"looked", 0), still=True),
        _frame("1", still=False),
        watcher=Everywhere(),
    )
    assert [c.reads[0].symbol.payload for c in captures] == [b"looked", b"watched"]


def test_a_still_is_graded_label_by_label() -> None:
    grader = FakeGrader()
    captures, _ = _read(
        _frame("1.png", PLACED, replace(PLACED, payload=b"two"), still=True),
        _frame("empty.png", still=True),
        grader=grader,
    )
    assert [[read.print_quality for read in c.reads] for c in captures] == [[SOUND, SOUND], [None]]
    assert grader.graded == [PLACED.payload, b"two", b""]


def test_a_stream_is_graded_once_a_presentation() -> None:
    grader = FakeGrader()
    frames = [_frame(str(n), PLACED, still=False) for n in range(9)]
    captures, _ = _read(*frames, grader=grader)
    assert [read.print_quality for c in captures for read in c.reads] == [SOUND]
    assert grader.graded == [PLACED.payload]


def test_of_a_tray_some_labels_are_graded_from_all_over_it() -> None:
    grader = FakeGrader()
    labels = [replace(PLACED, payload=b"%d" % n) for n in range(100)]
    captures, _ = _read(_frame("tray.png", *labels, still=True), grader=grader)
    graded = [read.print_quality is not None for read in captures[0].reads]
    assert sum(graded) == len(grader.graded) == MAX_GRADED
    assert all(any(graded[start : start + 10]) for start in range(0, 100, 10))
    few = [replace(PLACED, payload=b"%d" % n) for n in range(MAX_GRADED)]
    captures, _ = _read(_frame("tray.png", *few, still=True), grader=FakeGrader())
    assert all(read.print_quality is SOUND for read in captures[0].reads)


def test_without_a_grader_print_is_unknown() -> None:
    captures, _ = _read(
        _frame("1.png", PLACED, still=True), _frame("2", PLACED, still=False), grader=None
    )
    assert [read.print_quality for c in captures for read in c.reads] == [None, None]


def test_stop_closes_the_camera() -> None:
    frames = _Frames()
    reader = FrameReader(
        "camera:0",
        "camera",
        frames,
        Readers(_Decoder()),
        clock=FrozenClock(),
        scan_ids=CountingIds(),
        health=print,
    )
    reader.stop()
    assert frames.closed
    assert reader.name == "camera:0"
