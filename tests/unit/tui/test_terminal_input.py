"""What a terminal may send: a paste without an end, sizes nobody set, bytes that are no text."""

from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import constants, events
from textual.drivers import linux_driver
from textual.message import Message

from station.tui import terminal_input
from station.tui.terminal_input import (
    MAX_PASTE_CHARS,
    MAX_PASTE_S,
    PASTE_GAP_S,
    CutPaste,
    GuardedParser,
    harden_terminal_input,
)

START: Final = "\x1b[200~"
END: Final = "\x1b[201~"
CHUNK: Final = 4096
"""What Textual's reader takes at once."""


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(terminal_input, "get_time", made)
    monkeypatch.setattr("textual._parser.get_time", made)
    return made


def later(parser: GuardedParser, clock: Clock, seconds: float) -> list[Message]:
    clock.s += seconds
    return list(parser.tick())


def keys(messages: list[Message]) -> str:
    return "".join(one.character or "" for one in messages if isinstance(one, events.Key))


def pastes(messages: list[Message]) -> list[tuple[str, bool]]:
    """Every paste and whether it is whole."""
    return [
        (one.text, not isinstance(one, CutPaste))
        for one in messages
        if isinstance(one, events.Paste)
    ]


def test_a_paste_is_handed_over_whole_however_it_is_cut_up(clock: Clock) -> None:
    for size in range(1, 30):
        parser, told = GuardedParser(), []
        sent = f"a{START}]d2010950\x1d\r{END}b"
        for place in range(0, len(sent), size):
            told += list(parser.feed(sent[place : place + size]))
            told += later(parser, clock, 0.05)
        assert pastes(told) == [("]d2010950\x1d\r", True)]
        assert keys(told) == "ab"
        assert later(parser, clock, 10) == []


def test_a_paste_without_an_end_is_ended_by_a_pause(clock: Clock) -> None:
    parser = GuardedParser()
    told = list(parser.feed(f"{START}ABC\r"))
    assert told == []
    assert later(parser, clock, PASTE_GAP_S / 2) == []
    assert pastes(later(parser, clock, PASTE_GAP_S)) == [("ABC\r", False)]
    assert keys(list(parser.feed("q"))) == "q", "the next key is a key"
    assert later(parser, clock, 10) == []


def test_nothing_that_goes_on_typing_keeps_a_paste_open(clock: Clock) -> None:
    """A slow wedge, or a person at the keyboard who wonders why nothing happens."""
    parser, told = GuardedParser(), list[Message]()
    told += parser.feed(START)
    for _ in range(100):
        told += parser.feed("x")
        told += later(parser, clock, PASTE_GAP_S / 2)
    held = int(MAX_PASTE_S / (PASTE_GAP_S / 2))
    ((text, whole),) = pastes(told)
    assert (len(text), whole) == (held, False)
    assert keys(told) == "x" * (100 - held)


@pytest.mark.parametrize("again", ["", START])
def test_what_is_held_of_it_is_bounded(clock: Clock, again: str) -> None:
    parser, told = GuardedParser(), list[Message]()
    told += parser.feed(START)
    for _ in range(40):
        told += parser.feed((again + "x" * CHUNK)[:CHUNK])
    assert pastes(told), "it was ended on the way"
    for text, whole in pastes(told):
        assert len(text) <= MAX_PASTE_CHARS + CHUNK
        assert not whole


PIECES: Final = (START, END, "\x1b", "[200~", "[20", "0~", "[201~", "1~", "x", "\r", "é")


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([0.0, 0.15]))))
@example([(START, 0.0), ("\x1b", 0.15), ("[201~", 0.0)])
def test_whatever_came_a_key_is_a_key_after_a_pause(pieces: list[tuple[str, float]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(terminal_input, "get_time", clock)
        patch.setattr("textual._parser.get_time", clock)
        parser = GuardedParser()
        for piece, pause_s in pieces:
            list(parser.feed(piece))
            later(parser, clock, pause_s)
        for _ in range(2):
            later(parser, clock, MAX_PASTE_S)
        assert keys(list(parser.feed("q"))) == "q"


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[48;3;3;30;30t", "\x1b[48;24:1;80:1;480;720t", "\x1b[?2048;1$y", "\x1b[?2048;2$y"],
)
def test_no_code_changes_the_window(sequence: str) -> None:
    parser = GuardedParser()
    told = list(parser.feed(sequence))
    assert not [one for one in told if isinstance(one, events.Resize)]
    assert not [one for one in told if "Resize" in type(one).__name__]
    assert keys(list(parser.feed("q"))) == "q"


def test_the_terminal_s_own_reports_still_count() -> None:
    told = list(GuardedParser().feed("\x1b[I\x1b[O\x1b[A"))
    assert [type(one) for one in told] == [events.AppFocus, events.AppBlur, events.Key]


def test_the_reader_takes_it_and_any_bytes() -> None:
    harden_terminal_input()
    harden_terminal_input()
    reader = vars(linux_driver)
    assert reader["XTermParser"] is GuardedParser
    assert constants.DISABLE_KITTY_KEY
    decoded = reader["getincrementaldecoder"]("utf-8")().decode(b"caf\xe9\xff", final=True)
    assert decoded.encode("utf-8", "surrogateescape") == b"caf\xe9\xff"


def test_the_beginning_of_a_character_goes_with_a_pause_and_not_before_it(clock: Clock) -> None:
    """Two bytes of three, and then somebody's next code."""
    harden_terminal_input()
    decoder = vars(linux_driver)["getincrementaldecoder"]("utf-8")()
    first, second = "\u4f60".encode()[:2], "\u4f60".encode()[2:]
    assert decoder.decode(b"0109" + first) == "0109"
    clock.s += 0.14
    assert decoder.decode(second) == "\u4f60", "a terminal's pieces come in one go"
    assert decoder.decode(first) == ""
    clock.s += 0.16
    assert decoder.decode(b"0109") == "0109"


@pytest.mark.parametrize(
    "sequence", ["\x1b[99999999;1u", "\x1b[1:2;3u", "\x1b[97;5:3u", "\x1b[113;5u", "\x1b[9;9;9u"]
)
def test_a_code_with_a_key_report_in_it_is_no_key_and_ends_nothing(
    clock: Clock, sequence: str
) -> None:
    """Textual's reading of them fails on numbers that are none, and its reader ends with it."""
    harden_terminal_input()
    parser = GuardedParser()
    told = list(parser.feed(sequence))
    clock.s += 1.0
    told += parser.tick()
    assert not any(
        isinstance(one, events.Key) and one.key.startswith(("ctrl+", "alt+", "super+"))
        for one in told
    )
