"""Commands that keep the graph: build, export, index, serve."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reegraph.build import fresh_snapshot
from reegraph.cli.output import GraphOptions, articles_option, graph_options, progress
from reegraph.errors import UsageError
from reegraph.export import EXPORTS, export_graph, index_file
from reegraph.folders import articles_folder

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from reegraph.store import EmbeddedStore


@click.command()
@click.option("--force", is_flag=True, help="Build even when a fresh snapshot is there.")
@articles_option
def build(force: bool, articles: Path | None) -> None:
    """Build the graph from ontology/, data/ and queries/, unless a fresh snapshot is there.

    \b
    Example:
      reegraph build
    """
    with progress() as tick:
        snapshot = fresh_snapshot(articles=articles_folder(articles), force=force, tick=tick)
    for name, count in snapshot.manifest.graphs.items():
        click.echo(f"{count:>8}  {name}")
    click.echo(f"version {snapshot.version}, {snapshot.quads}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(list(EXPORTS)), help="[default: by the file's ending]")
@graph_options
def export(file: Path, format_: str | None, where: GraphOptions) -> None:
    """Write the graph to FILE: nq and trig hold every graph, ttl and jsonld the whole merge.

    \b
    Example:
      reegraph export reegraph.ttl
    """
    name = format_ or file.suffix.lstrip(".")
    if name not in EXPORTS:
        raise UsageError(f"{file}: no format for this ending; give --format {'|'.join(EXPORTS)}")
    with where.open() as g:
        count = export_graph(g.store, file, name)
    click.echo(f"{count} statements written to {file}", err=True)


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--alone", is_flag=True, help="Write the index alone, for a store that has the data already.")
def index(source: Path, file: Path, alone: bool) -> None:
    """Write the RDF file SOURCE with a text index of its names to FILE, as N-Quads.

    The index is the graph graph:search: `?thing ree:token "word"`, words in lower case, of Chinese each
    character and each pair, in both scripts. The built graph has one of its own.

    \b
    Example:
      reegraph index graph.ttl indexed.nq
    """
    count = index_file(source, file, alone=alone)
    click.echo(f"{count} tokens written to {file}", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--dataset",
    metavar="FILE|DIR|none",
    help="Serve an RDF file, a RocksDB folder, or an empty dataset in memory. [default: the built graph]",
)
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
    default=1024,
    show_default=True,
    help="MB that one query may take over what the data take (507).",
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
    from reegraph.server.access import read_tokens  # the web stack is loaded only to serve
    from reegraph.server.app import Policy
    from reegraph.server.backend import Options
    from reegraph.server.listener import run
    from reegraph.server.metrics import log_to
    from reegraph.server.serving import chosen, read_only

    source = chosen(dataset, writable=writable)
    held = read_tokens(tokens, os.environ, token_file)
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
    with progress() as tick:
        snapshot = fresh_snapshot(tick=tick)
    run(
        snapshot,
        host,
        port,
        options=options,
        policy=policy,
        pages=lambda: _pages(articles_folder(articles)),
    )


def _pages(articles: Path | None) -> Callable[[EmbeddedStore, str], Sequence[BaseRoute]]:
    """Load the pages' code, and say what it lacks; the result gives their routes over a store."""
    from reegraph.web import site_routes
    from reegraph.web.assets import MISSING, Assets

    if not Assets().complete:
        click.echo(f"reegraph: {MISSING}", err=True)
    return lambda store, version: site_routes(store, version=version, articles=articles)
