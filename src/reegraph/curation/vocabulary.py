"""The ontology as curation needs it: classes, properties with their signatures, stages, units, words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from reegraph.curation.figure import Bounds
from reegraph.errors import CurationError, Problem
from reegraph.terms import OWL, RDF, RDFS, REE, SKOS, XSD, short

# alignments.ttl and shapes.ttl are read by those who need them, not as part of the vocabulary.
MODULES = ("core", "chemistry", "supply-chain", "policy", "claims", "vocabulary", "dataset")
REQUIRED, OPTIONAL, FORBIDDEN = "Required", "Optional", "Forbidden"
REMARK = "remark"

_T = TypeVar("_T")


@dataclass(frozen=True)
class Property:
    """A property of claims and its signature: what a row may, must and must not give."""

    name: str
    domain: frozenset[str]  # class names; empty is any
    range: frozenset[str]
    object: str
    value: str
    stage: str
    material: str
    units: frozenset[str]  # codes; empty where no value is taken
    values_at_a_time: int | None
    time_valued: bool
    text_valued: bool
    words: bool = False  # whether a word may stand as the value
    abstract: bool = False  # claims use one of its sub-properties
    unbounded: bool = False  # a percentage that may lie under 0 or over 100
    family: str = ""  # properties of one family measure the same by different definitions

    @property
    def is_share(self) -> bool:
        """True when its only unit is the percent and it is part of a whole, so that 0 and 100 bound it."""
        return self.units == {"percent"} and not self.unbounded


@dataclass(frozen=True)
class Vocabulary:
    """What the ontology files define, and their quads."""

    quads: tuple[ox.Quad, ...]
    parents: Mapping[str, frozenset[str]]  # class name -> all its superclasses and itself
    properties: Mapping[str, Property]
    units: frozenset[str]  # codes
    words: Mapping[str, Bounds]
    individuals: Mapping[str, str]  # class of each thing the ontology itself defines, by short id
    reference_properties: Mapping[str, str]  # "thing", or the IRI of the datatype, for reference entries
    labels: Mapping[tuple[str, str], str]  # of (property name or short id, "en" or "zh")

    def is_a(self, cls: str, *wanted: str) -> bool:
        """True when class `cls` is one of `wanted` or below one of them."""
        return bool(self.parents.get(cls, frozenset()) & set(wanted))


def read_vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary of the Turtle modules in `folder`; CurationError where one does not parse."""
    return vocabulary(read_turtle(folder / f"{name}.ttl" for name in MODULES))


def read_turtle(paths: Iterable[Path]) -> list[ox.Quad]:
    """The triples of the files, in order; CurationError names file, line and column of a fault."""
    quads: list[ox.Quad] = []
    problems = []
    for path in paths:
        place = f"{path.parent.name}/{path.name}"
        try:
            quads += _numbered(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE), path.stem)
        except SyntaxError as error:
            problems.append(Problem(f"{place}:{error.lineno or 1}", f"{error.msg}.", "Correct the Turtle."))
        except OSError:
            problems.append(Problem(f"{place}:1", "the file is not there.", "Restore it or install again."))
    if problems:
        raise CurationError(problems)
    return quads


def vocabulary(quads: Iterable[ox.Quad]) -> Vocabulary:
    """The vocabulary that ontology triples define."""
    graph = _Graph(quads)
    classes = {_name(c): c for c in graph.instances(OWL + "Class") if c.value.startswith(REE)}
    properties = {}
    for kind in ("ObjectProperty", "DatatypeProperty"):
        for node in graph.instances(OWL + kind):
            if graph.one(node, "takesObject") is not None:
                properties[_name(node)] = _property(graph, node)
    words = {
        short(w.value).partition(":")[2]: Bounds(
            graph.number(w, "lower"), graph.number(w, "upper"), graph.text(w, REE + "comparator")
        )
        for w in graph.instances(REE + "QuantityWord")
    }
    units = {graph.text(u, SKOS + "notation") for u in graph.instances(REE + "Unit")}
    individuals = {
        short(thing.value): cls
        for cls in ("Stage", "Unit", "QuantityWord", "Scheme", "DefaultScheme")
        for thing in graph.instances(REE + cls)
    }
    return Vocabulary(
        quads=tuple(graph.quads),
        parents={name: frozenset(_ancestors(graph, node)) for name, node in classes.items()},
        properties=properties,
        units=frozenset(units),
        words=words,
        individuals=individuals,
        reference_properties=_ranges(graph),
        labels=_labels(graph),
    )


