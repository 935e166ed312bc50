"""The supervisor's screens as lines, in any size; what was scanned is drawn as text alone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from station.core.figures import MAX_FALSE_ALARMS, NOBODY
from station.core.language import Language
from station.core.review import FetchTask, ReviewItem
from station.core.wording import message_of, verdict_word
from station.core.wording.screens import DOCK, REVIEW, ReviewWords
from station.ports.desk import Fact, ItemDetail, JournalLine, Person
from station.ports.health import Health, HealthStatus
from station.ports.shipments import ShipmentRecord
from station.tui.act_form import ActForm
from station.tui.keys import CONFIRM_KEY
from station.tui.lines import Line, line, moment, padded, shown, spread, to_the_right, wrapped
from station.tui.palette import Look
from station.tui.review_detail import Paper, paint_close_out, paint_item
from station.tui.review_model import ReviewModel
from station.tui.review_wishes import FigureRow, Row, Section
from station.tui.speech import component_word, fact_of, health_of, loss_of, what_of, why_of

WIDE: Final = 70
"""From so many cells on, rows show everything."""

HEADING_LINES: Final = 3
"""Header, pages, and a list's own heading."""

FOOTER_LINES: Final = 2

NOTICE_LINES: Final = 4
"""Most lines of what became of a wish; those beyond one are taken from the list."""

_WHOLE_LINES: Final = 3
"""Most lines of the row that is selected, in full; likewise."""

_PART_LINES: Final = 4
"""Most lines of what the engine says of one part."""

_PROMPT_LINES: Final = 3
_NAME_CELLS: Final = 21
"""Of a fact's name, with its sign."""

