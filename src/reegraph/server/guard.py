"""The guard: the process that holds the listening socket and starts the front anew when it dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

_SHORT: Final = 2.0  # seconds; after a front that lived no longer, the next waits
_TRIES: Final = 8  # so often in a row a front may end so soon of its own accord; it may be killed without end
_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER of Linux: grandchildren that lose their parent come here


def guarded(front: Callable[[int], None]) -> None:
    """Run `front` in a process of its own, again and again until a signal or its own end says to stop.

    It is given a descriptor that ends when the guard does. Raises SystemExit when it keeps failing; who is
    killed has not failed.
    """
    stopping: list[int] = []
    short, failed, first = 0, 0, True
    while not stopping and failed < _TRIES:
        alive, ours = os.pipe()
        started = time.monotonic()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            _run(front, alive)
        os.close(alive)

        def stop(number: int, frame: FrameType | None, pid: int = pid) -> None:
            stopping.append(number)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, stop)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(ours)
        if code == 0 or stopping:
            return
        if code > 0 and first:  # what is to be served cannot be: it says so itself
            raise SystemExit(code)
        first = False
        short = short + 1 if time.monotonic() - started < _SHORT else 0
        failed = failed + 1 if code > 0 and short else 0
        if not stopping:
            print(
                f"reegraph: the server's front has ended ({code}); starting it again",
                file=sys.stderr,
                flush=True,
            )
            time.sleep(min(0.1 * 2**short, 1) if short > 1 else 0)  # who killed it waits for it to be back
    if not stopping:
        raise SystemExit(max(code, 1))


def adopt_orphans() -> None:
    """Have processes that lose their parent handed to this one, so that it can wait for them (Linux only)."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _run(front: Callable[[int], None], alive: int) -> None:
    code = 1
    try:
        front(alive)
        code = 0
    except KeyboardInterrupt:
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException as error:
        print(f"reegraph: {error}", file=sys.stderr)
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
