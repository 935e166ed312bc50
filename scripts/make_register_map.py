#!/usr/bin/env python3
"""Write the board's register map for C, Python and people, all from firmware/register_map.toml.

scripts/make_register_map.py            write the header, the module and the page
scripts/make_register_map.py --check    exit 1 when one of them differs from the map
"""

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
FIRMWARE: Final = Path("firmware_bridge", "firmware")
MAP: Final = FIRMWARE / "register_map.toml"
HEADER: Final = FIRMWARE / "register_map.h"
MODULE: Final = Path("firmware_bridge", "outputs", "board_map.py")
PAGE: Final = Path("docs", "reference", "board-registers.md")

_MADE: Final = "Made by scripts/make_register_map.py from firmware/register_map.toml: change that."


@dataclass(frozen=True, slots=True)
class Table:
    """One of Modbus's four tables.

    Attributes:
        key: Its name in the map.
        prefix: Of its names in C.
        heading: On the page.
        functions: Modbus function codes that reach it.
    """

    key: str
    prefix: str
    heading: str
    functions: str


TABLES: Final = (
    Table("coil", "COIL", "Coils", "read 01, write 05 and 15"),
    Table("discrete_input", "DISCRETE", "Discrete inputs", "read 02"),
    Table("holding_register", "HOLDING", "Holding registers", "read 03, write 06 and 16"),
    Table("input_register", "INPUT", "Input registers", "read 04"),
)


def header(board_map: dict[str, Any]) -> str:
    """The C header."""
    board = board_map["board"]
    lines = [
        f"/* {_MADE} */",
        "#ifndef REGISTER_MAP_H",
        "#define REGISTER_MAP_H",
        "",
        f"#define BOARD_UNIT {board['unit']}",
        f"#define BOARD_BAUD {board['baud']}UL",
        f"#define BOARD_MAGIC 0x{board['magic']:04X}",
        f"#define BOARD_VERSION {board['version']}",
        f"#define ARM_WORD 0x{board['arm_word']:04X}",
        f"#define SILENCE_MS {board['silence_ms']}",
        f"#define BLINK_HALF_MS {board['blink_half_ms']}",
    ]
    for table in TABLES:
        rows = board_map[table.key]
        lines += ["", "enum {"]
        lines += [f"    {table.prefix}_{row['name'].upper()} = {n}," for n, row in enumerate(rows)]
        lines += [f"    {table.key.upper()}_COUNT = {len(rows)}", "};"]
    lines.append("")
    for row in board_map["holding_register"]:
        name = row["name"].upper()
        lines += [
            f"#define {limit.upper()}_{name} {row[limit]}u" for limit in ("min", "max", "default")
        ]
    return "\n".join([*lines, "", "#endif", ""])


def module(board_map: dict[str, Any]) -> str:
    """The Python module."""
    board = board_map["board"]
    lines = [
        f'"""The board\'s register map.\n\n{_MADE}\n"""',
        "",
        "from enum import IntEnum",
        "from typing import Final",
        "",
        f"UNIT: Final = {board['unit']}",
        f"BAUD: Final = {board['baud']}",
        f"MAGIC: Final = 0x{board['magic']:04X}",
        f"VERSION: Final = {board['version']}",
        f"ARM_WORD: Final = 0x{board['arm_word']:04X}",
        f"WATCHDOG_MS: Final = {board['watchdog_ms']}",
        f"SILENCE_MS: Final = {board['silence_ms']}",
    ]
    for row in board_map["holding_register"]:
        if row["name"].endswith("_ms"):
            name = row["name"].upper()
            lines += [
                f"MIN_{name}: Final = {row['min']}",
                f"MAX_{name}: Final = {row['max']}",
                f"DEFAULT_{name}: Final = {row['default']}",
            ]
    for table in TABLES:
        title = "".join(part.capitalize() for part in table.key.split("_"))
        lines += ["", "", f"class {title}(IntEnum):", f'    """{table.heading}."""', ""]
        lines += [f"    {row['name'].upper()} = {n}" for n, row in enumerate(board_map[table.key])]
    return "\n".join([*lines, ""])


def page(board_map: dict[str, Any]) -> str:
    """The reference page."""
    board = board_map["board"]
    head = (
        f"<!-- {_MADE} -->\n\n# The board's registers\n\n"
        f"Modbus RTU, unit {board['unit']}, {board['baud']} baud, 8 data bits, no parity, 1 stop "
        f"bit. Addresses count from 0. Function codes 01 to 06, 15 and 16; anything else is "
        f"answered with exception 01. Broadcasts are ignored: nobody could be told the outcome.\n\n"
        f"A frame ends by its length and CRC; a frame that is not whole ends after "
        f"{board['silence_ms']} ms of silence. A write of several coils or registers is done whole "
        f"or refused whole. Exceptions: 02 no such address, 03 a value out of range, 04 not now "
        f"(a coil while not armed, `timeout_ms` while armed).\n\n"
        f"Not armed, the gate stands at quarantine, amber, green and buzzer are off, and red "
        f"blinks. The hardware watchdog resets a hanging program after {board['watchdog_ms']} ms.\n"
    )
    parts = [head]
    for table in TABLES:
        rows = board_map[table.key]
        limits = table.key == "holding_register"
        pins = any("pin" in row for row in rows)
        columns = ["address", "name"]
        columns += ["pin"] if pins else []
        columns += ["range", "at start"] if limits else []
        columns.append("means")
        lines = [f"\n## {table.heading}\n", f"Function codes: {table.functions}.\n"]
        lines += [_cells(columns), _cells(["---"] * len(columns))]
        for number, row in enumerate(rows):
            cells = [str(number), f"`{row['name']}`"]
            cells += [row.get("pin", "–")] if pins else []
            cells += [f"{row['min']}–{row['max']}", str(row["default"])] if limits else []
            lines.append(_cells([*cells, row["text"]]))
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)


def _cells(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def outputs() -> dict[Path, str]:
    """Every file that is made, with what it must hold."""
    board_map = tomllib.loads((ROOT / MAP).read_text("utf-8"))
    return {HEADER: header(board_map), MODULE: module(board_map), PAGE: page(board_map)}


def main(arguments: list[str]) -> int:
    """Write or check the files; the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    code = 0
    for path, text in outputs().items():
        target = ROOT / path
        if not arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        elif not target.is_file() or target.read_text("utf-8") != text:
            print(f"{path} differs from the map: run scripts/make_register_map.py", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
