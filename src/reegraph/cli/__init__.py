"""The command line: results on stdout, talk on stderr, each kind of failure its own exit code."""

from __future__ import annotations

import logging
import sys
import traceback

import click

from reegraph.cli.answers import ask, find, show, sparql, why
from reegraph.cli.curate import add, anchor, check, coverage, fmt
from reegraph.cli.keep import build, export, index, serve
from reegraph.cli.output import default_lang
from reegraph.cli.scenarios import scenario
from reegraph.errors import ReegraphError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show where in the code an error was raised.")
@click.version_option(package_name="reegraph")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """A knowledge graph of the rare-earth supply chain and its politics.

    Every figure on its source's word; sources that disagree side by side; dependence derived by rules.

    \b
    Example:
      reegraph ask heavy-ree-dependence
    """
    context.obj = {"debug": debug}


for command in (
    ask,
    sparql,
    show,
    find,
    why,
    build,
    check,
    fmt,
    anchor,
    add,
    coverage,
    scenario,
    serve,
    export,
    index,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a failure of ours ends in its own exit code, without a traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        cli.main(args=words, standalone_mode=False, prog_name="reegraph")
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        sys.stderr.close()
        sys.exit(141)
    except ReegraphError as error:
        if "--debug" in words:
            traceback.print_exc()
        click.echo(f"reegraph: {error.told(default_lang())}", err=True)
        sys.exit(error.exit_code)
    except Exception:
        if "--debug" in words:
            raise
        logging.getLogger("reegraph").debug("unexpected", exc_info=True)
        fault = traceback.format_exc().strip().splitlines()[-1]
        click.echo(
            f"reegraph: a fault of reegraph's own: {fault}\nRun it again with --debug and report it.",
            err=True,
        )
        sys.exit(1)
