"""Looks at one picture for the camera check: what is read in it, and how labels are seen."""

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from station.cameras.condition import Condition, condition_of
from station.cameras.measures import bright_share_of, contrast_of, edges_of, softness_of
from station.core.camera_advice import LEAST_MODULE_PX, SIGNED_CODE_MODULES, LabelView
from station.core.symbol import Corners
from station.decoders.module_size import module_size, side_of
from station.ports.decoding import LabelFinder, Sight

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels


@dataclass(frozen=True, slots=True)
class Look:
    """One picture, measured.

    Attributes:
        width: Pixels.
        height: Pixels.
        sight: What was read, and where something could not be.
        labels: How its labels were seen, those that were read, or else those that were not.
        modules: A side of the first label read; 0 where that is not known.
        condition: What is wrong with the picture as a whole, if anything.
    """

    width: int
    height: int
    sight: Sight
    labels: tuple[LabelView, ...]
    modules: int
    condition: Condition | None


def look_at(pixels: "GreyPixels", decoder: LabelFinder) -> Look:
    """Decode a picture and measure it.

    Args:
        pixels: 2-D uint8, grey.
        decoder: As the source's kind is decoded.
    """
    sight = decoder.look(pixels)
    labels: list[LabelView] = []
    modules = 0
    for symbol in sight.symbols:
        size = module_size(pixels, symbol)
        if size is not None and symbol.corners is not None:
            modules = modules or size.modules
            labels += _labels(pixels, symbol.corners, size.module_px, is_estimate=False)
    if not labels:
        for corners in sight.unread:
            estimate_px = side_of(corners) / SIGNED_CODE_MODULES
            labels += _labels(pixels, corners, estimate_px, is_estimate=True)
    height, width = pixels.shape
    return Look(width, height, sight, tuple(labels), modules, condition_of(pixels))


def _labels(
    pixels: "GreyPixels", corners: Corners, module_px: float, *, is_estimate: bool
) -> list[LabelView]:
    """One label measured; none where it lies outside of the picture."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    part = pixels[
        max(0, int(min(ys))) : max(0, int(max(ys)) + 1),
        max(0, int(min(xs))) : max(0, int(max(xs)) + 1),
    ]
    if not part.size:
        return []
    edges = edges_of(part) if module_px >= LEAST_MODULE_PX else None
    softness = None if edges is None else softness_of(edges)
    return [
        LabelView(
            module_px=module_px,
            is_estimate=is_estimate,
            contrast=contrast_of(part),
            bright_share=bright_share_of(part),
            smear_modules=None if softness is None else softness.smear_px / module_px,
            blur_modules=None if softness is None else softness.blur_px / module_px,
        )
    ]


def median_label(labels: list[LabelView]) -> LabelView | None:
    """The medians of several looks; labels that were read count before those that were not."""
    counted = [label for label in labels if not label.is_estimate] or labels
    if not counted:
        return None
    return LabelView(
        module_px=median(label.module_px for label in counted),
        is_estimate=counted[0].is_estimate,
        contrast=median(label.contrast for label in counted),
        bright_share=median(label.bright_share for label in counted),
        smear_modules=_median([label.smear_modules for label in counted]),
        blur_modules=_median([label.blur_modules for label in counted]),
    )


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
