"""One act from the command line: through a running engine, or as the site's one writer.

Both ways lead through the same code of `station.intake`, which decides on the verdict loop's thread
and answers once the journal has it.
"""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from station import __version__
from station.app.clock import SystemClock, UlidScanIds
from station.app.config import load
from station.app.intake_session import load_station_key, make_engine, open_site
from station.app.noted_lines import notary_of
from station.app.site_paths import SitePaths
from station.core.act_request import (
    MAX_REASON_CHARS,
    MAX_REFERENCE_CHARS,
    Hand,
    Refusal,
    Situation,
)
from station.core.acting import decide_act
from station.core.acts import ActKind
from station.core.advice import Advice
from station.core.causes import Cause, Told, told
from station.core.errors import ConfigurationError, DeviceError, StorageError
from station.core.journal import JournalEntry
from station.core.wording.causes import at_command
from station.intake.asking import Asked, Asking, refused
from station.ports.display import (
    MAX_ID_CHARS,
    MAX_NAME_CHARS,
    MAX_PIN_CHARS,
    ActAnswer,
    AskAct,
    Attendance,
    EngineFound,
    EngineLost,
    LatchState,
    Notice,
)
from station.ports.health import Health, HealthStatus
from station.storage.operator_book import OperatorBook
from station.storage.site_lock import SiteInUseError, SiteLock
from station.storage.station_db import open_store
from station.transport.engine_socket.client import EngineClient

ANSWER_S: Final = 30.0
"""How long an engine may take to answer; a PIN is checked in a fraction of a second."""
START_S: Final = 5.0
"""How long a site that is in use may take to show an engine."""


Say = Callable[[str | Advice | Told], None]
"""Takes what is to be told besides the answer."""


def _to_standard_error(said: str | Advice | Told) -> None:
    click.echo(at_command(said), err=True)


def carry_out(site: Path, ask: AskAct, command: str, say: Say = _to_standard_error) -> ActAnswer:
    """Ask for an act and wait for what became of it.

    Args:
        site: The site folder.
        ask: The request; its id is chosen here.
        command: What holds the site's lock meanwhile, for whoever finds it held.
        say: Takes what is to be told besides.

    Returns:
        The answer; "done" means that the act is in the journal.

    Raises:
        StationError: The site cannot be used, is in use by something that is no engine, or its
            engine does not answer.
    """
    _check_lengths(ask)
    ask = replace(ask, request_id=UlidScanIds().next())
    alone = _without_an_engine if ask.kind is ActKind.SCANNER_CERTIFIED else _by_ourselves
    try:
        return alone(site, ask, command, say)
    except SiteInUseError as in_use:
        return _through_the_engine(SitePaths(site).socket, ask, in_use, say)


def _check_lengths(ask: AskAct) -> None:
    """Refuse what an engine would hang up on, and what no journal keeps whole."""
    for what, text, most in (
        ("SCAN", ask.about, MAX_ID_CHARS),
        ("--by", ask.name, MAX_NAME_CHARS),
        ("--reason", ask.reason_text, MAX_REASON_CHARS),
        ("the reference", ask.reference, MAX_REFERENCE_CHARS),
        ("--witness", ask.witness, MAX_NAME_CHARS),
        ("the PIN", ask.pin, MAX_PIN_CHARS),
        ("the witness's PIN", ask.witness_pin, MAX_PIN_CHARS),
    ):
        if len(text) > most:
            raise ConfigurationError(f"{what} has {len(text)} characters", f"give at most {most}")


