"""Dependence from mine to use: who depends on whom at each stage, how strongly, on what weakest evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from reegraph.errors import UsageError
from reegraph.pages import bound_page
from reegraph.scenario.dependence import CARRIED, FULL, Dependency
from reegraph.table import Thing, cell_text
from reegraph.web.catalogue import Said
from reegraph.web.links import href
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.supposing import Effect, supposed
from reegraph.web.panel import Drawing, Panel, View
from reegraph.web.svg import Row, Step, chain
from reegraph.wording import code, figure, spoken

# From mine to use; a stage stands behind the wider ones that hold it.
STAGES: Final = (
    "mining", "beneficiation", "processing", "refining", "separation", "metal-making", "alloy-making",
    "magnet-making", "manufacturing", "use",
)  # fmt: skip
_WHO: Final = ("country", "bloc", "region", "firm", "facility", "sector", "product")
_KINDS: Final = {
    "material": ("element", "group", "material", "product"),
    "dependent": _WHO,
    "on": _WHO,
    "stage": ("stage",),
}
_BEST: Final = 4  # stages of which the best-founded hop stands first on the page
_DRAWN: Final = 4  # hops of one stage in the drawing
_LISTED: Final = 8  # and in the table; CSV has all
_GONE: Final = frozenset({"lost", "part", "vanishes"})  # effects by which supply stops
Rank = bool | int
_MODALITY: Final = ("hypothetical", "hypothesis", "forecast", "target", "plan", "judgement", "reported")


@dataclass(frozen=True)
class Hop:
    """One conclusion at a stage. `wider` says that it speaks of more than was asked for."""

    dependency: Thing
    dependent: Thing
    on: Thing
    material: Thing | None
    share: str
    strength: str
    period: str
    basis: str
    wider: bool
    weakest: Said | None
    reasons: tuple[str, ...]
    supports: int
    effect: Effect | None
    grounds: tuple[Rank, ...]  # how well it is founded, the best first
    year: int
    row: Row


@dataclass(frozen=True)
class Stage:
    """A stage with the hops that the graph knows, best-founded first; without any it is a gap."""

    stage: Thing | None
    part: bool
    hops: tuple[Hop, ...]
    total: int
    gap: str

    @property
    def best(self) -> tuple[Hop, ...]:
        """The first hop, and those of the same two that are founded just as well."""
        first = self.hops[0]
        same = (first.dependent, first.on, first.grounds)
        return tuple(h for h in self.hops if (h.dependent, h.on, h.grounds) == same)


def dependence(ask: Ask) -> View:
    """The chain for the element, stage, product or country of the address, and what a scenario changes."""
    ask.only(*_KINDS, "if")
    chosen = _chosen(ask)
    scenario = supposed(ask)
    panel = _panel(ask, chosen)
    stages = _stages(ask, panel, chosen, scenario.effects())
    tables = scenario.panels(ask)
    told = [s for s in stages if s.hops]
    titles = {name: title.label(ask.lang) for name, (title, _) in ask.site.what_if.shipped.items()}
    words: dict[str, Any] = {
        "chosen": chosen,
        "controls": [_control(ask, name, chosen[name]) for name in _KINDS],
        "stages": stages,
        "known": sum(bool(s.hops) for s in stages if s.stage),
        "gaps": sum(not s.hops for s in stages),
        "hops": sum(s.total for s in stages),
        "best": told[:_BEST],
        "drawing": _drawing(ask, stages, chosen) if told else None,
        "titles": titles,
        "supposed": scenario,
        "outcome": scenario.outcome,
        "parts": scenario.parts(tables, set(panel.table.column("dependency")), titles),
    }
    return View("dependence.html", _title(ask, chosen), (panel, *tables), words, scenario.status)


def _chosen(ask: Ask) -> dict[str, str]:
    """The ids asked for, checked; without any, the world's rare earths."""
    chosen = {name: ask.values.get(name, "").strip() for name in _KINDS}
    if not any(name in ask.values for name in _KINDS):
        chosen |= {"material": "group:rare-earths", "dependent": "region:world"}
    for name, id_ in chosen.items():
        kinds = _KINDS[name]
        if id_ and id_.partition(":")[0] not in kinds:
            raise UsageError(ask.t("bad_kind", name, id_, ", ".join(f"{k}:" for k in kinds)))
        if id_:
            ask.site.must_exist(id_)
    return chosen


