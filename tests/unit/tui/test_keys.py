"""A barcode never acts; a person acts in two steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.lines import MAX_PAYLOAD_BYTES
from firmware_bridge.keystrokes import BURST_GAP_MS, BURST_KEYS
from station.tui.keys import (
    ANSWERS,
    CONFIRM_AFTER_MS,
    CONFIRM_KEY,
    CONFIRM_WITHIN_MS,
    DECLARES,
    REQUEST_KEYS,
    Burst,
    KeyCatcher,
    Pressed,
    Request,
    Scanned,
    TwoSteps,
)

MS = 1_000_000


def typed(
    catcher: KeyCatcher, keys: list[str], gap_ms: int, start_ms: int = 0
) -> list[str | Burst]:
    """What comes out of keys at an even pace, and after a pause."""
    caught: list[Pressed | Burst | Scanned] = []
    at_ms = start_ms
    for key in keys:
        caught += catcher.feed(key, at_ms * MS)
        at_ms += gap_ms
    caught += catcher.flush((at_ms + 10_000) * MS)
    keys_and_bursts = [one for one in caught if not isinstance(one, Scanned)]
    return [one.key if isinstance(one, Pressed) else one for one in keys_and_bursts]


def scanned(text: str, gap_ms: int = 5, catcher: KeyCatcher | None = None) -> list[Scanned]:
    """What codes come out of characters at an even pace, and after a pause."""
    catcher = catcher or KeyCatcher()
    caught: list[Pressed | Burst | Scanned] = []
    for at, character in enumerate(text):
        key = {"\r": "enter", "\x1d": "ctrl+right_square_bracket"}.get(character, character)
        caught += catcher.feed(key, at * gap_ms * MS, character)
    caught += catcher.flush((len(text) * gap_ms + 10_000) * MS)
    return [one for one in caught if isinstance(one, Scanned)]


class TestCodes:
    CODE = "]d20109506000134352" + "21K7QZ4M2XW9TRB\x1d99EQ-_ab"

    def test_a_code_comes_out_whole_with_its_separators(self) -> None:
        assert scanned(f"{self.CODE}\r") == [Scanned(self.CODE.encode(), complete=True)]

    def test_two_back_to_back_are_two(self) -> None:
        assert scanned("12345678\rqyqyqy\r") == [
            Scanned(b"12345678", complete=True),
            Scanned(b"qyqyqy", complete=True),
        ]

    def test_it_comes_out_at_enter_not_after_the_pause(self) -> None:
        catcher = KeyCatcher()
        out: list[object] = []
        for at, character in enumerate("12345\r"):
            out += catcher.feed(character, at * MS, character)
        assert out == [Scanned(b"12345", complete=True)]

    def test_without_enter_or_with_a_key_that_types_nothing_it_is_not_whole(self) -> None:
        assert scanned("12345678") == [Scanned(b"12345678", complete=False)]
        catcher = KeyCatcher()
        catcher.feed("1", 0, "1")
        catcher.feed("f1", 1 * MS, None)
        assert scanned("23456\r", catcher=catcher) == [Scanned(b"123456", complete=False)]

    def test_a_persons_key_right_after_a_code_is_no_code(self) -> None:
        assert scanned("12345\rd") == [Scanned(b"12345", complete=True)]

    def test_ten_thousand_characters_are_cut_and_not_whole(self) -> None:
        (one,) = scanned("qy" * 5000 + "\r", gap_ms=1)
        assert (len(one.payload), one.complete) == (MAX_PAYLOAD_BYTES, False)
        (exact,) = scanned("q" + "y" * (MAX_PAYLOAD_BYTES - 1) + "\r", gap_ms=1)
        assert exact.complete

    def test_what_a_person_types_is_no_code(self) -> None:
        assert scanned("under\r", gap_ms=120) == []
        assert scanned("uuuuuuuu", gap_ms=30) == [], "a key held down"

    @given(st.binary(min_size=4, max_size=300), st.integers(0, BURST_GAP_MS - 1))
    def test_any_bytes_come_out_as_they_went_in(self, payload: bytes, gap_ms: int) -> None:
        text = payload.decode("utf-8", "surrogateescape").replace("\r", "").replace("\n", "")
        wanted = text.encode("utf-8", "surrogateescape")
        codes = scanned(f"{text}\r", gap_ms)
        if len(text) >= BURST_KEYS - 1:
            assert codes == [Scanned(wanted, complete=True)]


class TestCatcher:
    def test_a_single_key_comes_out_after_the_gap(self) -> None:
        catcher = KeyCatcher()

        assert catcher.feed("u", 0) == []
        assert catcher.flush(49 * MS) == []
        assert catcher.flush(80 * MS) == [Pressed("u", 0)], "with the time it was pressed"
        assert catcher.flush(99 * MS) == []

    def test_a_person_typing_comes_out_in_order(self) -> None:
        assert typed(KeyCatcher(), list("under"), 120) == list("under")

    def test_two_or_three_keys_rolled_together_come_out_in_order(self) -> None:
        assert typed(KeyCatcher(), ["q", "y"], 10) == ["q", "y"]
        assert typed(KeyCatcher(), ["q", "u", "y"], 10) == ["q", "u", "y"]

    @pytest.mark.parametrize("gap_ms", [0, 1, 20, BURST_GAP_MS - 1])
    def test_a_scanner_comes_out_as_one_burst(self, gap_ms: int) -> None:
        code = [*"]d20109506000134352", "21", "ctrl+right_square_bracket", *"99qyudn", "enter"]

        assert typed(KeyCatcher(), code, gap_ms) == [Burst(len(code))]

    def test_two_scans_back_to_back(self) -> None:
        catcher = KeyCatcher()
        first = typed(catcher, [*"12345678", "enter"], 5)
        second = typed(catcher, [*"87654321", "enter"], 5, start_ms=20_000)

        assert first + second == [Burst(9), Burst(9)]

    def test_a_wedge_that_pauses_within_a_code_is_still_one_burst(self) -> None:
        catcher = KeyCatcher()
        out = [catcher.feed(key, at * 5 * MS) for at, key in enumerate("12345")]
        out += [catcher.feed(key, (20 + 140 + at * 5) * MS) for at, key in enumerate("uyqy")]

        assert out == [[]] * 9
        assert catcher.flush(10_000 * MS) == [Burst(9)]

    def test_a_key_held_down_is_neither_request_nor_scanner(self) -> None:
        assert typed(KeyCatcher(), ["u"] * 40, 33) == []

    def test_ten_thousand_keys_are_counted_not_kept(self) -> None:
        catcher = KeyCatcher()
        for at in range(10_000):
            catcher.feed("qy"[at % 2], at * MS)
            assert len(catcher._held) < BURST_KEYS
        assert catcher.flush(60_000 * MS) == [Burst(10_000)]

    @given(
        st.lists(st.sampled_from("unqdy1"), min_size=BURST_KEYS, max_size=200),
        st.integers(0, BURST_GAP_MS - 1),
    )
    def test_no_key_of_any_burst_ever_comes_out(self, keys: list[str], gap_ms: int) -> None:
        assert not [key for key in typed(KeyCatcher(), keys, gap_ms) if isinstance(key, str)]

    @given(st.lists(st.sampled_from("unqdy"), max_size=50), st.integers(BURST_GAP_MS, 400))
    def test_every_key_of_a_person_comes_out_once_in_order(
        self, keys: list[str], gap_ms: int
    ) -> None:
        assert typed(KeyCatcher(), keys, gap_ms) == keys


class TestSteps:
    @pytest.mark.parametrize(("key", "request_"), REQUEST_KEYS.items())
    def test_a_key_asks_and_another_confirms(self, key: str, request_: Request) -> None:
        steps = TwoSteps()

        assert steps.press(key, 0) is None
        assert steps.asked is request_
        assert steps.press(CONFIRM_KEY, 400 * MS) is request_
        assert steps.asked is None

    @pytest.mark.parametrize("key", [*REQUEST_KEYS, "enter", "space", "escape", "f1", "1"])
    def test_the_key_that_asks_never_confirms_and_enter_never_means_yes(self, key: str) -> None:
        for request_key in REQUEST_KEYS:
            steps = TwoSteps()
            steps.press(request_key, 0)
            assert steps.press(key, 1000 * MS) is None

    def test_any_other_key_takes_it_back(self) -> None:
        steps = TwoSteps()
        steps.press("u", 0)
        steps.press("x", 500 * MS)

        assert steps.asked is None
        assert steps.press(CONFIRM_KEY, 1000 * MS) is None

    @pytest.mark.parametrize(
        ("waited_ms", "done"),
        [
            (0, False),
            (CONFIRM_AFTER_MS - 1, False),
            (CONFIRM_AFTER_MS, True),
            (CONFIRM_WITHIN_MS, True),
            (CONFIRM_WITHIN_MS + 1, False),
        ],
    )
    def test_neither_at_once_nor_too_late(self, waited_ms: int, done: bool) -> None:
        steps = TwoSteps()
        steps.press("q", 0)

        assert (steps.press(CONFIRM_KEY, waited_ms * MS) is Request.QUIT) is done

    def test_the_question_goes_by_itself(self) -> None:
        steps = TwoSteps()
        steps.press("q", 0)
        steps.tick((CONFIRM_WITHIN_MS + 1) * MS)

        assert steps.asked is None

    @pytest.mark.parametrize("key", REQUEST_KEYS)
    def test_a_key_that_could_ask_only_takes_back(self, key: str) -> None:
        """The n of a person who means no asks for nothing."""
        steps = TwoSteps()
        steps.press("u", 0)
        steps.press(key, 1000 * MS)

        assert steps.asked is None
        assert steps.press(CONFIRM_KEY, 2000 * MS) is None

    def test_a_new_question_starts_anew(self) -> None:
        steps = TwoSteps()
        steps.press("u", 0)
        steps.tick((CONFIRM_WITHIN_MS + 1) * MS)
        steps.press("d", 6000 * MS)

        assert steps.press(CONFIRM_KEY, 10_000 * MS) is Request.DAMAGED

    def test_caps_lock_is_no_matter(self) -> None:
        steps = TwoSteps()
        steps.press("U", 0)

        assert steps.press("Y", 1000 * MS) is Request.UNREADABLE

    def test_everything_but_quitting_declares_or_answers(self) -> None:
        assert set(DECLARES) | ANSWERS == set(Request) - {Request.QUIT}
        assert CONFIRM_KEY not in REQUEST_KEYS


@given(st.text("unqdsy0123456789", min_size=2, max_size=60), st.integers(0, 250))
def test_no_code_typed_at_any_scanners_pace_is_ever_carried_out(code: str, gap_ms: int) -> None:
    """Slow wedges slip past the catcher; the second step stops them."""
    catcher, steps = KeyCatcher(), TwoSteps()
    caught: list[Pressed | Burst | Scanned] = []
    for at, key in enumerate([*code, "enter"]):
        caught += catcher.feed(key, at * gap_ms * MS)
    caught += catcher.flush(((len(code) + 1) * gap_ms + 200) * MS)

    done = [steps.press(one.key, one.mono_ns) for one in caught if isinstance(one, Pressed)]

    assert not any(done)
