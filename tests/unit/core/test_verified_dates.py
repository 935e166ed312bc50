"""What is printed beside a code, and what the registry says of it: lots and dates as facts."""

import pytest

from station.core.codes import Attributes, PlainUnit
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitRecord
from station.core.verification import verify
from tests.fakes.replacing import replace
from tests.fakes.worked_example import CODE, DOCK, IDENTITY, KNOWN, UNIT, judged, signed


class TestPrintedData:
    def mismatch(self, printed: Attributes, unit: UnitRecord) -> tuple[str, ...]:
        facts = verify(signed(attributes=printed), replace(KNOWN, unit=unit), DOCK)
        return facts.data_mismatch

    @pytest.mark.parametrize(
        ("lot", "expiry", "differing"),
        [
            (None, None, ()),
            ("L1", "271231", ()),
            ("L1", None, ()),
            ("L2", "271231", ("lot",)),
            ("l1", "271231", ("lot",)),
            ("L1", "271230", ("expiry",)),
            ("L2", "281231", ("lot", "expiry")),
            ("L1", "271200", ()),
        ],
    )
    def test_printed_against_known(
        self, lot: str | None, expiry: str | None, differing: tuple[str, ...]
    ) -> None:
        unit = replace(UNIT, lot="L1", expiry="271231")
        assert self.mismatch(Attributes(lot, expiry), unit) == differing

    def test_what_the_registry_does_not_say_cannot_differ(self) -> None:
        assert self.mismatch(Attributes("L1", "271231"), UNIT) == ()

    def test_of_an_unlisted_unit_nothing_is_known(self) -> None:
        code = signed(attributes=Attributes("L1", "201231"))
        facts = verify(code, replace(KNOWN, unit=None), DOCK)
        assert (facts.data_mismatch, facts.expired) == ((), False)

    def test_of_an_unsigned_code_too(self) -> None:
        unit = replace(UNIT, lot="L1")
        code = PlainUnit(IDENTITY, attributes=Attributes("L2"))
        assert verify(code, replace(KNOWN, unit=unit), DOCK).data_mismatch == ("lot",)

    @pytest.mark.parametrize("day", ["28", "00"])
    @pytest.mark.parametrize("known", ["28", "00"])
    def test_day_00_is_the_last_of_the_month(self, day: str, known: str) -> None:
        unit = replace(UNIT, expiry="2702" + known)
        assert self.mismatch(Attributes(expiry="2702" + day), unit) == ()

    @pytest.mark.parametrize("expiry", ["", "27", "271301", "270001", "270132", "27123x", "²71231"])
    def test_a_date_of_the_registry_that_is_none(self, expiry: str) -> None:
        """It came from outside: the unit is held, and the loop lives."""
        knowledge = replace(KNOWN, unit=replace(UNIT, expiry=expiry))
        facts = verify(CODE, knowledge, DOCK)
        assert (facts.data_mismatch, facts.expired) == (("expiry",), False)
        assert judged(CODE, knowledge).verdict_class is VerdictClass.HOLD


class TestExpiry:
    def expired(self, expiry: str | None, today: str, overlay: Overlay = Overlay.NONE) -> bool:
        unit = replace(UNIT, expiry=expiry, overlays=overlay)
        return verify(CODE, replace(KNOWN, unit=unit), replace(DOCK, today=today)).expired

    @pytest.mark.parametrize(
        ("expiry", "today", "expired"),
        [
            (None, "2026-11-23", False),
            ("261123", "2026-11-22", False),
            ("261123", "2026-11-23", False),
            ("261123", "2026-11-24", True),
            ("260200", "2026-02-28", False),
            ("260200", "2026-03-01", True),
            ("280200", "2028-02-29", False),
            ("280200", "2028-03-01", True),
            ("260231", "2026-02-28", False),
            ("260231", "2026-03-01", True),
            ("261200", "2026-12-31", False),
            ("261200", "2027-01-01", True),
            # The century: up to 50 years ahead of this year and up to 49 behind it.
            ("760101", "2026-11-23", False),
            ("770101", "2026-11-23", True),
            ("991231", "2026-11-23", True),
            ("000101", "2026-11-23", True),
            ("000101", "2099-11-23", False),
            ("490101", "2099-11-23", False),
            ("500101", "2099-11-23", True),
            ("510101", "2001-01-01", False),
            ("520101", "2001-01-01", True),
        ],
    )
    def test_the_date(self, expiry: str | None, today: str, expired: bool) -> None:
        assert self.expired(expiry, today) is expired

    @pytest.mark.parametrize("expiry", [None, "991231", "301231", "none"])
    def test_the_publisher_may_say_so_whatever_the_date(self, expiry: str | None) -> None:
        assert self.expired(expiry, "2026-11-23", Overlay.EXPIRED)

    def test_a_date_on_the_label_is_not_trusted(self) -> None:
        code = signed(attributes=Attributes(expiry="991231"))
        knowledge = replace(KNOWN, unit=replace(UNIT, expiry="201231"))
        verdict = judged(code, knowledge)
        assert (verdict.reason, verdict.also) == (Reason.UNIT_EXPIRED, (Reason.DATA_MISMATCH,))
