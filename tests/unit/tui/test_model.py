"""What the banner says: the worst first, never an old green, a quarantine until it is released."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.reasons import Reason, VerdictClass
from station.ports.display import (
    Counters,
    EngineFound,
    EngineLost,
    FeedEvent,
    Goodbye,
    LatchState,
    Notice,
    VerdictShown,
)
from station.ports.health import Health, HealthStatus
from station.tui.model import (
    ACCEPT_STANDS_S,
    CHANGES_PER_S,
    CONNECTING,
    READY,
    Banner,
    BannerKind,
    DockModel,
)
from tests.fakes.display import ALL_WELL, snapshot, verdict
from tests.fakes.replacing import replace

S = 1_000_000_000
LOST = EngineLost("The engine has ended", "Start it: station run")
OF_CLASS = {
    VerdictClass.ACCEPT: Reason.OK,
    VerdictClass.ACCEPT_NOTE: Reason.GTIN_NOT_ENROLLED,
    VerdictClass.RESCAN: Reason.READ_EMPTY,
    VerdictClass.HOLD: Reason.REPEAT_SAME_STATION,
    VerdictClass.QUARANTINE: Reason.UNIT_RECALLED,
    VerdictClass.STOP: Reason.STATION_FAULT,
}


def of(verdict_class: VerdictClass, scan_id: str, *, latched: bool | None = None) -> VerdictShown:
    return verdict(OF_CLASS[verdict_class], verdict_class, scan_id=scan_id, latched=latched)


def shown(verdict_shown: VerdictShown, *, latched: bool = False) -> Banner:
    return Banner(BannerKind.VERDICT, verdict_shown, latched=latched)


class Dock:
    """A model with a clock that steps far enough for every change to be allowed."""

    def __init__(self, *recent: VerdictShown, latch: LatchState | None = None) -> None:
        self.model = DockModel()
        self.now_ns = 0
        self.hear(EngineFound("0.1.0"), snapshot(recent, latch=latch))

    def hear(self, *events: FeedEvent, after_s: float = 1.0) -> Banner:
        self.now_ns += int(after_s * S)
        self.model.apply(events, self.now_ns)
        return self.banner

    def wait(self, seconds: float) -> Banner:
        return self.hear(after_s=seconds)

    @property
    def banner(self) -> Banner:
        return self.model.view().banner


class TestConnection:
    def test_before_the_first_word_it_waits(self) -> None:
        model = DockModel()

        assert model.view().banner == CONNECTING
        assert not model.connected

    def test_with_the_first_picture_it_is_ready(self) -> None:
        dock = Dock()

        assert dock.banner == READY
        assert dock.model.connected
        assert dock.model.view().station == "Dock 3"
        assert dock.model.view().health == ALL_WELL

    def test_old_verdicts_are_rows_and_not_the_banner(self) -> None:
        dock = Dock(of(VerdictClass.ACCEPT, "2"), of(VerdictClass.HOLD, "1"))

        assert dock.banner == READY
        assert [row.scan_id for row in dock.model.view().rows] == ["2", "1"]

    def test_a_lost_engine_takes_down_what_was_green(self) -> None:
        dock = Dock()
        assert dock.hear(of(VerdictClass.ACCEPT, "1")).is_green

        assert dock.hear(LOST, after_s=0.0) == Banner(BannerKind.LOST, lost=LOST)
        assert dock.model.view().health == (
            Health("engine", HealthStatus.FAILED, "The engine has ended"),
        )
        assert dock.wait(3600).kind is BannerKind.LOST

    def test_green_and_loss_in_one_drain_is_loss(self) -> None:
        dock = Dock()

        assert dock.hear(of(VerdictClass.ACCEPT, "1"), Goodbye("bye"), LOST).lost == LOST
        assert dock.model.view().rows[0].scan_id == "1", "what was decided is still listed"

    def test_found_again_it_shows_nothing_of_before(self) -> None:
        dock = Dock()
        dock.hear(of(VerdictClass.ACCEPT, "1"))
        dock.hear(LOST)

        assert dock.hear(EngineFound("0.1.0")) == CONNECTING
        assert dock.hear(snapshot([of(VerdictClass.ACCEPT, "1")])) == READY

    def test_lost_and_found_in_one_drain_is_a_new_beginning(self) -> None:
        dock = Dock()
        dock.hear(of(VerdictClass.ACCEPT, "1"))

        assert dock.hear(LOST, EngineFound("0.1.0"), snapshot()) == READY


class TestTheWorstWins:
    @pytest.mark.parametrize("worse", list(VerdictClass)[1:])
    @pytest.mark.parametrize("first", [True, False])
    def test_of_what_comes_together(self, worse: VerdictClass, first: bool) -> None:
        better = VerdictClass(worse - 1)
        pair = [of(worse, "worse"), of(better, "better", latched=False)]

        banner = Dock().hear(*(pair if first else pair[::-1]))

        assert banner.verdict == pair[0]

    def test_the_newest_among_equals(self) -> None:
        pair = (of(VerdictClass.RESCAN, "1"), of(VerdictClass.RESCAN, "2"))

        assert Dock().hear(*pair) == shown(pair[1])

    def test_later_a_better_one_replaces_a_worse_one(self) -> None:
        dock = Dock()
        dock.hear(of(VerdictClass.RESCAN, "1"))

        assert dock.hear(of(VerdictClass.ACCEPT, "2")) == shown(of(VerdictClass.ACCEPT, "2"))

    def test_a_verdict_lost_on_the_way_is_found_in_the_next_picture(self) -> None:
        dock = Dock(of(VerdictClass.ACCEPT, "1"))
        missed = of(VerdictClass.HOLD, "2")

        assert dock.hear(snapshot([missed, of(VerdictClass.ACCEPT, "1")])) == shown(missed)

    def test_the_same_verdict_twice_is_one_row(self) -> None:
        dock = Dock()
        one = of(VerdictClass.ACCEPT, "1")
        dock.hear(one)
        dock.hear(one, snapshot([one]), one)

        assert dock.model.view().rows == (one,)

    def test_rows_are_bounded_and_newest_first(self) -> None:
        dock = Dock()
        for number in range(200):
            dock.hear(of(VerdictClass.ACCEPT, str(number)))

        rows = dock.model.view().rows
        assert len(rows) == 50
        assert [row.scan_id for row in rows[:3]] == ["199", "198", "197"]


class TestHowLongItStands:
    def test_green_goes_by_itself(self) -> None:
        dock = Dock()
        dock.hear(of(VerdictClass.ACCEPT, "1"))

        assert dock.wait(ACCEPT_STANDS_S - 0.1).is_green
        assert dock.wait(0.2) == READY

    def test_each_new_green_stands_its_own_time(self) -> None:
        dock = Dock()
        dock.hear(of(VerdictClass.ACCEPT, "1"))
        dock.hear(of(VerdictClass.ACCEPT, "2"), after_s=9)

        assert dock.wait(9).verdict == of(VerdictClass.ACCEPT, "2")
        assert dock.wait(1.1) == READY

    @pytest.mark.parametrize(
        "verdict_class", [VerdictClass.RESCAN, VerdictClass.HOLD, VerdictClass.STOP]
    )
    def test_what_asks_for_something_stays(self, verdict_class: VerdictClass) -> None:
        dock = Dock()
        dock.hear(of(verdict_class, "1"))

        assert dock.wait(3600) == shown(of(verdict_class, "1"))


class TestLatch:
    def quarantined(self) -> Dock:
        dock = Dock()
        dock.hear(of(VerdictClass.QUARANTINE, "Q"))
        return dock

    def test_it_holds_against_everything_but_the_engines_release(self) -> None:
        dock = self.quarantined()
        held = shown(of(VerdictClass.QUARANTINE, "Q"), latched=True)
        assert dock.banner == held

        assert dock.hear(of(VerdictClass.ACCEPT, "1")) == held
        assert dock.hear(Notice("x"), Counters(scans=9)) == held
        assert dock.hear(LatchState(latched=True, scan_id="Q", refused=4)) == held
        assert dock.wait(3600) == held
        assert dock.model.view().refused == 4

        released = LatchState(latched=False, scan_id="Q", tote="T-7", refused=4)
        assert dock.hear(released) == READY
        assert dock.model.view().notice == "Put into tote T-7: scan the next unit"
        assert not dock.model.latched

    def test_the_next_quarantine_takes_down_the_word_to_scan_on(self) -> None:
        dock = self.quarantined()
        dock.hear(LatchState(latched=False, scan_id="Q", tote="T-7"))
        dock.hear(of(VerdictClass.ACCEPT, "1"))
        assert dock.model.view().notice, "an accepted unit leaves it"
        dock.hear(of(VerdictClass.QUARANTINE, "2", latched=True))
        assert dock.model.view().notice == ""

    def test_so_does_a_question_whose_keys_stand_in_that_line(self) -> None:
        dock = self.quarantined()
        dock.hear(LatchState(latched=False, scan_id="Q", tote="T-7"))
        dock.hear(of(VerdictClass.HOLD, "2"))
        assert dock.model.question == "2"
        assert dock.model.view().notice == ""

    def test_the_verdict_alone_closes_it(self) -> None:
        dock = self.quarantined()

        assert dock.model.latched
        assert dock.model.view().waiting_units == 1

    def test_two_units_wait_together(self) -> None:
        """Two copies in one picture are two verdicts."""
        dock = Dock()
        dock.hear(of(VerdictClass.QUARANTINE, "A"), of(VerdictClass.QUARANTINE, "B"))

        assert dock.model.view().waiting_units == 2
        assert dock.hear(LatchState(latched=False)) == READY
        assert dock.model.view().waiting_units == 0

    def test_where_the_site_does_not_latch_the_next_verdict_replaces_it(self) -> None:
        dock = Dock()
        assert not dock.hear(of(VerdictClass.QUARANTINE, "Q", latched=False)).latched

        assert dock.hear(of(VerdictClass.ACCEPT, "1")).is_green

    def test_a_screen_that_comes_later_finds_it_closed(self) -> None:
        stood = of(VerdictClass.QUARANTINE, "Q")
        dock = Dock(stood, latch=LatchState(latched=True, scan_id="Q", refused=2))

        assert dock.banner == shown(stood, latched=True)
        assert dock.model.view().refused == 2

    def test_a_screen_that_knows_no_verdict_for_it_still_shows_quarantine(self) -> None:
        dock = Dock(latch=LatchState(latched=True, scan_id="LONG AGO"))

        assert dock.banner == Banner(BannerKind.VERDICT, None, latched=True)
        assert dock.banner.verdict_class is VerdictClass.QUARANTINE

    def test_one_open_picture_is_not_believed_two_are(self) -> None:
        """The first may be from the instant before; a release that was lost heals all the same."""
        dock = self.quarantined()
        recent = [of(VerdictClass.QUARANTINE, "Q")]

        assert dock.hear(snapshot(recent)).latched
        assert dock.hear(snapshot(recent)) == READY

    def test_open_pictures_count_only_in_a_row(self) -> None:
        dock = self.quarantined()
        recent = [of(VerdictClass.QUARANTINE, "Q")]
        closed = snapshot(recent, latch=LatchState(latched=True, scan_id="Q"))

        dock.hear(snapshot(recent))
        dock.hear(closed)
        assert dock.hear(snapshot(recent)).latched

    def test_a_lost_engine_is_said_first_and_the_quarantine_is_not_forgotten(self) -> None:
        dock = self.quarantined()

        assert dock.hear(LOST).kind is BannerKind.LOST
        assert dock.model.view().latched

        dock.hear(EngineFound("0.1.0"))
        closed = LatchState(latched=True, scan_id="Q")
        assert dock.hear(snapshot([of(VerdictClass.QUARANTINE, "Q")], latch=closed)).latched

    def test_an_engine_that_begins_open_is_believed(self) -> None:
        dock = self.quarantined()
        dock.hear(LOST)

        assert dock.hear(EngineFound("0.1.0"), snapshot()) == READY


class TestFlashing:
    def test_at_most_three_changes_in_any_second(self) -> None:
        dock = Dock()
        changes = []
        before = dock.banner
        for number in range(400):
            worse = VerdictClass.RESCAN if number % 2 else VerdictClass.HOLD
            if dock.hear(of(worse, str(number)), after_s=0.02) != before:
                before = dock.banner
                changes.append(dock.now_ns)

        assert len(changes) > 10
        for index in range(CHANGES_PER_S, len(changes)):
            assert changes[index] - changes[index - CHANGES_PER_S] >= S

    def test_what_waits_is_merged_worst_first(self) -> None:
        dock = Dock()
        dock.wait(2.0)
        for number in range(CHANGES_PER_S):
            dock.hear(of(VerdictClass.HOLD, f"shown{number}"), after_s=0.05)
        dock.hear(of(VerdictClass.STOP, "worst"), after_s=0.05)
        dock.hear(of(VerdictClass.ACCEPT, "newer"), after_s=0.05)
        assert dock.banner.verdict == of(VerdictClass.HOLD, "shown2")

        assert dock.wait(1.0).verdict == of(VerdictClass.STOP, "worst")

    @given(st.data())
    def test_laws(self, data: st.DataObject) -> None:
        """Whatever comes: no more than three changes a second; nothing bad waits behind green."""
        dock = Dock()
        banner = dock.banner
        changes: list[int] = []
        for number in range(data.draw(st.integers(1, 40))):
            event = data.draw(
                st.one_of(
                    st.sampled_from(list(VerdictClass)),
                    st.sampled_from(["lost", "found", "release", "nothing"]),
                )
            )
            events: list[FeedEvent] = _events(event, str(number))
            after_s = data.draw(st.sampled_from([0.0, 0.05, 0.3, 1.0, 11.0]))
            worst = _worst(events)
            dock.hear(*events, after_s=after_s)
            if dock.banner != banner:
                banner = dock.banner
                changes.append(dock.now_ns)
            recent = [at for at in changes if dock.now_ns - at < S]
            assert len(recent) <= CHANGES_PER_S
            if (worst is not None and not worst.is_accept) or event == "lost":
                assert not dock.banner.is_green, "something worse than green came just now"
            if dock.banner.is_green:
                assert not dock.model.latched
                assert dock.model.connected


def _events(event: VerdictClass | str, scan_id: str) -> list[FeedEvent]:
    match event:
        case VerdictClass():
            return [of(event, scan_id)]
        case "lost":
            return [LOST]
        case "found":
            return [EngineFound("0.1.0"), snapshot()]
        case "release":
            return [LatchState(latched=False)]
        case _:
            return []


def _worst(events: Iterable[FeedEvent]) -> VerdictClass | None:
    return max(
        (event.verdict_class for event in events if isinstance(event, VerdictShown)), default=None
    )


class TestTheRest:
    def test_counters_and_health_are_replaced(self) -> None:
        dock = Dock()
        dock.hear(
            Counters(scans=7),
            Health("camera", HealthStatus.FAILED, "unplugged"),
            Health("gate", HealthStatus.OK, ""),
        )

        view = dock.model.view()
        assert view.counters == Counters(scans=7)
        assert Health("camera", HealthStatus.FAILED, "unplugged") in view.health
        assert len(view.health) == len(ALL_WELL) + 1

        dock.hear(replace(snapshot(), counters=Counters(scans=8)))
        assert dock.model.view().counters == Counters(scans=8)
        assert dock.model.view().health == ALL_WELL, "a component that is gone goes"

    def test_components_are_bounded(self) -> None:
        dock = Dock()
        dock.hear(*(Health(f"scanner:{n}", HealthStatus.OK, "") for n in range(1000)))

        assert len(dock.model.view().health) == 64

    def test_a_notice_goes_by_itself(self) -> None:
        dock = Dock()
        dock.hear(Notice("Too many requests"))
        assert dock.model.view().notice == "Too many requests"

        dock.wait(5)
        assert dock.model.view().notice == ""
