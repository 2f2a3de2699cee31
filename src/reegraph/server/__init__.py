"""The graph over HTTP: SPARQL queries, graph reading, health."""

from reegraph.server.app import create_app
from reegraph.server.listener import run

__all__ = ["create_app", "run"]
