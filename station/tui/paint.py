"""The whole dock screen as lines of text: a pure picture of what is known, in any size.

Three layouts out of one: from 60 columns and 18 lines the full one (80×24, 120×40), below that the
handheld's (40×12); smaller terminals get the banner and what else fits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from station.core.language import Language
from station.core.operators import Role
from station.core.shipments import ShipmentKind
from station.core.wording import verdict_word
from station.core.wording.screens import DOCK, DockWords, Pair
from station.ports.display import ShipmentProgress, VerdictShown
from station.ports.health import Health, HealthStatus
from station.tui.banner import paint_banner
from station.tui.keys import CONFIRM_KEY, Request
from station.tui.lines import Line, cut, line, padded, shown, spread, wrapped
from station.tui.model import BannerKind, DockView
from station.tui.palette import Look
from station.tui.speech import component_word, health_of, said_of

FULL_WIDTH: Final = 60
FULL_HEIGHT: Final = 18

_WORD_WIDTH: Final = 12
"""``✕ QUARANTINE``."""

_COMPONENT_ORDER: Final = (
    "scanner", "camera", "decoder", "gate", "registry", "sync", "journal", "outbox", "disk",
)  # fmt: skip

_SYNC: Final = "sync"
_REGISTRY: Final = "registry"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a picture depends on besides the model.

    Attributes:
        now: Wall clock with the zone in which times are shown.
        asked: What waits for its confirmation.
        pin_digits: How many digits of a PIN were typed; None while nobody types one.
        pulse: The other half of a standing quarantine's second.
        flash: The banner's edge flashes, in place of a sound.
    """

    now: datetime
    asked: Request | None = None
    pin_digits: int | None = None
    pulse: bool = False
    flash: bool = False


def paint(view: DockView, moment: Moment, width: int, height: int, look: Look) -> tuple[Line, ...]:
    """Every line of the screen.

    Args:
        view: What is known.
        moment: When.
        width: Cells.
        height: Lines.
        look: How to draw.

    Returns:
        Exactly ``height`` lines of exactly ``width`` cells.
    """
    if width < 1 or height < 1:
        return ()
    full = width >= FULL_WIDTH and height >= FULL_HEIGHT
    lines = (
        _full(view, moment, width, height, look)
        if full
        else _small(view, moment, width, height, look)
    )
    blank = line(width, look.theme.page)
    whole = (*lines, *([blank] * height))[:height]
    return whole if look.unicode else tuple(_ascii(row, look) for row in whole)


def _ascii(row: Line, look: Look) -> Line:
    """Our own typography last; texts of messages were made plain before they were measured."""
    return tuple(Segment(look.plain(part.text), part.style) for part in row)


def _full(view: DockView, moment: Moment, width: int, height: int, look: Look) -> list[Line]:
    banner_height = height * 7 // 12
    rows = height - banner_height - 6
    return [
        _header(view, moment, width, look),
        *paint_banner(view, width, banner_height, look, pulse=moment.pulse, flash=moment.flash),
        *_scans(view, moment, width, rows, look),
        _counters(view, width, look),
        *_health(view, moment, width, look),
        *_footer(view, moment, width, look),
    ]


def _small(view: DockView, moment: Moment, width: int, height: int, look: Look) -> list[Line]:
    below = [
        *_scan_rows(view, moment, width, 1, look),
        _counters(view, width, look),
        _health(view, moment, width, look)[0],
    ]
    above = [_header(view, moment, width, look)]
    # What matters most goes last: footer (the question), header, health, counters, last scan.
    spare = max(0, height - 1 - 7)
    below = below[max(0, len(below) - max(0, spare - 1)) :] if spare else []
    above = above if spare else []
    banner_height = max(1, height - len(above) - len(below) - 1)
    footer = _footer(view, moment, width, look, most=2 if below else 1)
    return [
        *above,
        *paint_banner(view, width, banner_height, look, pulse=moment.pulse, flash=moment.flash),
        *below[: len(below) + 1 - len(footer)],
        *footer,
    ]


def _header(view: DockView, moment: Moment, width: int, look: Look) -> Line:
    strong, quiet = look.theme.strong, look.theme.quiet
    clock = moment.now.strftime("%H:%M:%S" if width < FULL_WIDTH else "%Y-%m-%d %H:%M:%S")
    room = width - cell_len(clock) - 3
    # Who scans matters more than which site it is.
    who, whole = _signed_in(view)
    ways = ((view.station, view.site, whole), (view.station, whole), (view.station, who))
    named = [" · ".join(shown(part) for part in way if part) for way in ways]
    where = next((way for way in named if cell_len(way) <= room), named[-1 if who else 0])
    left = look.plain(f" {where or DOCK[view.language].title}")
    return spread(width, look.theme.page, (left, strong), (clock + " ", quiet))


