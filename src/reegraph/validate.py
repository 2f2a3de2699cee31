"""Is the built graph right: check queries in every build, SHACL shapes in `reegraph check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from reegraph.errors import CurationError, Problem, QueryError
from reegraph.questions import read_heads
from reegraph.store import EmbeddedStore, Solutions
from reegraph.terms import SH, short


@dataclass(frozen=True)
class Check:
    """A query whose rows are violations; `remedy` says what to do about one."""

    name: str
    query: str
    title: str
    remedy: str


def read_checks(folder: Path) -> list[Check]:
    """The checks by name; CurationError when a head lacks its title or remedy."""
    heads, problems = read_heads(folder, ("title-en", "remedy-en"))
    if problems:
        raise CurationError(problems)
    return [Check(file.name, file.query, file.keys["title-en"], file.keys["remedy-en"]) for file in heads]


def violations(store: EmbeddedStore, checks: Sequence[Check]) -> Iterator[str]:
    """One line for each row that a check finds."""
    for check in checks:
        try:
            solutions = store.select(check.query)
        except QueryError as error:
            place = f"queries/checks/{check.name}.rq:{error.line or 1}"
            raise CurationError([Problem(place, f"{error}.", "Correct the check.")]) from error
        for row in _rows(solutions):
            yield f"{check.name}: {check.title}: {row} {check.remedy}"


def shape_violations(triples: Sequence[ox.Triple], shapes: Path) -> list[str]:
    """What SHACL finds, by pyshacl: one line a result, with focus node, message and path."""
    import rdflib  # seconds of work: loaded only for `reegraph check`
    from pyshacl import validate

    data = rdflib.Graph()
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None  # no output was given to write to
    data.parse(data=content, format="nt")
    conforms, report, _ = validate(data, shacl_graph=rdflib.Graph().parse(shapes), advanced=True)
    if conforms:
        return []
    assert isinstance(report, rdflib.Graph)
    lines = []
    for result in report.subjects(rdflib.RDF.type, rdflib.URIRef(SH + "ValidationResult")):
        focus, path, message = (
            report.value(result, rdflib.URIRef(SH + key))
            for key in ("focusNode", "resultPath", "resultMessage")
        )
        at = f" ({short(str(path))})" if isinstance(path, rdflib.URIRef) else ""
        lines.append(f"{short(str(focus))}{at}: {message}")
    return sorted(lines)


def _rows(solutions: Solutions) -> Iterator[str]:
    for row in solutions.texts():
        yield ", ".join(f"{name} {short(value)}" for name, value in row.items() if value) + "."
