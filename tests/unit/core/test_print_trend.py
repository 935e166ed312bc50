"""Labels counted by product and period, and when a product's print is said to fade."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from station.core import print_trend
from station.core.facts import Repeat
from station.core.journal import JournalEntry
from station.core.print_quality import Grade, Measure, PrintQuality
from station.core.print_trend import (
    LEAST_LABELS,
    LOOK_BACK_DAYS,
    WINDOW_DAYS,
    Cause,
    Period,
    PrintTrend,
)
from tests.fakes.entries import GTIN, QUARANTINED, RESCAN, entry
from tests.fakes.grader import SOUND
from tests.fakes.replacing import replace

OTHER = "09506000134369"
MONDAY = date(2026, 1, 5)
CAMERA, SECOND = "camera:0", "camera:1"


def read(
    day: int = 0,
    quality: PrintQuality | None = SOUND,
    *,
    gtin: str = GTIN,
    source: str = CAMERA,
    **more: object,
) -> JournalEntry:
    """An accepted unit of a numbered day."""
    time_utc = f"{MONDAY + timedelta(days=day)}T12:00:00.000Z"
    made = replace(entry(1), print_quality=quality, gtin=gtin, source=source, time_utc=time_utc)
    return replace(made, **more)


def kept(*entries: JournalEntry) -> PrintTrend:
    trend = PrintTrend()
    for one in entries:
        trend.note(one)
    return trend


def fade(
    days: int = 21, *, gtin: str = GTIN, source: str = CAMERA, lowest: float = 0.25
) -> Iterator[JournalEntry]:
    """Two labels a day whose modulation falls from 0.8 on."""
    for day in range(days):
        modulation = 0.8 - (0.8 - lowest) * day / (days - 1)
        yield from [read(day, replace(SOUND, modulation=modulation), gtin=gtin, source=source)] * 2


def steady(days: int = 21, *, gtin: str = GTIN, source: str = CAMERA) -> Iterator[JournalEntry]:
    for day in range(days):
        yield from [read(day, gtin=gtin, source=source)] * 2


def test_labels_are_counted_by_letter_with_medians() -> None:
    poor = replace(SOUND, modulation=0.35)
    trend = kept(read(), read(), read(1, poor))
    total = trend.total(GTIN)
    assert (total.labels, dict(total.grades)) == (3, {Grade.A: 2, Grade.C: 1})
    assert total.median_grade is Grade.A
    assert total.median(Measure.MODULATION) == (0.8, Grade.A)
    assert kept(read(), read(1, poor)).total(GTIN).median(Measure.MODULATION) == (0.35, Grade.C)
    assert (
        kept(read(0, replace(SOUND, quiet_zone=None))).total(GTIN).median(Measure.QUIET_ZONE)
        is None
    )


def test_periods_are_days_and_weeks_of_the_calendar() -> None:
    trend = kept(read(7), read(0), read(6), read(6))
    assert {n: f.labels for n, f in trend.by(Period.WEEK, GTIN).items()} == {
        "2026-W02": 3,
        "2026-W03": 1,
    }
    assert list(trend.by(Period.DAY, GTIN)) == ["2026-01-05", "2026-01-11", "2026-01-12"]


@pytest.mark.parametrize(
    "line",
    [
        read(verdict=QUARANTINED),
        read(verdict=RESCAN),
        read(quality=None),
        read(gtin=None),  # type: ignore[arg-type]
        read(time_utc="long ago"),
        read(facts=replace(entry(1).facts, repeat=Repeat.SAME_PRESENTATION)),
    ],
    ids=["not the brand's", "no unit", "not looked at", "no product", "no day", "told before"],
)
def test_what_says_nothing_of_a_products_print_is_not_counted(line: JournalEntry) -> None:
    trend = kept(line)
    assert (trend.products, trend.too_small, trend.not_counted) == ((), 0, 0)


def test_labels_seen_too_small_are_counted_apart() -> None:
    trend = kept(read(quality=replace(SOUND, module_px=2.0, modulation=0.1)))
    assert (trend.products, trend.too_small) == ((), 1)


def test_products_with_most_labels_come_first() -> None:
    assert kept(read(gtin=OTHER), read(), read()).products == (GTIN, OTHER)


def test_a_fall_is_told_with_its_medians_and_days() -> None:
    (fading,) = kept(*fade(21)).fading(GTIN)
    assert (fading.source, fading.measure, fading.days) == (CAMERA, Measure.MODULATION, 14)
    assert (fading.before[1], fading.after[1]) == (Grade.A, Grade.C)
    assert fading.before[0] > 0.7
    assert fading.after[0] < 0.4
    assert fading.cause is Cause.EITHER


def test_the_order_of_lines_does_not_matter() -> None:
    lines = list(fade(21))
    assert kept(*lines).fading(GTIN) == kept(*reversed(lines)).fading(GTIN)


def test_steady_print_better_print_and_small_falls_are_not_fading() -> None:
    assert kept(*steady()).fading(GTIN) == ()
    better = [
        replace(one, time_utc=other.time_utc)
        for one, other in zip(fade(21), reversed(list(fade(21))), strict=True)
    ]
    assert kept(*better).fading(GTIN) == ()
    at_limit = [
        read(day, replace(SOUND, modulation=0.52 if day < 10 else 0.48))
        for day in range(21)
        for _ in range(2)
    ]
    assert kept(*at_limit).fading(GTIN) == ()


def test_few_labels_and_few_days_say_nothing() -> None:
    assert kept(*fade(2 * WINDOW_DAYS - 1)).fading(GTIN) == ()
    assert len(kept(*fade(2 * WINDOW_DAYS)).fading(GTIN)) == 1
    sparse = [one for number, one in enumerate(fade(21)) if number % 2 == 0]
    assert LEAST_LABELS > 7
    assert kept(*sparse).fading(GTIN) == ()


def test_what_is_older_than_the_look_back_is_not_compared() -> None:
    recent = [read(day, replace(SOUND, modulation=0.35)) for day in range(100, 121)] * 2
    old = [read(day) for day in range(100 - LOOK_BACK_DAYS)] * 2
    assert kept(*old, *recent).fading(GTIN) == ()
    assert len(kept(*old[:0], *[read(d) for d in range(90, 100)] * 2, *recent).fading(GTIN)) == 1


def test_damage_that_grows_is_a_fall_too() -> None:
    lines = [
        read(day, replace(SOUND, fixed_pattern_damage=0.0 if day < 10 else 0.15))
        for day in range(21)
        for _ in range(2)
    ]
    (fading,) = kept(*lines).fading(GTIN)
    assert (fading.measure, fading.before[1], fading.after[1]) == (
        Measure.FIXED_PATTERN_DAMAGE,
        Grade.A,
        Grade.D,
    )


@pytest.mark.parametrize(
    ("others", "cause"),
    [
        ([], Cause.EITHER),
        (steady(gtin=OTHER), Cause.PRINT),
        (fade(source=SECOND), Cause.PRINT),
        (steady(source=SECOND), Cause.CAMERA),
        (fade(gtin=OTHER), Cause.CAMERA),
        ([*steady(gtin=OTHER), *steady(source=SECOND)], Cause.EITHER),
        (steady(gtin=OTHER, source=SECOND), Cause.EITHER),
        (steady(3, gtin=OTHER), Cause.EITHER),
    ],
    ids=[
        "nothing to compare with",
        "the camera's other product is well",
        "another camera sees it too",
        "another camera does not see it",
        "the camera's other product fades as well",
        "they contradict each other",
        "they have nothing in common",
        "too few labels of the other",
    ],
)
def test_others_tell_print_from_camera(others: Iterator[JournalEntry], cause: Cause) -> None:
    fading = kept(*fade(), *others).fading(GTIN)
    assert next(one.cause for one in fading if one.source == CAMERA) is cause


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_PRODUCTS", "MAX_SOURCES", "MAX_DAYS"):
        monkeypatch.setattr(print_trend, name, 2)
    trend = kept(read(), read(gtin="a"), read(gtin="b"), read(source="x"), read(source="y"))
    assert (trend.products, trend.not_counted) == ((GTIN, "a"), 2)
    trend = kept(read(0), read(1), read(2))
    assert list(trend.by(Period.DAY, GTIN)) == ["2026-01-06", "2026-01-07"]
