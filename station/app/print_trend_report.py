"""`station figures --print-quality`: each product's print over time, as JSON and as words."""

from collections.abc import Callable
from typing import Final

from station.core.print_quality import Grade, Measure
from station.core.print_trend import Cause, Fading, Period, PrintFigures, PrintTrend
from station.core.text import printable

BrandOf = Callable[[str | None], str]
"""The short name of a product's brand, or ``""``."""

PERIODS_SHOWN: Final = 8
"""The newest periods of a product in words; all are in the JSON."""

_ADVICE: Final = {
    Cause.PRINT: "tell the brand: its printer needs ribbon, head or ink looked at",
    Cause.CAMERA: "others show that it is the camera: clean and focus it, see to its light",
    Cause.EITHER: "clean and focus the camera; if it goes on, tell the brand",
}
_HEAD: Final = (
    f"{'':16}{'labels':>8}{'A':>7}{'B':>7}{'C':>7}{'D':>7}{'F':>7}  median  "
    "contrast  modulation  unused correction"
)


def trend_record(
    trend: PrintTrend, period: Period, brand_of: BrandOf, since_utc: str | None
) -> dict[str, object]:
    """The object of the command-line contract."""
    return {
        "since_utc": since_utc,
        "estimate": True,
        "period": period.value,
        "too_small": trend.too_small,
        "not_counted": trend.not_counted,
        "products": [
            {
                "gtin": gtin,
                "brand": brand_of(gtin) or None,
                **_figures(trend.total(gtin)),
                "periods": [
                    {"period": name, **_figures(figures)}
                    for name, figures in trend.by(period, gtin).items()
                ],
                "fading": [_fading(fading) for fading in trend.fading(gtin)],
            }
            for gtin in trend.products
        ],
    }


def trend_words(trend: PrintTrend, period: Period, brand_of: BrandOf) -> str:
    """Lines for people, without the last line end."""
    lines = ["print quality as the station's cameras see it: an estimate, no verification", _HEAD]
    for gtin in trend.products:
        lines += ["", f"{gtin} {printable(brand_of(gtin), 40)}".rstrip()]
        periods = list(trend.by(period, gtin).items())
        lines += [_line(name, figures) for name, figures in periods[-PERIODS_SHOWN:]]
        if len(periods) > PERIODS_SHOWN:
            lines.append(f"  and {len(periods) - PERIODS_SHOWN} earlier, see --json")
            lines.append(_line("all", trend.total(gtin)))
        for fading in trend.fading(gtin):
            lines.append(f"  {_statement(fading)}; {_ADVICE[fading.cause]}")
    if not trend.products:
        lines += [
            "",
            "no label's print was looked at: pictures and cameras show it, scanners do not",
        ]
    if trend.too_small:
        lines += ["", f"{trend.too_small} labels were seen too small to tell print from camera"]
    if trend.not_counted:
        lines += ["", f"{trend.not_counted} labels of further products and sources not counted"]
    return "\n".join(lines)


def _figures(figures: PrintFigures) -> dict[str, object]:
    medians: dict[str, object] = {}
    for measure in Measure:
        median = figures.median(measure)
        if median is not None:
            medians[measure.value] = {"value": median[0], "grade": median[1].name}
    middle = figures.median_grade
    return {
        "labels": figures.labels,
        "grades": {grade.name: figures.grades[grade] for grade in sorted(Grade, reverse=True)},
        "median_grade": None if middle is None else middle.name,
        "medians": medians,
    }


def _fading(fading: Fading) -> dict[str, object]:
    return {
        "source": fading.source,
        "measure": fading.measure.value,
        "before": {"value": fading.before[0], "grade": fading.before[1].name},
        "after": {"value": fading.after[0], "grade": fading.after[1].name},
        "days": fading.days,
        "cause": fading.cause.value,
        "text": _statement(fading),
    }


def _statement(fading: Fading) -> str:
    """E.g. ``fading: median modulation fell from B to D in 14 days, at camera:0``."""
    moved = "rose" if fading.measure is Measure.FIXED_PATTERN_DAMAGE else "fell"
    measure = fading.measure.value.replace("_", " ")
    return (
        f"fading: median {measure} {moved} from {fading.before[1].name} to {fading.after[1].name} "
        f"in {fading.days} days, at {printable(fading.source, 60)}"
    )


def _line(name: str, figures: PrintFigures) -> str:
    counts = "".join(f"{figures.grades[grade]:>7}" for grade in sorted(Grade, reverse=True))
    middle = figures.median_grade
    shown = (
        _median(figures, measure, width)
        for measure, width in (
            (Measure.CONTRAST, 10),
            (Measure.MODULATION, 12),
            (Measure.UNUSED_ERROR_CORRECTION, 19),
        )
    )
    letter = "-" if middle is None else middle.name
    return f"  {name:14}{figures.labels:>8}{counts}{letter:>8}{''.join(shown)}"


def _median(figures: PrintFigures, measure: Measure, width: int) -> str:
    median = figures.median(measure)
    text = "-" if median is None else f"{median[0]:.2f} {median[1].name}"
    return f"{text:>{width}}"
