"""The owl-* rules against an independent reasoner, owlrl, on the real graph: the same triples, as sets.

Left out of what both are given, as neither concludes from it anything that is compared: the claims (with them
owlrl would need minutes), the records of reference entries and corrections, the signatures (`ree:takesObject`
and the like), literals, and domains and ranges that are a union of classes (OWL RL types nothing by a union).
Domains and ranges of one class stay: owlrl types things by them and our rules do not, so equal sets prove
that every statement keeps to its signature. Not compared: blank nodes, owl:Thing, a thing and itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from closure.real import built

from reegraph.reason import DERIVED, read_rules, reason
from reegraph.store import EmbeddedStore
from reegraph.terms import GRAPH, ID, OWL, RDF, RDFS, REE, XSD, short

Sets = frozenset[tuple[str, str, str]]

STATED = ("ontology", "entities", "statements", "reference")
AXIOMS = frozenset(RDFS + p for p in ("subClassOf", "subPropertyOf", "domain", "range")) | {
    RDF + "first",
    RDF + "rest",
}
SIGNATURE = ("takesObject", "takesValue", "takesStage", "takesMaterial", "takesUnit", "takesWord")
RECORDS = ("claim", "reference", "correction", "reading", "dependency", "support", "disagreement", "rule")
# What the ontology may say in OWL: the rules cover the first set, the second concludes nothing about things.
COVERED = {
    "inverseOf", "propertyChainAxiom", "equivalentClass", "intersectionOf", "onProperty", "someValuesFrom",
    "hasValue", "Restriction", "SymmetricProperty", "TransitiveProperty",
}  # fmt: skip
SILENT = {
    "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual", "Ontology",
    "imports", "versionIRI", "versionInfo", "AllDisjointClasses", "members", "disjointWith",
    "disjointUnionOf", "unionOf", "FunctionalProperty", "AsymmetricProperty", "IrreflexiveProperty", "Thing",
}  # fmt: skip
DECLARED = {"Class", "ObjectProperty"}  # what owlrl wants declared


@pytest.fixture(scope="module")
def given(root: Path) -> frozenset[ox.Triple]:
    """What both are given: axioms, types, statements between things, and the plain dependence derived."""
    return frozenset(_given(built(root)))


@pytest.fixture(scope="module")
def theirs(given: frozenset[ox.Triple]) -> Sets:
    """The closure by owlrl: OWL 2 RL without its axiomatic triples."""
    graph = rdflib.Graph()
    graph.parse(data=ox.serialize(given, format=ox.RdfFormat.N_TRIPLES), format="nt")
    closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False)
    closure.expand(graph)
    named = ((s, p, o) for s, p, o in graph if isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef))
    return _compared((str(s), str(p), str(o)) for s, p, o in named)


def test_the_rules_find_what_owlrl_finds(root: Path, given: frozenset[ox.Triple], theirs: Sets) -> None:
    """The owl-* rules and owlrl, given the same triples of the real graph, conclude the same."""
    store = EmbeddedStore(ox.Quad(*t) for t in given)
    rules = [r for r in read_rules(root / "queries" / "rules") if r.name.startswith("owl-")]
    added = reason(store, rules)
    assert [name for name, count in added.items() if not count] == [], (
        "this rule is not tried by the real graph"
    )
    ours = _compared(_texts(store.read_graph(None)))
    assert len(ours) > len(_compared(_texts(given)))
    assert _differences(ours, theirs) == ([], [])


def test_the_built_graph_holds_that_closure(root: Path, theirs: Sets) -> None:
    """What the built graph says of things is owlrl's closure of what it states, no more and no less."""
    assert _differences(_compared(_texts(built(root).read_graph(None))), theirs) == ([], [])


def test_a_rule_left_out_shows(root: Path, given: frozenset[ox.Triple], theirs: Sets) -> None:
    """Without any one owl-* rule the closure falls short of owlrl's, so the comparison sees a fault."""
    rules = [r for r in read_rules(root / "queries" / "rules") if r.name.startswith("owl-")]
    for missing in rules:
        store = EmbeddedStore(ox.Quad(*t) for t in given)
        reason(store, [r for r in rules if r is not missing])
        assert _compared(_texts(store.read_graph(None))) < theirs, missing.name


def test_the_ontology_uses_only_what_the_rules_cover(root: Path) -> None:
    """Every OWL term of the ontology is covered by a rule or concludes nothing about things."""
    triples = built(root).read_graph(GRAPH + "ontology")
    used = {n.value for t in triples for n in (t.predicate, t.object) if isinstance(n, ox.NamedNode)}
    assert {iri.removeprefix(OWL) for iri in used if iri.startswith(OWL)} <= COVERED | SILENT


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?p owl:propertyChainAxiom/rdf:rest/rdf:rest ?more . FILTER(?more != rdf:nil) }",
        "SELECT * { ?list ^owl:intersectionOf ?c ; rdf:rest/rdf:rest ?more . FILTER(?more != rdf:nil) }",
        "SELECT * { ?c owl:intersectionOf/rdf:first ?first . FILTER(!isIRI(?first)) }",
        "SELECT * { ?c owl:intersectionOf/rdf:rest/rdf:first ?r  MINUS { ?r owl:someValuesFrom ?f } }",
        "SELECT * { ?c owl:equivalentClass ?other . FILTER(isIRI(?other)) }",
        "SELECT * { ?p a owl:FunctionalProperty , owl:ObjectProperty }",
        # a control binds for a time and against some: what follows from it is for a rule, which knows both
        "SELECT * { ?p owl:propertyChainAxiom/rdf:rest*/rdf:first/rdfs:subPropertyOf* ?link ."
        " FILTER(?link IN (ree:controls, ree:controlledBy)) }",
    ],
    ids=[
        "chains of three",
        "three members",
        "no class first",
        "no restriction second",
        "two names",
        "same as",
        "through a control",
    ],
)
def test_the_ontology_keeps_to_the_shapes_of_the_rules(root: Path, query: str) -> None:
    """Chains have two links, defined classes one class and one relation: the shapes that the rules read."""
    assert list(built(root).select(query).texts()) == []


