"""The supervisor's screens as lines, in any size; what was scanned is drawn as text alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.segment import Segment
from rich.style import Style

from station.core.figures import MAX_FALSE_ALARMS, Figures
from station.core.review import FetchTask, ReviewItem
from station.ports.desk import Fact, ItemDetail, JournalLine, Person
from station.ports.health import Health, HealthStatus
from station.ports.shipments import ShipmentRecord
from station.tui.act_form import ActForm
from station.tui.keys import CONFIRM_KEY
from station.tui.lines import Line, line, padded, shown, spread, wrapped
from station.tui.palette import Look
from station.tui.review_detail import paint_close_out, paint_item
from station.tui.review_model import ReviewModel
from station.tui.review_wishes import Row, Section

WIDE: Final = 70
"""From so many cells on, rows show everything."""

HEADING_LINES: Final = 3
"""Header, pages, and a list's own heading."""

FOOTER_LINES: Final = 2

_TITLES: Final = {
    Section.REVIEW: "Review",
    Section.JOURNAL: "Journal",
    Section.FETCH: "Fetch",
    Section.SHIPMENTS: "Shipments",
    Section.REGISTRY: "Registry",
    Section.DEVICES: "Devices",
    Section.PEOPLE: "People",
    Section.FIGURES: "Alarms",
}
_EMPTY: Final = {
    Section.REVIEW: "Nothing is under review",
    Section.JOURNAL: "The journal is empty",
    Section.FETCH: "Nothing has to be fetched",
    Section.SHIPMENTS: "No shipment was imported: 'station shipment import FILE'",
    Section.REGISTRY: "Nothing is known of the registry",
    Section.DEVICES: "No engine runs, and no maintenance ticket is open",
    Section.PEOPLE: "Nobody is enrolled: 'station operator add NAME --role supervisor'",
    Section.FIGURES: "Nothing was decided in the last month",
}
_HINTS: Final = {
    Section.REVIEW: "Enter look · r release · b give back · d destroy · c counterfeit · e pack",
    Section.JOURNAL: "u undo · PgDn older · PgUp newer",
    Section.FETCH: "f fetched · n not found",
    Section.SHIPMENTS: "Enter close-out · o open at dock · c close · w close with held items",
    Section.REGISTRY: "g look again",
    Section.DEVICES: "g look again",
    Section.PEOPLE: "g look again · changes: station operator --help",
    Section.FIGURES: "g count again",
}
_ITEM_HINTS: Final = (
    "r release · b give back · d destroy · c counterfeit · p tote · s same · t two · u undo · e",
    "r release b back d destroy c fake p tote s same t two u undo v photo e pack",
    "r b d c p s t u v e · Esc back",
)
_CLOSE_OUT_HINTS: Final = ("o open at dock · c close · w close with held items · Esc back",)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one drawing is made with.

    Attributes:
        now: Wall clock with the zone in which times are shown.
        width: Cells.
        height: Lines.
        look: How to draw.
    """

    now: datetime
    width: int
    height: int
    look: Look


def list_rows(height: int) -> int:
    """How many rows of a list a screen of so many lines shows."""
    return max(1, height - HEADING_LINES - FOOTER_LINES)


def paint_review(model: ReviewModel, sheet: Sheet) -> tuple[Line, ...]:
    """Every line of the screen.

    Returns:
        Exactly ``height`` lines of exactly ``width`` cells.
    """
    if sheet.width < 1 or sheet.height < 1:
        return ()
    body_height = max(0, sheet.height - 2 - FOOTER_LINES)
    body = _body(model, sheet, body_height)
    blank = line(sheet.width, sheet.look.theme.page)
    if model.form is not None:
        panel = _panel(model.form, sheet)[:body_height]
        above = body_height - len(panel)
        body = [*(body + [blank] * above)[:above], *panel]
    lines = [
        _header(model, sheet),
        _tabs(model, sheet),
        *(body + [blank] * body_height)[:body_height],
        _says(model, sheet),
        _hints(model, sheet),
    ]
    whole = (lines + [blank] * sheet.height)[: sheet.height]
    return tuple(_plain(row, sheet.look) for row in whole)


def _plain(row: Line, look: Look) -> Line:
    if look.unicode:
        return row
    return tuple(Segment(look.plain(part.text), part.style) for part in row)


def _header(model: ReviewModel, sheet: Sheet) -> Line:
    theme = sheet.look.theme
    items = "" if model.open_count is None else f" · {model.open_count} under review"
    left = f" REVIEW · {shown(model.site)}{items}"
    clock = sheet.now.strftime("%H:%M:%S" if sheet.width < WIDE else "%Y-%m-%d %H:%M:%S")
    return spread(sheet.width, theme.page, (left, theme.strong), (clock + " ", theme.quiet))


def _tabs(model: ReviewModel, sheet: Sheet) -> Line:
    theme = sheet.look.theme
    if sum(len(title) + 3 for title in _TITLES.values()) > sheet.width:
        text = f" {model.section.value} {_TITLES[model.section]} "
        return line(
            sheet.width, theme.page, (text, theme.neutral), ("  1-8 other pages", theme.quiet)
        )
    parts: list[tuple[str, Style]] = []
    for section in Section:
        style = theme.neutral if section is model.section else theme.quiet
        parts.append((f" {section.value} {_TITLES[section]}", style))
    return line(sheet.width, theme.page, *parts)


def _body(model: ReviewModel, sheet: Sheet, height: int) -> list[Line]:
    if model.opened:
        if model.detail is None:
            return [_text("Looking" if model.busy else "It is not there any more", sheet)]
        if isinstance(model.detail, ItemDetail):
            return paint_item(
                model.detail, sheet.width, height, sheet.look, photos_large=model.photos_large
            )
        return paint_close_out(model.opened, model.detail, sheet.width, sheet.look)
    if not model.rows and not (model.section is Section.DEVICES and model.health):
        return [_text("", sheet), _text("Looking" if model.busy else _EMPTY[model.section], sheet)]
    devices = _devices(model, sheet) if model.section is Section.DEVICES else []
    room = max(1, height - 1 - len(devices))
    first = max(0, min(model.selected - room // 2, len(model.rows) - room))
    rows = [
        _row(row, sheet, is_selected=first + place == model.selected)
        for place, row in enumerate(model.rows[first : first + room])
    ]
    return [*devices, _heading(model, sheet), *rows]


def _text(text: str, sheet: Sheet) -> Line:
    return line(sheet.width, sheet.look.theme.page, (f"  {text}", sheet.look.theme.quiet))


def _heading(model: ReviewModel, sheet: Sheet) -> Line:
    theme = sheet.look.theme
    place = ""
    if model.has_previous or model.more:
        place = ("▴ PgUp" if model.has_previous else "") + (" ▾ PgDn" if model.more else "")
    words = {
        Section.REVIEW: "  SINCE             VERDICT       WHY                       SERIAL",
        Section.JOURNAL: "  WHEN              WHAT                WHO         WHY",
        Section.FETCH: "  SINCE             UNIT                                   FROM",
        Section.SHIPMENTS: "  SHIPMENT             KIND    STATE     UNITS  FROM",
        Section.PEOPLE: "  NAME                  ROLE        BADGE  PIN",
        Section.FIGURES: f"  {'LAST MONTH':<26}{'reads':>8}{'rescan':>8}{'alarms':>8}{'false':>7}"
        f"{'rate':>9}",
    }
    text = words.get(model.section, "") if sheet.width >= WIDE else ""
    return spread(sheet.width, theme.page, (text, theme.quiet), (place + " ", theme.quiet))


def _row(row: Row, sheet: Sheet, *, is_selected: bool) -> Line:
    theme = sheet.look.theme
    base = theme.neutral if is_selected else theme.page
    mark = "▸" if is_selected else " "
    parts = [(f"{mark} ", base), *((text, style or base) for text, style in _cells(row, sheet))]
    return line(sheet.width, base, *parts)


_Cells = list[tuple[str, Style | None]]
"""Text with its style; None for the row's own."""


