"""A worker: a forked process that answers questions from its copy of the data, and may die of any of them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pickle
import resource
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

import pyoxigraph as ox

from reegraph.server.answering import Sink, answer
from reegraph.server.question import Job, Limits
from reegraph.server.wire import DATA, END, FAULT, HEAD, TASK, frame, packed_fault, receive

_STACK: Final = 512 << 20  # deep nesting overflows the usual 8 MB; only touched pages cost
_PAGE: Final = resource.getpagesize()
_FIRST: Final = 3  # the first descriptor after the three standard ones
_ASIDE: Final = 64  # a number above those of the keeper's few descriptors
GRACE: Final = 0.4  # seconds after the deadline, when the front is gone, until the kernel ends the process


def work(dataset: ox.Store, link: socket.socket, limits: Limits) -> None:
    """Answer the jobs of a link until it ends or the limit of jobs is reached. Never returns."""
    only = socket.socket(fileno=confine([link.detach()], limits)[0])
    in_deep_stack(lambda: _serve(dataset, only, limits), limits.memory)
    os._exit(0)


def in_deep_stack(task: Callable[[], None], memory: int = 0) -> None:
    """Run a task on a thread whose stack bears deep nesting, and wait for it.

    Of the bytes of memory that the process may have, if these are limited, the stack is a third at most.
    """
    threading.stack_size(min(_STACK, memory // 3 & -_PAGE) if memory else _STACK)
    thread = threading.Thread(target=task, name="reegraph-deep")
    thread.start()
    thread.join()


def confine(descriptors: Sequence[int], limits: Limits, *, free: bool = False) -> list[int]:
    """Cap this process: its memory, no core file, no other descriptors than these; their new numbers.

    Unless it may call services, or is to have some, no descriptor is free, so that nothing it runs can open
    a socket or a file.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cap(limits.memory)
    null = os.open(os.devnull, os.O_RDWR)
    aside = [fcntl.fcntl(d, fcntl.F_DUPFD, _ASIDE) for d in descriptors]
    for place in range(_FIRST):
        os.dup2(null, place)
    kept = [os.dup2(d, place) for place, d in enumerate(aside, _FIRST)]
    os.closerange(_FIRST + len(kept), max(*aside, null) + _ASIDE)
    if not limits.service and not free:
        most = _FIRST + len(kept)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return kept


def cap(memory: int) -> None:
    """Let this process grow by `memory` bytes, its deep stack among them, and no further; 0 lifts the cap."""
    most = resource.RLIM_INFINITY
    if memory:
        most = _size() + memory
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _size() -> int:
    """The bytes of address space in use; without /proc, a generous guess."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * _PAGE
    except OSError:
        return 64 << 30


def _serve(dataset: ox.Store, link: socket.socket, limits: Limits) -> None:
    for _ in range(limits.jobs):
        message = receive(link)
        if message is None or message[0] != TASK:
            break
        job: Job = pickle.loads(message[1])  # noqa: S301 (from the front, which started this process)
        signal.setitimer(signal.ITIMER_REAL, job.seconds + GRACE)
        try:
            _one(dataset, link, limits, job)
        except OSError:  # the front is gone, or has turned away
            break
        signal.setitimer(signal.ITIMER_REAL, 0)
    os._exit(0)


def _one(dataset: ox.Store, link: socket.socket, limits: Limits, job: Job) -> None:
    sink = _Parts(link, limits.result, job.coding)
    try:
        answer(dataset, job.question, sink)
        sink.finish()
        sink.waiting += frame(END)
    except _Gone:
        raise
    except BaseException as error:  # a panic of the engine is no Exception
        sink.waiting += frame(FAULT, packed_fault(error))
    sink.push()


class _Parts(Sink):
    """A sink that writes frames to a link; a short answer goes out whole, in one system call."""

    def __init__(self, link: socket.socket, limit: int, coding: str) -> None:
        super().__init__(limit, coding)
        self._link, self.waiting = link, bytearray()

    def head(self, coding: str, whole: bool) -> None:
        shown = {"media": self.media, "coding": coding, "whole": whole}
        self.waiting += frame(HEAD, json.dumps(shown).encode())

    def part(self, data: bytes | bytearray) -> None:
        self.waiting += frame(DATA, data)

    def push(self) -> None:
        try:
            self._link.sendall(self.waiting)
        except OSError as error:
            raise _Gone from error
        self.waiting.clear()


class _Gone(OSError):
    """Nobody reads any more."""
