"""Graphs worked by hand: claims and dependencies in a line each, and what rules make of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from reegraph.curation import edtf, figure
from reegraph.curation.figure import Bounds
from reegraph.reason import DERIVED, Rule, reason
from reegraph.store import EmbeddedStore
from reegraph.terms import PREFIXES, short
from reegraph.triples import decimal, quantity_pairs, when_pairs

WORDS = {
    "all": Bounds(figure.Decimal(100), figure.Decimal(100), "="),
    "most": Bounds(figure.Decimal(50), None, ">"),
    "almost-none": Bounds(),
    "rising": Bounds(),
    "falling": Bounds(),
}


@dataclass(frozen=True)
class Said:
    """A claim: ``says`` is subject, property and object; a negation begins its property with ``not-``."""

    id: str
    says: str
    figure: str = ""
    unit: str = "percent"
    when: str = "2024"
    stage: str = ""
    material: str = ""
    modality: str = "Stated"
    rank: str = "Normal"
    assumed: bool = False

    def turtle(self) -> str:
        """The claim with its quantity and time, in Turtle."""
        subject, property_, *object_ = self.says.split()
        node = f"claim:{self.id}"
        given = {"subject": subject, "property": f"ree:{property_.removeprefix('not-')}"}
        given |= {"object": object_[0]} if object_ else {}
        given |= {k: v for k, v in (("stage", self.stage), ("material", self.material)) if v}
        given["polarity"] = "ree:Negative" if property_.startswith("not-") else "ree:Affirmative"
        given |= {"modality": f"ree:{self.modality}", "rank": f"ree:{self.rank}", "when": _part(node, "when")}
        text = _turtle(_part(node, "when"), when_pairs(edtf.parse(self.when), self.assumed))
        if self.figure:
            number = figure.parse(self.figure, WORDS)
            given["quantity"] = _part(node, "quantity")
            unit = "" if number.comparator == "word" else self.unit
            text += _turtle(_part(node, "quantity"), quantity_pairs(number, unit))
        return text + f"{node} a ree:Claim ; {' ; '.join(f'ree:{k} {v}' for k, v in given.items())} .\n"


@dataclass(frozen=True)
class Depends:
    """A dependency that is there already: ``says`` is the dependent, ``on`` and whom it depends on."""

    id: str
    says: str
    stage: str = ""
    material: str = ""
    share: str = ""
    strength: str = ""
    when: str = "2024"
    basis: str = "Derived"
    modality: str = "Stated"
    by: str = "stated-dependence"
    assumed: bool = False

    def turtle(self) -> str:
        """The dependency with its period, share and support, in Turtle."""
        dependent, _, on = self.says.split()
        node = f"dependency:{self.id}"
        given = {"dependent": dependent, "on": on, "basis": f"ree:{self.basis}Basis"}
        given |= {k: v for k, v in (("stage", self.stage), ("material", self.material)) if v}
        given |= {
            "modality": f"ree:{self.modality}",
            "period": _part(node, "period"),
            "support": f"support:{self.id}",
        }
        text = _turtle(_part(node, "period"), when_pairs(edtf.parse(self.when), self.assumed))
        text += f"support:{self.id} a ree:Support ; ree:rule rule:{self.by} .\n"
        if self.share:
            number = figure.parse(self.share, WORDS)
            pairs = [p for p in quantity_pairs(number, "") if not p[0].endswith(("#type", "#word"))]
            text += _turtle(node, pairs)
        strength = self.strength or (self.share if self.share.isdigit() else "")
        if strength:
            given["strength"] = str(decimal(figure.Decimal(strength)))
        return text + f"{node} a ree:Dependency ; {' ; '.join(f'ree:{k} {v}' for k, v in given.items())} .\n"


Fact = Said | Depends | str  # a string is Turtle as it stands


def worked(facts: Iterable[Fact]) -> EmbeddedStore:
    """A store whose default graph holds the facts."""
    text = "".join(f if isinstance(f, str) else f.turtle() for f in facts)
    header = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items())
    return EmbeddedStore(ox.parse(header + text, format=ox.RdfFormat.TURTLE))


def concluded(facts: Iterable[Fact], rules: Sequence[Rule]) -> set[str]:
    """What the rules add to the facts: a line for each dependency, or for each other triple."""
    store = worked(facts)
    reason(store, rules)
    return dependencies(store) or triples(store)


def triples(store: EmbeddedStore) -> set[str]:
    """The derived triples, in short ids; a literal with its language."""
    return {
        f"{_text(t.subject)} {_text(t.predicate)} {_text(t.object)}" for t in store.read_graph(DERIVED.value)
    }


def dependencies(store: EmbeddedStore) -> set[str]:
    """The derived dependencies, a line each: who on whom, then all that qualifies it."""
    query = """
        SELECT ?x ?y ?stage ?m ?printed ?strength ?edtf ?assumed ?basis ?modality ?years WHERE {
          GRAPH graph:derived { ?d a ree:Dependency ; ree:dependent ?x ; ree:on ?y ; ree:basis ?basis }
          ?d ree:support ?s ; ree:modality ?modality ; ree:period ?period .
          ?period ree:edtf ?edtf .
          OPTIONAL { ?period ree:assumed ?assumed }
          OPTIONAL { ?d ree:stage ?stage } OPTIONAL { ?d ree:material ?m }
          OPTIONAL { ?d ree:printed ?printed } OPTIONAL { ?d ree:strength ?strength }
          OPTIONAL { GRAPH graph:derived { ?s ree:carriedForward ?years } }
        }"""
    return {_line(row) for row in store.select(query).texts()}


def _line(row: dict[str, str]) -> str:
    kind = short(row["basis"]).removeprefix("ree:").removesuffix("Basis").lower()
    parts = [
        f"{short(row['x'])} on {short(row['y'])}",
        short(row["stage"]),
        short(row["m"]),
        row["printed"],
        f"strength {row['strength']}" if row["strength"] else "",
        row["edtf"],
        "assumed" if row["assumed"] else "",
        kind,
        short(row["modality"]).removeprefix("ree:").lower(),
        f"carried {row['years']}" if row["years"] else "",
    ]
    return ", ".join(p for p in parts if p)


def _part(node: str, name: str) -> str:
    kind, _, slug = node.partition(":")
    return f"<{PREFIXES[kind]}{slug}/{name}>"


def _turtle(node: str, pairs: Iterable[tuple[str, ox.NamedNode | ox.Literal]]) -> str:
    return "".join(f"{node} <{predicate}> {value} .\n" for predicate, value in pairs)


def _text(term: object) -> str:
    if isinstance(term, ox.Literal):
        return f'"{term.value}"' + (f"@{term.language}" if term.language else "")
    return short(term.value) if isinstance(term, ox.NamedNode) else str(term)


__all__ = ["Depends", "Fact", "Said", "concluded", "dependencies", "triples", "worked"]