def _cells(row: Row, sheet: Sheet) -> _Cells:
    match row:
        case ReviewItem():
            return _item_cells(row, sheet)
        case JournalLine():
            return _journal_cells(row, sheet)
        case FetchTask():
            unit = shown(f"{row.identity.gtin} {row.identity.serial}")
            when = f"{_when(row.time_utc, sheet)}  "
            return [(when, None), (padded(unit, 37) + "  ", None), (shown(row.place), None)]
        case ShipmentRecord():
            units = str(row.expected) if row.expected else "-"
            return [
                (padded(shown(row.shipment_id), 20) + " ", None),
                (f"{row.kind.value:<7} {row.state.value:<8} {units:>6}  ", None),
                (shown(row.source), None),
            ]
        case Fact():
            return _fact_cells(row.name, row.text, row.status, sheet)
        case Person():
            return _person_cells(row, sheet)
        case (name, figures):
            return _figure_cells(name, figures, sheet)


def _item_cells(item: ReviewItem, sheet: Sheet) -> _Cells:
    look = sheet.look
    word = f"{look.sign(item.verdict_class)} {item.verdict_class.name}"
    serial = "" if item.identity is None else item.identity.serial
    tote = f" in {item.tote}" if item.tote else ""
    verdict = (padded(f" {word} ", 14), look.theme.verdict(item.verdict_class))
    if sheet.width < WIDE:
        return [verdict, (" " + shown(serial or item.reason.value), None)]
    return [
        (f"{_when(item.time_utc, sheet)}  ", None),
        verdict,
        (" " + padded(item.reason.value, 25), None),
        (shown(serial) + shown(tote), None),
    ]


def _journal_cells(row: JournalLine, sheet: Sheet) -> _Cells:
    what = padded(shown(row.what), 19) + " "
    if sheet.width < WIDE:
        return [(what, None), (shown(row.serial or row.why), None)]
    return [
        (f"{_when(row.time_utc, sheet)}  ", None),
        (what, None),
        (padded(shown(row.who), 11) + " ", None),
        (padded(shown(row.why), max(10, sheet.width - 68)) + " ", None),
        (shown(row.serial), None),
    ]


