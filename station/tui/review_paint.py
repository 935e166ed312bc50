"""The supervisor's screens as lines, in any size; what was scanned is drawn as text alone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from station.core.figures import MAX_FALSE_ALARMS
from station.core.language import Language
from station.core.review import FetchTask, ReviewItem
from station.core.wording import verdict_word
from station.core.wording.screens import DOCK, REVIEW, ReviewWords
from station.ports.desk import Fact, ItemDetail, JournalLine, Person
from station.ports.health import Health, HealthStatus
from station.ports.shipments import ShipmentRecord
from station.tui.act_form import ActForm
from station.tui.keys import CONFIRM_KEY
from station.tui.lines import Line, line, padded, shown, spread, to_the_right, wrapped
from station.tui.palette import Look
from station.tui.review_detail import Paper, paint_close_out, paint_item
from station.tui.review_model import ReviewModel
from station.tui.review_wishes import FigureRow, Row, Section
from station.tui.speech import component_word, health_of, loss_of, what_of, why_of

WIDE: Final = 70
"""From so many cells on, rows show everything."""

HEADING_LINES: Final = 3
"""Header, pages, and a list's own heading."""

FOOTER_LINES: Final = 2

NOTICE_LINES: Final = 3
"""Most lines of what became of a wish; those beyond one are taken from the list."""

_COLUMNS: Final[dict[Section, tuple[tuple[str, int], ...]]] = {
    Section.REVIEW: (("since", 18), ("verdict", 14), ("why", 26), ("serial", 0)),
    Section.JOURNAL: (("when", 18), ("what", 20), ("who", 12), ("why", 0)),
    Section.FETCH: (("since", 18), ("unit", 39), ("place", 0)),
    Section.SHIPMENTS: (
        *(("shipment", 21), ("kind", 8), ("state", 9), ("units", -6)),
        *(("gap", 2), ("source", 0)),
    ),
    Section.PEOPLE: (("name", 22), ("role", 12), ("badge", -5), ("gap", 2), ("pin", 0)),
    Section.FIGURES: (
        *(("month", 26), ("reads", -8), ("rescan", -8), ("alarms", -8), ("false", -7)),
        ("rate", -9),
    ),
}
"""A list's columns: what stands in them, in how many cells; below 0 to the right, 0 the rest."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one drawing is made with.

    Attributes:
        now: Wall clock with the zone in which times are shown.
        width: Cells.
        height: Lines.
        look: How to draw.
        language: What the screens speak now.
    """

    now: datetime
    width: int
    height: int
    look: Look
    language: Language = Language.ENGLISH

    @property
    def words(self) -> ReviewWords:
        """The screens' own words."""
        return REVIEW[self.language]


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
    sheet = replace(sheet, language=model.language)
    says = _says(model, sheet)
    # A notice that needs a second line takes it from the body.
    body_height = max(0, sheet.height - 1 - FOOTER_LINES - len(says))
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
        *says,
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
    words, count = sheet.words, model.open_count
    items = "" if count is None else f" · {words.under_review.format(count=count)}"
    left = f" {words.heading} · {shown(model.site)}{items}"
    clock = sheet.now.strftime("%H:%M:%S" if sheet.width < WIDE else "%Y-%m-%d %H:%M:%S")
    return spread(sheet.width, theme.page, (left, theme.strong), (clock + " ", theme.quiet))


def _tabs(model: ReviewModel, sheet: Sheet) -> Line:
    theme, words = sheet.look.theme, sheet.words
    titles = dict(zip(Section, words.pages, strict=True))
    if sum(cell_len(title) + 3 for title in titles.values()) > sheet.width:
        text = f" {model.section.value} {titles[model.section]} "
        others = (f"  {words.other_pages}", theme.quiet)
        return line(sheet.width, theme.page, (text, theme.neutral), others)
    parts: list[tuple[str, Style]] = []
    for section in Section:
        style = theme.neutral if section is model.section else theme.quiet
        parts.append((f" {section.value} {titles[section]}", style))
    return line(sheet.width, theme.page, *parts)


