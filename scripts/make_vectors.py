"""Write the test vectors of tests/vectors, always the same bytes.

The vectors state what must come out; nothing of the station is imported to make them. A test
holds the committed files to this program's output.

    python scripts/make_vectors.py           write the files
    python scripts/make_vectors.py --check   say which files differ, exit code 1
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.vector_sources.digital_links import digital_links  # noqa: E402
from scripts.vector_sources.element_strings import element_strings  # noqa: E402
from scripts.vector_sources.other_symbols import other_symbols  # noqa: E402
from scripts.vector_sources.signatures import public_keys, signatures  # noqa: E402

VECTORS = ROOT / "tests" / "vectors"


def vector_files() -> dict[str, str]:
    """The text of every file by its name."""
    sources = [element_strings(), digital_links(), other_symbols(), signatures(), public_keys()]
    return {
        source.name: json.dumps(source.content(), indent=1, ensure_ascii=True) + "\n"
        for source in sources
    }


def differing() -> list[str]:
    """Names of files that are missing, stale or nobody's."""
    wanted = vector_files()
    present = {path.name: path.read_text("ascii") for path in VECTORS.glob("*.json")}
    return sorted(
        name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name)
    )


def main() -> int:
    """Write or check the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    if parser.parse_args().check:
        names = differing()
        for name in names:
            print(f"tests/vectors/{name} differs: run scripts/make_vectors.py", file=sys.stderr)
        return 1 if names else 0
    VECTORS.mkdir(parents=True, exist_ok=True)
    for name, text in vector_files().items():
        (VECTORS / name).write_text(text, "ascii")
        print(f"tests/vectors/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
