"""The keeper: a process that holds the data in memory and forks workers from them, single-threaded.

It runs no stranger's query itself. A change is tried in a copy of it (a fork), which then takes its place.
Forked by a front that has the data, or started as `python -m reegraph.server.keeper FD`, FD being its link to
the front, with which it ends.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import resource
import signal
import socket
import sys
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from reegraph.errors import StoreError
from reegraph.server.changing import apply
from reegraph.server.question import Limits
from reegraph.server.reader import read
from reegraph.server.wire import END, FAULT, frame, packed_fault, receive
from reegraph.server.wishes import Fork, Load, Reap, Try
from reegraph.server.worker import cap, in_deep_stack, work
from reegraph.store.embedded import RDF_FILES

_NONE: Final = Limits(0, 1 << 40)


def main() -> None:
    """Keep, until the link ends."""
    keep(ox.Store(), socket.socket(fileno=int(sys.argv[1])))


def keep(dataset: ox.Store, link: socket.socket) -> None:
    """Keep a dataset, until the link ends. Never returns."""
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # the front ends this process, by ending the link
    gc.freeze()  # what is there stays: a collection in a worker need not touch, and copy, its pages
    while (message := receive(link)) is not None:
        wish: Load | Fork | Reap | Try = pickle.loads(message[1])  # noqa: S301 (from the front)
        if isinstance(wish, Fork) and wish.limits is None:
            link = _copied(link, socket.socket(fileno=message[2][0]))
            continue
        try:
            answer = _granted(dataset, link, wish, message[2])
        except BaseException as error:
            link.sendall(frame(FAULT, packed_fault(error)))
        else:
            link.sendall(frame(END, json.dumps(answer).encode()))
    os._exit(0)


def _copied(link: socket.socket, other: socket.socket) -> socket.socket:
    """The link to go on with: in a copy of this process that is `other`.

    The copy goes on in the same frame, so that a copy of a copy, a thousand times over, has no deeper stack.
    """
    if pid := os.fork():
        other.close()
        link.sendall(frame(END, json.dumps({"pid": pid}).encode()))
        return link
    link.close()
    return other


def _granted(
    dataset: ox.Store, link: socket.socket, wish: Load | Fork | Reap | Try, descriptors: list[int]
) -> dict[str, Any]:
    match wish:
        case Load():
            _load(dataset, wish, descriptors)
            gc.freeze()
            return {"quads": len(dataset)}
        case Fork():
            return {"pid": _fork(dataset, link, wish, descriptors)}
        case Reap(pid):
            return {"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}
        case Try():
            return _try(dataset, link, wish)


def _load(dataset: ox.Store, wish: Load, descriptors: list[int]) -> None:
    if wish.content:
        dataset.bulk_load(wish.content, format=ox.RdfFormat.N_QUADS)
    elif wish.piped:
        with open(descriptors[0], "rb") as pipe:
            dataset.bulk_load(cast(IO[bytes], pipe), format=ox.RdfFormat.N_QUADS)
    for graph in wish.graphs:
        dataset.add_graph(ox.NamedNode(graph))
    if wish.path:
        ending = wish.path.rpartition(".")[2].lower()
        base = None if ending in {"nq", "nt"} else "file://" + os.path.abspath(wish.path)
        try:
            dataset.bulk_load(path=wish.path, format=RDF_FILES[ending], base_iri=base)
        except (OSError, SyntaxError, ValueError) as error:
            raise StoreError(f"{wish.path}: cannot be loaded: {error}") from error


def _fork(dataset: ox.Store, link: socket.socket, wish: Fork, descriptors: list[int]) -> int:
    if pid := os.fork():
        for descriptor in descriptors:
            os.close(descriptor)
        return pid
    try:
        link.close()
        if wish.reading:
            read(dataset, descriptors, wish.reading, wish.limits or _NONE)
        work(dataset, socket.socket(fileno=descriptors[0]), wish.limits or _NONE)
    finally:
        os._exit(1)


def _try(dataset: ox.Store, link: socket.socket, wish: Try) -> dict[str, Any]:
    """The change, on a deep stack; that thread is over before anything is forked from here."""
    outcome: list[dict[str, Any] | BaseException] = []

    def carry_out() -> None:
        try:
            outcome.append(apply(dataset, wish.change))
        except BaseException as error:
            outcome.append(error)

    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(link.fileno())
    os.close(free)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files[1] if wish.service else free, files[1]))
    cap(wish.memory)
    signal.setitimer(signal.ITIMER_REAL, wish.seconds)
    in_deep_stack(carry_out, wish.memory)
    signal.setitimer(signal.ITIMER_REAL, 0)
    cap(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, files)
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


if __name__ == "__main__":
    main()
