"""One function a page: from the site and the request's parameters to a view."""

from reegraph.web.pages.asking import question, questions, search, sparql
from reegraph.web.pages.claims import claim, conclusion, source, sources
from reegraph.web.pages.controls import controls, elements
from reegraph.web.pages.disagreements import disagreement, disagreements
from reegraph.web.pages.home import home
from reegraph.web.pages.ontology import ontology, term
from reegraph.web.pages.things import thing

__all__ = [
    "claim",
    "conclusion",
    "controls",
    "disagreement",
    "disagreements",
    "elements",
    "home",
    "ontology",
    "question",
    "questions",
    "search",
    "source",
    "sources",
    "sparql",
    "term",
    "thing",
]
