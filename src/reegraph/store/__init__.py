"""Stores: where the graph lies, behind one small protocol."""

from reegraph.store.embedded import EmbeddedStore
from reegraph.store.protocol import Node, Solutions, Store
from reegraph.store.remote import RemoteStore

__all__ = ["EmbeddedStore", "Node", "RemoteStore", "Solutions", "Store"]
