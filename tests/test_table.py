"""Tables: each format says the same, and nothing in a cell can break it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from rich.console import Console

from reegraph.errors import UsageError
from reegraph.table import (
    COLUMN_TYPES,
    LIST_TYPES,
    Column,
    Table,
    Thing,
    cell_text,
    plain_number,
    short_text,
    things,
)

CHINA, JAPAN = Thing("country:CN", "China", "中國"), Thing("country:JP", "Japan", "日本")
TABLE = Table(
    columns=(
        Column("on", "thing"),
        Column("share", "number", "percent"),
        Column("claims", "claims"),
        Column("elements", "things"),
        Column("since", "date"),
        Column("stated", "boolean"),
        Column("note"),
    ),
    rows=(
        (
            CHINA,
            Decimal("69.20"),
            (Thing("claim:a-1", "One.", "一。"), Thing("claim:b-2", "Two.", "二。")),
            (Thing("element:Dy", "dysprosium", "鏑"), Thing("element:Tb", "terbium", "鋱")),
            date(2025, 4, 4),
            True,
            'a "quoted", cell',
        ),
        (JAPAN, Decimal("400000000"), (), (), None, False, None),
    ),
    title="Who depends",
    title_zh="誰依賴",
    notes=("Shares are of imports.",),
)


def test_csv_by_hand() -> None:
    """Ids with their names beside them, lists joined, numbers plain, nothing for none."""
    assert TABLE.to_csv() == (
        "on,on_label,share,claims,elements,since,stated,note\n"
        "country:CN,China,69.2,claim:a-1; claim:b-2,element:Dy; element:Tb,2025-04-04,true,"
        '"a ""quoted"", cell"\n'
        "country:JP,Japan,400000000,,,,false,\n"
    )
    assert TABLE.to_csv("zh-Hant", "\t").splitlines()[2] == "country:JP\t日本\t400000000\t\t\t\tfalse\t"


def test_json_by_hand() -> None:
    """JSON has ids, numbers, lists, truth values and null, and the name under <column>_label."""
    assert json.loads(TABLE.to_json("zh-Hant")) == [
        {
            "on": "country:CN",
            "on_label": "中國",
            "share": 69.2,
            "claims": ["claim:a-1", "claim:b-2"],
            "elements": ["element:Dy", "element:Tb"],
            "since": "2025-04-04",
            "stated": True,
            "note": 'a "quoted", cell',
        },
        {
            "on": "country:JP",
            "on_label": "日本",
            "share": 400000000,
            "claims": [],
            "elements": [],
            "since": None,
            "stated": False,
            "note": None,
        },
    ]


def test_iterating_gives_the_records() -> None:
    """A table counts its rows and is walked as dicts, one a row."""
    assert len(TABLE) == 2
    assert list(TABLE) == TABLE.records() == json.loads(TABLE.to_json())


def test_a_column() -> None:
    """A column's cells come top to bottom; one that is not there is told with those that are."""
    assert TABLE.column("on") == [CHINA, JAPAN]
    with pytest.raises(UsageError) as caught:
        TABLE.column("off")
    assert str(caught.value) == (
        "no column 'off'; there are: on, share, claims, elements, since, stated, note"
    )


def test_a_thing_column_may_lack_its_thing() -> None:
    """An empty cell of a thing column has neither id nor name."""
    assert Table((Column("on", "thing"),), ((None,),)).records() == [{"on": None, "on_label": None}]


@pytest.mark.parametrize(
    ("thing", "en", "zh"),
    [
        (CHINA, "China", "中國"),
        (Thing("x:y", "only", ""), "only", "only"),
        (Thing("x:y", "", "只有"), "只有", "只有"),
        (Thing("x:y"), "x:y", "x:y"),
    ],
)
def test_labels_fall_back(thing: Thing, en: str, zh: str) -> None:
    """A name that is missing in one language is taken from the other, else from the id."""
    assert (thing.label(), thing.label("zh-Hant")) == (en, zh)


