"""Several scenarios as one: the changes of all from the latest of their days on, unless they contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, product

from reegraph.errors import UsageError
from reegraph.scenario.definition import Change, Drop, Impose, Lift, Replace, Scenario, Start, Stop
from reegraph.scenario.dependence import FULL, Scope
from reegraph.scenario.outcome import sentence
from reegraph.sentence import Sentence
from reegraph.table import Thing


def combined(scenarios: Sequence[Scenario], scope: Scope) -> Scenario:
    """The scenario in which all of these hold; one alone is itself, and twice the same counts once.

    Raises UsageError where two suppose what cannot be at once.
    """
    parts = tuple(s for n, s in enumerate(scenarios) if s not in scenarios[:n])
    if len(parts) == 1:
        return parts[0]
    found = [said for one, other in combinations(parts, 2) for said in _contradictions(one, other, scope)]
    if found:
        raise UsageError(Sentence(" ".join(s.en for s in found), "".join(s.zh for s in found)))
    latest = max(parts, key=lambda s: s.start.start or date.min)
    changes: list[Change] = []
    for change in (c for part in parts for c in part.changes):
        changes += [] if change in changes else [change]
    en, zh = "; ".join(p.title.en for p in parts), "；".join(p.title.zh for p in parts)
    question = sentence(
        f"What if all of these held from {latest.start.edtf} on: {en}?",
        f"若自{latest.start.edtf}起以下各項同時成立，會如何：{zh}？",
    )
    return Scenario(
        "+".join(p.name for p in parts), Thing(en, en, zh), question, latest.start, tuple(changes), parts
    )


def _contradictions(one: Scenario, other: Scenario, scope: Scope) -> Iterator[Thing]:
    """What two scenarios suppose that cannot be at once, a sentence each."""
    pairs = [*product(one.changes, other.changes), *product(other.changes, one.changes)]
    for en, zh in dict.fromkeys(said for first, second in pairs for said in _clash(first, second, scope)):
        yield sentence(
            f"{one.name} and {other.name} contradict each other: {en}. Take one of them out.",
            f"「{one.title.zh}」與「{other.title.zh}」互相矛盾：{zh}。請取消其中一項。",
        )


def _clash(one: Change, other: Change, scope: Scope) -> Iterator[tuple[str, str]]:
    """Why the first change cannot hold beside the second, in both languages."""
    match one, other:
        case Impose(control=imposed), Lift(control=lifted) if imposed:
            if imposed in scope.parts(lifted) or lifted in scope.parts(imposed):
                yield f"{imposed} is imposed and {lifted} is lifted", f"{imposed}生效，而{lifted}解除"
        case Drop(claim=dropped), Replace(claim=replaced) if dropped == replaced:
            yield f"{dropped} is left out and is changed", f"{dropped}既刪去又更改"
        case Replace(claim=first), Replace(claim=second) if first == second and one.cells != other.cells:
            yield f"{first} is changed in two ways", f"{first}有兩種更改"
        case Stop(on=first), Stop(on=second) if first == second and one.stage == other.stage:
            if one.share != other.share and set(one.materials) & set(other.materials):
                yield f"{first} stops two shares of {one.stage}", f"{first}在{one.stage}有兩種停止比率"
        case Stop(share=None, on=on), Start(facility=facility) if scope.supply_fit(on, facility) == FULL:
            yield from _stopped_start(one, other, scope)
        case Start(facility=first), Start(facility=second) if first == second and one.stage == other.stage:
            if one.when != other.when and set(one.materials) & set(other.materials):
                yield f"{first} starts on two dates", f"{first}有兩個啟用日期"


def _stopped_start(stop: Stop, start: Start, scope: Scope) -> Iterator[tuple[str, str]]:
    goods = [g for g in start.materials if scope.fit(stop.stage, stop.materials, start.stage, g) == FULL]
    if goods:
        listed = ", ".join(goods)
        yield (
            f"{stop.on} stops {stop.stage}, where {start.facility} starts it for {listed}",
            f"{stop.on}停止{stop.stage}，而{start.facility}在該處開始處理{listed}",
        )
