"""Who could stand in: facilities and firms elsewhere that do a stage; and where the graph has no claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from reegraph.scenario.consequences import ABROAD, Field, World
from reegraph.scenario.dependence import FULL, PART, Dependency
from reegraph.scenario.outcome import FITS, STATES, Row, period_text, place_text, sentence
from reegraph.table import LANGS, Thing
from reegraph.wording import figure

_AMOUNTS: Final = ("ree:capacity", "ree:production")
_PLANNED: Final = ("Plan", "Forecast", "Target", "Hypothetical")


def alternatives(world: World, fields: Sequence[Field]) -> list[Row]:
    """A row for each facility or firm elsewhere that carries out the stage for the goods, or is to.

    One that stops itself, in another of the changes, is none.
    """
    scope = world.scope
    groups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in world.facilities:
        who, stage, good = row["facility"], row["stage"], row["material"]
        if any(
            f.stage and _inside(world, f, who) and scope.fit(f.stage, f.goods, stage, good) for f in fields
        ):
            continue  # it stops itself
        fits = {scope.fit(f.stage, f.goods, stage, good) for f in fields if not _inside(world, f, who)}
        if best := FULL if FULL in fits else PART if PART in fits else "":
            groups[best, who, stage, good, _state(row)].append(row)
    rows = [(fit, state, members) for (fit, *_, state), members in sorted(groups.items())]
    evidence = world.evidence(r["claim"] for *_, members in rows for r in members)
    return [_alternative(world, fit, state, members, evidence) for fit, state, members in rows]


def unknown(world: World, field: Field) -> Iterator[Row]:
    """For each good of the field and its elements: on what there is no claim at this stage."""
    scope = world.scope
    goods = {m for g in field.goods for m in (g, *scope.members(g))}
    for good in sorted(goods, key=lambda g: (g.startswith("element:"), g)):
        if missing := tuple(_missing(world, field, good)):
            yield (field.on, field.stage, good, missing)
    for d, _ in world.live if field.on else ():
        if d.on == ABROAD and scope.fit(field.stage, field.goods, d.stage, d.material):
            yield (field.on, d.stage, d.material, (_from_abroad(world, d, field.on),))


def _inside(world: World, field: Field, who: str) -> bool:
    """True for who stops and what belongs to it."""
    return bool(field.on) and bool(world.scope.supply_fit(field.on, who) or world.scope.is_in(who, field.on))


def _alternative(
    world: World,
    fit: str,
    state: str,
    rows: Sequence[dict[str, str]],
    evidence: dict[str, dict[str, str]],
) -> Row:
    first = rows[0]
    amounts = [r for r in rows if r["property"] in _AMOUNTS and r["printed"]]
    return (
        first["facility"],
        first["place"],
        world.scope.operators.get(first["facility"], frozenset()),
        first["stage"],
        first["material"],
        FITS[fit],
        STATES[state],
        tuple(period_text(r["edtf"], r["assumed"] == "true") for r in rows),
        tuple(f"{r['printed']} {r['unit']}".strip() for r in amounts),
        {r["claim"] for r in rows},
        tuple(place_text(evidence[r["claim"]]) for r in rows),
    )


def _missing(world: World, field: Field, good: str) -> Iterator[Thing]:
    scope, on = world.scope, field.on
    at = [d for d, _ in world.live if scope.fit(field.stage, [good], d.stage, d.material) == FULL]
    does = [r for r in world.facilities if scope.fit(field.stage, [good], r["stage"], r["material"]) == FULL]
    there = [r for r in does if _inside(world, field, r["facility"])]
    other = [r for r in does if r not in there]
    if on and not any(scope.supply_fit(on, d.on) == FULL for d in at):
        yield sentence("who gets it from there", "何者自該處取得")
    # A share of the whole is a structural dependency of that whole, and says how much.
    shares = [d for d in at if d.on == on and d.printed and d.basis == "structural"]
    if on and not shares and not any(r["property"] in _AMOUNTS for r in there):
        yield sentence("how much is done there", "該處的數量或占比")
    if not other:
        yield sentence("a facility elsewhere for it in particular", "其他地方專門處理該物的設施")
    elif not any(r["property"] in _AMOUNTS for r in other):
        yield sentence("how much the facilities elsewhere can do", "其他地方設施的產能")


def _from_abroad(world: World, d: Dependency, on: str) -> Thing:
    names = world.names.of({d.dependent, on})
    who, where = names[d.dependent], names[on]
    share, share_zh = (figure(lang, d.printed or "some", "percent") for lang in LANGS)
    return sentence(
        f"how much of what {who.en} gets from abroad ({share}) comes from {where.en}",
        f"{who.zh}自國外取得者（{share_zh}）有多少來自{where.zh}",
    )


def _state(row: dict[str, str]) -> str:
    if row["claim"].startswith("claim:scenario-"):
        return "supposed"
    return "planned" if row["modality"].removeprefix("ree:") in _PLANNED else "stated"
