"""What the supervisor's screens show and what a key does there: no terminal, no clock, no waiting.

Keys become wishes, which whoever runs the screens fulfils on a thread of its own and answers with
what was loaded or done. Lists come a page at a time; only the page that is shown is in memory.
"""

from collections.abc import Callable, Iterable
from typing import Final

from station.core.causes import Told, told
from station.core.close_out import CloseOut
from station.core.codes import ControlKind
from station.core.errors import StationError
from station.core.language import Language
from station.core.review import FetchTask, ReviewItem
from station.core.wording.causes import sentence_told
from station.core.wording.screens import REVIEW, ReviewWords
from station.ports.desk import ItemDetail, JournalLine
from station.ports.display import (
    MAX_LABEL_BYTES,
    ActAnswer,
    Attendance,
    EngineLost,
    FeedEvent,
    Snapshot,
    VerdictShown,
)
from station.ports.health import Health
from station.ports.shipments import ShipmentRecord
from station.tui.act_form import ActForm, Asked
from station.tui.keys import CONFIRM_KEY
from station.tui.review_acts import of_item, of_person, of_shipment, of_task, undoing
from station.tui.review_wishes import (
    FOLLOWS_THE_ENGINE,
    PAGED,
    Detail,
    Find,
    Load,
    Loaded,
    Name,
    Pack,
    Quit,
    Row,
    Section,
    Wish,
    id_of,
)
from station.tui.speech import (
    act_of,
    besides_of,
    failure_of,
    language_of,
    refusal_of,
)

NOTICE_NS: Final = 8_000_000_000
_SCROLLED: Final = 5
"""Lines a page key goes on in what is open: few enough for the smallest screen."""
REFRESH_NS: Final = 2_000_000_000
"""Least time between two looks that nobody asked for."""


