"""Policies at work: which counts for which item, and what an operator sees of it."""

from typing import Final

import pytest

from station.core.codes import CodeKind, UnitIdentity
from station.core.gs1.check_digit import other_levels
from station.core.policy import BrandPolicy, Lanes, PassOrHold, SitePolicy, effective_policy
from station.core.policy_keys import read_policy_text, versioned
from station.core.reasons import Reason, VerdictClass
from station.core.registry import BrandRecord, ProductRecord
from station.core.symbol import Symbol
from station.core.unit_code import element_string, mint
from station.core.wording import Language, words_for
from station.intake.policies import MAX_REMEMBERED, PolicyBook
from station.intake.presentations import SCANNER_WINDOW_NS, SECOND_READ_NS
from tests.fakes.intake import (
    FORGER,
    GTIN,
    SECOND_NS,
    Dock,
    genuine,
    registry,
    unsigned,
)
from tests.fakes.replacing import replace

BRAND: Final = BrandRecord(1, "acme", "Acme", BrandPolicy(unsigned=PassOrHold.HOLD))
PRODUCT: Final = ProductRecord(1, 1, GTIN, "Headphones", policy=BrandPolicy(uncoded_lane="lane 7"))
STRANGE: Final = "04006381333931"
"""A GTIN no brand enrolled."""

ACCEPT: Final = (VerdictClass.ACCEPT, Reason.OK)
WRONG_SYMBOL: Final = (VerdictClass.RESCAN, Reason.WRONG_SYMBOL)
NOTED: Final = (VerdictClass.ACCEPT_NOTE, Reason.GTIN_NOT_ENROLLED)
HELD: Final = (VerdictClass.HOLD, Reason.GTIN_NOT_ENROLLED)
AGAIN_S: Final = SCANNER_WINDOW_NS / SECOND_NS + 0.001
TOO_LATE_S: Final = SECOND_READ_NS / SECOND_NS + 0.001


class TestBook:
    def test_every_item_has_a_policy_that_its_version_brings_back(self) -> None:
        site = SitePolicy(lanes=Lanes(quarantine="Q-3"))
        book = PolicyBook(site)
        for brand, product in ((None, None), (BRAND, PRODUCT), (None, PRODUCT), (BRAND, None)):
            policy = book.of(brand, product)
            text = book.text(policy.version)
            assert text is not None
            assert read_policy_text(text) == policy
        expected = versioned(effective_policy(site, BRAND.policy, PRODUCT.policy))
        assert book.of(BRAND, PRODUCT) == expected
        assert book.of(BRAND, None) == versioned(site), "of no product there is nothing to ask"

    def test_a_policy_is_merged_once(self) -> None:
        book = PolicyBook(SitePolicy())
        other = replace(PRODUCT, product_id=2, gtin="09506000134369")
        assert book.of(BRAND, PRODUCT) is book.of(BRAND, other)
        unasked = replace(PRODUCT, policy=BrandPolicy())
        assert book.of(None, unasked) is book.of(None, None)

    def test_what_it_never_gave_it_does_not_know(self) -> None:
        assert PolicyBook(SitePolicy()).text("default") is None

    def test_it_forgets_merging_and_not_what_is_in_force(self) -> None:
        book = PolicyBook(SitePolicy())
        for number in range(MAX_REMEMBERED + 2):
            wish = BrandPolicy(amber_hours=float(number + 1))
            policy = book.of(None, replace(PRODUCT, policy=wish))
            assert policy.amber_hours == min(72, number + 1)
        assert book.of(None, None).amber_hours == 72
        assert book.text(book.of(None, None).version) is not None


def at_dock(brand: BrandPolicy = BrandPolicy(), product: BrandPolicy = BrandPolicy()) -> Dock:  # noqa: B008 - frozen
    """A dock whose registry asks for something."""
    known = registry("A1")
    known.brand_records = [replace(known.brand_records[0], policy=brand)]
    accepted = frozenset({CodeKind.UC1, CodeKind.SGTIN})
    known.product_records = [
        replace(known.product_records[0], policy=product, accepted_kinds=accepted)
    ]
    return Dock(known)


def ean(dock: Dock, gtin: str) -> None:
    """A scanner reads the product's retail symbol."""
    dock.scan(gtin[1:].encode("ascii"), identifier="]E0")


