#!/usr/bin/env python3
"""Write docs/reference/policy.md from the table of a policy's keys.

scripts/make_policy_docs.py            write the page
scripts/make_policy_docs.py --check    exit 1 when the page differs from the table
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.generated_pages import write_or_check  # noqa: E402
from station.core.policy import ALWAYS, FORMS, NEVER, Issuance, SitePolicy  # noqa: E402
from station.core.policy_keys import KEYS, Level, PolicyKey, PolicyValue, plain_policy  # noqa: E402

PAGE: Final = Path("docs", "reference", "policy.md")

_HEAD: Final = """\
<!-- Made by scripts/make_policy_docs.py; change station/core/policy_keys.py, not this page. -->

# Policy

Where the rules leave a choice, it is made by data on three levels.

| level | written | travels |
| --- | --- | --- |
| site | `[policy]` in `station.toml` | stays there; `station policy check FILE` checks one first |
| brand | `station brand policy SLUG KEY=VALUE…` | in the signed publication |
| product | `station product policy GTIN KEY=VALUE…` | the same |

A product's word goes before its brand's. Of that and the site's the **stricter** counts: a site may
tighten what a brand asks, and no brand loosens what a site demands. Each list of choices below
begins with the milder one; fewer forms, fewer hours and an earlier day are stricter. Of two names
for a lane the site's counts, which has to find it.

An unknown key, one that the level may not set, and a wrong value are refused with the key, what it
takes and the nearest valid key. `station policy show` prints what counts, with `--gtin GTIN` for a
product.

## Keys

| key | who | takes | default | means |
| --- | --- | --- | --- | --- |
"""

_TAIL: Final = """
## Versions

What counts for an item is named by the first 16 hex digits of the SHA-256 over its content: all
keys, sorted, as compact ASCII JSON. Each verdict names it (`policy_version`), and the station
database keeps every policy that a verdict was made with, so that it can be decided again with the
very same one.

A station of a release that does not know a key refuses the publication that asks for it, and keeps
the registry it has.
"""


def page() -> str:
    """The whole page."""
    defaults = plain_policy(SitePolicy()) | {"issuance": Issuance.LISTED.value}
    return _HEAD + "".join(_row(key, defaults[key.name]) for key in KEYS.values()) + _TAIL


def _row(key: PolicyKey, default: PolicyValue) -> str:
    who = ", ".join(level.value for level in Level if level in key.levels)
    return f"| `{key.name}` | {who} | {key.takes} | {_default(default)} | {key.meaning} |\n"


def _default(value: PolicyValue) -> str:
    match value:
        case str():
            return "" if value in {ALWAYS, NEVER} else f"`{value}`"
        case float():
            return f"{value:g}"
        case _:
            return "all" if len(value) == len(FORMS) else " ".join(value)


def main(arguments: list[str]) -> int:
    """Write or check the page; the exit code."""
    return write_or_check(ROOT / PAGE, page(), arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
