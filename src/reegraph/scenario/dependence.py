"""Who depends on whom, as records read from a graph: periods, supports, and what is part of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from reegraph.pages import ask_page
from reegraph.store import Store
from reegraph.terms import short

CARRIED: Final = 3  # years that a claim may be carried forward (DESIGN.md, Dependence)
FULL, PART = "full", "part"


@dataclass(frozen=True)
class Support:
    """One way in which a dependency follows: its premises, and by how many years the older is carried."""

    premises: frozenset[str]
    carried: int = 0


@dataclass(frozen=True)
class Dependency:
    """One conclusion of the graph; an empty string stands for what is not said."""

    id: str
    dependent: str
    on: str
    stage: str
    material: str
    printed: str
    lower: Decimal | None
    upper: Decimal | None
    basis: str  # stated, derived or structural
    forecast: bool
    edtf: str
    start: date | None
    end: date | None
    assumed: bool
    hardened_by: frozenset[str]
    supports: tuple[Support, ...]
    ended: date | None = None  # the day by which what it rests on is known to have ended

    def carried(self, day: date) -> int | None:
        """By how many years it must be carried to that day; None when it does not reach it.

        A dependency that begins later does not hold yet, and one that had ended no more; the years that its
        best support was carried already count.
        """
        if (self.start is not None and self.start > day) or (self.ended is not None and self.ended < day):
            return None
        late = max(0, day.year - self.end.year) if self.end is not None and self.end < day else 0
        years = late + min((s.carried for s in self.supports), default=0)
        return years if years <= CARRIED else None


@dataclass(frozen=True)
class Dependence:
    """All dependencies of a graph by id."""

    all: Mapping[str, Dependency]

    def claims(self, id_: str) -> frozenset[str]:
        """The claims behind all its supports, down to the last."""
        return self._claims[id_]

    def stands_without(self, id_: str, claim: str) -> bool:
        """True when some support needs not this claim, all the way down."""
        return self._stands(id_, claim, frozenset())

    def without(self, gone: Set[str]) -> tuple[frozenset[str], frozenset[str]]:
        """What falls without these claims, and what stays with fewer supports than it had."""
        stays: set[str] = set()
        waiting = set(self.all)

        def holds(support: Support) -> bool:
            return all(p not in gone and (p not in self.all or p in stays) for p in support.premises)

        while found := {i for i in waiting if not (s := self.all[i].supports) or any(map(holds, s))}:
            stays |= found
            waiting -= found
        weakened = {i for i in stays if not all(map(holds, self.all[i].supports))}
        return frozenset(waiting), frozenset(weakened)

    def _stands(self, id_: str, claim: str, above: frozenset[str]) -> bool:
        if id_ not in self.all:
            return id_ != claim
        if claim not in self._claims[id_]:
            return True
        if id_ in above:  # a circle supports nothing
            return False
        below = above | {id_}
        return any(all(self._stands(p, claim, below) for p in s.premises) for s in self.all[id_].supports)

    @cached_property
    def _claims(self) -> dict[str, frozenset[str]]:
        found = {id_: frozenset[str]() for id_ in self.all}
        changed = True
        while changed:  # a circle of dependencies shares its claims
            changed = False
            for id_, dependency in self.all.items():
                premises = {p for s in dependency.supports for p in s.premises}
                claims = frozenset().union(*(found.get(p, frozenset({p})) for p in premises))
                changed |= claims != found[id_]
                found[id_] = claims
        return found


@dataclass(frozen=True)
class Conclusion:
    """A row of the answer: any one of its dependencies gives it, if any one of `through` holds too."""

    dependencies: frozenset[str]
    through: frozenset[str] = frozenset()

    def claims(self, graph: Dependence) -> list[str]:
        """The claims that it rests on; a notice is none."""
        found = frozenset[str]().union(*(graph.claims(d) for d in self.dependencies))
        return sorted(found | claims_of(self.through))

    def stands_without(self, claim: str, graph: Dependence) -> bool:
        """True when it holds without this claim."""
        if self.through == {claim}:
            return False
        return any(graph.stands_without(d, claim) for d in self.dependencies)

    def weakest(self, graph: Dependence) -> list[str]:
        """The claims each of which alone overturns it."""
        return [c for c in self.claims(graph) if not self.stands_without(c, graph)]


@dataclass(frozen=True)
class Scope:
    """What is part of what: each relation leads from a thing to all that it lies in, at any distance."""

    stages: Mapping[str, frozenset[str]]
    goods: Mapping[str, frozenset[str]]
    forms: Mapping[str, frozenset[str]]  # oxides, metals, concentrates -> the good they are forms of
    places: Mapping[str, frozenset[str]]  # firms, facilities, industries -> where they are
    operators: Mapping[str, frozenset[str]]  # facilities, daughters -> the firm behind them
    controls: Mapping[str, frozenset[str]]  # a measure -> the package it is part of

    def stage_fit(self, wanted: str, stage: str) -> str:
        """How a dependency's stage meets the wanted one: full, part, or empty for not at all."""
        if not wanted or stage == wanted or wanted in self.stages.get(stage, ()):
            return FULL
        return PART if not stage or stage in self.stages.get(wanted, ()) else ""

    def good_fit(self, wanted: str, good: str) -> str:
        """How a good meets the wanted one: the same or a part of it, a whole that holds it, or not at all."""
        if good == wanted or wanted in self.goods.get(good, ()):
            return FULL
        if not good:
            return PART
        above = self.goods.get(wanted, frozenset())
        # Oxides of all rare earths hold those of the heavy ones; their metals do not, nor does neodymium.
        holds = wanted not in self.forms and above & self.forms.get(good, frozenset())
        return PART if good in above or holds else ""

    def fit(self, stage: str, goods: Iterable[str], at: str, good: str) -> str:
        """Full where both the stage and one of the goods are wholly met, else part, else empty."""
        by_stage = self.stage_fit(stage, at)
        by_good = {self.good_fit(g, good) for g in goods} if by_stage else set()
        if not by_good - {""}:
            return ""
        return FULL if by_stage == FULL and FULL in by_good else PART

    def supply_fit(self, on: str, supplier: str) -> str:
        """Full for the stopped thing itself and what lies in it or belongs to it; part for its operator."""
        if self.is_in(supplier, on) or on in self.operators.get(supplier, ()):
            return FULL
        return PART if supplier in self.operators.get(on, ()) else ""

    def is_in(self, thing: str, place: str) -> bool:
        """True for the place itself and for what is filed under it."""
        return thing == place or place in self.places.get(thing, ())

    def members(self, good: str) -> list[str]:
        """The elements that it counts."""
        return sorted(g for g in self.goods if g.startswith("element:") and good in self.goods[g])

    def parts(self, control: str) -> frozenset[str]:
        """The control and the measures of its package."""
        return frozenset({control, *(c for c, wholes in self.controls.items() if control in wholes)})


