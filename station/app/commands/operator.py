"""``station operator``: who works at this site, with which badge, PIN and role."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from station.app.badges import draw_badge
from station.app.brand_folder import note
from station.app.operator_admin import OperatorAdmin, operator_admin
from station.app.options import Choice, json_option, site_option
from station.app.pins import NEW_PIN_VARIABLE, PIN_VARIABLE, find_new_pin, find_pin
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.core.language import Language
from station.core.operators import Operator, Role
from station.storage.roster_reader import Enrolled

ROLES: Final = {role.name.lower(): role for role in Role}
AS_SITE: Final = "site"
LANGUAGES: Final[dict[str, Language | None]] = {
    **{language.value: language for language in Language},
    AS_SITE: None,
}

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _admin_options(function: _Command) -> _Command:
    """``--by`` and ``--pin-file``: who changes operators, and their PIN."""
    with_file = click.option(
        "--pin-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"File whose first line is your PIN; otherwise {PIN_VARIABLE}, or asked.",
    )(function)
    return click.option(
        "--by",
        "admin",
        metavar="NAME",
        help="You, an admin; needed as soon as there is an admin with a PIN.",
    )(with_file)


@click.group("operator", help="People of a site: badges, roles, PINs.")
def command() -> None:
    """Hold the subcommands."""


@command.command("add")
@click.argument("name")
@click.option("--role", type=Choice(list(ROLES)), required=True, help="What they may do.")
@click.option(
    "--language",
    type=Choice(list(LANGUAGES)),
    default=AS_SITE,
    show_default=True,
    help="What the screens speak while they are signed in.",
)
@_admin_options
@site_option
@json_option
def add(
    name: str,
    role: str,
    language: str,
    admin: str | None,
    pin_file: Path | None,
    site: Path,
    as_json: bool,
) -> None:
    """Enrol somebody under NAME, 1 to 20 of A-Z, 0-9 and hyphen."""
    with operator_admin(SitePaths(site)) as people:
        by = people.authorise(admin, lambda whose: find_pin(whose, pin_file))
        _show(people.add(name, ROLES[role], by, LANGUAGES[language]), as_json)
        _journal(people)
    note(f"Next: station operator badge {name} --out FILE.png; a PIN: station operator pin {name}")


@command.command("list")
@site_option
@json_option
def list_operators(site: Path, as_json: bool) -> None:
    """List everybody who ever was enrolled, and wrong PINs."""
    with operator_admin(SitePaths(site)) as people:
        for enrolled in people.roster.all():
            _show_enrolled(enrolled, as_json)


@command.command("remove")
@click.argument("name")
@_admin_options
@site_option
@json_option
def remove(name: str, admin: str | None, pin_file: Path | None, site: Path, as_json: bool) -> None:
    """Take NAME's badge and PIN out of use, at once and for good."""
    with operator_admin(SitePaths(site)) as people:
        by = people.authorise(admin, lambda whose: find_pin(whose, pin_file))
        _show(people.remove(name, by), as_json)
        _journal(people)


@command.command("role")
@click.argument("name")
@click.argument("role", type=Choice(list(ROLES)))
@_admin_options
@site_option
@json_option
def change_role(
    name: str, role: str, admin: str | None, pin_file: Path | None, site: Path, as_json: bool
) -> None:
    """Let NAME do more or less from now on."""
    with operator_admin(SitePaths(site)) as people:
        by = people.authorise(admin, lambda whose: find_pin(whose, pin_file))
        _show(people.change_role(name, ROLES[role], by), as_json)
        _journal(people)


@command.command("language")
@click.argument("name")
@click.argument("language", type=Choice(list(LANGUAGES)))
@_admin_options
@site_option
@json_option
def change_language(
    name: str, language: str, admin: str | None, pin_file: Path | None, site: Path, as_json: bool
) -> None:
    """Have the screens speak LANGUAGE while NAME is signed in; NAME may do so with their PIN."""
    with operator_admin(SitePaths(site)) as people:
        people.enrolled(name)
        by = people.authorise_for(name, admin, lambda whose: find_pin(whose, pin_file))
        _show(people.change_language(name, LANGUAGES[language], by), as_json)
        _journal(people)


@command.command("pin")
@click.argument("name")
@click.option(
    "--new-pin-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"File whose first line is the new PIN; otherwise {NEW_PIN_VARIABLE}, or asked twice.",
)
@_admin_options
@site_option
@json_option
def set_pin(
    name: str,
    new_pin_file: Path | None,
    admin: str | None,
    pin_file: Path | None,
    site: Path,
    as_json: bool,
) -> None:
    """Give NAME a new PIN of 4 to 12 digits; NAME may do so with the old one."""
    with operator_admin(SitePaths(site)) as people:
        people.enrolled(name)
        by = people.authorise_for(name, admin, lambda whose: find_pin(whose, pin_file))
        _show(people.set_pin(name, find_new_pin(name, new_pin_file), by), as_json)
        _journal(people)


@command.command("badge")
@click.argument("name")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The PNG file.",
)
@click.option("--new", "is_new", is_flag=True, help="The badge was lost: revoke it, draw the next.")
@_admin_options
@site_option
@json_option
def badge(
    name: str,
    out: Path,
    is_new: bool,
    admin: str | None,
    pin_file: Path | None,
    site: Path,
    as_json: bool,
) -> None:
    """Draw NAME's badge as PNG at printing size; it is read back before it is written."""
    paths = SitePaths(site)
    with operator_admin(paths) as people:
        by = people.authorise(admin, lambda whose: find_pin(whose, pin_file))
        operator = people.issue_badge(name, by, is_new=is_new)
        _journal(people)
        draw_badge(paths, operator, out)
        fields = {"name": name, "badge": operator.badge, "path": str(out)}
        put_line(as_json, fields, str(out))


def _journal(people: OperatorAdmin) -> None:
    holder = people.journal()
    if holder:
        note(f"It counts at once; {holder} journals it.")


def _show(operator: Operator, as_json: bool) -> None:
    put_line(as_json, _fields(operator), _words(operator))


def _show_enrolled(enrolled: Enrolled, as_json: bool) -> None:
    fields = {
        **_fields(enrolled.operator),
        "since_utc": enrolled.changed_utc,
        "pin": enrolled.has_pin,
        "wrong_pins": enrolled.wrong,
    }
    pin = "PIN" if enrolled.has_pin else "no PIN"
    wrong = f", {enrolled.wrong} wrong in a row" if enrolled.wrong else ""
    words = f"{_words(enrolled.operator)}  {enrolled.changed_utc}  {pin}{wrong}"
    put_line(as_json, fields, words)


def _fields(operator: Operator) -> dict[str, Any]:
    return {
        "name": operator.name,
        "role": operator.role.name.lower(),
        "badge": operator.badge,
        "active": operator.active,
        "language": _language(operator),
    }


def _language(operator: Operator) -> str:
    return AS_SITE if operator.language is None else operator.language.value


def _words(operator: Operator) -> str:
    state = "active" if operator.active else "removed"
    role = operator.role.name.lower()
    words = f"{operator.name:<20} {role:<10} badge {operator.badge:<4} {state:<7}".rstrip()
    return words if operator.language is None else f"{words}  reads {_language(operator)}"
