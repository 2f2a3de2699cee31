"""The command for agents: mcp."""

from __future__ import annotations

from pathlib import Path

import click

from reegraph.cli.output import GraphOptions, articles_option, graph_options


@click.command()
@graph_options
@articles_option
def mcp(where: GraphOptions, articles: Path | None) -> None:
    """Give agents the graph as tools (Model Context Protocol), over standard input and output.

    A client starts this by itself: give it the command `reegraph` with the argument `mcp`. Wants the package
    mcp: pip install 'reegraph[mcp]'.

    \b
    Example:
      reegraph mcp
    """
    from reegraph.mcp import server

    with where.open(articles) as g:
        server(g).run()
