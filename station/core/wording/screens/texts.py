"""What the screens themselves say: every text has a name, so that a language cannot lack one.

A text may have places for figures and names (`str.format` with the names that stand in the English
one). Hints and questions are pairs: for wide screens, and for a handheld's 40 columns. Keys are the
same in every language; a hint names them.
"""

from dataclasses import dataclass

from station.core.operators import Role

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
