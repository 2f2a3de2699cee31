"""The one type of answer: a table whose columns know what they hold and whose things know their names."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

from reegraph.errors import UsageError
from reegraph.sentence import Sentence
from reegraph.wording import code, heading, separated, spoken, unit

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table as RichTable

Lang = Literal["en", "zh-Hant"]
LANGS: Final[tuple[Lang, ...]] = ("en", "zh-Hant")
FORMATS: Final = ("table", "csv", "tsv", "json", "md", "xlsx")
COLUMN_TYPES: Final = ("thing", "things", "claims", "texts", "text", "sentence", "number", "date", "boolean")
SHOWN: Final = 60  # rows of a table that is printed
BOM: Final = "\ufeff"  # before CSV that a person opens: without it Excel reads it in the system's code page
LIST_TYPES: Final = frozenset({"things", "claims", "texts"})


@dataclass(frozen=True, order=True)
class Thing:
    """Something the graph names: its short id and its names in English and Traditional Chinese."""

    id: str
    en: str = ""
    zh: str = ""

    def label(self, lang: Lang = "en") -> str:
        """Its name in `lang`, else in the other language, else the id."""
        return (self.zh or self.en or self.id) if lang == "zh-Hant" else (self.en or self.zh or self.id)


Cell = None | str | int | Decimal | bool | date | Thing | tuple["Thing | str", ...]


@dataclass(frozen=True)
class Column:
    """A column: `type` is one of COLUMN_TYPES, `unit` a bare unit code (percent, t) or empty."""

    name: str
    type: str = "text"
    unit: str = ""
    en: str = ""
    zh: str = ""

    def heading(self, lang: Lang = "en") -> str:
        """The name, with its unit in brackets; in Chinese in words, but for variables of typed queries."""
        if lang == "zh-Hant" and self.zh:
            return self.words(lang)
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def words(self, lang: Lang) -> str:
        """Its name in a word where it has one, else what it holds up to the first colon or aside."""
        whole = (self.zh if lang == "zh-Hant" else self.en) or self.name
        short = "" if self.type == "number" else heading(lang, self.name)
        short = short or re.split(r"[;；:：(（]|, where|, as the", whole)[0].strip() or whole
        return f"{short} ({unit(lang, self.unit)})" if self.unit and self.unit != "count" else short


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of cells under typed columns. Iterating gives one dict a row, as `records` does; print draws it.

    >>> t = Table((Column("on", "thing"),), ((Thing("country:CN", "China", "中國"),),))
    >>> print(t.to_csv(), end="")
    on,on_label
    country:CN,China
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    title_zh: str = ""
    notes: tuple[str, ...] = field(default=())
    notes_zh: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.records())

    def __repr__(self) -> str:
        from rich.console import Console

        shown = replace(self, rows=self.rows[:SHOWN])
        width = shutil.get_terminal_size((200, 24)).columns
        console = Console(width=width, file=io.StringIO(), color_system=None)
        with console.capture() as drawn:
            console.print(shown.to_rich())
        text = drawn.get() if shown.narrowest() <= width else shown.to_blocks()
        return f"{text.rstrip()}\n{len(self)} rows" + (f", of which {SHOWN} shown" * (len(self) > SHOWN))

    def heading(self, lang: Lang = "en") -> str:
        """Its title in `lang`, else in English."""
        return (self.title_zh or self.title) if lang == "zh-Hant" else self.title

    def remarks(self, lang: Lang = "en") -> tuple[str, ...]:
        """What to know when reading it, in `lang`, else in English."""
        return (self.notes_zh or self.notes) if lang == "zh-Hant" else self.notes

    def column(self, name: str) -> list[Cell]:
        """One column's cells, top to bottom; UsageError when there is no such column."""
        names = [c.name for c in self.columns]
        if name not in names:
            raise UsageError(f"no column {name!r}; there are: {', '.join(names)}")
        place = names.index(name)
        return [row[place] for row in self.rows]

    def cells(self) -> list[dict[str, Cell]]:
        """Rows as dicts of cells: things with their names, decimals, lists."""
        names = [c.name for c in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def records(self, lang: Lang = "en") -> list[dict[str, Any]]:
        """Rows as dicts of JSON values; a thing is its id with its name under ``<column>_label``."""
        return [self._record(row, lang) for row in self.rows]

    def to_json(self, lang: Lang = "en") -> str:
        """A JSON array of objects, one a row."""
        return json.dumps(self.records(lang), ensure_ascii=False, indent=2) + "\n"

    def to_csv(self, lang: Lang = "en", delimiter: str = ",") -> str:
        """Comma- or tab-separated text with a header line; lists are joined by ``; ``."""
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise UsageError(f"delimiter {delimiter!r}: one character is wanted, but no quote or end of line")
        rows = ([_plain(v) for v in row] for row in self._flat_rows(lang))
        return "".join(_csv_line(cells, delimiter) for cells in (self._flat_header(), *rows))

    def to_markdown(self, lang: Lang = "en") -> str:
        """A Markdown pipe table of names rather than ids."""
        lines = ["| " + " | ".join(c.heading(lang) for c in self.columns) + " |"]
        lines.append("|" + "|".join(" ---: " if c.type == "number" else " --- " for c in self.columns) + "|")
        for row in self.rows:
            cells = (cell_text(v, lang).replace("|", "\\|").replace("\n", " ") for v in row)
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"

    def to_xlsx(self, path: Path | str | BinaryIO, lang: Lang = "en") -> None:
        """Write a workbook of one sheet; numbers stay numbers, things get a second column of names."""
        from openpyxl import Workbook  # a spreadsheet is rarely asked for

        book = Workbook()
        sheet = book.active
        assert sheet is not None  # a new workbook has a sheet
        sheet.title = "reegraph"
        sheet.append(self._flat_header())
        for row in self._flat_rows(lang):
            sheet.append([_sheet_value(v) for v in row])
        sheet.freeze_panes = "A2"
        try:
            book.save(path)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error

    def to_pandas(self, lang: Lang = "en") -> pd.DataFrame:
        """A pandas DataFrame: ids as text, numbers as floats, lists as Python lists.

        A column in which a number is none (`"abc"^^xsd:integer`) stays as it is.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise UsageError("pandas is not installed: pip install 'reegraph[pandas]'") from error
        frame = pd.DataFrame(self.records(lang), columns=self._flat_header())
        numbers = {c.name for c in self.columns if c.type == "number"}
        texts = {name for name in numbers if frame[name].map(lambda v: isinstance(v, str)).any()}
        return frame.astype(dict.fromkeys(sorted(numbers - texts), "float64"))

    def to_rich(self, lang: Lang = "en") -> RichTable:
        """A rich table for a terminal; ids, numbers and single words stay in one piece."""
        from rich import box
        from rich.table import Table as RichTable
        from rich.text import Text

        out = RichTable(
            box=box.SIMPLE_HEAD, title=self.heading(lang) or None, title_justify="left", pad_edge=False
        )
        for c, texts in zip(self.columns, self._shown(lang), strict=True):
            out.add_column(
                c.heading(lang),
                justify="right" if c.type == "number" else "left",
                overflow="fold",
                no_wrap=max(map(_unbroken, texts)) == max(map(_width, texts)),
            )
        for row in self.rows:
            out.add_row(*(Text(_clean(short_text(v, lang))) for v in row))  # Text: no markup, no emoji codes
        return out

    def narrowest(self, lang: Lang = "en") -> int:
        """Characters a line that a terminal needs to show the table with no word broken."""
        return sum(max(map(_unbroken, texts)) + 3 for texts in self._shown(lang))

    def to_blocks(self, lang: Lang = "en") -> str:
        """One block of ``column: value`` lines a row, for terminals too narrow for the table."""
        names = [c.heading(lang) for c in self.columns]
        width = max(map(_width, names), default=0)
        names = [" " * (width - _width(name)) + name for name in names]
        blocks = []
        for row in self.rows:
            pairs = zip(names, (_clean(short_text(v, lang)) for v in row), strict=True)
            blocks.append("\n".join(f"{name}  {text}" for name, text in pairs if text))
        return "\n\n".join(blocks) + "\n" if blocks else ""

    def _repr_html_(self, lang: Lang = "en") -> str:
        head = "".join(f"<th>{html.escape(c.heading(lang))}</th>" for c in self.columns)
        body = "".join(
            "<tr>"
            + "".join(f"<td{_tooltip(v)}>{html.escape(cell_text(v, lang))}</td>" for v in row)
            + "</tr>"
            for row in self.rows
        )
        caption = f"<caption>{html.escape(self.heading(lang))}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __rich__(self) -> RichTable:
        return self.to_rich()

    def _shown(self, lang: Lang) -> list[list[str]]:
        """What a terminal shows of each column: its heading, then its cells."""
        return [
            [c.heading(lang), *(short_text(row[place], lang) for row in self.rows)]
            for place, c in enumerate(self.columns)
        ]

    def _record(self, row: Sequence[Cell], lang: Lang) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for column, value in zip(self.columns, row, strict=True):
            record[column.name] = value.label(lang) if isinstance(value, Sentence) else _json_value(value)
            if label := self._label_of(column):
                record[label] = value.label(lang) if isinstance(value, Thing) else None
        return record

    def _flat_header(self) -> list[str]:
        return [name for c in self.columns for name in (c.name, self._label_of(c)) if name]

    def _label_of(self, column: Column) -> str:
        """The column of a thing's names; none where it is no thing, or the query has one of that name."""
        label = f"{column.name}_label"
        return "" if column.type != "thing" or any(c.name == label for c in self.columns) else label

    def _flat_rows(self, lang: Lang) -> Iterator[list[Any]]:
        return (list(self._record(row, lang).values()) for row in self.rows)


def cell_text(value: Cell, lang: Lang = "en") -> str:
    """What a person reads in the cell: names for things, codes and figures in words, empty for none."""
    match value:
        case None:
            return ""
        case Thing():
            return value.id if value.id.startswith("claim:") else code(lang, value.label(lang))
        case str():
            return spoken(lang, value)
        case tuple():
            return _between(lang).join(cell_text(v, lang) for v in value)
        case bool():
            return {"en": ("no", "yes"), "zh-Hant": ("否", "是")}[lang][value]
        case Decimal():
            return separated(plain_number(value))
        case date():
            return value.isoformat()
        case _:
            return str(value)


def short_text(value: Cell, lang: Lang = "en") -> str:
    """As cell_text, but a list's things by the part of their id after the colon, which takes less room."""
    if isinstance(value, tuple):
        return _between(lang).join(
            v.id.partition(":")[2] if isinstance(v, Thing) else spoken(lang, v) for v in value
        )
    return cell_text(value, lang)


def _between(lang: Lang) -> str:
    return "；" if lang == "zh-Hant" else "; "


def plain_number(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros.

    >>> plain_number(Decimal("400000000")), plain_number(Decimal("69.20"))
    ('400000000', '69.2')
    """
    text = f"{value:f}" if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def things(values: Iterable[Thing | str]) -> tuple[Thing | str, ...]:
    """A list cell in its canonical order."""
    return tuple(sorted(values, key=lambda v: v.id if isinstance(v, Thing) else v))


def _json_value(value: Cell) -> Any:
    match value:
        case Thing():
            return value.id
        case tuple():
            return [_json_value(v) for v in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _csv_line(cells: list[str], delimiter: str) -> str:
    out = io.StringIO()
    # Before Python 3.13 a lone CR is put in quotes only where CR ends the lines.
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return out.getvalue().removesuffix("\r\n") + "\n"


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case list():
            return "; ".join(map(str, value))
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _sheet_value(value: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = "; ".join(map(str, value)) if isinstance(value, list) else value
    if isinstance(text, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", text)
    # A leading = would make the spreadsheet run the cell as a formula.
    return f"'{text}" if isinstance(text, str) and text.startswith(("=", "+", "-", "@")) else text


def _clean(text: str) -> str:
    """Text that cannot move the cursor."""
    return "".join(c for c in text if unicodedata.category(c) != "Cc" or c == "\n")


def _width(text: str) -> int:
    """How many characters wide a terminal shows a text; a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _unbroken(text: str) -> int:
    """The width of the longest part that a line cannot be broken in; Chinese breaks anywhere."""
    parts = re.split(r"\s|(?<=[⺀-￯])|(?=[⺀-￯])", text)
    return max(map(_width, parts))


def _tooltip(value: Cell) -> str:
    if isinstance(value, Thing):
        return f' title="{html.escape(value.id)}"'
    if isinstance(value, tuple):
        ids = [v.id if isinstance(v, Thing) else v for v in value]
        return f' title="{html.escape("; ".join(ids))}"'
    return ""
