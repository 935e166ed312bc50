"""What the fields of a publication's documents may hold: each a bounded, exact form.

Source: docs/reference/registry-distribution.md.
"""

from typing import Annotated

import msgspec

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z")]
Gtin = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{14}\Z")]
Number = Annotated[int, msgspec.Meta(ge=1, le=0x7FFF_FFFF)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
SiteTag = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Moment = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z\Z"
    ),
]
Day = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?\Z")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