def _panel(ask: Ask, chosen: dict[str, str]) -> Panel:
    """The conclusions asked for, out of all: the query of just these takes longer than a page may."""
    scope, whole = ask.site.scope, ask.site.panel("dependence")
    kept = [
        d.id
        for d in ask.site.dependence.all.values()
        if chosen["dependent"] in ("", d.dependent)
        and chosen["on"] in ("", d.on)
        and (not chosen["stage"] or scope.stage_fit(chosen["stage"], d.stage) == FULL)
        and (not chosen["material"] or scope.good_fit(chosen["material"], d.material))
    ]
    rows = tuple(r for r in whole.table.rows if isinstance(r[0], Thing) and r[0].id in set(kept))
    query = bound_page(ask.site.root, "dependence", dependency=kept)
    return replace(whole, query=query, table=replace(whole.table, rows=rows))


def _stages(ask: Ask, panel: Panel, chosen: dict[str, str], effects: dict[str, Effect]) -> list[Stage]:
    found: dict[str, list[Hop]] = defaultdict(list)
    for cells in panel.cells():
        stage = cells["stage"]
        found[stage.id if isinstance(stage, Thing) else ""].append(_hop(ask, cells, chosen, effects))
    scope = ask.site.scope
    wanted = chosen["stage"]
    ids = [f"stage:{s}" for s in STAGES]
    ids = [s for s in ids if not wanted or scope.stage_fit(wanted, s) == FULL]
    ids += [s for s in found if s and s not in ids]
    stages = []
    for id_ in [*ids, *([""] if found.get("") else [])]:
        hops = _ranked(found.get(id_, ()))
        over = [s for s in ids if s != id_ and s in scope.stages.get(id_, ())]
        part = bool(over)
        told = next((s for s in over if found.get(s)), "")
        gap = ""
        if not hops:
            name = ask.site.label(told, ask.lang) if told else ""
            gap = ask.t("gap_within", name) if told else ask.t("gap_unknown")
        thing = ask.site.catalogue.thing(id_) if id_ else None
        stages.append(Stage(thing, part, tuple(hops[:_LISTED]), len(hops), gap))
    return stages


def _ranked(hops: Sequence[Hop]) -> list[Hop]:
    """The best-founded first, but what is only wider, forecast or long past behind the rest."""
    now = max((h.year for h in hops), default=0) - CARRIED
    return sorted(hops, key=lambda h: (h.effect is None, h.wider, h.year < now, h.grounds, h.dependency.id))


def _grounds(known: Dependency, weakest: Said | None, carried: Decimal | None) -> tuple[Rank, ...]:
    """The order of evidence: stated or concluded, in what manner, of a said year, not carried, latest."""
    order = ("stated", "derived", "structural")
    return (
        order.index(known.basis),
        -_manner(weakest) if weakest else 0,
        bool(weakest and weakest.assumed),
        int(carried or 0),
        -_year(known),
    )


def _year(known: Dependency) -> int:
    """The last year in which it holds, the first where it has no end; 0 for a forecast."""
    day = known.end or known.start
    return day.year if day and not known.forecast else 0


def _hop(ask: Ask, cells: dict[str, Any], chosen: dict[str, str], effects: dict[str, Effect]) -> Hop:
    lang, wanted, material = ask.lang, chosen["material"], cells["material"]
    known = ask.site.dependence.all[cells["dependency"].id]
    structural = known.basis == "structural"
    printed = figure(lang, cells["share"], "percent") if cells["share"] else ""
    share = printed or ask.t("exposed" if structural else "some")
    effect = effects.get(known.id)
    weakest, reasons = _weakest(ask, known.id, cells["carried"])
    parts = (
        f"{cells['dependent'].label(lang)} ← {cells['on'].label(lang)}",
        material.label(lang) if material and material.id != wanted else "",
        spoken(lang, cells["period"] or ""),
    )
    label = " · ".join(p for p in parts if p)
    text = f"✕ {share}" if effect else share  # what it does to it stands in the hint and the table
    hint = f"{label}: {share}" + (f" → {effect.what.label(lang)}" if effect else "")
    lost = effect is not None and effect.what.id in _GONE
    shape = "lost" if lost else "structural" if structural else "forecast" if known.forecast else "point"
    low, high, value = _bounds(cells)
    return Hop(
        dependency=cells["dependency"],
        dependent=cells["dependent"],
        on=cells["on"],
        material=material,
        share=share,
        strength="" if cells["strength"] is None else f"{cell_text(cells['strength'])}%",
        period=cells["period"] or "",
        basis=known.basis,
        wider=bool(wanted) and ask.site.scope.good_fit(wanted, known.material) != FULL,
        weakest=weakest,
        reasons=reasons,
        supports=len(known.supports),
        effect=effect,
        grounds=_grounds(known, weakest, cells["carried"]),
        year=_year(known),
        row=Row(label, href(lang, known.id), low, high, value, text, shape, hint),
    )