_COLUMNS: Final[dict[Section, tuple[tuple[str, int], ...]]] = {
    Section.REVIEW: (("since", 18), ("verdict", 14), ("why", 26), ("serial", 0)),
    Section.JOURNAL: (("when", 18), ("what", 20), ("who", 12), ("why", 0)),
    Section.FETCH: (("since", 18), ("unit", 39), ("place", 0)),
    Section.SHIPMENTS: (
        *(("shipment", 21), ("kind", 8), ("state", 9), ("units", -6)),
        *(("gap", 2), ("source", 0)),
    ),
    Section.PEOPLE: (("name", 22), ("role", 15), ("badge", -5), ("gap", 2), ("pin", 0)),
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
        panel = _panel(model.form, sheet, body_height)
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
        zone, first = sheet.now.tzinfo, model.scrolled
        paper = Paper(sheet.width, height, sheet.look, sheet.language, zone, first)
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


def _whole(row: Row, sheet: Sheet) -> str:
    """A row in full, for the foot of the page; ``""`` where the row itself shows all."""
    match row:
        case ReviewItem():
            unit = () if row.identity is None else (row.identity.serial,)
            tote = (sheet.words.lies_in.format(tote=row.tote),) if row.tote else ()
            parts = (message_of(row.reason, sheet.language), row.gtin or "", *unit, *tote)
            return _joined(_when(row.time_utc, sheet), *parts)
        case FigureRow():
            return "" if sheet.width >= WIDE else _figures_in_words(row, sheet)
        case _:
            pass
    cells = "".join(text for text, _ in _cells(row, sheet))
    is_all = not (isinstance(row, JournalLine) and sheet.width < WIDE)
    if is_all and "…" not in cells and cell_len(cells) + 2 <= sheet.width:
        return ""
    match row:
        case JournalLine():
            what, why = what_of(row, sheet.language), why_of(row, sheet.language)
            return _joined(_when(row.time_utc, sheet), what, row.who, why, row.serial)
        case FetchTask():
            named = (row.identity.gtin, row.identity.serial, row.place)
            return _joined(_when(row.time_utc, sheet), *named)
        case Fact():
            return ": ".join(fact_of(row, sheet.language))
        case _:
            return " ".join(cells.replace("…", "").split())


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


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
            return _fact_cells(*fact_of(row, sheet.language), row.status, sheet)
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
    named = padded(f" {sign} {shown(name)}", _NAME_CELLS - 1)
    return [(f"{named} ", style), (shown(text), None)]


def _person_cells(person: Person, sheet: Sheet) -> _Cells:
    operator, words = person.operator, sheet.words
    pin = words.pin_set if person.has_pin else words.no_pin
    wrong = f", {words.wrong_pins.format(count=person.wrong)}" if person.wrong else ""
    reads = "" if operator.language is None else f"  {operator.language.value}"
    state = "" if operator.active else f"  {words.removed}"
    role = DOCK[sheet.language].roles[operator.role]
    text = f"{shown(operator.name):<21} {padded(role, 14)} {operator.badge:>5}  "
    style = None if operator.active else sheet.look.theme.quiet
    return [(text + pin + wrong + reads + state, style)]


def _figure_cells(row: FigureRow, sheet: Sheet) -> _Cells:
    words, figures = sheet.words, row.figures
    text = (
        f"{padded(_figures_of(row, sheet), 26)}{figures.reads:>8}{figures.rescan_rate:>8.2%}"
        f"{figures.alarms:>8}{figures.false_alarms:>7}{figures.false_alarm_rate:>9.3%}"
    )
    if not figures.above_the_line:
        return [(text, None)]
    above = words.above.format(line=f"{MAX_FALSE_ALARMS:.2%}")
    return [(text, None), (f" {above} ", sheet.look.theme.caution)]


def _figures_of(row: FigureRow, sheet: Sheet) -> str:
    """Whose figures they are."""
    words = sheet.words
    if row.by is None:
        return words.all_figures
    name = words.nobody if row.name == NOBODY else shown(row.name)
    return f"{words.figures_by[row.by]} {name}"


def _figures_in_words(row: FigureRow, sheet: Sheet) -> str:
    """Where there is no room for columns."""
    columns, figures = sheet.words.columns, row.figures
    return _joined(
        _figures_of(row, sheet),
        f"{columns['reads']} {figures.reads}",
        f"{columns['rescan']} {figures.rescan_rate:.2%}",
        f"{columns['alarms']} {figures.alarms}",
        f"{columns['false']} {figures.false_alarms}",
        f"{columns['rate']} {figures.false_alarm_rate:.3%}",
    )


def _devices(model: ReviewModel, sheet: Sheet) -> list[Line]:
    """What the engine says of its parts; what is not well in full, as far as there is room."""
    reports = sorted(model.health, key=_worst_first)
    lines = [part for report in reports for part in _part(report, sheet)]
    return lines[: max(1, sheet.height // 2)]


def _part(report: Health, sheet: Sheet) -> list[Line]:
    theme = sheet.look.theme
    name = component_word(report.component, sheet.language)
    most = 1 if report.status is HealthStatus.OK else _PART_LINES
    texts = wrapped(health_of(report, sheet.language), sheet.width - _NAME_CELLS - 1, most) or [""]
    (sign, style), (text, _) = _fact_cells(name, texts[0], report.status, sheet)
    first = line(sheet.width, theme.page, (sign, style or theme.page), (text, theme.page))
    further = (" " * _NAME_CELLS + text for text in texts[1:])
    return [first, *(line(sheet.width, theme.page, (text, theme.page)) for text in further)]


def _worst_first(report: Health) -> tuple[int, str]:
    order = {HealthStatus.FAILED: 0, HealthStatus.WARNING: 1, HealthStatus.OK: 2}
    return order[report.status], report.component


def _panel(form: ActForm, sheet: Sheet, height: int) -> list[Line]:
    """What is asked, what was given, what is to be given now.

    Where there is no room for all, what to do now stays longest, then what would be done; what
    was given goes first.
    """
    theme, width, words = sheet.look.theme, sheet.width, sheet.words
    prompt = wrapped(form.prompt(words, DOCK[sheet.language].roles), width - 1, _PROMPT_LINES)
    foot = [line(width, theme.page, (f" {text}", theme.strong)) for text in prompt]
    title = wrapped(form.title(words), width - 1, _PROMPT_LINES)
    head = [
        *(line(width, theme.caution, (f" {text}", theme.caution)) for text in title),
        line(width, theme.neutral, (f" {shown(form.asked.subject)}", theme.neutral)),
    ]
    steps = [
        (_step(step.value, text, sheet, is_now=step is form.step), step is form.step)
        for step, text in form.lines
    ]
    while len(head) + len(steps) + len(foot) > height:
        given = next((place for place, (_, is_now) in enumerate(steps) if not is_now), None)
        if given is None:
            break
        del steps[given]
    head = head[: max(0, height - len(steps) - len(foot))]
    return [*head, *(drawn for drawn, _ in steps), *foot][-height:] if height > 0 else []


def _step(name: str, text: str, sheet: Sheet, *, is_now: bool) -> Line:
    style = sheet.look.theme.neutral if is_now else sheet.look.theme.page
    named = padded(sheet.words.steps[name], 14)
    shown_text = shown(text)[-max(1, sheet.width - 22) :]
    drawn = f" ▸ {named} {shown_text}▏" if is_now else f"   {named} {shown_text}"
    return line(sheet.width, style, (drawn, style))


def _says(model: ReviewModel, sheet: Sheet) -> list[Line]:
    """A notice; else that there is no engine, and what the row that is selected says in full."""
    theme = sheet.look.theme
    if model.notice:
        texts = wrapped(shown(model.notice), sheet.width - 1, NOTICE_LINES) or [""]
        return [line(sheet.width, theme.caution, (f" {text}", theme.caution)) for text in texts]
    says: list[Line] = []
    if model.lost is not None:
        loss = loss_of(model.lost, sheet.language).message
        text_lost = sheet.words.without_engine.format(loss=loss)
        texts = wrapped(text_lost, sheet.width - 1, _PART_LINES)
        says += [line(sheet.width, theme.page, (f" {text}", theme.quiet)) for text in texts]
    row = None if model.opened or model.form is not None else model.row
    whole = "" if row is None else shown(_whole(row, sheet))
    texts = wrapped(whole, sheet.width - 1, _WHOLE_LINES)
    says += [line(sheet.width, theme.page, (f" {text}", theme.page)) for text in texts]
    return says or [line(sheet.width, theme.page)]


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
    """A moment in the screen's zone."""
    return moment(time_utc, sheet.now.tzinfo)