def _signed_in(view: DockView) -> Pair:
    """Who is signed in; the same with the role, and whether the PIN was given."""
    attendance = view.attendance
    if attendance.role is None:
        return "", ""
    words = DOCK[view.language]
    proven = f", {words.pin_given}" if attendance.proven else ""
    name = attendance.operator
    return name, f"{name} ({words.roles[attendance.role]}{proven})"


def _scans(view: DockView, moment: Moment, width: int, rows: int, look: Look) -> list[Line]:
    title = line(
        width,
        look.theme.page,
        (cut(f" {DOCK[view.language].last_scans}", width), look.theme.strong),
    )
    return [title, *_scan_rows(view, moment, width, rows, look)]


def _scan_rows(view: DockView, moment: Moment, width: int, rows: int, look: Look) -> list[Line]:
    lines = [_scan_row(verdict, view.language, moment, width, look) for verdict in view.rows[:rows]]
    lines += [line(width, look.theme.page)] * (rows - len(lines))
    return lines


def _scan_row(
    verdict: VerdictShown, language: Language, moment: Moment, width: int, look: Look
) -> Line:
    theme = look.theme
    sign = look.sign(verdict.verdict_class)
    word = padded(f" {sign} {verdict_word(verdict.verdict_class, language)}", _WORD_WIDTH + 2)
    parts = [
        (" " + _time(verdict.time_utc, moment.now, short=width < FULL_WIDTH) + " ", theme.quiet),
        (word, theme.verdict(verdict.verdict_class)),
        (" ", theme.page),
    ]
    serial = look.plain(shown(verdict.serial))
    message = look.plain(said_of(verdict, language).message)
    if width < FULL_WIDTH:
        parts.append((serial or message, theme.page))
        return line(width, theme.page, *parts)
    serial_width = 20 if width >= 100 else 14
    source_width = 20 if width >= 100 else 12
    reason_width = width - 10 - _WORD_WIDTH - 3 - serial_width - source_width - 2
    parts += [
        (padded(message, reason_width) + " ", theme.page),
        (padded(serial, serial_width) + " ", theme.page),
        (padded(look.plain(shown(verdict.source)), source_width), theme.quiet),
    ]
    return line(width, theme.page, *parts)


def _counters(view: DockView, width: int, look: Look) -> Line:
    theme, words = look.theme, DOCK[view.language]
    counters = view.counters
    if counters is None:
        return line(width, theme.page)
    alarm = _alarm(view, width, look)
    if view.shipment is not None:
        return line(width, theme.page, *alarm, *_progress(view.shipment, width, look, words))
    if width < FULL_WIDTH:
        text = words.brief_sums.format(
            accepted=counters.accepted,
            quarantined=counters.quarantined,
            held=counters.held,
            rescans=counters.rescans,
        )
        return line(width, theme.page, *alarm, (f" {text}", theme.strong))
    figures = [
        (words.accepted, counters.accepted),
        (words.quarantined, counters.quarantined),
        (words.held, counters.held),
        (words.rescans, counters.rescans),
        (words.scans, counters.scans),
    ]
    if counters.stops:
        figures.append((words.stops, counters.stops))
    parts = alarm
    for name, figure in figures:
        parts += [(f" {name} ", theme.quiet), (f"{figure} ", theme.strong)]
    return line(width, theme.page, *parts)


def _alarm(view: DockView, width: int, look: Look) -> list[tuple[str, Style]]:
    """How many items are put away for nothing, where it is more than may be."""
    figures = view.figures
    if figures is None or not figures.above_line:
        return []
    word = _fitting(DOCK[view.language].false_alarms, width)
    return [(f" {word} {figures.false_alarm_rate:.2%} ", look.theme.caution)]


def _progress(
    shipment: ShipmentProgress, width: int, look: Look, words: DockWords
) -> list[tuple[str, Style]]:
    """How far the shipment at the dock has come, in place of the engine's sums."""
    theme = look.theme
    name = look.plain(shown(shipment.shipment_id))
    blind = shipment.kind is ShipmentKind.BLIND
    accepted = str(shipment.accepted) if blind else f"{shipment.accepted}/{shipment.expected}"
    if width < FULL_WIDTH:
        text = words.brief_shipment.format(
            name=name, accepted=accepted, quarantined=shipment.quarantined, held=shipment.held
        )
        return [(f" {text}", theme.strong)]
    figures = (
        (words.shipment, name),
        (words.accepted, accepted),
        (words.quarantined, str(shipment.quarantined)),
        (words.held, str(shipment.held)),
    )
    parts: list[tuple[str, Style]] = []
    for word, figure in figures:
        parts += [(f" {word} ", theme.quiet), (f"{figure} ", theme.strong)]
    return parts


