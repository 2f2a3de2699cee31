"""What a change does to who depends on whom: stops cut supply, controls put it under licence or harden it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from reegraph.pages import ask_page, page_query
from reegraph.questions import Labels, find_question, read_questions, run
from reegraph.scenario.definition import Change, Impose, Lift, Scenario, Start, Stop
from reegraph.scenario.dependence import (
    FULL,
    PART,
    Dependence,
    Dependency,
    Scope,
    read_dependence,
    read_scope,
)
from reegraph.scenario.outcome import CONTROL_STATES, EFFECTS, Names, Row, sentence
from reegraph.store import Store
from reegraph.terms import short

WORLD: Final = "region:world"
ABROAD: Final = "region:abroad"


@dataclass(frozen=True)
class World:
    """A graph as a scenario sees it from its first day on; `origin` is the one that it is a revision of."""

    store: Store
    root: Path
    day: date
    origin: World | None = None
    _evidence: dict[str, dict[str, str]] = field(default_factory=dict, compare=False)

    @cached_property
    def names(self) -> Names:
        """The names of things."""
        return Names(self.store, Labels(page_query(self.root, "labels")))

    @cached_property
    def dependence(self) -> Dependence:
        """The dependencies."""
        return read_dependence(self.store, self.root)

    @cached_property
    def live(self) -> list[tuple[Dependency, int]]:
        """The dependencies that hold on the day, with the years by which they are carried to it."""
        found = ((d, d.carried(self.day)) for d in self.dependence.all.values())
        return [(d, years) for d, years in found if years is not None]

    @cached_property
    def scope(self) -> Scope:
        """What is part of what."""
        return read_scope(self.store, self.root)

    @cached_property
    def facilities(self) -> list[dict[str, str]]:
        """Which facility or firm carries out what, a row a claim; none that had ended by the day."""
        rows = self.rows("scenario-facilities")
        return [r for r in rows if not r["ended"] or r["ended"] >= self.day.isoformat()]

    @cached_property
    def covered(self) -> list[dict[str, str]]:
        """What each export control covers, a row an item and a claim or notice."""
        return self.rows("scenario-controls")

    @cached_property
    def denials(self) -> list[dict[str, str]]:
        """Claims that a place cannot carry out a stage."""
        return self.rows("scenario-denials")

    def evidence(self, claims: Iterable[str]) -> dict[str, dict[str, str]]:
        """Source, paragraph, time and manner of claims; of what is not here, from its origin."""
        wanted = set(claims)
        if missing := sorted(wanted - set(self._evidence)):
            found = {r["claim"]: r for r in self.rows("evidence", claim=missing)}
            if self.origin and len(found) < len(missing):
                found |= self.origin.evidence(c for c in missing if c not in found)
            self._evidence.update(found)
        return {c: self._evidence[c] for c in wanted}

    def rows(self, page: str, **values: Iterable[str]) -> list[dict[str, str]]:
        """The rows of a page query, IRIs as short ids and empty where unbound."""
        return [
            {k: short(v) for k, v in row.items()}
            for row in ask_page(self.store, self.root, page, **values).texts()
        ]


@dataclass(frozen=True)
class Loss:
    """What one change does to one dependency; the bounds are in percent, as a source prints them."""

    effect: str
    dependency: Dependency
    carried: int
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    controls: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()  # claims or notices, any one of which gives it too
    scenarios: frozenset[str] = frozenset()  # those whose changes have this effect


@dataclass(frozen=True)
class Field:
    """What a change is about: goods at a stage (empty for any); `on` is who stops, or empty for nobody."""

    on: str
    stage: str
    goods: tuple[str, ...]
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True)
class Control:
    """What a control covers, and by which claims or notices: goods, and stages whose technology it covers.

    `maker` is empty where nobody says who makes it.
    """

    maker: str
    goods: Mapping[str, frozenset[str]]
    stages: Mapping[str, frozenset[str]]


def losses(world: World, scenario: Scenario) -> list[Loss]:
    """What the changes do to each dependency that holds on the day; the gravest where several do."""
    return _all_losses(world, scenario, world.live)


def out_of_time(world: World, scenario: Scenario) -> int:
    """How many dependencies the changes would touch that do not hold on the day, nor by carrying forward."""
    late = [(d, 0) for d in world.dependence.all.values() if d.carried(world.day) is None]
    return len(_all_losses(world, scenario, late))


def _all_losses(world: World, scenario: Scenario, among: Iterable[tuple[Dependency, int]]) -> list[Loss]:
    order = list(EFFECTS)
    found = []
    for dependency, carried in among:
        effects = [
            (e, scenario.of(c)) for c in scenario.changes for e in _effects(c, dependency, carried, world)
        ]
        if effects:
            gravest, _ = min(effects, key=lambda e: order.index(e[0].effect))
            by = frozenset(n for e, names in effects if e.effect == gravest.effect for n in names)
            found.append(replace(gravest, scenarios=by))
    return found


def fields(world: World, scenario: Scenario) -> list[Field]:
    """What the changes are about, without those to single claims."""
    found = []
    for change in scenario.changes:
        by = tuple(n for n in scenario.names if n in scenario.of(change))
        if isinstance(change, Stop):
            found.append(Field(change.on, change.stage, change.materials, by))
        elif isinstance(change, Start):
            found.append(Field("", change.stage, change.materials, by))
        elif isinstance(change, Impose | Lift) and (control := control_of(change, world)).goods:
            found.append(Field(control.maker, "", tuple(sorted(control.goods)), by))
    return found


def control_of(change: Impose | Lift, world: World) -> Control:
    """What an imposed or lifted control covers; a package covers what its measures cover."""
    if isinstance(change, Impose) and not change.control:
        stage_of = {r["item"]: r["stage"] for r in world.covered}
        rows = [{"item": m, "stage": stage_of.get(m, ""), "claim": ""} for m in change.materials]
        maker = change.maker
    else:
        rows = covered_by(change, world)
        maker = next((r["by"] for r in rows if r["by"]), "")
    goods, stages = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in rows:
        by_technology = row["item"].startswith("technology:")
        if key := row["stage"] if by_technology else row["item"]:
            (stages if by_technology else goods)[key].add(row["claim"])
    return Control(maker, _frozen(goods), _frozen(stages))


def covered_by(change: Impose | Lift, world: World) -> list[dict[str, str]]:
    """The items of a known control and of the measures that are part of it."""
    parts = world.scope.parts(change.control) if change.control else frozenset()
    return [r for r in world.covered if r["control"] in parts]


def control_rows(world: World, scenario: Scenario) -> list[Row]:
    """Each item under an imposed or lifted control: its status on the day, and in the scenario."""
    rows: list[Row] = []
    changes = [c for c in scenario.changes if isinstance(c, Impose | Lift)]
    status = _status(world) if changes else {}
    for change in changes:
        after = CONTROL_STATES["imposed" if isinstance(change, Impose) else "lifted"]
        if isinstance(change, Impose) and change.since:
            after = sentence(f"in force from {change.since.edtf}", f"自{change.since.edtf}起有效")
            rows += [("", m, "", after, ()) for m in sorted(change.materials)]
        evidence: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in covered_by(change, world):
            evidence[row["control"], row["item"]].add(row["claim"])
        package = {status[k] for k in evidence if k in status and k[0] == change.control}
        known = package.pop() if len(package) == 1 else ""  # a measure has the status of its package
        rows += [(*key, status.get(key, known), after, e) for key, e in sorted(evidence.items())]
    return rows


def _status(world: World) -> dict[tuple[str, str], str]:
    """The status of each control and item on the day, by the question controls-in-force."""
    question = find_question("controls-in-force", read_questions(world.root / "queries"))
    table = run(world.store, question, {"date": world.day.isoformat()}, world.names.labels)
    return {(r["control"], r["item"]): r["status"] for r in table}


def overtaken(world: World, scenario: Scenario) -> list[tuple[str, str]]:
    """Facility and claim, where the claim denies what the facility is supposed to start."""
    found = set()
    for change in scenario.changes:
        for row in world.denials if isinstance(change, Start) else ():
            assert isinstance(change, Start)
            at_home = world.scope.is_in(change.facility, row["place"])
            by_stage = world.scope.stage_fit(row["stage"], change.stage) == FULL
            by_good = any(world.scope.good_fit(row["material"], g) == FULL for g in change.materials)
            if at_home and by_stage and by_good:
                found.add((change.facility, row["claim"]))
    return sorted(found)


def relieved(world: World, change: Start) -> list[list[Dependency]]:
    """Dependencies for which a facility that starts is an alternative, by who on whom for what.

    A product's exposure follows the world's and is left out; what comes from abroad in general is
    relieved only by a facility at home.
    """
    scope = world.scope
    groups: dict[tuple[str, ...], list[Dependency]] = defaultdict(list)
    for d, _ in world.live:
        follows = d.basis == "structural" and not d.printed and d.dependent != WORLD
        home = scope.is_in(change.facility, d.dependent)
        own = scope.is_in(change.facility, d.on) or scope.supply_fit(d.on, change.facility) == FULL
        fit = scope.fit(change.stage, change.materials, d.stage, d.material)
        if d.material and fit and not follows and (home if d.on == ABROAD else not own):
            groups[d.dependent, d.on, d.stage, d.material, d.basis].append(d)
    return [members for _, members in sorted(groups.items())]


def _effects(change: Change, dependency: Dependency, carried: int, world: World) -> Iterator[Loss]:
    if isinstance(change, Stop):
        yield from _stopped(change, dependency, carried, world.scope)
    elif isinstance(change, Impose | Lift):
        yield from _bound(change, dependency, carried, world)


def _stopped(change: Stop, d: Dependency, carried: int, scope: Scope) -> Iterator[Loss]:
    supplier = scope.supply_fit(change.on, d.on)
    fit = scope.fit(change.stage, change.materials, d.stage, d.material)
    if not supplier or not fit:
        return
    if d.basis == "structural" and not d.printed:  # the share is that of the supplier in the world
        yield Loss("exposed", d, carried, None, None, d.hardened_by)
    elif supplier != FULL or fit != FULL:
        yield Loss("part", d, carried, None, d.upper, d.hardened_by)
    elif change.share is None or change.share.lower == 100:
        yield Loss("lost", d, carried, d.lower, d.upper, d.hardened_by)
    elif d.dependent == WORLD:  # of the whole, the part that stops is lost; of one buyer nobody says how much
        low, high = _times(d.lower, change.share.lower), _times(d.upper, change.share.upper)
        yield Loss("lost", d, carried, low, high, d.hardened_by)
    else:
        yield Loss("part", d, carried, None, d.upper, d.hardened_by)


def _bound(change: Impose | Lift, d: Dependency, carried: int, world: World) -> Iterator[Loss]:
    """Goods under the control need a licence; where it covers the technology of the stage, it hardens."""
    scope, control = world.scope, control_of(change, world)
    if not control.maker or scope.supply_fit(control.maker, d.on) != FULL:
        return
    through: dict[str, set[str]] = defaultdict(set)
    for good, claims in control.goods.items() if d.material else ():
        through[{FULL: "licence", PART: "licence-part"}.get(scope.good_fit(good, d.material), "")] |= claims
    for stage, claims in control.stages.items() if d.stage else ():
        through["hardened" if scope.stage_fit(stage, d.stage) else ""] |= claims
    effect = next((e for e in ("licence", "licence-part", "hardened") if e in through), "")
    if not effect or scope.is_in(d.dependent, control.maker):
        return
    named = frozenset({change.control} - {""})
    least = d.lower if effect == "licence" else None
    by = frozenset(through[effect] - {""})
    if isinstance(change, Lift):
        yield Loss("eased", d, carried, least, d.upper, d.hardened_by - named, by)
    else:
        yield Loss(effect, d, carried, least, d.upper, d.hardened_by | named, by)


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in found.items()}


def _times(bound: Decimal | None, percent: Decimal | None) -> Decimal | None:
    return None if bound is None or percent is None else bound * percent / 100
