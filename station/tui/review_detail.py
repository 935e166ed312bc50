"""One item and one close-out of the supervisor's screens: facts, photos side by side, history."""

from typing import Final

from rich.segment import Segment

from station.core.close_out import FIGURES, CloseOut, CloseOutRow
from station.ports.desk import ItemDetail, JournalLine, Photo
from station.ports.evidence import PictureState
from station.tui.lines import Line, centred, line, padded, shown
from station.tui.palette import Look
from station.tui.photo import photo_lines

LEAST_PHOTO_LINES: Final = 6
"""Below this a photo shows nothing."""

_STATES: Final = {
    PictureState.SOUND: "",
    PictureState.CHANGED: " · CHANGED since it was kept: it proves nothing",
    PictureState.GONE: " · not there any more",
}


def paint_item(
    detail: ItemDetail, width: int, height: int, look: Look, *, photos_large: bool
) -> list[Line]:
    """An item: why it was stopped, how its unit stands, its photos, and what was done with it.

    Args:
        detail: The item.
        width: Cells.
        height: Lines there are.
        look: How to draw.
        photos_large: Photos alone.
    """
    if photos_large and detail.photos:
        return _photos(detail.photos, width, height, look)
    facts = _facts(detail, width, look)
    left = height - len(facts)
    if detail.photos and left - 2 >= LEAST_PHOTO_LINES:
        # The history keeps what it needs, as far as the photos stay worth looking at.
        history = min(len(detail.history) + 1, max(2, left - max(LEAST_PHOTO_LINES, left * 2 // 3)))
        return [
            *facts,
            *_photos(detail.photos, width, left - history, look),
            *_history(detail.history, width, history, look),
        ]
    if detail.photos:
        count = "a photo" if len(detail.photos) == 1 else f"{len(detail.photos)} photos"
        facts.append(line(width, look.theme.page, (f" {count}: press v", look.theme.quiet)))
        left -= 1
    return [*facts, *_history(detail.history, width, left, look)]


def _facts(detail: ItemDetail, width: int, look: Look) -> list[Line]:
    theme = look.theme
    item = detail.item
    style = theme.verdict(item.verdict_class)
    head = f" {look.sign(item.verdict_class)} {item.verdict_class.name} "
    serial = "-" if item.identity is None else item.identity.serial
    rows = [("Unit", " · ".join(part for part in (item.gtin, serial, detail.product) if part))]
    if detail.standing is not None:
        standing = detail.standing
        rows.append(("Stands", f"{standing.state.name} at {standing.station}"))
    if not item.of_unit:
        rows.append(("Proof", "its code did not prove which unit it is"))
    if detail.also:
        rows.append(("Also", "; ".join(detail.also)))
    where = f" · in tote {item.tote}" if item.tote else ""
    rows.append(("Scan", f"{item.scan_id} · {item.time_utc[:19]}Z{where}"))
    if item.ended_by:
        rows.append(("Ended by", item.ended_by))
    return [
        line(width, theme.page, (head, style), (f" {shown(detail.message)}", theme.strong)),
        *(
            line(width, theme.page, (f" {name:<9} ", theme.quiet), (shown(text), theme.page))
            for name, text in rows
        ),
    ]


def _photos(photos: tuple[Photo, ...], width: int, height: int, look: Look) -> list[Line]:
    """Side by side, each under its caption."""
    if height < 1:
        return []
    each = width // len(photos)
    columns = [
        _photo(photo, each if place else width - each * (len(photos) - 1), height, look)
        for place, photo in enumerate(photos)
    ]
    return [tuple(part for piece in row for part in piece) for row in zip(*columns, strict=True)]


def _photo(photo: Photo, width: int, height: int, look: Look) -> list[Line]:
    caption = f"{shown(photo.caption)}{_STATES[photo.state]}"
    head = centred(width, look.theme.strong, look.plain(caption))
    # A column of its own between two photos, so that they are never taken for one.
    gap = (Segment(" ", look.theme.page),)
    drawn = photo_lines(photo.jpeg, max(1, width - 1), max(1, height - 1), look)
    if drawn is None:
        blank = centred(width, look.theme.quiet, "no picture")
        empty = line(width, look.theme.page)
        return ([head, blank] + [empty] * height)[:height]
    return ([head] + [(*row, *gap) for row in drawn])[:height]


def _history(lines: tuple[JournalLine, ...], width: int, height: int, look: Look) -> list[Line]:
    theme = look.theme
    if height < 2 or not lines:
        return []
    rows = [line(width, theme.page, (" HISTORY OF THE UNIT", theme.quiet))]
    for one in lines[: height - 1]:
        when = one.time_utc[:16].replace("T", " ")
        text = f" {when}  {padded(shown(one.what), 18)} {padded(shown(one.who), 14)} "
        rows.append(line(width, theme.page, (text, theme.page), (shown(one.why), theme.page)))
    if len(lines) > height - 1:
        rows[-1] = line(width, theme.page, (f" and {len(lines) - height + 2} more", theme.quiet))
    return rows


def paint_close_out(shipment_id: str, close_out: CloseOut, width: int, look: Look) -> list[Line]:
    """What a shipment adds up to: in all, and line by line."""
    theme = look.theme
    total = close_out.total
    figures = [
        line(
            width,
            theme.page,
            (f"   {name:<14}", theme.quiet),
            (f"{getattr(total, name):>8}", theme.strong),
        )
        for name in FIGURES
    ]
    head = line(width, theme.page, (f" {shown(shipment_id)}", theme.strong))
    names = "".join(f"{name[:6]:>7}" for name in FIGURES)
    lines = [head, *figures, line(width, theme.page)]
    room = max(14, width - 7 * len(FIGURES) - 3)
    lines.append(line(width, theme.page, (f"   {'by line':<{room}}{names}", theme.quiet)))
    for row in close_out.rows:
        cells = "".join(f"{getattr(row.figures, name):>7}" for name in FIGURES)
        place = padded(shown(_place(row)), room)
        lines.append(line(width, theme.page, (f"   {place}{cells}", theme.page)))
    return lines


def _place(row: CloseOutRow) -> str:
    what = row.gtin or "product unknown"
    if row.sscc:
        return f"{what} in {row.sscc}"
    return what if row.announced else f"{what}, not announced"
