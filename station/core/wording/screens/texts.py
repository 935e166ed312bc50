"""What the screens themselves say: every text has a name, so that a language cannot lack one.

A text may have places for figures and names (`str.format` with the names that stand in the English
one). Hints and questions are pairs: for wide screens, and for a handheld's 40 columns. Keys are the
same in every language; a hint names them.
"""

from dataclasses import dataclass
from typing import Final

from station.core.acts import ActKind
from station.core.figures import By
from station.core.operators import Role
from station.core.registry import UnitState
from station.core.shipments import ShipmentKind, ShipmentState

Pair = tuple[str, str]
"""The long text, at most 79 columns, and the short one, at most 39."""


@dataclass(frozen=True, slots=True)
class DockWords:
    """The dock screen.

    Attributes:
        title: While the station's name is not known.
        wait: The banner's word while the engine is looked for.
        connecting: What to do then.
        ready: The banner's word between two units.
        scan_next: What to do then.
        no_engine: The banner's word without an engine.
        call_supervisor: What to do then, where nothing better is known.
        keep_aside: Then, of a quarantined unit.
        hold_all: Then, of every other unit.
        awaits_tote: Of a quarantined unit that is not known.
        into_tote: What to do with it.
        note: Before the message of an ACCEPT with a note.
        provisional: After the message of a verdict that may change.
        units: How many units wait; ``count``.
        then_tote: What ends a quarantine.
        refused: How many reads were refused meanwhile; ``count``.
        also: Before further reasons.
        roles: What somebody may do.
        pin_given: After the role of whoever has given the PIN.
        last_scans: Heading.
        accepted: Heading of a sum, as those that follow.
        quarantined: Likewise.
        held: Likewise.
        rescans: Likewise.
        scans: Likewise.
        stops: Likewise.
        shipment: Likewise.
        brief_sums: On a handheld; ``accepted``, ``quarantined``, ``held``, ``rescans``.
        brief_shipment: On a handheld; ``name``, ``accepted``, ``quarantined``, ``held``.
        false_alarms: Of too many items put away for nothing; the short one has no room for more.
        components: The health strip's words for parts, by the first part of a component's name.
        syncing: The strip's word while the registry is being brought up to date.
        more: How many further parts there are; ``count``.
        ages: How old the registry is, in minutes, hours and days; ``count``.
        ask_unreadable: What a key asks for, as those that follow; at most 36 columns.
        ask_no_code: Likewise.
        ask_damaged: Likewise.
        ask_same: Likewise.
        ask_second: Likewise.
        ask_quit: Likewise.
        confirm: What a key asked for waits for; ``ask``, ``key``.
        pin_typed: While a PIN is typed; ``stars``, ``key``.
        hints: Which keys do what.
        latched_hints: While a quarantine stands.
        release_hints: While a quarantine stands and a supervisor is signed in.
        question_hints: While a second unit is asked about.
        quit_hint: Where nothing else can be done.
        wedge: A keyboard scanner typed where that is no source.
        latched: A declaration while a quarantine stands.
        not_declared: A declaration without an engine.
        no_pin_now: A PIN without an engine.
        nobody: A PIN while nobody is signed in.
        pin_sent: A PIN is on its way.
        pin_not_given: Its typing ended without one.
        no_question: An answer to nothing.
        answer_sent: An answer is on its way.
        not_taken: A typed code that the engine did not get.
        no_answer: The engine did not answer a declaration.
        declared_unreadable: A declaration is on its way.
        declared_no_code: Likewise.
        declared_damaged: Likewise.
        same_unit: What is said of an answer that is journalled.
        two_units: Likewise.
        put_away: A quarantine was released.
        put_into: The same by a tote's label; ``tote``.
    """

    title: str
    wait: str
    connecting: str
    ready: str
    scan_next: str
    no_engine: str
    call_supervisor: str
    keep_aside: str
    hold_all: str
    awaits_tote: str
    into_tote: str
    note: str
    provisional: str
    units: str
    then_tote: str
    refused: str
    also: str
    roles: dict[Role, str]
    pin_given: str
    last_scans: str
    accepted: str
    quarantined: str
    held: str
    rescans: str
    scans: str
    stops: str
    shipment: str
    brief_sums: str
    brief_shipment: str
    false_alarms: Pair
    components: dict[str, str]
    syncing: str
    more: str
    ages: tuple[str, str, str]
    ask_unreadable: str
    ask_no_code: str
    ask_damaged: str
    ask_same: str
    ask_second: str
    ask_quit: str
    confirm: Pair
    pin_typed: str
    hints: Pair
    latched_hints: Pair
    release_hints: Pair
    question_hints: Pair
    quit_hint: Pair
    wedge: str
    latched: str
    not_declared: str
    no_pin_now: str
    nobody: str
    pin_sent: str
    pin_not_given: str
    no_question: str
    answer_sent: str
    not_taken: str
    no_answer: str
    declared_unreadable: str
    declared_no_code: str
    declared_damaged: str
    same_unit: str
    two_units: str
    put_away: str
    put_into: str


