"""From claims to the rows of drawings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from reegraph.table import Lang
from reegraph.web.catalogue import Said
from reegraph.web.links import href
from reegraph.web.panel import Drawing
from reegraph.web.svg import Row, ladder, timeline
from reegraph.wording import code, figure, time, unit


def measured(claims: Iterable[Said]) -> list[Said]:
    """The claims with a number that can be drawn."""
    return [c for c in claims if c.figure and any(v is not None for v in (c.value, c.lower, c.upper))]


def figure_row(lang: Lang, said: Said, label: str = "") -> Row:
    """A claim's figure as a row of the ladder."""
    low, high, value = _float(said.lower), _float(said.upper), _float(said.value)
    if low is not None and low == high:
        value, low, high = low, None, None
    text = figure(lang, said.figure, said.unit)
    when = time(lang, said.when) + ("?" if said.assumed else "")
    name = f"{said.source.label(lang)} ¶{said.paragraph}"
    return Row(
        label=label or (f"{name}（{when}）" if lang == "zh-Hant" else f"{name} ({when})"),
        href=href(lang, said.claim),
        low=low,
        high=high,
        value=value,
        text=text,
        shape=_shape(said),
        hint=f"{said.claim.label(lang)} {code(lang, said.modality)}",
    )


def ladders(lang: Lang, claims: Iterable[Said], limit: int = 6) -> list[Drawing]:
    """Claims with figures on one point, as a ladder each; those of most sources first."""
    groups: dict[tuple[str, ...], list[Said]] = defaultdict(list)
    for said in measured(claims):
        parts = (said.subject, said.property, said.object, said.stage, said.material)
        groups[(*(p.id if p else "" for p in parts), said.unit)].append(said)
    told = [g for g in groups.values() if len(g) > 1]
    told.sort(key=lambda g: (-len({c.source.id for c in g}), -len(g), g[0].claim.id))
    return [draw_figures(lang, point(lang, group), group) for group in told[:limit]]


def draw_figures(lang: Lang, heading: str, group: Sequence[Said]) -> Drawing:
    """One ladder of claims, by time and source; of several subjects, by figure, each under its name."""
    several = len({c.subject.id for c in group}) > 1
    ordered = sorted(group, key=lambda c: (c.since or date.max, c.source.id, c.paragraph))
    if several:
        ordered.sort(key=lambda c: -max(v for v in (c.value, c.lower, c.upper) if v is not None))
    names = [
        f"{c.subject.label(lang)} · {c.source.label(lang)} ¶{c.paragraph}" if several else "" for c in ordered
    ]
    rows = [figure_row(lang, c, name) for c, name in zip(ordered, names, strict=True)]
    percent = group[0].unit == "percent"
    measure = unit(lang, group[0].unit)
    title = f"{heading} ({measure})" if measure else heading
    draw = [
        ladder(
            rows,
            title=title,
            unit="%" if percent else "",
            percent=percent and _shares(group),
            envelope=not several,
            wide=wide,
        )
        for wide in (True, False)
    ]
    return Drawing(title, *draw)


def draw_dates(lang: Lang, heading: str, rows: Sequence[Row], today: date | None = None) -> Drawing | None:
    """A timeline in its two widths, or None without rows."""
    if not rows:
        return None
    return Drawing(
        heading,
        timeline(rows, title=heading, today=today),
        timeline(rows, title=heading, today=today, wide=False),
    )


def date_row(lang: Lang, said: Said, label: str) -> Row | None:
    """A dated claim as a row of the timeline; None where its time has no bound."""
    if said.since is None and said.until is None:
        return None
    low = float(said.since.toordinal()) if said.since else None
    high = float(said.until.toordinal()) if said.until else None
    value = low if low is not None and high is not None and high - low < 1 else None
    return Row(
        label=label,
        href=href(lang, said.claim),
        low=None if value is not None else low,
        high=None if value is not None else high,
        value=value,
        text=time(lang, said.when),
        shape=_shape(said),
        hint=said.claim.label(lang),
    )


def point(lang: Lang, group: Sequence[Said]) -> str:
    """What figures measure, in words: what they share of subject, property, object, stage and material."""
    parts = zip(*((c.subject, c.property, c.object, c.stage, c.material) for c in group), strict=True)
    shared = [of[0] for of in parts if of[0] and all(p and p.id == of[0].id for p in of)]
    return ("，" if lang == "zh-Hant" else ", ").join(p.label(lang) for p in shared)


def _shape(said: Said) -> str:
    return "deprecated" if said.rank == "deprecated" else "forecast" if said.forward() else "point"


def _shares(group: Sequence[Said]) -> bool:
    return all((v or Decimal(0)) <= 100 for c in group for v in (c.value, c.lower, c.upper))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