@pytest.mark.parametrize(
    ("cell", "en", "zh"),
    [
        (None, "", ""),
        (CHINA, "China", "中國"),
        (Thing("claim:a-1", "One.", "一。"), "claim:a-1", "claim:a-1"),
        ((CHINA, "x"), "China; x", "中國；x"),
        (True, "yes", "是"),
        (False, "no", "否"),
        (Decimal("1.50"), "1.5", "1.5"),
        (date(2025, 4, 4), "2025-04-04", "2025-04-04"),
        (7, "7", "7"),
        ("text", "text", "text"),
        ("in-force", "in force", "有效"),
        ("85..90", "85–90", "85–90"),
        (Decimal("65000"), "65,000", "65,000"),
        (("198X", "2026/"), "1980s; from 2026", "1980 年代；2026 起"),
    ],
)
def test_cell_text(cell: object, en: str, zh: str) -> None:
    """What a person reads: names for things but ids for claims, codes, figures and times in words."""
    assert (cell_text(cell), cell_text(cell, "zh-Hant")) == (en, zh)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("400000000", "400000000"),
        ("4E+8", "400000000"),
        ("69.20", "69.2"),
        ("100", "100"),
        ("0.00", "0"),
        ("-0.0", "0"),
        ("1E-9", "0.000000001"),
        ("-15.50", "-15.5"),
    ],
)
def test_plain_number(number: str, text: str) -> None:
    """A number has no exponent, no needless nought and no negative nought."""
    assert plain_number(Decimal(number)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_plain_numbers_read_back(number: Decimal) -> None:
    """Written plainly, a number keeps its value."""
    assert Decimal(plain_number(number)) == number


def test_things_are_sorted_by_id() -> None:
    """A list cell has one order, whatever order it came in."""
    assert things([JAPAN, "country:FR", CHINA]) == (CHINA, "country:FR", JAPAN)


def test_list_types_are_column_types() -> None:
    """The types that hold lists are among those a column can have."""
    assert set(COLUMN_TYPES) > LIST_TYPES


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_numbers = st.decimals(-(10**9), 10**9, places=3)


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    cells = {
        "text": st.none() | _text,
        "number": st.none() | _numbers,
        "thing": st.builds(Thing, _text, _text, _text),
    }
    types = draw(st.lists(st.sampled_from(sorted(cells)), min_size=1, max_size=4))
    columns = tuple(Column(f"c{n}", type_) for n, type_ in enumerate(types))
    rows = draw(st.lists(st.tuples(*(cells[t] for t in types)), max_size=4))
    return Table(columns, tuple(rows))


@given(_tables(), st.sampled_from([",", "\t"]))
def test_csv_reads_back(table: Table, delimiter: str) -> None:
    """A CSV reader gets every cell as it was, whatever quotes, commas and line ends stand in it."""
    text = table.to_csv(delimiter=delimiter)
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    wanted = [list(record.values()) for record in table.records()]
    assert header == (list(table.records()[0]) if len(table) else header)
    assert rows == [["" if v is None else str(v) for v in row] for row in wanted]


@given(_tables())
def test_json_reads_back(table: Table) -> None:
    """A JSON reader gets the records."""
    assert json.loads(table.to_json()) == table.records()


def test_markdown_by_hand() -> None:
    """Names under headings with units, numbers to the right; a pipe or line end cannot break a row."""
    table = Table(
        (Column("on", "thing"), Column("share", "number", "percent")),
        ((CHINA, Decimal(70)), (Thing("x:y", "a|b\nc"), None)),
    )
    assert table.to_markdown() == "| on | share (percent) |\n| --- | ---: |\n| China | 70 |\n| a\\|b c |  |\n"


def test_xlsx(tmp_path: Path) -> None:
    """A workbook has the header, numbers as numbers, and no cell that a spreadsheet would run."""
    path = tmp_path / "x.xlsx"
    Table(
        (Column("on", "thing"), Column("share", "number")), ((CHINA, Decimal("69.2")), (Thing("=1+1"), None))
    ).to_xlsx(path)
    rows = list(load_workbook(path)["reegraph"].values)
    assert rows == [
        ("on", "on_label", "share"),
        ("country:CN", "China", 69.2),
        ("'=1+1", "'=1+1", None),
    ]


def test_xlsx_takes_any_text(tmp_path: Path) -> None:
    """A character that a workbook cannot hold is left out; it does not lose the other cells."""
    path = tmp_path / "x.xlsx"
    Table((Column("a"), Column("b")), (("x\x07y", "z"),)).to_xlsx(path)
    assert list(load_workbook(path)["reegraph"].values)[1] == ("xy", "z")


def test_xlsx_that_cannot_be_written(tmp_path: Path) -> None:
    """A file that cannot be written is told with its path."""
    with pytest.raises(UsageError, match=r"x\.xlsx: cannot be written: No such file or directory"):
        TABLE.to_xlsx(tmp_path / "none" / "x.xlsx")


@pytest.mark.parametrize(
    "cells", [[], [Decimal(1), Decimal(2)], [Decimal(1), None], [None], [Decimal("0.5")]]
)
def test_pandas_numbers_are_floats(cells: list[Decimal | None]) -> None:
    """A number column is of floats whatever stands in it: no answer changes its type with its data."""
    frame = Table(
        (Column("n", "number"), Column("on", "thing")), tuple((c, CHINA) for c in cells)
    ).to_pandas()
    assert list(frame.columns) == ["n", "on", "on_label"]
    assert frame["n"].dtype == "float64"
    assert frame["on"].tolist() == ["country:CN"] * len(cells)


def test_pandas_lists_are_lists() -> None:
    """A list cell is a Python list, and a name stands beside each thing in the language asked for."""
    frame = TABLE.to_pandas("zh-Hant")
    assert frame["claims"].tolist() == [["claim:a-1", "claim:b-2"], []]
    assert frame["on_label"].tolist() == ["中國", "日本"]


def _shown(text: str) -> str:
    console = Console(width=200, file=io.StringIO(), color_system=None, force_terminal=False)
    console.print(Table((Column("c"),), ((text,),)).to_rich())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()[3].strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[bold]x[/bold]", "[bold]x[/bold]"),
        ("[/]", "[/]"),
        ("\\[red]x", "\\[red]x"),
        ("x\\", "x\\"),
        ("12:on:30 :smile:", "12:on:30 :smile:"),
        ("a\x1b[2Jb\rc\x07", "a[2Jbc"),
    ],
)
def test_a_terminal_shows_the_text_itself(text: str, shown: str) -> None:
    """No cell is taken for markup or an emoji code, and none can move the cursor."""
    assert _shown(text) == shown