PAGES: Final = 8
"""Pages of the review screens, in the order of the keys that show them."""


@dataclass(frozen=True, slots=True)
class ReviewWords:
    """The supervisor's screens. Texts by page have one for each of the `PAGES`, in their order.

    Attributes:
        heading: The screens' name.
        under_review: How many items are; ``count``.
        pages: The pages' names.
        empty: What is said of a page without rows.
        hints: Which keys do what on a page.
        all_hints: Behind those; the short one stands alone.
        item_hints: On an item, the longest first; the last at most 39 columns.
        close_out_hints: On a close-out.
        other_pages: Beside a page's name where there is no room for all.
        page_up: A key's name.
        page_down: A key's name.
        looking: While something is looked up.
        gone: Of what is not there any more.
        columns: Headings of columns, by what stands in them.
        facts: Names of what is told of the registry, by what is told; at most 17 columns.
        pin_set: Of somebody with a PIN.
        no_pin: Of somebody without.
        wrong_pins: Of wrong PINs in a row; ``count``.
        removed: Of somebody removed.
        above: Of a rate above what may be; ``line``.
        acts: What was done, in a list.
        titles: What an act would do, above its form; a verb in capitals first.
        close_with_open: Likewise, of closing a shipment although items of it are held.
        not_found: Likewise, of an earlier unit that is not there.
        not_there: What was done then, in a list; at most 19 columns.
        changes: What a change of somebody enrolled would do, by its name; likewise.
        references: What an act's reference is.
        steps: What a form asks for, by the step's name; at most 14 columns.
        type_why: What to do at a step, as those that follow.
        type_why_or_not: Likewise.
        type_reference: Likewise; ``what``.
        scan_reference: Likewise; ``what``.
        type_name: Likewise.
        choose: Likewise; ``choices``.
        choose_pin: Likewise; ``name``, ``key``.
        pin_again: Likewise; ``key``.
        scan_label: Likewise.
        scan_badge: Likewise.
        scan_witness: Likewise.
        give_pin: Likewise; ``name``, ``key``.
        give_pin_or_none: Likewise; ``name``, ``key``.
        asked: A request is on its way.
        waiting: Below a form then.
        take_back: Below a form.
        confirm_quit: Before the screens are closed; ``key``.
        without_engine: Behind why there is no engine; ``loss``.
        nothing_done: A form was taken back.
        nobody_went_on: A form was left alone.
        not_asked_for: A scan nobody waits for.
        not_under_review: A unit's code, and no item under review shows it.
        done: An act is journalled; ``act``, ``id``.
        not_done: An act was refused; ``text``, ``remedy``.
        changed: Of somebody whose enrolment was changed; ``name``.
        badge_drawn: Where their badge's picture is; ``path``.
        was_removed: Of somebody nobody can change any more.
        as_site: The language of whoever has none of their own.
        pack_making: An evidence pack is on its way.
        pack_made: It is there; ``path``.
        ended: Of an item nobody can act on any more.
        closed: Of a shipment nobody can act on any more.
        no_label: Of a scan that is no unit's label.
        same_person: Of a witness who is no other person.
        unit: Name of a fact, as those that follow; at most 9 columns.
        stands: Likewise.
        proof: Likewise.
        also: Likewise.
        scan: Likewise.
        ended_by: Likewise.
        stands_at: Where and how a unit stands; ``state``, ``station``.
        not_proven: Of a code that did not prove which unit it is.
        in_tote: Where an item lies; ``tote``.
        lies_in: The same in a list; ``tote``.
        fetch_from: Where an earlier unit lies; ``place``.
        states: How a unit stands.
        history: Heading.
        further: How many lines more; ``count``.
        photos: How to see photos that have no room, one and several; ``count``.
        no_picture: Of a photo that cannot be drawn.
        this_item: Above an item's own photo.
        other_scan: Above the photo of another item with the same code; ``time``.
        photo_changed: Of a photo that proves nothing.
        photo_gone: Of a photo that is lost.
        figures: What a shipment adds up to, by `station.core.close_out.FIGURES`.
        brief_figures: The same as headings of columns; at most 6 columns.
        by_line: Heading.
        unknown_product: Of items nobody knows the product of.
        in_pallet: A line of a pallet; ``what``, ``sscc``.
        not_announced: A line that was not; ``what``.
        shipment_kinds: Against what a shipment is counted; at most 7 columns.
        shipment_states: Where a shipment stands; at most 8 columns.
        all_figures: Of figures that are told apart by nothing.
        nobody: Whose figures they are where nobody was signed in.
        figures_by: Before what figures are told apart by.
    """

    heading: str
    under_review: str
    pages: tuple[str, ...]
    empty: tuple[str, ...]
    hints: tuple[str, ...]
    all_hints: Pair
    item_hints: tuple[str, ...]
    close_out_hints: str
    other_pages: str
    page_up: str
    page_down: str
    looking: str
    gone: str
    columns: dict[str, str]
    facts: dict[str, str]
    pin_set: str
    no_pin: str
    wrong_pins: str
    removed: str
    above: str
    acts: dict[ActKind, str]
    titles: dict[ActKind, str]
    close_with_open: str
    not_found: str
    not_there: str
    changes: dict[str, str]
    references: dict[ActKind, str]
    steps: dict[str, str]
    type_why: str
    type_why_or_not: str
    type_reference: str
    scan_reference: str
    type_name: str
    choose: str
    choose_pin: str
    pin_again: str
    scan_label: str
    scan_badge: str
    scan_witness: str
    give_pin: str
    give_pin_or_none: str
    asked: str
    waiting: str
    take_back: str
    confirm_quit: str
    without_engine: str
    nothing_done: str
    nobody_went_on: str
    not_asked_for: str
    not_under_review: str
    done: str
    not_done: str
    changed: str
    badge_drawn: str
    was_removed: str
    as_site: str
    pack_making: str
    pack_made: str
    ended: str
    closed: str
    no_label: str
    same_person: str
    unit: str
    stands: str
    proof: str
    also: str
    scan: str
    ended_by: str
    stands_at: str
    not_proven: str
    in_tote: str
    lies_in: str
    fetch_from: str
    states: dict[UnitState, str]
    history: str
    further: str
    photos: tuple[str, str]
    no_picture: str
    this_item: str
    other_scan: str
    photo_changed: str
    photo_gone: str
    figures: dict[str, str]
    brief_figures: dict[str, str]
    by_line: str
    unknown_product: str
    in_pallet: str
    not_announced: str
    shipment_kinds: dict[ShipmentKind, str]
    shipment_states: dict[ShipmentState, str]
    all_figures: str
    nobody: str
    figures_by: dict[By, str]
