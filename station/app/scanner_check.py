"""Certifies a scanner: shows what to scan, compares what arrives, keeps a signed certificate."""

import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from station import __version__
from station.app.clock import SystemClock, UlidScanIds
from station.app.config import Settings, SourceSection
from station.app.sources import SCANNERS, SourceTools, make_sources
from station.core.act_request import MAX_REASON_CHARS
from station.core.acts import ActKind
from station.core.commissioning import CONTENTS, MENDS, CheckSymbol, Finding, compare
from station.core.effects import Effect, Sign
from station.core.errors import ConfigurationError, DeviceError
from station.core.reading import Capture
from station.core.text import printable, printable_bytes
from station.ports.actuators import Actuator
from station.ports.display import AskAct
from station.ports.health import Health, HealthStatus
from station.ports.sources import Source
from station.storage.scanner_certificates import ScannerCertificate, certificate_digest

SETTLE_S: Final = 0.5
"""How long a second part of a scan is waited for: a scan cut in two is no good scan."""

RECEIVED_CHARS: Final = 60


def settings_digest(section: SourceSection) -> str:
    """What a scanner's settings are known by; another digest asks for another check."""
    scanner = msgspec.structs.asdict(section)
    del scanner["camera"]  # no scanner has one
    return hashlib.sha256(msgspec.json.encode(scanner)).hexdigest()[:16]


def section_of(settings: Settings, source: str) -> SourceSection:
    """How a source is configured; the defaults where it is not."""
    return settings.source_sections.get(source, SourceSection(use=source))


NO_FEEDBACK: Final = "none"
_HEARD: Final = {True: "heard", False: "not heard", None: "nobody said whether it was heard"}


class ScannerCheck:
    """One check of one scanner. Context manager: the scanner is read while it is open."""

    def __init__(self, settings: Settings, source: str, say: Callable[[str], None]) -> None:
        """Set up; opens nothing.

        Args:
            settings: The site's.
            source: Specification of the scanner.
            say: Words for the person with the scanner.

        Raises:
            ConfigurationError: The source is no scanner.
        """
        if source.partition(":")[0] not in SCANNERS:
            raise ConfigurationError(
                f"{printable(source)!r} is no scanner that could be checked",
                "name a serial:, evdev: or tcp: source",
            )
        self._settings = settings
        self._name = source
        self._say = say
        self._captures: queue.SimpleQueue[Capture | BaseException] = queue.SimpleQueue()
        self._remarks: list[Health] = []
        tools = SourceTools(
            SystemClock(),
            UlidScanIds(),
            self._remarks.append,
            waits_for_devices=False,
            sections=settings.source_sections,
        )
        (self._source,) = make_sources([source], tools)

    @contextmanager
    def reading(self) -> Iterator["ScannerCheck"]:
        """Read the scanner until the block is left."""
        thread = threading.Thread(target=self._run, args=(self._source,), name="checked scanner")
        thread.start()
        try:
            yield self
        finally:
            self._source.stop()
            thread.join()

    def examine(self, symbol: CheckSymbol, timeout_s: float) -> Finding:
        """Ask for one symbol and compare what arrives.

        Raises:
            DeviceError: The scanner is not there.
        """
        number = list(CheckSymbol).index(symbol) + 1
        self._say(f"scan symbol {number}: {CONTENTS[symbol].shows}\n")
        scans: list[tuple[bytes, str]] = []
        wait_s = timeout_s
        while True:
            try:
                arrived = self._captures.get(timeout=wait_s)
            except queue.Empty:
                break
            if isinstance(arrived, BaseException):
                raise arrived
            read = arrived.reads[0].symbol
            scans.append((read.payload, read.symbology_identifier))
            wait_s = SETTLE_S
        finding = compare(symbol, tuple(scans))
        self._answer(finding)
        return finding

    @property
    def is_answered(self) -> bool:
        """Whether the scanner was told of each scan, so that somebody may say if it was heard."""
        return self._feedback() != NO_FEEDBACK

    def certificate(self, findings: list[Finding], heard: bool | None) -> ScannerCertificate:
        """What was found, to be signed.

        Args:
            findings: Of each symbol.
            heard: Whether the scanner's beeps were heard, or its light seen; None if nobody said.
        """
        section = section_of(self._settings, self._name)
        feedback = self._feedback()
        if self.is_answered:
            feedback = f"{feedback}; {_HEARD[heard]}"
        return ScannerCertificate(
            source=self._name,
            settings=settings_digest(section),
            time_utc=SystemClock().now_utc(),
            version=__version__,
            station=self._settings.station,
            findings={one.symbol.value: one.difference.value for one in findings},
            feedback=feedback,
            passed=heard is not False and all(finding.is_good for finding in findings),
        )

    def _run(self, source: Source) -> None:
        try:
            source.run(self._captures.put)
        except DeviceError as error:
            self._captures.put(error)

    def _answer(self, finding: Finding) -> None:
        """Let the scanner beep as it will at the dock."""
        if isinstance(self._source, Actuator):
            sign = Sign.ACCEPT if finding.is_good else Sign.RESCAN
            self._source.perform(Effect(sign, source=self._name))

    def _feedback(self) -> str:
        section = section_of(self._settings, self._name)
        failed = [one.text for one in self._remarks if one.status is HealthStatus.FAILED]
        if failed:
            return printable(failed[-1], 120)
        if section.framing == "ssi":
            return "acknowledged in SSI packets"
        return NO_FEEDBACK if section.feedback == "none" else f"sent as {section.feedback}"


def request_of(certificate: ScannerCertificate, by: str, pin: str) -> AskAct:
    """The request to journal a certificate: who certifies which scanner, and with what result.

    A name too long for the journal is cut short; the certificate, known by its digest, has all.
    """
    result = "passed" if certificate.passed else "failed"
    return AskAct(
        "",
        ActKind.SCANNER_CERTIFIED,
        "",
        by,
        pin=pin,
        reason_text=printable(f"{result}: {certificate.source}", MAX_REASON_CHARS),
        reference=certificate_digest(certificate),
    )


def words_of(finding: Finding) -> str:
    """A finding as one line, its mend on the next."""
    mark = "ok    " if finding.is_good else "FAILED"
    line = f"{mark} {finding.symbol.value:<11} {finding.difference.value}"
    if finding.is_good:
        return line
    received = printable(finding.received.decode("latin-1"), RECEIVED_CHARS)
    return f"{line}: {received!r}\n       -> {MENDS[finding.difference]}"


def record_of(finding: Finding) -> dict[str, object]:
    """A finding as an object of the command line's contract."""
    received, mend = "", ""
    if not finding.is_good:
        received = printable_bytes(finding.received, RECEIVED_CHARS)
        mend = MENDS[finding.difference]
    return record(finding.symbol.value, finding.difference.value, received, mend)


def record(check: str, found: str, received: str, mend: str) -> dict[str, object]:
    """One line of a scanner's check; nothing to mend means that it passed."""
    return {"check": check, "good": not mend, "found": found, "received": received, "mend": mend}
