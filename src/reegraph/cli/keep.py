"""Commands that keep the graph: build, export, serve."""

from __future__ import annotations

from pathlib import Path

import click

from reegraph.build import fresh_snapshot
from reegraph.cli.output import graph, progress, store_options
from reegraph.errors import UsageError
from reegraph.export import EXPORTS, export_graph
from reegraph.folders import articles_folder


@click.command()
@click.option("--force", is_flag=True, help="Build even when a fresh snapshot is there.")
@click.option(
    "--articles",
    type=click.Path(path_type=Path),
    help="Folder of article texts. [default: REEGRAPH_ARTICLES]",
)
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
@store_options
def export(file: Path, format_: str | None, url: str | None, token: str, articles: Path | None) -> None:
    """Write the graph to FILE: nq and trig hold every graph, ttl and jsonld the whole merge.

    \b
    Example:
      reegraph export reegraph.ttl
    """
    name = format_ or file.suffix.lstrip(".")
    if name not in EXPORTS:
        raise UsageError(f"{file}: no format for this ending; give --format {'|'.join(EXPORTS)}")
    with graph(url, token, articles) as g:
        count = export_graph(g.store, file, name)
    click.echo(f"{count} statements written to {file}", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--articles",
    type=click.Path(path_type=Path),
    help="Folder of article texts, whose sentences the pages then show. [default: REEGRAPH_ARTICLES]",
)
def serve(host: str, port: int, articles: Path | None) -> None:
    """Serve the built graph: pages to read at /, SPARQL queries at /sparql.

    \b
    Example:
      reegraph serve --port 8765
    """
    from reegraph.server import run  # the web stack is loaded only to serve
    from reegraph.web import site_routes

    with progress() as tick:
        snapshot = fresh_snapshot(tick=tick)
    folder = articles_folder(articles)
    run(snapshot, host, port, lambda store, version: site_routes(store, version=version, articles=folder))