def _health(view: DockView, moment: Moment, width: int, look: Look) -> list[Line]:
    """Every part by its word; below, what the worst one says."""
    theme, words = look.theme, DOCK[view.language]
    reports = sorted(filter(_is_chip, view.health), key=_health_order)
    parts: list[tuple[str, Style]] = []
    left = width
    for index, report in enumerate(reports):
        chip = f" {look.health_sign(report.status)} {_name(report, view, moment)} "
        more = f" {words.more.format(count=len(reports) - index)}"
        last = index == len(reports) - 1
        if cell_len(chip) + (0 if last else cell_len(more)) > left:
            parts.append((more, theme.page))
            break
        parts += [(look.plain(chip), theme.health(report.status)), (" ", theme.page)]
        left -= cell_len(chip) + 1
    worst = [report for report in reports if report.status is not HealthStatus.OK][:1]
    said = [(look.plain(f" {_says(report, view.language)}"), theme.strong) for report in worst]
    return [line(width, theme.page, *parts), line(width, theme.page, *said)]


def _says(report: Health, language: Language) -> str:
    return f"{component_word(report.component, language)}: {health_of(report, language)}"


def _is_chip(report: Health) -> bool:
    """A sync is told of while it is under way."""
    return report.component != _SYNC or bool(report.text)


def _health_order(report: Health) -> tuple[int, int, str]:
    """What is broken first, then the usual order, so that nothing broken falls off the edge."""
    severity = {HealthStatus.FAILED: 0, HealthStatus.WARNING: 1, HealthStatus.OK: 2}
    kind = report.component.partition(":")[0]
    place = _COMPONENT_ORDER.index(kind) if kind in _COMPONENT_ORDER else len(_COMPONENT_ORDER)
    return severity[report.status], place, report.component


def _name(report: Health, view: DockView, moment: Moment) -> str:
    words = DOCK[view.language]
    if report.component == _SYNC:
        return words.syncing
    name = component_word(report.component, view.language)
    if report.component != _REGISTRY:
        return name
    return " ".join(part for part in (name, _age(view, moment.now, words)) if part)


def _age(view: DockView, now: datetime, words: DockWords) -> str:
    """How old the registry is, in the largest unit that says enough."""
    published = _parsed(view.registry_published_utc)
    if published is None:
        return ""
    minutes = max(0, int((now - published).total_seconds()) // 60)
    in_minutes, in_hours, in_days = words.ages
    if minutes < 60:
        return in_minutes.format(count=minutes)
    if minutes < 72 * 60:
        return in_hours.format(count=minutes // 60)
    return in_days.format(count=minutes // 1440)


def _footer(view: DockView, moment: Moment, width: int, look: Look, *, most: int = 1) -> list[Line]:
    """What stands last: a question, a sentence on at most so many lines, or the keys."""
    theme, words = look.theme, DOCK[view.language]
    asked = _asked_now(moment, width, words)
    said = [asked] if asked else wrapped(look.plain(shown(view.notice)), width - 1, most)
    if said:
        style = theme.caution
        return [line(width, style, (look.plain(f" {text}"), style)) for text in said]
    hint = _fitting(_hints(view, words), width)
    return [line(width, theme.page, (look.plain(f" {hint}"), theme.quiet))]


def _asked_now(moment: Moment, width: int, words: DockWords) -> str:
    """The question that stands, or the PIN that is typed; ``""`` for neither."""
    key = CONFIRM_KEY.upper()
    if moment.asked is not None:
        ask = _ask(moment.asked, words)
        long, short = (text.format(ask=ask, key=key) for text in words.confirm)
        return _fitting((long, short), width)
    if moment.pin_digits is not None:
        return words.pin_typed.format(stars=f"{'*' * moment.pin_digits:<4}", key=key)
    return ""


def _ask(asked: Request, words: DockWords) -> str:
    match asked:
        case Request.UNREADABLE:
            return words.ask_unreadable
        case Request.NO_CODE:
            return words.ask_no_code
        case Request.DAMAGED:
            return words.ask_damaged
        case Request.SAME_UNIT:
            return words.ask_same
        case Request.SECOND_UNIT:
            return words.ask_second
        case Request.QUIT:
            return words.ask_quit


def _hints(view: DockView, words: DockWords) -> Pair:
    """Which keys mean something now."""
    if view.banner.kind in {BannerKind.LOST, BannerKind.CONNECTING}:
        return words.quit_hint
    role = view.attendance.role
    if view.latched:
        may_release = role is not None and role >= Role.SUPERVISOR
        return words.release_hints if may_release else words.latched_hints
    return words.question_hints if view.asks_second_unit else words.hints


def _fitting(pair: Pair, width: int) -> str:
    """The long text where there is room for it and a space before it."""
    return next((text for text in pair if cell_len(text) < width), pair[-1])


def _time(time_utc: str, now: datetime, *, short: bool) -> str:
    moment = _parsed(time_utc)
    if moment is None:
        return "--:--" if short else "--:--:--"
    return moment.astimezone(now.tzinfo).strftime("%H:%M" if short else "%H:%M:%S")


def _parsed(time_utc: str) -> datetime | None:
    """A time from a message; None for what is none."""
    try:
        moment = datetime.fromisoformat(time_utc)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
