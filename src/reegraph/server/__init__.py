"""The graph over HTTP: SPARQL queries and updates, graphs, things, health."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reegraph.server.app import create_app
    from reegraph.server.listener import run

__all__ = ["create_app", "run"]


def __getattr__(name: str) -> object:
    """The web stack loads only when it is asked for: the processes that hold the data do without it."""
    if name == "create_app":
        from reegraph.server.app import create_app

        return create_app
    if name == "run":
        from reegraph.server.listener import run

        return run
    raise AttributeError(name)
