"""Times: golden spans, the `edtf` package as a second opinion, and what is refused."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from time import struct_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.curation.edtf import REMEDY, Span, parse


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("2025-04-04", date(2025, 4, 4), date(2025, 4, 4)),
        ("198X", date(1980, 1, 1), date(1989, 12, 31)),
        ("19XX", date(1900, 1, 1), date(1999, 12, 31)),
        ("2000~", date(2000, 1, 1), date(2000, 12, 31)),
        ("2019/2022", date(2019, 1, 1), date(2022, 12, 31)),
        ("2025-11/2026-11", date(2025, 11, 1), date(2026, 11, 30)),
        ("2025-12/2025", date(2025, 12, 1), date(2025, 12, 31)),
        ("1927/194X", date(1927, 1, 1), date(1949, 12, 31)),
        ("/2026", None, date(2026, 12, 31)),
        ("../2026", None, date(2026, 12, 31)),
        ("2040/", date(2040, 1, 1), None),
        ("2040/..", date(2040, 1, 1), None),
    ],
)
def test_parse_gives_the_first_and_last_day(text: str, start: date | None, end: date | None) -> None:
    """A time keeps its text and covers its days, both ends included."""
    assert parse(text) == Span(text, start, end)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "time '' is not understood."),
        ("April 2025", "time 'April 2025' is not understood."),
        ("2024-4", "time '2024-4' is not understood."),
        ("20240404", "time '20240404' is not understood."),
        ("2025-04-04T00:00", "is not understood."),
        (" 2024", "time ' 2024' is not understood."),
        ("2024\n", "time '2024\\n' is not understood."),
        ("２０２４", "time '２０２４' is not understood."),
        ("2X24", "is not understood."),
        ("2024/2025/2026", "is not understood."),
        ("2024-13", "time '2024-13' does not exist"),
        ("2025-02-29", "time '2025-02-29' does not exist"),
        ("0000", "time '0000' does not exist"),
        ("19XX-04", "time '19XX-04' gives a month of an unknown year."),
        ("/", "time '/' is open at both ends."),
        ("../..", "time '../..' is open at both ends."),
        ("2022/2019", "time '2022/2019' ends before it starts."),
    ],
)
def test_parse_refuses_with_the_remedy(text: str, what: str) -> None:
    """What is no time of our subset is refused, and the message shows how to write one."""
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert what in str(caught.value)
    assert str(caught.value).endswith(REMEDY)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("2024", "2024-12-31", True),
        ("2024", "2025", False),
        ("2019/2022", "2022-12-31/2024", True),
        ("/2024", "2025/", False),
        ("/2025", "2025/", True),
        ("/2002", "/1950", True),
        ("2040/", "2050/", True),
        ("198X", "1989-12", True),
    ],
)
def test_overlaps(one: str, other: str, meet: bool) -> None:
    """Two times overlap when a day lies in both, whichever is asked."""
    assert parse(one).overlaps(parse(other)) is meet
    assert parse(other).overlaps(parse(one)) is meet


@st.composite
def _dates(draw: st.DrawFn) -> str:
    year = draw(st.integers(1000, 2999))
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, monthrange(year, month)[1]))
    form = draw(st.sampled_from(["{y}", "{y}-{m:02}", "{y}-{m:02}-{d:02}", "{c}X", "{k}XX"]))
    text = form.format(y=year, m=month, d=day, c=year // 10, k=year // 100)
    return text + draw(st.sampled_from(["", "~"]) if "X" not in text else st.just(""))


@st.composite
def _times(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return draw(_dates())
    first, last = sorted((draw(_dates()), draw(_dates())), key=lambda t: (parse(t).start, parse(t).end))
    if "X" in first + last:  # the edtf package reads no `~` beside an unknown digit
        first, last = first.removesuffix("~"), last.removesuffix("~")
    return f"{first}/{last}"


@given(_times())
def test_spans_are_those_of_the_edtf_package(text: str) -> None:
    """Another implementation of the standard gives the same first and last day."""
    span = parse(text)
    assert (span.start, span.end) == _second_opinion(text)


def test_times_of_the_data_are_those_of_the_edtf_package(root: Path) -> None:
    """Every `when` of data/claims covers the days that the edtf package says; its open ends are open."""
    cells = {
        line.split("\t")[6]
        for path in sorted((root / "data" / "claims").glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    } - {""}
    assert cells
    for text in cells:
        span = parse(text)
        start, end = _second_opinion(text.strip("/"))  # the package guesses ten years for an open end
        assert span.start == (None if text.startswith("/") else start), text
        assert span.end == (None if text.endswith("/") else end), text


@given(_times(), _times())
def test_overlap_is_a_shared_day(one: str, other: str) -> None:
    """Closed spans overlap exactly when the later start is not after the earlier end."""
    a, b = parse(one), parse(other)
    assert a.start
    assert a.end
    assert b.start
    assert b.end
    assert a.overlaps(b) is (max(a.start, b.start) <= min(a.end, b.end))
    after = Span("", b.end + timedelta(days=1), None)
    assert not b.overlaps(after)


def _second_opinion(text: str) -> tuple[date, date]:
    from edtf import parse_edtf  # slow to load

    other = parse_edtf(text)
    return _day(other.lower_strict()), _day(other.upper_strict())


def _day(value: struct_time) -> date:
    return date(value[0], value[1], value[2])
