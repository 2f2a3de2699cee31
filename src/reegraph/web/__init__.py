"""The explorer: the graph as pages, drawn on the server and readable without JavaScript."""

from reegraph.web.app import site_routes
from reegraph.web.site import store_of_pages

__all__ = ["site_routes", "store_of_pages"]
