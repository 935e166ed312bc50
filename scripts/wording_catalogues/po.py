"""Catalogues written from the tables, and read back into them or refused as a whole."""

import io
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from scripts.wording_catalogues.limits import fault_of, limit_of, places_of
from scripts.wording_catalogues.tables import module_paths, texts_of, with_texts
from station import __version__
from station.core.language import Language
from station.core.text import printable

LOCALES: Final = {
    Language.GERMAN: "de",
    Language.SPANISH: "es",
    Language.CHINESE: "zh_Hans",
}
TEMPLATE: Final = "station.pot"
MAX_BYTES: Final = 4 << 20
"""Of a catalogue; one of ours has some 150 KiB."""

_LINE: Final = re.compile(
    r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"(?:[^"\\]|\\.)*")?'
)
"""The reader takes a line whose quote is never closed; an editor does not write one."""

_HEADER: Final = """\
# Wording of the intake station's screens.
# docs/how-to/translate-the-screens.md says how to work with it.
#"""


class RefusedError(Exception):
    """A catalogue that cannot be taken; nothing was changed.

    Attributes:
        faults: Each bad entry with what to do, or what is wrong with the file.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        language: Of which language.
        changed: Keys whose text is another one now.
    """

    language: Language
    changed: tuple[str, ...]


def export(root: Path, folder: Path) -> list[Path]:
    """Write the template and a catalogue for each language.

    Args:
        root: The checkout.
        folder: Where to; made where it is not there.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language, locale in ((None, None), *LOCALES.items()):
        catalog = _catalog(root, language, locale)
        body = io.BytesIO()
        write_po(body, catalog, width=100)
        path = folder / (TEMPLATE if locale is None else f"{locale}.po")
        path.write_bytes(body.getvalue())
        written.append(path)
    return written


def take(root: Path, path: Path) -> Imported:
    """Check a catalogue and write its texts into the tables.

    Args:
        root: The checkout.
        path: The catalogue.

    Raises:
        RefusedError: Something is wrong with it; nothing was changed.
    """
    catalog = _read(path)
    language = _language(catalog)
    english, current = _texts(root, Language.ENGLISH), _texts(root, language)
    faults: list[str] = []
    wanted: dict[str, str] = {}
    for message in catalog:
        if message.id:
            key = message.context or ""
            fault = _fault(message, key, english, current)
            if fault:
                faults.append(f"{printable(key or str(message.id), 80)} {fault}")
            else:
                wanted[key] = str(message.string)
    missing = (key for key, text in english.items() if text and key not in wanted)
    told = {fault.split(" ", 1)[0] for fault in faults}
    faults += [f"{key} is missing: export again" for key in missing if key not in told]
    if faults:
        raise RefusedError(faults)
    _write(root, language, wanted)
    return Imported(language, tuple(key for key, text in wanted.items() if text != current[key]))


def _texts(root: Path, language: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in module_paths(root, language):
        found |= {key: one.text for key, one in texts_of(path.read_text("utf-8")).items()}
    return found


def _catalog(root: Path, language: Language | None, locale: str | None) -> Catalog:
    english = _texts(root, Language.ENGLISH)
    texts = {} if language is None else _texts(root, language)
    catalog = Catalog(
        locale=locale,
        header_comment=_HEADER,
        project="intake-station",
        version=__version__,
        fuzzy=language is None,
    )
    for key, text in english.items():
        if text:
            comments = [f"At most {limit_of(key)} columns; an East Asian letter takes two."]
            places = sorted(places_of(text))
            if places:
                comments.append(f"Places: {', '.join(f'{{{name}}}' for name in places)}")
            catalog.add(text, texts.get(key, ""), auto_comments=comments, context=key)
    return catalog


def _read(path: Path) -> Catalog:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise RefusedError([f"the file is larger than {MAX_BYTES} bytes: give a catalogue"])
        text = body.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise RefusedError([f"cannot read the file ({reason}): check its name"]) from None
    except UnicodeDecodeError:
        raise RefusedError(["the file is not UTF-8: save it as UTF-8"]) from None
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line.strip()):
            raise RefusedError(
                [f"line {number} is no line of a catalogue: mend it, or export again"]
            )
    try:
        catalog = read_po(lines, ignore_obsolete=True, abort_invalid=True)
    except (PoFileError, ValueError, LookupError, TypeError, AttributeError) as error:
        told = printable(str(error), 200)
        raise RefusedError([f"the file is no catalogue ({told}): export again"]) from None
    named = sum(line.startswith("msgctxt") for line in lines)
    if named != len(catalog):
        raise RefusedError(
            [
                (
                    f"the file names {named} texts and holds {len(catalog)}: take out what "
                    "stands twice or has no msgctxt (msgfmt --check names it)"
                )
            ]
        )
    return catalog


def _language(catalog: Catalog) -> Language:
    for language, locale in LOCALES.items():
        if str(catalog.locale_identifier) == locale:
            return language
    named = printable(str(catalog.locale_identifier), 20)
    raise RefusedError(
        [f"the header's Language is {named}: write one of {', '.join(LOCALES.values())}"]
    )


def _fault(message: Message, key: str, english: dict[str, str], current: dict[str, str]) -> str:
    if key not in english:
        return "is no text of the station's: export again, and merge with msgmerge"
    if not isinstance(message.id, str) or not isinstance(message.string, str):
        return "has plural forms, which no text has: export again"
    if message.id != english[key]:
        return "translates an English text that has changed: export again, and merge with msgmerge"
    if message.fuzzy:
        return "is marked fuzzy: check it, and take the mark away"
    as_english = current[key] == english[key]
    return fault_of(key, english[key], message.string, as_english=as_english)


def _write(root: Path, language: Language, wanted: dict[str, str]) -> None:
    """All modules are made before the first is written."""
    made = []
    for path in module_paths(root, language):
        source = path.read_text("utf-8")
        new = with_texts(source, wanted)
        if new != source:
            made.append((path, _formatted(new, path)))
    for path, source in made:
        beside = path.with_suffix(".new")
        beside.write_text(source, "utf-8")
        beside.replace(path)


def _formatted(source: str, path: Path) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(path), "-"]
    done = subprocess.run(
        command, input=source.encode(), capture_output=True, check=True, timeout=60
    )
    formatted = done.stdout.decode()
    before, after = texts_of(source), texts_of(formatted)
    if [(one.key, one.text) for one in before.values()] != [
        (one.key, one.text) for one in after.values()
    ]:
        msg = f"the formatter changed a text of {path.name}"
        raise AssertionError(msg)
    return formatted
