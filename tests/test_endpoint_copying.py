"""What a fork shares is copied ahead: all that is in use, nothing else, and it stays what it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reegraph.server import copying

SHARED = 96  # MB that the parent has written
UNUSED = 512  # MB that it has only mapped, as a deep stack is
EDGES = 4  # MB: the huge pages in which a range begins and ends stay shared, and lie as it happens

FORKED = f"""
import ctypes, mmap, os, re, sys, threading
from reegraph.server import copying

def dirty():
    return int(re.search(r"Private_Dirty: +(\\d+)", open("/proc/self/smaps_rollup").read())[1]) / 1024

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def huge():
    return int(re.search(r"AnonHugePages: +(\\d+)", open("/proc/self/smaps_rollup").read())[1]) / 1024

def collapses():
    fresh = mmap.mmap(-1, 16 << 20, mmap.MAP_PRIVATE)
    fresh.write(bytes(16 << 20))
    place = -(-ctypes.addressof(ctypes.c_char.from_buffer(fresh)) >> 21 << 21)
    return ctypes.CDLL(None).madvise(ctypes.c_void_p(place), ctypes.c_size_t(8 << 20), 25) == 0

def finished(begin):
    begin()
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()

data = bytearray(os.urandom(1 << 20)) * {SHARED}
unused = mmap.mmap(-1, {UNUSED} << 20, mmap.MAP_PRIVATE)
seen = data[5 << 20 : 6 << 20]
pid = os.fork()
if pid:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
if sys.argv[1] == "short":
    copying._available = lambda: {SHARED} << 20
before, held = dirty(), resident()
finished(copying.copy_ahead)
after, more = dirty(), resident() - held
finished(copying.put_together)
assert data[5 << 20 : 6 << 20] == seen
print(before, after, more, huge(), int(collapses()), flush=True)
os._exit(0)
"""

HUGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
ALWAYS = HUGE.exists() and "[always]" in HUGE.read_text()  # then the kernel gives them by itself

linux = pytest.mark.skipif(not copying._areas(), reason="only where /proc tells of memory, as on Linux")


def forked(case: str) -> list[float]:
    """MB of its own before and after copying, that it has more, in huge pages; and if the kernel has any."""
    done = subprocess.run([sys.executable, "-c", FORKED, case], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


@linux
def test_what_is_shared_is_copied() -> None:
    """A fork has of its own all that its parent had written, and takes nothing that was only mapped."""
    before, after, more, huge, has_huge = forked("ample")
    assert before < SHARED / 4
    assert after > SHARED - EDGES
    assert more < UNUSED / 4
    assert huge > SHARED / 2 or not has_huge  # none before Linux 6.1, or where memory is in small pieces


@linux
def test_nothing_is_copied_where_memory_is_short() -> None:
    """Where the system has not twice as much to give, pages are copied as they are touched, as ever."""
    before, after, _, huge, _ = forked("short")
    assert after < before + SHARED / 4
    assert huge < SHARED / 4 or ALWAYS


def test_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not tell of its memory nothing is copied, and nothing fails."""
    monkeypatch.setattr("builtins.open", lambda *_: (_ for _ in ()).throw(FileNotFoundError()))
    assert copying._areas() == []
    assert copying._available() == 0
    copying.copy_ahead()
