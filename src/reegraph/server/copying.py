"""Copying ahead: the pages of memory that a fork shares with its parent, copied before they are written to.

The engine counts references even when it only reads, so each page that a query touches for the first time is
copied, at some 7 us each by a fault. The kernel copies a range of them for a third of that. It also puts them
together into huge pages, in which the engine finds its way a tenth faster: worth its time for a process that
has long been at work. Both by madvise(2) of Linux, since 5.14 and 6.1; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import re
import resource
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Final

_POPULATE: Final = 23  # MADV_POPULATE_WRITE
_COLLAPSE: Final = 25  # MADV_COLLAPSE
_HUGE: Final = 2 << 20  # bytes of a huge page, and of what is copied at a time: for 1 ms memory cannot grow
_MANY: Final = 16  # of them to put together at a time: each time has a price of its own
_STACK: Final = 1 << 18
_PAGE: Final = resource.getpagesize()
_ENTRY: Final = 8  # bytes of the page map for each page; the highest bit of the last says that it is there
_ABSENT: Final = bytes(range(128))
_AREA: Final = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 +(?:\[heap\])?\n")

Area = tuple[int, int]


def copy_ahead() -> None:
    """Begin to copy, on a thread, what this process shares; not where there is no memory for it twice."""
    _begin(1, _POPULATE)


def put_together() -> None:
    """Begin to have it in huge pages, under the same terms; that takes five times as long."""
    _begin(_MANY, _COLLAPSE)


def _begin(many: int, advice: int) -> None:
    areas = _areas()
    if 2 * sum(end - start for start, end in areas) < _available():
        threading.stack_size(_STACK)
        with suppress(RuntimeError):  # no more threads
            threading.Thread(target=_advise, args=(areas, many, advice), daemon=True).start()


def _advise(areas: list[Area], many: int, advice: int) -> None:
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for start, end in areas:
        for place in range(start, end, many * _HUGE):
            if advise(place, min(many * _HUGE, end - place), advice) and advice == _POPULATE:
                return  # not on this system, or out of memory


def _areas() -> list[Area]:
    """Where memory is in use, in whole huge pages, half of each at least; nothing where no system tells.

    What is only mapped, as stacks are, is none of it.
    """
    try:
        with open("/proc/self/maps", "rb") as maps, open("/proc/self/pagemap", "rb") as pages:
            mapped = [
                (int(area[1], 16), int(area[2], 16)) for line in maps if (area := _AREA.fullmatch(line))
            ]
            return [area for start, end in mapped for area in _used(start, end, pages)]
    except OSError:
        return []


def _used(start: int, end: int, pages: IO[bytes]) -> Iterator[Area]:
    since = -(-start // _HUGE) * _HUGE
    last = end // _HUGE * _HUGE
    for place in range(since, last, _HUGE):
        pages.seek(place // _PAGE * _ENTRY)
        entries = pages.read(_HUGE // _PAGE * _ENTRY)
        there = entries[_ENTRY - 1 :: _ENTRY].translate(None, _ABSENT)
        if 2 * len(there) * _PAGE < _HUGE:
            if since < place:
                yield since, place
            since = place + _HUGE
    if since < last:
        yield since, last


def _available() -> int:
    """The bytes of memory that the system has to give."""
    try:
        with open("/proc/meminfo", "rb") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith(b"MemAvailable"))
    except (OSError, StopIteration):
        return 0
