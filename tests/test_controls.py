"""The questions on export controls: no status beyond what the dates give, the same by each of them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import pytest
from graphs import real_graph

DAYS: Final = (
    "1850-01-01",
    "2010-09-15",
    "2023-07-20",
    "2024-06-01",
    "2025-04-03",
    "2025-04-04",
    "2025-10-08",
    "2025-10-09",
    "2025-10-31",
    "2025-11-06",
    "2025-11-07",
    "2025-11-08",
    "2025-12-01",
    "2026-11-10",
    "2026-11-11",
)
STRICTEST_FIRST: Final = (
    "in-force",
    "suspended",
    "suspension-ended",
    "uncertain",
    "announced",
    "upcoming",
    "once",
    "undated",
    "expired",
)


@cache
def on(day: str) -> list[dict[str, Any]]:
    return real_graph().ask("controls-in-force", date=day).records()


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_in_force_before_its_notice_s_day_or_while_suspended(day: str) -> None:
    """A notice's day of effect after the day asked about, and a suspension on it, forbid in-force."""
    for row in on(day):
        effective = re.match(r"effective (\S+?)(;|$)", row["notice"] or "")
        if row["status"] == "in-force":
            assert not (effective and effective[1] > day), row
            assert not (row["since"] or "").startswith(("announced", "set for", "not said")), row
            first, _, last = (row["suspended"] or "/").partition("/")
            assert not (first and first <= day <= last), row


@pytest.mark.parametrize("day", DAYS)
def test_what_is_coming_lies_after_the_day_and_what_has_ended_before(day: str) -> None:
    """Each day that `next` names is later than the day asked about; each that `ended` names is earlier."""
    for row in on(day):
        assert all(d >= day for d in re.findall(r"\d{4}-\d\d-\d\d", row["next"] or "")), row
        assert all(d < day for d in re.findall(r"\d{4}-\d\d-\d\d", row["ended"] or "")), row
        assert (row["status"] == "suspension-ended") == bool(row["ended"]), row


@pytest.mark.parametrize("day", DAYS)
def test_the_matrix_gives_each_element_the_strictest_status(day: str) -> None:
    """Both questions read the same dates."""
    by_element: dict[str, list[str]] = {}
    for row in on(day):
        by_element.setdefault(row["item"], []).append(row["status"])
    for row in real_graph().ask("control-matrix", date=day).records():
        states = by_element.get(row["element"], ["not-listed"])
        assert row["status"] == min(states, key=(*STRICTEST_FIRST, "not-listed").index), row


def test_a_notice_of_later_date_is_not_known_before() -> None:
    """By June nobody had heard of October's notices, by October of no suspension; 2010 is past."""
    june = real_graph().ask("controls-in-force", date="2025-12-15", known_by="2025-06-30").records()
    assert not [r for r in june if "2025-1" in str(r["since"]) + str(r["notice"]) + str(r["suspended"])]
    assert {r["control"] for r in june if r["status"] == "suspended"} == set()
    assert {r["status"] for r in june if r["control"] == "policy:cn-embargo-japan-2010"} == {"once"}
    october = real_graph().ask("controls-in-force", date="2025-10-31", known_by="2025-10-31").records()
    assert {(r["status"], r["dated_by"]) for r in october if "cn-mofcom-61-2025" in r["control"]} == {
        ("announced", "notice")
    }
    assert not [r for r in october if r["suspended_by"]]
