"""One item and one close-out of the supervisor's screens: facts, photos side by side, history."""

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Final

from rich.segment import Segment

from station.core.close_out import FIGURES, CloseOut, CloseOutRow
from station.core.language import Language
from station.core.wording import message_of, verdict_word
from station.core.wording.screens import REVIEW, ReviewWords
from station.ports.desk import ItemDetail, JournalLine, Photo
from station.ports.evidence import PictureState
from station.tui.lines import Line, centred, line, moment, padded, shown, to_the_right, wrapped
from station.tui.palette import Look
from station.tui.photo import photo_lines
from station.tui.speech import what_of, why_of

TABLE_CELLS: Final = 70
"""From so many cells on, lines of a history and of a close-out stand in columns."""

_HISTORY_LINES: Final = 3
"""Most lines of one in a history without columns."""

LEAST_HISTORY_LINES: Final = 3
"""Its heading, a line, and how many more there are."""

LEAST_PHOTO_LINES: Final = 6
"""Below this a photo shows nothing."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a detail is drawn on.

    Attributes:
        width: Cells.
        height: Lines there are.
        look: How to draw.
        language: What to speak.
        zone: In which times are shown.
        first: How many lines of what may be too long are passed over.
    """

    width: int
    height: int
    look: Look
    language: Language
    zone: tzinfo | None = UTC
    first: int = 0

    @property
    def words(self) -> ReviewWords:
        """The screens' own words."""
        return REVIEW[self.language]


