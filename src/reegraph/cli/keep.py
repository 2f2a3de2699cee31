"""Commands that keep the graph: build, export, index."""

from __future__ import annotations

from pathlib import Path

import click

from reegraph.build import fresh_snapshot
from reegraph.cli.output import GraphOptions, articles_option, graph_options, progress
from reegraph.errors import UsageError
from reegraph.export import EXPORTS, export_graph, index_file
from reegraph.folders import articles_folder


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
