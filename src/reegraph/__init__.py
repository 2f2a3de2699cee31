"""reegraph: a knowledge graph of the rare-earth supply chain and its politics.

Every figure on its source's word, down to the sentence; sources that disagree side by side;
dependence derived by rules that can be read, with its proof.
"""

from typing import TYPE_CHECKING

from reegraph.errors import (
    CurationError,
    MissingPart,
    QueryError,
    ReegraphError,
    SnapshotError,
    StoreError,
    UnknownName,
    UsageError,
    ValidationError,
)
from reegraph.window import fetching

if TYPE_CHECKING:
    from reegraph.evidence import Proof
    from reegraph.graph import KnowledgeGraph, connect
    from reegraph.table import Table, Thing

__version__ = "0.1.0"

__all__ = [
    "CurationError",
    "KnowledgeGraph",
    "MissingPart",
    "Proof",
    "QueryError",
    "ReegraphError",
    "SnapshotError",
    "StoreError",
    "Table",
    "Thing",
    "UnknownName",
    "UsageError",
    "ValidationError",
    "connect",
]

__getattr__ = fetching(
    {
        "KnowledgeGraph": "reegraph.graph",
        "Proof": "reegraph.evidence",
        "Table": "reegraph.table",
        "Thing": "reegraph.table",
        "connect": "reegraph.graph",
    }
)
