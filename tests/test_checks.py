"""The check queries: each finds a fault planted in a graph of a few lines, none in the real one."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from closure.real import built

from reegraph.build import add_merged
from reegraph.errors import CurationError
from reegraph.folders import project_root
from reegraph.questions import head
from reegraph.store import EmbeddedStore
from reegraph.terms import PREFIXES, short
from reegraph.validate import Check, read_checks, violations

FOLDER = project_root() / "queries" / "checks"
CHECKS = {check.name: check for check in read_checks(FOLDER)}

# A file a fault, named after its check: a graph in TriG, headed by the rows that the check must find.
# What is named good, open or remark there is sound.
PLANTED = sorted((Path(__file__).parent / "closure" / "planted").glob("*.trig"))


def rows(store: EmbeddedStore, check: Check) -> set[str]:
    """The rows of a check as short ids, a blank node as b."""
    found = store.select(check.query)
    return {
        " ".join("b" if isinstance(n, ox.BlankNode) else short(getattr(n, "value", "")) for n in row)
        for row in found.rows
    }


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_a_check_finds_the_planted_fault(path: Path) -> None:
    """A check names each planted fault and leaves what is sound beside it alone."""
    text = path.read_text(encoding="utf-8")
    expected = {line[3:] for line in text.splitlines() if line.startswith("#= ")} - {"nothing"}
    prefixes = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items())
    store = EmbeddedStore()
    add_merged(store.dataset, ox.parse(prefixes + text, format=ox.RdfFormat.TRIG))
    assert rows(store, CHECKS[path.name.partition(".")[0]]) == expected


def test_the_merge_is_checked_both_ways() -> None:
    """A triple of only a named graph, and one of only the default graph, are each found by their check."""
    parts = [ox.NamedNode(f"https://w3id.org/reegraph/ontology#{letter}") for letter in "abc"]
    store = EmbeddedStore()
    add_merged(store.dataset, [ox.Quad(*parts, ox.NamedNode("https://w3id.org/reegraph/graph/claims"))])
    assert not rows(store, CHECKS["not-merged"]) | rows(store, CHECKS["without-origin"])
    store.dataset.add(
        ox.Quad(parts[1], parts[1], parts[1], ox.NamedNode("https://w3id.org/reegraph/graph/x"))
    )
    store.dataset.add(ox.Quad(parts[2], parts[2], parts[2]))
    assert rows(store, CHECKS["not-merged"]) == {"graph:x ree:b ree:b ree:b"}
    assert rows(store, CHECKS["without-origin"]) == {"ree:c ree:c ree:c"}


def test_each_check_has_its_fault() -> None:
    """Every file of queries/checks/ has a graph with a fault, and every such graph a check."""
    merging = {"not-merged", "without-origin"}  # their faults cannot be written in a file that is merged
    faulty = {p.name.partition(".")[0] for p in PLANTED if "#= nothing" not in p.read_text(encoding="utf-8")}
    assert faulty | merging == {path.stem for path in FOLDER.glob("*.rq")}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_real_graph_has_no_fault(name: str, root: Path) -> None:
    """The real graph passes each check."""
    assert list(violations(built(root), [CHECKS[name]])) == []


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_says_what_to_do(name: str) -> None:
    """Each check is headed by its title and its remedy in English and Traditional Chinese."""
    keys = {key: value for _, key, value in head(CHECKS[name].query)}
    assert list(keys) == ["title-en", "title-zh", "remedy-en", "remedy-zh"]
    assert all(keys.values())
    assert all(any("一" <= c <= "鿿" for c in keys[key]) == key.endswith("zh") for key in keys)


def test_a_violation_is_one_line_with_its_remedy() -> None:
    """A violation says check, title, row and remedy."""
    store = EmbeddedStore([ox.Quad(*[ox.NamedNode("https://w3id.org/reegraph/id/country/US")] * 3)])
    store.update("INSERT DATA { country:US ree:dependsOn country:US }")
    check = CHECKS["self-dependence"]
    assert list(violations(store, [check])) == [
        f"self-dependence: A thing that depends on itself: thing country:US. {check.remedy}"
    ]


def test_a_check_without_remedy_is_refused(tmp_path: Path) -> None:
    """A head that lacks its remedy stops the reading, with the file."""
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "bad.rq").write_text("#+ title-en: A\nASK {}\n", encoding="utf-8")
    with pytest.raises(CurationError, match=r"queries/checks/bad\.rq:1: the head lacks"):
        read_checks(folder)


def test_a_check_that_does_not_parse_is_refused_with_its_line() -> None:
    """A check in wrong SPARQL stops the build and names its line."""
    with pytest.raises(CurationError, match=r"queries/checks/bad\.rq:2: "):
        list(violations(EmbeddedStore(), [Check("bad", "SELECT *\nWHERE { ?s ?p }", "", "")]))
