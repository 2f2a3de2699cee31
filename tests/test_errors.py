"""The error tree: codes as drawn, messages that say where, what and the remedy."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph import errors
from reegraph.errors import (
    SHOWN,
    CurationError,
    Problem,
    QueryError,
    ReegraphError,
    UnknownName,
    ValidationError,
    nearest,
)

CLASSES = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, ReegraphError)]


def test_the_tree_is_as_drawn() -> None:
    """The drawing at the top of the module has every error with its exit code and HTTP status."""
    drawing = errors.__doc__ or ""
    base = re.search(r"^ *ReegraphError +exit (\d) +HTTP (\d+)", drawing, re.M)
    assert base
    assert (int(base[1]), int(base[2])) == (ReegraphError.exit_code, ReegraphError.http_status)
    drawn = {m[1]: (int(m[2]), int(m[3])) for m in re.finditer(r"[├└]── (\w+) +exit (\d) +(\d+)", drawing)}
    assert drawn == {c.__name__: (c.exit_code, c.http_status) for c in CLASSES if c is not ReegraphError}


def test_exit_codes_are_apart() -> None:
    """No two kinds of failure end with the same exit code, and none with success."""
    codes = [c.exit_code for c in CLASSES]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("data/x.tsv:2", "is wrong.", "Mend it."), "data/x.tsv:2: is wrong. Mend it."),
        (Problem("data/x.tsv:2", "is wrong."), "data/x.tsv:2: is wrong."),
    ],
)
def test_a_problem_reads_as_one_line(problem: Problem, text: str) -> None:
    """A problem says where, what and, when there is one, the remedy."""
    assert str(problem) == text


def test_problems_stand_by_file_and_line() -> None:
    """Line 10 comes after line 9, and a place without a line before those of its file that have one."""
    places = ["b.tsv:1", "a.tsv:10", "a.tsv:9", "the new claim", "a.tsv:9"]
    error = CurationError([Problem(p, f"fault {n}.") for n, p in enumerate(places)])
    assert [(p.where, p.what) for p in error.problems] == [
        ("a.tsv:9", "fault 2."),
        ("a.tsv:9", "fault 4."),
        ("a.tsv:10", "fault 1."),
        ("b.tsv:1", "fault 0."),
        ("the new claim", "fault 3."),
    ]


@pytest.mark.parametrize(("total", "last"), [(SHOWN, None), (SHOWN + 1, "... and 1 more (21 in all)")])
def test_twenty_are_shown(total: int, last: str | None) -> None:
    """Of a long list twenty stand in the message, with the total; the error keeps them all."""
    curation = CurationError(Problem(f"a.tsv:{n}", "is wrong.") for n in range(1, total + 1))
    validation = ValidationError([f"violation {n}" for n in range(1, total + 1)])
    assert len(curation.problems) == len(validation.violations) == total
    for lines in (str(curation).splitlines(), str(validation).splitlines()):
        assert lines[:SHOWN][-1].startswith(("a.tsv:20", "violation 20"))
        assert lines[SHOWN:] == ([last] if last else [])


def test_a_query_error_keeps_its_place() -> None:
    """A query's fault has line and column where the engine tells them."""
    assert (QueryError("no", 2, 5).line, QueryError("no", 2, 5).column) == (2, 5)
    assert (QueryError("no").line, QueryError("no").column) == (None, None)


@pytest.mark.parametrize(
    ("name", "known", "remedy", "message"),
    [
        ("chna-share", ["china-share"], "", "unknown question 'chna-share'. Did you mean china-share?"),
        (
            "chna-share",
            ["china-shore", "china-share"],
            "See `reegraph ask`.",
            "unknown question 'chna-share'. Did you mean china-share or china-shore? See `reegraph ask`.",
        ),
        ("xyzzy", ["china-share"], "See `reegraph ask`.", "unknown question 'xyzzy'. See `reegraph ask`."),
    ],
)
def test_unknown_names_are_guessed(name: str, known: list[str], remedy: str, message: str) -> None:
    """A name that nothing has is told with the nearest ones and the remedy."""
    assert str(UnknownName("question", name, known, remedy)) == message


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("lynas", ["lynxs", "lynas-kalgoorlie-plant"], ["lynas-kalgoorlie-plant", "lynxs"]),
        ("LYNAS", ["firm:lynas"], ["firm:lynas"]),
        ("", ["ab"], []),
        ("xyzzy", ["ab"], []),
    ],
)
def test_nearest(name: str, known: list[str], near: list[str]) -> None:
    """Names that contain the word come before those that resemble it, without regard to case."""
    assert nearest(name, known) == near


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=8), st.integers(1, 4))
def test_nearest_gives_known_names_once(name: str, known: list[str], count: int) -> None:
    """Whatever is asked, the answer is among the known names, each once, no more than wanted."""
    near = nearest(name, known, count)
    assert set(near) <= set(known)
    assert len(near) == len(set(near)) <= count
