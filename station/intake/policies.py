"""Which policy counts for which item, and what each of them says.

Policies are merged once for each pair of brand's and product's wishes, not once a scan. What was
used is remembered by its version until the journal keeps it. One thread decides, another commits:
`of` is the verdict loop's, `text` is anybody's.
"""

from typing import Final

from station.core.policy import NOTHING_ASKED, BrandPolicy, SitePolicy, effective_policy
from station.core.policy_keys import policy_text, versioned
from station.core.registry import BrandRecord, ProductRecord

MAX_REMEMBERED: Final = 4096
"""Merged policies kept ready; far more than a registry's brands have wishes."""


class PolicyBook:
    """A site's policy and what becomes of it for the products of a registry.

    Args:
        site: The site's own.
    """

    def __init__(self, site: SitePolicy) -> None:
        self.site: Final = site
        self._merged: dict[tuple[BrandPolicy, BrandPolicy], SitePolicy] = {}
        self._texts: dict[str, str] = {}
        self._plain = self._merge(NOTHING_ASKED, NOTHING_ASKED)

    def of(self, brand: BrandRecord | None, product: ProductRecord | None) -> SitePolicy:
        """The policy of an item of that product; of anything where there is none."""
        if product is None:
            return self._plain
        wishes = (NOTHING_ASKED if brand is None else brand.policy, product.policy)
        if wishes == (NOTHING_ASKED, NOTHING_ASKED):
            return self._plain
        found = self._merged.get(wishes)
        return self._merge(*wishes) if found is None else found

    def text(self, version: str) -> str | None:
        """The content of a policy that `of` has given, or None for any other."""
        return self._texts.get(version)

    def _merge(self, brand: BrandPolicy, product: BrandPolicy) -> SitePolicy:
        policy = versioned(effective_policy(self.site, brand, product))
        if len(self._merged) >= MAX_REMEMBERED:
            self._merged.clear()
        self._merged[brand, product] = policy
        self._texts[policy.version] = policy_text(policy)
        return policy
