"""Doctor's checks of readers: whether they are there, certified, and see what they should.

Read only. A camera is looked through only where no engine has it; beside one, the engine's own word
of its cameras is taken.
"""

import os
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from station.app.clock import SystemClock
from station.app.findings import Finding, Patient, Status, failed, ok, skipped, warning
from station.core.camera_advice import WANTED_MODULE_PX, Advice, Circumstances, Grade, rate
from station.core.errors import StationError
from station.core.text import printable
from station.ports.display import Snapshot
from station.ports.health import Health, HealthStatus

CERTIFICATE_DAYS: Final = 180
"""A scanner is checked again twice a year: settings are lost with a battery or a setup code."""

CAMERA_LOOKS: Final = 20
CAMERA_LOOKS_S: Final = 4.0
"""For how long a camera is looked through at most, once it delivers."""

CAMERA_ABSENT_S: Final = 5.0
MODULE_MM: Final = 0.495
SPEED_M_PER_S: Final = 0.5
"""Label and belt as `station camera check` takes them where nobody says otherwise."""

_ANSWER_WITHIN_S: Final = 3.0
_JUDGED: Final = frozenset({"picture", "focus", "rate", "settings"})
"""What can be said of a camera without a label being held before it."""

_STATUS: Final = {
    Grade.OK: Status.OK,
    Grade.WARNING: Status.WARNING,
    Grade.FAILED: Status.FAILED,
}
_REPORTED: Final = {
    HealthStatus.OK: Status.OK,
    HealthStatus.WARNING: Status.WARNING,
    HealthStatus.FAILED: Status.FAILED,
}
_WORST: Final = (Status.FAILED, Status.WARNING, Status.OK)


def devices(patient: Patient) -> Finding:
    """Whether the devices that have a node in the file system are plugged in and may be used."""
    settings = patient.settings
    serial = [s.partition(":")[2] for s in settings.sources if s.startswith(("serial:", "evdev:"))]
    serial += [
        output.use.partition(":")[2]
        for output in settings.outputs
        if output.use.startswith(("board:", "tower:", "modbus-rtu:"))
    ]
    missing = [device for device in serial if not Path(device).exists()]
    if missing:
        mend = f"plug it in; 'station setup' finds others, {patient.paths.config} names it"
        return failed(f"not plugged in: {', '.join(missing)}", mend)
    locked = [device for device in serial if not os.access(device, os.R_OK | os.W_OK)]
    if locked:
        return failed(
            f"no access to {', '.join(locked)}",
            'sudo usermod -aG dialout,input "$USER", then sign in again',
        )
    return ok(f"{len(serial)} serial devices present") if serial else skipped("none configured")


def scanners(patient: Patient) -> Finding:
    """The age of every scanner's certificate; a scanner set otherwise since then has none."""
    from station.app.intake_session import load_station_key
    from station.app.scanner_check import section_of, settings_digest
    from station.app.sources import SCANNERS
    from station.storage.scanner_certificates import read_certificate

    settings = patient.settings
    used = [use for use in settings.sources if use.partition(":")[0] in SCANNERS]
    if not used:
        return skipped("none configured")
    key = load_station_key(patient.paths).public_key
    now = datetime.fromisoformat(SystemClock().now_utc())
    told: list[str] = []
    to_check: list[str] = []
    for use in used:
        certificate = read_certificate(patient.paths.scanners, use, key)
        shown = printable(use, 120)
        if certificate is None:
            told.append(f"{shown}: never checked")
        elif not certificate.passed:
            told.append(f"{shown}: failed its check")
        elif certificate.settings != settings_digest(section_of(settings, use)):
            told.append(f"{shown}: set otherwise since its check")
        else:
            age_days = (now - datetime.fromisoformat(certificate.time_utc)).days
            told.append(f"{shown}: certified {age_days} days ago")
            if age_days <= CERTIFICATE_DAYS:
                continue
        to_check.append(use)
    if to_check:
        mend = f"station scanner check --source {printable(to_check[0], 200)}"
        return warning("; ".join(told), mend)
    return ok("; ".join(told))


def cameras(patient: Patient) -> Finding:
    """Whether every camera delivers often enough, in focus, and as it is set."""
    from station.transport.engine_socket.address import is_answered

    uses = [use for use in patient.settings.sources if use.startswith("camera:")]
    if not uses:
        return skipped("none configured")
    if patient.paths.socket.exists() and is_answered(patient.paths.socket):
        return _as_the_engine_says(patient)
    return _worst(_looked_through(use, patient) for use in uses)


def _as_the_engine_says(patient: Patient) -> Finding:
    """The engine has the cameras: nobody else can open them."""
    from station.transport.engine_socket.client import EngineClient

    with EngineClient(patient.paths.socket) as client:
        until_s = time.monotonic() + _ANSWER_WITHIN_S
        while (left_s := until_s - time.monotonic()) > 0:
            for event in client.wait(left_s):
                if isinstance(event, Snapshot):
                    return _worst(_reported(report) for report in event.health)
    return skipped("the engine has them and does not answer", "station doctor --only engine")


def _reported(report: Health) -> Finding | None:
    if report.component.partition(":")[0] != "camera":
        return None
    text, _, mend = printable(report.text, 300).partition("; ")
    return Finding("", _REPORTED[report.status], text, mend)


def _looked_through(use: str, patient: Patient) -> Finding:
    from station.app.camera_check import CameraCheck, Moment
    from station.app.sources import camera_settings, name_of
    from station.cameras import open_source
    from station.decoders.glance import default_glance

    about = Circumstances(SPEED_M_PER_S, MODULE_MM)
    checked = CameraCheck(default_glance(), about)
    value = use.partition(":")[2]
    name = printable(name_of("camera", value), 200)
    began_s: list[float] = []

    def enough(_moment: Moment) -> None:
        began_s.append(time.monotonic())
        if began_s[-1] - began_s[0] >= CAMERA_LOOKS_S:
            frames.close()

    try:
        frames = open_source(
            "camera",
            value,
            clock=SystemClock(),
            health=lambda _report: None,
            settings=camera_settings(patient.settings.source_sections.get(use)),
            answered=checked.answered,
            give_up_after_s=CAMERA_ABSENT_S,
        )
        with closing(frames):
            checked.run(frames, CAMERA_LOOKS, enough, lambda _problem: None)
    except StationError as error:
        return failed(f"{name}: {error.message}", error.remedy)
    told = [one for one in checked.advice if one.subject in _JUDGED]
    view = checked.view
    if view.frames_per_s is not None and not any(one.subject == "rate" for one in told):
        told.append(rate(view.frames_per_s, WANTED_MODULE_PX, view.view_px, about))
    return _of_advice(name, use, told)


def _of_advice(name: str, use: str, told: list[Advice]) -> Finding:
    """All that was seen of one camera, and the mend of the worst."""
    if not told:
        return ok(f"{name}: gives pictures")
    text = f"{name}: {'; '.join(one.text for one in told)}"
    worst = min(told, key=lambda one: _WORST.index(_STATUS[one.grade]))
    if worst.grade is Grade.OK:
        return ok(text)
    mend = f"{worst.mend}; see it with: station camera check {printable(use, 200)}"
    return Finding("", _STATUS[worst.grade], text, mend)


def _worst(findings: Iterable[Finding | None]) -> Finding:
    """Several findings as one: all that they say, and the mend of the worst."""
    told = [one for one in findings if one is not None]
    if not told:
        return skipped("the engine has not heard of them yet", "station doctor --only camera")
    worst = min(told, key=lambda one: _WORST.index(one.status))
    return Finding("", worst.status, "; ".join(one.text for one in told), worst.mend)
