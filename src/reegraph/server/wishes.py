"""What the front wants of the keeper and of the scribe: plain records, sent as pickles."""

from __future__ import annotations

from dataclasses import dataclass

from reegraph.server.question import Change, Limits


@dataclass(frozen=True)
class Load:
    """Fill the empty dataset from a file, or with N-Quads from bytes or a descriptor that comes along."""

    path: str = ""
    content: bytes = b""
    piped: bool = False
    graphs: tuple[str, ...] = ()  # named graphs to be there, though they may be empty


@dataclass(frozen=True)
class Reading:
    """What a reader is told: the name of the data, the seconds of an answer, and of a client's silence."""

    version: str
    seconds: float
    silence: float = 60


@dataclass(frozen=True)
class Fork:
    """Fork a worker or reader on the descriptors that come along, or without limits a copy of the keeper."""

    limits: Limits | None = None
    reading: Reading | None = None


@dataclass(frozen=True)
class Reap:
    """Wait for a process that has ended or is about to, and tell how."""

    pid: int


@dataclass(frozen=True)
class Try:
    """Carry out a change, within seconds and bytes."""

    change: Change
    seconds: float
    memory: int
    service: bool = False


@dataclass(frozen=True)
class Copy:
    """Write all quads, as N-Quads, to the descriptor that comes along."""


@dataclass(frozen=True)
class Record:
    """Carry out a change, and answer when it is on the disk."""

    change: Change


Wish = Load | Fork | Reap | Try | Copy | Record