def _fact_cells(name: str, text: str, status: HealthStatus, sheet: Sheet) -> _Cells:
    theme = sheet.look.theme
    sign = sheet.look.health_sign(status)
    style = None if status is HealthStatus.OK else theme.health(status)
    return [(padded(f" {sign} {shown(name)}", 20) + " ", style), (shown(text), None)]


def _person_cells(person: Person, sheet: Sheet) -> _Cells:
    operator = person.operator
    pin = "PIN set" if person.has_pin else "no PIN"
    wrong = f", {person.wrong} wrong PINs" if person.wrong else ""
    state = "" if operator.active else "  removed"
    text = f"{shown(operator.name):<21} {operator.role.name.lower():<11} {operator.badge:>5}  "
    style = None if operator.active else sheet.look.theme.quiet
    return [(text + pin + wrong + state, style)]


def _figure_cells(name: str, figures: Figures, sheet: Sheet) -> _Cells:
    text = (
        f"{padded(shown(name), 26)}{figures.reads:>8}{figures.rescan_rate:>8.2%}"
        f"{figures.alarms:>8}{figures.false_alarms:>7}{figures.false_alarm_rate:>9.3%}"
    )
    if not figures.above_the_line:
        return [(text, None)]
    return [(text, None), (f" above {MAX_FALSE_ALARMS:.2%} ", sheet.look.theme.caution)]


def _devices(model: ReviewModel, sheet: Sheet) -> list[Line]:
    """What the engine says of its parts."""
    theme = sheet.look.theme
    reports = sorted(model.health, key=_worst_first)
    return [
        line(
            sheet.width,
            theme.page,
            *(
                (text, style or theme.page)
                for text, style in _fact_cells(
                    report.component.upper(), report.text, report.status, sheet
                )
            ),
        )
        for report in reports[: max(1, sheet.height // 2)]
    ]


def _worst_first(report: Health) -> tuple[int, str]:
    order = {HealthStatus.FAILED: 0, HealthStatus.WARNING: 1, HealthStatus.OK: 2}
    return order[report.status], report.component


def _panel(form: ActForm, sheet: Sheet) -> list[Line]:
    """What is asked, what was given, what is to be given now."""
    theme, width = sheet.look.theme, sheet.width
    lines = [
        line(width, theme.caution, (f" {form.asked.title}", theme.caution)),
        line(width, theme.neutral, (f" {shown(form.asked.subject)}", theme.neutral)),
    ]
    for step, text in form.lines:
        is_now = step is form.step
        mark = "▸" if is_now else " "
        cursor = "▏" if is_now else ""
        style = theme.neutral if is_now else theme.page
        shown_text = shown(text)[-max(1, width - 22) :]
        lines.append(line(width, style, (f" {mark} {step.value:<14} {shown_text}{cursor}", style)))
    lines.append(line(width, theme.page, (f" {form.prompt}", theme.strong)))
    return lines


def _says(model: ReviewModel, sheet: Sheet) -> Line:
    """A notice, or that there is no engine."""
    theme = sheet.look.theme
    if model.notice:
        text = wrapped(shown(model.notice), sheet.width - 1, 1)
        return line(sheet.width, theme.caution, (f" {text[0] if text else ''}", theme.caution))
    if model.lost is not None:
        text_lost = f" {shown(model.lost.text)}: acts are done without it"
        return line(sheet.width, theme.page, (text_lost, theme.quiet))
    return line(sheet.width, theme.page)


def _hints(model: ReviewModel, sheet: Sheet) -> Line:
    theme = sheet.look.theme
    if model.asks_to_quit:
        text = f" Close these screens? Press {CONFIRM_KEY.upper()} to confirm, any other key stays"
        return line(sheet.width, theme.caution, (text, theme.caution))
    if model.form is not None:
        waits = model.form.step is None
        return line(
            sheet.width,
            theme.page,
            (" waiting" if waits else " Esc takes it back · nothing is done yet", theme.quiet),
        )
    choices: tuple[str, ...] = (f"{_HINTS[model.section]} · q quit", "1-8 pages · q quit")
    if model.opened:
        choices = _ITEM_HINTS if isinstance(model.detail, ItemDetail) else _CLOSE_OUT_HINTS
    hint = next((one for one in choices if len(one) < sheet.width), choices[-1])
    return line(sheet.width, theme.page, (f" {hint}", theme.quiet))


def _when(time_utc: str, sheet: Sheet) -> str:
    """A moment in the screen's zone, to the minute."""
    try:
        moment = datetime.fromisoformat(time_utc)
    except ValueError:
        return "----------------"
    if moment.tzinfo is None:
        return time_utc[:16]
    return moment.astimezone(sheet.now.tzinfo).strftime("%Y-%m-%d %H:%M")
