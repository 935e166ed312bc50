"""An estimate of print quality as JSON and as words, the same for every command that shows one."""

from station.core.print_quality import PrintQuality


def print_record(quality: PrintQuality | None) -> dict[str, object] | None:
    """The object of the command-line contract; None where nothing is known."""
    if quality is None:
        return None
    grades = quality.grades
    return {
        "grade": quality.grade.name,
        "weakest": [measure.value for measure in quality.weakest],
        "shows_print": quality.shows_print,
        "standard": quality.standard.value,
        "module_px": quality.module_px,
        **{
            measure.value: {"value": getattr(quality, measure.value), "grade": grade.name}
            for measure, grade in grades.items()
        },
        "axial_nonuniformity": quality.axial_nonuniformity,
    }


def print_words(quality: PrintQuality) -> str:
    """A few words for people, e.g. ``print: C (estimate), modulation low``."""
    words = f"print: {quality.grade.name} (estimate)"
    if quality.weakest:
        words += f", {' and '.join(measure.weakness for measure in quality.weakest)}"
    if not quality.shows_print:
        words += (
            f"; {quality.module_px:.1f} pixels a module show more of the camera than of the print"
        )
    return words
