"""The explorer: the graph as pages, drawn on the server and readable without JavaScript."""

from reegraph.web.app import site_routes

__all__ = ["site_routes"]
