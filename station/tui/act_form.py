"""One act as it is asked for at a supervisor's screen, step by step: reason, badge, PIN, witness.

The key that asks never confirms: a request is whole only after a reason in words (where the act
needs one), a scanned badge, and that person's PIN with a key of its own; what is destroyed needs a
second person with theirs. Enter ends a line of text and means nothing else. Pure: who a badge
belongs to is told from outside, and the engine decides in the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from firmware_bridge.framing.lines import split_identifier
from station.core.act_request import MAX_REASON_CHARS, MAX_REFERENCE_CHARS, NOT_FOUND
from station.core.acts import ACT_RULES, ActKind
from station.core.causes import Cause, Told
from station.core.codes import ControlKind
from station.core.control_code import PREFIX
from station.core.language import Language
from station.core.operators import MAX_PIN_DIGITS, MIN_PIN_DIGITS, Role, pin_problem
from station.core.wording.screens import ReviewWords
from station.ports.desk import OWN_CHANGES, AskPerson, PersonChange
from station.ports.display import MAX_LABEL_BYTES, MAX_NAME_CHARS, AskAct
from station.tui.keys import CONFIRM_KEY

IDLE_NS: Final = 120 * 1_000_000_000
"""Who walks away leaves nothing behind."""


class Step(Enum):
    """What is asked for, in the order of asking; the value names its words."""

    NAME = "NAME"
    ROLE = "ROLE"
    LANGUAGE = "LANGUAGE"
    NEW_PIN = "NEW_PIN"
    NEW_PIN_AGAIN = "NEW_PIN_AGAIN"
    REASON = "REASON"
    REFERENCE = "REFERENCE"
    LABEL = "LABEL"
    BADGE = "BADGE"
    PIN = "PIN"
    WITNESS = "WITNESS"
    WITNESS_PIN = "WITNESS_PIN"


_TEXTS: Final = frozenset({Step.NAME, Step.REASON, Step.REFERENCE})
_BADGES: Final = frozenset({Step.BADGE, Step.WITNESS})
_NEW_PINS: Final = frozenset({Step.NEW_PIN, Step.NEW_PIN_AGAIN})
_PINS: Final = frozenset({Step.PIN, Step.WITNESS_PIN}) | _NEW_PINS
_PIN_OF: Final = {Step.BADGE: Step.PIN, Step.WITNESS: Step.WITNESS_PIN}
_PIN_REFUSED: Final = frozenset({Cause.PIN_WRONG, Cause.PIN_WRONG_WAIT, Cause.PIN_LOCKED})
_LIMITS: Final = {
    Step.NAME: MAX_NAME_CHARS,
    Step.REASON: MAX_REASON_CHARS,
    Step.REFERENCE: MAX_REFERENCE_CHARS,
}
_AS_SITE: Final = "site"
_CHOICES: Final[dict[Step, tuple[str, ...]]] = {
    Step.ROLE: tuple(role.name for role in Role),
    Step.LANGUAGE: (*(language.value for language in Language), _AS_SITE),
}
"""What is chosen from, by the keys 1, 2 and so on."""
_STEPS_OF_CHANGE: Final[dict[PersonChange, tuple[Step, ...]]] = {
    PersonChange.ENROL: (Step.NAME, Step.ROLE),
    PersonChange.REMOVE: (),
    PersonChange.NEW_BADGE: (),
    PersonChange.ROLE: (Step.ROLE,),
    PersonChange.LANGUAGE: (Step.LANGUAGE,),
    PersonChange.PIN: (Step.NEW_PIN, Step.NEW_PIN_AGAIN),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form is about.

    Attributes:
        kind: The act.
        about: The scan id it is about, or ``""``.
        subject: To what, for people.
        reference: What its reference is, where that is known from the start.
        with_open_items: See `station.ports.display.AskAct`.
        change: For OPERATOR_CHANGED, what is changed; the subject is whom.
    """

    kind: ActKind
    about: str
    subject: str
    reference: str = ""
    with_open_items: bool = False
    change: PersonChange | None = None


