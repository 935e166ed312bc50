"""A PIN at the dock: digits alone, given by a letter, gone after a while."""

import pytest

from station.tui.pin_entry import BETWEEN_KEYS_MS, PinEntry

MS = 1_000_000


def typed(keys: str) -> tuple[PinEntry, str | None]:
    entry = PinEntry()
    entry.begin(0)
    given = None
    for key in keys:
        given = entry.press(key, 0)
    return entry, given


@pytest.mark.parametrize("keys", ["4711y", "908172635401Y"])
def test_digits_and_the_confirmation_give_it(keys: str) -> None:
    entry, given = typed(keys)
    assert given == keys[:-1]
    assert entry.typed is None


@pytest.mark.parametrize("keys", ["471y", "y", "4711q", "9081726354017", "47 ", "471x"])
def test_anything_else_takes_it_back(keys: str) -> None:
    entry, given = typed(keys)
    assert given is None
    assert entry.typed is None


@pytest.mark.parametrize("key", ["enter", "escape", "backspace", "٤", "ctrl+j"])
def test_no_other_key_is_a_digit_or_a_yes(key: str) -> None:
    entry, _ = typed("4711")
    assert entry.press(key, 0) is None
    assert entry.typed is None


def test_it_is_counted_and_not_kept_for_long() -> None:
    entry, _ = typed("47")
    assert entry.typed == 2
    entry.tick(BETWEEN_KEYS_MS * MS)
    assert entry.typed == 2
    entry.tick(BETWEEN_KEYS_MS * MS + 1)
    assert not entry.typed
    entry.begin(0)
    entry.press("4", 0)
    entry.cancel()
    assert not entry.typed