class TestJudging:
    def test_a_brands_wish_counts_for_its_products_and_names_the_policy(self) -> None:
        dock = at_dock(brand=BrandPolicy(unsigned=PassOrHold.HOLD))
        dock.scan(unsigned("A1"))
        dock.scan(genuine("A1"))
        ean(dock, STRANGE)

        assert dock.run() == [(VerdictClass.HOLD, Reason.SIGNATURE_MISSING), ACCEPT, WRONG_SYMBOL]
        held, accepted, strange = dock.told.verdicts
        assert held.policy_version == accepted.policy_version
        assert strange.policy_version == versioned(SitePolicy()).version
        assert strange.policy_version != held.policy_version

    def test_a_products_wish_goes_before_its_brands(self) -> None:
        dock = at_dock(
            BrandPolicy(unsigned=PassOrHold.HOLD), BrandPolicy(unsigned=PassOrHold.PASSES)
        )
        dock.scan(unsigned("A1"))
        assert dock.run() == [ACCEPT]

    def test_a_form_no_longer_accepted_is_a_note_until_the_brand_insists(self) -> None:
        asked = BrandPolicy(accepts=frozenset({CodeKind.UC1}), enforce_from="2026-01-02")
        dock = at_dock(product=asked)
        dock.scan(unsigned("A1"))
        dock.run()
        dock.clock.utc = "2026-01-02T00:00:00.000Z"
        for _ in range(2):
            dock.wait(AGAIN_S)
            dock.scan(unsigned("A2"))
        assert dock.run() == [
            (VerdictClass.ACCEPT_NOTE, Reason.SIGNATURE_MISSING),
            (VerdictClass.RESCAN, Reason.SIGNATURE_MISSING),
            (VerdictClass.QUARANTINE, Reason.SIGNATURE_MISSING),
        ]

    def test_a_shorter_tier_counts_for_that_product_alone(self) -> None:
        dock = at_dock(
            product=BrandPolicy(fresh_hours=0.5, amber_hours=0.75, stale=PassOrHold.HOLD)
        )
        dock.scan(genuine("A1"))
        ean(dock, STRANGE)
        assert dock.run() == [(VerdictClass.HOLD, Reason.REGISTRY_STALE), WRONG_SYMBOL]
        assert dock.told.verdicts[1].verdict.modifiers == ()

    @pytest.mark.parametrize(("gtin", "lane"), [(GTIN, "lane 7"), (STRANGE, ""), (None, "")])
    def test_an_uncoded_unit_goes_to_its_products_lane(self, gtin: str | None, lane: str) -> None:
        dock = at_dock(product=BrandPolicy(uncoded_lane="lane 7"))
        dock.declare(Reason.NO_CODE, gtin)

        assert dock.run() == [(VerdictClass.QUARANTINE, Reason.NO_CODE)]
        (entry,) = dock.told.verdicts
        assert entry.verdict.lane == lane
        action = words_for(entry.verdict, Language.ENGLISH).next_action
        assert action == f"Put it in {lane or 'the policy lane'}"


class TestProductsNobodyEnrolled:
    def test_an_ean_is_asked_for_twice_then_the_sites_policy_counts(self) -> None:
        dock = at_dock()
        for _ in range(2):
            ean(dock, STRANGE)
            dock.wait(AGAIN_S)
        assert dock.run() == [WRONG_SYMBOL, NOTED]
        assert dock.told.verdicts[1].gtin == STRANGE

    def test_two_reads_at_once_are_one(self) -> None:
        dock = at_dock()
        ean(dock, STRANGE)
        ean(dock, STRANGE)
        assert dock.run() == [WRONG_SYMBOL, WRONG_SYMBOL]

    def test_the_next_units_of_the_product_are_read_once(self) -> None:
        dock = at_dock()
        for _ in range(4):
            ean(dock, STRANGE)
            dock.scan(genuine("A1"))
            dock.wait(AGAIN_S)
        assert dock.run()[::2] == [WRONG_SYMBOL, NOTED, NOTED, NOTED]

    def test_after_a_while_it_is_asked_for_again(self) -> None:
        dock = at_dock()
        for pause in (AGAIN_S, TOO_LATE_S, 0):
            ean(dock, STRANGE)
            dock.wait(pause)
        assert dock.run() == [WRONG_SYMBOL, NOTED, WRONG_SYMBOL]

    def test_the_ean_of_an_enrolled_product_is_never_enough(self) -> None:
        dock = at_dock()
        for _ in range(3):
            ean(dock, GTIN)
            dock.wait(AGAIN_S)
        assert dock.run() == [WRONG_SYMBOL] * 3

    def test_in_the_time_of_grace_it_is_asked_for_twice_each_time(self) -> None:
        """A unit of it may well carry a unit code: the operator is to look for it."""
        dock = at_dock(product=BrandPolicy(enforce_from="2027-01-01"))
        for _ in range(4):
            ean(dock, GTIN)
            dock.wait(AGAIN_S)
        noted = (VerdictClass.ACCEPT_NOTE, Reason.FORMAT_NOT_ACCEPTED)
        assert dock.run() == [WRONG_SYMBOL, noted, WRONG_SYMBOL, noted]

    def test_a_cases_symbol_is_never_the_units(self) -> None:
        case = next(level for level in other_levels(STRANGE) if level[0] == "1")
        dock = at_dock()
        for _ in range(2):
            dock.scan(case.encode("ascii"), identifier="]I1")
            dock.wait(AGAIN_S)
        assert dock.run() == [WRONG_SYMBOL, WRONG_SYMBOL]

    def test_a_products_own_symbol_speaks_before_others_of_the_carton(self) -> None:
        case = next(level for level in other_levels(STRANGE) if level[0] == "1")
        dock = at_dock()
        for number in range(2):
            dock.picture(
                Symbol(b"https://example.com/offer", "]Q1"),
                Symbol(case.encode("ascii"), "]I1"),
                Symbol(STRANGE[1:].encode("ascii"), "]E0"),
                name=f"{number}.png",
            )
        assert dock.run() == [WRONG_SYMBOL, NOTED]

    @pytest.mark.parametrize("level", other_levels(GTIN))
    def test_another_level_of_an_enrolled_product_is_held(self, level: str) -> None:
        dock = at_dock()
        dock.scan(element_string(UnitIdentity(level, "A1"), None))
        assert dock.run() == [HELD]

    def test_a_unit_code_of_a_product_nobody_enrolled_is_held(self) -> None:
        dock = at_dock()
        identity = UnitIdentity(STRANGE, "A1")
        dock.scan(element_string(identity, mint(identity, 1, FORGER)))
        dock.scan(element_string(identity, None))
        assert dock.run() == [HELD, NOTED]