def confirm(word: str, what: str, *, yes: bool) -> None:
    """Have somebody type a word before what cannot be taken back.

    Raises:
        ConfigurationError: They did not, or there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"this would {what}, and there is no terminal to ask on",
            "give --yes if that is meant",
        )
    typed = str(click.prompt(f"This will {what}. Type {word!r} to go on", err=True))
    if typed.strip() != word:
        raise ConfigurationError("not confirmed, nothing was changed", f"type {word!r} to go on")


class _OneAnswer:
    """Implements `station.ports.outcomes.Outcomes` for an intake that reads nothing."""

    def __init__(self, say: Say) -> None:
        self.answer: ActAnswer | None = None
        self._say = say

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """No verdict is decided here."""

    def failed(self, entry: JournalEntry, reason: str, why: Told | None = None) -> None:
        """No verdict is decided here."""

    def latched(self, state: LatchState) -> None:
        """Nothing latches here."""

    def answered(self, answer: ActAnswer) -> None:
        """Keep it."""
        self.answer = answer

    def attended(self, attendance: Attendance) -> None:
        """Nobody signs in here."""

    def notice(self, said: str | Advice | Told) -> None:
        """Say it."""
        self._say(said)

    def health(self, report: Health) -> None:
        """Say what does not work."""
        if report.status is not HealthStatus.OK:
            self._say(f"{report.component}: {report.status.value}: {report.text}")


def _by_ourselves(site: Path, ask: AskAct, command: str, say: Say) -> ActAnswer:
    outcomes = _OneAnswer(say)
    with open_site(site, command, outcomes.health) as opened:
        engine = make_engine(opened, (), outcomes, is_dock=False)
        engine.start()
        Asking(opened.book, engine.submit, opened.scan_ids, outcomes).take(ask)
        end = engine.wait()
    if end.crash is not None:
        raise end.crash
    return _answer_of(outcomes)


def _without_an_engine(site: Path, ask: AskAct, command: str, say: Say) -> ActAnswer:
    """For an act about no unit: scanners are certified before a registry is ever fetched."""
    paths, clock, outcomes = SitePaths(site), SystemClock(), _OneAnswer(say)
    load(paths.config)
    key = load_station_key(paths)
    with ExitStack() as stack:
        stack.enter_context(SiteLock(paths.lock, command))
        store = stack.enter_context(closing(open_store(paths.station_db, signer=key.sign)))
        notary = notary_of(key)
        book = stack.enter_context(closing(OperatorBook(paths.station_db, clock, notary)))

        def decide(asked: Asked) -> None:
            hand = Hand(asked.actor, asked.witness, store.station, clock.now_utc(), __version__)
            decided = decide_act(asked.request, Situation(), hand)
            if isinstance(decided, Refusal):
                outcomes.answered(refused(asked.request_id, decided))
                return
            store.commit([decided])
            outcomes.answered(ActAnswer(asked.request_id, done=True, scan_id=decided.scan_id))

        Asking(book, decide, UlidScanIds(), outcomes).take(ask)
    return _answer_of(outcomes)


def _answer_of(outcomes: _OneAnswer) -> ActAnswer:
    if outcomes.answer is None:
        raise StorageError(
            "the act was not answered", "see 'station quarantine show' whether it was done"
        )
    return outcomes.answer


def _through_the_engine(socket: Path, ask: AskAct, in_use: SiteInUseError, say: Say) -> ActAnswer:
    with EngineClient(socket) as engine:
        deadline_s = time.monotonic() + START_S
        asked = False
        while (left_s := deadline_s - time.monotonic()) > 0:
            for event in engine.wait(left_s):
                match event:
                    case EngineFound() if not asked:
                        asked = engine.send(ask)
                        deadline_s = time.monotonic() + ANSWER_S
                    case ActAnswer() if event.request_id == ask.request_id:
                        return event
                    case Notice() if asked:
                        say(event.advice or event.told or event.text)
                    case EngineLost() if asked:
                        raise _no_answer(event.text)
                    case _:
                        pass
    if not asked:
        raise in_use
    raise _no_answer("the engine did not answer in time")


def _no_answer(why: str) -> DeviceError:
    return DeviceError(
        f"it is not known whether it was done: {why}",
        "look with 'station quarantine show', and ask again if it was not",
        told=told(Cause.NOT_KNOWN_IF_DONE),
    )
