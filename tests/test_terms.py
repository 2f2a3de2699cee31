"""Names: short ids and IRIs go back and forth; what is no id is refused."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.errors import UsageError
from reegraph.terms import ID, KINDS, PREFIXES, SLUG, iri, is_id, prologue, short

_ids = st.builds(
    "{}:{}".format, st.sampled_from(sorted(KINDS)), st.from_regex(SLUG, fullmatch=True).map(str.strip)
)


@pytest.mark.parametrize(
    ("id_", "full"),
    [
        ("firm:lynas", "https://w3id.org/reegraph/id/firm/lynas"),
        ("claim:tang-2025-31/quantity", "https://w3id.org/reegraph/id/claim/tang-2025-31/quantity"),
        ("ree:importsFrom", "https://w3id.org/reegraph/ontology#importsFrom"),
        ("graph:claims/tang-2025", "https://w3id.org/reegraph/graph/claims/tang-2025"),
        ("rdf:type", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        ("rdfs:label", "http://www.w3.org/2000/01/rdf-schema#label"),
        ("xsd:date", "http://www.w3.org/2001/XMLSchema#date"),
    ],
)
def test_short_and_iri(id_: str, full: str) -> None:
    """An id and its IRI stand for each other."""
    assert iri(id_) == full
    assert short(full) == id_


@given(_ids)
def test_every_id_goes_round(id_: str) -> None:
    """Every well-formed id becomes an IRI that the store accepts, and the same id again."""
    assert is_id(id_)
    assert short(ox.NamedNode(iri(id_)).value) == id_


@given(st.sampled_from(sorted(PREFIXES)), st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True))
def test_every_prefix_goes_round(prefix: str, local: str) -> None:
    """No prefix hides another: each short name comes back from its IRI."""
    assert short(iri(f"{prefix}:{local}")) == f"{prefix}:{local}"


@pytest.mark.parametrize(
    "full",
    [
        "https://example.org/x",
        f"{ID}nosuchkind/x",
        f"{ID}firm/",
        f"{ID}firm",
        "http://www.w3.org/2000/01/rdf-schema#",
        "urn:x:y",
    ],
)
def test_other_iris_stay(full: str) -> None:
    """An IRI that is none of ours, or names nothing, comes back unchanged from both."""
    assert short(full) == full
    assert iri(full) == full


@pytest.mark.parametrize(
    "text",
    [
        "lynas",
        "",
        ":lynas",
        "company:lynas",
        "Firm:lynas",
        "ftp://x/y",
        "element:D y",
        "element:Dy> <https://w3id.org/reegraph/id/element/Tb",
        "https://example.org/a>b",
        "ree:a\nb",
        "firm:{}",
    ],
)
def test_no_id_no_iri(text: str) -> None:
    """What has no prefix of ours, or cannot stand in an IRI, is refused, with how an id is written."""
    with pytest.raises(UsageError) as caught:
        iri(text)
    assert str(caught.value) == f"{text!r} is not an id; write it as kind:slug, e.g. firm:lynas"


@pytest.mark.parametrize(
    ("text", "well_formed"),
    [
        ("firm:lynas", True),
        ("element:Dy", True),
        ("product:f-35", True),
        ("technology:sm2co17.v1", True),
        ("firm:", False),
        ("firm:-lynas", False),
        ("firm:lynas-", False),
        ("firm:ly--nas", False),
        ("firm:ly nas", False),
        ("firm:lynas\n", False),
        ("firm:lynas/x", False),
        ("firm:萊納斯", False),
        ("company:lynas", False),
        ("rdf:type", False),
        ("lynas", False),
    ],
)
def test_is_id(text: str, well_formed: bool) -> None:
    """A well-formed id has a kind of ours and a slug of letters, digits and single hyphens or dots."""
    assert is_id(text) is well_formed


def test_the_prologue_declares_every_prefix() -> None:
    """A query that uses each predeclared prefix parses under the prologue, and only under it."""
    query = "ASK { " + " ".join(f"?s {prefix}:x ?o ." for prefix in PREFIXES) + " }"
    assert not ox.Store().query(prologue() + query)
    with pytest.raises(SyntaxError):
        ox.Store().query("ASK { ?s firm:x ?o }")


def test_namespaces_are_apart() -> None:
    """No two prefixes stand for one namespace."""
    assert len(set(PREFIXES.values())) == len(PREFIXES)
