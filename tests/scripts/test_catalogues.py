"""Catalogues for translators: written from the tables, read back, refused whole where bad."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from scripts.catalogues import ROOT, main
from scripts.wording_catalogues.limits import fault_of, limit_of, places_of
from scripts.wording_catalogues.po import LOCALES, MAX_BYTES, RefusedError, export, take
from scripts.wording_catalogues.tables import (
    ENGLISH_ONLY,
    FOLDERS,
    WORDING,
    module_paths,
    texts_of,
    with_texts,
)
from station.core.advice import Advice
from station.core.language import Language
from station.core.reasons import VerdictClass
from station.core.wording import TONGUES
from station.core.wording.causes import CAUSES
from station.core.wording.screens import DOCK, REVIEW

OK_MESSAGE: Final = 'msgctxt "words.OK.message"\nmsgid "Genuine"\nmsgstr "Echt"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the wording alone."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / WORDING, root / WORDING, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def german(checkout: Path, tmp_path: Path) -> Path:
    export(checkout, tmp_path / "po")
    return tmp_path / "po" / "de.po"


def all_modules(root: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes() for path in sorted((root / WORDING).rglob("*")) if path.is_file()
    }


def edited(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), "utf-8")
    return path


def faults_of(root: Path, path: Path) -> list[str]:
    """Of a catalogue that is refused; nothing may have changed."""
    before = all_modules(root)
    with pytest.raises(RefusedError) as refused:
        take(root, path)
    assert all_modules(root) == before
    for fault in refused.value.faults:
        assert ": " in fault, "what to do"
        assert fault.isprintable()
    return refused.value.faults


def loaded(language: Language) -> dict[str, str]:
    """Some texts of every table as the program has them, by the catalogue's keys."""
    tongue = TONGUES[language]
    return {
        **{f"words.{reason.name}.message": words.message for reason, words in tongue.words.items()},
        **{f"advice.{advice.name}": text for advice, text in tongue.advice.items()},
        **{
            f"in_another_class.{reason.name}.{verdict.name}.next_action": words.next_action
            for (reason, verdict), words in tongue.in_another_class.items()
        },
        **{f"tongue.lanes.{lane.name}": text for lane, text in tongue.lanes.items()},
        **{f"causes.{one.name}.message": words.message for one, words in CAUSES[language].items()},
        "tongue.scan_again": tongue.scan_again,
        "dock.title": DOCK[language].title,
        "dock.hints.1": DOCK[language].hints[1],
        "review.item_hints.2": REVIEW[language].item_hints[2],
        "review.steps.PIN": REVIEW[language].steps["PIN"],
    }


@pytest.mark.parametrize("language", Language)
def test_the_syntax_gives_the_texts_that_the_program_has(language: Language) -> None:
    found: dict[str, str] = {}
    for path in module_paths(ROOT, language):
        found |= {key: one.text for key, one in texts_of(path.read_text("utf-8")).items()}

    assert loaded(language).items() <= found.items()
    strings = 0
    for path in module_paths(ROOT, language):
        module = ast.parse(path.read_text("utf-8"))
        assigned = [node for node in module.body if isinstance(node, ast.AnnAssign)]
        nodes = [
            node
            for table in assigned
            if not (isinstance(table.target, ast.Name) and table.target.id in ENGLISH_ONLY)
            for node in ast.walk(table)
        ]
        keys = [key for node in nodes if isinstance(node, ast.Dict) for key in node.keys]
        strings += sum(
            isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in keys
            for node in nodes
        )
    assert strings == len(found), "every string is a text, but for keys"


@pytest.mark.parametrize("language", list(LOCALES))
def test_every_text_there_is_may_be_what_it_is(language: Language) -> None:
    """The catalogue asks of a translator nothing that the tables do not keep."""
    english: dict[str, str] = {}
    for path in module_paths(ROOT, Language.ENGLISH):
        english |= {key: one.text for key, one in texts_of(path.read_text("utf-8")).items()}
    for path in module_paths(ROOT, language):
        for key, one in texts_of(path.read_text("utf-8")).items():
            if english[key]:
                assert fault_of(key, english[key], one.text, as_english=True) == "", key
            assert limit_of(key) >= 5


