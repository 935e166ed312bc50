"""The pages as data: fenced blocks with what the source says of each in HTML comments.

Commands stand in ``sh`` blocks, or behind ``$ `` in ``console`` blocks, where lines without it are
what they print. ``…`` in shown output stands for any characters in a line; a line of nothing else
stands for any lines. Values that no page can know, or no test needs so large, stand in `STAND_INS`.

Comments the tests know, each on a line of its own above the block it is about:

* ``<!-- not run: REASON -->``: these commands need what a test has not; REASON is one of
  `NOT_RUN_REASONS`, and the test counts such blocks for each page.
* ``<!-- exits: 1 -->``: the one command of the block that does not return 0 returns this.
* ``<!-- output -->``: this text is what the block before prints.
* ``<!-- start: site -->``, anywhere: the page begins with what `tests.docs.starts` makes under that
  name; otherwise with an empty folder.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

PAGES: Final = tuple(
    sorted(
        path.relative_to(ROOT)
        for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        if path.is_file()
    )
)
"""Every page, relative to the checkout."""

RUN_PAGES: Final = tuple(
    page
    for page in PAGES
    if page.parts[:2] in {("README.md",), ("docs", "tutorials"), ("docs", "how-to")}
)
"""Pages whose commands are run."""

NOT_RUN_REASONS: Final = frozenset({"hardware", "terminal", "network", "rights", "other tests"})

STAND_INS: Final = {
    "K7QZ4M2XW9TRB": "$(station codes list --format csv | sed -n 2p | cut -d, -f2)",
    "0" * 64: "$(sha256sum published/metadata/1.root.json | cut -d' ' -f1)",
    "1" * 64: "$(sha256sum brand/publisher/root_history/1.root.json | cut -d' ' -f1)",
    "signing sign ": "signing sign --yes ",
    "--count 500": "--count 25",
    "--count 100": "--count 10",
}
"""What a page shows for a serial, fingerprints, a question and large orders: what a test uses."""

SHELL: Final = "sh"
CONSOLE: Final = "console"
LANGUAGES: Final = frozenset(
    {SHELL, CONSOLE, "text", "mermaid", "sql", "toml", "json", "csv", "python", "ini", "xml", ""}
)

_COMMENT: Final = re.compile(r"<!--\s*(.*?)\s*-->")
_FENCE: Final = re.compile(r"^( *)(```+)(\S*)\s*$")
_KNOWN: Final = ("not run", "exits", "output", "start")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        page: Relative to the checkout.
        line: Of the opening fence, from 1.
        language: The fence's info string.
        text: The lines between the fences.
        marks: What the comments right above say, by keyword.
    """

    page: Path
    line: int
    language: str
    text: str
    marks: dict[str, str]

    @property
    def name(self) -> str:
        """Page and line, for whoever mends it."""
        return f"{self.page}:{self.line}"

    @property
    def is_run(self) -> bool:
        """Whether a test runs it."""
        return self.language in {SHELL, CONSOLE} and "not run" not in self.marks

    @property
    def commands(self) -> str:
        """What is typed."""
        if self.language != CONSOLE:
            return self.text
        typed = [line for line in self.text.splitlines() if line.startswith("$ ")]
        return "\n".join(line.removeprefix("$ ") for line in typed)

    @property
    def shown(self) -> str:
        """What a ``console`` block shows of what its commands print."""
        if self.language != CONSOLE:
            return ""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith("$ "))


def text_of(page: Path) -> str:
    """A page's source."""
    return (ROOT / page).read_text("utf-8")


def start_of(page: Path) -> str:
    """The name of what the page begins with."""
    found = re.search(r"<!--\s*start:\s*(\S+)\s*-->", text_of(page))
    return found[1] if found else "empty"


def blocks_of(page: Path) -> list[Block]:
    """The page's fenced blocks in order.

    Raises:
        ValueError: A fence is never closed, or a comment is misspelled.
    """
    blocks: list[Block] = []
    marks: dict[str, str] = {}
    lines = iter(enumerate(text_of(page).splitlines(), 1))
    for number, line in lines:
        if fence := _FENCE.match(line):
            indent, ticks, language = fence.groups()
            taken: list[str] = []
            for _, inner in lines:
                if inner.strip() == ticks:
                    break
                taken.append(inner.removeprefix(indent))
            else:
                raise ValueError(f"{page}:{number}: this block has no end")
            blocks.append(Block(page, number, language, "\n".join(taken), marks))
            marks = {}
        elif comment := _COMMENT.fullmatch(line.strip()):
            marks |= _mark(comment[1], f"{page}:{number}")
        elif line.strip():
            marks = {}
    return blocks


def _mark(text: str, where: str) -> dict[str, str]:
    key, _, value = (part.strip() for part in text.partition(":"))
    if key in _KNOWN:
        return {key: value}
    if any(key.lower().replace("-", " ").startswith(known) for known in _KNOWN):
        raise ValueError(f"{where}: comment {text!r} is none of {_KNOWN}")
    return {}


def without_blocks(page: Path) -> str:
    """The page's prose: everything outside fenced blocks."""
    return re.sub(r"^( *)(```+).*?^\1\2\s*$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """The names links may use after ``#``."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ +(.*)$", without_blocks(page), re.MULTILINE)
    }
