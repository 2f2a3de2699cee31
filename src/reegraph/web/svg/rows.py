"""Rows on one axis: the share ladder (one mark a source, never an average) and the timeline."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from reegraph.web.svg.text import escaped, fit, halfwidths

WIDE, NARROW = 720, 340  # CSS shows one of the two: a wide drawing scaled to a phone has 5 px text
_LABEL: Final = 236  # width of the label column of the wide ladder; a timeline names events, in sentences
_EVENTS: Final = (1040, 430)
_SIZE: Final = 14
_YEAR: Final = 365.2425
_TALL: Final = 14  # rows that are seen without scrolling
_TICK: Final = 7.0  # pixels of a digit on the axis
_SPAN: Final = 9  # pixels below which a span is drawn as a point
_AHEAD: Final = 30  # years from today: what reaches further ("this century") is drawn as an open end


@dataclass(frozen=True)
class Row:
    """A mark: from `low` to `high`, or at `value`; an end that is None while the other is not is open.

    `shape` is point, forecast or deprecated; `text` is what is printed beside the mark.
    """

    label: str
    href: str
    low: float | None
    high: float | None
    value: float | None
    text: str
    shape: str = "point"
    hint: str = ""


def ladder(
    rows: Sequence[Row],
    *,
    title: str,
    unit: str = "",
    percent: bool = False,
    envelope: bool = True,
    wide: bool = True,
) -> str:
    """Range bars on one axis. Zero is not forced; the pale band is the envelope of all marks."""
    ends = [v for r in rows for v in (r.low, r.high, r.value) if v is not None]
    if not ends:
        return ""
    low, high = min(ends), max(ends)
    pad = (high - low) * 0.15 or abs(high) * 0.1 or 1
    first, last = low - pad, high + pad
    if percent:
        first, last = max(0.0, first), min(100.0, last)
    elif low >= 0:
        first = max(0.0, first)
    step = _step(last - first)
    first, last = math.floor(first / step) * step, math.ceil(last / step) * step
    if percent:
        last = min(100.0, last)
    ticks = [(t, f"{t:,.10g}{unit}") for t in _ticks(first, last, step)]
    return _chart(
        rows, first, last, ticks, title, wide, band=(low, high) if envelope and len(rows) > 1 else None
    )


def timeline(rows: Sequence[Row], *, title: str, today: date | None = None, wide: bool = True) -> str:
    """Bars and marks on a time axis; bounds are day ordinals as `date.toordinal` gives."""
    if today:
        horizon = today.toordinal() + _AHEAD * _YEAR
        rows = [replace(r, high=None) if r.low is not None and (r.high or 0) > horizon else r for r in rows]
    ends = [v for r in rows for v in (r.low, r.high, r.value) if v is not None]
    if not ends:
        return ""
    if today:
        ends.append(today.toordinal())
    low, high = min(ends), max(ends)
    pad = max((high - low) * 0.06, 40)
    first, last = low - pad, high + pad
    years = (last - first) / _YEAR
    every = 1 if years <= 7 else 2 if years <= 14 else 5 if years <= 36 else 20 if years < 150 else 50
    if not wide:
        every *= 1 if years <= 3 else 2
    start = date.fromordinal(max(1, int(first))).year // every * every
    ticks = [
        (float(day.toordinal()), str(year))
        for year in range(max(1, start), min(9999, int(start + years + 2 * every)), every)
        if first <= (day := date(year, 1, 1)).toordinal() <= last
    ]
    if years <= 2.2 and wide:  # quarters help within two years
        ticks = _quarters(first, last)
    return _chart(
        rows, first, last, ticks, title, wide, now=float(today.toordinal()) if today else None, events=True
    )


def _quarters(first: float, last: float) -> list[tuple[float, str]]:
    start, end = date.fromordinal(int(first)), date.fromordinal(int(last))
    days = (date(y, m, 1) for y in range(start.year, end.year + 1) for m in (1, 4, 7, 10))
    return [(float(d.toordinal()), d.strftime("%Y-%m")) for d in days if first <= d.toordinal() <= last]


def _chart(
    rows: Sequence[Row],
    first: float,
    last: float,
    ticks: Sequence[tuple[float, str]],
    title: str,
    wide: bool,
    *,
    band: tuple[float, float] | None = None,
    now: float | None = None,
    events: bool = False,
) -> str:
    width, column = (_EVENTS if events else (WIDE, _LABEL)) if wide else (NARROW, 8)
    left, pitch, drop = (column, 30, 15) if wide else (column, 48, 32)
    right = width - (14 if wide else 12)
    twice = len(rows) > _TALL  # the axis stands above too
    top = 6 + (16 if now is not None else 0) + (18 if twice else 0)
    bottom = top + pitch * len(rows)

    def x(value: float) -> float:
        return left + (value - first) / ((last - first) or 1) * (right - left)

    out = [
        f'<svg class="chart {"wide" if wide else "narrow"}" viewBox="0 0 {width} {bottom + 28}" '
        f'width="{width}" height="{bottom + 28}" role="group" aria-label="{escaped(title)}">'
    ]
    for place, text in _legible(ticks, x):
        at = x(place)
        anchor = "start" if at < left + 14 else "end" if at > right - 14 else "middle"
        out.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{bottom}"/>')
        out += [
            f'<text class="tick" x="{at:.1f}" y="{y}" text-anchor="{anchor}">{text}</text>'
            for y in ((top - 6, bottom + 18) if twice else (bottom + 18,))
        ]
    if band:
        out.append(
            f'<rect class="band" x="{x(band[0]):.1f}" y="{top}" '
            f'width="{max(2.0, x(band[1]) - x(band[0])):.1f}" height="{bottom - top}"/>'
        )
    if now is not None:
        out.append(f'<line class="now" x1="{x(now):.1f}" x2="{x(now):.1f}" y1="{top}" y2="{bottom}"/>')
        day, anchor = date.fromordinal(int(now)).isoformat(), "end" if x(now) > right - 44 else "middle"
        out.append(f'<text class="tick day" x="{x(now):.1f}" y="14" text-anchor="{anchor}">{day}</text>')
    for number, row in enumerate(rows):
        y = top + number * pitch + drop
        name = (0.0, y + 5.0, left - 14.0) if wide else (8.0, y - 16.0, width - 16.0)
        out += draw_row(row, x, y, (left, right), name)
    out.append("</svg>")
    return "".join(out)


def draw_row(
    row: Row,
    x: Callable[[float], float],
    y: float,
    ends: tuple[float, float],
    name: tuple[float, float, float],
) -> list[str]:
    """A row as a link: its name (at x, y, of at most so many pixels) and its mark between the ends.

    A row without a figure has its text alone.
    """
    hint = escaped(row.hint or f"{row.label}: {row.text}")
    at, down, room = name
    out = [
        f'<a href="{escaped(row.href)}" aria-label="{hint}"><title>{hint}</title>',
        f'<text class="name" x="{at:g}" y="{down:g}">{escaped(fit(row.label, room, _SIZE))}</text>',
    ]
    if row.low is row.high is row.value is None:
        out.append(f'<text class="value" x="{ends[0]:.1f}" y="{y + 5:g}">{escaped(row.text)}</text>')
    else:
        out += _mark(row, x, y, ends, spare=17 if down < y else -8)
    return [*out, "</a>"]


def _mark(
    row: Row, x: Callable[[float], float], y: float, ends: tuple[float, float], *, spare: int
) -> list[str]:
    out = []
    left, right = ends
    low, high = row.low, row.high
    x1 = x(low) if low is not None else float(left)
    x2 = x(high) if high is not None else float(right)
    kind = f"mark {row.shape}"
    span = (low is not None or high is not None) and x2 - x1 > _SPAN
    if span:
        out.append(f'<line class="{kind} bar" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y}" y2="{y}"/>')
        for end, at, way in ((low, x1, -1), (high, x2, 1)):
            if end is not None:
                out.append(
                    f'<line class="{kind} cap" x1="{at:.1f}" x2="{at:.1f}" y1="{y - 6}" y2="{y + 6}"/>'
                )
            else:
                points = f"{at:.1f},{y} {at - way * 8:.1f},{y - 5} {at - way * 8:.1f},{y + 5}"
                out.append(f'<polygon class="{kind} open" points="{points}"/>')
        middle, edge = (x1 + x2) / 2, x2
    else:
        point = row.value if row.value is not None else low if low is not None else high
        middle = edge = x(point or 0.0)
        d = 6.5
        shape = f"{middle:.1f},{y - d} {middle + d:.1f},{y} {middle:.1f},{y + d} {middle - d:.1f},{y}"
        if row.shape == "deprecated":
            path = f"M{middle - 6:.1f} {y - 6}l12 12m-12 0l12 -12"
            out.append(f'<path class="{kind} cross" d="{path}"/>')
        else:
            out.append(f'<polygon class="{kind} dot" points="{shape}"/>')
    out.append(_printed(row.text, y, (x1 if span else middle, middle, edge), ends, spare))
    return out


def _printed(
    text: str, y: float, mark: tuple[float, float, float], room: tuple[float, float], spare: int
) -> str:
    """The figure in words: right of its mark, else left of it, else on the side that its name leaves free."""
    first, middle, last = mark
    size = halfwidths(text) * _SIZE * 0.54
    if last + 12 + size <= room[1] + 4:
        at, down, anchor = last + 11, 5, "start"
    elif first - 12 - size >= room[0]:
        at, down, anchor = first - 11, 5, "end"
    else:
        at, down, anchor = middle, spare, "middle"
    return f'<text class="value" x="{at:.1f}" y="{y + down}" text-anchor="{anchor}">{escaped(text)}</text>'


def _legible(ticks: Sequence[tuple[float, str]], x: Callable[[float], float]) -> Sequence[tuple[float, str]]:
    """The ticks, or every second or fourth of them, so that no two of their words meet."""
    for every in (1, 2):
        kept = ticks[::every]
        if all(x(b) - x(a) > _TICK * (len(s) + len(t)) / 2 + 8 for (a, s), (b, t) in pairwise(kept)):
            return kept
    return ticks[::4]


def _step(span: float) -> float:
    rough = span / 4
    power = 10 ** math.floor(math.log10(rough)) if rough > 0 else 1
    return float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough))


def _ticks(first: float, last: float, step: float) -> list[float]:
    count = round((last - first) / step)
    return [round(first + i * step, 10) for i in range(count + 1) if first + i * step <= last + step / 1000]
