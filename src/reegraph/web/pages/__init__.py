"""One function a page: from the site and the request's parameters to a view."""

from reegraph.web.pages.asking import question, questions, search
from reegraph.web.pages.claims import claim, conclusion, source, sources
from reegraph.web.pages.compare import compare
from reegraph.web.pages.controls import controls, elements
from reegraph.web.pages.dependence import dependence
from reegraph.web.pages.disagreements import disagreement, disagreements
from reegraph.web.pages.dossier import dossier, typed_picks
from reegraph.web.pages.explore import explore
from reegraph.web.pages.home import home
from reegraph.web.pages.ontology import ontology, term
from reegraph.web.pages.places import world
from reegraph.web.pages.things import thing
from reegraph.web.pages.typed import names, sparql

__all__ = [
    "claim",
    "compare",
    "conclusion",
    "controls",
    "dependence",
    "disagreement",
    "disagreements",
    "dossier",
    "elements",
    "explore",
    "home",
    "names",
    "ontology",
    "question",
    "questions",
    "search",
    "source",
    "sources",
    "sparql",
    "term",
    "thing",
    "typed_picks",
    "world",
]
