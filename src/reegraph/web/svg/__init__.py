"""Drawings: pure functions from data to SVG text, coloured by the style sheet's classes, never by style=."""

from reegraph.web.svg.alone import drawing_rules, standalone
from reegraph.web.svg.chain import Step, chain
from reegraph.web.svg.flows import Ribbon, flows
from reegraph.web.svg.neighbours import Neighbour, neighbour_list, neighbourhood
from reegraph.web.svg.rows import Row, ladder, timeline

__all__ = [
    "Neighbour",
    "Ribbon",
    "Row",
    "Step",
    "chain",
    "drawing_rules",
    "flows",
    "ladder",
    "neighbour_list",
    "neighbourhood",
    "standalone",
    "timeline",
]
