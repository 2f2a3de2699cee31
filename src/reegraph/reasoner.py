"""Is the ontology consistent and satisfiable: HermiT and Pellet, through owlready2."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from reegraph.errors import MissingPart, ValidationError
from reegraph.terms import BASE, OWL, RDF, REE, XSD, short

if TYPE_CHECKING:
    import owlready2

# HermiT 1.4 crashes on these datatypes; triples that use them stay out of what it is given.
_NOT_OWL2 = frozenset(XSD + t for t in ("date", "gYear", "gYearMonth", "duration"))
# Pellet's log follows its explanation: lines of two, the first with the time and the class that speaks.
_LOG = re.compile(r"^.*\d{4} .*org\.mindswap\.pellet\.", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What a reasoner found: whether the ontology is consistent, which classes can have no member, why."""

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    explanation: str = ""
    types: frozenset[tuple[str, str]] = frozenset()  # inferred (individual, class), as short ids


def require_java() -> None:
    """MissingPart, in one line, when there is no Java to run a reasoner."""
    if shutil.which("java") is None:
        raise MissingPart("Java is not installed: the reasoners need it (apt install default-jre-headless).")


def ontology(triples: Iterable[ox.Triple]) -> owlready2.Ontology:
    """The triples as an owlready2 ontology in a world of its own."""
    import owlready2

    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None  # no output was given to write to
    world = owlready2.World()
    loaded: owlready2.Ontology = world.get_ontology(BASE + "ontology").load(fileobj=io.BytesIO(content))
    return loaded


def dl_projection(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """What a DL reasoner is given: no datatypes outside OWL 2, individuals declared."""
    kept: list[ox.Triple] = []
    individuals: set[ox.NamedNode] = set()
    for triple in triples:
        datatype = triple.object.datatype if isinstance(triple.object, ox.Literal) else triple.object
        if isinstance(datatype, ox.NamedNode) and datatype.value in _NOT_OWL2:
            continue  # a value of the datatype, or a range that names it
        kept.append(triple)
        cls = triple.object if triple.predicate.value == RDF + "type" else None
        ours = isinstance(cls, ox.NamedNode) and cls.value.startswith(REE)
        if ours and isinstance(triple.subject, ox.NamedNode):
            individuals.add(triple.subject)
    named = ox.NamedNode(OWL + "NamedIndividual")
    kept += [ox.Triple(i, ox.NamedNode(RDF + "type"), named) for i in sorted(individuals, key=str)]
    return kept


def check(triples: Iterable[ox.Triple]) -> Verdict:
    """HermiT's verdict; where the ontology is inconsistent, with Pellet's explanation.

    Raises MissingPart without Java.
    """
    require_java()
    import owlready2

    projected = dl_projection(triples)
    onto = ontology(projected)
    try:
        with onto:
            owlready2.sync_reasoner_hermit(onto.world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return Verdict(False, explanation=explain(projected))
    except owlready2.OwlReadyJavaError as error:
        raise ValidationError([f"HermiT refuses the ontology: {_first_line(str(error))}"]) from error
    unsatisfiable = sorted(
        short(c.iri) for c in onto.world.inconsistent_classes() if c is not owlready2.Nothing
    )
    types = {
        (short(i.iri), short(c.iri))
        for i in onto.world.individuals()
        for c in i.is_a
        if isinstance(c, owlready2.ThingClass)
    }
    return Verdict(True, tuple(unsatisfiable), types=frozenset(types))


def explain(triples: Iterable[ox.Triple]) -> str:
    """Pellet's account of an inconsistency: the axioms that clash, one a line."""
    import owlready2

    onto = ontology(triples)
    try:
        with onto:
            owlready2.sync_reasoner_pellet(onto.world, debug=2)
    except owlready2.OwlReadyInconsistentOntologyError as error:
        return _axioms(str(error))
    return "Pellet finds no clash."


def _first_line(message: str) -> str:
    """What Java's exception says, without its stack."""
    lines = [line for line in message.splitlines() if "Exception" in line]
    return (lines or message.splitlines() or [""])[0].rpartition("Exception: ")[2][:400]


def _axioms(message: str) -> str:
    lines = [line.strip() for line in _LOG.split(message)[0].splitlines()]
    start = next((n for n, line in enumerate(lines) if line.startswith("Explanation")), 0)
    return "\n".join(line for line in lines[start:] if line)[:4000]