def test_a_round_trip_changes_nothing(checkout: Path, tmp_path: Path) -> None:
    before = all_modules(checkout)
    written = export(checkout, tmp_path / "po")

    assert [path.name for path in written] == ["station.pot", "de.po", "es.po", "zh_Hans.po"]
    for path in written[1:]:
        assert take(checkout, path).changed == ()
    assert all_modules(checkout) == before


def test_a_translation_goes_where_it_belongs_and_comes_back(checkout: Path, german: Path) -> None:
    before = all_modules(checkout)
    new = 'Neuer "Titel" \\\\ 键 für alle'
    edited(german, f'msgstr "{DOCK[Language.GERMAN].title}"', f'msgstr "{_escaped(new)}"')
    long = "eine lange Begründung " * 4 + "ohne Ende"
    old = CAUSES[Language.GERMAN]
    edited(
        german,
        f'msgstr "{next(iter(old.values())).message}"',
        f'msgstr ""\n"{long[:40]}"\n"{long[40:]}"',
    )

    changed = take(checkout, german)

    assert changed.language is Language.GERMAN
    assert changed.changed == ("causes.NEEDS_OPERATOR.message", "dock.title")
    after = all_modules(checkout)
    others = {path for path in after if after[path] != before[path]}
    assert {path.relative_to(checkout / WORDING).as_posix() for path in others} == {
        "causes/de.py",
        "screens/de.py",
    }
    screens = (checkout / WORDING / "screens" / "de.py").read_text("utf-8")
    assert texts_of(screens)["dock.title"].text == new
    for path in others:
        lines = path.read_text("utf-8").splitlines()
        assert max(map(len, lines)) <= 100
        compile(path.read_text("utf-8"), path.name, "exec")
    again = export(checkout, german.parent)
    assert take(checkout, again[1]).changed == ()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (OK_MESSAGE, "", "words.OK.message is missing"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", ""), "words.OK.message is not translated"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "x" * 61), "takes 61 columns, where 60 fit"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Echt\\n"), "holds a control character"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "\\x1b[2J\x1b[2J"), "holds a control character"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Echt\u202e"), "holds a control character"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Echt."), "ends with a full stop"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", " Echt"), "begins or ends with a space"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Genuine"), "is the English text"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Echt {count}"), "has other places"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Echt {"), "has broken braces"),
        (OK_MESSAGE, OK_MESSAGE.replace("Echt", "Echt {0.__class__}"), "has broken braces"),
        (OK_MESSAGE, OK_MESSAGE.replace("Genuine", "Real"), "an English text that has changed"),
        (OK_MESSAGE, f"#, fuzzy\n{OK_MESSAGE}", "is marked fuzzy"),
        (OK_MESSAGE, OK_MESSAGE.replace("words.OK", "words.NOT"), "is no text of the station's"),
        (
            OK_MESSAGE,
            OK_MESSAGE.replace("msgstr", 'msgid_plural "x"\nmsgstr[0]') + 'msgstr[1] "Echte"\n',
            "has plural forms",
        ),
        ('msgstr "NEU SCANNEN"', 'msgstr "Neu scannen"', "write it in capitals"),
        ("{count} abgewiesen", "{count:>99999999} abgewiesen", "has broken braces"),
    ],
)
def test_a_bad_entry_is_named_and_nothing_is_changed(
    checkout: Path, german: Path, old: str, new: str, fault: str
) -> None:
    text = german.read_text("utf-8")
    if old not in text:
        old = old.replace("NEU SCANNEN", TONGUES[Language.GERMAN].verdicts[VerdictClass.RESCAN])
        words = DOCK[Language.GERMAN].refused
        old = old.replace("{count} abgewiesen", f'msgstr "{words}"')
        new = new.replace("{count:>99999999} abgewiesen", f'msgstr "{_wide(words)}"')
    assert old in text
    german.write_text(text.replace(old, new), "utf-8")

    faults = faults_of(checkout, german)

    assert any(fault in one for one in faults), faults


def _wide(text: str) -> str:
    return text.replace("{count}", "{count:>99999999}")


