"""The command serve. What the process that holds the data does without is loaded only when it is needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from reegraph import snapshot as snapshots
from reegraph.cli.output import articles_option, graphs_option
from reegraph.errors import SnapshotError, StoreError, UsageError
from reegraph.folders import articles_folder, cache_folder, project_root
from reegraph.snapshot import Snapshot
from reegraph.terms import GRAPH

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--dataset",
    metavar="FILE|DIR|none",
    help="Serve an RDF file, a RocksDB folder, or an empty dataset in memory. [default: the built graph]",
)
@click.option(
    "--store",
    metavar="URL",
    help="Serve a copy of the graph that another service holds at the start, with the pages. Its token: "
    "REEGRAPH_TOKEN.",
)
@graphs_option
@click.option("--writable", is_flag=True, help="Take updates; with --dataset DIR or none, and a token.")
@click.option(
    "--token",
    "tokens",
    multiple=True,
    metavar="NAME=SECRET",
    help="Who may write; SECRET may be sha256:HEX. Also: REEGRAPH_TOKENS, with blanks between.",
)
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="A file of tokens, one NAME=SECRET a line."
)
@click.option(
    "--query-timeout",
    type=click.FloatRange(0.1, 86_400),
    default=30.0,
    show_default=True,
    help="Seconds until a query is ended (503).",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(16, 1 << 20),
    default=1536,
    show_default=True,
    help="MB that one query may take over what the data take, a third of it for nesting (507).",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Queries answered at a time. [default: processors + 2]"
)
@click.option(
    "--allow-service",
    is_flag=True,
    help="Let queries use SERVICE and updates LOAD: whoever may ask can then have this machine send requests "
    "to any address it reaches, its own network included.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0),
    default=0.0,
    help="Requests a second of one client. [default: no limit]",
)
@click.option(
    "--access-log", type=click.Path(path_type=Path), help="A file for one line a request, without queries."
)
@articles_option
def serve(
    host: str,
    port: int,
    dataset: str | None,
    store: str | None,
    graphs: str,
    writable: bool,
    tokens: tuple[str, ...],
    token_file: Path | None,
    query_timeout: float,
    memory_limit: int,
    workers: int | None,
    allow_service: bool,
    rate: float,
    access_log: Path | None,
    articles: Path | None,
) -> None:
    """Serve pages at /, SPARQL at /sparql, graphs at /graphs, things at /id, over the built graph.

    Over another dataset (--dataset) there are no pages.

    The built graph and files are never written to.

    \b
    Example:
      reegraph serve --port 8765
    """
    from reegraph.server.access import Policy, read_tokens
    from reegraph.server.backend import Options
    from reegraph.server.listener import run
    from reegraph.server.metrics import log_to
    from reegraph.server.serving import chosen, read_only

    if store and (dataset or writable):
        raise UsageError(
            "--store serves a copy that nobody writes to: give it without --dataset and --writable"
        )
    source = chosen(dataset, writable=writable)
    held = read_tokens(tokens, os.environ, token_file)
    if (tokens or token_file) and not writable:
        raise UsageError("a token is for writing: give --writable with it, and --dataset DIR or none")
    if writable and not held:
        raise UsageError(
            "--writable wants a token for those who write: give --token NAME=SECRET or set REEGRAPH_TOKENS"
        )
    options = Options(query_timeout, memory_limit, allow_service=allow_service)
    if workers:
        options = replace(options, workers=workers)
    if access_log:
        log_to(access_log)
    policy = Policy(held, rate, read_only(source))
    if source is not None:
        run(source, host, port, options=options, policy=policy, name=dataset or "")
        return
    with _copied(store, graphs) if store else nullcontext(_fresh()) as snapshot:
        if "ontology" not in snapshot.manifest.graphs:
            click.echo(f"reegraph: {store} holds no graph of ours: it is served without pages", err=True)
            run(snapshot, host, port, options=options, policy=policy)
            return
        run(
            snapshot,
            host,
            port,
            options=options,
            policy=policy,
            pages=lambda: _pages(snapshot, articles_folder(articles)),
            page_of=_page_of,
        )


def _pages(snapshot: Snapshot, articles: Path | None) -> Sequence[BaseRoute]:
    """Load the pages' code, and say what it lacks; the result are their routes."""
    from reegraph.web import site_routes, store_of_pages
    from reegraph.web.assets import MISSING, Assets

    if not Assets().complete:
        click.echo(f"reegraph: {MISSING}", err=True)
    return site_routes(lambda: store_of_pages(snapshot), version=snapshot.version, articles=articles)


def _page_of(iri: str, accept_language: str) -> str:
    from reegraph.web.links import page_of

    return page_of(iri, accept_language)


@contextmanager
def _copied(url: str, graphs: str) -> Iterator[Snapshot]:
    """A snapshot of all that a service holds, as long as it is served."""
    import pyoxigraph as ox

    with TemporaryDirectory(prefix="reegraph-") as folder:
        file = Path(folder) / "copy.nq"
        _carry_out("export", "--store", url, "--graphs", graphs, str(file), quietly=True)
        held = Counter(quad.graph_name for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS))
        if not held[ox.DefaultGraph()]:
            raise StoreError(f"{url}: its default graph is empty. Give the address of another reegraph.")
        sizes = {g.value.removeprefix(GRAPH): n for g, n in held.items() if isinstance(g, ox.NamedNode)}
        with file.open("rb") as lines:
            name = hashlib.file_digest(lines, "sha256").hexdigest()
            lines.seek(0)
            snapshot = snapshots.write(
                Path(folder), name, lines, sizes | {"default": held[ox.DefaultGraph()]}
            )
        file.unlink()
        yield snapshot


def _carry_out(*arguments: str, quietly: bool = False) -> None:
    """A command of ours in a process of its own, with whose end its memory is free again.

    Quietly, it says something only when it fails.
    """
    command = [sys.executable, "-P", "-c", f"from reegraph.cli import main; main({list(arguments)})"]
    heard = subprocess.PIPE if quietly else None
    done = subprocess.run(command, stderr=heard, text=True, check=False)  # noqa: S603 (our own)
    if done.returncode:
        click.echo(done.stderr or "", err=True, nl=False)
        raise SystemExit(done.returncode)


def _fresh() -> Snapshot:
    """The snapshot of the files as they are."""
    inputs = snapshots.fingerprint(project_root())
    if found := snapshots.find(cache_folder(), inputs):
        return found
    _carry_out("build", "--quiet")
    found = snapshots.find(cache_folder(), inputs)
    if not found:
        raise SnapshotError("the files have changed while the graph was built from them. Start again.")
    return found