class _Graph:
    """Just enough look-up over a list of triples."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.quads = list(quads)
        self._out: dict[tuple[object, str], list[ox.NamedNode | ox.BlankNode | ox.Literal]] = {}
        self._instances: dict[str, list[ox.NamedNode]] = {}
        for q in self.quads:
            predicate = q.predicate.value
            assert not isinstance(q.object, ox.Triple)  # the modules are RDF 1.1
            self._out.setdefault((q.subject, predicate), []).append(q.object)
            if predicate == RDF + "type" and isinstance(q.subject, ox.NamedNode):
                assert isinstance(q.object, ox.NamedNode | ox.BlankNode)
                self._instances.setdefault(q.object.value, []).append(q.subject)

    def instances(self, cls: str) -> list[ox.NamedNode]:
        return self._instances.get(cls, [])

    def out(self, node: object, predicate: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        return self._out.get((node, predicate), [])

    def one(self, node: object, local: str) -> str | None:
        values = self.out(node, REE + local)
        return _name(values[0]) if values else None

    def text(self, node: object, predicate: str) -> str:
        values = self.out(node, predicate)
        return values[0].value if values else ""

    def number(self, node: object, local: str) -> Decimal | None:
        values = self.out(node, REE + local)
        return Decimal(values[0].value) if values else None

    def classes(self, node: object, predicate: str) -> frozenset[str]:
        """Class names behind a domain or range: one class, or the members of a union."""
        names: set[str] = set()
        for value in self.out(node, predicate):
            union = self.out(value, OWL + "unionOf")
            members = self._list(union[0]) if union else [value]
            names |= {_name(m) for m in members if isinstance(m, ox.NamedNode)}
        return frozenset(n for n in names if n != "Entity")

    def _list(self, head: object) -> list[object]:
        members: list[object] = []
        while first := self.out(head, RDF + "first"):
            members.append(first[0])
            head = self.out(head, RDF + "rest")[0]
        return members


def _property(graph: _Graph, node: ox.NamedNode) -> Property:
    units = {short(u.value).removeprefix("unit:") for u in graph.out(node, REE + "takesUnit")}
    limit = graph.text(node, REE + "valuesAtATime")
    return Property(
        name=_name(node),
        domain=graph.classes(node, RDFS + "domain"),
        range=graph.classes(node, RDFS + "range") - {"string", "decimal", "langString"},
        object=graph.one(node, "takesObject") or OPTIONAL,
        value=graph.one(node, "takesValue") or FORBIDDEN,
        stage=graph.one(node, "takesStage") or FORBIDDEN,
        material=graph.one(node, "takesMaterial") or FORBIDDEN,
        units=frozenset(units),
        values_at_a_time=int(limit) if limit else None,
        time_valued=graph.text(node, REE + "timeValued") == "true",
        text_valued=graph.text(node, REE + "textValued") == "true",
        words=graph.one(node, "takesWord") is not None,
        abstract=graph.text(node, REE + "abstract") == "true",
        unbounded=graph.text(node, REE + "unbounded") == "true",
        family=graph.text(node, REE + "family"),
    )


def _labels(graph: _Graph) -> dict[tuple[str, str], str]:
    labels = {}
    for quad in graph.quads:
        if quad.predicate.value == RDFS + "label" and isinstance(quad.object, ox.Literal):
            id_ = short(getattr(quad.subject, "value", "")).removeprefix("ree:")
            labels[id_, (quad.object.language or "").partition("-")[0]] = quad.object.value
    return labels


def _ranges(graph: _Graph) -> dict[str, str]:
    ranges = {_name(p): "thing" for p in graph.instances(OWL + "ObjectProperty")}
    for node in graph.instances(OWL + "DatatypeProperty"):
        ranges[_name(node)] = graph.text(node, RDFS + "range") or XSD + "string"
    return ranges


def _ancestors(graph: _Graph, node: object) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ox.NamedNode) and _name(current) not in found:
            found.add(_name(current))
            waiting += graph.out(current, RDFS + "subClassOf")
    return found


def _name(node: object) -> str:
    value = getattr(node, "value", "")
    return value.rpartition("#")[2] if "#" in value else value.rpartition("/")[2]


def _numbered(quads: Iterable[ox.Quad], scope: str) -> Iterator[ox.Quad]:
    """The quads, blank nodes (class expressions, lists) named by file and order: builds repeat."""
    names: dict[str, ox.BlankNode] = {}

    def rename(term: _T) -> _T | ox.BlankNode:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term.value, ox.BlankNode(f"{scope.replace('-', '')}{len(names)}"))

    for quad in quads:
        yield ox.Quad(rename(quad.subject), quad.predicate, rename(quad.object))
