"""Why something was not done or does not work, in the language of whoever reads it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from station.core.acts import ActKind
from station.core.causes import Cause, told
from station.core.errors import ConfigurationError, StorageError
from station.core.language import Language
from station.core.operators import Role
from station.core.telling import failure, refuse
from station.intake.asking import refused
from station.ports.display import SAME_PREFIX, ActAnswer, Attendance, EngineMessage, Notice
from station.ports.health import Health, HealthStatus
from station.transport.engine_socket.codec import Hello, decode_from_engine, encode
from station.tui.act_form import ActForm, Asked
from station.tui.lines import text_of
from station.tui.model import DockModel
from station.tui.paint import Moment, paint
from station.tui.palette import THEMES, Look
from station.tui.review_model import ReviewModel
from station.tui.review_paint import Sheet, paint_review
from station.tui.speech import health_of
from tests.fakes.display import snapshot

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
GERMAN_ANNA = Attendance("ANNA", Role.SUPERVISOR, proven=False, language=Language.GERMAN)
NEEDS_PIN = refused("R-1", refuse(Cause.NEEDS_PIN))


def over_the_wire(message: EngineMessage) -> EngineMessage:
    decoded = decode_from_engine(encode(message)[4:])
    assert decoded == message
    assert not isinstance(decoded, Hello)
    return decoded


def dock(language: Language | None) -> DockModel:
    model = DockModel()
    who = replace(GERMAN_ANNA, language=language)
    model.apply([replace(snapshot(), attendance=who)], 0)
    return model


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.ENGLISH, "that is not ANNA's PIN: try again; tries left: 4"),
        (
            Language.GERMAN,
            "das ist nicht die PIN von ANNA: es noch einmal versuchen; Versuche übrig: 4",
        ),
        (Language.SPANISH, "ese no es el PIN de ANNA: inténtelo otra vez; intentos restantes: 4"),
        (Language.CHINESE, "这不是 ANNA 的 PIN: 请重试，剩余次数：4"),
    ],
)
def test_a_wrong_pin_at_the_dock(language: Language, text: str) -> None:
    model = dock(language)
    wrong = over_the_wire(Notice(told=told(Cause.PIN_WRONG, name="ANNA", left=4)))
    assert isinstance(wrong, Notice)

    model.apply([wrong], 1)

    assert model.view().notice == text


def test_an_answer_that_was_refused_at_the_dock() -> None:
    model = dock(Language.GERMAN)
    model.apply([replace(NEEDS_PIN, request_id=f"{SAME_PREFIX}S1")], 1)
    assert model.view().notice == "das braucht auch die PIN: sie bei der Frage eintippen"


def test_a_fault_of_the_moment_stays_as_it_is() -> None:
    model = dock(Language.GERMAN)
    disk_full = ActAnswer(f"{SAME_PREFIX}S1", done=False, text="disk full", remedy="free some room")
    model.apply([disk_full, Notice("as it is")], 1)
    assert model.view().notice == "as it is"
    model.apply([disk_full], 2)
    assert model.view().notice == "disk full: free some room"


def test_an_act_that_was_refused_at_a_supervisors_screen() -> None:
    model = ReviewModel("lyon", Language.GERMAN)
    model.form = ActForm(Asked(ActKind.RELEASE, "S1", "a unit"), 0)
    answer = over_the_wire(NEEDS_PIN)
    assert isinstance(answer, ActAnswer)

    model.answered(answer, 1)

    assert "das braucht auch die PIN. Sie bei der Frage eintippen" in model.notice
    assert "--" not in model.notice
    assert "STATION_PIN" in answer.remedy, "what a command line says"


def test_an_error_at_a_supervisors_screen() -> None:
    model = ReviewModel("lyon", Language.SPANISH)
    model.failed(failure(ConfigurationError, Cause.NAME_WAS_GIVEN, name="ANNA"), 1)
    assert model.notice.startswith("el nombre ANNA ya se usó")
    model.failed(StorageError("cannot read x.db", "look at it"), 1)
    assert model.notice == "cannot read x.db: look at it"


@pytest.mark.parametrize("height", [24, 8, 4, 1])
def test_a_long_notice_is_read_to_its_end(height: int) -> None:
    model = ReviewModel("lyon", Language.GERMAN)
    model.answered(refused("R-1", refuse(Cause.STANDS_REPLACED, state="REPLACED")), 1)
    sheet = Sheet(NOW, 80, height, Look(THEMES["teal"]), Language.GERMAN)

    painted = paint_review(model, sheet)

    assert len(painted) == height
    if height > 4:
        said = " ".join(text_of(painted).split())
        assert "…" not in said
        assert "sonst vernichten" in said


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.ENGLISH, "SCANNER: /dev/x was unplugged or switched off: plug it in again"),
        (Language.GERMAN, "SCANNER: /dev/x wurde ausgesteckt oder ausgeschaltet: wieder"),
        (Language.SPANISH, "/dev/x se desconectó o se apagó: vuelva a conectarlo"),
        (Language.CHINESE, "/dev/x 被拔出或断电: 请重新插入"),
    ],
)
def test_a_lost_scanner_on_the_health_strip(language: Language, text: str) -> None:
    model = dock(language)
    lost = Health(
        "scanner", HealthStatus.FAILED, "as English", told(Cause.DEVICE_LOST, device="/dev/x")
    )
    model.apply([over_the_wire(lost)], 1)

    painted = text_of(paint(model.view(), Moment(NOW), 100, 30, Look(THEMES["teal"])))

    assert text in painted
    assert "as English" not in painted


def test_health_without_a_name_stays_as_it_is() -> None:
    report = Health("decoder", HealthStatus.WARNING, "is \x1b[2Jslow")
    assert health_of(report, Language.GERMAN) == "is \N{REPLACEMENT CHARACTER}[2Jslow"


def test_faults_of_a_scanner_are_named_by_what_they_say() -> None:
    faults = "SCANNER_FAULT_CASE=12, SCANNER_FAULT_LAYOUT=1"
    report = Health(
        "maintenance:x", HealthStatus.WARNING, "", told(Cause.SCANNER_FAULTS, faults=faults)
    )
    said = health_of(report, Language.GERMAN)
    assert "Feststelltaste" in said
    assert "(12), " in said
    newer = replace(report, told=told(Cause.SCANNER_FAULTS, faults="LATER=1"))
    assert health_of(newer, Language.ENGLISH).startswith("LATER=1: ")


def test_hostile_words_of_a_system_are_drawn_plain() -> None:
    report = Health("disk", HealthStatus.FAILED, "", told(Cause.NOT_KNOWN, why="\x1b[2J{why}"))
    assert health_of(report, Language.GERMAN).startswith(
        "nicht bekannt: \N{REPLACEMENT CHARACTER}[2J{why}"
    )