def _body(model: ReviewModel, sheet: Sheet, height: int) -> list[Line]:
    words = sheet.words
    if model.opened:
        if model.detail is None:
            return [_text(words.looking if model.busy else words.gone, sheet)]
        paper = Paper(sheet.width, height, sheet.look, sheet.language)
        if isinstance(model.detail, ItemDetail):
            return paint_item(model.detail, paper, photos_large=model.photos_large)
        return paint_close_out(model.opened, model.detail, paper)
    if not model.rows and not (model.section is Section.DEVICES and model.health):
        nothing = _of_page(words.empty, model.section)
        return [_text("", sheet), _text(words.looking if model.busy else nothing, sheet)]
    devices = _devices(model, sheet) if model.section is Section.DEVICES else []
    room = max(1, height - 1 - len(devices))
    first = max(0, min(model.selected - room // 2, len(model.rows) - room))
    rows = [
        _row(row, sheet, is_selected=first + place == model.selected)
        for place, row in enumerate(model.rows[first : first + room])
    ]
    return [*devices, _heading(model, sheet), *rows]


def _of_page(texts: tuple[str, ...], section: Section) -> str:
    return dict(zip(Section, texts, strict=True))[section]


def _text(text: str, sheet: Sheet) -> Line:
    return line(sheet.width, sheet.look.theme.page, (f"  {text}", sheet.look.theme.quiet))


def _heading(model: ReviewModel, sheet: Sheet) -> Line:
    theme = sheet.look.theme
    words, places = sheet.words, []
    if model.has_previous:
        places.append(f"▴ {words.page_up}")
    if model.more:
        places.append(f"▾ {words.page_down}")
    columns = _COLUMNS.get(model.section, ()) if sheet.width >= WIDE else ()
    text = "".join(_in_column(words.columns.get(name, ""), width) for name, width in columns)
    left = (f"  {text}" if text else "", theme.quiet)
    return spread(sheet.width, theme.page, left, (" ".join(places) + " ", theme.quiet))


def _in_column(text: str, width: int) -> str:
    """A text in a column of `_COLUMNS`."""
    if width >= 0:
        return padded(text, width) if width else text
    return to_the_right(text, -width)


def _row(row: Row, sheet: Sheet, *, is_selected: bool) -> Line:
    theme = sheet.look.theme
    base = theme.neutral if is_selected else theme.page
    mark = "▸" if is_selected else " "
    parts = [(f"{mark} ", base), *((text, style or base) for text, style in _cells(row, sheet))]
    return line(sheet.width, base, *parts)


_Cells = list[tuple[str, Style | None]]
"""Text with its style; None for the row's own."""


def _cells(row: Row, sheet: Sheet) -> _Cells:
    words = sheet.words
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
                (padded(words.shipment_kinds[row.kind], 7) + " ", None),
                (padded(words.shipment_states[row.state], 8) + f" {units:>6}  ", None),
                (shown(row.source), None),
            ]
        case Fact():
            return _fact_cells(row.name, row.text, row.status, sheet)
        case Person():
            return _person_cells(row, sheet)
        case FigureRow():
            return _figure_cells(row, sheet)


def _item_cells(item: ReviewItem, sheet: Sheet) -> _Cells:
    look = sheet.look
    word = f"{look.sign(item.verdict_class)} {verdict_word(item.verdict_class, sheet.language)}"
    serial = "" if item.identity is None else item.identity.serial
    tote = f" {sheet.words.lies_in.format(tote=item.tote)}" if item.tote else ""
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
    what = padded(what_of(row, sheet.language), 19) + " "
    why = why_of(row, sheet.language)
    if sheet.width < WIDE:
        return [(what, None), (shown(row.serial) or why, None)]
    return [
        (f"{_when(row.time_utc, sheet)}  ", None),
        (what, None),
        (padded(shown(row.who), 11) + " ", None),
        (padded(why, max(10, sheet.width - 68)) + " ", None),
        (shown(row.serial), None),
    ]


def _fact_cells(name: str, text: str, status: HealthStatus, sheet: Sheet) -> _Cells:
    theme = sheet.look.theme
    sign = sheet.look.health_sign(status)
    style = None if status is HealthStatus.OK else theme.health(status)
    return [(padded(f" {sign} {shown(name)}", 20) + " ", style), (shown(text), None)]


def _person_cells(person: Person, sheet: Sheet) -> _Cells:
    operator, words = person.operator, sheet.words
    pin = words.pin_set if person.has_pin else words.no_pin
    wrong = f", {words.wrong_pins.format(count=person.wrong)}" if person.wrong else ""
    reads = "" if operator.language is None else f"  {operator.language.value}"
    state = "" if operator.active else f"  {words.removed}"
    role = DOCK[sheet.language].roles[operator.role]
    text = f"{shown(operator.name):<21} {padded(role, 11)} {operator.badge:>5}  "
    style = None if operator.active else sheet.look.theme.quiet
    return [(text + pin + wrong + reads + state, style)]


def _figure_cells(row: FigureRow, sheet: Sheet) -> _Cells:
    words, figures = sheet.words, row.figures
    name = words.all_figures if row.by is None else f"{words.figures_by[row.by]} {shown(row.name)}"
    text = (
        f"{padded(name, 26)}{figures.reads:>8}{figures.rescan_rate:>8.2%}"
        f"{figures.alarms:>8}{figures.false_alarms:>7}{figures.false_alarm_rate:>9.3%}"
    )
    if not figures.above_the_line:
        return [(text, None)]
    above = words.above.format(line=f"{MAX_FALSE_ALARMS:.2%}")
    return [(text, None), (f" {above} ", sheet.look.theme.caution)]


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
                    component_word(report.component, sheet.language),
                    health_of(report, sheet.language),
                    report.status,
                    sheet,
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
    theme, width, words = sheet.look.theme, sheet.width, sheet.words
    lines = [
        line(width, theme.caution, (f" {form.title(words)}", theme.caution)),
        line(width, theme.neutral, (f" {shown(form.asked.subject)}", theme.neutral)),
    ]
    for step, text in form.lines:
        is_now = step is form.step
        mark = "▸" if is_now else " "
        cursor = "▏" if is_now else ""
        style = theme.neutral if is_now else theme.page
        named = padded(words.steps[step.value], 14)
        shown_text = shown(text)[-max(1, width - 22) :]
        lines.append(line(width, style, (f" {mark} {named} {shown_text}{cursor}", style)))
    lines.append(
        line(
            width, theme.page, (f" {form.prompt(words, DOCK[sheet.language].roles)}", theme.strong)
        )
    )
    return lines


def _says(model: ReviewModel, sheet: Sheet) -> list[Line]:
    """A notice, or that there is no engine."""
    theme = sheet.look.theme
    if model.notice:
        texts = wrapped(shown(model.notice), sheet.width - 1, NOTICE_LINES) or [""]
        return [line(sheet.width, theme.caution, (f" {text}", theme.caution)) for text in texts]
    if model.lost is not None:
        loss = loss_of(model.lost, sheet.language).message
        text_lost = sheet.words.without_engine.format(loss=loss)
        return [line(sheet.width, theme.page, (f" {text_lost}", theme.quiet))]
    return [line(sheet.width, theme.page)]


def _hints(model: ReviewModel, sheet: Sheet) -> Line:
    theme, words = sheet.look.theme, sheet.words
    if model.asks_to_quit:
        text = f" {words.confirm_quit.format(key=CONFIRM_KEY.upper())}"
        return line(sheet.width, theme.caution, (text, theme.caution))
    if model.form is not None:
        text = words.waiting if model.form.step is None else words.take_back
        return line(sheet.width, theme.page, (f" {text}", theme.quiet))
    quits, pages = words.all_hints
    choices: tuple[str, ...] = (f"{_of_page(words.hints, model.section)} · {quits}", pages)
    if model.opened:
        is_item = isinstance(model.detail, ItemDetail)
        choices = words.item_hints if is_item else (words.close_out_hints,)
    hint = next((one for one in choices if cell_len(one) < sheet.width), choices[-1])
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
