"""Colours that an operator can tell apart, whichever eyes the operator has."""

import itertools
import math
from typing import Final

import pytest
from rich.color import ColorSystem
from rich.style import Style

from station.core.reasons import VerdictClass
from station.ports.health import HealthStatus
from station.tui.palette import (
    AMBER,
    BLUE,
    NEUTRAL,
    PULSE_RED,
    RED,
    SHAPES,
    SIGNS,
    TEAL,
    THEMES,
    Look,
    Theme,
)

Colour = tuple[float, float, float]

# Machado, Oliveira, Fernandes (2009), severity 1.0, applied to linear RGB.
BLINDNESS: Final[dict[str, tuple[Colour, Colour, Colour]]] = {
    "full colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
COLOURED: Final = [THEMES["teal"], THEMES["blue"]]


def linear(hex_colour: str) -> Colour:
    channels = [int(hex_colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return red, green, blue


def luminance(colour: Colour) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(linear(one)), luminance(linear(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen(hex_colour: str, blindness: str) -> Colour:
    colour = linear(hex_colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, colour, strict=True))))
        for row in BLINDNESS[blindness]
    )
    return red, green, blue


def lab(colour: Colour) -> Colour:
    """CIE L*a*b* under D65."""
    red, green, blue = colour
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (
        t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, blindness: str) -> float:
    """CIE76."""
    a, b = lab(seen(one, blindness)), lab(seen(other, blindness))
    return math.dist(a, b)


def background(style: Style) -> str:
    assert style.bgcolor is not None
    return style.bgcolor.get_truecolor().hex


def foreground(style: Style) -> str:
    assert style.color is not None
    return style.color.get_truecolor().hex


def styles(theme: Theme) -> list[Style]:
    return [
        theme.accept,
        theme.caution,
        theme.alarm,
        theme.pulse,
        theme.neutral,
        theme.page,
        theme.quiet,
        theme.strong,
    ]


def test_the_measures_themselves() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert lab(linear("#FFFFFF"))[0] == pytest.approx(100, abs=0.1)
    assert distance("#FF0000", "#00FF00", "full colour") > 150
    # Red and a green of the same lightness: apart for most eyes, close for two kinds.
    assert distance("#9E5A00", "#6A7300", "deuteranopia") < 15
    assert distance("#9E5A00", "#6A7300", "full colour") > 35


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_all_text_has_contrast(theme: Theme) -> None:
    figures = {
        str(style): contrast(foreground(style), background(style)) for style in styles(theme)
    }

    assert {style: figure for style, figure in figures.items() if figure < 4.5} == {}


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("accept", [TEAL, BLUE])
def test_every_pair_of_verdict_colours_is_apart_for_every_eye(accept: str, blindness: str) -> None:
    close = {
        (one, other): round(distance(one, other, blindness))
        for one, other in itertools.product((accept, RED, PULSE_RED, AMBER), repeat=2)
        if not {one, other} <= {RED, PULSE_RED} and one != other
        if distance(one, other, blindness) < 40
    }

    assert close == {}


def test_the_colours_are_the_designs_and_exact_entries_of_256() -> None:
    assert (TEAL, BLUE, RED, AMBER) == ("#005F5F", "#005FAF", "#AF0000", "#FFD700")
    for colour in (TEAL, BLUE, RED, PULSE_RED, AMBER, NEUTRAL):
        there = Style(color=colour).color
        assert there is not None
        entry = there.downgrade(ColorSystem.EIGHT_BIT)
        assert entry.get_truecolor().hex.upper() == colour


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_each_class_has_its_style_and_alarm_never_looks_like_accept(theme: Theme) -> None:
    accept = {str(theme.verdict(one)) for one in VerdictClass if one.is_accept}
    other = {str(theme.verdict(one)) for one in VerdictClass if not one.is_accept}

    assert len(accept) == 1
    assert not accept & other
    assert all(theme.health(status) for status in HealthStatus if status is not HealthStatus.OK)


def test_sixteen_colours_are_enough_for_the_ansi_theme() -> None:
    for style in styles(THEMES["ansi"]):
        for colour in (style.color, style.bgcolor):
            assert colour is not None
            assert colour.downgrade(ColorSystem.STANDARD) == colour


XTERM_16: Final = {
    "black": "#000000",
    "red": "#CD0000",
    "yellow": "#CDCD00",
    "cyan": "#00CDCD",
    "blue": "#0000EE",
    "white": "#E5E5E5",
    "bright_white": "#FFFFFF",
}
"""xterm's own sixteen colours, the widest spread; Linux's console and PuTTY have darker ones."""


def test_text_of_the_ansi_theme_has_contrast_in_a_terminals_usual_colours() -> None:
    for style in styles(THEMES["ansi"]):
        assert style.color is not None
        assert style.bgcolor is not None
        one, other = XTERM_16[style.color.name], XTERM_16[style.bgcolor.name]
        assert contrast(one, other) >= 4.5, str(style)


def test_the_pulse_is_no_flash() -> None:
    """WCAG 2.2: opposing changes of at least a tenth of the relative luminance."""
    for theme in COLOURED:
        change = luminance(linear(background(theme.pulse))) - luminance(
            linear(background(theme.alarm))
        )
        assert 0.02 < abs(change) < 0.1


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_pulse_is_seen_in_every_theme(theme: Theme) -> None:
    assert theme.pulse != theme.alarm


def test_the_plain_theme_has_no_colour_at_all() -> None:
    assert all(style.color is None and style.bgcolor is None for style in styles(THEMES["plain"]))
    assert THEMES["plain"].alarm.reverse


def test_shape_and_sign_tell_classes_apart_without_colour() -> None:
    """ACCEPT and ACCEPT_NOTE share theirs: both let the unit pass."""
    classes = [one for one in VerdictClass if one is not VerdictClass.ACCEPT_NOTE]

    for look in (Look(THEMES["plain"]), Look(THEMES["plain"], unicode=False)):
        assert len({look.sign(one) for one in classes}) == len(classes)
        assert len({look.health_sign(one) for one in HealthStatus}) == 3
    assert len({SHAPES[one] for one in classes}) == len(classes)
    assert set(SHAPES) == set(SIGNS) == set(VerdictClass)


def test_without_unicode_everything_is_ascii() -> None:
    look = Look(THEMES["plain"], unicode=False)

    assert look.plain("a · b … ’ – ✓ ⟳ ✕ ■ ß Ñ ▸ 隔 ¿") == "a - b ~ ' - + @ X # s N > ? ?"
    assert Look(THEMES["plain"]).plain("ß · 隔") == "ß · 隔"