class ReviewModel:
    """Takes keys and what was loaded; says what to draw and what is wished. One thread.

    Args:
        site: The site's name.
        language: What its operators read.
        ascii_only: The terminal has no other characters.
    """

    def __init__(
        self, site: str, language: Language = Language.ENGLISH, *, ascii_only: bool = False
    ) -> None:
        self.site: Final = site
        self._site_language: Final = language
        self._ascii_only: Final = ascii_only
        self.section = Section.REVIEW
        self.rows: tuple[Row, ...] = ()
        self.more = False
        self.selected = 0
        self.opened = ""
        self.detail: Detail | None = None
        self.photos_large = False
        self.scrolled = 0
        self.form: ActForm | None = None
        self.asks_to_quit = False
        self.open_count: int | None = None
        self.health: tuple[Health, ...] = ()
        self.lost: EngineLost | None = None
        self.busy = False
        self.notice = ""
        self._notice_until_ns = 0
        self._starts: list[str] = []
        self._count = 1
        self._select_last = False
        self._attendance = Attendance()
        self._loaded_ns = 0
        self._is_stale = False
        self._moves: Final[dict[str, Callable[[], list[Wish]]]] = {
            "g": lambda: [self.wanted],
            "escape": self._back,
            "left": self._back,
            "backspace": self._back,
            "up": lambda: self._move(-1),
            "k": lambda: self._move(-1),
            "down": lambda: self._move(1),
            "j": lambda: self._move(1),
            "pageup": self._previous_page,
            "pagedown": self._next_page,
            "enter": self._open,
            "right": self._open,
        }

    # ------------------------------------------------------------------ what is wanted

    @property
    def language(self) -> Language:
        """What the screens speak: what whoever is signed in at the dock reads, or the site's."""
        return language_of(self._attendance, self._site_language, ascii_only=self._ascii_only)

    @property
    def words(self) -> ReviewWords:
        """The screens' own words in that language."""
        return REVIEW[self.language]

    @property
    def wanted(self) -> Load:
        """What should be shown now."""
        start = self._starts[-1] if self._starts else ""
        return Load(self.section, start, self._count, self.opened)

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before."""
        return bool(self._starts)

    def sized(self, rows: int) -> list[Wish]:
        """The screen has so many rows for a list."""
        if rows == self._count:
            return []
        self._count = max(1, rows)
        if self.section in PAGED:
            self._keep_in_sight()
        return [self.wanted]

    def _keep_in_sight(self) -> None:
        """Begin a page that is shorter now so that what is selected is on it."""
        while self.selected >= self._count:
            self._starts.append(_start_after(self.rows[self._count - 1]))
            self.rows = self.rows[self._count :]
            self.selected -= self._count

    def loaded(self, found: Loaded, mono_ns: int) -> None:
        """Take what a wish brought, unless something else is wanted by now."""
        self.open_count = found.open_count
        if found.load != self.wanted:
            return
        before = self._selected_id()
        self.rows, self.more, self.detail = found.rows, found.more, found.detail
        self._loaded_ns = mono_ns
        ids = [id_of(row) for row in self.rows]
        if self._select_last:
            self.selected = len(ids) - 1
        elif before in ids:
            self.selected = ids.index(before)
        self._select_last = False
        self.selected = max(0, min(self.selected, len(ids) - 1))

    def hear(self, events: Iterable[FeedEvent], mono_ns: int) -> None:
        """Take one drain of the engine's feed."""
        for event in events:
            match event:
                case Snapshot():
                    self.lost = None
                    self.health = event.health
                    self._attend(event.attendance)
                case Health():
                    others = (one for one in self.health if one.component != event.component)
                    self.health = (*others, event)
                case Attendance():
                    self._attend(event)
                case EngineLost():
                    self.lost = event
                    self.health = ()
                    self._attendance = Attendance()
                case VerdictShown() | ActAnswer():
                    self._is_stale = True
                case _:
                    pass  # the dock screen's
        if self.notice and mono_ns >= self._notice_until_ns:
            self.notice = ""
        if self.form is not None and self.form.idle(mono_ns) and self.form.step is not None:
            self.form = None
            self.notify(self.words.nobody_went_on, mono_ns)

    def due(self, mono_ns: int) -> list[Wish]:
        """Load again what the engine has made old, now and then."""
        old = self._is_stale and self.section in FOLLOWS_THE_ENGINE
        if self.form is not None or not old or mono_ns - self._loaded_ns < REFRESH_NS:
            return []
        self._is_stale = False
        return [self.wanted]

    def notify(self, text: str, mono_ns: int) -> None:
        """Show a sentence for some seconds."""
        self.notice = text
        self._notice_until_ns = mono_ns + NOTICE_NS

    def named(self, name: str, mono_ns: int) -> list[Wish]:
        """A scanned label was named."""
        if self.form is None:
            return []
        if self.form.named(name):
            self.notice = ""
        else:
            self.notify(self.words.same_person, mono_ns)
        return self._when_whole()

    def answered(self, answer: ActAnswer, mono_ns: int) -> list[Wish]:
        """What became of the request."""
        words = self.words
        if answer.done:
            done = words.done.format(act=self._act_asked_for, id=answer.scan_id)
            besides = besides_of(answer, self.language)
            self.form = None
            self.notify(" · ".join(part for part in (done, besides) if part), mono_ns)
            return [self.wanted]
        why = refusal_of(answer, self.language)
        remedy = why.next_action[:1].upper() + why.next_action[1:]
        self.notify(words.not_done.format(text=why.message, remedy=remedy), mono_ns)
        return self._refused(answer.told, mono_ns)

    @property
    def _act_asked_for(self) -> str:
        if self.form is None:
            return ""
        asked = self.form.asked
        return act_of(asked.kind, asked.reference, self.language)

    def _refused(self, why: Told | None, mono_ns: int) -> list[Wish]:
        """Whatever was wrong but a PIN may be otherwise by now: look again."""
        if self.form is not None and self.form.refused(why, mono_ns):
            return []
        self.form = None
        return [self.wanted]

    def changed(self, name: str, badge: str, mono_ns: int) -> list[Wish]:
        """Somebody enrolled was changed.

        Args:
            name: Who.
            badge: Where the picture of their badge is, or ``""``.
            mono_ns: Now.
        """
        words = self.words
        self.form = None
        drawn = f" · {words.badge_drawn.format(path=badge)}" if badge else ""
        self.notify(f"{words.changed.format(name=name)}{drawn}", mono_ns)
        return [self.wanted]

    def found(self, item: str | None, mono_ns: int) -> list[Wish]:
        """An item was looked up by its code: look at it, unless something else goes on by now.

        Args:
            item: Its scan id, ``""`` for none, None where no unit's code was scanned.
            mono_ns: Now.
        """
        if item and self.form is None and self.section is Section.REVIEW:
            self._close()
            self.opened = item
            return [self.wanted]
        words = self.words
        self.notify(words.not_asked_for if item is None else words.not_under_review, mono_ns)
        return []

    def failed(self, error: StationError, mono_ns: int, *, was_act: bool = False) -> list[Wish]:
        """A wish could not be fulfilled.

        Args:
            error: Why.
            mono_ns: Now.
            was_act: Whether it was to do something, and not to look.
        """
        self.notify(failure_of(error, self.language), mono_ns)
        return self._refused(error.told, mono_ns) if was_act else []

    # ------------------------------------------------------------------ keys and scans

    def press(self, key: str, character: str, mono_ns: int) -> list[Wish]:
        """One key of a person."""
        if self.asks_to_quit:
            self.asks_to_quit = False
            return [Quit.NOW] if key.lower() == CONFIRM_KEY else []
        if self.form is not None:
            return self._press_in_form(key, character, mono_ns)
        if key in {section.value for section in Section}:
            return self._show(Section(key))
        if key == "q":
            self.asks_to_quit = True
            return []
        moves = self._moves.get(key)
        return self._act(key, mono_ns) if moves is None else moves()

    def scanned(self, text: str, mono_ns: int) -> list[Wish]:
        """A scanner typed, or somebody pasted."""
        self.asks_to_quit = False
        form, payload = self.form, text.encode("utf-8", "surrogateescape")
        if form is None:
            if self.section is Section.REVIEW and 0 < len(payload) <= MAX_LABEL_BYTES:
                return [Find(payload)]
            self.notify(self.words.not_asked_for, mono_ns)
            return []
        kind = form.wants
        if kind is not None and form.takes_label(text):
            return [Name(payload, kind)]
        if not form.scan(text, mono_ns):
            self.notify(self.words.no_label, mono_ns)
        return []

    def _press_in_form(self, key: str, character: str, mono_ns: int) -> list[Wish]:
        form = self.form
        if form is None or form.step is None:
            return []  # what was asked cannot be taken back by a key
        if key == "escape":
            self.form = None
            self.notify(self.words.nothing_done, mono_ns)
            return []
        self.notice = ""  # whoever goes on has read it
        problem = form.press(key, character, mono_ns)
        if problem is not None:
            self.notify(sentence_told(told(problem), self.language), mono_ns)
        return self._when_whole()

    def _when_whole(self) -> list[Wish]:
        request = None if self.form is None else self.form.request()
        return [] if request is None else [request]

    def _attend(self, attendance: Attendance) -> None:
        """A badge shown at the dock counts here too, while one is asked for."""
        came = attendance.operator != self._attendance.operator
        self._attendance = attendance
        form, role = self.form, attendance.role
        if not came or form is None or role is None:
            return
        if form.wants is ControlKind.BADGE and form.may_ask(attendance.operator, role):
            form.named(attendance.operator)

    # ------------------------------------------------------------------ moving about

    def _show(self, section: Section) -> list[Wish]:
        self.section = section
        self.rows, self.more, self.selected = (), False, 0
        self._starts.clear()
        self._close()
        return [self.wanted]

    def _close(self) -> None:
        self.opened, self.detail, self.photos_large, self.scrolled = "", None, False, 0

    def _back(self) -> list[Wish]:
        if self.photos_large:
            self.photos_large = False
            return []
        if not self.opened:
            return []
        self._close()
        return [self.wanted]

    def _open(self) -> list[Wish]:
        row = self.row
        if self.opened or not isinstance(row, (ReviewItem, ShipmentRecord)):
            return []
        self.opened = id_of(row)
        return [self.wanted]

    def _scroll(self, by: int) -> list[Wish]:
        """Through what an item or a shipment has too much of for one screen."""
        last = 0
        match self.detail:
            case ItemDetail(history=lines):
                last = len(lines)  # where there is little room, the first shows the history
            case CloseOut(rows=rows):
                last = len(rows) - 1
            case None:
                pass
        self.scrolled = max(0, min(self.scrolled + by, last))
        return []

    def _move(self, by: int) -> list[Wish]:
        if self.opened:
            return self._scroll(by)
        to = self.selected + by
        if 0 <= to < len(self.rows):
            self.selected = to
            return []
        return self._next_page() if by > 0 else self._previous_page()

    def _next_page(self) -> list[Wish]:
        if self.opened:
            return self._scroll(_SCROLLED)
        if self.section not in PAGED:
            self.selected = max(0, min(self.selected + self._count, len(self.rows) - 1))
            return []
        if not self.more or not self.rows:
            return []
        self._starts.append(_start_after(self.rows[-1]))
        self.selected = 0
        return [self.wanted]

    def _previous_page(self) -> list[Wish]:
        if self.opened:
            return self._scroll(-_SCROLLED)
        if self.section not in PAGED:
            self.selected = max(0, self.selected - self._count)
            return []
        if not self._starts:
            return []
        self._starts.pop()
        self._select_last = True
        return [self.wanted]

    # ------------------------------------------------------------------ acts

    @property
    def row(self) -> Row | None:
        """The row that is selected."""
        return self.rows[self.selected] if self.selected < len(self.rows) else None

    def _selected_id(self) -> str:
        row = self.row
        return "" if row is None else id_of(row)

    def _act(self, key: str, mono_ns: int) -> list[Wish]:
        if self.section is Section.PEOPLE:
            self._begin(of_person(self.row, key, self.words), mono_ns)
            return []
        match self.detail if self.opened else self.row:
            case ItemDetail() as detail:
                return self._act_on_detail(detail, key, mono_ns)
            case ReviewItem() as item:
                return self._act_on_item(item, key, mono_ns)
            case JournalLine() as line if key == "u":
                self._begin(undoing(line, self.language), mono_ns)
            case FetchTask() as task:
                self._begin(of_task(task, key, self.words), mono_ns)
            case ShipmentRecord() as record:
                self._begin(of_shipment(record, key, self.words), mono_ns)
            case CloseOut():
                opened = next((one for one in self.rows if id_of(one) == self.opened), None)
                if isinstance(opened, ShipmentRecord):
                    self._begin(of_shipment(opened, key, self.words), mono_ns)
            case _:
                pass  # nothing is done to what stands here
        return []

    def _act_on_detail(self, detail: ItemDetail, key: str, mono_ns: int) -> list[Wish]:
        if key == "v":
            self.photos_large = bool(detail.photos) and not self.photos_large
            return []
        if key == "u" and detail.history:
            self._begin(undoing(detail.history[0], self.language), mono_ns)
            return []
        return self._act_on_item(detail.item, key, mono_ns)

    def _act_on_item(self, item: ReviewItem, key: str, mono_ns: int) -> list[Wish]:
        if key == "e":
            self.notify(self.words.pack_making, mono_ns)
            return [Pack(item.scan_id)]
        self._begin(of_item(item, key, self.words), mono_ns)
        return []

    def _begin(self, wanted: Asked | str | None, mono_ns: int) -> None:
        """Ask for what an act takes, or say why it is none."""
        if isinstance(wanted, str):
            self.notify(wanted, mono_ns)
        elif wanted is not None:
            self._ask(wanted, mono_ns)

    def _ask(self, asked: Asked, mono_ns: int) -> None:
        self.notice = ""
        self.form = ActForm(asked, mono_ns)


def _start_after(row: Row) -> str:
    return str(row.seq) if isinstance(row, JournalLine) else id_of(row)
