"""Two of a kind side by side: countries, firms, elements, sources, or the controls on two dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from reegraph.curation import edtf
from reegraph.errors import UsageError
from reegraph.sentence import Sentence
from reegraph.table import Cell, Column, Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Panel, View
from reegraph.wording import figure, spoken, time

KINDS: Final = ("country", "firm", "element", "source", "date")
_SHOWN: Final = 40  # rows of each mark on the page; CSV has all
_SAYS: Final = 5  # statements in one cell
MARKS: Final = ("differ", "words", "same", "only-a", "only-b")


@dataclass(frozen=True)
class Entry:
    """One statement of a side: its value in words, when, and the claims or the control behind it."""

    value: str
    when: str = ""
    claims: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A row: what is compared, what each side says of it, and how the two stand to each other."""

    what: tuple[Thing | str, ...]
    a: tuple[Entry, ...]
    b: tuple[Entry, ...]
    mark: str


def compare(ask: Ask) -> View:
    """What is said of `a` and of `b`, aligned; without them, a choice of what to compare."""
    ask.only("a", "b")
    a, b = (ask.values.get(k, "").strip() for k in ("a", "b"))
    words: dict[str, Any] = {"choices": _choices(ask), "kind": "", "a": a, "b": b, "today": ask.today}
    if not (a and b):
        return View("compare.html", ask.t("compare"), (), {**words, "pairs": None})
    kind, names, panels, pairs = _dates(ask, a, b) if _is_day(a) or _is_day(b) else _things(ask, a, b)
    by_mark = {m: [p for p in pairs if p.mark == m] for m in MARKS}
    words |= {
        "kind": kind,
        "names": names,
        "pairs": [(m, by_mark[m][:_SHOWN], len(by_mark[m])) for m in MARKS if by_mark[m]],
        "counts": {m: len(by_mark[m]) for m in MARKS},
        "says": _SAYS,
    }
    title = ask.t("compare_two", *(n.label(ask.lang) if isinstance(n, Thing) else n for n in names))
    return View("compare.html", title, (_aligned(ask, pairs), *panels), words)


def _is_day(text: str) -> bool:
    return text[:1].isdigit()


def _day(ask: Ask, key: str, given: str) -> date:
    try:
        day = edtf.parse(given).start
    except ValueError as error:
        raise UsageError(Sentence(f"{key}={given}: {error}", f"{key}={given}：{edtf.REMEDY_ZH}")) from error
    if day is None:
        raise UsageError(ask.t("bad_day", key, given))
    return day


def _dates(ask: Ask, a: str, b: str) -> tuple[str, tuple[str, str], list[Panel], list[Pair]]:
    """What each control binds on two days."""
    days = _day(ask, "a", a), _day(ask, "b", b)
    name = "controls-in-force"
    both = ask.site.ask(name, {"date": ",".join(d.isoformat() for d in days)})
    rows = list(zip(both.table.column("day"), both.table.rows, strict=True))
    panels = [
        replace(
            both,
            name=side,
            query=ask.site.questions[name].bound({"date": d.isoformat()}),
            table=replace(both.table, rows=tuple(row for day, row in rows if day == d)),
        )
        for side, d in zip("ab", days, strict=True)
    ]
    sides = []
    for panel in panels:
        found: dict[Hashable, list[Entry]] = defaultdict(list)
        for row in panel.cells():
            claims = row["claims"] if isinstance(row["claims"], tuple) else ()
            since = spoken(ask.lang, row["since"]) if row["since"] else ""
            entry = Entry(ask.t(str(row["status"])), since, tuple(c for c in claims if isinstance(c, Thing)))
            found[row["control"], row["item"]].append(entry)
        sides.append(found)
    pairs = _paired(*sides, what=lambda key: key, comparable=lambda _: True)
    return "date", (days[0].isoformat(), days[1].isoformat()), panels, pairs


def _things(ask: Ask, a: str, b: str) -> tuple[str, tuple[Thing, Thing], list[Panel], list[Pair]]:
    """What the sources say of two things, or what two sources say."""
    kind = a.partition(":")[0]
    if kind != b.partition(":")[0] or ":" not in a:
        raise UsageError(ask.t("bad_pair", a, b))
    for id_ in (a, b):
        ask.site.must_exist(id_)
    names = ask.site.catalogue.thing(a), ask.site.catalogue.thing(b)
    if kind == "source":
        names = ask.site.catalogue.sources[a], ask.site.catalogue.sources[b]
        said = [[c for c in ask.site.catalogue.claims.values() if c.source.id == i] for i in (a, b)]
        panels = [
            replace(ask.site.panel("source-claims", source=[i]), name=n) for n, i in (("a", a), ("b", b))
        ]
        sides = [_by_point(ask, claims, "") for claims in said]
    else:
        said = [[c for c in ask.site.catalogue.about.get(i, []) if c.subject.id == i] for i in (a, b)]
        panels = [replace(ask.site.panel("thing-claims", thing=[i]), name=n) for n, i in (("a", a), ("b", b))]
        sides = [_by_point(ask, claims, i) for claims, i in zip(said, (a, b), strict=True)]
        for side, id_ in zip(sides, (a, b), strict=True):
            _add_dependence(ask, side, id_)
    return kind, names, panels, _paired(*sides, what=lambda key: key[0], comparable=lambda key: key[1])