def test_every_property_is_declared_as_one_kind(root: Path) -> None:
    """OWL DL wants each property in use declared, as an object, datatype or annotation property alone."""
    triples = [*built(root).read_graph(None), *ox.parse(path=str(root / "ontology" / "alignments.ttl"))]
    kinds = {OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
    declared = [
        t.subject.value
        for t in {ox.Triple(t.subject, t.predicate, t.object) for t in triples}
        if isinstance(t.object, ox.NamedNode) and t.object.value in kinds
    ]
    assert len(declared) == len(set(declared))
    used = {t.predicate.value for t in triples}
    assert {p for p in used if not p.startswith((RDF, RDFS, OWL))} <= set(declared)


def test_two_datatypes_are_outside_owl(root: Path) -> None:
    """The datatypes of values and ranges are of OWL 2's map, two apart, which docs/model.md names."""
    owl = {XSD + name for name in ("string", "integer", "decimal", "boolean")}
    triples = built(root).read_graph(None)
    plain = (t.object for t in triples if isinstance(t.object, ox.Literal) and not t.object.language)
    named = {literal.datatype.value for literal in plain}
    named |= {
        t.object.value for t in triples if str(t.object).startswith(("<" + XSD, "<" + RDF + "langString"))
    }
    assert named - owl == {XSD + "date", RDF + "langString"}


def test_less_of_a_thing_is_no_substitute(root: Path) -> None:
    """What lessens the use of a good is no substitute by any axiom: each such statement is a claim's."""
    query = """
        SELECT * { ?good ree:substitutesFor ?other
          FILTER NOT EXISTS { ?c ree:property ree:substitutesFor ;
            ree:subject ?good ; ree:object ?other } }"""
    assert list(built(root).select(query).texts()) == []


def test_the_heavy_rare_earths_are_heavy(root: Path) -> None:
    """The group of heavy rare earths is of their class, so that a plant said to process it is classified."""
    (row,) = built(root).select("SELECT ?c { BIND(ree:HeavyRareEarth AS ?c) group:heavy-ree a ?c }").texts()
    assert short(row["c"]) == "ree:HeavyRareEarth"


def _given(store: EmbeddedStore) -> Iterable[ox.Triple]:
    stated = {t for name in STATED for t in store.read_graph(GRAPH + name)}
    stated |= {t for t in store.read_graph(DERIVED.value) if t.predicate.value == REE + "dependsOn"}
    unions = {t.subject for t in stated if t.predicate.value == OWL + "unionOf"}
    lists = _members(
        stated, {t.object for t in stated if t.subject in unions and t.predicate.value == OWL + "unionOf"}
    )
    for t in stated:
        machinery = t.predicate.value in {REE + s for s in SIGNATURE} or _is_record(t.subject)
        aside = unions & {t.subject, t.object} or t.subject in lists
        if not (isinstance(t.object, ox.Literal) or machinery or aside) and _matters(t):
            yield t


def _matters(triple: ox.Triple) -> bool:
    predicate, value = triple.predicate.value, triple.object
    if predicate == RDF + "type":
        name = value.value.removeprefix(OWL) if isinstance(value, ox.NamedNode) else ""
        return name not in SILENT - DECLARED
    return predicate in AXIOMS or predicate.startswith((OWL, REE))


def _members(triples: Iterable[ox.Triple], heads: set[object]) -> set[object]:
    """The cells of the lists that begin at `heads`."""
    rest = {t.subject: t.object for t in triples if t.predicate.value == RDF + "rest"}
    cells: set[object] = set()
    for head in heads:
        while head in rest and head not in cells:
            cells.add(head)
            head = rest[head]  # noqa: PLW2901 -- walking down the list
    return cells


def _texts(triples: Iterable[ox.Triple]) -> Iterable[tuple[str, str, str]]:
    for t in triples:
        if (
            isinstance(t.subject, ox.NamedNode)
            and isinstance(t.object, ox.NamedNode)
            and not _is_record(t.subject)
        ):
            yield t.subject.value, t.predicate.value, t.object.value


def _is_record(node: object) -> bool:
    return isinstance(node, ox.NamedNode) and node.value.startswith(tuple(f"{ID}{kind}/" for kind in RECORDS))


def _compared(triples: Iterable[tuple[str, str, str]]) -> Sets:
    """Statements by ree: properties and classes of things; nothing of a thing to itself, no signature."""
    signature = {REE + s for s in SIGNATURE}
    return frozenset(
        (s, p, o)
        for s, p, o in triples
        if s != o and p not in signature and (p.startswith(REE) or (p == RDF + "type" and o.startswith(REE)))
    )


def _differences(ours: Sets, theirs: Sets) -> tuple[list[str], list[str]]:
    """What only we and what only they conclude, in short ids."""
    only = (sorted(" ".join(map(short, t)) for t in a - b) for a, b in ((ours, theirs), (theirs, ours)))
    first, second = only
    return first, second