class ActForm:
    """Collects what an act needs until it is whole or taken back."""

    def __init__(self, asked: Asked, mono_ns: int) -> None:
        self.asked: Final = asked
        self._rule: Final = ACT_RULES[asked.kind]
        self.steps: Final = _steps_of(asked)
        self._given: dict[Step, str] = {}
        self._text = ""
        self._last_ns = mono_ns

    @property
    def step(self) -> Step | None:
        """What is asked for now; None once the request is whole."""
        return next((step for step in self.steps if step not in self._given), None)

    @property
    def wants(self) -> ControlKind | None:
        """Which label may be scanned now, or None."""
        if self.step in _BADGES:
            return ControlKind.BADGE
        tote = self.step is Step.REFERENCE and self.asked.kind is ActKind.QUARANTINE
        return ControlKind.TOTE if tote else None

    def may_ask(self, name: str, role: Role) -> bool:
        """Whether somebody of this role may ask for it, by what a screen knows."""
        if self.asked.change in OWN_CHANGES and name == self.asked.subject:
            return True
        return role >= self._rule.role

    def title(self, words: ReviewWords) -> str:
        """What the act would do."""
        asked = self.asked
        if asked.change is not None:
            return words.changes[asked.change.value]
        if asked.with_open_items:
            return words.close_with_open
        if asked.kind is ActKind.FETCHED and asked.reference == NOT_FOUND:
            return words.not_found
        return words.titles[asked.kind]

    def prompt(self, words: ReviewWords, roles: Mapping[Role, str]) -> str:
        """What to do now.

        Args:
            words: The screens' words.
            roles: What roles are called.
        """
        match self.step:
            case Step.NAME:
                return words.type_name
            case Step.ROLE | Step.LANGUAGE as step:
                called = (_called(choice, words, roles) for choice in _CHOICES[step])
                choices = " · ".join(f"{key} {name}" for key, name in enumerate(called, 1))
                return words.choose.format(choices=choices)
            case Step.REASON:
                return words.type_why if self._reason_needed else words.type_why_or_not
            case Step.REFERENCE:
                can_scan = self.wants is ControlKind.TOTE
                text = words.scan_reference if can_scan else words.type_reference
                return text.format(what=words.references[self.asked.kind])
            case Step.LABEL:
                return words.scan_label
            case Step.BADGE:
                return words.scan_badge
            case Step.WITNESS:
                return words.scan_witness
            case Step.NEW_PIN | Step.NEW_PIN_AGAIN as step:
                text = words.choose_pin if step is Step.NEW_PIN else words.pin_again
                return text.format(name=self.asked.subject, key=CONFIRM_KEY.upper())
            case Step.PIN | Step.WITNESS_PIN:
                text = words.give_pin if self._pin_needed else words.give_pin_or_none
                return text.format(name=self._person, key=CONFIRM_KEY.upper())
            case None:
                return words.asked

    @property
    def lines(self) -> tuple[tuple[Step, str], ...]:
        """Every step with what was given; of a PIN how many digits."""
        shown = []
        for step in self.steps:
            text = self._given.get(step, self._text if step is self.step else "")
            shown.append((step, "*" * len(text) if step in _PINS else text))
        return tuple(shown)

    def press(self, key: str, character: str, mono_ns: int) -> Cause | None:
        """One key of a person; what means nothing now does nothing.

        Returns:
            Why what this key gave does not count; None where it does, or gave nothing.
        """
        self._last_ns = mono_ns
        step = self.step
        if key == "backspace":
            self._text = self._text[:-1]
        elif step in _TEXTS:
            if key == "enter":
                self._end_text(step)
            else:
                self._type(character)
        elif step in _PINS:
            return self._press_pin(step, key)
        elif step in _CHOICES:
            self._choose(step, key)
        return None

    def scan(self, text: str, mono_ns: int) -> bool:
        """A burst or a paste that is no label of the site's: a line of text or a label takes it.

        Args:
            text: What was scanned; bytes that are no text as lone surrogates.
            mono_ns: When.

        Returns:
            False where a unit's label is asked for, and this is none.
        """
        self._last_ns = mono_ns
        if self.step in _TEXTS:
            self._type(text)
        elif self.step is Step.LABEL:
            label = split_identifier(_as_bytes(text)).payload
            if not 0 < len(label) <= MAX_LABEL_BYTES or label.startswith(PREFIX):
                return False
            self._given[Step.LABEL] = label.decode("utf-8", "surrogateescape")
        return True

    def takes_label(self, text: str) -> bool:
        """Whether a scan is to be named as a label (`wants`) instead of taken as text."""
        return self.wants is ControlKind.BADGE or (
            self.wants is not None and text.startswith(PREFIX.decode())
        )

    def named(self, name: str) -> bool:
        """A label was named: whose badge it is, or which tote.

        Returns:
            False where it does not count: a witness must be another person.
        """
        step = self.step
        if step is None or self.wants is None:
            return True
        if step is Step.WITNESS and name == self._given.get(Step.BADGE):
            return False
        self._given[step] = name
        self._text = ""
        return True

    def refused(self, why: Told | None, mono_ns: int) -> bool:
        """The whole request was refused.

        Returns:
            Whether it was for a PIN alone: that one is asked for once more, the rest stays.
        """
        if why is None or why.cause not in _PIN_REFUSED:
            return False
        name = dict(why.given).get("name")
        pins = [pin for badge, pin in _PIN_OF.items() if self._given.get(badge) == name]
        for step in pins:
            del self._given[step]
        self._last_ns = mono_ns
        return bool(pins)

    def idle(self, mono_ns: int) -> bool:
        """Whether nobody goes on with it."""
        return mono_ns - self._last_ns > IDLE_NS

    def request(self) -> AskAct | AskPerson | None:
        """The whole request, or None while something lacks; whoever sends it chooses its id."""
        if self.step is not None:
            return None
        given = self._given
        if self.asked.change is not None:
            return self._person_change(self.asked.change)
        return AskAct(
            "",
            self.asked.kind,
            self.asked.about,
            given[Step.BADGE],
            pin=given[Step.PIN],
            reason_text=given.get(Step.REASON, ""),
            reference=self.asked.reference or given.get(Step.REFERENCE, ""),
            witness=given.get(Step.WITNESS, ""),
            witness_pin=given.get(Step.WITNESS_PIN, ""),
            new_label=_as_bytes(given.get(Step.LABEL, "")),
            with_open_items=self.asked.with_open_items,
        )

    def _person_change(self, change: PersonChange) -> AskPerson:
        given = self._given
        role, language = given.get(Step.ROLE), given.get(Step.LANGUAGE)
        return AskPerson(
            change,
            given.get(Step.NAME, self.asked.subject),
            by=given[Step.BADGE],
            pin=given[Step.PIN],
            reason_text=given[Step.REASON],
            role=None if role is None else Role[role],
            language=None if language in {None, _AS_SITE} else Language(language),
            new_pin=given.get(Step.NEW_PIN, ""),
        )

    @property
    def _reason_needed(self) -> bool:
        return self._rule.reason or self.asked.change is not None

    @property
    def _person(self) -> str:
        whose = Step.WITNESS if self.step is Step.WITNESS_PIN else Step.BADGE
        return self._given.get(whose, "")

    @property
    def _pin_needed(self) -> bool:
        return self.step is not Step.PIN or self._rule.role > Role.OPERATOR

    @property
    def _pin_may_do(self) -> bool:
        return len(self._text) >= MIN_PIN_DIGITS or not (self._text or self._pin_needed)

    def _end_text(self, step: Step) -> None:
        text = self._text.strip()
        if text or (step is Step.REASON and not self._reason_needed):
            self._given[step] = text.upper() if step is Step.NAME else text
            self._text = ""

    def _type(self, text: str) -> None:
        clean = "".join(char for char in text if char.isprintable())
        limit = MAX_REASON_CHARS if self.step is None else _LIMITS[self.step]
        self._text = (self._text + clean)[:limit]

    def _choose(self, step: Step, key: str) -> None:
        keys = {str(number): choice for number, choice in enumerate(_CHOICES[step], 1)}
        if key in keys:
            self._given[step] = keys[key]

    def _press_pin(self, step: Step, key: str) -> Cause | None:
        if key in set("0123456789"):
            self._text = (self._text + key)[:MAX_PIN_DIGITS]
        elif key.lower() == CONFIRM_KEY and self._pin_may_do:
            pin, self._text = self._text, ""
            problem = self._problem(step, pin)
            if problem is None:
                self._given[step] = pin
            return problem
        return None

    def _problem(self, step: Step, pin: str) -> Cause | None:
        """Why a new PIN does not count; one that differs the second time is asked for anew."""
        if step is Step.NEW_PIN:
            return pin_problem(pin)
        if step is Step.NEW_PIN_AGAIN and pin != self._given[Step.NEW_PIN]:
            del self._given[Step.NEW_PIN]
            return Cause.PINS_DIFFER
        return None


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _called(choice: str, words: ReviewWords, roles: Mapping[Role, str]) -> str:
    """A choice as people call it; a language by its ISO 639-1 name."""
    if choice in Role.__members__:
        return roles[Role[choice]]
    return words.as_site if choice == _AS_SITE else choice


def _steps_of(asked: Asked) -> tuple[Step, ...]:
    if asked.change is not None:
        return (*_STEPS_OF_CHANGE[asked.change], Step.REASON, Step.BADGE, Step.PIN)
    rule = ACT_RULES[asked.kind]
    steps = []
    if rule.reason or asked.kind is ActKind.UNDO:
        steps.append(Step.REASON)
    if rule.reference and not asked.reference:
        steps.append(Step.REFERENCE)
    if asked.kind is ActKind.RELABEL:
        steps.append(Step.LABEL)
    steps += [Step.BADGE, Step.PIN]
    if rule.witness:
        steps += [Step.WITNESS, Step.WITNESS_PIN]
    return tuple(steps)
