"""Acts, items under review and fetch tasks as JSON objects and as lines for people."""

from typing import Any

import click

from station.app.result_lines import put_object
from station.app.standard_streams import say
from station.core.acts import ActEntry, Standing
from station.core.codes import UnitIdentity
from station.core.errors import ExitCode
from station.core.review import FetchTask, ReviewItem
from station.core.text import printable
from station.ports.display import ActAnswer, AskAct


def tell(ask: AskAct, answer: ActAnswer, *, as_json: bool) -> int:
    """Print what became of a request; the exit code."""
    if as_json:
        put_object(
            {
                "act": ask.kind.value,
                "about": ask.about,
                "done": answer.done,
                "scan_id": answer.scan_id or None,
                "text": answer.text,
                "remedy": answer.remedy,
            }
        )
    elif answer.done:
        click.echo(f"done: {ask.kind.value} of {printable(ask.about, 40)}, as {answer.scan_id}")
    return outcome(answer)


def outcome(answer: ActAnswer) -> int:
    """The exit code of a request; where it was refused, why is said on standard error."""
    if answer.done:
        return ExitCode.DONE
    say(f"not done: {answer.text}\n  {answer.remedy}\n")
    return ExitCode.NOT_ALL_ACCEPTED


def item_record(item: ReviewItem) -> dict[str, Any]:
    """An item as `station quarantine list` prints it."""
    return {
        "scan_id": item.scan_id,
        "time_utc": item.time_utc,
        "verdict": item.verdict_class.name,
        "reason": item.reason.value,
        "gtin": item.gtin,
        "serial": None if item.identity is None else item.identity.serial,
        "proven": item.of_unit,
        "tote": item.tote,
        "ended_by": item.ended_by or None,
    }


def item_words(item: ReviewItem) -> str:
    """An item in one line."""
    serial = "-" if item.identity is None else printable(item.identity.serial, 20)
    where = f"  in {item.tote}" if item.tote else ""
    return (
        f"{item.scan_id}  {item.time_utc[:19]}Z  {item.verdict_class.name:<10} "
        f"{item.reason.value:<24} {item.gtin or '-':<14} {serial}{where}"
    )


def task_record(task: FetchTask) -> dict[str, Any]:
    """A fetch task as `station quarantine tasks` prints it."""
    return {
        "scan_id": task.scan_id,
        "time_utc": task.time_utc,
        "gtin": task.identity.gtin,
        "serial": task.identity.serial,
        "reason": task.reason.value,
        "place": task.place,
        "earlier": task.earlier or None,
    }


def task_words(task: FetchTask) -> str:
    """A fetch task in one line."""
    unit = f"{task.identity.gtin} {printable(task.identity.serial, 20)}"
    return f"{task.scan_id}  {task.time_utc[:19]}Z  fetch {unit} from {printable(task.place)}"


def standing_record(standing: Standing | None) -> dict[str, Any] | None:
    """How a unit stands."""
    if standing is None:
        return None
    return {
        "state": standing.state.name,
        "previous": None if standing.previous is None else standing.previous.name,
        "station": standing.station,
        "scan_id": standing.scan_id,
        "reason": standing.reason.value,
    }


def act_record(act: ActEntry) -> dict[str, Any]:
    """An act as the journal holds it."""
    return {
        "scan_id": act.scan_id,
        "time_utc": act.time_utc,
        "act": act.kind.value,
        "operator": act.operator,
        "about": act.about,
        "reason_text": act.reason_text,
        "reference": act.reference,
        "witness": act.witness,
        "proof": None if act.proof is None else act.proof.value,
        "before": standing_record(act.before),
        "after": standing_record(act.after),
        "replaced_by": _unit(act.replaced_by),
    }


def _unit(identity: UnitIdentity | None) -> dict[str, str] | None:
    return None if identity is None else {"gtin": identity.gtin, "serial": identity.serial}
