"""An estimate of print quality in JSON and words, and a product's trend in words."""

from typing import Any

from station.app.print_report import print_record, print_words
from station.app.print_trend_report import PERIODS_SHOWN, trend_record, trend_words
from station.app.verdict_json import verdict_words
from station.core.print_quality import Measure, PrintQuality
from station.core.print_trend import Period, PrintTrend
from station.core.wording import Language
from tests.fakes.entries import GTIN, entry
from tests.fakes.grader import SOUND
from tests.fakes.replacing import replace

POOR = replace(SOUND, modulation=0.35)


def weeks(count: int) -> PrintTrend:
    """Ten labels a week, first sound and then poor."""
    trend = PrintTrend()
    for week in range(count):
        quality = SOUND if week < count - 2 else POOR
        line = replace(entry(1), print_quality=quality, source="camera:0")
        for day in range(1, 8):
            time_utc = f"2026-{1 + week // 4:02}-{1 + week % 4 * 7 + day - 1:02}T12:00:00.000Z"
            for _ in range(2):
                trend.note(replace(line, time_utc=time_utc))
    return trend


def nobody(_: str | None) -> str:
    return ""


def test_the_words_name_the_letter_and_what_is_weak() -> None:
    assert print_words(SOUND) == "print: A (estimate)"
    assert print_words(POOR) == "print: C (estimate), modulation low"
    both = replace(POOR, contrast=0.45)
    assert print_words(both) == "print: C (estimate), contrast low and modulation low"
    assert print_words(replace(POOR, module_px=2.04)) == (
        "print: C (estimate), modulation low; 2.0 pixels a module show more of the camera than of "
        "the print"
    )


def test_the_record_has_values_with_their_letters() -> None:
    assert print_record(None) is None
    record = print_record(replace(POOR, quiet_zone=None))
    assert record is not None
    assert (record["grade"], record["weakest"], record["shows_print"]) == (
        "C",
        [Measure.MODULATION.value],
        True,
    )
    assert record["modulation"] == {"value": 0.35, "grade": "C"}
    assert "quiet_zone" not in record


def test_a_verdict_in_words_mentions_poor_print_only() -> None:
    def words(quality: PrintQuality = SOUND) -> str:
        made = replace(entry(1), print_quality=quality)
        return verdict_words(made, Language.ENGLISH)

    assert "; print: C (estimate), modulation low" in words(POOR)
    fair, small = replace(POOR, modulation=0.45), replace(POOR, module_px=2.0)
    plain = verdict_words(entry(1), Language.ENGLISH)
    assert words() == words(fair) == words(small) == plain


def test_a_fading_product_is_said_plainly_with_what_to_do() -> None:
    lines = trend_words(weeks(4), Period.WEEK, nobody).splitlines()
    assert lines[3] == GTIN
    assert lines[4].split() == [
        *("2026-W01", "8", "8", "0", "0", "0", "0", "A"),
        *("0.90", "A", "0.80", "A", "1.00", "A"),
    ]
    assert lines[-1] == (
        "  fading: median modulation fell from A to C in 21 days, at camera:0; clean and focus the "
        "camera; if it goes on, tell the brand"
    )


def test_the_record_says_the_same() -> None:
    record: dict[str, Any] = trend_record(weeks(4), Period.WEEK, nobody, None)
    (product,) = record["products"]
    assert product["brand"] is None
    (fading,) = product["fading"]
    assert fading == {
        "source": "camera:0",
        "measure": "modulation",
        "before": {"value": 0.8, "grade": "A"},
        "after": {"value": 0.35, "grade": "C"},
        "days": 21,
        "cause": "print or camera",
        "text": "fading: median modulation fell from A to C in 21 days, at camera:0",
    }


def test_old_periods_are_left_to_the_json() -> None:
    lines = trend_words(weeks(12), Period.WEEK, nobody).splitlines()
    shown = [line for line in lines if line.startswith("  2026-W")]
    assert len(shown) == PERIODS_SHOWN
    earlier = next(line for line in lines if line.startswith("  and "))
    assert earlier.endswith(" earlier, see --json")
    assert any(line.split()[:2] == ["all", "168"] for line in lines)


def test_what_is_not_counted_is_said() -> None:
    trend = PrintTrend()
    assert trend_words(trend, Period.WEEK, nobody).splitlines()[-1].startswith("no label's print")
    trend.note(replace(entry(1), print_quality=replace(SOUND, module_px=2.0)))
    assert "1 labels were seen too small" in trend_words(trend, Period.WEEK, nobody)
    trend.not_counted = 3
    assert "3 labels of further products" in trend_words(trend, Period.WEEK, nobody)