def read_dependence(store: Store, root: Path) -> Dependence:
    """The dependencies of a graph with their supports."""
    supports: dict[str, dict[str, tuple[set[str], int]]] = defaultdict(dict)
    for row in ask_page(store, root, "scenario-supports").texts():
        years = int(row["carried"] or 0)
        premises, _ = supports[row["d"]].setdefault(row["support"], (set(), years))
        premises.add(short(row["premise"]))
    rows: dict[str, dict[str, str]] = {}
    hardened: dict[str, set[str]] = defaultdict(set)
    for row in ask_page(store, root, "scenario-dependencies").texts():
        rows[row["d"]] = row
        hardened[row["d"]] |= {short(row["by"])} if row["by"] else set()
    return Dependence(
        {
            short(d): _dependency(
                row, hardened[d], tuple(Support(frozenset(p), years) for p, years in supports[d].values())
            )
            for d, row in rows.items()
        }
    )


def read_scope(store: Store, root: Path) -> Scope:
    """What is part of what in a graph."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in ask_page(store, root, "scenario-scope").texts():
        found[row["relation"]][short(row["narrow"])].add(short(row["wide"]))
    for narrow, wide in found["form"].items():
        found["good"][narrow] |= wide
    names = ("stage", "good", "form", "supplier", "operator", "control")
    return Scope(*({k: _above(found[name], k) for k in list(found[name])} for name in names))


def claims_of(ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that are claims."""
    return frozenset(i for i in ids if i.startswith("claim:"))


def _dependency(row: Mapping[str, str], hardened: set[str], supports: tuple[Support, ...]) -> Dependency:
    return Dependency(
        id=short(row["d"]),
        dependent=short(row["dependent"]),
        on=short(row["on"]),
        stage=short(row["stage"]),
        material=short(row["material"]),
        printed=row["printed"],
        lower=Decimal(row["lower"]) if row["lower"] else None,
        upper=Decimal(row["upper"]) if row["upper"] else None,
        basis=short(row["basis"]).removeprefix("ree:").removesuffix("Basis").lower(),
        forecast=row["modality"].endswith("Forecast"),
        edtf=row["edtf"],
        start=date.fromisoformat(row["from"]) if row["from"] else None,
        end=date.fromisoformat(row["until"]) if row["until"] else None,
        assumed=row["assumed"] == "true",
        hardened_by=frozenset(hardened),
        supports=supports,
        ended=date.fromisoformat(row["ended"]) if row["ended"] else None,
    )


def _above(relation: Mapping[str, set[str]], thing: str) -> frozenset[str]:
    """All that a thing lies in, at any distance."""
    found: set[str] = set()
    waiting = [thing]
    while waiting:
        fresh = relation.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return frozenset(found)