def paint_item(detail: ItemDetail, paper: Paper, *, photos_large: bool) -> list[Line]:
    """An item: why it was stopped, how its unit stands, its photos, and what was done with it.

    Args:
        detail: The item.
        paper: What it is drawn on.
        photos_large: Photos alone.
    """
    if photos_large and detail.photos:
        return _photos(detail.photos, paper)
    width, look, words = paper.width, paper.look, paper.words
    facts = _facts(detail, paper)
    left = paper.height - len(facts)
    if detail.photos and left - 2 >= LEAST_PHOTO_LINES:
        # The history keeps what it needs, as far as the photos stay worth looking at.
        history = min(len(detail.history) + 1, max(2, left - max(LEAST_PHOTO_LINES, left * 2 // 3)))
        return [
            *facts,
            *_photos(detail.photos, replace(paper, height=left - history)),
            *_history(detail.history, replace(paper, height=history)),
        ]
    if detail.photos:
        one, several = words.photos
        count = len(detail.photos)
        text = one if count == 1 else several.format(count=count)
        facts.append(line(width, look.theme.page, (f" {text}", look.theme.quiet)))
        left -= 1
    if left < LEAST_HISTORY_LINES and paper.first:
        # No room for both: the first line down takes the facts away.
        facts, left = facts[:1], paper.height - 1
        paper = replace(paper, first=paper.first - 1)
    return [*facts, *_history(detail.history, replace(paper, height=left))]


def _facts(detail: ItemDetail, paper: Paper) -> list[Line]:
    width, look, words = paper.width, paper.look, paper.words
    theme = look.theme
    item = detail.item
    style = theme.verdict(item.verdict_class)
    head = f" {look.sign(item.verdict_class)} {verdict_word(item.verdict_class, paper.language)} "
    serial = "-" if item.identity is None else item.identity.serial
    rows = [(words.unit, " · ".join(part for part in (item.gtin, serial, detail.product) if part))]
    if detail.standing is not None:
        standing = detail.standing
        state = words.states[standing.state]
        told = words.stands_at.format(state=state, station=standing.station)
        rows.append((words.stands, told))
    if not item.of_unit:
        rows.append((words.proof, words.not_proven))
    if detail.also:
        also = (message_of(reason, paper.language) for reason in detail.also)
        rows.append((words.also, "; ".join(also)))
    where = f" · {words.in_tote.format(tote=item.tote)}" if item.tote else ""
    when = moment(item.time_utc, paper.zone)
    rows.append((words.scan, f"{item.scan_id} · {when}{where}"))
    if item.ended_by:
        rows.append((words.ended_by, item.ended_by))
    return [
        line(
            width,
            theme.page,
            (head, style),
            (f" {message_of(item.reason, paper.language)}", theme.strong),
        ),
        *(
            line(
                width, theme.page, (f" {padded(name, 9)} ", theme.quiet), (shown(text), theme.page)
            )
            for name, text in rows
        ),
    ]


def _photos(photos: tuple[Photo, ...], paper: Paper) -> list[Line]:
    """Side by side, each under its caption."""
    if paper.height < 1:
        return []
    each = paper.width // len(photos)
    first = paper.width - each * (len(photos) - 1)
    columns = [
        _photo(photo, replace(paper, width=each if place else first))
        for place, photo in enumerate(photos)
    ]
    return [tuple(part for piece in row for part in piece) for row in zip(*columns, strict=True)]


def _photo(photo: Photo, paper: Paper) -> list[Line]:
    width, height, look = paper.width, paper.height, paper.look
    caption = _caption(photo, paper)
    head = centred(width, look.theme.strong, look.plain(caption))
    # A column of its own between two photos, so that they are never taken for one.
    gap = (Segment(" ", look.theme.page),)
    drawn = photo_lines(photo.jpeg, max(1, width - 1), max(1, height - 1), look)
    if drawn is None:
        blank = centred(width, look.theme.quiet, paper.words.no_picture)
        empty = line(width, look.theme.page)
        return ([head, blank] + [empty] * height)[:height]
    return ([head] + [(*row, *gap) for row in drawn])[:height]


def _caption(photo: Photo, paper: Paper) -> str:
    """Which photo it is, and whether it proves anything."""
    words, caption = paper.words, paper.words.this_item
    if photo.other_utc:
        caption = words.other_scan.format(time=moment(photo.other_utc, paper.zone))
    match photo.state:
        case PictureState.SOUND:
            return caption
        case PictureState.CHANGED:
            return f"{caption} · {words.photo_changed}"
        case PictureState.GONE:
            return f"{caption} · {words.photo_gone}"


def _history(lines: tuple[JournalLine, ...], paper: Paper) -> list[Line]:
    width, height, words = paper.width, paper.height, paper.words
    theme = paper.look.theme
    if height < 2 or not lines:
        return []
    rows = [line(width, theme.page, (f" {words.history}", theme.quiet))]
    lines = lines[min(paper.first, len(lines) - 1) :]
    for place, one in enumerate(lines):
        drawn = _history_line(one, paper)
        is_last = place == len(lines) - 1
        if len(rows) + len(drawn) + (not is_last) > height:
            further = words.further.format(count=len(lines) - place)
            return [*rows, line(width, theme.page, (f" {further}", theme.quiet))]
        rows += drawn
    return rows


def _history_line(one: JournalLine, paper: Paper) -> list[Line]:
    """In columns, or in full over several lines where there is no room for them."""
    width, page = paper.width, paper.look.theme.page
    when = moment(one.time_utc, paper.zone)
    what, why = what_of(one, paper.language), why_of(one, paper.language)
    if width >= TABLE_CELLS:
        text = f" {when}  {padded(what, 18)} {padded(shown(one.who), 14)} "
        return [line(width, page, (text, page), (why, page))]
    told = " · ".join(part for part in (f"{when} {what}", shown(one.who), why) if part)
    texts = wrapped(told, width - 3, _HISTORY_LINES)
    return [
        line(width, page, ("   " if place else " ", page), (text, page))
        for place, text in enumerate(texts)
    ]


def paint_close_out(shipment_id: str, close_out: CloseOut, paper: Paper) -> list[Line]:
    """What a shipment adds up to: in all, and line by line."""
    width, words = paper.width, paper.words
    theme = paper.look.theme
    is_wide = width >= TABLE_CELLS
    each = 1 if is_wide else 2
    total = [
        (
            (f" {padded(words.figures[name], 14 if is_wide else 11)}", theme.quiet),
            (f"{getattr(close_out.total, name):>{8 if is_wide else 6}}", theme.strong),
        )
        for name in FIGURES
    ]
    lines = [line(width, theme.page, (f" {shown(shipment_id)}", theme.strong))]
    for place in range(0, len(total), each):
        cells = (cell for pair in total[place : place + each] for cell in pair)
        lines.append(line(width, theme.page, *cells))
    if is_wide:
        names = "".join(to_the_right(words.brief_figures[name], 7) for name in FIGURES)
        by_line = padded(words.by_line, width - len(names) - 1)
        lines += [
            line(width, theme.page),
            line(width, theme.page, (f" {by_line}{names}", theme.quiet)),
        ]
    drawn = _row_in_table if is_wide else _row_in_words
    left = close_out.rows[paper.first :]
    room = max(0, paper.height - len(lines)) // each
    if len(left) > room:
        room = max(0, (paper.height - len(lines) - 1) // each)
    lines += [row for one in left[:room] for row in drawn(one, paper)]
    if len(left) > room:
        further = words.further.format(count=len(left) - room)
        lines.append(line(width, theme.page, (f" {further}", theme.quiet)))
    return lines


def _row_in_table(row: CloseOutRow, paper: Paper) -> list[Line]:
    cells = "".join(f"{getattr(row.figures, name):>7}" for name in FIGURES)
    place = padded(shown(_place(row, paper.words)), paper.width - len(cells) - 1)
    page = paper.look.theme.page
    return [line(paper.width, page, (f" {place}{cells}", page))]


def _row_in_words(row: CloseOutRow, paper: Paper) -> list[Line]:
    """Where there is no room for a table: what is not zero."""
    page, names = paper.look.theme.page, paper.words.brief_figures
    counted = ((names[name], getattr(row.figures, name)) for name in FIGURES)
    figures = " ".join(f"{name} {count}" for name, count in counted if count)
    return [
        line(paper.width, page, (f" {shown(_place(row, paper.words))}", page)),
        line(paper.width, page, (f"   {figures}", page)),
    ]


def _place(row: CloseOutRow, words: ReviewWords) -> str:
    what = row.gtin or words.unknown_product
    if row.sscc:
        return words.in_pallet.format(what=what, sscc=row.sscc)
    return what if row.announced else words.not_announced.format(what=what)
