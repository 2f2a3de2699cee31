"""The real graph, built once for all tests of a run, in a cache folder of the run's own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from unittest import mock

from reegraph import KnowledgeGraph, Table, connect
from reegraph.build import fresh_snapshot
from reegraph.folders import project_root
from reegraph.questions import Question, read_questions
from reegraph.snapshot import Snapshot

NEUTRAL = ("REEGRAPH_ARTICLES", "REEGRAPH_TOKEN", "LANG", "LC_ALL", "LC_MESSAGES")


@cache
def cache_home() -> Path:
    """The cache folder of this run; it goes away with it."""
    home = Path(tempfile.mkdtemp(prefix="reegraph-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def environment() -> dict[str, str]:
    """This process's environment with the run's cache, English names and no articles."""
    kept = {key: value for key, value in os.environ.items() if key not in NEUTRAL}
    return {**kept, "REEGRAPH_CACHE": str(cache_home()), "LC_ALL": "C.UTF-8"}


@cache
def real_graph() -> KnowledgeGraph:
    """The project's own graph, embedded; it is not to be written to or closed."""
    with mock.patch.dict(os.environ, environment(), clear=True):
        return connect()


def real_snapshot() -> Snapshot:
    """What the real graph was loaded from."""
    with mock.patch.dict(os.environ, environment(), clear=True):
        return fresh_snapshot()


def questions() -> dict[str, Question]:
    """The project's own questions."""
    return read_questions(project_root() / "queries")


def default_answer(name: str) -> Table:
    """The answer of a question with its parameters as they stand, today among them."""
    return _answer_of(name, datetime.now(UTC).date())


@cache
def _answer_of(name: str, day: date) -> Table:
    return real_graph().ask(name)