def test_the_terminal_table_has_its_title_and_headings() -> None:
    """A terminal shows the title, the headings with units and a row a line."""
    console = Console(width=200, file=io.StringIO())
    console.print(TABLE)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "Who depends" in text
    assert "share (percent)" in text
    assert "Dy; Tb" in text
    assert "a-1; b-2" in text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ((CHINA, Thing("element:Dy", "dysprosium", "鏑"), "x"), "CN; Dy; x"),
        ((), ""),
        (CHINA, "China"),
        (Thing("claim:a-1"), "claim:a-1"),
        (None, ""),
    ],
)
def test_short_text(cell: object, text: str) -> None:
    """In a terminal a list's things are slugs; everything else is as people read it."""
    assert short_text(cell) == text  # type: ignore[arg-type]


def test_blocks_by_hand() -> None:
    """A narrow terminal gets one line a cell under its heading, and no line for an empty cell."""
    assert Table(TABLE.columns[:3], tuple(row[:3] for row in TABLE.rows)).to_blocks("zh-Hant") == (
        "             on  中國\n"
        "share (percent)  69.2\n"
        "         claims  a-1；b-2\n"
        "\n"
        "             on  日本\n"
        "share (percent)  400,000,000\n"
    )
    assert Table(TABLE.columns, ()).to_blocks() == ""


def test_print_draws_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printed table is drawn as in a terminal, with its rows counted; a long one is cut and says so."""
    monkeypatch.setenv("COLUMNS", "100")
    drawn = str(TABLE)
    assert "China" in drawn
    assert "Column(" not in drawn
    assert drawn.endswith(f"\n{len(TABLE)} rows")
    long = Table((Column("c"),), tuple((str(n),) for n in range(100)))
    assert repr(long).endswith("\n100 rows, of which 60 shown")
    monkeypatch.setenv("COLUMNS", "9")
    assert "claims  a-1; b-2" in str(TABLE)


def test_narrowest_by_hand() -> None:
    """A table needs room for the longest word of each column; Chinese can be broken anywhere."""
    words = Table((Column("a"), Column("b")), (("two words", "中文字"), ("claim:a-1; b", None)))
    assert words.narrowest() == len("claim:a-1;") + 3 + len("中") * 2 + 3


def test_blocks_cannot_move_the_cursor() -> None:
    """A control character in a cell does not reach the terminal in blocks either."""
    assert Table((Column("c"),), (("a\x1b[2Jb\rc",),)).to_blocks() == "c  a[2Jbc\n"


def test_headings_and_remarks_fall_back() -> None:
    """Title and notes come in the language asked for, else in English."""
    assert (TABLE.heading(), TABLE.heading("zh-Hant")) == ("Who depends", "誰依賴")
    assert TABLE.remarks("zh-Hant") == TABLE.remarks() == ("Shares are of imports.",)
    assert Table((), (), title="Who").heading("zh-Hant") == "Who"


class _Cells(HTMLParser):
    """The tags that the HTML opens, and the text of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self.titles: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.titles += [v or "" for k, v in attrs if k == "title"]
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def test_html_in_notebooks() -> None:
    """Names with their ids as tooltips, under the title."""
    page = _Cells(TABLE._repr_html_("zh-Hant"))
    assert page.cells[0] == "中國"
    assert page.titles[:3] == ["country:CN", "claim:a-1; claim:b-2", "element:Dy; element:Tb"]
    assert "<caption>Who depends</caption>" in TABLE._repr_html_()
    assert "<caption>誰依賴</caption>" in TABLE._repr_html_("zh-Hant")


@given(_text, _text)
def test_no_cell_writes_html(text: str, id_: str) -> None:
    """Whatever a name or id holds, a notebook shows it as text."""
    table = Table((Column("on", "thing"),), ((Thing(id_, text),),), title=text)
    assert _Cells(table._repr_html_()).tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("delimiter", ["", "||", '"', "\n"])
def test_delimiter_of_one_character(delimiter: str) -> None:
    """A delimiter that the csv module cannot take is refused."""
    with pytest.raises(UsageError, match="one character is wanted"):
        Table((Column("a"),), (("b",),)).to_csv(delimiter=delimiter)