def _by_point(ask: Ask, claims: Iterable[Said], subject: str) -> dict[Hashable, list[Entry]]:
    """The claims by what they speak of; a figure's object is part of that, another object is the value."""
    found: dict[Hashable, list[Entry]] = defaultdict(list)
    for c in claims:
        if c.rank == "deprecated":
            continue
        measured = bool(c.figure)
        parts = (
            None if subject else c.subject,
            c.property,
            c.object if measured else None,
            c.stage,
            c.material,
        )
        value = (
            figure(ask.lang, c.figure, c.unit) if measured else c.object.label(ask.lang) if c.object else ""
        )
        if c.negative:
            value = ask.t("denied", value)
        entry = Entry(
            value or c.claim.label(ask.lang), time(ask.lang, c.when) + ("?" if c.assumed else ""), (c.claim,)
        )
        found[tuple(p for p in parts if p), measured or c.object is not None].append(entry)
    return found


def _add_dependence(ask: Ask, side: dict[Hashable, list[Entry]], id_: str) -> None:
    term = ask.site.catalogue.thing("ree:dependsOn")
    for d in ask.site.dependence.all.values():
        if d.dependent == id_:
            parts = tuple(ask.site.catalogue.thing(i) for i in (d.on, d.stage, d.material) if i)
            share = figure(ask.lang, d.printed, "percent") if d.printed else ""
            value = share or ask.t("exposed" if d.basis == "structural" else "some")
            entry = Entry(
                value, time(ask.lang, d.edtf) + ("?" if d.assumed else ""), (ask.site.catalogue.thing(d.id),)
            )
            side[(term, *parts), True].append(entry)


def _paired(
    a: Mapping[Hashable, list[Entry]],
    b: Mapping[Hashable, list[Entry]],
    *,
    what: Callable[[Any], tuple[Thing | str, ...]],
    comparable: Callable[[Any], bool],
) -> list[Pair]:
    """One row a point, in the order of the first side, then of the second."""
    pairs = []
    for key in dict.fromkeys([*a, *b]):
        left, right = tuple(a.get(key, ())), tuple(b.get(key, ()))
        if not left or not right:
            mark = "only-a" if left else "only-b"
        elif not comparable(key):
            mark = "words"
        else:
            mark = "same" if {e.value for e in left} == {e.value for e in right} else "differ"
        pairs.append(Pair(what(key), left, right, mark))
    return pairs


def _aligned(ask: Ask, pairs: Iterable[Pair]) -> Panel:
    """The rows as a table of data."""
    columns = (
        Column("what", "things", "", "what is compared", "比較項目"),
        Column("mark", "text", "", "same, differ, words, only-a or only-b", "相同、不同、文字、僅 a、僅 b"),
        *(
            Column(name, kind, "", f"{said} {side}", f"{side}：{zh}")
            for side in "ab"
            for name, kind, said, zh in (
                (side, "texts", "what is said of", "內容"),
                (f"{side}_claims", "claims", "the claims on", "主張"),
            )
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            p.what,
            p.mark,
            *(
                cell
                for side in (p.a, p.b)
                for cell in (
                    tuple(dict.fromkeys(f"{e.value} ({e.when})" if e.when else e.value for e in side)),
                    tuple(dict.fromkeys(c for e in side for c in e.claims)),
                )
            ),
        )
        for p in pairs
    ]
    table = Table(columns, tuple(rows))
    return Panel("sides", "Both sides, aligned", "兩方對照", "", table, ask.t("aligned_from"))


def _choices(ask: Ask) -> list[tuple[str, list[Thing]]]:
    """What can be compared, by kind: what somebody says something about."""
    catalogue = ask.site.catalogue
    found = []
    for kind in KINDS:
        ids: Iterable[str] = catalogue.sources if kind == "source" else catalogue.about
        things = [catalogue.sources.get(i) or catalogue.thing(i) for i in ids if i.startswith(f"{kind}:")]
        found.append((kind, sorted(things, key=lambda t: t.label(ask.lang))))
    return found
