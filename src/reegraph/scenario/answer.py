"""The answer of a scenario: its losses and changes, what they rest on, and what would overturn them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from reegraph.build import fresh_snapshot
from reegraph.scenario.alternatives import alternatives, unknown
from reegraph.scenario.changed import known_ids, needs_rebuild, revision, touched_by
from reegraph.scenario.combination import combined
from reegraph.scenario.consequences import (
    Field,
    Loss,
    World,
    control_rows,
    fields,
    losses,
    out_of_time,
    overtaken,
    relieved,
)
from reegraph.scenario.definition import Impose, Lift, Scenario, Start, read_scenario, scenario_path
from reegraph.scenario.dependence import CARRIED, Conclusion, Dependence, Dependency, claims_of, read_scope
from reegraph.scenario.outcome import (
    CHANGES,
    EFFECTS,
    KINDS,
    Names,
    Outcome,
    Row,
    drawn,
    period_text,
    place_text,
    sentence,
)
from reegraph.scenario.revision import revised
from reegraph.store import EmbeddedStore, Store
from reegraph.table import Thing

_EFFECTIVE: Final = ("ree:affects", "ree:causesDelay", "ree:causesShortage", "ree:targets")
_BASES: Final = ("stated", "derived", "structural")


class Asked(Protocol):
    """What a scenario is asked of: a KnowledgeGraph."""

    @property
    def store(self) -> Store:
        """Where the graph lies."""

    @property
    def root(self) -> Path:
        """The folder of the files that it was built from."""


@dataclass(frozen=True)
class _Built:
    store: Store
    root: Path


def answer(graph: Asked, *names: str | Path) -> Outcome:
    """The answer of a scenario given by its name or its .toml file; of several, all held together.

    Raises UnknownName, CurationError for a file with faults, UsageError for what cannot hold together.
    """
    known = known_ids(graph.store, graph.root)
    scenarios = [read_scenario(scenario_path(graph.root, name), known) for name in names]
    return run_scenario(graph, combined(scenarios, read_scope(graph.store, graph.root)))


def run_scenario(graph: Asked | Path, scenario: Scenario) -> Outcome:
    """The answer of a scenario on a graph, or on the built graph of the files under a root.

    The graph is only read; where claims change, they change in a copy in memory. Raises CurationError
    for a replaced claim that makes no row, UsageError for a graph of other files than those at hand.
    """
    if isinstance(graph, Path):
        graph = _Built(EmbeddedStore.load(fresh_snapshot(graph).quads), graph)
    root = graph.root
    before = World(graph.store, root, scenario.start.start or date.min)
    if not needs_rebuild(scenario.changes):
        return Answer(before, before, scenario).outcome()
    denied = tuple(overtaken(before, scenario))
    after = World(_supposed(before, scenario, denied), root, before.day, before)
    return Answer(before, after, scenario, denied).outcome()


def _supposed(before: World, scenario: Scenario, denied: Sequence[tuple[str, str]]) -> Store:
    change = revision(scenario, frozenset(c for _, c in denied), before)
    return revised(before.store, before.root, before.dependence, change)


@dataclass(frozen=True)
class Answer:
    """Works out an outcome. `denied` pairs facilities with the denials that their start overtakes."""

    before: World
    after: World
    scenario: Scenario
    denied: tuple[tuple[str, str], ...] = ()

    def outcome(self) -> Outcome:
        """All parts of the answer."""
        names = (self.after.names, self.before.names)  # not all that is named is in the graph as it would be
        self.after.evidence(self._behind())  # all at once, for each claim alone would be a query
        lost, changed = self._losses, self._changes
        answer, overturn = self._kind, self._overturn()
        if answer == "no-claim":
            lost = [_no_claim(f, good) for f in self._fields if f.on for good in f.goods]
        return Outcome(
            scenario=self.scenario,
            answer=answer,
            says=tuple(self._says(overturn)),
            losses=drawn("losses", lost, *names),
            alternatives=drawn("alternatives", alternatives(self.after, self._fields), *names),
            rests_on=drawn("rests_on", self._rests_on(), *names),
            overturn=drawn("overturn", overturn, *names),
            unknown=drawn("unknown", [r for f in self._fields for r in unknown(self.after, f)], *names),
            changes=drawn("changes", changed, *names),
            controls=drawn("controls", control_rows(self.before, self.scenario), *names),
            context=drawn("context", self._context(), *names),
        )

    def _behind(self) -> Iterator[str]:
        """The claims behind all that may stand in a row."""
        for members in self._groups.values():
            yield from self._claims(m.dependency for m in members) | claims_of(members[0].through)
        for graph in (self.before.dependence, self.after.dependence):
            for id_ in graph.all if self.denied or self.after is not self.before else ():
                yield from graph.claims(id_)

    @property
    def _kind(self) -> str:
        if self._losses or self._changes:
            return "known"
        return "no-claim" if any(f.on for f in self._fields) else "no-change"

    @cached_property
    def _fields(self) -> list[Field]:
        return fields(self.after, self.scenario)

    @cached_property
    def _losses(self) -> list[Row]:
        """One row for each conclusion: sources that print different shares stand side by side in it."""
        order = list(EFFECTS)
        ranked = sorted(self._groups, key=lambda k: (order.index(k[0]), _BASES.index(k[1]), *k[2:]))
        return [self._loss(self._groups[key]) for key in ranked]

    @cached_property
    def _groups(self) -> dict[tuple[str, ...], list[Loss]]:
        groups: dict[tuple[str, ...], list[Loss]] = defaultdict(list)
        for loss in losses(self.after, self.scenario):
            d = loss.dependency
            groups[loss.effect, d.basis, d.dependent, d.on, d.stage, d.material].append(loss)
        return groups

    def _loss(self, members: Sequence[Loss]) -> Row:
        first, d = members[0], members[0].dependency
        claims = self._claims(m.dependency for m in members) | claims_of(first.through)
        least, most = [m.at_least for m in members], [m.at_most for m in members]
        return (
            EFFECTS[first.effect],
            KINDS.get(d.dependent.partition(":")[0], ""),
            d.dependent,
            d.on,
            d.stage,
            d.material,
            tuple(self._share(m.dependency) for m in members),
            min((v for v in least if v is not None), default="") if None not in least else "",
            max((v for v in most if v is not None), default="") if None not in most else "",
            d.basis,
            tuple(_period(m.dependency, m.carried) for m in members),
            max(m.carried for m in members),
            frozenset[str]().union(*(m.controls for m in members)),
            claims,
            self._places(claims),
            self._named(frozenset[str]().union(*(m.scenarios for m in members)) | self._touched(claims)),
            [m.dependency.id for m in members],
        )

    @cached_property
    def _changes(self) -> list[Row]:
        """What changed claims make vanish, appear, lose or gain, and for whom a start is an alternative."""
        rows: list[Row] = [self._overtaken(facility, claim) for facility, claim in self.denied]
        old, new = self.before.dependence, self.after.dependence
        for id_ in sorted(set(old.all) | set(new.all)) if old is not new else ():
            if change := _difference(old.all.get(id_), new.all.get(id_)):
                graph = new if id_ in new.all else old
                claims = {c for g in (old, new) if id_ in g.all for c in g.claims(id_)}
                rows.append(self._change(change, "", [graph.all[id_]], graph, self._touched(claims)))
        for start in self.scenario.changes:
            for members in relieved(self.after, start) if isinstance(start, Start) else ():
                assert isinstance(start, Start)
                by = self.scenario.of(start)
                rows.append(self._change("gains-alternative", start.facility, members, new, by))
        return rows

    def _overtaken(self, facility: str, claim: str) -> Row:
        by = self._named(self._touched([claim]))
        return (CHANGES["overtaken"], facility, "", "", "", "", (), "", (), (claim,), by, ())

    def _change(
        self, change: str, by: str, members: Sequence[Dependency], graph: Dependence, scenarios: Set[str]
    ) -> Row:
        d = members[0]
        claims = frozenset[str]().union(*(graph.claims(m.id) for m in members))
        return (
            CHANGES[change],
            by,
            d.dependent,
            d.on,
            d.stage,
            d.material,
            tuple(self._share(m, graph) for m in members),
            d.basis,
            tuple(_period(m, m.carried(self.after.day) or 0) for m in members),
            claims,
            self._named(scenarios),
            [m.id for m in members],
        )

    def _touched(self, claims: Iterable[str]) -> frozenset[str]:
        """The scenarios that drop, replace, overtake or suppose some of these claims."""
        return frozenset[str]().union(*(self._by_claim.get(c, frozenset()) for c in claims))

    @cached_property
    def _by_claim(self) -> dict[str, frozenset[str]]:
        return touched_by(self.scenario, self.denied)

    def _named(self, scenarios: Set[str]) -> tuple[str, ...]:
        """Their names in the order in which they were given."""
        return tuple(n for n in self.scenario.names if n in scenarios)

    @cached_property
    def _conclusions(self) -> list[Conclusion]:
        """The rows of the answer that stand in the scenario."""
        found = [
            Conclusion(frozenset(m.dependency.id for m in members), members[0].through)
            for members in self._groups.values()
        ]
        rows = [frozenset(r[-1]) & frozenset(self.after.dependence.all) for r in self._changes]
        return [*found, *(Conclusion(ids) for ids in rows if ids)]

    def _rests_on(self) -> list[Row]:
        uses: dict[str, int] = defaultdict(int)
        for conclusion in self._conclusions:
            for claim in conclusion.claims(self.after.dependence):
                uses[claim] += 1
        rows, evidence = [], self.after.evidence(uses)
        for claim in sorted(uses, key=lambda c: (-uses[c], c)):
            e = evidence[claim]
            manner = e["modality"].removeprefix("ree:").lower()
            rows.append(
                (
                    claim,
                    claim,
                    e["source"],
                    int(e["paragraph"]),
                    period_text(e["when"], e["assumed"] == "true"),
                    manner,
                    uses[claim],
                )
            )
        return rows

    def _overturn(self) -> list[Row]:
        """For each claim, the rows that do not stand without it."""
        graph, falls = self.after.dependence, defaultdict[str, list[str]](list)
        for conclusion in self._conclusions:
            for claim in conclusion.claims(graph):
                if not conclusion.stands_without(claim, graph):
                    falls[claim].append(min(conclusion.dependencies))
        total = len(self._conclusions)
        ranked = sorted(falls, key=lambda c: (-len(falls[c]), c))
        return [(c, c, len(falls[c]), total, sorted(set(falls[c])), self._places([c])) for c in ranked]

    def _context(self) -> list[Row]:
        """What is said besides of what changes: on its stage and good, where there are such claims."""
        rests = {c for conclusion in self._conclusions for c in conclusion.claims(self.after.dependence)}
        found: list[dict[str, str]] = []
        for field in self._fields:
            of = [r for r in self._about(field.on) if r["claim"] not in rests]
            near = [r for r in of if self._near(field, r)]
            found += near if self._losses or near else of
        for change in self.scenario.changes:
            if isinstance(change, Start):
                found += self._about(change.facility)
            elif isinstance(change, Impose | Lift):
                found += [r for r in self._about(change.control) if r["property"] in _EFFECTIVE]
        rows = {(r["thing"], r["claim"]): r for r in found}
        places = self.before.evidence(c for _, c in rows)
        return [self._said(row, places[claim]) for (_, claim), row in rows.items()]

    def _near(self, field: Field, row: dict[str, str]) -> bool:
        if not field.stage or not row["stage"] or not row["material"]:
            return False
        return bool(self.after.scope.fit(field.stage, field.goods, row["stage"], row["material"]))

    def _about(self, thing: str) -> list[dict[str, str]]:
        return self.before.rows("scenario-claims", thing=[thing]) if thing else []

    def _said(self, row: dict[str, str], evidence: dict[str, str]) -> Row:
        correction = self.before.names.of({row["correction"]}).get(row["correction"], "")
        fixed = sentence(correction.en, correction.zh) if isinstance(correction, Thing) else ""
        rank = evidence["rank"].removeprefix("ree:").lower()
        return (row["thing"], row["claim"], row["claim"], rank, fixed, (place_text(evidence),))

    def _says(self, overturn: Sequence[Row]) -> Iterator[Thing]:
        late = out_of_time(self.after, self.scenario)
        if self._kind == "no-claim" and not late:
            yield from (_plainly_nothing(f, self.after.names) for f in self._fields if f.on)
        elif self._kind == "no-claim":
            yield sentence("No claim for this time.", "就此時間無主張。")
        elif self._kind == "no-change":
            yield sentence("No dependency in the graph rests on it.", "圖譜中沒有任何依賴關係以此為據。")
        if self.scenario.parts:
            day = self.scenario.start.edtf
            yield sentence(f"All of them hold from {day} on.", f"各項自{day}起同時成立。")
        if late:
            yield sentence(
                f"Left out, as ended more than {CARRIED} years before, known to have ended, or beginning "
                f"later: {late} in number.",
                f"未列入（結束於{CARRIED}年以前、已知終止，或其後才開始）：{late}項依賴關係。",
            )
        counts: dict[str, int] = defaultdict(int)
        for row in (*self._losses, *self._changes):
            counts[row[0].id] += 1
        for key, thing in {**EFFECTS, **CHANGES}.items():
            if counts[key]:
                yield sentence(f"{thing.en}: {counts[key]}", f"{thing.zh}：{counts[key]}")
        total = len(self._conclusions)
        alone = sum(bool(c.weakest(self.after.dependence)) for c in self._conclusions)
        if total:
            yield sentence(
                f"{alone} of {total} rows rest on some claim that alone overturns them.",
                f"{total}列中有{alone}列僅憑一項主張即可推翻。",
            )

    def _places(self, claims: Iterable[str]) -> tuple[str, ...]:
        told = list(claims)
        evidence = self.after.evidence(told)
        return tuple(place_text(evidence[c]) for c in told)

    def _claims(self, members: Iterable[Dependency]) -> frozenset[str]:
        return frozenset[str]().union(*(self.after.dependence.claims(d.id) for d in members))

    def _share(self, d: Dependency, graph: Dependence | None = None) -> str:
        """The share as printed, with who prints it."""
        share = d.printed or ("exposed" if d.basis == "structural" else "some")
        places = self._places((graph or self.after.dependence).claims(d.id))
        return f"{share} ({'; '.join(sorted(set(places)))})"


def _period(d: Dependency, carried: int) -> Thing:
    return period_text(d.edtf, d.assumed, d.forecast, carried)


def _difference(old: Dependency | None, new: Dependency | None) -> str:
    if old is None or new is None:
        return "appears" if old is None else "vanishes"
    before, after = set(old.supports), set(new.supports)
    return "loses-support" if before - after else "gains-support" if after - before else ""


def _no_claim(field: Field, good: str) -> Row:
    said = (field.on, field.stage, good)
    return (EFFECTS["no-claim"], "", "", *said, (), "", "", "", (), "", (), (), (), field.scenarios, ())


def _plainly_nothing(field: Field, names: Names) -> Thing:
    found = names.of({field.on, field.stage, *field.goods})
    on, stage = found.get(field.on, Thing("")), found.get(field.stage, Thing(""))
    en, zh = " and ".join(found[g].en for g in field.goods), "、".join(found[g].zh for g in field.goods)
    at, at_zh = (f" at the stage {stage.en}", f"（{stage.zh}階段）") if field.stage else ("", "")
    return sentence(
        f"No claim: the graph has no claim that anybody gets {en}{at} from {on.en}. It is unknown, not none.",
        f"無主張：圖譜中沒有主張指出有人自{on.zh}取得{zh}{at_zh}。這是未知，而非沒有。",
    )
