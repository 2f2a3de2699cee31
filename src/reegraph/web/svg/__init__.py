"""Drawings: pure functions from data to SVG text, coloured by the style sheet's classes, never by style=."""

from reegraph.web.svg.neighbours import Neighbour, neighbourhood
from reegraph.web.svg.rows import Row, ladder, timeline

__all__ = ["Neighbour", "Row", "ladder", "neighbourhood", "timeline"]
