"""The supervisor's screens without a terminal: what is shown of what comes late or not at all."""

from station.core.review import ReviewItem
from station.tui.review_model import NOTICE_NS, ReviewModel
from station.tui.review_wishes import Load, Loaded, Quit, Section
from tests.fakes.site_desk import FakeDesk, item


def shown(count: int = 3) -> ReviewModel:
    """A list of items, a page of three."""
    model = ReviewModel("lyon")
    model.sized(3)
    rows = tuple(item(number) for number in range(3))
    model.loaded(Loaded(model.wanted, rows, count > 3, count), 0)
    return model


def test_what_was_wanted_before_is_not_shown_any_more() -> None:
    model = shown()
    (late,) = model.press("2", "2", 0)
    assert isinstance(late, Load)
    (wanted,) = model.press("1", "1", 0)
    assert isinstance(wanted, Load)
    lines = FakeDesk().lines(10, 3)

    model.loaded(Loaded(late, lines.rows, lines.more, 7), 0)

    assert model.section is Section.REVIEW
    assert list(model.rows) == []
    assert model.open_count == 7, "that is true whatever was wanted"
    model.loaded(Loaded(wanted, (item(0),), more=False, open_count=7), 0)
    assert model.rows == (item(0),)


def test_the_row_that_is_selected_stays_so_when_others_go() -> None:
    model = shown()
    model.press("down", "", 0)
    model.loaded(Loaded(model.wanted, (item(1), item(2)), more=False, open_count=2), 0)
    assert model.rows[model.selected] == item(1)
    model.loaded(Loaded(model.wanted, (), more=False, open_count=0), 0)
    assert model.row is None
    assert model.press("r", "r", 0) == []
    assert model.form is None


def test_an_item_whose_review_has_ended_cannot_be_acted_on() -> None:
    model = shown()
    ended = ReviewItem(
        **{name: getattr(item(0), name) for name in ReviewItem.__slots__} | {"ended_by": "01ACT"}
    )
    model.loaded(Loaded(model.wanted, (ended,), more=False, open_count=0), 0)
    model.press("r", "r", 0)
    assert model.form is None
    assert "undo what ended it first" in model.notice


def test_a_notice_goes_by_itself() -> None:
    model = shown()
    model.notify("told", 0)
    model.hear((), NOTICE_NS - 1)
    assert model.notice == "told"
    model.hear((), NOTICE_NS)
    assert model.notice == ""


def test_any_key_but_one_stays() -> None:
    model = shown()
    for key in ("q", "enter", "escape", "x"):
        model.press("q", "q", 0)
        assert model.press(key, key, 0) == []
        assert not model.asks_to_quit
    model.press("q", "q", 0)
    assert model.press("y", "y", 0) == [Quit.NOW]


def test_the_same_size_wishes_for_nothing() -> None:
    model = shown()
    assert model.sized(3) == []
    assert model.sized(4) == [Load(Section.REVIEW, "", 4, "")]