def _bounds(cells: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    """Lower and upper bound, or the one value: what is printed, else the weakest share on the way."""
    low, high, strength = (
        None if cells[k] is None else float(cells[k]) for k in ("lower", "upper", "strength")
    )
    if low is None and high is None:
        return None, None, strength
    return (None, None, low) if low == high else (low, high, None)


def _weakest(ask: Ask, id_: str, carried: Decimal | None) -> tuple[Said | None, tuple[str, ...]]:
    """Of the claims each of which alone overturns it, else of all, the one said most weakly; and why."""
    graph = ask.site.dependence
    claims = sorted(graph.claims(id_))
    alone = [c for c in claims if not graph.stands_without(id_, c)]
    said = ask.site.catalogue.said(alone or claims)
    if not said:
        return None, ()
    weakest = min(said, key=lambda c: (_manner(c), not c.assumed, str(c.since or c.until), c.claim.id))
    reasons = [
        *([ask.t("alone_overturns")] if alone else [ask.t("not_alone")]),
        *(
            [ask.t("said_weakly", code(ask.lang, weakest.modality))]
            if _manner(weakest) < len(_MODALITY)
            else []
        ),
        *([ask.t("assumed")] if weakest.assumed else []),
        *([ask.t("carried_by", cell_text(carried))] if carried else []),
    ]
    return weakest, tuple(reasons)


def _manner(said: Said) -> int:
    return _MODALITY.index(said.modality) if said.modality in _MODALITY else len(_MODALITY)


def _drawing(ask: Ask, stages: Sequence[Stage], chosen: dict[str, str]) -> Drawing:
    steps = [
        Step(
            name=s.stage.label(ask.lang) if s.stage else ask.t("stage_not_said"),
            hops=tuple(h.row for h in s.hops[:_DRAWN]),
            gap=s.gap,
            more=ask.t("and_more", s.total - _DRAWN) if s.total > _DRAWN else "",
            part=s.part,
            loose=s.stage is None,
        )
        for s in stages
    ]
    title = _title(ask, chosen)
    wide, narrow = (chain(steps, title=title, axis=ask.t("who_on_whom"), wide=w) for w in (True, False))
    return Drawing(title, wide, narrow)


def _title(ask: Ask, chosen: dict[str, str]) -> str:
    names = {key: ask.site.label(id_, ask.lang) for key, id_ in chosen.items() if id_}
    who, on = "dependent" in names, "on" in names
    form = ("dependence_all", "dependence_for_all", "dependence_who", "dependence_of")[2 * who + on]
    title = ask.t(
        form,
        who=names.get("dependent", ""),
        on=names.get("on", ""),
        what=names.get("material", ask.t("any_good")),
    )
    return f"{title}{ask.t('colon')}{names['stage']}" if "stage" in names else title


def _control(ask: Ask, name: str, value: str) -> dict[str, Any]:
    """A select of what the conclusions name, by kind; what has none is offered too where it is an element."""
    place = "material" if name == "material" else name
    ids = {getattr(d, place) for d in ask.site.dependence.all.values()} - {""}
    if name == "material":
        ids |= {i for i in ask.site.catalogue.classes if i.startswith(("element:", "group:"))}
    if name == "stage":
        ids |= {f"stage:{s}" for s in STAGES}
    ids |= {value} - {""}
    kinds: dict[str, list[Thing]] = {}
    for kind in _KINDS[name]:
        things = [ask.site.catalogue.thing(i) for i in ids if i.startswith(f"{kind}:")]
        if things:
            kinds[kind] = sorted(things, key=lambda t: t.label(ask.lang))
    if name == "stage":
        order = [f"stage:{s}" for s in STAGES]
        kinds["stage"].sort(key=lambda t: order.index(t.id) if t.id in order else len(order))
    return {"name": name, "value": value, "kinds": kinds}
