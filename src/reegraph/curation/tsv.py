"""Curated tables: tab-separated UTF-8 text without quotes, in one canonical form."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reegraph.errors import CurationError, Problem

Row = tuple[int, dict[str, str]]  # the line it stands on, counted from 1, and its cells by column
SAVE_AS = "Save it as UTF-8 text, tab-separated, without quotes."
_WRAPPED = re.compile(r'"(?:[^"]|"")*"')  # not `"A" and "B"`, whose inner quotes are not doubled


def read(path: Path, columns: Sequence[str], place: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a table and what is wrong with its form.

    `place` is how the file is called in messages. A file with a wrong header gives no rows.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return [], [Problem(f"{place}:1", f"byte {error.start} is not UTF-8.", SAVE_AS)]
    problems = list(_form_problems(text, place))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    header = lines[0].split("\t")
    if header != list(columns):
        remedy = f"It must read: {' '.join(columns)} (tab-separated)."
        return [], [*problems, Problem(f"{place}:1", _header_fault(header, columns), remedy)]
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(columns):
            what = f"{len(cells)} cells where the header has {len(columns)}."
            problems.append(Problem(f"{place}:{number}", what, "Add or take out tabs."))
            continue
        problems += _cell_problems(cells, columns, f"{place}:{number}")
        rows.append((number, dict(zip(columns, cells, strict=True))))
    return rows, problems


def text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The canonical text of a table: cells trimmed, NFC, inner white space single, LF line ends."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(canonical(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def canonical(cell: str) -> str:
    """A cell as `reegraph fmt` writes it.

    >>> canonical("  rare  earths ")
    'rare earths'
    """
    return " ".join(unicodedata.normalize("NFC", cell).split())


def is_number(cell: str) -> bool:
    """True for digits 0 to 9 only; str.isdigit also takes ² and １."""
    return cell.isascii() and cell.isdigit()


def note_faults(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong, and the remedy, where a row has its note in one language only."""
    for filled, empty in (("note_en", "note_zh"), ("note_zh", "note_en")):
        if row[filled] and not row[empty]:
            yield f"{empty} is empty, but {filled} is not.", "Say it in English and Traditional Chinese."


def write(path: Path, content: str) -> None:
    """Put `content` in place of the file at once, so that no reader meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content.encode())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def stop_on(problems: Sequence[Problem]) -> None:
    """Raise CurationError when there are problems."""
    if problems:
        raise CurationError(problems)


def _form_problems(content: str, place: str) -> Iterator[Problem]:
    if content.startswith("\ufeff"):
        yield Problem(f"{place}:1", "the file starts with a byte order mark.", "Run `reegraph fmt`.")
    if "\r" in content:
        line = content.count("\n", 0, content.index("\r")) + 1
        yield Problem(f"{place}:{line}", "the line ends in CR (a spreadsheet's way).", "Run `reegraph fmt`.")
    if content and not content.endswith("\n"):
        yield Problem(
            f"{place}:{content.count(chr(10)) + 1}", "the last line has no end.", "Run `reegraph fmt`."
        )


def _header_fault(header: Sequence[str], columns: Sequence[str]) -> str:
    missing = [c for c in columns if c not in header]
    if len(missing) == len(columns):
        return "the header is missing."
    unread = [c for c in header if c not in columns]
    parts = [f"lacks {', '.join(missing)}"] if missing else []
    parts += [f"has columns that nobody reads: {', '.join(unread)}"] if unread else []
    return f"the header {' and '.join(parts) or 'is in another order'}."


def _cell_problems(cells: Sequence[str], columns: Sequence[str], where: str) -> Iterator[Problem]:
    for name, cell in zip(columns, cells, strict=True):
        if _WRAPPED.fullmatch(cell):
            yield Problem(where, f"{name} is wrapped in double quotes (a spreadsheet's way).", SAVE_AS)
        elif any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} for c in cell):
            yield Problem(where, f"{name} holds a character that cannot be seen.", "Type the cell again.")
        elif cell != canonical(cell):
            yield Problem(where, f"{name} has needless white space or is not NFC.", "Run `reegraph fmt`.")


def loose_lines(content: str) -> list[str]:
    """The lines of a table however a spreadsheet saved it: byte order mark, CR and cell quotes taken off."""
    plain = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = ("\t".join(_unquoted(c) for c in line.split("\t")) for line in plain.split("\n"))
    return [line for line in lines if line.strip()]


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    while _WRAPPED.fullmatch(cell):
        cell = cell[1:-1].replace('""', '"').strip()
    return cell