def test_every_bad_entry_is_named_at_once(checkout: Path, german: Path) -> None:
    edited(german, OK_MESSAGE, OK_MESSAGE.replace("Echt", ""))
    shows = TONGUES[Language.GERMAN].advice[Advice.SHOW_BADGE]
    edited(german, f'msgstr "{shows}"', f'msgstr "{shows * 3}"')
    keys = [fault.split(" ", 1)[0] for fault in faults_of(checkout, german)]
    assert sorted(keys) == ["advice.SHOW_BADGE", "words.OK.message"]


def test_another_key_of_the_keyboard_is_refused(checkout: Path, german: Path) -> None:
    hint = DOCK[Language.GERMAN].quit_hint[0]
    text = german.read_text("utf-8").replace(f'msgstr "{hint}"', f'msgstr "x{hint[1:]}"')
    german.write_text(text, "utf-8")
    assert any("names other keys" in fault for fault in faults_of(checkout, german))


def test_an_entry_that_stands_twice_is_refused(checkout: Path, german: Path) -> None:
    with german.open("a", encoding="utf-8") as file:
        file.write(f"\n{OK_MESSAGE}")
    (fault,) = faults_of(checkout, german)
    assert "take out what stands twice" in fault


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda _: b"", "the header's Language"),
        (lambda body: body.replace(b"Language: de", b"Language: fr"), "Language is fr"),
        (lambda body: body.replace(b"Language: de", b"Language: ../x"), ": "),
        (lambda body: body.replace(b"Echt", b"\xff\xfe"), "is not UTF-8"),
        (lambda body: body.partition(b'"Echt"')[0] + b'"Ec', "is no line of"),
        (lambda _: b"\x00" * 1000, "is no line of"),
        (lambda _: b'msgid "' * 50, "is no line of"),
        (lambda body: body.replace(b'msgid "Genuine"', b'msgid "Gen"uine"'), "is no line of"),
        (lambda body: b'"never begun"\n' + body, ": "),
        (lambda body: body + b"#" * MAX_BYTES, "larger than"),
        (lambda body: body.replace(b"\n", b"\r\n"), ""),
        (lambda body: b"\xef\xbb\xbf" + body, ""),
        (lambda body: body.replace(b"PO-Revision-Date: YEAR", b"PO-Revision-Date: 9999999"), ": "),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_or_read(
    checkout: Path, german: Path, spoil: Callable[[bytes], bytes], fault: str
) -> None:
    german.write_bytes(spoil(german.read_bytes()))
    if fault:
        assert any(fault in one for one in faults_of(checkout, german))
        return
    assert take(checkout, german).changed == ()


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(tmp_path / "none.po")]) == 1
    told = capsys.readouterr().err
    assert "cannot read the file" in told
    assert "nothing was changed" in told


def test_the_command_exports_and_imports(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "po")], checkout) == 0
    assert main(["import", str(tmp_path / "po" / "zh_Hans.po")], checkout) == 0
    assert capsys.readouterr().out.endswith("zh: 0 texts changed\n")
    (tmp_path / "file").write_text("")
    assert main(["export", str(tmp_path / "file")], checkout) == 1


def test_it_runs_by_itself(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "catalogues.py"
    done = subprocess.run(
        [sys.executable, str(script), "export", str(tmp_path)],
        capture_output=True,
        check=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert len(done.stdout.splitlines()) == 4
    template = (tmp_path / "station.pot").read_text("utf-8")
    assert 'msgctxt "words.OK.message"\nmsgid "Genuine"\nmsgstr ""\n' in template
    assert "#. At most 60 columns" in template
    assert "#. Places: {lane}" in template


def test_what_a_table_holds_must_be_a_text() -> None:
    with pytest.raises(ValueError, match=r"two texts are x\.A"):
        texts_of('X: dict = {R.A: "1", S.A: "2"}')
    with pytest.raises(ValueError, match="holds no text"):
        texts_of("X: dict = {R.A: 1}")
    with pytest.raises(ValueError, match="a table's key"):
        texts_of('X: dict = {1: "1"}')
    assert with_texts('X: dict = {R.A: "Grüße"}\n', {"x.A": 'ß"'}) == 'X: dict = {R.A: "ß\\""}\n'
    assert places_of("{a} {b} {a}") == {"a", "b"}
    assert len(FOLDERS) == 3
