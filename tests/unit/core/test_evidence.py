"""Which pictures are kept, and which make room."""

from station.core.evidence import Clearance, Kept, Limits, clearance, is_kept
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import Verdict
from tests.fakes.entries import ACCEPTED, QUARANTINED, RESCAN, entry
from tests.fakes.replacing import replace

DAY_S = 24 * 3600.0
NOW_S = 1_000 * DAY_S
WIDE = Limits(180 * DAY_S, 1000)


def kept(number: int, days: float, size: int = 100) -> Kept:
    return Kept(f"{number:026}", f"{number:064}", size, NOW_S - days * DAY_S)


def nobody(_scan_id: str) -> bool:
    return False


def test_quarantines_and_what_could_not_be_read_have_a_picture_kept() -> None:
    empty = Verdict(VerdictClass.RESCAN, Reason.READ_EMPTY)
    assert is_kept(entry(1, QUARANTINED), shows_unread=False)
    assert is_kept(entry(1, empty), shows_unread=False)
    assert is_kept(entry(1, ACCEPTED), shows_unread=True)
    assert not is_kept(entry(1, ACCEPTED), shows_unread=False)
    assert not is_kept(entry(1, RESCAN), shows_unread=False)


def test_nothing_goes_within_the_limits() -> None:
    pictures = [kept(1, 179.9), kept(2, 0, 900)]
    assert clearance(pictures, WIDE, NOW_S, nobody) == Clearance((), ())


def test_the_old_go_unless_their_item_is_under_review() -> None:
    old, older, young = kept(1, 181), kept(2, 400), kept(3, 1)
    assert clearance([young, old, older], WIDE, NOW_S, nobody).settled == (older, old)
    open_ones = {older.scan_id}
    found = clearance([young, old, older], WIDE, NOW_S, open_ones.__contains__)
    assert found == Clearance((old,), ())


def test_a_picture_of_several_items_stays_whole_while_one_is_under_review() -> None:
    one, other, third = (replace(kept(n, 181), digest="f" * 64) for n in (1, 2, 3))
    alone = kept(4, 181)
    found = clearance([one, other, third, alone], WIDE, NOW_S, {other.scan_id}.__contains__)
    assert found == Clearance((alone,), ())


def test_for_want_of_room_the_oldest_go_first_and_no_more_than_needed() -> None:
    pictures = [kept(n, days=n, size=300) for n in range(1, 6)]
    found = clearance(pictures, WIDE, NOW_S, nobody)
    assert [one.scan_id for one in found.settled] == [pictures[4].scan_id, pictures[3].scan_id]


def test_under_review_goes_last_and_only_where_room_demands_it() -> None:
    pictures = [kept(n, days=n, size=300) for n in range(1, 6)]
    open_ones = {one.scan_id for one in pictures[2:]}
    found = clearance(pictures, WIDE, NOW_S, open_ones.__contains__)
    assert found == Clearance((pictures[1], pictures[0]), ())
    every = {one.scan_id for one in pictures}
    found = clearance(pictures, WIDE, NOW_S, every.__contains__)
    assert found == Clearance((), (pictures[4], pictures[3]))


def test_only_pictures_that_may_have_to_go_are_asked_about() -> None:
    asked: list[str] = []

    def ask(scan_id: str) -> bool:
        asked.append(scan_id)
        return False

    clearance([kept(1, 181), kept(2, 1), kept(3, 2)], WIDE, NOW_S, ask)
    assert asked == [kept(1, 181).scan_id]
