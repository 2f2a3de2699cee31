"""The shop window's goods: names of the package that are fetched when they are first asked for.

So the processes that hold the data, and commands that need little, start in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def fetching(places: Mapping[str, str]) -> Callable[[str], object]:
    """A module's `__getattr__` that finds each name in the module that `places` gives (PEP 562)."""

    def fetch(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module 'reegraph' has no attribute {name!r}")
        return getattr(import_module(places[name]), name)

    return fetch
