"""Commands that keep the graph: build, export, publish, index."""

from __future__ import annotations

from pathlib import Path

import click

from reegraph.build import fresh_snapshot
from reegraph.cli.output import GraphOptions, articles_option, graph_options, graphs_option, progress
from reegraph.errors import UsageError
from reegraph.export import EXPORTS, export_graph, index_file
from reegraph.folders import articles_folder, project_root


@click.command()
@click.option("--force", is_flag=True, help="Build even when a fresh snapshot is there.")
@click.option("--quiet", is_flag=True, help="Say nothing of what was built.")
@articles_option
def build(force: bool, quiet: bool, articles: Path | None) -> None:
    """Build the graph from ontology/, data/ and queries/, unless a fresh snapshot is there.

    \b
    Example:
      reegraph build
    """
    with progress() as tick:
        snapshot = fresh_snapshot(articles=articles_folder(articles), force=force, tick=tick)
    if quiet:
        return
    for name, count in snapshot.manifest.graphs.items():
        click.echo(f"{count:>8}  {name}")
    click.echo(f"version {snapshot.version}, {snapshot.quads}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(list(EXPORTS)), help="[default: by the file's ending]")
@graphs_option
@graph_options
def export(file: Path, format_: str | None, where: GraphOptions, graphs: str) -> None:
    """Write the graph to FILE: nq and trig hold every graph, ttl and jsonld the whole merge.

    \b
    Example:
      reegraph export reegraph.ttl
    """
    name = format_ or file.suffix.lstrip(".")
    if name not in EXPORTS:
        raise UsageError(f"{file}: no format for this ending; give --format {'|'.join(EXPORTS)}")
    with where.open(graphs=graphs) as g:
        count = export_graph(g.store, file, name)
    click.echo(f"{count} statements written to {file}", err=True)


@click.command()
@click.argument("url")
@graphs_option
@click.option("--token", envvar="REEGRAPH_TOKEN", default="", help="Bearer token for the service.")
@click.option(
    "--timeout", type=click.IntRange(1), default=300, show_default=True, help="Seconds for each graph."
)
def publish(url: str, graphs: str, token: str, timeout: int) -> None:
    """Load the built graph into the SPARQL service whose query address is URL.

    The graphs take the place of those of an earlier publication, the default graph that of what is there;
    named graphs of others stay. Then --store URL, and connect(URL) in Python, ask it there. Other services
    than reegraph have their graphs elsewhere (--graphs): Fuseki at .../data, Oxigraph at /store.

    \b
    Example:
      reegraph publish http://127.0.0.1:8765/sparql
    """
    from reegraph.publish import publish_graph
    from reegraph.store import RemoteStore

    store = RemoteStore(url, graphs=graphs, token=token, timeout=timeout)
    with progress() as tick:
        snapshot = fresh_snapshot(tick=tick)
    for name, count in publish_graph(snapshot, store, project_root()).items():
        click.echo(f"{count:>8}  {name}")
    click.echo(f"version {snapshot.version} is at {url}: reegraph ask NAME --store {url}", err=True)


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
